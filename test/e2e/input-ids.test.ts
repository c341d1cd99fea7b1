import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeId, type IdKind } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';

let gateway: TestGateway;
let ids: KnownIds;

forbidUnhandledRejections();
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { MAX_UPSTREAM_CALLS: '100000' } });
  ids = await readKnownIds(gateway);
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) gateway.received(key);
});

interface Argument {
  readonly name: string;
  /** `$id` stands for the id. */
  readonly field: string;
  /** Where the issue says that the id stands. */
  readonly path: readonly string[];
  /** The kinds of id that it takes; every one of a node when left out. */
  readonly kind?: IdKind;
}

const conn = '{ nodes { id } }';

/** Every argument of a query that takes an id. */
const arguments_: readonly Argument[] = [
  { name: 'node(id)', field: 'node(id: $id) { id }', path: ['id'] },
  { name: 'dataset(id)', field: 'dataset(id: $id) { id }', path: ['id'], kind: 'DATASET' },
  { name: 'datasetItem(id)', field: 'datasetItem(id: $id) { id }', path: ['id'], kind: 'DATASET_ITEM' },
  { name: 'prompt(id)', field: 'prompt(id: $id) { id }', path: ['id'], kind: 'PROMPT' },
  { name: 'traceReview(id)', field: 'traceReview(id: $id) { id }', path: ['id'], kind: 'TRACE_REVIEW' },
  { name: 'project(id)', field: 'project(id: $id) { id }', path: ['id'], kind: 'PROJECT' },
  {
    name: 'modelLabProject(id)',
    field: 'modelLabProject(id: $id) { id }',
    path: ['id'],
    kind: 'MODEL_LAB_PROJECT',
  },
  {
    name: 'datasets(filter.projectIds)',
    field: `datasets(filter: { projectIds: [$id] }) ${conn}`,
    path: ['filter', 'projectIds', '0'],
    kind: 'PROJECT',
  },
  {
    name: 'datasetItems(filter.datasetId)',
    field: `datasetItems(filter: { datasetId: $id }) ${conn}`,
    path: ['filter', 'datasetId'],
    kind: 'DATASET',
  },
  {
    name: 'traceReviews(filter.definitionIds)',
    field: `traceReviews(filter: { definitionIds: [$id] }) ${conn}`,
    path: ['filter', 'definitionIds', '0'],
    kind: 'SCORE_DEFINITION',
  },
];

function ask({ field }: Argument, id: unknown) {
  return gateway.query<{ it: unknown }, object>(`query ($id: ID!) { it: ${field} }`, { id });
}

function expectNoCalls(): void {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) expect(gateway.received(key)).toEqual([]);
}

const datadog = sourceKey('datadog');

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** Texts that are no id of this API at all. */
const notIds: readonly string[] = [
  '',
  ' ',
  'x',
  '1',
  'null',
  '__proto__',
  '90854aab-b764-4ae8-a68e-bb0b119fa7c5',
  'ds_01h8x',
  '../../etc/passwd',
  '%2e%2e%2f',
  '<script>alert(1)</script>',
  "' or '1'='1",
  '🙂',
  '\u0000',
  'line\nbreak',
  encoded('datadog'),
  encoded('datadog:ds'),
  encoded('datadog:ds:'),
  encoded('datadog:ds::x'),
  encoded('datadog:xx:1'),
  encoded('datadog:DS:1:2'),
  encoded(':ds:1:2'),
  encoded('Datadog:ds:1:2'),
  encoded('data dog:ds:1:2'),
  encoded('datadog:__proto__:1'),
  encoded('datadog:ds:1:2%'),
  encoded('datadog:ds:1:2%2F'),
  encoded('datadog:pj:%3a'),
  Buffer.from('datadog:pj:1').toString('base64url').padEnd(20, '='),
  Buffer.from([0x64, 0x3a, 0xff, 0xfe, 0x3a, 0x80]).toString('base64url'),
  'A'.repeat(10_240),
  encoded(`datadog:pj:${'x'.repeat(10_240)}`),
];

