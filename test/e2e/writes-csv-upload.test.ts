import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type Uploaded, upload } from './uploading.ts';
import { pathsOf, takeWrites } from './writing.ts';
import { datasetVendors, makeDataset, type ReadItem, readItems } from './written-datasets.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

const header = 'input,expected_output';
const itemVendors = ['DATADOG', 'POSTHOG'] as const;

/** Uploads into a new dataset; what came of it, and the items that are in it then. */
async function uploaded(
  vendor: (typeof datasetVendors)[number],
  csv: string | Uint8Array<ArrayBuffer>,
  more: object = {},
): Promise<{ readonly result: Uploaded; readonly items: readonly ReadItem[] }> {
  const { id } = await makeDataset(gateway, vendor, vendor === 'HUMANLOOP' ? ['first'] : []);
  takeWrites(gateway);
  const result = await upload(gateway, { datasetId: id, ...more }, csv);
  const ref = result.__typename === 'UploadDatasetCsvSuccess' ? result.versionRef : null;
  return { result, items: await readItems(gateway, id, ref) };
}

/** Input and output of items, sorted by their text. */
function pairs(items: readonly ReadItem[]): readonly (readonly unknown[])[] {
  return items
    .map(({ input, expectedOutput }) => [input, expectedOutput])
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe('a good file', () => {
  it.each(itemVendors)(
    'adds its rows to a dataset of %s, JSON where a cell reads so and text where not',
    async (vendor) => {
      const csv = [
        header,
        '"{""question"":""why?""}","{""answer"":42}"',
        'plain text,"[""a"",""b""]"',
        '7,true',
        '"""quoted""",x',
        '0042,1.50',
        '12345678901234567890,1e400',
        '{not json,"a, b"',
        'no output,',
        '',
      ].join('\n');
      const { result, items } = await uploaded(vendor, csv);
      expect(result).toMatchObject({ __typename: 'UploadDatasetCsvSuccess', addedCount: 8, rejected: [] });
      expect(pairs(items)).toEqual(
        [
          [{ question: 'why?' }, { answer: 42 }],
          ['plain text', ['a', 'b']],
          [7, true],
          ['quoted', 'x'],
          ['0042', 1.5],
          // A number that would lose digits stays the text that it was.
          ['12345678901234567890', '1e400'],
          ['{not json', 'a, b'],
          ['no output', null],
        ].toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      );
    },
  );

  it('goes to Humanloop in its own form, as it came and in one request', async () => {
    const csv =
      'question,tier,target,messages\nWhy?,free,"{""answer"":""so""}",\n"two\nlines",pro,text,"[{""role"":""user"",""content"":""hi""}]"\n';
    const { result, items } = await uploaded('HUMANLOOP', csv, {
      versionName: 'From a file',
      versionDescription: 'd',
    });
    expect(result).toMatchObject({ __typename: 'UploadDatasetCsvSuccess', addedCount: 2, rejected: [] });
    const writes = takeWrites(gateway);
    expect(writes).toEqual([
      expect.stringMatching(/^POST \/v5\/datasets\/ds_\w+\/datapoints\/csv\?version_id=dsv_\w+$/),
    ]);
    expect(items).toHaveLength(3);
    expect(items).toContainEqual(
      expect.objectContaining({
        input: { question: 'Why?', tier: 'free' },
        expectedOutput: { answer: 'so' },
      }),
    );
    expect(items).toContainEqual(
      expect.objectContaining({
        input: { question: 'two\nlines', tier: 'pro' },
        expectedOutput: { output: 'text' },
        messages: [{ role: 'user', content: 'hi' }],
      }),
    );
  });

  it('names the version that it makes at Humanloop, and no other vendor has such a name', async () => {
    const { result } = await uploaded('HUMANLOOP', 'q\na\n', {
      versionName: 'Named',
      versionDescription: 'What it is',
    });
    const versions = [...gateway.sandbox.humanloop.state.acme.datasets.values()].flatMap(
      (file) => file.versions,
    );
    const version = versions.find(({ id }) => id === result.versionRef);
    expect(version).toMatchObject({ name: 'Named', description: 'What it is' });
    for (const vendor of itemVendors) {
      for (const [field, more] of [
        ['versionName', { versionName: 'x' }],
        ['versionDescription', { versionDescription: 'x' }],
      ] as const) {
        const { result: told, items } = await uploaded(vendor, `${header}\na,b\n`, more);
        expect(pathsOf(told)).toEqual([`input.${field}`]);
        expect(items).toEqual([]);
      }
    }
  });

  it('is refused at Humanloop with a name that another version has', async () => {
    const { id } = await makeDataset(gateway, 'HUMANLOOP', ['a']);
    await upload(gateway, { datasetId: id, versionName: 'Same' }, 'q\none\n');
    const told = await upload(gateway, { datasetId: id, versionName: 'Same' }, 'q\ntwo\n');
    expect(pathsOf(told)).toEqual(['input.versionName']);
  });

  it('keeps every column that PostHog can keep', async () => {
    const csv =
      'id,input,metadata,source_trace_id,source_id,source_timestamp\nold,x,"{""m"":1}",t-1,s-1,2026-03-01T10:00:00Z\n';
    const { items } = await uploaded('POSTHOG', csv);
    expect(items).toMatchObject([
      {
        input: 'x',
        metadata: { m: 1 },
        sourceTraceId: 't-1',
        sourceId: 's-1',
        sourceTimestamp: '2026-03-01T10:00:00Z',
      },
    ]);
    expect(items[0]?.vendorId).not.toBe('old');
  });

  it('brings tags to Datadog, as a JSON list or separated by commas', async () => {
    gateway.sandbox.datadog.switches.dialect = 'recorded';
    try {
      const csv = 'input,tags\na,"[""x:1"",""y""]"\nb,"x, z"\nc,7\n';
      const { items } = await uploaded('DATADOG', csv);
      const tags = Object.fromEntries(items.map((item) => [item.input, item.tags]));
      expect(tags).toEqual({ a: ['x:1', 'y'], b: ['x', 'z'], c: ['7'] });
    } finally {
      gateway.sandbox.datadog.switches.dialect = 'spec';
    }
  });

  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'is added to the version that is expected at %s, and to no other',
    async (vendor) => {
      const { id, latestRef } = await makeDataset(gateway, vendor, ['a']);
      takeWrites(gateway);
      const csv = vendor === 'DATADOG' ? `${header}\nx,y\n` : 'question\nx\n';
      const told = await upload(gateway, { datasetId: id, expectedRef: 'dsv_000000' }, csv);
      expect(told).toMatchObject({ __typename: 'VersionConflictError', currentRef: latestRef });
      expect(takeWrites(gateway)).toEqual([]);
      const done = await upload(gateway, { datasetId: id, expectedRef: latestRef }, csv);
      expect(done).toMatchObject({ addedCount: 1 });
      expect(await readItems(gateway, id, done.versionRef)).toHaveLength(2);
    },
  );
});

