import { describe, expect, it } from 'vitest';
import { datadogSeed } from '../../sandbox/datadog/index.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { at, foundIn, readAll, source, startHarness, unknownId } from './datadog-harness.ts';

const dialects = ['spec', 'recorded'] as const;

describe.each(dialects)('versions in the %s dialect', (dialect) => {
  it('are listed newest first with gaps and with what is told of their use', async () => {
    const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness({ dialect });
    const seeded = sandbox.state.dataset('acme', datadogSeed.largestDataset);
    const key = keyOfDataset(seeded);
    const { items, pages } = await readAll(connect().datasets.listVersions(key), 4);
    expect(items.map(({ ref }) => ref)).toEqual(['7', '6', '5', '4', '3', '1']);
    expect(pages.map(({ total }) => total)).toEqual([6, 6]);
    expect(asked()).toHaveLength(1);
    for (const version of items) {
      const used = seeded.versions.get(version.number ?? -1)?.lastUsed;
      expect(version.lastUsedAt === null).toBe(used === undefined);
      expect(version).toMatchObject({
        ...keyOf(source, 'DATASET_VERSION', seeded.projectId, seeded.id, version.ref),
        dataset: key,
        isCurrent: null,
      });
    }
  });

  it('are read by ref with the dataset and the list side by side', async () => {
    const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness({ dialect });
    const seeded = sandbox.state.dataset('acme', datadogSeed.largestDataset);
    const key = keyOfDataset(seeded);
    const { datasets } = connect();
    expect(await datasets.getVersion(key, '7')).toMatchObject({ number: 7, isCurrent: true });
    expect(asked().toSorted()).toEqual([
      `/${seeded.projectId}/datasets/${seeded.id}/versions`,
      `/${seeded.projectId}/datasets?filter[id]=${seeded.id}`,
    ]);
    // In range but no longer listed, and never listed.
    expect(await datasets.getVersion(key, '2')).toMatchObject({
      ref: '2',
      lastUsedAt: null,
      isCurrent: false,
    });
    expect(await datasets.getVersion(key, '0')).toMatchObject({ number: 0, lastUsedAt: null });
    expect(await datasets.getVersion(key, '8')).toBeNull();
    expect(asked()).toEqual([]);
  });
});

describe('a version', () => {
  it.each(['', '-1', '1.0', '01', 'latest', '2147483648', '1e1'])(
    '%j is none, without a request',
    async (ref) => {
      const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness();
      const key = keyOfDataset(sandbox.state.dataset('acme', datadogSeed.largestDataset));
      expect(await connect().datasets.getVersion(key, ref)).toBeNull();
      expect(asked()).toEqual([]);
    },
  );

  it('of a dataset that is not there is none', async () => {
    const { connect } = await startHarness();
    const key = keyOf(source, 'DATASET', unknownId, unknownId);
    expect(await connect().datasets.getVersion(key, '1')).toBeNull();
    expect(await connect().datasets.currentVersion(key)).toBeNull();
    const versions = connect().datasets.listVersions(key);
    await expect(versions.fetch(undefined, 5)).rejects.toMatchObject({ code: 'NOT_FOUND', httpStatus: 404 });
  });

  it('is there although the list of versions fails, with its use unknown', async () => {
    const { sandbox, connect, keyOf: keyOfDataset } = await startHarness();
    const key = keyOfDataset(sandbox.state.dataset('acme', datadogSeed.largestDataset));
    sandbox.server.faults.add({ path: '/versions$', effect: { type: 'answer', status: 500 } });
    expect(await connect().datasets.getVersion(key, '3')).toMatchObject({ number: 3, lastUsedAt: undefined });
  });

  it('0 of a fresh dataset is its current one', async () => {
    const { sandbox, connect, keyOf: keyOfDataset } = await startHarness();
    const key = keyOfDataset(sandbox.state.dataset('acme', datadogSeed.emptyDataset));
    const dataset = foundIn(await connect().datasets.getDatasets([key]), key.id);
    expect(dataset.currentVersion).toMatchObject({ ref: '0', number: 0 });
    expect(await connect().datasets.latestVersion(key)).toMatchObject({ ref: '0' });
    expect((await readAll(connect().datasets.listItems(key, '0'), 5)).items).toEqual([]);
    expect((await readAll(connect().datasets.listVersions(key), 5)).items).toEqual([]);
  });
});

