import { describe, expect, test } from 'vitest';
import type { DatasetOrder } from '../../src/domain/dataset.ts';
import { InvalidInputError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { compareInstants, type Instant } from '../../src/domain/instant.ts';
import {
  datasetKey,
  firstStream,
  foundIn,
  globexKey,
  goldenOf,
  key,
  readAll,
  startHarness,
} from './humanloop-harness.ts';

const newestFirst: DatasetOrder = { field: 'CREATED_AT', direction: 'DESC' };

function instantsFall(instants: readonly (Instant | null)[]): boolean {
  return instants.every((instant, index) => {
    const before = instants[index - 1];
    return (
      before === undefined || before === null || instant === null || compareInstants(before, instant) >= 0
    );
  });
}

describe('the list of datasets', () => {
  test('is read to its end without a skip or a repeat, newest first, whatever the page size', async () => {
    const harness = await startHarness();
    const everything = [...harness.sandbox.state.acme.datasets.keys()].sort();
    for (const limit of [1, 7, 25, 100]) {
      const { datasets } = harness.connect();
      const stream = await firstStream(datasets.listDatasets({}, newestFirst));
      const { items, pages } = await readAll(stream, limit);
      expect(items.map(({ vendorId }) => vendorId).sort()).toEqual(everything);
      expect(instantsFall(items.map(({ createdAt }) => createdAt))).toBe(true);
      expect(pages.every(({ total }) => total === everything.length)).toBe(true);
      expect(harness.asked()).toHaveLength(pages.length);
    }
  });

  test('asks for a page of the size that is wanted, sorted by the vendor', async () => {
    const harness = await startHarness();
    const { datasets } = harness.connect();
    const stream = await firstStream(
      datasets.listDatasets({ search: 'set' }, { field: 'NAME', direction: 'ASC' }),
    );
    const page = await stream.fetch(undefined, 20);
    expect(harness.asked()).toEqual(['GET /datasets?page=1&size=20&name=set&sort_by=name&order=asc']);
    const names = page.items.map(({ name }) => name.toLowerCase());
    expect(names.length).toBeGreaterThan(0);
    expect(names).toEqual(names.toSorted());
    expect(names.every((name) => name.includes('set'))).toBe(true);
  });

  test('can be had in every order, both ways', async () => {
    const harness = await startHarness();
    const { datasets } = harness.connect();
    for (const field of ['NAME', 'CREATED_AT', 'UPDATED_AT'] as const) {
      const read = async (direction: 'ASC' | 'DESC') => {
        expect(datasets.canOrder({ field, direction })).toBe(true);
        const stream = await firstStream(datasets.listDatasets({}, { field, direction }));
        return (await readAll(stream, 50)).items.map(({ vendorId }) => vendorId);
      };
      const [up, down] = await Promise.all([read('ASC'), read('DESC')]);
      expect(up).toEqual(down.toReversed());
    }
  });

  test('repeats and skips nothing while datasets are made and deleted between two pages', async () => {
    const harness = await startHarness();
    const before = [...harness.sandbox.state.acme.datasets.keys()];
    let made = 0;
    const deleted = new Set<string>();
    // Each page is of a new operation: what one operation has read it remembers.
    const renewed = {
      key: '',
      fetch: async (from: string | undefined, limit: number) =>
        (await firstStream(harness.connect().datasets.listDatasets({}, newestFirst))).fetch(from, limit),
    };
    const { items } = await readAll(renewed, 6, (page) => {
      made += 1;
      const template = harness.sandbox.state.acme.datasets.get(before[0] ?? '');
      if (template === undefined) throw new Error('the seed has datasets');
      if (made % 2 === 1) {
        const id = `ds_new${made}`;
        const path = `New/${made}`;
        const first = template.versions[0];
        if (first === undefined) throw new Error('a dataset has a version');
        const versions = [{ ...first, createdAt: Date.now() + made * 1000 }];
        const deployments = new Map([...template.deployments.keys()].map((one) => [one, first.id]));
        harness.sandbox.state.acme.datasets.set(id, { ...template, id, path, versions, deployments });
      } else {
        const shown = page.items[0];
        if (shown !== undefined) {
          deleted.add(shown.vendorId);
          harness.sandbox.state.deleteFile(shown.vendorId);
        }
      }
    });
    const seen = items.map(({ vendorId }) => vendorId);
    expect(new Set(seen).size).toBe(seen.length);
    expect(before.filter((id) => !seen.includes(id))).toEqual([]);
    expect(deleted.size).toBeGreaterThan(1);
  });

  test('is read whole from a vendor that gives smaller pages than it is asked for', async () => {
    const harness = await startHarness({ sizeCap: 7 });
    const stream = await firstStream(harness.connect().datasets.listDatasets({}, newestFirst));
    const { items } = await readAll(stream, 20);
    const ids = items.map(({ vendorId }) => vendorId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(harness.sandbox.state.acme.datasets.size);
  });

  test('has nothing in a project, and asks nobody for it', async () => {
    const harness = await startHarness();
    const projects = [keyOf(key, 'PROJECT', 'p1')];
    expect(await harness.connect().datasets.listDatasets({ projects }, newestFirst)).toEqual([]);
    expect(harness.asked()).toEqual([]);
  });

  test('knows the current version only of those that stand on the default environment', async () => {
    const harness = await startHarness();
    const { datasets } = harness.connect();
    const stream = await firstStream(datasets.listDatasets({}, newestFirst));
    const { items } = await readAll(stream, 100);
    const { state } = harness.sandbox;
    const production = state.environment('acme', 'production').id;
    let undeployed = 0;
    for (const { vendorId, currentVersion, latestVersion } of items) {
      expect(latestVersion).toBeUndefined();
      const standing = state.dataset(vendorId).deployments.get(production);
      expect(currentVersion?.ref).toBe(standing);
      expect(currentVersion?.isCurrent).toBe(standing === undefined ? undefined : true);
      if (standing === undefined) undeployed += 1;
    }
    expect(undeployed).toBeGreaterThan(0);
  });
});

describe('a dataset by id', () => {
  test('is one request each, side by side, and shows what the default environment has', async () => {
    const harness = await startHarness();
    const file = goldenOf(harness);
    const { state } = harness.sandbox;
    const middle = file.versions[20];
    if (middle === undefined) throw new Error('there are 64 versions');
    state.deploy(file.id, 'production', middle.id);
    const others = [...state.acme.datasets.values()].filter(({ deployments }) =>
      deployments.has(state.environment('acme', 'production').id),
    );
    const keys = [file, ...others.slice(0, 4)].map(({ id }) => datasetKey(id));
    const unique = new Set(keys.map(({ id }) => id)).size;

    const result = await harness.connect().datasets.getDatasets(keys);
    expect(harness.asked()).toHaveLength(unique);
    expect(result.size).toBe(unique);

    const dataset = foundIn(result, datasetKey(file.id).id);
    const createdAt = new Date(middle.createdAt).toISOString().replace('Z', '000Z');
    expect(dataset).toMatchObject({
      ...datasetKey(file.id),
      vendor: 'HUMANLOOP',
      vendorId: file.id,
      name: 'Refund policy golden set',
      description: file.description,
      project: null,
      createdAt,
      createdBy: { name: middle.createdBy.fullName, email: middle.createdBy.emailAddress },
      itemCount: middle.content.datapoints.length,
      metadata: null,
      latestVersion: undefined,
      details: {
        kind: 'HUMANLOOP',
        dataset: datasetKey(file.id),
        path: file.path,
        readme: file.readme,
        tags: file.tags,
        attributes: middle.content.attributes,
        schema: file.schema,
      },
    });
    expect(dataset.currentVersion).toMatchObject({
      ...keyOf(key, 'DATASET_VERSION', file.id, middle.id),
      dataset: datasetKey(file.id),
      ref: middle.id,
      number: null,
      name: middle.name,
      description: middle.description,
      createdAt,
      itemCount: middle.content.datapoints.length,
      isCurrent: true,
    });
    expect(dataset.currentVersion?.deployments).toContainEqual({
      environmentId: keyOf(key, 'ENVIRONMENT', state.environment('acme', 'production').id).id,
      environmentName: 'production',
      isDefault: true,
      createdAt: '2026-01-02T09:00:00.000000Z',
    });
  });

  test('no ids are no request', async () => {
    const harness = await startHarness();
    expect((await harness.connect().datasets.getDatasets([])).size).toBe(0);
    expect(harness.asked()).toEqual([]);
  });

  test('is not there when neither a plain read nor the versions know it', async () => {
    const harness = await startHarness();
    const unknown = datasetKey('ds_nothing');
    const { datasets } = harness.connect();
    expect((await datasets.getDatasets([unknown])).size).toBe(0);
    expect(harness.asked()).toEqual(['GET /datasets/ds_nothing', 'GET /datasets/ds_nothing/versions']);
    expect(await datasets.currentVersion(unknown)).toBeNull();
    expect(await datasets.latestVersion(unknown)).toBeNull();
    // The operation remembers both answers.
    expect(harness.asked()).toEqual([]);
  });

  test("of another organisation is not there with the caller's key", async () => {
    const harness = await startHarness();
    const { id } = goldenOf(harness);
    const { datasets } = harness.connect((name) => (name === 'x-humanloop-api-key' ? globexKey : undefined));
    expect((await datasets.getDatasets([datasetKey(id)])).size).toBe(0);
  });

  test('is shown by its newest version when nothing stands on the default environment', async () => {
    const harness = await startHarness();
    const file = goldenOf(harness);
    harness.sandbox.state.undeploy(file.id, 'production');
    const { datasets } = harness.connect();
    const dataset = foundIn(await datasets.getDatasets([datasetKey(file.id)]), datasetKey(file.id).id);
    expect(harness.asked()).toEqual([`GET /datasets/${file.id}`, `GET /datasets/${file.id}/versions`]);
    const newest = file.versions.at(-1);
    expect(dataset.currentVersion).toBeNull();
    expect(dataset.latestVersion).toMatchObject({ ref: newest?.id, isCurrent: null });
    expect(dataset.itemCount).toBe(newest?.content.datapoints.length);
    expect(await datasets.currentVersion(datasetKey(file.id))).toBeNull();
  });

  test('has as its current version what a vendor that falls back to the newest gives', async () => {
    const harness = await startHarness({ undeployedRead: 'latest' });
    const file = goldenOf(harness);
    harness.sandbox.state.undeploy(file.id, 'production');
    const { datasets } = harness.connect();
    const dataset = foundIn(await datasets.getDatasets([datasetKey(file.id)]), datasetKey(file.id).id);
    expect(harness.asked()).toEqual([`GET /datasets/${file.id}`]);
    expect(dataset.currentVersion).toMatchObject({ ref: file.versions.at(-1)?.id, isCurrent: true });
  });

  test('with an id that was not made here is an error of that id alone', async () => {
    const harness = await startHarness();
    const { id } = goldenOf(harness);
    const twoParts = keyOf(key, 'DATASET', id, 'more');
    const dots = datasetKey('..');
    const result = await harness.connect().datasets.getDatasets([twoParts, datasetKey(id), dots]);
    expect(result.get(twoParts.id)).toBeInstanceOf(InvalidInputError);
    expect(result.get(dots.id)).toBeInstanceOf(InvalidInputError);
    expect(foundIn(result, datasetKey(id).id).vendorId).toBe(id);
    expect(harness.asked()).toEqual([`GET /datasets/${id}`]);
  });
});