describe('how a file is written', () => {
  const good = [
    [{ a: 1 }, 'x'],
    ['two\nlines, "quoted"', null],
  ];
  const rows = '"{""a"":1}",x\n"two\nlines, ""quoted""",\n';
  const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  const files: readonly [string, string | Uint8Array<ArrayBuffer>][] = [
    ['with LF', `${header}\n${rows}`],
    ['without a line end at its end', `${header}\n${rows.slice(0, -1)}`],
    ['with a byte order mark', encode(`\ufeff${header}\n${rows}`)],
    ['with quoted names of columns', `"input","expected_output"\n${rows}`],
    ['with blanks around names of columns', ` input , expected_output\n${rows}`],
    ['with empty lines between', `${header}\n\n\n${rows}\n\n`],
    ['with CRLF after some lines and LF after others', `${header}\r\n${rows}`],
    ['with LF after the first line and CRLF after others', `${header}\n${rows.replace('x\n', 'x\r\n')}`],
    ['with CR, as of old', `${header}\r"{""a"":1}",x\r"two\nlines, ""quoted""",\r`],
  ];
  it.each(files)('is all the same: %s', async (_how, csv) => {
    const { result, items } = await uploaded('POSTHOG', csv);
    expect(result).toMatchObject({ __typename: 'UploadDatasetCsvSuccess', addedCount: 2, rejected: [] });
    expect(pairs(items)).toEqual(good.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
  });

  it('keeps the line ends that stand within cells', async () => {
    const { items } = await uploaded('DATADOG', `${header}\r\n"a\r\nb","c\nd"\r\n`);
    expect(pairs(items)).toEqual([['a\r\nb', 'c\nd']]);
  });

  it('may hold any character of Unicode', async () => {
    const text = 'Grüße, 日本語 🎉 \u2028 \t';
    const { items } = await uploaded('POSTHOG', `input\n"${text}"\n`);
    expect(items).toMatchObject([{ input: text }]);
  });

  it('goes to Humanloop without its byte order mark', async () => {
    const { items } = await uploaded('HUMANLOOP', encode('\ufeffquestion\nx\n'));
    expect(items).toContainEqual(expect.objectContaining({ input: { question: 'x' } }));
  });

  const refusedFiles: readonly [string, string | Uint8Array<ArrayBuffer>, RegExp][] = [
    ['empty', '', /empty/],
    ['nothing but a byte order mark', encode('\ufeff'), /no header/],
    ['nothing but empty lines', '\n\r\n\n', /no header/],
    ['a header and no row', `${header}\n`, /no row/],
    ['a header and no row, without a line end', header, /no row/],
    ['not UTF-8', new Uint8Array([...encode(`${header}\n`), 0xe9, 0x0a]), /UTF-8/],
    [
      'UTF-16',
      new Uint8Array([0xff, 0xfe, ...Array.from(encode(`${header}\nx,y\n`)).flatMap((byte) => [byte, 0])]),
      /UTF-8/,
    ],
    ['a column that is there twice', 'input,metadata,input\nx,,y\n', /"input" is there twice/],
    ['a column without a name', 'input,\nx,y\n', /no name/],
    ['a quote in the wrong place of the header', 'in"put,expected_output\nx,y\n', /first line has a quote/],
    [
      '1,001 columns',
      `${Array.from({ length: 1_001 }, (_, index) => `c${index}`).join()}\n1\n`,
      /1000 columns/,
    ],
  ];
  it.each(refusedFiles)('is refused when it is %s', async (_what, csv, message) => {
    for (const vendor of datasetVendors) {
      const { result } = await uploaded(vendor, csv, { acceptPartial: true });
      expect(result).toMatchObject({
        __typename: 'InvalidInputError',
        message: expect.stringMatching(message),
      });
      expect(takeWrites(gateway)).toEqual([]);
    }
  });

  it.each([
    ['unknown columns', 'input,ouput,answer\nx,y,z\n', /unknown columns: ouput, answer/],
    ['no column `input`', 'expected_output\nx\n', /no column `input`/],
    ['semicolons', 'input;expected_output\nx;y\n', /unknown columns/],
    ['Humanloop’s columns', 'question,target\nx,y\n', /unknown columns/],
  ])(
    'is refused where items have fixed columns with %s, and told which there are',
    async (_what, csv, message) => {
      for (const vendor of itemVendors) {
        const { result } = await uploaded(vendor, csv, { acceptPartial: true });
        expect(result).toMatchObject({
          __typename: 'InvalidInputError',
          message: expect.stringMatching(message),
        });
        expect(result.message).toContain('source_timestamp');
        expect(pathsOf(result)).toEqual(['input.file']);
        expect(takeWrites(gateway)).toEqual([]);
      }
    },
  );
});