describe.each(dialects)('items in the %s dialect', (dialect) => {
  it('of the current state are read newest first to the end', async () => {
    const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness({ dialect });
    const seeded = sandbox.state.dataset('acme', datadogSeed.largestDataset);
    const records = seeded.versions.get(7)?.records ?? [];
    const key = keyOfDataset(seeded);
    const { items } = await readAll(connect().datasets.listItems(key, undefined), 25);
    expect(items.map(({ vendorId }) => vendorId)).toEqual(records.map(({ id }) => id));
    expect(asked()).toHaveLength(4);
    const [item, record] = [at(items, 0), at(records, 0)];
    const recorded = dialect === 'recorded';
    expect(item).toMatchObject({
      ...keyOf(source, 'DATASET_ITEM', seeded.projectId, seeded.id, record.id),
      vendor: 'DATADOG',
      stableId: recorded ? record.canonicalId : null,
      dataset: key,
      input: record.input,
      expectedOutput: record.expectedOutput ?? null,
      metadata: record.metadata ?? null,
      messages: null,
      tags: recorded && record.tags.length > 0 ? record.tags : null,
      deleted: null,
      createdBy: recorded ? { vendorId: record.authorId } : null,
    });
  });

  it('of a version carry it in their ids, and every page asks for it', async () => {
    const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness({ dialect });
    const seeded = sandbox.state.dataset('acme', datadogSeed.largestDataset);
    const key = keyOfDataset(seeded);
    const { datasets } = connect();
    const { items } = await readAll(datasets.listItems(key, '1'), 25);
    const records = seeded.versions.get(1)?.records ?? [];
    expect(items.map(({ vendorId }) => vendorId)).toEqual(records.map(({ id }) => id));
    expect(at(items, 0).address.parts).toEqual([seeded.projectId, seeded.id, at(records, 0).id, '1']);
    expect(asked().every((url) => url.includes('filter[version]=1&'))).toBe(true);

    const now = await readAll(datasets.listItems(key, undefined), 100);
    asked();
    const keys = [at(items, 0), at(items, -1), at(now.items, 5)];
    const result = await datasets.getItems([
      ...keys,
      keyOf(source, 'DATASET_ITEM', ...key.address.parts, 'gone'),
    ]);
    expect(keys.map(({ id }) => foundIn(result, id).id)).toEqual(keys.map(({ id }) => id));
    expect(result.size).toBe(3);
    expect(asked()).toHaveLength(2);
  });
});

describe('items', () => {
  it('of a version out of range, or of none at all, are not found', async () => {
    const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness();
    const seeded = sandbox.state.dataset('acme', datadogSeed.largestDataset);
    const key = keyOfDataset(seeded);
    const { datasets } = connect();
    const refused = { code: 'NOT_FOUND', message: expect.stringContaining('no version') };
    await expect(datasets.listItems(key, '99').fetch(undefined, 5)).rejects.toMatchObject(refused);
    expect(asked()).toHaveLength(1);
    await expect(datasets.listItems(key, 'newest').fetch(undefined, 5)).rejects.toMatchObject(refused);
    const keys = ['99', 'newest'].map((version) =>
      keyOf(source, 'DATASET_ITEM', seeded.projectId, seeded.id, 'any', version),
    );
    expect((await datasets.getItems(keys)).size).toBe(0);
    expect(asked()).toHaveLength(1);
  });

  it('are looked for no further than all of them are found', async () => {
    const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness({ pageLimitMaximum: 10 });
    const seeded = sandbox.state.dataset('acme', datadogSeed.largestDataset);
    const key = keyOfDataset(seeded);
    const records = seeded.versions.get(7)?.records ?? [];
    const keys = [2, 15].map((index) =>
      keyOf(source, 'DATASET_ITEM', ...key.address.parts, at(records, index).id),
    );
    expect((await connect().datasets.getItems(keys)).size).toBe(2);
    expect(asked()).toHaveLength(2);
    // What is not there takes the whole list, which the operation's ceiling ends.
    const gone = keyOf(source, 'DATASET_ITEM', ...key.address.parts, 'gone');
    const result = await connect(undefined, 3).datasets.getItems([gone]);
    expect(result.get(gone.id)).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE' });
  });

  it('of a forged address are refused alone, and of one that cannot be cost nothing', async () => {
    const { connect, asked } = await startHarness();
    const forged = keyOf(source, 'DATASET_ITEM', 'a', 'b');
    const impossible = keyOf(source, 'DATASET_ITEM', 'a', 'b', 'c');
    const result = await connect().datasets.getItems([forged, impossible]);
    expect([...result.keys()]).toEqual([forged.id]);
    expect(result.get(forged.id)).toMatchObject({ code: 'INVALID_INPUT' });
    expect(asked()).toEqual([]);
  });
});
