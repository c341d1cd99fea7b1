import { describe, expect, it } from 'vitest';
import {
  type Answered,
  acmeId,
  at,
  openPostHog,
  owner,
  type PostHogHarness,
  results,
  textAt,
} from './posthog-harness.ts';

const base = `/api/projects/${acmeId}`;

// The documented shapes are those of the baseline, so the later dialect is not compared with them.
async function openLater(): Promise<{
  harness: PostHogHarness;
  golden: string;
  call(method: string, path: string, body?: unknown): Promise<Answered>;
}> {
  const harness = await openPostHog({ laterDatasets: true });
  const golden = harness.sandbox.state.project(acmeId).datasets[0]?.id ?? '';
  return {
    harness,
    golden,
    call: (method, path, body) => harness.raw(method, `${base}${path}`, { key: owner, body }),
  };
}

describe('PostHog sandbox: the later dataset dialect', () => {
  it('lists datasets with revisions, in pages of fifty and a hundred at most', async () => {
    const { call } = await openLater();
    const listed = await call('GET', '/datasets/');
    expect(results(listed)).toHaveLength(50);
    expect(at(listed.body, 'count')).toBe(64);
    expect(results(listed)[0]).toMatchObject({ archived: false, team_id: acmeId });
    expect(results(listed)[0]).not.toHaveProperty('deleted');
    expect(results(await call('GET', '/datasets/?limit=1000'))).toHaveLength(64);
    expect(at((await call('GET', '/datasets/?archived=true')).body, 'count')).toBe(2);
    expect((await call('GET', '/datasets/?order_by=name')).status).toBe(400);
  });

  it('wants a dataset for items, in pages of ten and twenty-five at most', async () => {
    const { call, golden } = await openLater();
    expect((await call('GET', '/dataset_items/')).body).toMatchObject({ attr: 'dataset', code: 'required' });
    const listed = await call('GET', `/dataset_items/?dataset=${golden}`);
    expect(results(listed)).toHaveLength(10);
    expect(at(listed.body, 'count')).toBe(72);
    const [row] = results(listed);
    for (const member of ['version_id', 'expected_output', 'source_output', 'dataset_revision', 'archived']) {
      expect(row).toHaveProperty(member);
    }
    for (const member of ['output', 'deleted', 'ref_trace_id', 'team'])
      expect(row).not.toHaveProperty(member);
    expect(results(await call('GET', `/dataset_items/?dataset=${golden}&limit=100`))).toHaveLength(25);
    expect(at((await call('GET', `/dataset_items/?dataset=${golden}&archived=true`)).body, 'count')).toBe(2);
    expect((await call('GET', '/dataset_items/?dataset=11111111-1111-4111-8111-111111111111')).status).toBe(
      404,
    );
  });

  it('keeps versions of an item, and the contents of every revision', async () => {
    const { call, golden, harness } = await openLater();
    const first = harness.sandbox.state.project(acmeId).items[0]?.id ?? '';
    const versions = await call('GET', `/dataset_items/${first}/versions/`);
    expect(results(versions).map((row) => at(row, 'version'))).toEqual([6, 5, 4, 3, 2, 1]);
    expect(new Set(results(versions).map((row) => at(row, 'expected_output'))).size).toBe(6);
    const early = await call('GET', `/dataset_items/?dataset=${golden}&revision=3`);
    expect(results(early)).toMatchObject([{ id: first, version: 3 }]);
    expect((await call('GET', `/dataset_items/?dataset=${golden}&revision=99999`)).status).toBe(404);
    const revisions = await call('GET', `/datasets/${golden}/revisions/?limit=1`);
    const current = await call('GET', `/datasets/${golden}/`);
    expect(at(results(revisions)[0], 'revision')).toBe(at(current.body, 'current_revision'));
  });

  it('creates idempotently by external id', async () => {
    const { call, golden } = await openLater();
    const body = { dataset: golden, input: { q: 1 }, external_id: 'mine' };
    const made = await call('POST', '/dataset_items/', body);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ version: 1, expected_output: null, metadata: {} });
    const again = await call('POST', '/dataset_items/', body);
    expect([again.status, at(again.body, 'version_id')]).toEqual([200, at(made.body, 'version_id')]);
    const other = await call('POST', '/dataset_items/', { ...body, input: 'other' });
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({ code: 'external_id_conflict', current_item_id: at(made.body, 'id') });
  });

  it('changes an item only on its current version', async () => {
    const { call, golden } = await openLater();
    const made = await call('POST', '/dataset_items/', { dataset: golden, input: 'a' });
    const path = `/dataset_items/${textAt(made.body, 'id')}/`;
    expect((await call('PATCH', path, { input: 'b' })).body).toMatchObject({ attr: 'base_version' });
    const changed = await call('PATCH', path, { base_version: 1, expected_output: 'b' });
    expect(changed.body).toMatchObject({ version: 2, input: 'a', expected_output: 'b' });
    const stale = await call('PATCH', path, { base_version: 1, input: 'c' });
    expect(stale.status).toBe(409);
    expect(stale.body).toMatchObject({ code: 'stale_version', current_version: 2 });
    expect(stale.body).not.toHaveProperty('type');
  });

  it('refuses members that it does not know, and null as input', async () => {
    const { call, golden } = await openLater();
    const post = async (body: object) =>
      (await call('POST', '/dataset_items/', { dataset: golden, input: 'a', ...body })).body;
    expect(await post({ output: 'x' })).toMatchObject({ attr: 'output', code: 'invalid_input' });
    expect(await post({ input: null })).toMatchObject({ attr: 'input', code: 'null' });
    expect(await post({ metadata: [] })).toMatchObject({ attr: 'metadata' });
    expect(await post({ input: 'x'.repeat(1_000_001) })).toMatchObject({ attr: 'input' });
    expect((await call('PATCH', `/datasets/${golden}/`, { deleted: true })).body).toMatchObject({
      attr: 'deleted',
    });
  });

  it('archives and restores items and datasets', async () => {
    const { call, golden } = await openLater();
    const made = await call('POST', '/dataset_items/', { dataset: golden, input: 'a' });
    const path = `/dataset_items/${textAt(made.body, 'id')}/`;
    expect((await call('POST', `${path}archive/`, { base_version: 1 })).body).toMatchObject({
      archived: true,
      version: 2,
    });
    expect((await call('GET', path)).body).toMatchObject({ archived: true });
    expect((await call('PATCH', path, { base_version: 2, input: 'b' })).body).toMatchObject({
      code: 'dataset_item_archived',
    });
    const restored = await call('POST', `${path}restore/`, { base_version: 2, source_version: 1 });
    expect(restored.body).toMatchObject({ archived: false, version: 3 });
    expect((await call('POST', `${path}restore/`, { base_version: 3 })).body).toMatchObject({
      code: 'dataset_item_active',
    });
    expect((await call('POST', `/datasets/${golden}/archive/`)).body).toMatchObject({ archived: true });
    expect((await call('PATCH', path, { base_version: 3, input: 'b' })).body).toMatchObject({
      code: 'dataset_archived',
    });
    expect((await call('POST', `/datasets/${golden}/restore/`)).body).toMatchObject({ archived: false });
  });

  it('keeps dataset names unique, and offers neither PUT nor DELETE', async () => {
    const { call, golden } = await openLater();
    const taken = await call('POST', '/datasets/', { name: 'Support bot golden set' });
    expect(taken.status).toBe(409);
    expect(taken.body).toMatchObject({ code: 'dataset_name_conflict' });
    const made = await call('POST', '/datasets/', { name: 'Later one' });
    expect(made.body).toMatchObject({ description: '', metadata: {}, current_revision: null });
    for (const method of ['PUT', 'DELETE']) {
      expect((await call(method, `/datasets/${golden}/`, {})).body).toMatchObject({
        code: 'method_not_allowed',
      });
    }
  });

  it('has none of its own routes at baseline', async () => {
    const { call, golden, harness } = await openLater();
    harness.sandbox.switches.laterDatasets = false;
    expect((await call('GET', `/datasets/${golden}/revisions/`)).status).toBe(404);
    expect((await call('POST', `/datasets/${golden}/archive/`)).status).toBe(404);
  });
});
