import { describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import type { Dataset } from '../../src/domain/dataset.ts';
import { keyOf, type ResourceKey } from '../../src/domain/identity.ts';
import { compareInstants } from '../../src/domain/instant.ts';
import type { ListStream } from '../../src/sources/source.ts';
import {
  at,
  foundIn,
  newestFirst,
  only,
  readAll,
  source,
  startHarness,
  unknownId,
} from './datadog-harness.ts';

const dialects = ['spec', 'recorded'] as const;

async function readStreams(
  streams: readonly ListStream<Dataset>[],
  limit: number,
): Promise<readonly Dataset[]> {
  const read = await Promise.all(streams.map((stream) => readAll(stream, limit)));
  return read.flatMap(({ items }) => items);
}

describe.each(dialects)('datasets in the %s dialect', (dialect) => {
  it('are read as one stream for each project, newest first, to the end and none twice', async () => {
    const { sandbox, connect, asked } = await startHarness({ dialect });
    const projects = [...sandbox.state.tenant('acme').projects.values()];
    const streams = await connect().datasets.listDatasets({}, newestFirst);
    expect(asked()).toEqual(['/projects?page[limit]=100']);
    expect(streams.map(({ key }) => key).toSorted()).toEqual(projects.map(({ id }) => id).toSorted());
    expect(streams.every(({ key, resource }) => resource === `project ${key}`)).toBe(true);

    const items = await readStreams(streams, 25);
    const expected = projects.flatMap(({ datasets }) => [...datasets.keys()]);
    expect(items.map(({ vendorId }) => vendorId).toSorted()).toEqual(expected.toSorted());
    expect(asked()).toHaveLength(
      projects.reduce((calls, { datasets }) => calls + Math.max(1, Math.ceil(datasets.size / 25)), 0),
    );
    const [first, ...rest] = (await readAll(at(streams, 0), 10)).items;
    let before = first;
    for (const dataset of rest) {
      if (before?.createdAt && dataset.createdAt) {
        expect(compareInstants(before.createdAt, dataset.createdAt)).toBeGreaterThan(0);
      }
      before = dataset;
    }
  });

  it('are mapped with the version that they tell', async () => {
    const { sandbox, connect, keyOf: keyOfDataset } = await startHarness({ dialect });
    const seeded = sandbox.state.dataset('acme', datadogSeed.largestDataset);
    const key = keyOfDataset(seeded);
    const dataset = foundIn(await connect().datasets.getDatasets([key]), key.id);
    const version = {
      ...keyOf(source, 'DATASET_VERSION', seeded.projectId, seeded.id, '7'),
      dataset: { id: key.id },
      ref: '7',
      number: 7,
      isCurrent: true,
      lastUsedAt: undefined,
      deployments: null,
    };
    expect(dataset).toMatchObject({
      ...key,
      vendor: 'DATADOG',
      vendorId: seeded.id,
      name: datadogSeed.largestDataset,
      description: seeded.description ?? null,
      metadata: seeded.metadata ?? null,
      project: keyOf(source, 'PROJECT', seeded.projectId),
      itemCount: null,
      createdBy: dialect === 'spec' ? null : { vendorId: seeded.authorId, name: null, details: null },
      currentVersion: version,
      latestVersion: version,
      details: { kind: 'DATADOG', projectId: keyOf(source, 'PROJECT', seeded.projectId).id },
    });
    expect(dataset.createdAt).toMatch(/^2026-\d\d-\d\dT[\d:.]+Z$/);
  });
});

describe('a list of datasets', () => {
  it('needs no request for projects when they are named, and asks each once', async () => {
    const { sandbox, connect, asked } = await startHarness();
    const { id } = sandbox.state.project('acme', datadogSeed.largestProject);
    const project = keyOf(source, 'PROJECT', id);
    const { datasets } = connect();
    const stream = only(await datasets.listDatasets({ projects: [project, project] }, newestFirst));
    expect(asked()).toEqual([]);
    const { items, pages } = await readAll(stream, 25);
    expect(items).toHaveLength(66);
    expect(pages.map((page) => page.items.length)).toEqual([25, 25, 16]);
    expect(asked()[0]).toBe(`/${id}/datasets?page[limit]=25`);
    expect(await datasets.listDatasets({ projects: [] }, newestFirst)).toEqual([]);
  });

  it('hands the search to the vendor', async () => {
    const { sandbox, connect, asked } = await startHarness();
    const { id } = sandbox.state.project('acme', datadogSeed.largestProject);
    const projects = [keyOf(source, 'PROJECT', id)];
    const filter = { projects, search: datadogSeed.largestDataset };
    const stream = only(await connect().datasets.listDatasets(filter, newestFirst));
    expect((await stream.fetch(undefined, 10)).items.map(({ name }) => name)).toEqual([filter.search]);
    expect(asked()).toEqual([`/${id}/datasets?filter[name]=${filter.search}&page[limit]=10`]);
  });

  it.each(['empty-string', 'null', 'absent'] as const)(
    'ends with an end of list that is %s',
    async (endOfList) => {
      const { connect } = await startHarness({ endOfList });
      const streams = await connect().datasets.listDatasets({}, newestFirst);
      expect((await readStreams(streams, 100)).length).toBeGreaterThan(66);
    },
  );

  it('pages through projects until their end', async () => {
    const { sandbox, connect, asked } = await startHarness({ pageLimitMaximum: 2 });
    const { size } = sandbox.state.tenant('acme').projects;
    expect(await connect().datasets.listDatasets({}, newestFirst)).toHaveLength(size);
    expect(asked()).toHaveLength(Math.ceil(size / 2));
  });

  it('skips and repeats nothing while datasets are added', async () => {
    const { sandbox, connect } = await startHarness();
    const project = sandbox.state.project('acme', datadogSeed.largestProject);
    const before = [...project.datasets.keys()];
    const filter = { projects: [keyOf(source, 'PROJECT', project.id)] };
    const stream = only(await connect().datasets.listDatasets(filter, newestFirst));
    const { ada } = datadogCredentials.acme;
    let added = 0;
    const { items } = await readAll(stream, 7, () => {
      added += 1;
      const twin = at([...project.datasets.values()], 0);
      const createdAt = sandbox.state.clock.next();
      const id = sandbox.state.uuid();
      project.datasets.set(id, { ...twin, id, createdAt, name: `New ${added}`, authorId: ada.user.id });
    });
    expect(items.map(({ vendorId }) => vendorId).toSorted()).toEqual(before.toSorted());
  });

  it('goes on from within a page', async () => {
    const { sandbox, connect } = await startHarness();
    const { id } = sandbox.state.project('acme', datadogSeed.largestProject);
    const filter = { projects: [keyOf(source, 'PROJECT', id)] };
    const stream = only(await connect().datasets.listDatasets(filter, newestFirst));
    const whole = (await readAll(stream, 100)).items.map(({ name }) => name);
    const names: string[] = [];
    let from: string | undefined;
    for (
      let page = await stream.fetch(from, 10);
      page.items.length > 0;
      page = await stream.fetch(from, 10)
    ) {
      const used = page.items.slice(0, 4);
      names.push(...used.map(({ name }) => name));
      from = page.positionAfter(used.length - 1);
      if (page.done && used.length === page.items.length) break;
    }
    expect(names).toEqual(whole);
  });

  it('can be ordered by the date of creation alone, newest first', async () => {
    const { datasets } = (await startHarness()).connect();
    expect(datasets.canOrder(newestFirst)).toBe(true);
    expect(datasets.canOrder({ field: 'CREATED_AT', direction: 'ASC' })).toBe(false);
    expect(datasets.canOrder({ field: 'NAME', direction: 'DESC' })).toBe(false);
    const order = { field: 'NAME', direction: 'ASC' } as const;
    await expect(datasets.listDatasets({}, order)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('datasets by id', () => {
  it('are one filtered request for one, and one list for several of a project', async () => {
    const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness();
    const { id, datasets } = sandbox.state.project('acme', datadogSeed.largestProject);
    const keys = [...datasets.values()].map(keyOfDataset);
    const one = at(keys, 3);
    expect((await connect().datasets.getDatasets([one])).size).toBe(1);
    expect(asked()).toEqual([`/${id}/datasets?filter[id]=${one.address.parts[1]}`]);
    expect((await connect().datasets.getDatasets(keys)).size).toBe(66);
    expect(asked()).toEqual([`/${id}/datasets?page[limit]=100`]);
    expect((await connect().datasets.getDatasets([])).size).toBe(0);
    expect(asked()).toEqual([]);
  });

  it('are read side by side over projects', async () => {
    const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness();
    const projects = [...sandbox.state.tenant('acme').projects.values()];
    const keys = projects.flatMap(({ datasets }) => [...datasets.values()].slice(0, 2).map(keyOfDataset));
    expect((await connect().datasets.getDatasets(keys)).size).toBe(keys.length);
    expect(asked()).toHaveLength(projects.length);
  });

  it('are asked for one by one where the list is too long to be read', async () => {
    const { sandbox, connect, asked, keyOf: keyOfDataset } = await startHarness({ pageLimitMaximum: 4 });
    const { datasets } = sandbox.state.project('acme', datadogSeed.largestProject);
    const byDate = [...datasets.values()].toSorted((left, right) => right.createdAt - left.createdAt);
    const keys = byDate.slice(-3).map(keyOfDataset);
    expect((await connect().datasets.getDatasets(keys)).size).toBe(3);
    expect(asked().map((url) => url.includes('filter[id]'))).toEqual([false, false, false, true, true, true]);

    const spread = [at(byDate, 0), at(byDate, -1)].map(keyOfDataset);
    expect((await connect().datasets.getDatasets(spread)).size).toBe(2);
    expect(asked().map((url) => url.includes('filter[id]'))).toEqual([false, true]);
  });

  it('are missing where there is none, without a request for an id that cannot be', async () => {
    const { sandbox, connect, asked } = await startHarness();
    const { id } = sandbox.state.project('acme', datadogSeed.largestProject);
    const { datasets } = connect();
    const forged = [
      keyOf(source, 'DATASET', id, '../projects'),
      keyOf(source, 'DATASET', 'no-uuid', unknownId),
    ];
    expect((await datasets.getDatasets(forged)).size).toBe(0);
    expect(asked()).toEqual([]);
    const keys = [keyOf(source, 'DATASET', id, unknownId), keyOf(source, 'DATASET', unknownId, unknownId)];
    expect((await datasets.getDatasets(keys)).size).toBe(0);
    expect(asked()).toHaveLength(2);
  });

  it('of an address with another number of parts are refused alone', async () => {
    const { sandbox, connect, keyOf: keyOfDataset } = await startHarness();
    const key = keyOfDataset(sandbox.state.dataset('acme', datadogSeed.largestDataset));
    const forged: ResourceKey<'DATASET'> = keyOf(source, 'DATASET', 'one-part');
    const result = await connect().datasets.getDatasets([forged, key]);
    expect(result.get(forged.id)).toMatchObject({ code: 'INVALID_INPUT', issues: [{ code: 'INVALID_ID' }] });
    expect(foundIn(result, key.id).name).toBe(datadogSeed.largestDataset);
  });
});

describe('projects', () => {
  it.each(dialects)('are listed newest first and read by id in the %s dialect', async (dialect) => {
    const { sandbox, connect, asked } = await startHarness({ dialect });
    const seeded = [...sandbox.state.tenant('acme').projects.values()];
    const { items } = await readAll(connect().projects.listProjects(), 2);
    expect(items.map(({ vendorId }) => vendorId)).toEqual(
      seeded.toSorted((left, right) => right.createdAt - left.createdAt).map(({ id }) => id),
    );
    expect(at(items, 0)).toMatchObject({ vendor: 'DATADOG', name: expect.any(String) });
    asked();
    const keys = [at(items, 0), keyOf(source, 'PROJECT', unknownId), keyOf(source, 'PROJECT', 'no-uuid')];
    const result = await connect().projects.getProjects(keys);
    expect([...result.keys()]).toEqual([at(items, 0).id]);
    expect(asked()).toEqual(['/projects?page[limit]=100']);
    await connect().projects.getProjects(keys.slice(0, 1));
    expect(asked()).toEqual([`/projects?filter[id]=${at(items, 0).vendorId}`]);
  });
});
