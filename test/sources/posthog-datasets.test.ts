import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFoundError, SourceError, UnsupportedError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import {
  addDatasets,
  failureOf,
  firstOf,
  key,
  only,
  posthog,
  projectId,
  readAll,
  readPages,
  usePostHog,
} from './posthog-harness.ts';

const posthogTest = usePostHog();
const root = `/api/projects/${projectId}`;
const newestFirst = { field: 'CREATED_AT', direction: 'DESC' } as const;

function seeded() {
  return posthogTest.sandbox.state.project(projectId);
}

describe('listing datasets', () => {
  it('maps what PostHog tells of a dataset', async () => {
    const { datasets } = posthogTest.connect();
    const listed = await readAll(only(await datasets.listDatasets({}, newestFirst)), 100);
    const row = firstOf(seeded().datasets);
    expect(listed.find(({ vendorId }) => vendorId === row.id)).toEqual({
      ...key.dataset(row.id),
      vendor: 'POSTHOG',
      vendorId: row.id,
      name: row.name,
      description: row.description,
      project: null,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      createdBy: {
        vendorId: String(row.createdBy.id),
        name: `${row.createdBy.firstName} ${row.createdBy.lastName}`,
        email: row.createdBy.email,
        handle: null,
        iconUrl: null,
        details: {
          uuid: row.createdBy.uuid,
          distinct_id: row.createdBy.distinctId,
          is_email_verified: true,
          hedgehog_config: null,
          role_at_organization: row.createdBy.role,
        },
      },
      itemCount: null,
      metadata: row.metadata,
      currentVersion: null,
      latestVersion: null,
      details: { kind: 'POSTHOG', teamId: projectId },
    });
    expect(posthogTest.asked()).toEqual([`${root}/datasets/?limit=100`]);
  });

  it('pages to the end, newest first, without skip or repeat while rows are inserted', async () => {
    const { datasets } = posthogTest.connect();
    const expected = seeded()
      .datasets.filter(({ deleted }) => !deleted)
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
      .map(({ id }) => id);
    const stream = only(await datasets.listDatasets({}, newestFirst));
    const pages = await readPages(stream, 25, () => {
      const { state } = posthogTest.sandbox;
      const pattern = firstOf(seeded().datasets);
      seeded().datasets.push({ ...pattern, id: randomUUID(), createdAt: state.clock.now() });
    });
    expect(pages.flatMap(({ items }) => items.map(({ vendorId }) => vendorId))).toEqual(expected);
    expect(pages.map(({ done }) => done)).toEqual([false, false, true]);
    expect(firstOf(pages).total).toBe(64);
    expect(posthogTest.asked()).toHaveLength(3);
  });

  it('does not skip a row when one before it is deleted between two pages', async () => {
    const { datasets } = posthogTest.connect();
    const stream = only(await datasets.listDatasets({}, newestFirst));
    const first = await stream.fetch(undefined, 10);
    const rest = seeded().datasets.filter(
      ({ id, deleted }) => !deleted && !first.items.some((one) => one.vendorId === id),
    );
    const gone = seeded().datasets.find(({ id }) => id === first.items[3]?.vendorId);
    if (gone !== undefined) gone.deleted = true;
    const second = await stream.fetch(first.positionAfter(9), 100);
    expect(second.items.map(({ vendorId }) => vendorId).sort()).toEqual(rest.map(({ id }) => id).sort());
  });

  it('passes search and order on in PostHog words, and leaves its own order out', async () => {
    const { datasets } = posthogTest.connect();
    const lists = [
      await datasets.listDatasets({ search: ' golden set ' }, newestFirst),
      await datasets.listDatasets({ search: '  ' }, { field: 'CREATED_AT', direction: 'ASC' }),
      await datasets.listDatasets({}, { field: 'UPDATED_AT', direction: 'DESC' }),
      await datasets.listDatasets({}, { field: 'UPDATED_AT', direction: 'ASC' }),
    ];
    const [found] = await Promise.all(lists.map((list) => only(list).fetch(undefined, 5)));
    expect(found?.items.every(({ name }) => name.includes('golden set'))).toBe(true);
    expect([...posthogTest.asked()].sort()).toEqual([
      `${root}/datasets/?order_by=-updated_at&limit=5`,
      `${root}/datasets/?order_by=created_at&limit=5`,
      `${root}/datasets/?order_by=updated_at&limit=5`,
      `${root}/datasets/?search=golden set&limit=5`,
    ]);
  });

  it('has no dataset in any project, and refuses an order by name', async () => {
    const { datasets } = posthogTest.connect();
    expect(await datasets.listDatasets({ projects: [] }, newestFirst)).toEqual([]);
    expect(datasets.canOrder({ field: 'NAME', direction: 'ASC' })).toBe(false);
    expect(datasets.canOrder({ field: 'UPDATED_AT', direction: 'ASC' })).toBe(true);
    const refusal = datasets.listDatasets({}, { field: 'NAME', direction: 'ASC' });
    expect(await failureOf(refusal)).toBeInstanceOf(UnsupportedError);
    expect(posthogTest.asked()).toEqual([]);
  });

  it('leaves a bad row out, says so, and goes on after it', async () => {
    await posthogTest.spoil(`${root}/datasets/?limit=3`, (rows) =>
      rows.map((row, index) => (index === 1 ? { ...row, created_at: 'yesterday' } : row)),
    );
    const { datasets } = posthogTest.connect();
    const page = await only(await datasets.listDatasets({}, newestFirst)).fetch(undefined, 3);
    expect(page.items).toHaveLength(2);
    const fault = only(page.faults);
    expect(fault.code).toBe('SOURCE_CONTRACT_VIOLATION');
    expect(fault.message).toContain('[1].created_at: expected date');
    expect(fault.message).not.toContain('yesterday');
    expect(page.positionAfter(1)).toMatch(/^3~/);
  });
});

