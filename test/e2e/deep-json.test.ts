import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCapturedLog } from '../support/captured-log.ts';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { succeed } from './writing.ts';

const log = createCapturedLog();
let gateway: TestGateway;
let ids: KnownIds;

forbidUnhandledRejections();
beforeAll(async () => {
  gateway = await startTestGateway({ logger: log.logger });
  ids = await readKnownIds(gateway);
});
afterAll(async () => {
  await gateway?.dispose();
  expect(log.text()).not.toContain('internal error');
});

function nested(levels: number, open = '[', close = ']'): string {
  return `${open.repeat(levels)}${close.repeat(levels)}`;
}

/** As text: it would take too much stack to write it out. */
async function send(body: string): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(gateway.url, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

const edit = `mutation ($input: EditDatasetItemsInput!) { editDatasetItems(input: $input) {
  __typename ... on InvalidInputError { issues { path } }
} }`;

function addition(json: string): string {
  const input = `{"datasetId":"${ids.posthogDataset}","add":[{"input":{"deep":${json}}}]}`;
  return `{"query":${JSON.stringify(edit)},"variables":{"input":${input}}}`;
}

describe('a JSON value of a caller', () => {
  it('may have five hundred levels, and comes back as it was', async () => {
    const deepest = nested(499);
    expect((await send(addition(deepest))).text).toContain('EditDatasetItemsSuccess');
    const query = `{ dataset(id: "${ids.posthogDataset}") { items(first: 100) { nodes { input } } } }`;
    expect((await send(JSON.stringify({ query }))).text).toContain(`{"deep":${deepest}}`);
  });

  it.each([
    ['one level more', nested(500)],
    ['lists without end', nested(100_000)],
    ['objects without end', nested(50_000, '{"a":', '}').replace('":}', '":1}')],
  ])('that is nested deeper is refused: %s', async (_what, json) => {
    gateway.received('posthog');
    const { status, text } = await send(addition(json));
    expect(status).toBe(200);
    expect(text).toContain('"INVALID_INPUT"');
    expect(text).toContain('500 levels');
    expect(gateway.received('posthog')).toEqual([]);
  });

  it('is refused in a document too', async () => {
    const query = `mutation { editDatasetItems(input: { datasetId: "${ids.posthogDataset}", add: [{ input: ${nested(501)} }] }) { __typename } }`;
    const { errors } = await gateway.query(query);
    expect(at(errors ?? [], 0).extensions.code).toBe('INVALID_INPUT');
    expect(at(errors ?? [], 0).message).toContain('500 levels');
  });

  it('is text in a cell of a CSV file', async () => {
    const { datasetId } = await succeed<{ datasetId: string }>(
      gateway,
      'createDataset',
      { vendor: 'POSTHOG', name: 'Deep cells' },
      'datasetId',
    );
    const query = `mutation ($input: UploadDatasetCsvInput!) { uploadDatasetCsv(input: $input) {
      __typename ... on PartialWriteError { failures { code message } } ... on InvalidInputError { issues { message } }
    } }`;
    const form = new FormData();
    form.set('operations', JSON.stringify({ query, variables: { input: { datasetId, file: null } } }));
    form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
    form.set('0', new Blob([`input,expected_output\n"{""a"":1}",${nested(20_000)}\n`]), 'items.csv');
    const headers = { 'graphql-require-preflight': '1' };
    const response = await fetch(gateway.url, { method: 'POST', headers, body: form });
    // What a vendor makes of a text there is its own affair.
    expect(await response.text()).toMatch(
      /"__typename":"(UploadDatasetCsvSuccess|InvalidInputError|PartialWriteError)"/,
    );
  });
});

describe('a JSON value of a vendor', () => {
  const row = (id: number, metadata: string): string =>
    `{"id":"6a1c0e7e-6a4e-4f8e-8d5f-0b9a7c1d2e3${id}","name":"n","created_at":"2026-01-01T00:00:00Z","metadata":${metadata}}`;

  it('that is nested too deep costs its own row, which is named, and no other', async () => {
    const body = `{"count":3,"results":[${row(1, nested(500))},${row(2, nested(100_000))},${row(3, nested(501))}]}`;
    gateway.sandbox.posthog.server.faults.add({ effect: { type: 'answer', status: 200, body } });
    const query = `{ datasets(filter: { vendors: [POSTHOG] }) { nodes { metadata } sourceErrors { code message } } }`;
    const { text, errors } = await gateway.query<object, object>(query);
    gateway.sandbox.posthog.server.faults.clear();
    expect(errors).toBeUndefined();
    expect(text).toContain(`"nodes":[{"metadata":${nested(500)}}]`);
    expect(text.match(/"SOURCE_CONTRACT_VIOLATION"/g)).toHaveLength(2);
    expect(text).toContain('nested deeper than 500 levels');
  });
});