describe.each(arguments_)('an id for $name', (argument) => {
  it('that is none is refused, in the place where it stands, and nothing is asked', async () => {
    for (const id of notIds) {
      const { status, data, errors, text } = await ask(argument, id);
      expect(status).toBe(200);
      expect(data, id.slice(0, 80)).toEqual({ it: null });
      expect(errors).toHaveLength(1);
      expect(at(errors, 0)).toMatchObject({
        message: expect.stringMatching(/not an id of this API.*resource/),
        path: ['it'],
        extensions: { code: 'INVALID_INPUT', issues: [{ path: argument.path, code: 'INVALID_ID' }] },
      });
      // What may be anything is not repeated.
      if (id.length > 20) expect(text).not.toContain(id.slice(0, 40));
    }
    expectNoCalls();
  });

  it('of another kind is refused, naming both kinds, and nothing is asked', async () => {
    const others = (Object.entries(ids) as [keyof KnownIds, string][]).filter(
      ([name]) => kindOf(name) !== argument.kind,
    );
    const strange: [string, string][] = (
      ['SOURCE', 'ENVIRONMENT', 'REVIEW_SCORE', 'SCORE_DEFINITION_VERSION', 'REVIEW_QUEUE'] as const
    ).map((kind) => [kind, encodeId({ source: datadog, kind, parts: ['a', 'b'] })]);
    for (const [name, id] of [...(argument.kind === undefined ? [] : others), ...strange]) {
      const { data, errors } = await ask(argument, id);
      expect(data, name).toEqual({ it: null });
      expect(at(errors, 0).extensions, name).toMatchObject({
        code: 'INVALID_INPUT',
        issues: [{ path: argument.path, code: 'WRONG_KIND' }],
      });
      if (argument.kind !== undefined) expect(at(errors, 0).message, name).toContain(argument.kind);
    }
    expectNoCalls();
  });

  it('of a source that this gateway does not have leads nowhere, and nothing is asked', async () => {
    const kind = argument.kind ?? 'DATASET';
    for (const source of ['braintrust', 'datadog-2', 'posthog2', 'constructor']) {
      const { data, errors } = await ask(
        argument,
        encodeId({ source: sourceKey(source), kind, parts: ['a', 'b'] }),
      );
      if (data.it !== null) {
        // A list that is narrowed to what is nowhere is empty.
        expect(data.it).toEqual({ nodes: [] });
        continue;
      }
      expect(at(errors, 0).extensions.code).toBe('NOT_FOUND');
    }
    expectNoCalls();
  });

  it('whose address has too few or too many parts is a typed error, and nothing is asked', async () => {
    const kind = argument.kind ?? 'DATASET';
    const uuid = '0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501';
    for (const source of ['datadog', 'humanloop', 'posthog']) {
      for (const parts of [
        [uuid, uuid, uuid, uuid, uuid],
        ['a', 'b', 'c', 'd', 'e'],
        ['..', '..', '..', '..', '..'],
      ]) {
        const { data, errors } = await ask(argument, encodeId({ source: sourceKey(source), kind, parts }));
        if (data.it !== null) {
          expect(data.it).toEqual({ nodes: [] });
          continue;
        }
        expect(['INVALID_INPUT', 'NOT_FOUND', 'UNSUPPORTED']).toContain(at(errors, 0).extensions.code);
      }
    }
    expectNoCalls();
  });
});

/** Ids that are well made and of nothing that exists. */
const absent = {
  DATASET: [
    'datadog:ds:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0502',
    'humanloop:ds:ds_0',
    'posthog:ds:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501',
  ],
  DATASET_ITEM: [
    'datadog:di:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0502:x',
    'humanloop:di:ds_0:dp_0',
    'posthog:di:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501',
  ],
  PROMPT: ['datadog:pr:no-such', 'humanloop:pr:pr_0', 'posthog:pr:no-such'],
  PROMPT_VERSION: [
    'datadog:pv:no-such:1',
    'humanloop:pv:pr_0:prv_0',
    'posthog:pv:no-such:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501',
  ],
  DATASET_VERSION: [
    'datadog:dv:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0502:1',
    'humanloop:dv:ds_0:dsv_0',
  ],
  TRACE_REVIEW: ['posthog:tr:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501'],
  SCORE_DEFINITION: ['posthog:sd:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501'],
  PROJECT: ['datadog:pj:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501'],
  MODEL_LAB_PROJECT: ['datadog:ml:999999999', 'datadog:ml:9223372036854775808', 'datadog:ml:x'],
} as const satisfies Partial<Record<IdKind, readonly string[]>>;

