import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SourceError, UnsupportedError } from '../../src/domain/errors.ts';
import { failureOf, firstOf, key, projectId, readAll, readPages, usePostHog } from './posthog-harness.ts';

const posthogTest = usePostHog();
const root = `/api/projects/${projectId}`;

function seeded() {
  return posthogTest.sandbox.state.project(projectId);
}

/** The dataset with more than one page of items, and its living items, newest first. */
function richDataset() {
  const dataset = firstOf(seeded().datasets);
  const items = seeded()
    .items.filter((item) => item.dataset === dataset && !item.versions.at(-1)?.deleted)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  return { dataset, items };
}

describe('items', () => {
  it('are mapped from the documented shape', async () => {
    const { dataset } = richDataset();
    const row = firstOf(seeded().items);
    const current = row.versions.at(-1);
    const { datasets } = posthogTest.connect();
    const found = await datasets.getItems([key.item(row.id)]);
    expect(found.get(key.item(row.id).id)).toEqual({
      ...key.item(row.id),
      vendor: 'POSTHOG',
      vendorId: row.id,
      stableId: row.id,
      dataset: key.dataset(dataset.id),
      input: current?.input,
      expectedOutput: current?.output,
      messages: null,
      metadata: current?.metadata,
      tags: null,
      sourceTraceId: row.refTraceId,
      sourceId: row.refSourceId,
      sourceTimestamp: row.refTimestamp,
      deleted: false,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      createdBy: expect.objectContaining({ vendorId: String(row.createdBy.id) }),
    });
    expect(posthogTest.asked()).toEqual([`${root}/dataset_items/${row.id}/`]);
  });

  it('of one dataset are paged with a total, none skipped or repeated while others are inserted', async () => {
    const { dataset, items } = richDataset();
    const { datasets } = posthogTest.connect();
    const pages = await readPages(datasets.listItems(key.dataset(dataset.id), undefined), 20, () => {
      const createdAt = posthogTest.sandbox.state.clock.now();
      seeded().items.push({ ...firstOf(items), id: randomUUID(), createdAt });
    });
    expect(pages.flatMap((page) => page.items.map(({ vendorId }) => vendorId))).toEqual(
      items.map(({ id }) => id),
    );
    expect(firstOf(pages).total).toBe(items.length);
    expect(firstOf(posthogTest.asked())).toBe(`${root}/dataset_items/?dataset=${dataset.id}&limit=20`);
  });

  it('of all datasets are one list', async () => {
    const { datasets } = posthogTest.connect();
    const all = await readAll(datasets.listAllItems?.() ?? expect.fail('there is one'), 100);
    const alive = seeded().items.filter((item) => !item.versions.at(-1)?.deleted);
    expect(new Set(all.map(({ vendorId }) => vendorId))).toEqual(new Set(alive.map(({ id }) => id)));
    expect(firstOf(posthogTest.asked())).toBe(`${root}/dataset_items/?limit=100`);
  });

  it('by id take one request each, side by side, and fail alone', async () => {
    const [first, second, third] = richDataset().items.map(({ id }) => id);
    const deleted = seeded().items.find((item) => item.versions.at(-1)?.deleted);
    const globex = firstOf(posthogTest.sandbox.state.project(2002).items);
    posthogTest.sandbox.server.faults.add({
      path: `${second}`,
      effect: { type: 'answer', status: 503, headers: { 'retry-after': '7' } },
    });
    const ids = [first ?? '', second ?? '', third ?? '', deleted?.id ?? '', globex.id, 'x'];
    const found = await posthogTest.connect().datasets.getItems(ids.map(key.item));
    expect([...found.keys()].sort()).toEqual(
      ids
        .slice(0, 3)
        .map((id) => key.item(id).id)
        .sort(),
    );
    expect(found.get(key.item(ids[1] ?? '').id)).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      retryAfterSeconds: 7,
    });
    expect(posthogTest.asked()).toHaveLength(5);
  });
});

describe('items of later servers', () => {
  it('are mapped from their own names', async () => {
    posthogTest.sandbox.switches.laterDatasets = true;
    const row = firstOf(seeded().items);
    const { datasets } = posthogTest.connect();
    const found = await datasets.getItems([key.item(row.id)]);
    expect(found.get(key.item(row.id).id)).toMatchObject({
      stableId: row.id,
      dataset: key.dataset(row.dataset.id),
      expectedOutput: row.versions.at(-1)?.output,
      sourceTraceId: row.refTraceId,
      sourceId: row.refSourceId,
      sourceTimestamp: row.refTimestamp,
      deleted: false,
    });
  });

  it('come whole although their pages are smaller than what is asked for', async () => {
    posthogTest.sandbox.switches.laterDatasets = true;
    const { dataset, items } = richDataset();
    const { datasets } = posthogTest.connect();
    const page = await datasets.listItems(key.dataset(dataset.id), undefined).fetch(undefined, 60);
    expect(page.items.map(({ vendorId }) => vendorId)).toEqual(items.slice(0, 60).map(({ id }) => id));
    expect(page.done).toBe(false);
    expect(posthogTest.asked()).toEqual([
      `${root}/dataset_items/?dataset=${dataset.id}&limit=60`,
      `${root}/dataset_items/?dataset=${dataset.id}&limit=25&offset=25`,
      `${root}/dataset_items/?dataset=${dataset.id}&limit=10&offset=50`,
    ]);
    const rest = await datasets.listItems(key.dataset(dataset.id), undefined).fetch(page.next, 100);
    expect(rest.items).toHaveLength(items.length - 60);
    expect(rest.done).toBe(true);
  });

  it('do not skip a row when one was archived between two pages larger than theirs', async () => {
    posthogTest.sandbox.switches.laterDatasets = true;
    const { dataset, items } = richDataset();
    const stream = posthogTest.connect().datasets.listItems(key.dataset(dataset.id), undefined);
    const first = await stream.fetch(undefined, 40);
    posthogTest.sandbox.state.deleteItem(projectId, items[2]?.id ?? '');
    const second = await stream.fetch(first.next, 40);
    expect(firstOf(second.items).vendorId).toBe(items[40]?.id);
    expect(second.items).toHaveLength(items.length - 40);
  });

  it('cannot be listed over all datasets, which is said', async () => {
    posthogTest.sandbox.switches.laterDatasets = true;
    const stream = posthogTest.connect().datasets.listAllItems?.() ?? expect.fail('there is one');
    expect(await failureOf(stream.fetch(undefined, 5))).toBeInstanceOf(UnsupportedError);
  });

  it('are of datasets that tell their project otherwise', async () => {
    posthogTest.sandbox.switches.laterDatasets = true;
    const row = firstOf(seeded().datasets);
    const found = await posthogTest.connect().datasets.getDatasets([key.dataset(row.id)]);
    expect(found.get(key.dataset(row.id).id)).toMatchObject({
      name: row.name,
      details: { teamId: projectId },
    });
    expect(found.get(key.dataset(row.id).id)).not.toBeInstanceOf(SourceError);
  });
});
