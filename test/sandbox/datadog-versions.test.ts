import { describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { type Answer, DatadogHarness, list, paths, pick } from './datadog-harness.ts';

const harness = new DatadogHarness();

function numbersOf(answer: Answer): unknown[] {
  return list(answer.body, 'data').map((item) => pick(item, 'attributes', 'version_number'));
}

function inputsOf(answer: Answer): unknown[] {
  return list(answer.body, 'data').map((item) => pick(item, 'input'));
}

function largest() {
  return harness.sandbox.state.dataset('acme', datadogSeed.largestDataset);
}

function addressed(attributes: object, id = harness.at().dataset_id) {
  return { data: { id, type: 'datasets', attributes } };
}

async function upload(csv: string, query: Record<string, string> = {}): Promise<Answer> {
  const body = new FormData();
  body.append('file', new Blob([csv], { type: 'text/csv' }), 'records.csv');
  return harness.call('POST', paths.upload, { body, query, documented: false });
}

describe('versions', () => {
  it('are listed oldest first, with gaps where one was retired', async () => {
    const answer = await harness.call('GET', paths.versions);
    expect(numbersOf(answer)).toEqual([1, 3, 4, 5, 6, 7]);
    const empty = await harness.call('GET', paths.versions, { at: harness.at(datadogSeed.emptyDataset) });
    expect(empty.body).toEqual({ data: [] });
  });

  it('made or retired behind the back are seen at once', async () => {
    const { state } = harness.sandbox;
    expect(state.addVersion(largest(), datadogCredentials.acme.ben.user)).toBe(8);
    state.retireVersion(largest(), 3);
    expect(numbersOf(await harness.call('GET', paths.versions))).toEqual([1, 4, 5, 6, 7, 8]);
    expect((await harness.call('GET', paths.records, { query: { 'filter[version]': 3 } })).status).toBe(404);
    expect(() => state.retireVersion(largest(), 8)).toThrow('current');
  });

  it('differ in their contents', async () => {
    const contents = await Promise.all(
      [1, 3, 4, 5, 6, 7].map((number) =>
        harness.call('GET', paths.records, { query: { 'filter[version]': number } }),
      ),
    );
    expect(contents.map(({ body }) => list(body, 'data').length)).toEqual([60, 68, 65, 75, 73, 77]);
  });
});

describe('restore', () => {
  it('copies an old version into a new one and answers without a body', async () => {
    const answer = await harness.call('POST', paths.restore, { body: addressed({ dataset_version: 1 }) });
    expect([answer.status, answer.body, largest().currentVersion]).toEqual([200, '', 8]);
    const now = await harness.call('GET', paths.records);
    const then = await harness.call('GET', paths.records, { query: { 'filter[version]': 1 } });
    expect(now.body).toEqual(then.body);
    const before = await harness.call('GET', paths.records, { query: { 'filter[version]': 7 } });
    expect(list(before.body, 'data').length).toBe(77);
  });

  it('takes the current version, and refuses one out of range, retired, or of another dataset', async () => {
    const restore = (dataset_version: number, id?: string) =>
      harness.call('POST', paths.restore, { body: addressed({ dataset_version }, id) });
    expect((await restore(7)).status).toBe(200);
    const refused = [await restore(9), await restore(-1), await restore(1.5), await restore(1, 'x')];
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect((await restore(2)).status).toBe(404);
    expect(largest().currentVersion).toBe(8);
  });
});

describe('clone', () => {
  it('copies the current records into a dataset of its own at version 0', async () => {
    const body = addressed({ name: 'Copy of refunds', description: 'For trials.' });
    const answer = await harness.call('POST', paths.clone, { body });
    expect(pick(answer.body, 'data', 'attributes')).toMatchObject({
      name: 'Copy of refunds',
      description: 'For trials.',
      current_version: 0,
    });
    const at = { dataset_id: String(pick(answer.body, 'data', 'id')) };
    const copied = await harness.call('GET', paths.records, { at });
    expect(inputsOf(copied)).toEqual(inputsOf(await harness.call('GET', paths.records)));
    const taken = await harness.call('POST', paths.clone, { body });
    expect(taken.status).toBe(400);
  });
});

describe('export and upload', () => {
  it('writes a version as CSV with a row for each record', async () => {
    const answer = await harness.call('GET', paths.export, { query: { version: 1, format: 'csv' } });
    expect(answer.headers.get('content-type')).toBe('text/csv');
    const lines = String(answer.body).split('\r\n');
    expect([lines[0], lines.length]).toEqual(['id,input,expected_output,metadata,tags', 62]);
    const refused = await harness.call('GET', paths.export, { query: { format: 'parquet' } });
    expect(refused.status).toBe(400);
    expect((await harness.call('GET', paths.export, { query: { version: 99 } })).status).toBe(400);
  });

  it('takes an export back: the same records, in one version, with events of its progress', async () => {
    const csv = String((await harness.call('GET', paths.export)).body);
    const [first] = largest().versions.get(7)?.records ?? [];
    await harness.call('POST', paths.recordsDelete, {
      body: {
        data: {
          type: 'records',
          attributes: {
            record_ids: largest()
              .versions.get(7)
              ?.records.map(({ id }) => id),
          },
        },
      },
    });
    const answer = await upload(csv);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(String(answer.body)).toBe(
      'event: progress\ndata: {"records_written":77}\n\nevent: completed\ndata: {"records_created":77}\n\n',
    );
    const after = largest()
      .versions.get(9)
      ?.records.find(({ id }) => id === first?.id);
    expect(after).toMatchObject({ input: first?.input, expectedOutput: first?.expectedOutput });
    expect(largest().currentVersion).toBe(9);
  });

  it('reads quoted fields, adds the tags of the query, and leaves out what it is told to', async () => {
    const csv = 'input,id,tags\n"{""q"":""a, ""\nb""}",mine,"x, y"\nplain text,,\nplain text,,';
    expect(String((await upload(csv, { tags: 'env:prod', deduplicate: 'true' })).body)).toContain(
      'data: {"records_created":2}',
    );
    const [second, first] = largest().versions.get(8)?.records ?? [];
    expect(first).toMatchObject({ id: 'mine', tags: ['x', 'y', 'env:prod'] });
    expect(second).toMatchObject({ input: 'plain text', tags: ['env:prod'] });
    const kept = await upload('id,input\nmine,other', { overwrite: 'false' });
    expect(String(kept.body)).toContain('{"records_created":0}');
    expect(largest().currentVersion).toBe(8);
  });

  it('tells a broken file in an event of a 200 stream, and a missing one by a 400', async () => {
    const broken = await upload('question\nhello');
    expect([broken.status, broken.body]).toEqual([
      200,
      'event: error\ndata: {"message":"the CSV file has no input column"}\n\n',
    ]);
    expect(String((await upload('input\n"open')).body)).toContain('event: error');
    const body = { file: 'none' };
    expect((await harness.call('POST', paths.upload, { body, documented: false })).status).toBe(400);
  });
});
