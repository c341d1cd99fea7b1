import { describe, expect, test } from 'vitest';
import { InvalidInputError, NotFoundError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { datasetKey, foundIn, type Harness, key, readAll, startHarness } from './humanloop-harness.ts';

const suite = 'RAG regression suite';

function suiteOf({ sandbox }: Harness) {
  const file = [...sandbox.state.acme.datasets.values()].find(({ path }) => path.endsWith(suite));
  const [oldest] = file?.versions ?? [];
  const newest = file?.versions.at(-1);
  if (file === undefined || oldest === undefined || newest === undefined) throw new Error('seeded');
  return { file, oldest, newest };
}

function itemKey(...parts: readonly string[]) {
  return keyOf(key, 'DATASET_ITEM', ...parts);
}

describe('the items of a dataset', () => {
  test('are those of the version that is named, in order, and carry it in their ids', async () => {
    const harness = await startHarness();
    const { file, newest } = suiteOf(harness);
    for (const limit of [7, 40, 100]) {
      const { datasets } = harness.connect();
      const { items, pages } = await readAll(datasets.listItems(datasetKey(file.id), newest.id), limit);
      expect(items.map(({ vendorId }) => vendorId)).toEqual(newest.content.datapoints.map(({ id }) => id));
      expect(pages[0]?.total).toBe(newest.content.datapoints.length);
      expect(harness.asked()).toHaveLength(pages.length);
      expect(items[0]?.address.parts).toEqual([file.id, items[0]?.vendorId, newest.id]);
    }
  });

  test('are those on the default environment when no version is named', async () => {
    const harness = await startHarness();
    const { file, oldest } = suiteOf(harness);
    harness.sandbox.state.deploy(file.id, 'production', oldest.id);
    const { datasets } = harness.connect();
    const page = await datasets.listItems(datasetKey(file.id), undefined).fetch(undefined, 5);
    expect(harness.asked()).toEqual([`GET /datasets/${file.id}/datapoints?page=1&size=5`]);
    const [first] = oldest.content.datapoints;
    expect(page.total).toBe(oldest.content.datapoints.length);
    expect(page.items[0]).toEqual({
      ...itemKey(file.id, first?.id ?? ''),
      vendor: 'HUMANLOOP',
      vendorId: first?.id,
      stableId: null,
      dataset: datasetKey(file.id),
      input: first?.inputs,
      expectedOutput: first?.target,
      messages: first?.messages ?? null,
      metadata: null,
      tags: null,
      sourceTraceId: null,
      sourceId: null,
      sourceTimestamp: null,
      deleted: null,
      createdAt: null,
      updatedAt: null,
      createdBy: null,
    });
  });

  test('are read whole from a vendor that gives smaller pages than it is asked for', async () => {
    const harness = await startHarness({ sizeCap: 11 });
    const { file, newest } = suiteOf(harness);
    const { datasets } = harness.connect();
    const { items } = await readAll(datasets.listItems(datasetKey(file.id), newest.id), 30);
    expect(items.map(({ vendorId }) => vendorId)).toEqual(newest.content.datapoints.map(({ id }) => id));
  });

  test('of an unknown version are not found', async () => {
    const harness = await startHarness();
    const { file } = suiteOf(harness);
    const stream = harness.connect().datasets.listItems(datasetKey(file.id), 'dsv_nothing');
    await expect(stream.fetch(undefined, 10)).rejects.toBeInstanceOf(NotFoundError);
  });

  test('of the current state are not found, with advice, when nothing stands on the default environment', async () => {
    const harness = await startHarness();
    const { file } = suiteOf(harness);
    harness.sandbox.state.undeploy(file.id, 'production');
    const stream = harness.connect().datasets.listItems(datasetKey(file.id), undefined);
    await expect(stream.fetch(undefined, 10)).rejects.toThrow(/versionRef/);
  });

  test('that have not the documented shape are left out, named, and cost no other', async () => {
    const harness = await startHarness();
    const { file, newest } = suiteOf(harness);
    const ids = newest.content.datapoints.map(({ id }) => id);
    const path = `/datasets/${file.id}/datapoints?version_id=${newest.id}`;
    await harness.spoil(`${path}&page=1&size=4`, (body) => {
      body.records[1] = { id: 17, inputs: {} };
      return body;
    });
    const { items, pages } = await readAll(
      harness.connect().datasets.listItems(datasetKey(file.id), newest.id),
      4,
    );
    expect(items.map(({ vendorId }) => vendorId)).toEqual(ids.filter((_, index) => index !== 1));
    expect(pages.flatMap(({ faults }) => faults)).toMatchObject([
      { code: 'SOURCE_CONTRACT_VIOLATION', resource: 'listDatapoints row 1 (17)' },
    ]);
  });
});

describe('items by id', () => {
  test('of one version are one search, whichever they are', async () => {
    const harness = await startHarness();
    const { file, newest } = suiteOf(harness);
    const ids = [2, 77, 140].map((index) => newest.content.datapoints[index]?.id ?? '');
    const keys = [...ids, 'dp_nothing'].map((id) => itemKey(file.id, id, newest.id));
    const found = await harness.connect().datasets.getItems(keys);
    expect(harness.asked()).toEqual([
      `GET /datasets/${file.id}/datapoints?version_id=${newest.id}&page=1&size=1000`,
    ]);
    expect([...found.keys()]).toEqual(keys.slice(0, 3).map(({ id }) => id));
    expect(foundIn(found, keys[1]?.id ?? '')).toMatchObject({ ...keys[1], vendorId: ids[1] });
  });

  test('are looked for page after page, no further than needed', async () => {
    const harness = await startHarness({ sizeCap: 40 });
    const { file, newest } = suiteOf(harness);
    const at = (index: number) => itemKey(file.id, newest.content.datapoints[index]?.id ?? '', newest.id);
    const found = await harness.connect().datasets.getItems([at(3), at(50)]);
    expect(found.size).toBe(2);
    expect(harness.asked()).toHaveLength(2);
    await harness.connect().datasets.getItems([itemKey(file.id, 'dp_nothing', newest.id)]);
    expect(harness.asked()).toHaveLength(Math.ceil(newest.content.datapoints.length / 40));
  });

  test('of different versions and datasets go out side by side, and fail alone', async () => {
    const harness = await startHarness();
    const { file, oldest, newest } = suiteOf(harness);
    const [other] = [...harness.sandbox.state.acme.datasets.values()].filter(({ id }) => id !== file.id);
    const current = other?.versions.find(({ id }) => [...(other.deployments.values() ?? [])].includes(id));
    const inOld = itemKey(file.id, oldest.content.datapoints[0]?.id ?? '', oldest.id);
    const inNew = itemKey(file.id, newest.content.datapoints[0]?.id ?? '', newest.id);
    const elsewhere = itemKey(other?.id ?? '', current?.content.datapoints[0]?.id ?? '');
    const forged = itemKey(file.id);
    const unknown = itemKey('ds_nothing', 'dp_nothing');
    harness.sandbox.server.faults.add({
      path: oldest.id,
      effect: { type: 'answer', status: 500, body: 'oops' },
    });
    const found = await harness.connect().datasets.getItems([inOld, inNew, elsewhere, forged, unknown]);
    expect(harness.asked()).toHaveLength(4);
    expect(found.get(inOld.id)).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(found.get(forged.id)).toBeInstanceOf(InvalidInputError);
    expect(found.has(unknown.id)).toBe(false);
    expect(foundIn(found, inNew.id).address.parts).toHaveLength(3);
    expect(foundIn(found, elsewhere.id).dataset.address.parts).toEqual([other?.id]);
  });

  test('of a row that cannot be read is an error of that item alone', async () => {
    const harness = await startHarness();
    const { file, newest } = suiteOf(harness);
    const [, second] = newest.content.datapoints;
    const path = `/datasets/${file.id}/datapoints?version_id=${newest.id}&page=1&size=1000`;
    // Only the id of a datapoint can have a wrong shape; a number reads the same as its digits.
    await harness.spoil(path, (body) => {
      body.records[0] = { id: 17 };
      return body;
    });
    const bad = itemKey(file.id, '17', newest.id);
    const good = itemKey(file.id, second?.id ?? '', newest.id);
    const found = await harness.connect().datasets.getItems([bad, good]);
    expect(found.get(bad.id)).toMatchObject({ code: 'SOURCE_CONTRACT_VIOLATION' });
    expect(foundIn(found, good.id).vendorId).toBe(second?.id);
  });

  test('no ids are no request', async () => {
    const harness = await startHarness();
    expect((await harness.connect().datasets.getItems([])).size).toBe(0);
    expect(harness.asked()).toEqual([]);
  });
});
