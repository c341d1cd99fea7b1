import { beforeEach, describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { DatadogHarness, list, paths, pick } from './datadog-harness.ts';

const harness = new DatadogHarness();

function batch(attributes: object) {
  return { body: { data: { id: harness.at().dataset_id, type: 'datasets', attributes } } };
}

describe('the recorded dialect', () => {
  beforeEach(() => {
    harness.sandbox.switches.dialect = 'recorded';
  });

  it('wraps records, leaves nulls out, and ends a list with an empty cursor', async () => {
    const answer = await harness.call('GET', paths.records, { query: { 'filter[version]': 1 } });
    expect(answer.headers.get('content-type')).toBe('application/vnd.api+json');
    expect(pick(answer.body, 'meta')).toEqual({ after: '' });
    const records = list(answer.body, 'data');
    expect(pick(records[0], 'type')).toBe('datasets');
    expect(Object.keys(Object(pick(records[0], 'attributes')))).toEqual(
      expect.arrayContaining(['author', 'canonical_id', 'dataset_id', 'input', 'created_at', 'updated_at']),
    );
    const all = records.map((record) => JSON.stringify(pick(record, 'attributes')));
    expect(all.some((text) => !text.includes('"metadata"'))).toBe(true);
    expect(all.some((text) => !text.includes('"tags"'))).toBe(true);
    expect(all.some((text) => text.includes('null'))).toBe(false);
  });

  it('shows datasets with their project and author, and without what they do not have', async () => {
    const answer = await harness.call('GET', paths.datasets);
    const attributes = list(answer.body, 'data').map((dataset) => pick(dataset, 'attributes'));
    expect(attributes[0]).toMatchObject({ dataset_type: 'user', project_id: harness.at().project_id });
    expect(attributes.some((one) => pick(one, 'description') === undefined)).toBe(true);
    expect(attributes.some((one) => pick(one, 'metadata') === undefined)).toBe(true);
  });

  it('answers batch_update with resources in the order insert, update, delete, and their version', async () => {
    const read = await harness.call('GET', paths.records);
    const [first, second] = list(read.body, 'data');
    const answer = await harness.call(
      'POST',
      paths.batchUpdate,
      batch({
        insert_records: [{ id: 'mine', input: 'x', metadata: null }],
        update_records: [{ id: pick(first, 'id'), input: null, expected_output: 'changed', metadata: null }],
        delete_records: [pick(second, 'id')],
      }),
    );
    const written = list(answer.body, 'data');
    expect(written.map((record) => pick(record, 'id'))).toEqual([
      'mine',
      pick(first, 'id'),
      pick(second, 'id'),
    ]);
    expect(written.map((record) => pick(record, 'attributes', 'version'))).toEqual([8, 8, 8]);
    expect(pick(written[0], 'attributes', 'tags')).toEqual([]);
    expect(pick(written[1], 'attributes', 'canonical_id')).toBe(pick(first, 'attributes', 'canonical_id'));
    expect(pick(written[1], 'attributes', 'input')).toEqual(pick(first, 'attributes', 'input'));
    const deletedAt = Date.parse(String(pick(written[2], 'attributes', 'deleted_at')));
    const ttl = Date.parse(String(pick(written[2], 'attributes', 'ttl')));
    expect(ttl - deletedAt).toBe(90 * 86_400_000);
  });

  it('shows more digits of a date in the answer to a write than in the read after it', async () => {
    const insert_records = ['a', 'b', 'c'].map((id) => ({ id, input: id }));
    const written = await harness.call('POST', paths.batchUpdate, batch({ insert_records }));
    const read = await harness.call('GET', paths.records, { query: { 'page[limit]': 3 } });
    const pairs = list(written.body, 'data').map((record, index) => [
      String(pick(record, 'attributes', 'created_at')),
      String(pick(list(read.body, 'data')[2 - index], 'attributes', 'created_at')),
    ]);
    expect(pairs.some(([long = '', short = '']) => long.length > short.length)).toBe(true);
    for (const [long = '', short = ''] of pairs) expect(Date.parse(long)).toBe(Date.parse(short));
  });

  it('answers 200 to the create of a new project and dataset', async () => {
    const body = { data: { type: 'projects', attributes: { name: 'New', description: '' } } };
    expect((await harness.call('POST', paths.projects, { body })).status).toBe(200);
    const dataset = { data: { type: 'datasets', attributes: { name: 'New' } } };
    expect((await harness.call('POST', paths.datasets, { body: dataset })).status).toBe(200);
  });

  it('has terse errors', async () => {
    const missing = await harness.call('GET', paths.datasets, { at: { project_id: 'none' } });
    expect(missing.body).toEqual({ errors: [{ title: 'Generic Error', detail: 'project not found' }] });
    const version = await harness.call('GET', paths.records, { query: { 'filter[version]': 99 } });
    expect([version.status, version.body]).toEqual([
      400,
      {
        errors: [
          {
            title: 'Generic Error',
            detail: 'invalid version: version is greater than the current version or negative',
          },
        ],
      },
    ]);
  });

  it('leaves out the last use of a version that was never used', async () => {
    const { state } = harness.sandbox;
    state.addVersion(state.dataset('acme', datadogSeed.largestDataset), datadogCredentials.acme.ben.user);
    const answer = await harness.call('GET', paths.versions);
    expect(Object.keys(Object(pick(list(answer.body, 'data').at(-1), 'attributes')))).toEqual([
      'dataset_id',
      'version_number',
    ]);
  });
});

describe('the end of a list', () => {
  it('is null, an empty text, or no meta at all', async () => {
    const query = { 'filter[id]': 'none' };
    const bodies: unknown[] = [];
    for (const end of ['as-dialect', 'null', 'empty-string', 'absent'] as const) {
      harness.sandbox.switches.endOfList = end;
      bodies.push((await harness.call('GET', paths.projects, { query })).body);
    }
    expect(bodies).toEqual([
      { data: [], meta: { after: null } },
      { data: [], meta: { after: null } },
      { data: [], meta: { after: '' } },
      { data: [] },
    ]);
  });
});
