import { describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { DatadogHarness, paths, pick } from './datadog-harness.ts';

const harness = new DatadogHarness();
const { ada, ben } = datadogCredentials.acme;

describe('the draft lock', () => {
  it('belongs to the user of the application key, and shows who they are and since when', async () => {
    const locked = await harness.call('PATCH', paths.lock, { as: ada });
    expect(pick(locked.body, 'data', 'attributes', 'user')).toEqual(ada.user);
    const seen = await harness.call('GET', paths.draftState, { as: ben });
    expect(seen.body).toEqual(locked.body);
  });

  it('is taken again by its holder without moving drafting_since', async () => {
    const first = await harness.call('PATCH', paths.lock);
    const second = await harness.call('PATCH', paths.lock);
    expect(second.body).toEqual(first.body);
  });

  it('is refused to another user with the status of the switch, and stays with its holder', async () => {
    const at = harness.at(datadogSeed.lockedDataset);
    for (const status of [400, 403, 404] as const) {
      harness.sandbox.switches.lockHeldByOther = status;
      const refused = await harness.call('PATCH', paths.lock, { at, as: ada });
      expect(refused.status).toBe(status);
    }
    for (const status of [409, 423] as const) {
      harness.sandbox.switches.lockHeldByOther = status;
      const refused = await harness.call('PATCH', paths.lock, { at, as: ada, documented: false });
      expect(refused.status).toBe(status);
    }
    const state = await harness.call('GET', paths.draftState, { at });
    expect(pick(state.body, 'data', 'attributes', 'user', 'id')).toBe(ben.user.id);
  });

  it('is answered by 200 with the holder where the switch says so', async () => {
    harness.sandbox.switches.lockHeldByOther = '200-with-holder';
    const at = harness.at(datadogSeed.lockedDataset);
    const answer = await harness.call('PATCH', paths.lock, { at, as: ada });
    expect([answer.status, pick(answer.body, 'data', 'attributes', 'user', 'id')]).toEqual([
      200,
      ben.user.id,
    ]);
  });

  it('is released by its holder, without a body, and can then be taken by another', async () => {
    const at = harness.at(datadogSeed.lockedDataset);
    const unlocked = await harness.call('PATCH', paths.unlock, { at, as: ben });
    expect([unlocked.status, unlocked.body]).toEqual([200, '']);
    const locked = await harness.call('PATCH', paths.lock, { at, as: ada });
    expect(pick(locked.body, 'data', 'attributes', 'user', 'id')).toBe(ada.user.id);
  });

  it('is not released by another user, whatever the answer says', async () => {
    const at = harness.at(datadogSeed.lockedDataset);
    expect((await harness.call('PATCH', paths.unlock, { at, as: ada })).status).toBe(403);
    harness.sandbox.switches.unlockHeldByOther = 200;
    expect((await harness.call('PATCH', paths.unlock, { at, as: ada })).status).toBe(200);
    expect(harness.sandbox.state.dataset('acme', datadogSeed.lockedDataset).lock?.userId).toBe(ben.user.id);
  });

  it('that nobody holds cannot be released, unless the switch allows it', async () => {
    expect((await harness.call('PATCH', paths.unlock)).status).toBe(404);
    harness.sandbox.switches.unlockNotHeld = 200;
    expect((await harness.call('PATCH', paths.unlock)).status).toBe(200);
  });

  it('can be taken and taken away behind the back', async () => {
    const { state } = harness.sandbox;
    const dataset = state.dataset('acme', datadogSeed.largestDataset);
    await harness.call('PATCH', paths.lock, { as: ada });
    state.lock(dataset, ben.user);
    const seen = await harness.call('GET', paths.draftState);
    expect(pick(seen.body, 'data', 'attributes', 'user', 'name')).toBe('Ben Okafor');
    state.unlock(dataset);
    expect((await harness.call('GET', paths.draftState)).status).toBe(404);
  });

  it('has five ways to say that nobody holds it', async () => {
    const { switches } = harness.sandbox;
    const missing = await harness.call('GET', paths.draftState);
    expect([missing.status, pick(missing.body, 'errors', 0, 'detail')]).toEqual([
      404,
      'draft state not found',
    ]);
    const seen: unknown[] = [];
    for (const shape of ['null-data', 'missing-user', 'null-attributes', 'empty-user'] as const) {
      switches.unlockedDraftState = shape;
      const documented = shape === 'empty-user';
      const { status, body } = await harness.call('GET', paths.draftState, { documented });
      seen.push([status, pick(body, 'data') === null ? null : pick(body, 'data', 'attributes')]);
    }
    expect(seen).toEqual([
      [200, null],
      [200, {}],
      [200, { drafting_since: null, user: null }],
      [200, { drafting_since: '0001-01-01T00:00:00Z', user: { id: '' } }],
    ]);
  });

  it('keeps others from writing only where the switch says so', async () => {
    const at = harness.at(datadogSeed.lockedDataset);
    const body = { data: { type: 'records', attributes: { records: [{ input: 'x' }], deduplicate: false } } };
    const append = async (as: typeof ada | typeof ben) =>
      (await harness.call('POST', paths.records, { at, body, as })).status;
    expect(await append(ada)).toBe(201);
    harness.sandbox.switches.lockBlocksWrites = true;
    expect([await append(ada), await append(ben)]).toEqual([403, 201]);
    const { project_id, dataset_id } = at;
    const deletion = { data: { type: 'datasets', attributes: { dataset_ids: [dataset_id] } } };
    const refused = await harness.call('POST', paths.datasetsDelete, { at: { project_id }, body: deletion });
    expect(refused.status).toBe(403);
  });
});
