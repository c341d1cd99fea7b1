import { describe, expect, it } from 'vitest';
import { datadogSeed } from '../../sandbox/datadog/index.ts';
import { type Answer, DatadogHarness, list, paths, pick } from './datadog-harness.ts';

const harness = new DatadogHarness();

function idsOf(body: unknown): string[] {
  return list(body, 'data').map((item) => String(pick(item, 'id')));
}

function writtenIds(answer: Answer): string[] {
  return list(answer.body, 'data', 0, 'records').map((item) => String(pick(item, 'id')));
}

function recordsBody(attributes: object) {
  return { data: { type: 'records', attributes } };
}

function batchBody(attributes: object) {
  return { data: { id: harness.at().dataset_id, type: 'datasets', attributes } };
}

function version(): number {
  return harness.sandbox.state.dataset('acme', datadogSeed.largestDataset).currentVersion;
}

async function read(query: Record<string, string | number> = {}): Promise<Answer> {
  return harness.call('GET', paths.records, { query });
}

describe('records', () => {
  it('come newest first, in four pages of 25, each once, flat as the spec has them', async () => {
    const pages = await harness.pages(paths.records, { query: { 'page[limit]': 25 } });
    expect(pages.map(({ body }) => idsOf(body).length)).toEqual([25, 25, 25, 2]);
    expect(new Set(pages.flatMap(({ body }) => idsOf(body))).size).toBe(77);
    const dates = pages.flatMap(({ body }) => list(body, 'data').map((item) => pick(item, 'created_at')));
    expect(dates).toEqual(dates.toSorted().toReversed());
  });

  it('of an old version read as they were, and a cursor keeps its version without the filter', async () => {
    const old = await read({ 'filter[version]': 1 });
    expect(idsOf(old.body).length).toBe(60);
    const first = await read({ 'filter[version]': 1, 'page[limit]': 40 });
    const rest = await read({ 'page[cursor]': String(pick(first.body, 'meta', 'after')) });
    expect([...idsOf(first.body), ...idsOf(rest.body)]).toEqual(idsOf(old.body));
    await harness.call('POST', paths.recordsDelete, {
      body: recordsBody({ record_ids: idsOf(old.body).slice(0, 9) }),
    });
    expect((await read({ 'filter[version]': 1 })).body).toEqual(old.body);
  });

  it('of a version out of range are a 400, and those of a retired version a 404', async () => {
    for (const number of [8, -1, 'first', 1.5]) {
      const refused = await read({ 'filter[version]': number });
      expect(refused.status).toBe(400);
      expect(pick(refused.body, 'errors', 0, 'detail')).toContain('invalid version');
    }
    expect((await read({ 'filter[version]': 2 })).status).toBe(404);
  });

  it('are appended into one new version, and duplicates of an input make none', async () => {
    const records = [
      { input: { question: 'Is this new?' }, expected_output: 'yes' },
      { input: 'plain', metadata: { a: 1 } },
    ];
    const first = await harness.call('POST', paths.records, { body: recordsBody({ records }) });
    expect([first.status, version()]).toEqual([201, 8]);
    const again = await harness.call('POST', paths.records, { body: recordsBody({ records }) });
    expect([again.status, version()]).toEqual([200, 8]);
    expect(writtenIds(again)).toEqual(writtenIds(first));
    const body = recordsBody({ records, deduplicate: false });
    const twice = await harness.call('POST', paths.records, { body });
    expect([twice.status, version()]).toEqual([201, 9]);
    expect(idsOf((await read()).body).slice(0, 2)).toEqual(writtenIds(twice).toReversed());
  });

  it('get a new date by a change, keep what is left out or null, and make a version each time', async () => {
    const [, id] = idsOf((await read()).body);
    const before = list((await read()).body, 'data')[1];
    const body = recordsBody({ records: [{ id, expected_output: '', input: null }] });
    const changed = await harness.call('PATCH', paths.records, { body });
    expect(pick(changed.body, 'data', 0, 'records', 0)).toMatchObject({
      id,
      input: pick(before, 'input'),
      expected_output: '',
    });
    expect([idsOf((await read()).body)[0], version()]).toEqual([id, 8]);
    await harness.call('PATCH', paths.records, { body });
    expect(version()).toBe(9);
  });

  it('change their metadata without a new version', async () => {
    const [id] = idsOf((await read()).body);
    const body = recordsBody({ records: [{ id, metadata: { checked: true } }] });
    await harness.call('PATCH', paths.records, { body });
    expect(version()).toBe(7);
    expect(pick((await read()).body, 'data', 0, 'metadata')).toEqual({ checked: true });
  });

  it('refuse a change as a whole when one record is unknown', async () => {
    const [id] = idsOf((await read()).body);
    const body = recordsBody({
      records: [
        { id, input: 'changed' },
        { id: 'unknown', input: 'x' },
      ],
    });
    expect((await harness.call('PATCH', paths.records, { body })).status).toBe(404);
    expect(version()).toBe(7);
    expect(pick((await read()).body, 'data', 0, 'input')).not.toBe('changed');
  });

  it('are deleted into a new version; unknown ids make none', async () => {
    const ids = idsOf((await read()).body).slice(0, 3);
    const body = recordsBody({ record_ids: ids });
    expect((await harness.call('POST', paths.recordsDelete, { body })).status).toBe(204);
    expect([idsOf((await read()).body).length, version()]).toEqual([74, 8]);
    expect((await harness.call('POST', paths.recordsDelete, { body })).status).toBe(204);
    expect(version()).toBe(8);
    harness.sandbox.switches.deleteUnknown = '404';
    expect((await harness.call('POST', paths.recordsDelete, { body })).status).toBe(404);
  });

  it('refuse an input that is missing or is a list in a list', async () => {
    for (const record of [{}, { input: [[1]] }, { input: 'x', metadata: 'y' }]) {
      const refused = await harness.call('POST', paths.records, { body: recordsBody({ records: [record] }) });
      expect(refused.status).toBe(400);
      expect(pick(refused.body, 'errors', 0, 'source', 'pointer')).toContain('/data/attributes/records/0/');
    }
  });
});

