import { describe, expect, it } from 'vitest';
import { acmeId, at, openPostHog, owner, paths, pluck, results } from './posthog-harness.ts';

const name = 'greeting';
const labelPath = (label: string) => `/api/environments/${acmeId}/llm_prompts/name/${name}/labels/${label}/`;

describe('PostHog sandbox: web-only prompts', () => {
  it('refuses publish, resolve and archive with a bare 403, and nothing else', async () => {
    const { send } = await openPostHog({ promptWritesWebOnly: true });
    const id = 'support-reply';
    for (const answered of [
      await send('PATCH', paths.prompt, { id, body: { base_version: 1, prompt: 'x' } }),
      await send('GET', paths.promptResolve, { id }),
      await send('POST', paths.promptArchive, { id }),
    ]) {
      expect(answered.status).toBe(403);
      expect(Object.keys(Object(answered.body))).toEqual(['detail']);
    }
    expect((await send('GET', paths.prompt, { id })).status).toBe(200);
    expect((await send('POST', paths.prompts, { body: { name, prompt: 'x' } })).status).toBe(201);
  });
});

describe('PostHog sandbox: stale by-name reads', () => {
  it('lags one publish behind by name, while resolve and the list are fresh', async () => {
    const { send, sandbox } = await openPostHog({ staleByName: true });
    sandbox.state.createPrompt(acmeId, name, 'One');
    const byName = async () => at((await send('GET', paths.prompt, { id: name })).body, 'version');
    expect(await byName()).toBe(1);
    await send('PATCH', paths.prompt, { id: name, body: { base_version: 1, prompt: 'Two' } });
    expect((await send('GET', paths.prompt, { id: name })).body).toMatchObject({
      prompt: 'One',
      is_latest: true,
      latest_version: 1,
    });
    expect(at((await send('GET', paths.promptResolve, { id: name })).body, 'prompt', 'version')).toBe(2);
    expect(results(await send('GET', paths.prompts, { query: 'limit=1' }))[0]).toMatchObject({
      name,
      version: 2,
    });
    sandbox.state.publishPrompt(acmeId, name, 'Three');
    expect(await byName()).toBe(2);
    sandbox.switches.staleByName = false;
    expect(await byName()).toBe(3);
  });
});

describe('PostHog sandbox: labels and config of later servers', () => {
  it('has none of it at baseline', async () => {
    const { raw, send } = await openPostHog();
    expect((await raw('PUT', labelPath('production'), { key: owner, body: { version: 1 } })).status).toBe(
      404,
    );
    expect(results(await send('GET', paths.prompts))[0]).not.toHaveProperty('labels');
    expect(at((await send('GET', paths.prompts, { query: 'label=production' })).body, 'count')).toBe(66);
  });

  it('makes, moves and removes a label', async () => {
    const { raw, send, sandbox } = await openPostHog({ labels: true });
    sandbox.state.createPrompt(acmeId, name, 'One');
    sandbox.state.publishPrompt(acmeId, name, 'Two');
    const set = (label: string, version: number) =>
      raw('PUT', labelPath(label), { key: owner, body: { version } });
    expect((await set('live', 1)).status).toBe(201);
    expect((await send('GET', paths.prompt, { id: name, query: 'label=live' })).body).toMatchObject({
      version: 1,
      label: 'live',
      config: null,
    });
    const moved = await set('live', 2);
    expect(moved.status).toBe(200);
    expect(moved.body).toMatchObject({ name: 'live', prompt_name: name, version: 2 });
    expect((await set('live', 3)).status).toBe(404);
    for (const label of ['latest', '42', 'Live']) expect((await set(label, 1)).status).toBe(400);
    expect((await raw('DELETE', labelPath('live'), { key: owner })).status).toBe(204);
    expect((await raw('DELETE', labelPath('live'), { key: owner })).status).toBe(404);
  });

  it('refuses the fifty-first label', async () => {
    const { raw, sandbox } = await openPostHog({ labels: true });
    sandbox.state.createPrompt(acmeId, name, 'One');
    const statuses = [];
    for (let index = 0; index < 51; index += 1) {
      statuses.push((await raw('PUT', labelPath(`l${index}`), { key: owner, body: { version: 1 } })).status);
    }
    expect(statuses.filter((status) => status === 201)).toHaveLength(50);
    expect(statuses.at(-1)).toBe(400);
  });

  it('lists each prompt at its labelled version, with all labels', async () => {
    const { send } = await openPostHog({ labels: true });
    const listed = await send('GET', paths.prompts, { query: 'label=production' });
    expect(results(listed).length).toBeGreaterThan(3);
    for (const labels of pluck(listed, 'labels')) expect(labels).toContain('production');
    expect(pluck(listed, 'is_latest').every((latest) => latest === false)).toBe(true);
    expect(at(results(listed)[0], 'all_labels')).toHaveLength(2);
    expect((await send('GET', paths.prompts, { query: 'order_by=colour' })).body).toMatchObject({
      attr: 'order_by',
    });
  });

  it('carries the config over, clears it with null, and takes it alone', async () => {
    const { send } = await openPostHog({ labels: true });
    await send('POST', paths.prompts, { body: { name, prompt: 'One', config: { model: 'a' } } });
    const publish = async (body: unknown) => (await send('PATCH', paths.prompt, { id: name, body })).body;
    expect(await publish({ base_version: 1, prompt: 'Two', version_description: ' why ' })).toMatchObject({
      config: { model: 'a' },
      version_description: 'why',
    });
    expect(await publish({ base_version: 2, config: { model: 'b' } })).toMatchObject({
      prompt: 'Two',
      config: { model: 'b' },
      version: 3,
    });
    expect(await publish({ base_version: 3, config: null })).toMatchObject({ config: null, version: 4 });
    expect(await publish({ base_version: 4, config: 'x' })).toMatchObject({
      attr: 'config',
      code: 'invalid_config',
    });
  });
});
