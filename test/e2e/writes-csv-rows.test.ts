import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { present } from './reading.ts';
import { type Uploaded, upload } from './uploading.ts';
import { pathsOf, takeWrites } from './writing.ts';
import { datasetVendors, makeDataset, readItems } from './written-datasets.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});
afterEach(() => {
  gateway.sandbox.posthog.server.faults.clear();
});

const itemVendors = ['DATADOG', 'POSTHOG'] as const;

/** Lines 3, 6, 8 and 10 are bad; line 4 begins a good row of two lines. */
const mixed = [
  'input,expected_output',
  'good 1,a',
  'too,many,cells',
  '"good',
  '2",b',
  'say "hi",c',
  'good 3,"d"',
  'too few',
  'good 4,e',
  '"closed"too early,f',
  'good 5,g',
  '',
].join('\n');
const badLines = [3, 6, 8, 10];

function linesOf({ rejected }: Uploaded): readonly number[] {
  return rejected.map(({ path }) => {
    expect(path.slice(0, 2)).toEqual(['file', 'line']);
    return Number(path[2]);
  });
}

describe.each(datasetVendors)('rows that cannot be read, for %s', (vendor) => {
  it('are named by their lines, and nothing is written', async () => {
    const { id, latestRef } = await makeDataset(gateway, vendor, ['first']);
    takeWrites(gateway);
    for (const more of [{}, { acceptPartial: false }, { acceptPartial: null }]) {
      const told = await upload(gateway, { datasetId: id, ...more }, mixed);
      expect(told).toMatchObject({
        __typename: 'InvalidInputError',
        message: expect.stringContaining('4 of 9 rows'),
      });
      expect(pathsOf(told)).toEqual(badLines.map((line) => `input.file.line.${line}`));
    }
    expect(takeWrites(gateway)).toEqual([]);
    expect(await readItems(gateway, id, latestRef)).toHaveLength(1);
  });

  it('are left out and named when the good ones are asked for', async () => {
    const { id } = await makeDataset(gateway, vendor, ['first']);
    const done = await upload(gateway, { datasetId: id, acceptPartial: true }, mixed);
    expect(done).toMatchObject({ __typename: 'UploadDatasetCsvSuccess', addedCount: 5 });
    expect(linesOf(done)).toEqual(badLines);
    expect(done.rejected.map(({ message }) => message)).toEqual([
      'has 3 cells, and the header has 2 columns',
      expect.stringContaining('a quote in the wrong place'),
      'has 1 cells, and the header has 2 columns',
      expect.stringContaining('a quote in the wrong place'),
    ]);
    expect(await readItems(gateway, id, done.versionRef)).toHaveLength(6);
  });

  it('are all rows: then nothing is written though the good ones are asked for', async () => {
    const { id } = await makeDataset(gateway, vendor, ['first']);
    takeWrites(gateway);
    const told = await upload(
      gateway,
      { datasetId: id, acceptPartial: true },
      'input,expected_output\nx\n"y"z,\n',
    );
    expect(told).toMatchObject({
      __typename: 'InvalidInputError',
      message: expect.stringContaining('no row'),
    });
    expect(pathsOf(told)).toEqual(['input.file.line.2', 'input.file.line.3']);
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('end with a quote that is never closed: the line where it opens is named, and the rows before are good', async () => {
    const { id } = await makeDataset(gateway, vendor, ['first']);
    const csv = 'input,expected_output\ngood,a\n"open,b\nmore,c\nand more,d\n';
    const done = await upload(gateway, { datasetId: id, acceptPartial: true }, csv);
    expect(done).toMatchObject({
      addedCount: 1,
      rejected: [{ message: expect.stringContaining('never closed') }],
    });
    expect(linesOf(done)).toEqual([3]);
  });
});

describe('rows that are no item', () => {
  it.each(itemVendors)('are named by their lines at %s', async (vendor) => {
    const { id } = await makeDataset(gateway, vendor, []);
    const csv =
      'input,tags,source_timestamp\n,,\n\nx,"{""a"":1}",\nx,"[1]",\nx,,yesterday\nx,,2026-13-01T00:00:00Z\n';
    const told = await upload(gateway, { datasetId: id }, csv);
    expect(pathsOf(told)).toEqual([2, 4, 5, 6, 7].map((line) => `input.file.line.${line}`));
    expect(present(told.issues)[0]?.message).toContain('`input` is empty');
    expect(await readItems(gateway, id)).toEqual([]);
  });

  it('are 250, of which the first hundred are named', async () => {
    const { id } = await makeDataset(gateway, 'DATADOG', []);
    const told = await upload(gateway, { datasetId: id }, `input,metadata\n${'x\n'.repeat(250)}`);
    expect(told.message).toContain('no row');
    expect(told.issues).toHaveLength(100);
  });

  it('have messages that are no list, at Humanloop', async () => {
    const { id } = await makeDataset(gateway, 'HUMANLOOP', ['a']);
    const csv =
      'q,messages\none,hi\ntwo,"{""role"":""user""}"\nthree,"[{""role"":""user"",""content"":""x""}]"\nfour,\n';
    const done = await upload(gateway, { datasetId: id, acceptPartial: true }, csv);
    expect(done.addedCount).toBe(2);
    expect(linesOf(done)).toEqual([2, 3]);
  });
});

describe('rows that the vendor cannot keep', () => {
  const csv = {
    // Datadog has no list in a list, PostHog no messages.
    DATADOG: 'input,expected_output\ngood,a\nbad,"[[1]]"\ngood too,b\n"[null]",c\n',
    POSTHOG: 'input,messages\ngood,\nbad,"[{""role"":""user""}]"\ngood too,\nbad,"[]"\n',
  };
  it.each(itemVendors)('are named by their lines at %s, and nothing is written', async (vendor) => {
    const { id } = await makeDataset(gateway, vendor, []);
    takeWrites(gateway);
    const told = await upload(gateway, { datasetId: id }, csv[vendor]);
    expect(told.__typename).toBe('InvalidInputError');
    const field = vendor === 'DATADOG' ? ['expectedOutput', 'input'] : ['messages', 'messages'];
    expect(pathsOf(told)).toEqual([`input.file.line.3.${field[0]}`, `input.file.line.5.${field[1]}`]);
    expect(takeWrites(gateway)).toEqual([]);
  });

  it.each(itemVendors)('are left out and named at %s when the good ones are asked for', async (vendor) => {
    const { id } = await makeDataset(gateway, vendor, []);
    const done = await upload(gateway, { datasetId: id, acceptPartial: true }, csv[vendor]);
    expect(done).toMatchObject({ __typename: 'UploadDatasetCsvSuccess', addedCount: 2 });
    expect(linesOf(done)).toEqual([3, 5]);
    const inputs = (await readItems(gateway, id)).map(({ input }) => input);
    expect(inputs.sort()).toEqual(['good', 'good too']);
  });

  it('are named by their lines when they fail one by one at PostHog', async () => {
    const { id } = await makeDataset(gateway, 'POSTHOG', []);
    const body = JSON.stringify({
      type: 'validation_error',
      code: 'invalid',
      detail: 'Not this one.',
      attr: 'input',
    });
    const headers = { 'content-type': 'application/json' };
    gateway.sandbox.posthog.server.faults.add({
      method: 'POST',
      path: 'dataset_items',
      times: 1,
      effect: { type: 'answer', status: 400, headers, body },
    });
    const told = await upload(gateway, { datasetId: id }, 'input\n\na\nb\n\n\nc\n');
    expect(told).toMatchObject({ __typename: 'PartialWriteError', addedCount: 2 });
    expect(told.failures).toHaveLength(1);
    const [failure] = present(told.failures);
    expect(['3', '4', '7']).toContain(failure?.path[2]);
    expect(failure).toMatchObject({ path: ['file', 'line', expect.anything()], code: 'INVALID_INPUT' });
  });
});