describe('an id of what does not exist', () => {
  it.each(Object.entries(absent))('is NOT_FOUND by node and by its own field: %s', async (kind, texts) => {
    for (const text of texts) {
      const id = encoded(text);
      const own = arguments_.filter((argument) => argument.kind === kind && argument.path[0] === 'id');
      for (const argument of [at(arguments_, 0), ...own]) {
        const { data, errors } = await ask(argument, id);
        expect(data).toEqual({ it: null });
        expect(at(errors, 0), text).toMatchObject({ path: ['it'], extensions: { code: 'NOT_FOUND' } });
        expect(at(errors, 0).message.length).toBeGreaterThan(20);
      }
    }
  });
});

describe('a real id in which one character is another', () => {
  it('finds nothing, or is refused, wherever that is', async () => {
    const damaged: string[] = [];
    for (const id of Object.values(ids)) {
      for (let place = 0; place < id.length; place += 7) {
        const other = id[place] === 'A' ? 'B' : 'A';
        damaged.push(id.slice(0, place) + other + id.slice(place + 1));
      }
    }
    const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const { status, data, errors } = await gateway.query<{ nodes: unknown[] }, object>(document, {
      ids: damaged,
    });
    expect(status).toBe(200);
    expect(data.nodes.filter((node) => node !== null)).toEqual([]);
    expect(errors).toHaveLength(damaged.length);
    for (const error of errors ?? []) {
      expect(['INVALID_INPUT', 'NOT_FOUND', 'UNSUPPORTED'], JSON.stringify(error)).toContain(
        error.extensions.code,
      );
    }
  });
});

describe('nodes', () => {
  const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';

  it('gives each id its own answer, in order, and each error its place', async () => {
    const wanted = [
      'garbage',
      ids.posthogDataset,
      encoded('humanloop:ds:ds_0'),
      ids.project,
      '',
      ids.posthogDataset,
    ];
    const { data, errors } = await gateway.query<{ nodes: ({ id: string } | null)[] }, object>(document, {
      ids: wanted,
    });
    expect(data.nodes.map((node) => node?.id ?? null)).toEqual([
      null,
      ids.posthogDataset,
      null,
      ids.project,
      null,
      ids.posthogDataset,
    ]);
    const told = errors?.map(({ path, extensions }) => [path?.[1], extensions.code]).toSorted();
    expect(told).toEqual([
      [0, 'INVALID_INPUT'],
      [2, 'NOT_FOUND'],
      [4, 'INVALID_INPUT'],
    ]);
    for (const { path, extensions } of errors ?? []) {
      if (extensions.code === 'INVALID_INPUT')
        expect(extensions).toMatchObject({ issues: [{ path: ['ids', String(path?.[1])] }] });
    }
  });

  it('takes a thousand ids, and not one more', async () => {
    const many = (count: number) => Array.from({ length: count }, () => ids.posthogPrompt);
    const good = await gateway.query<{ nodes: object[] }, object>(document, { ids: many(1_000) });
    expect(good.errors).toBeUndefined();
    expect(good.data.nodes).toHaveLength(1_000);
    expect(gateway.received('posthog')).toHaveLength(1);

    const { status, data, errors } = await gateway.query(document, { ids: many(1_001) });
    expect([status, data]).toEqual([200, null]);
    expect(at(errors, 0)).toMatchObject({
      message: '`nodes` takes at most 1000 ids, and 1001 were given.',
      path: ['nodes'],
      extensions: { code: 'INVALID_INPUT', issues: [{ path: ['ids'], code: 'TOO_MANY' }] },
    });
    expectNoCalls();
  });

  it('takes none too', async () => {
    expect((await gateway.query(document, { ids: [] })).data).toEqual({ nodes: [] });
  });
});

function kindOf(name: keyof KnownIds): IdKind {
  const words = name.replace(/^(datadog|humanloop|posthog)/, '').replace(/(?<!^)([A-Z])/g, '_$1');
  // The names of what is known are the kinds, in another case.
  return (words.toUpperCase() === 'ITEM' ? 'DATASET_ITEM' : words.toUpperCase()) as IdKind;
}
