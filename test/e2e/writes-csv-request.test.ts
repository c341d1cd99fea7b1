import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { ask } from '../support/graphql-post.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { formOf, preflighted, sendForm, upload, uploadDocument } from './uploading.ts';
import { takeWrites } from './writing.ts';
import { makeDataset, readItems } from './written-datasets.ts';

forbidUnhandledRejections();

const csv = 'input,expected_output\n"{""q"":1}","{""a"":1}"\n';

let gateway: TestGateway;
let datasetId: string;
beforeAll(async () => {
  gateway = await startTestGateway({
    environment: { MAX_MUTATION_BYTES: '100000', MAX_QUERY_BYTES: '50000' },
  });
  datasetId = (await makeDataset(gateway, 'POSTHOG', [])).id;
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

interface Parts {
  readonly operations?: unknown;
  readonly map?: unknown;
  readonly files?: Readonly<Record<string, string | Blob>>;
}

const operations = { query: uploadDocument, variables: { input: { datasetId: 'set below', file: null } } };
const map = { 0: ['variables.input.file'] };
const files = { 0: new Blob([csv]) };

/** A form of these parts; a part that is undefined is not in it, and a text goes as it is. */
function formWith(parts: Parts): FormData {
  const form = new FormData();
  const add = (name: string, value: unknown): void => {
    if (value !== undefined) form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  };
  add('operations', parts.operations);
  add('map', parts.map);
  for (const [name, file] of Object.entries(parts.files ?? {})) form.append(name, file);
  return form;
}

function operationsOn(input: unknown, query = uploadDocument): object {
  return { query, variables: { input } };
}

describe('the request that brings a file', () => {
  it('is multipart/form-data with `operations`, `map` and the file', async () => {
    const { status, result } = await sendForm(gateway, formOf({ datasetId }, csv));
    expect(status).toBe(200);
    expect(result).toMatchObject({ __typename: 'UploadDatasetCsvSuccess', addedCount: 1, rejected: [] });
    expect(takeWrites(gateway)).toHaveLength(1);
  });

  it('may bring one file for several places, and several operations of which one is named', async () => {
    const query = `
      mutation Other { deleteDataset(input: { datasetId: "x" }) { __typename } }
      mutation Both($a: UploadDatasetCsvInput!, $b: UploadDatasetCsvInput!) {
        a: uploadDatasetCsv(input: $a) { __typename }
        b: uploadDatasetCsv(input: $b) { __typename }
      }`;
    const input = { datasetId, file: null };
    const form = formWith({
      operations: { query, operationName: 'Both', variables: { a: input, b: input } },
      map: { 0: ['variables.a.file', 'variables.b.file'] },
      files,
    });
    const response = await fetch(gateway.url, { method: 'POST', headers: preflighted, body: form });
    const { __typename } = { __typename: 'UploadDatasetCsvSuccess' };
    expect(await response.json()).toMatchObject({ data: { a: { __typename }, b: { __typename } } });
  });

  it('may bring two files for two fields, and takes no notice of a file that is not mapped', async () => {
    const { id } = await makeDataset(gateway, 'POSTHOG', []);
    const query = `mutation ($a: UploadDatasetCsvInput!, $b: UploadDatasetCsvInput!) {
      a: uploadDatasetCsv(input: $a) { ... on UploadDatasetCsvSuccess { addedCount } }
      b: uploadDatasetCsv(input: $b) { ... on UploadDatasetCsvSuccess { addedCount } }
    }`;
    const input = { datasetId: id, file: null };
    const form = formWith({
      operations: { query, variables: { a: input, b: input } },
      map: { first: ['variables.a.file'], second: ['variables.b.file'] },
      files: {
        first: new Blob(['input\none\n']),
        second: new Blob(['input\ntwo\nthree\n']),
        third: new Blob(['input\nnever\n']),
      },
    });
    const response = await fetch(gateway.url, { method: 'POST', headers: preflighted, body: form });
    expect(await response.json()).toMatchObject({ data: { a: { addedCount: 1 }, b: { addedCount: 2 } } });
    const inputs = (await readItems(gateway, id)).map((item) => item.input);
    expect(inputs.sort()).toEqual(['one', 'three', 'two']);
  });

  it.each([
    ['without a header that a form cannot send', {}],
    ['with one of another name', { 'x-other': '1' }],
  ])('is refused %s', async (_what, headers) => {
    const { status, errors } = await sendForm(gateway, formOf({ datasetId }, csv), headers);
    expect(status).toBe(403);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(errors[0]?.message).toContain('graphql-require-preflight');
    expect(takeWrites(gateway)).toEqual([]);
  });

  const wrong: readonly [string, () => Parts, RegExp][] = [
    ['no `operations`', () => ({ map, files }), /operations/],
    ['`operations` that are not JSON', () => ({ operations: '{', map, files }), /operations/],
    ['`operations` that are a list', () => ({ operations: [operations], map, files }), /operations/],
    [
      '`operations` that are a file',
      () => ({ map, files: { ...files, operations: new Blob(['{}']) } }),
      /operations/,
    ],
    [
      '`operations` without a query',
      () => ({ operations: { variables: { input: { file: null } } }, map, files }),
      /query/,
    ],
    ['no `map`', () => ({ operations, files }), /map/],
    ['a `map` that is not JSON', () => ({ operations, map: 'x', files }), /map/],
    ['a `map` that is null', () => ({ operations, map: 'null', files }), /map/],
    ['a `map` of a list', () => ({ operations, map: [['variables.input.file']], files: {} }), /map/],
    [
      'a `map` whose paths are no list',
      () => ({ operations, map: { 0: 'variables.input.file' }, files }),
      /map/,
    ],
    ['a `map` whose paths are none', () => ({ operations, map: { 0: [] }, files }), /map/],
    ['a `map` whose path is no text', () => ({ operations, map: { 0: [1] }, files }), /map/],
    [
      'a `map` to a place that is not there',
      () => ({ operations, map: { 0: ['variables.input.csv'] }, files }),
      /map/,
    ],
    [
      'a `map` to a place that is not null',
      () => ({ operations, map: { 0: ['variables.input.datasetId'] }, files }),
      /map/,
    ],
    ['a `map` to an object', () => ({ operations, map: { 0: ['variables.input'] }, files }), /map/],
    ['a `map` out of the variables', () => ({ operations, map: { 0: ['query'] }, files }), /map/],
    [
      'a `map` to a prototype',
      () => ({ operations, map: { 0: ['variables.__proto__.file'] }, files }),
      /map/,
    ],
    [
      'a `map` to a prototype of a value',
      () => ({ operations, map: { 0: ['variables.input.constructor'] }, files }),
      /map/,
    ],
    [
      'a `map` to one place twice',
      () => ({ operations, map: { 0: ['variables.input.file', 'variables.input.file'] }, files }),
      /map/,
    ],
    ['a file that is missing', () => ({ operations, map }), /no file/],
    [
      'a file that is missing of two',
      () => ({ operations, map: { ...map, 1: ['variables.input.file'] }, files }),
      /no file|map/,
    ],
    ['a text where a file is to be', () => ({ operations, map, files: { 0: 'input\n1' } }), /no file/],
    [
      'eleven files',
      () => ({
        operations,
        map: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [i, ['variables.input.file']])),
        files,
      }),
      /11 files/,
    ],
  ];
  it.each(wrong)('is refused with %s', async (_what, parts, message) => {
    const { status, errors } = await sendForm(gateway, formWith(parts()));
    expect(status).toBe(400);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      extensions: { code: 'INVALID_INPUT' },
      message: expect.stringMatching(message),
    });
    expect(takeWrites(gateway)).toEqual([]);
  });

  it.each([
    ['a variable that no file is mapped to', operationsOn({ datasetId: 'x', file: null }), {}],
    ['a text in place of the file', operationsOn({ datasetId: 'x', file: 'input\n1' }), {}],
    ['an object in place of the file', operationsOn({ datasetId: 'x', file: { name: 'a', bytes: [] } }), {}],
  ])('is not executed with %s', async (_what, sent, mapped) => {
    const { status, result, errors } = await sendForm(gateway, formWith({ operations: sent, map: mapped }));
    expect(status).toBe(200);
    expect(result).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('cannot be JSON: a File is no text', async () => {
    const answer = await gateway.query(uploadDocument, { input: { datasetId, file: csv } });
    expect(answer.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
    expect(answer.errors?.[0]?.message).toContain('multipart');
    const literal = `mutation { uploadDatasetCsv(input: { datasetId: "${datasetId}", file: "x" }) { __typename } }`;
    expect((await gateway.query(literal)).errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
  });

  it.each([
    ['no boundary', 'multipart/form-data', 'x'],
    ['another boundary', 'multipart/form-data; boundary=b', '--c\r\n\r\n--c--\r\n'],
    [
      'an end that is cut off',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="map"\r\n\r\n{}',
    ],
    ['nothing at all', 'multipart/form-data; boundary=b', ''],
  ])('is refused with %s', async (_what, type, body) => {
    const headers = { ...preflighted, 'content-type': type };
    const response = await fetch(gateway.url, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'INVALID_INPUT' } }] });
  });

  it('may be as large as a mutation may be', async () => {
    const { id } = await makeDataset(gateway, 'POSTHOG', []);
    const row = `${'x'.repeat(9_000)},\n`;
    const result = await upload(gateway, { datasetId: id }, `input,expected_output\n${row.repeat(8)}`);
    expect(result).toMatchObject({ addedCount: 8 });
  });

  it('is 413 when it is larger, whether its length is told or not', async () => {
    const told = await sendForm(gateway, formOf({ datasetId }, 'x'.repeat(200_000)));
    expect(told.status).toBe(413);
    expect(told.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
    // A stream is sent in pieces, without a length.
    const { body, headers } = new Response(formOf({ datasetId }, 'x'.repeat(120_000)));
    const type = headers.get('content-type') ?? '';
    const untold = await ask(gateway.url, {
      method: 'POST',
      headers: { ...preflighted, 'content-type': type },
      body,
      duplex: 'half',
    });
    expect(untold.status).toBe(413);
    expect(untold.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('is 413 as JSON too', async () => {
    const add = [{ input: 'x'.repeat(120_000) }];
    const answer = await gateway.query(
      'mutation { deleteDataset(input: { datasetId: "x" }) { __typename } }',
      { add },
    );
    expect(answer.status).toBe(413);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
  });

  it('may be a query, but then no larger than a query may be', async () => {
    const sent = { query: '{ __typename }' };
    const small = await sendForm(gateway, formWith({ operations: sent, map: {} }));
    expect(small.status).toBe(200);
    const large = await sendForm(
      gateway,
      formWith({ operations: sent, map: {}, files: { 0: 'x'.repeat(60_000) } }),
    );
    expect(large.status).toBe(413);
  });
});