describe('batch_update', () => {
  it('inserts, changes and deletes in one version', async () => {
    const [first, second] = idsOf((await read()).body);
    const body = batchBody({
      insert_records: [{ id: 'mine', input: { q: 1 }, expected_output: { a: 1 } }, { input: { q: 2 } }],
      update_records: [{ id: first, expected_output: 'changed' }],
      delete_records: [second],
    });
    const answer = await harness.call('POST', paths.batchUpdate, { body });
    expect(writtenIds(answer).length).toBe(3);
    expect([writtenIds(answer)[0], writtenIds(answer)[2]]).toEqual(['mine', first]);
    expect([idsOf((await read()).body).length, version()]).toEqual([78, 8]);
    expect(idsOf((await read({ 'filter[version]': 7 })).body).length).toBe(77);
  });

  it('writes into the current version without create_new_version', async () => {
    const body = batchBody({ insert_records: [{ input: 'more' }], create_new_version: false });
    await harness.call('POST', paths.batchUpdate, { body });
    await harness.call('POST', paths.batchUpdate, { body });
    expect([idsOf((await read({ 'filter[version]': 7 })).body).length, version()]).toEqual([79, 7]);
  });

  it('does not deduplicate unless it is told to, by the field or by the switch', async () => {
    const insert_records = [{ input: 'the same' }, { input: 'the same' }];
    await harness.call('POST', paths.batchUpdate, { body: batchBody({ insert_records }) });
    expect(idsOf((await read()).body).length).toBe(79);
    const body = batchBody({ insert_records, deduplicate: true });
    await harness.call('POST', paths.batchUpdate, { body });
    harness.sandbox.switches.batchUpdateDeduplicates = true;
    await harness.call('POST', paths.batchUpdate, { body: batchBody({ insert_records }) });
    expect([idsOf((await read()).body).length, version()]).toEqual([79, 8]);
  });

  it('applies tag operations in the order remove, add, set, and a change of tags alone makes a version', async () => {
    const state = harness.sandbox.state.dataset('acme', datadogSeed.largestDataset);
    const tagsOf = (id: string) =>
      state.versions.get(state.currentVersion)?.records.find((record) => record.id === id)?.tags;
    const insert_records = [{ id: 'tagged', input: 'x', tags: ['a', 'b'] }];
    await harness.call('POST', paths.batchUpdate, { body: batchBody({ insert_records, tags: ['all'] }) });
    expect(tagsOf('tagged')).toEqual(['a', 'b', 'all']);
    const operate = (tag_operations: object) =>
      harness.call('POST', paths.batchUpdate, {
        body: batchBody({ update_records: [{ id: 'tagged', input: null, tag_operations }] }),
      });
    await operate({ remove: ['a', 'c'], add: ['a', 'c'] });
    expect([tagsOf('tagged'), version()]).toEqual([['b', 'all', 'a', 'c'], 9]);
    await operate({ remove: ['b'], add: ['d'], set: ['only'] });
    expect([tagsOf('tagged'), version()]).toEqual([['only'], 10]);
    expect(idsOf((await read({ 'filter[tags]': 'only' })).body)).toEqual(['tagged']);
  });

  it('changes the record in place of inserting an id that is there, and keeps its canonical id', async () => {
    const state = harness.sandbox.state.dataset('acme', datadogSeed.largestDataset);
    const before = state.versions.get(7)?.records[5];
    const insert_records = [{ id: before?.id, input: 'another' }];
    await harness.call('POST', paths.batchUpdate, { body: batchBody({ insert_records }) });
    const after = state.versions.get(8)?.records[0];
    expect(after).toMatchObject({ id: before?.id, canonicalId: before?.canonicalId, input: 'another' });
    expect(state.versions.get(8)?.records.length).toBe(77);
  });

  it('that comes to nothing makes no version', async () => {
    await harness.call('POST', paths.batchUpdate, { body: batchBody({}) });
    await harness.call('POST', paths.batchUpdate, { body: batchBody({ delete_records: ['unknown'] }) });
    expect(version()).toBe(7);
  });

  it('is refused above the limit of records, and with the id of another dataset', async () => {
    harness.sandbox.switches.batchUpdateMaximumRecords = 2;
    const insert_records = [{ input: 1 }, { input: 2 }, { input: 3 }];
    const tooMany = await harness.call('POST', paths.batchUpdate, { body: batchBody({ insert_records }) });
    expect(tooMany.status).toBe(413);
    const body = { data: { id: 'another', type: 'datasets', attributes: {} } };
    expect((await harness.call('POST', paths.batchUpdate, { body })).status).toBe(400);
    expect(version()).toBe(7);
  });
});
