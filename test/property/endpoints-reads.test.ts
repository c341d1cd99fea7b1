import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printOf } from '../../src/resolvers/print-of.ts';
import { campaignReads } from '../faults/reads.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type HostileScene, startHostileScene } from './hostile-scene.ts';
import { addressOf, forgedId, hostileTexts } from './hostile-values.ts';

/** A way up, and a word of a vendor's own routes, are always among what is tried. */
const runs = { seed: 20_261_125, numRuns: 9, examples: [['..'], ['prompts']] satisfies [string][] };

let scene: HostileScene;
let ids: KnownIds;

forbidUnhandledRejections();
beforeAll(async () => {
  scene = await startHostileScene();
  ids = await readKnownIds(scene.gateway);
});
afterAll(async () => {
  await scene?.dispose();
});

/** Runs what a hostile text makes, and looks at what the vendors got. */
async function hostile(run: (text: string) => Promise<unknown>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(hostileTexts, async (text) => {
      scene.clear();
      await run(text);
      scene.check(text);
    }),
    runs,
  );
}

/** Each part of the address of an id, forged, with the vendor knowing the thing by the forged name. */
async function forgeEachPart(id: string, run: (forged: string) => Promise<unknown>): Promise<void> {
  const address = addressOf(id);
  for (const [part, own] of address?.parts.entries() ?? []) {
    await hostile(async (text) => {
      // The source of an id is the vendor's name in lower case: one source a vendor.
      scene.vendors[address?.source as 'datadog' | 'humanloop' | 'posthog'].rename(own, text);
      await run(forgedId(id, part, text));
    });
  }
}

describe.each(
  Object.entries(campaignReads).flatMap(([key, reads]) => reads.map((read) => ({ key, ...read }))),
)('reading $name of $key', ({ selection }) => {
  it('goes where the vendor documents it, whatever stands in an id', async () => {
    const own = Object.values(ids).filter((id) => selection(ids).includes(id));
    for (const id of own) {
      await forgeEachPart(id, (forged) => scene.query(`{ ${selection(ids).replaceAll(id, forged)} }`));
    }
    if (own.length === 0) {
      await scene.query(`{ ${selection(ids)} }`);
      scene.check('');
    }
  });
});

const nodes = 'nodes { id } sourceErrors { code } pageInfo { endCursor }';

/** Everything of a query that is a text of the caller's and no id: `$text` stands for it. */
const texts: Readonly<Record<string, string>> = {
  'a search for datasets': `datasets(first: 2, filter: { search: $text }) { ${nodes} }`,
  'a search for prompts': `prompts(first: 2, filter: { search: $text }) { ${nodes} }`,
  'a search for projects of the Model Lab': `modelLabProjects(first: 2, filter: { search: $text }) { ${nodes} }`,
  'an owner in the Model Lab': `modelLabProjects(first: 2, filter: { ownerId: $text }) { ${nodes} }`,
  'the value of a tag in the Model Lab': `modelLabProjects(first: 2, filter: { tags: [{ key: "team", value: $text }] }) { ${nodes} }`,
  'the key of a tag in the Model Lab': `modelLabProjects(first: 2, filter: { tags: [{ key: $text, value: "a" }] }) { ${nodes} }`,
  'a trace id': `traceReviews(first: 2, filter: { traceIds: [$text] }) { ${nodes} }`,
  'trace ids': `traceReviews(first: 2, filter: { traceIds: ["a", $text, "b,c"] }) { ${nodes} }`,
  'a search for reviews': `traceReviews(first: 2, filter: { search: $text }) { ${nodes} }`,
  'a search for score definitions': `scoreDefinitions(first: 2, filter: { search: $text }) { ${nodes} }`,
  'a version of a dataset of Datadog': 'dataset(id: $datadogDataset) { version(ref: $text) { ref } }',
  'a version of a dataset of Humanloop': 'dataset(id: $humanloopDataset) { version(ref: $text) { ref } }',
  'a version of a prompt of Datadog': 'prompt(id: $datadogPrompt) { version(ref: $text) { ref } }',
  'a version of a prompt of Humanloop': 'prompt(id: $humanloopPrompt) { version(ref: $text) { ref } }',
  'a version of a prompt of PostHog': 'prompt(id: $posthogPrompt) { version(ref: $text) { ref } }',
  'a version to compare at Datadog':
    'datasetDiff(base: { datasetId: $datadogDataset, versionRef: $text }, head: { datasetId: $datadogDataset }) { __typename }',
  'a version to compare at Humanloop':
    'datasetDiff(base: { datasetId: $humanloopDataset, versionRef: $text }, head: { datasetId: $humanloopDataset }) { __typename }',
  'a version of a prompt to compare':
    'promptDiff(base: { promptId: $posthogPrompt, versionRef: $text }, head: { promptId: $humanloopPrompt, versionRef: $text }) { __typename }',
};

function documentOf(field: string): string {
  const used = Object.keys(ids).filter((name) => new RegExp(`\\$${name}\\b`).test(field));
  const variables = [
    ...used.map((name) => `$${name}: ID!`),
    ...(/\$text\b/.test(field) ? ['$text: String!'] : []),
  ];
  return `query${variables.length === 0 ? '' : `(${variables.join()})`} { ${field} }`;
}

