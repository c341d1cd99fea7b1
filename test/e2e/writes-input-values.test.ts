import { isNonNullType } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { present } from './reading.ts';
import { preflighted, sendForm, uploadDocument } from './uploading.ts';
import { otherIds, type ValidInput, validInputs } from './valid-inputs.ts';
import { inputTypeOf, mutationNames, pathsOf, refused, type Told, takeWrites } from './writing.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
let valid: readonly ValidInput[];
let ids: Readonly<Record<string, readonly string[]>>;
beforeAll(async () => {
  gateway = await startTestGateway();
  valid = await validInputs(gateway);
  ids = await otherIds(gateway);
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** What is no id of this API at all. */
const garbage: readonly string[] = [
  '',
  ' ',
  'garbage',
  '../../../etc/passwd',
  "' OR 1=1 --",
  'x'.repeat(5_000),
  '946da351-512a-4319-9d2d-ddbda47a119e',
  '7',
  encoded('datadog:ds'),
  encoded('datadog:ds:'),
  encoded('datadog:zz:a:b'),
  `${encoded('posthog:ds:946da351-512a-4319-9d2d-ddbda47a119e')}=`,
];

/** Ids in the form of this API that it has never made: of no such source, or with another number of parts. */
const forged = {
  ds: [
    'nowhere:ds:a',
    'datadog:ds:a',
    'datadog:ds:a:b:c',
    'humanloop:ds:a:b',
    'posthog:ds:a:b',
    'posthog:ds:not-a-uuid',
    'datadog:ds:..:..',
    'humanloop:ds:..',
  ],
  pr: [
    'nowhere:pr:a',
    'datadog:pr:a:b',
    'humanloop:pr:a:b',
    'posthog:pr:a:b',
    'posthog:pr:no name',
    'humanloop:pr:..',
  ],
  tr: ['nowhere:tr:a', 'datadog:tr:a', 'humanloop:tr:a', 'posthog:tr:a:b', 'posthog:tr:not-a-uuid'],
} as const;

const primaries = { datasetId: 'ds', promptId: 'pr', traceReviewId: 'tr' } as const;

function primaryOf(input: object): keyof typeof primaries | undefined {
  if ('datasetId' in input) return 'datasetId';
  if ('promptId' in input) return 'promptId';
  return 'traceReviewId' in input ? 'traceReviewId' : undefined;
}

/** Ids of all kinds but that of the primary. */
function idsOfOtherKinds(primary: keyof typeof primaries): readonly string[] {
  const { datasets = [], prompts = [], items = [], versions = [], others = [] } = ids;
  const rest = [...items, ...versions, ...others.slice(1)];
  switch (primary) {
    case 'datasetId':
      return [...rest, ...prompts];
    case 'promptId':
      return [...rest, ...datasets];
    case 'traceReviewId':
      return [...rest, ...datasets, ...prompts];
  }
}

async function expectRefused(
  { mutation }: ValidInput,
  input: object,
  types: readonly string[],
  path?: string,
): Promise<Told> {
  const hint = JSON.stringify([mutation, input]).slice(0, 300);
  const told = await refused(gateway, mutation, input);
  expect(types, `${hint} gave ${JSON.stringify(told)}`).toContain(told.__typename);
  expect(told.message?.length, hint).toBeGreaterThan(10);
  if (path !== undefined && told.__typename === 'InvalidInputError')
    expect(pathsOf(told), hint).toEqual([path]);
  return told;
}

const inJson = mutationNames.filter((name) => name !== 'uploadDatasetCsv');
const withId = inJson.filter((name) => primaryOf(inputTypeOf(name).getFields()) !== undefined);
const mustSay = ['name', 'newName', 'versionRef', 'traceId', 'text', 'expectedRef'] as const;

/** Texts of a mutation that must say something wherever they are given; others are compared, or may be empty. */
function textsOf(name: string): readonly (typeof mustSay)[number][] {
  const fields = inputTypeOf(name).getFields();
  return mustSay.filter((field) => {
    const isCompared = field === 'expectedRef' && !isNonNullType(fields[field]?.type);
    const isRepeated = field === 'traceId' && name === 'updateTraceReview';
    return field in fields && !isCompared && !isRepeated;
  });
}

function inputsFor(mutation: string): readonly ValidInput[] {
  const inputs = valid.filter((one) => one.mutation === mutation);
  expect(inputs.length, mutation).toBeGreaterThan(0);
  return inputs;
}

describe('the id of what is to be written', () => {
  it.each(withId)(
    'is refused by %s where it is none or of another kind, with its place and without a call',
    async (mutation) => {
      for (const one of inputsFor(mutation)) {
        const primary = present(primaryOf(one.input));
        for (const id of [...garbage, ...idsOfOtherKinds(primary)]) {
          await expectRefused(
            one,
            { ...one.input, [primary]: id },
            ['InvalidInputError'],
            `input.${primary}`,
          );
        }
      }
      const received = ['datadog', 'humanloop', 'posthog'] as const;
      expect(received.flatMap((vendor) => gateway.received(vendor))).toEqual([]);
    },
  );

  it.each(withId)(
    'is refused by %s where it was never made here, and nothing is written',
    async (mutation) => {
      for (const one of inputsFor(mutation)) {
        const primary = present(primaryOf(one.input));
        const types = ['InvalidInputError', 'NotFoundError', 'UnsupportedError'];
        for (const text of forged[primaries[primary]]) {
          const told = await expectRefused(one, { ...one.input, [primary]: encoded(text) }, types);
          for (const { path } of told.issues ?? []) expect(path[0], told.message).toBe('input');
          expect(pathsOf(told), told.message).not.toContain('input.id');
        }
      }
      // A delete of what is not there may be asked of the vendor, which says so.
      expect(takeWrites(gateway).filter((request) => !request.startsWith('DELETE'))).toEqual([]);
    },
  );
});

describe('a text that must say something', () => {
  it.each(inJson.filter((name) => textsOf(name).length > 0))(
    'is refused by %s where it says nothing or too much, with its place',
    async (mutation) => {
      for (const one of inputsFor(mutation)) {
        for (const field of textsOf(mutation)) {
          const long = field === 'text' ? 'x'.repeat(10_001) : 'x'.repeat(1_001);
          for (const value of ['', ' ', '\n\t', long, 'y'.repeat(100_000)]) {
            await expectRefused(
              one,
              { ...one.input, [field]: value },
              ['InvalidInputError'],
              `input.${field}`,
            );
          }
        }
      }
      expect(takeWrites(gateway)).toEqual([]);
    },
  );
});

describe('ids beside the first', () => {
  const at = (mutation: string, vendor: string): ValidInput => {
    const found = valid.find((one) => one.mutation === mutation && one.vendor === vendor);
    if (found === undefined) throw new Error(`no input of ${mutation} at ${vendor}`);
    return found;
  };

  it('are refused with their place when they are garbage, of another kind or of another vendor', async () => {
    const { datasets: [datadog = '', humanloop = '', posthog = ''] = [], others: [, , project = ''] = [] } =
      ids;
    const { items: [datadogItem = '', , posthogItem = ''] = [] } = ids;
    const score = (definitionId: string): object => ({ scores: [{ definitionId, value: { numeric: '1' } }] });
    const rows: readonly [string, string, object, string][] = [
      ['createDataset', 'DATADOG', { projectId: 'garbage' }, 'projectId'],
      ['createDataset', 'DATADOG', { projectId: datadog }, 'projectId'],
      ['createDataset', 'DATADOG', { projectId: '' }, 'projectId'],
      ['createDataset', 'HUMANLOOP', { projectId: project }, 'projectId'],
      ['createDataset', 'POSTHOG', { projectId: project }, 'projectId'],
      ['deployDatasetVersion', 'HUMANLOOP', { environmentId: 'garbage' }, 'environmentId'],
      ['deployDatasetVersion', 'HUMANLOOP', { environmentId: humanloop }, 'environmentId'],
      ['deployDatasetVersion', 'HUMANLOOP', { environmentId: encoded('posthog:en:x') }, 'environmentId'],
      ['removeDatasetDeployment', 'HUMANLOOP', { environmentId: 'garbage' }, 'environmentId'],
      ['editDatasetItems', 'DATADOG', { remove: ['garbage'] }, 'remove.0'],
      ['editDatasetItems', 'DATADOG', { remove: [datadogItem, datadog] }, 'remove.1'],
      ['editDatasetItems', 'DATADOG', { remove: [posthogItem] }, 'remove.0'],
      ['editDatasetItems', 'HUMANLOOP', { update: [{ id: 'garbage' }] }, 'update.0.id'],
      ['editDatasetItems', 'HUMANLOOP', { update: [{ id: datadogItem }] }, 'update.0.id'],
      [
        'editDatasetItems',
        'POSTHOG',
        { update: [{ id: posthogItem, datasetId: 'garbage' }] },
        'update.0.datasetId',
      ],
      [
        'editDatasetItems',
        'POSTHOG',
        { update: [{ id: posthogItem, datasetId: datadog }] },
        'update.0.datasetId',
      ],
      ['editDatasetItems', 'POSTHOG', { update: [{ id: posthog }] }, 'update.0.id'],
      ['createTraceReview', 'POSTHOG', score('garbage'), 'scores.0.definitionId'],
      ['createTraceReview', 'POSTHOG', score(posthog), 'scores.0.definitionId'],
      ['createTraceReview', 'POSTHOG', score(encoded('datadog:sd:x')), 'scores.0.definitionId'],
      ['createTraceReview', 'POSTHOG', { queueId: 'garbage' }, 'queueId'],
      ['updateTraceReview', 'POSTHOG', { queueId: posthog }, 'queueId'],
    ];
    for (const [mutation, vendor, change, path] of rows) {
      const one = at(mutation, vendor);
      await expectRefused(one, { ...one.input, ...change }, ['InvalidInputError'], `input.${path}`);
    }
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('are refused in an upload too', async () => {
    const operations = (datasetId: string): string =>
      JSON.stringify({ query: uploadDocument, variables: { input: { datasetId, file: null } } });
    for (const id of ['', 'garbage', ids['prompts']?.[0] ?? '', ids['items']?.[0] ?? '']) {
      const form = new FormData();
      form.append('operations', operations(id));
      form.append('map', JSON.stringify({ f: ['variables.input.file'] }));
      form.append('f', new Blob(['input\nx\n']), 'a.csv');
      const { result } = await sendForm(gateway, form, preflighted);
      expect(result).toMatchObject({
        __typename: 'InvalidInputError',
        issues: [{ path: ['input', 'datasetId'] }],
      });
    }
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('JSON of a wrong type', () => {
  const rows: readonly [string, string, object, readonly string[]][] = [
    ['createDataset', 'DATADOG', { metadata: 'text' }, ['metadata']],
    ['createDataset', 'DATADOG', { metadata: [1] }, ['metadata']],
    ['createDataset', 'DATADOG', { items: [{ input: [[1]] }] }, ['items.0.input']],
    [
      'createDataset',
      'DATADOG',
      { items: [{ input: [null] }, { expectedOutput: 1 }] },
      ['items.0.input', 'items.1.input'],
    ],
    ['createDataset', 'DATADOG', { items: [{ input: 'x', metadata: 'm' }] }, ['items.0.metadata']],
    ['createDataset', 'HUMANLOOP', { items: [{ input: 'text' }] }, ['items.0.input']],
    ['createDataset', 'HUMANLOOP', { items: [{ input: { q: { nested: 1 } } }] }, ['items.0.input.q']],
    ['createDataset', 'HUMANLOOP', { items: [{ input: {}, messages: 'hi' }] }, ['items.0.messages']],
    ['createDataset', 'HUMANLOOP', { items: [{ input: {}, expectedOutput: 5 }] }, ['items.0.expectedOutput']],
    ['createDataset', 'POSTHOG', { items: [{ input: 'x', messages: [] }] }, ['items.0.messages']],
    ['updateDataset', 'DATADOG', { metadata: 7 }, ['metadata']],
    ['editDatasetItems', 'DATADOG', { add: [{ input: 'x', tags: ['a'], messages: [] }] }, ['add.0.messages']],
    ['editDatasetItems', 'DATADOG', { add: [{}] }, ['add.0.input']],
    ['editDatasetItems', 'HUMANLOOP', { add: [{ input: ['a'] }] }, ['add.0.input']],
    ['createPrompt', 'DATADOG', { config: 'text' }, ['config']],
    ['createPrompt', 'HUMANLOOP', { config: { model: 5 } }, ['config.model']],
    ['publishPromptVersion', 'DATADOG', { config: [1] }, ['config']],
    ['publishPromptVersion', 'HUMANLOOP', { config: { model: 'gpt-4o', colour: 1 } }, ['config.colour']],
  ];
  it.each(rows)('in %s at %s is refused with its place: %j', async (mutation, vendor, change, paths) => {
    const one = valid.find((candidate) => candidate.mutation === mutation && candidate.vendor === vendor);
    const told = await refused(gateway, mutation, { ...one?.input, ...change });
    expect(told.__typename).toBe('InvalidInputError');
    expect(pathsOf(told)).toEqual(paths.map((path) => `input.${path}`));
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('an input that changes nothing', () => {
  it.each([
    ['updateDataset', 'DATADOG', { name: undefined }],
    ['updateDataset', 'HUMANLOOP', { name: undefined }],
    ['updateDataset', 'POSTHOG', { name: undefined }],
    ['moveDataset', 'HUMANLOOP', { name: undefined }],
    ['updateDatasetVersion', 'HUMANLOOP', { name: undefined }],
    ['editDatasetItems', 'DATADOG', { add: [], update: [], remove: [] }],
    ['updateTraceReview', 'POSTHOG', { comment: undefined, scores: undefined }],
    ['publishPromptVersion', 'POSTHOG', { content: undefined }],
  ])('is refused by %s at %s', async (mutation, vendor, change) => {
    const one = valid.find((candidate) => candidate.mutation === mutation && candidate.vendor === vendor);
    const told = await refused(gateway, mutation, { ...one?.input, ...change });
    expect(told).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ message: expect.any(String) }],
    });
    expect(takeWrites(gateway)).toEqual([]);
  });
});
