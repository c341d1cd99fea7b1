import { describe, expect, it } from 'vitest';
import { humanloopCredentials, startHumanloopSandbox } from '../../sandbox/humanloop/index.ts';
import { type Answer, useHumanloop } from './humanloop-harness.ts';

const hero = 'Support/Chat assistant/Refund policy golden set';

describe('the sandbox itself', () => {
  const harness = useHumanloop();

  function read(path: string, query = {}): Promise<Answer> {
    const { id } = harness.sandbox.state.dataset(path);
    return harness.call('GET', '/datasets/{id}', { path: { id }, query });
  }

  it('is seeded alike each time, and two in one process have nothing in common', async () => {
    await using other = Object.assign(await startHumanloopSandbox(), {
      async [Symbol.asyncDispose]() {
        await other.dispose();
      },
    });
    const mine = harness.sandbox.state;
    expect([...other.state.acme.datasets.keys()]).toEqual([...mine.acme.datasets.keys()]);
    expect(other.state.prompt('Safety/Input guard')).toEqual(mine.prompt('Safety/Input guard'));
    other.state.rename(hero, { name: 'Elsewhere' });
    expect(mine.dataset(hero).path).toBe(hero);
  });

  it('is seeded within the year, without two versions of one moment', () => {
    const { acme } = harness.sandbox.state;
    const moments = [...acme.datasets.values(), ...acme.prompts.values()].flatMap(({ versions }) =>
      versions.map(({ createdAt }) => createdAt),
    );
    expect(new Set(moments).size).toBe(moments.length);
    expect(Math.min(...moments)).toBeGreaterThan(Date.UTC(2026, 0, 1));
    expect(Math.max(...moments)).toBeLessThan(Date.UTC(2026, 10, 1));
  });

  it('is seeded with deployments behind the newest version, and with datasets that have none', () => {
    const { acme } = harness.sandbox.state;
    const production = harness.sandbox.state.environment('acme', 'production').id;
    const deployed = [...acme.datasets.values()].map((file) => ({
      version: file.deployments.get(production),
      newest: file.versions.at(-1)?.id,
    }));
    expect(deployed.filter(({ version }) => version === undefined).length).toBeGreaterThan(3);
    expect(
      deployed.filter(({ version, newest }) => version !== undefined && version !== newest).length,
    ).toBeGreaterThan(20);
  });

  it('is seeded with datapoints of every kind', () => {
    const points = [...harness.sandbox.state.acme.datasets.values()].flatMap(
      ({ versions }) => versions.at(-1)?.content.datapoints ?? [],
    );
    expect(points.some(({ messages }) => messages !== null)).toBe(true);
    expect(points.some(({ messages, target }) => messages === null && target === null)).toBe(true);
    const kinds = points.flatMap(({ target }) =>
      Object.values(target ?? {}).map((value) => (Array.isArray(value) ? 'list' : typeof value)),
    );
    expect(new Set(kinds)).toEqual(new Set(['string', 'number', 'boolean', 'list', 'object']));
  });

  it('lets tests act as somebody else at the vendor', async () => {
    const { state } = harness.sandbox;
    const { id } = state.dataset(hero);
    const version = state.createDatasetVersion(hero, { datapoints: [{ inputs: { order_number: 'A-1' } }] });
    const versions = await harness.call('GET', '/datasets/{id}/versions', { path: { id } });
    expect(versions.body.records[0]).toMatchObject({
      version_id: version.id,
      created_by: { full_name: 'Tomas Lindqvist' },
    });
    state.deploy(hero, 'production', version.id);
    expect((await read(hero)).body.version_id).toBe(version.id);
    state.undeploy(hero, 'production');
    expect((await read(hero)).status).toBe(404);
    state.deleteVersion(hero, version.id);
    expect((await read(hero, { version_id: version.id })).status).toBe(404);
    state.rename(id, { path: 'Elsewhere/Refunds' });
    expect((await read(id, { environment: 'staging' })).body.path).toBe('Elsewhere/Refunds');
    const prompt = state.createPromptVersion('Safety/Input guard', { model: 'gpt-4o', template: 'New' });
    expect(state.prompt('Safety/Input guard').versions.at(-1)).toBe(prompt);
    state.deleteFile(id);
    expect((await harness.call('GET', '/datasets/{id}', { path: { id } })).status).toBe(404);
  });

  it('writes timestamps with or without a zone', async () => {
    const pattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}/;
    const zoned = (await read(hero)).body.created_at;
    expect(zoned).toMatch(new RegExp(`${pattern.source}Z$`));
    harness.sandbox.switches.zonelessTimestamps = true;
    expect(`${(await read(hero)).body.created_at}Z`).toBe(zoned);
  });

  it('stamps writes strictly one after the other', async () => {
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        harness.call('POST', '/datasets', { body: { path: `Tests/Quick ${index}`, datapoints: [] } }),
      ),
    );
    expect(new Set(made.map(({ body }) => body.created_at)).size).toBe(12);
  });

  it('can show the times of the file, and versions oldest first', async () => {
    const { id, versions } = harness.sandbox.state.dataset(hero);
    const list = (): Promise<Answer> => harness.call('GET', '/datasets/{id}/versions', { path: { id } });
    harness.sandbox.switches.versionsOrder = 'oldest-first';
    expect((await list()).body.records.map(({ version_id }) => version_id)).toEqual(
      versions.map((version) => version.id),
    );
    harness.sandbox.switches.timesOf = 'file';
    expect(new Set((await list()).body.records.map(({ created_at }) => created_at)).size).toBe(1);
  });

  it('can leave attributes out of what makes a version, and let the last one go', async () => {
    const { switches, state } = harness.sandbox;
    switches.attributesInIdentity = false;
    switches.deleteLastVersion = 'allowed';
    switches.deleteDeployedVersion = 'allowed';
    const body = { path: 'Tests/Attributes', datapoints: [] };
    const first = await harness.call('POST', '/datasets', { body });
    const again = await harness.call('POST', '/datasets', { body: { ...body, attributes: { a: 1 } } });
    expect(again.body.version_id).toBe(first.body.version_id);
    const path = { id: first.body.id, version_id: first.body.version_id };
    expect((await harness.call('DELETE', '/datasets/{id}/versions/{version_id}', { path })).status).toBe(204);
    expect((await harness.call('GET', '/datasets/{id}', { path })).status).toBe(404);
    expect(state.dataset('Tests/Attributes').versions).toEqual([]);
  });

  it('is steered from another process, which no key is needed for', async () => {
    const { origin } = harness.sandbox.server;
    const post = (path: string, body: unknown): Promise<Response> =>
      fetch(`${origin}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
    expect((await post('switches', { sizeCap: 5 })).status).toBe(200);
    expect(harness.sandbox.switches.sizeCap).toBe(5);
    expect((await post('switches', { sizeCap: 'small' })).status).toBe(400);
    expect((await post('switches', { unheardOf: true })).status).toBe(400);
    await post('faults', { effect: { type: 'answer', status: 503 } });
    expect((await fetch(`${harness.sandbox.baseUrl}/datasets`)).status).toBe(503);

    harness.sandbox.state.deleteFile(hero);
    expect((await post('reset', {})).status).toBe(204);
    expect(harness.sandbox.switches.sizeCap).toBe(1000);
    expect(harness.sandbox.state.dataset(hero).versions).toHaveLength(64);
    const key = { 'x-api-key': humanloopCredentials.globex.lena.apiKey };
    expect((await fetch(`${harness.sandbox.baseUrl}/datasets`, { headers: key })).status).toBe(200);
    const requests = await (await fetch(`${origin}/_sandbox/requests`)).json();
    expect(requests).toMatchObject([{ method: 'GET', url: '/v5/datasets', status: 200 }]);
  });
});