describe('datasets by id', () => {
  it('come in one request, and what is foreign, deleted or no UUID is not there', async () => {
    const { datasets } = posthogTest.connect();
    const [first, second] = seeded().datasets;
    const deleted = seeded().datasets.find((one) => one.deleted);
    const globex = firstOf(posthogTest.sandbox.state.project(2002).datasets);
    const ids = [first?.id ?? '', second?.id ?? '', deleted?.id ?? '', globex.id, 'nonsense', randomUUID()];
    const found = await datasets.getDatasets(ids.map(key.dataset));
    expect([...found.keys()].sort()).toEqual(
      [key.dataset(ids[0] ?? '').id, key.dataset(ids[1] ?? '').id].sort(),
    );
    const asked = ids.filter((id) => id !== 'nonsense');
    expect(posthogTest.asked()).toEqual([`${root}/datasets/?id__in=${asked.join(',')}&limit=5`]);
  });

  it('make no call when none can exist', async () => {
    const { datasets } = posthogTest.connect();
    expect((await datasets.getDatasets([])).size).toBe(0);
    expect(
      (await datasets.getDatasets([key.dataset('x'), key.dataset(randomUUID().toUpperCase())])).size,
    ).toBe(0);
    expect(posthogTest.asked()).toEqual([]);
  });

  it('come 200 a request, side by side, in addresses under 8 kB', async () => {
    const ids = addDatasets(posthogTest.sandbox, 450);
    const { datasets } = posthogTest.connect();
    expect((await datasets.getDatasets(ids.map(key.dataset))).size).toBe(450);
    const urls = posthogTest.sandbox.server.requests.all.map(({ url }) => url);
    expect(urls).toHaveLength(3);
    expect(Math.max(...urls.map((url) => url.length))).toBeLessThan(8_000);
  });

  it('come in halves where a later server refuses so many', async () => {
    posthogTest.sandbox.switches.laterDatasets = true;
    const ids = addDatasets(posthogTest.sandbox, 150);
    const { datasets } = posthogTest.connect();
    const found = await datasets.getDatasets(ids.map(key.dataset));
    expect(found.size).toBe(150);
    expect([...found.values()].some((one) => one instanceof SourceError)).toBe(false);
    expect(posthogTest.asked()).toHaveLength(3);
  });

  it('fail by chunk, and a forged id fails alone', async () => {
    const ids = addDatasets(posthogTest.sandbox, 201);
    posthogTest.sandbox.server.faults.add({ path: 'limit=1$', effect: { type: 'answer', status: 500 } });
    const { datasets } = posthogTest.connect();
    const forged = keyOf(posthog, 'DATASET', 'a', 'b');
    const found = await datasets.getDatasets([...ids.map(key.dataset), forged]);
    expect(found.get(forged.id)).toBeInstanceOf(InvalidInputError);
    const failed = [...found.values()].filter((one) => one instanceof SourceError);
    expect(failed.map(({ code }) => code)).toEqual(['SOURCE_UNAVAILABLE']);
    expect(found.size).toBe(202);
  });

  it('tell of a row that cannot be read under its own id', async () => {
    const [first, second] = seeded().datasets;
    const ids = [first?.id ?? '', second?.id ?? ''];
    await posthogTest.spoil(`${root}/datasets/?id__in=${ids.join(',')}&limit=2`, (rows) =>
      rows.map((row) => (row['id'] === ids[0] ? { ...row, name: 7 } : row)),
    );
    const found = await posthogTest.connect().datasets.getDatasets(ids.map(key.dataset));
    expect(found.get(key.dataset(ids[0] ?? '').id)).toBeInstanceOf(SourceError);
    expect(found.get(key.dataset(ids[1] ?? '').id)).toMatchObject({ name: second?.name });
  });
});

describe('versions of datasets', () => {
  it('do not exist: null where it can be said, else the vendors that have them are named', async () => {
    const { datasets } = posthogTest.connect();
    const dataset = key.dataset(firstOf(seeded().datasets).id);
    expect(await datasets.currentVersion(dataset)).toBeNull();
    expect(await datasets.latestVersion(dataset)).toBeNull();
    const failure = await failureOf(datasets.getVersion(dataset, '1'));
    expect(failure).toBeInstanceOf(UnsupportedError);
    expect(String(failure)).toContain('Datadog and Humanloop');
    expect(() => datasets.listVersions(dataset)).toThrow(UnsupportedError);
    expect(() => datasets.listItems(dataset, '1')).toThrow(UnsupportedError);
    expect(datasets.draftLock).toBeUndefined();
    expect(datasets.environments).toBeUndefined();
    expect(datasets.capabilities).toEqual(['EDIT_ITEMS', 'CSV_UPLOAD']);
    expect(posthogTest.asked()).toEqual([]);
  });
});

describe('a dataset that is not there', () => {
  it('has no items, which is told as not found', async () => {
    const { datasets } = posthogTest.connect();
    expect(() => datasets.listItems(key.dataset('nonsense'), undefined)).toThrow(NotFoundError);
    const stream = datasets.listItems(key.dataset(randomUUID()), undefined);
    expect(await failureOf(stream.fetch(undefined, 5))).toBeInstanceOf(NotFoundError);
    expect(posthogTest.asked()).toHaveLength(1);
  });
});
