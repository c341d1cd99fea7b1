import { describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import type { DraftLock } from '../../src/domain/dataset.ts';
import { keyOf, type ResourceKey } from '../../src/domain/identity.ts';
import { type Harness, newestFirst, only, source, startHarness, unknownId } from './datadog-harness.ts';

function lockOf(
  { datasets }: ReturnType<Harness['connect']>,
  key: ResourceKey<'DATASET'>,
): Promise<DraftLock | null> {
  if (datasets.draftLock === undefined) throw new Error('Datadog has a draft lock');
  return datasets.draftLock(key);
}

describe('the draft lock', () => {
  it('names its holder', async () => {
    const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness();
    const { user } = datadogCredentials.acme.ben;
    const key = keyOfDataset(sandbox.state.dataset('acme', datadogSeed.lockedDataset));
    expect(await lockOf(connect(), key)).toEqual({
      holder: {
        vendorId: user.id,
        name: user.name,
        email: user.email,
        handle: user.handle,
        iconUrl: user.icon,
        details: null,
      },
      since: '2026-09-29T08:15:30Z',
      heldByCaller: null,
      kind: 'VENDOR',
    });
    expect(asked()).toHaveLength(1);
  });

  it.each(['null-data', 'missing-user', 'null-attributes', 'empty-user'] as const)(
    'is nobody’s where the vendor says so by %s',
    async (unlockedDraftState) => {
      const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness({ unlockedDraftState });
      const key = keyOfDataset(sandbox.state.dataset('acme', datadogSeed.largestDataset));
      expect(await lockOf(connect(), key)).toBeNull();
      expect(asked()).toHaveLength(1);
    },
  );

  it('is nobody’s after a 404 where the dataset is there', async () => {
    const {
      sandbox,
      connect,
      asked,
      keyOf: keyOfDataset,
    } = await startHarness({ unlockedDraftState: '404' });
    const seeded = sandbox.state.dataset('acme', datadogSeed.largestDataset);
    const key = keyOfDataset(seeded);
    expect(await lockOf(connect(), key)).toBeNull();
    const confirmed = `/${seeded.projectId}/datasets?filter[id]=${seeded.id}`;
    expect(asked()).toEqual([`/${seeded.projectId}/datasets/${seeded.id}/draft_state`, confirmed]);

    const source = connect();
    await source.datasets.getDatasets([key]);
    expect(await lockOf(source, key)).toBeNull();
    expect(asked()).toHaveLength(2);
  });

  it('costs one request a dataset where the datasets come from a list of the same operation', async () => {
    const { sandbox, connect, asked } = await startHarness({ unlockedDraftState: '404' });
    const { id } = sandbox.state.project('acme', datadogSeed.largestProject);
    const connected = connect();
    const filter = { projects: [keyOf(source, 'PROJECT', id)] };
    const stream = only(await connected.datasets.listDatasets(filter, newestFirst));
    const { items } = await stream.fetch(undefined, 25);
    const locks = await Promise.all(items.map((dataset) => lockOf(connected, dataset)));
    expect(locks).toHaveLength(25);
    expect(asked()).toHaveLength(26);
    // After a write nothing that was read before is relied on.
    const [first] = items;
    connected.http.forget();
    sandbox.state.project('acme', id).datasets.delete(first?.vendorId ?? '');
    if (first !== undefined) {
      await expect(lockOf(connected, first)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('of a dataset or project that is not there is an error, not an unlocked one', async () => {
    const { sandbox, connect } = await startHarness();
    const { id } = sandbox.state.project('acme', datadogSeed.largestProject);
    for (const projectId of [id, unknownId]) {
      const key = keyOf(source, 'DATASET', projectId, unknownId);
      await expect(lockOf(connect(), key)).rejects.toMatchObject({ code: 'NOT_FOUND', httpStatus: 404 });
    }
  });

  it('keeps what else is told of the holder, and no date that is none', async () => {
    const { sandbox, connect, keyOf: keyOfDataset } = await startHarness();
    const key = keyOfDataset(sandbox.state.dataset('acme', datadogSeed.lockedDataset));
    const attributes = { drafting_since: 'lately', user: { id: 'u1', title: 'Editor', name: '' } };
    const body = JSON.stringify({ data: { id: 'x', type: 'draft_state_data', attributes } });
    sandbox.server.faults.add({ path: 'draft_state$', effect: { type: 'answer', status: 200, body } });
    expect(await lockOf(connect(), key)).toMatchObject({
      holder: { vendorId: 'u1', name: null, details: { title: 'Editor' } },
      since: null,
    });
  });
});
