import { describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed, startDatadogSandbox } from '../../sandbox/datadog/index.ts';
import { DatadogHarness, paths, pick } from './datadog-harness.ts';

const harness = new DatadogHarness();
const { ada, ben } = datadogCredentials.acme;
const { gia } = datadogCredentials.globex;

function url(path: string): string {
  return `${harness.sandbox.baseUrl}${path}`;
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url(path), init);
}

async function control(path: string, body: unknown): Promise<number> {
  return (await send(`/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) })).status;
}

describe('credentials', () => {
  it('that are missing are a 401', async () => {
    expect((await send(paths.projects)).status).toBe(401);
    const half = await send(paths.projects, { headers: { 'DD-API-KEY': ada.apiKey } });
    expect([half.status, pick(await half.json(), 'errors', 0, 'source', 'header')]).toEqual([
      401,
      'DD-APPLICATION-KEY',
    ]);
  });

  it('that are wrong, or of two organisations, are a 403 in both dialects', async () => {
    const wrong = { ...ada, applicationKey: 'wrong' };
    const refused = await harness.call('GET', paths.projects, { as: wrong });
    expect([refused.status, pick(refused.body, 'errors', 0, 'title')]).toEqual([403, 'Forbidden']);
    const mixed = { ...ada, applicationKey: gia.applicationKey };
    expect((await harness.call('GET', paths.projects, { as: mixed })).status).toBe(403);
    harness.sandbox.switches.dialect = 'recorded';
    const terse = await harness.call('GET', paths.projects, { as: wrong });
    expect(terse.body).toEqual({ errors: ['Forbidden'] });
  });
});

describe('rate limits', () => {
  it('are not shown by default', async () => {
    const answer = await harness.call('GET', paths.projects);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
  });

  it('are shown, and kept with a 429, for each organisation alone', async () => {
    Object.assign(harness.sandbox.switches, {
      rateLimitHeaders: true,
      rateLimit: 2,
      rateLimitPeriod: 86_400,
    });
    const first = await harness.call('GET', paths.projects, { as: ada });
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-ratelimit-limit': '2',
      'x-ratelimit-period': '86400',
      'x-ratelimit-remaining': '1',
      'x-ratelimit-name': 'llm_obs_api',
    });
    expect(Number(first.headers.get('x-ratelimit-reset'))).toBeGreaterThan(0);
    await harness.call('GET', paths.projects, { as: ben });
    const spent = await harness.call('GET', paths.projects, { as: ada });
    expect([spent.status, spent.body, spent.headers.get('x-ratelimit-remaining')]).toEqual([
      429,
      { errors: ['Rate limit of requests exceeded'] },
      '0',
    ]);
    expect((await harness.call('GET', paths.projects, { as: gia })).status).toBe(200);
    expect((await harness.call('GET', paths.modelLabProjects, { as: ada })).status).toBe(200);
  });
});

describe('faults', () => {
  it('let a write happen whose answer never comes', async () => {
    const { server, state } = harness.sandbox;
    server.faults.add({ method: 'POST', path: '/restore', effect: { type: 'reset-after' }, times: 1 });
    const body = {
      data: { id: harness.at().dataset_id, type: 'datasets', attributes: { dataset_version: 1 } },
    };
    await expect(harness.call('POST', paths.restore, { body })).rejects.toThrow();
    expect(state.dataset('acme', datadogSeed.largestDataset).currentVersion).toBe(8);
  });

  it('play an overload with the headers of a limit', async () => {
    harness.sandbox.server.faults.add({
      path: 'draft_state',
      effect: {
        type: 'answer',
        status: 429,
        headers: { 'x-ratelimit-reset': '3' },
        body: '{"errors":["slow"]}',
      },
    });
    const limited = await harness.call('GET', paths.draftState, { documented: false });
    expect([limited.status, limited.headers.get('x-ratelimit-reset')]).toEqual([429, '3']);
    harness.sandbox.reset();
    expect((await harness.call('GET', paths.draftState)).status).toBe(404);
  });
});

describe('the control routes', () => {
  it('merge switches and refuse those that are not known', async () => {
    expect(await control('switches', { dialect: 'recorded', rateLimit: 5 })).toBe(200);
    expect(harness.sandbox.switches).toMatchObject({
      dialect: 'recorded',
      rateLimit: 5,
      lockHeldByOther: 400,
    });
    expect(await control('switches', { dialect: 'spoken' })).toBe(400);
    expect(await control('switches', { unheardOf: true })).toBe(400);
    expect(await (await send('/_sandbox/switches')).json()).toEqual(harness.sandbox.switches);
  });

  it('reset everything to the start', async () => {
    const { state, switches, server } = harness.sandbox;
    const before = await harness.call('GET', paths.versions);
    switches.lockHeldByOther = 423;
    state.addVersion(state.dataset('acme', datadogSeed.largestDataset), ada.user);
    server.faults.add({ effect: { type: 'reset-before' } });
    expect(await control('reset', {})).toBe(204);
    expect([switches.lockHeldByOther, server.requests.all.length]).toEqual([400, 0]);
    expect((await harness.call('GET', paths.versions)).body).toEqual(before.body);
  });

  it('act behind the back from another process', async () => {
    const dataset = datadogSeed.largestDataset;
    expect(await control('actions', { type: 'lock', dataset, user: ben.user.id })).toBe(204);
    const seen = await harness.call('GET', paths.draftState);
    expect(pick(seen.body, 'data', 'attributes', 'user', 'id')).toBe(ben.user.id);
    expect(await control('actions', { type: 'unlock', dataset })).toBe(204);
    expect(await control('actions', { type: 'add-version', dataset, user: ben.user.id })).toBe(204);
    expect(await control('actions', { type: 'retire-version', dataset, version: 7 })).toBe(204);
    const { currentVersion, versions, lock } = harness.sandbox.state.dataset('acme', dataset);
    expect([currentVersion, versions.has(7), lock]).toEqual([8, false, undefined]);
    expect(await control('actions', { type: 'lock', dataset: 'none', user: ben.user.id })).toBe(400);
    expect(await control('actions', { type: 'lock', dataset, user: 'nobody' })).toBe(400);
  });
});

describe('the sandbox', () => {
  it('is the same on every start, and two of them share nothing', async () => {
    await using other = await disposable();
    const mine = await harness.call('GET', paths.datasets);
    const headers = { 'DD-API-KEY': ada.apiKey, 'DD-APPLICATION-KEY': ada.applicationKey };
    const path = paths.datasets.replace('{project_id}', harness.at().project_id);
    harness.sandbox.state.project('acme', datadogSeed.largestProject).datasets.clear();
    expect(await (await fetch(`${other.baseUrl}${path}`, { headers })).json()).toEqual(mine.body);
  });

  it('takes switches at its start and refuses wrong ones', async () => {
    await expect(startDatadogSandbox({ switches: { rateLimitPeriod: 0 } })).rejects.toThrow(
      'rateLimitPeriod',
    );
  });

  it('answers 404 for an endpoint that is not there', async () => {
    const headers = { 'DD-API-KEY': ada.apiKey, 'DD-APPLICATION-KEY': ada.applicationKey };
    const answer = await send('/api/v2/llm-obs/v1/nothing', { headers });
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { errors: [{ status: '404', title: 'Not Found' }] },
    ]);
  });

  async function disposable() {
    const sandbox = await startDatadogSandbox();
    return { baseUrl: sandbox.baseUrl, [Symbol.asyncDispose]: () => sandbox.dispose() };
  }
});