describe('a text of a caller', () => {
  it.each(Object.entries(texts))('is one value of what the vendor documents: %s', async (_name, field) => {
    const document = documentOf(field);
    const { status, text } = await scene.query(document, { ...ids, text: 'plain' });
    expect([status, text]).toEqual([200, expect.not.stringContaining('GRAPHQL_VALIDATION')]);
    await hostile((value) => scene.query(document, { ...ids, text: value }));
  });

  it('is one value as an id of the vendor, of every kind that there is', async () => {
    const kinds = [
      ...['DATASET', 'DATASET_VERSION', 'DATASET_ITEM', 'PROMPT', 'PROMPT_VERSION', 'TRACE_REVIEW'],
      ...['SCORE_DEFINITION', 'PROJECT', 'MODEL_LAB_PROJECT'],
    ];
    for (const vendor of ['DATADOG', 'HUMANLOOP', 'POSTHOG']) {
      for (const kind of kinds) {
        const document = 'query ($ref: VendorRef!) { resource(ref: $ref) { id } }';
        await hostile((text) => scene.query(document, { ref: { vendor, kind, vendorId: text } }));
        const parent = { vendor, kind, vendorId: 'a', parentVendorId: undefined };
        await hostile((text) => scene.query(document, { ref: { ...parent, parentVendorId: text } }));
      }
    }
  });
});

describe('a download', () => {
  it('goes where the vendor documents it, whatever stands in its address', async () => {
    for (const id of [ids.datadogDataset, ids.humanloopDataset, ids.posthogDataset]) {
      await forgeEachPart(id, (forged) => scene.send(`/export/datasets/${forged}.csv`, {}));
      await hostile((text) => {
        const ref = encodeURIComponent(text.toWellFormed());
        return scene.send(`/export/datasets/${id}.csv?versionRef=${ref}`, {});
      });
    }
  });
});

/** Every list that can be paged at a vendor, by a field that has a next page. */
const lists: readonly string[] = [
  'datasets(first: 2, after: $text)',
  'datasets(first: 2, after: $text, filter: { vendors: [DATADOG] })',
  'datasets(first: 2, after: $text, filter: { vendors: [POSTHOG] }, orderBy: { field: CREATED_AT, direction: ASC })',
  'prompts(first: 2, after: $text)',
  'traceReviews(first: 2, after: $text)',
  'scoreDefinitions(first: 1, after: $text)',
  'projects(first: 1, after: $text)',
  'modelLabProjects(first: 1, after: $text)',
  'datasetItems(first: 1, after: $text)',
  'datasetItems(first: 1, after: $text, filter: { datasetId: $datadogDataset })',
  'datasetItems(first: 1, after: $text, filter: { datasetId: $humanloopDataset })',
  'dataset(id: $datadogDataset) { versions(first: 1, after: $text)',
  'dataset(id: $humanloopDataset) { versions(first: 1, after: $text)',
  'prompt(id: $datadogPrompt) { versions(first: 1, after: $text)',
  'prompt(id: $humanloopPrompt) { versions(first: 1, after: $text)',
  'prompt(id: $posthogPrompt) { versions(first: 1, after: $text)',
];

const printLength = printOf('').length;

function bodyOf(cursor: string): unknown {
  return JSON.parse(Buffer.from(cursor.slice(0, -printLength), 'base64url').toString('utf8'));
}

/** A cursor as this gateway would make it, print and all. */
function cursorOf(body: unknown): string {
  const text = Buffer.from(JSON.stringify(body)).toString('base64url');
  return text + printOf(text);
}

/** Every way to put a text in place of one that stands in a JSON value. */
function* replacements(value: unknown, text: string): Generator<unknown> {
  if (typeof value === 'string') yield text;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    for (const other of replacements(inner, text)) {
      yield Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other };
    }
  }
}

describe('a forged cursor', () => {
  it.each(lists)('leads nowhere but to that list: %s', async (list) => {
    const open = list.includes('{ versions');
    const field = `${list} { ${nodes} } ${open ? '}' : ''}`;
    const first = await scene.query(documentOf(field.replace(/, after: \$text/, '')), ids);
    const cursor = /"endCursor":"([^"]+)"/.exec(first.text)?.[1] ?? '';
    expect(cursor, first.text).not.toBe('');
    const document = documentOf(field);
    const honest = bodyOf(cursor);
    expect(cursorOf(honest)).toBe(cursor);
    await hostile(async (text) => {
      for (const forged of replacements(honest, text)) {
        await scene.query(document, { ...ids, text: cursorOf(forged) });
      }
    });
    // Positions are numbers as text at some vendors.
    for (const number of [
      '-1',
      '0',
      '1e9',
      '99999999999999999999',
      'NaN',
      '1.5',
      '0x10',
      ' 1',
      '9007199254740993',
    ]) {
      for (const forged of replacements(honest, number)) {
        scene.clear();
        await scene.query(document, { ...ids, text: cursorOf(forged) });
        scene.check(number);
      }
    }
  });
});

it('and some of it came as far as a vendor', () => {
  expect(scene.marked).toBeGreaterThan(120);
});
