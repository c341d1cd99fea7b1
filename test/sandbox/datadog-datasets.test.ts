import { describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { DatadogHarness, list, paths, pick } from './datadog-harness.ts';

const harness = new DatadogHarness();
const { gia } = datadogCredentials.globex;

function created(name: string, description?: string) {
  return { data: { type: 'datasets', attributes: { name, description } } };
}

function idsOf(body: unknown): unknown[] {
  return list(body, 'data').map((item) => pick(item, 'id'));
}

function datesOf(body: unknown): unknown[] {
  return list(body, 'data').map((item) => Date.parse(String(pick(item, 'attributes', 'created_at'))));
}

describe('projects', () => {
  it('come newest first and can be paged', async () => {
    const pages = await harness.pages(paths.projects, { query: { 'page[limit]': 3 } });
    expect(pages.map(({ body }) => list(body, 'data').length)).toEqual([3, 1]);
    const dates = pages.flatMap(({ body }) => datesOf(body));
    expect(dates).toEqual(dates.toSorted((left, right) => Number(right) - Number(left)));
    expect(new Set(dates).size).toBe(4);
  });

  it('are filtered by id and by name, and a filter that finds nothing is an empty list', async () => {
    const project = harness.sandbox.state.project('acme', datadogSeed.largestProject);
    const byName = await harness.call('GET', paths.projects, { query: { 'filter[name]': project.name } });
    expect(idsOf(byName.body)).toEqual([project.id]);
    const byId = await harness.call('GET', paths.projects, { query: { 'filter%5Bid%5D': project.id } });
    expect(idsOf(byId.body)).toEqual([project.id]);
    const none = await harness.call('GET', paths.projects, { query: { 'filter[id]': 'nobody' } });
    expect(none.body).toEqual({ data: [], meta: { after: null } });
  });

  it('are created once per name: the second create gives the first one back unchanged', async () => {
    const body = (description: string) => ({
      data: { type: 'projects', attributes: { name: 'Voice bot', description } },
    });
    const first = await harness.call('POST', paths.projects, { body: body('one') });
    const second = await harness.call('POST', paths.projects, { body: body('two') });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
  });

  it('are changed and deleted', async () => {
    const project_id = harness.sandbox.state.project('acme', 'meeting-summariser').id;
    const at = { project_id };
    const patch = { data: { type: 'projects', attributes: { description: 'Calls only.' } } };
    const changed = await harness.call('PATCH', paths.project, { at, body: patch });
    expect(pick(changed.body, 'data', 'attributes')).toMatchObject({
      name: 'meeting-summariser',
      description: 'Calls only.',
    });
    const body = { data: { type: 'projects', attributes: { project_ids: [project_id, 'unknown'] } } };
    expect((await harness.call('POST', paths.projectsDelete, { body })).status).toBe(204);
    const gone = await harness.call('GET', paths.datasets, { at });
    expect([gone.status, pick(gone.body, 'errors', 0, 'detail')]).toEqual([404, 'project not found']);
    expect((await harness.call('PATCH', paths.project, { at, body: patch })).status).toBe(404);
  });
});

describe('datasets', () => {
  it('come newest first, in three pages of 25, each once', async () => {
    const pages = await harness.pages(paths.datasets, { query: { 'page[limit]': 25 } });
    expect(pages.map(({ body }) => list(body, 'data').length)).toEqual([25, 25, 16]);
    const dates = pages.flatMap(({ body }) => datesOf(body));
    expect(dates).toEqual(dates.toSorted((left, right) => Number(right) - Number(left)));
    expect(new Set(pages.flatMap(({ body }) => idsOf(body))).size).toBe(66);
  });

  it('keep their place in the list while new ones are made at its front', async () => {
    const query = { 'page[limit]': 30 };
    const first = await harness.call('GET', paths.datasets, { query });
    await harness.call('POST', paths.datasets, { body: created('Made meanwhile') });
    const cursor = String(pick(first.body, 'meta', 'after'));
    const second = await harness.call('GET', paths.datasets, { query: { ...query, 'page[cursor]': cursor } });
    expect(idsOf(first.body).filter((id) => idsOf(second.body).includes(id))).toEqual([]);
    expect(idsOf(second.body).length).toBe(30);
  });

  it('come all at once without a limit, and a larger limit than the maximum is clamped', async () => {
    expect(idsOf((await harness.call('GET', paths.datasets)).body).length).toBe(66);
    harness.sandbox.switches.pageLimitMaximum = 10;
    const clamped = await harness.call('GET', paths.datasets, { query: { 'page[limit]': 50 } });
    expect(idsOf(clamped.body).length).toBe(10);
  });

  it('refuse a limit that is no positive number and a cursor that belongs to another list', async () => {
    const other = await harness.call('GET', paths.projects, { query: { 'page[limit]': 1 } });
    const cursor = String(pick(other.body, 'meta', 'after'));
    for (const query of [
      { 'page[limit]': 0 },
      { 'page[limit]': 'many' },
      { 'page[cursor]': 'x' },
      { 'page[cursor]': cursor },
    ]) {
      const refused = await harness.call('GET', paths.datasets, { query });
      expect(refused.status).toBe(400);
      expect(pick(refused.body, 'errors', 0, 'source', 'parameter')).toBe(Object.keys(query)[0]);
    }
  });

  it('are filtered by exact name, or by a part of it where the switch says so', async () => {
    const byPart = { query: { 'filter[name]': 'Refunds' } };
    expect(idsOf((await harness.call('GET', paths.datasets, byPart)).body)).toEqual([]);
    harness.sandbox.switches.nameFilter = 'contains';
    expect(idsOf((await harness.call('GET', paths.datasets, byPart)).body).length).toBe(6);
    const byId = { query: { 'filter[id]': harness.at().dataset_id } };
    expect(idsOf((await harness.call('GET', paths.datasets, byId)).body)).toEqual([harness.at().dataset_id]);
  });

  it('are created at version 0, once per name, and come first in the list', async () => {
    const first = await harness.call('POST', paths.datasets, { body: created('Fresh', 'one') });
    const second = await harness.call('POST', paths.datasets, { body: created('Fresh', 'two') });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(pick(first.body, 'data', 'attributes')).toMatchObject({ current_version: 0, description: 'one' });
    expect(second.body).toEqual(first.body);
    const top = await harness.call('GET', paths.datasets, { query: { 'page[limit]': 1 } });
    expect(idsOf(top.body)).toEqual([pick(first.body, 'data', 'id')]);
  });

  it('are changed without a new version; null clears, what is left out stays', async () => {
    const body = {
      data: { type: 'datasets', attributes: { description: null, metadata: { owner: 'Ada' } } },
    };
    const changed = await harness.call('PATCH', paths.dataset, { body });
    expect(pick(changed.body, 'data', 'attributes')).toMatchObject({
      name: datadogSeed.largestDataset,
      description: null,
      metadata: { owner: 'Ada' },
      current_version: 7,
    });
    const taken = { data: { type: 'datasets', attributes: { name: datadogSeed.emptyDataset } } };
    expect((await harness.call('PATCH', paths.dataset, { body: taken })).status).toBe(400);
  });

  it('are deleted many at a time; unknown ids are passed over unless the switch says otherwise', async () => {
    const { dataset_id, ...at } = harness.at();
    const body = { data: { type: 'datasets', attributes: { dataset_ids: [dataset_id, 'unknown'] } } };
    harness.sandbox.switches.deleteUnknown = '404';
    expect((await harness.call('POST', paths.datasetsDelete, { at, body })).status).toBe(404);
    harness.sandbox.switches.deleteUnknown = 'ignore';
    expect((await harness.call('POST', paths.datasetsDelete, { at, body })).status).toBe(204);
    const gone = await harness.call('GET', paths.versions, { at: { ...at, dataset_id } });
    expect([gone.status, pick(gone.body, 'errors', 0, 'detail')]).toEqual([404, 'dataset not found']);
    expect(idsOf((await harness.call('GET', paths.datasets, { at })).body)).not.toContain(dataset_id);
  });

  it('refuse bodies that do not fit, and point at the fault', async () => {
    const bad = { data: { type: 'datasets', attributes: { name: '' } } };
    const refused = await harness.call('POST', paths.datasets, { body: bad });
    expect(refused.status).toBe(400);
    expect(pick(refused.body, 'errors', 0, 'source', 'pointer')).toBe('/data/attributes/name');
    const wrongType = { data: { type: 'projects', attributes: { name: 'x' } } };
    expect((await harness.call('POST', paths.datasets, { body: wrongType })).status).toBe(400);
    expect(
      (await harness.call('POST', paths.datasets, { body: { data: { type: 'datasets' } } })).status,
    ).toBe(400);
  });

  it('of another organisation cannot be seen, neither in a list nor by their ids', async () => {
    const hers = await harness.call('GET', paths.projects, { as: gia });
    const names = list(hers.body, 'data').map((item) => String(pick(item, 'attributes', 'name')));
    expect(names.length).toBeGreaterThan(0);
    expect(names.every((name) => name.startsWith('Globex'))).toBe(true);
    expect((await harness.call('GET', paths.datasets, { as: gia })).status).toBe(404);
    expect((await harness.call('GET', paths.records, { as: gia })).status).toBe(404);
  });
});
