import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../sandbox/core/random.ts';
import { at } from '../support/first-of.ts';
import { type Answer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';

let gateway: TestGateway;
let ids: KnownIds;

forbidUnhandledRejections();
beforeAll(async () => {
  gateway = await startTestGateway();
  ids = await readKnownIds(gateway);
});
afterAll(() => gateway.dispose());

interface List {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  readonly sourceErrors: readonly { readonly code: string }[];
}
type Data = { readonly list: List | null; readonly node?: { readonly list: List | null } };

interface Listed {
  readonly name: string;
  /** The field; `$page` stands for `first` and `after`. */
  readonly field: string;
  readonly of?: readonly [keyof KnownIds, type: string];
}

const lists: readonly Listed[] = [
  { name: 'datasets', field: 'datasets($page)' },
  { name: 'datasets of one vendor', field: 'datasets($page, filter: { vendors: [DATADOG] })' },
  { name: 'datasets found by a text', field: 'datasets($page, filter: { search: "golden" })' },
  {
    name: 'datasets by name',
    field: 'datasets($page, filter: { vendors: [HUMANLOOP] }, orderBy: { field: NAME, direction: ASC })',
  },
  {
    name: 'datasets by name, backwards',
    field: 'datasets($page, filter: { vendors: [HUMANLOOP] }, orderBy: { field: NAME, direction: DESC })',
  },
  { name: 'prompts', field: 'prompts($page)' },
  { name: 'prompts of one vendor', field: 'prompts($page, filter: { vendors: [POSTHOG] })' },
  { name: 'items over all datasets', field: 'datasetItems($page)' },
  { name: 'trace reviews', field: 'traceReviews($page)' },
  {
    name: 'trace reviews by creation',
    field: 'traceReviews($page, orderBy: { field: CREATED_AT, direction: ASC })',
  },
  { name: 'score definitions', field: 'scoreDefinitions($page)' },
  { name: 'score definitions of a kind', field: 'scoreDefinitions($page, filter: { kind: BOOLEAN })' },
  { name: 'projects', field: 'projects($page)' },
  { name: 'Model Lab projects', field: 'modelLabProjects($page)' },
  {
    name: 'Model Lab projects by name',
    field: 'modelLabProjects($page, orderBy: { field: NAME, direction: ASC })',
  },
  { name: 'items of a Datadog dataset', field: 'items($page)', of: ['datadogDataset', 'Dataset'] },
  { name: 'items of a Humanloop dataset', field: 'items($page)', of: ['humanloopDataset', 'Dataset'] },
  { name: 'items of a version', field: 'items($page)', of: ['humanloopDatasetVersion', 'DatasetVersion'] },
  { name: 'versions of a Humanloop dataset', field: 'versions($page)', of: ['humanloopDataset', 'Dataset'] },
  { name: 'versions of a Humanloop prompt', field: 'versions($page)', of: ['humanloopPrompt', 'Prompt'] },
  { name: 'datasets of a project', field: 'datasets($page)', of: ['project', 'Project'] },
];

async function read({ field, of }: Listed, after: string | null, first = 2): Promise<Answer<Data>> {
  const selection = `list: ${field.replace('$page', 'first: $first, after: $after')} {
    nodes { id } pageInfo { hasNextPage endCursor } sourceErrors { code }
  }`;
  const [id, type] = of ?? [];
  const body = id === undefined ? selection : `node(id: "${ids[id]}") { ... on ${type} { ${selection} } }`;
  return gateway.query<Data, object>(`query ($first: Int, $after: String) { ${body} }`, { first, after });
}

function listOf({ data }: Answer<Data>): List | null | undefined {
  return data.node === undefined ? data.list : data.node.list;
}

async function cursorOf(listed: Listed, first = 2): Promise<string> {
  const list = listOf(await read(listed, null, first));
  if (list?.pageInfo.hasNextPage !== true) throw new Error(`${listed.name} has one page only`);
  return list.pageInfo.endCursor;
}

function expectRefused(answer: Answer<Data>, what: string): void {
  expect(answer.status, what).toBe(200);
  expect(listOf(answer), what).toBeNull();
  const error = at(answer.errors, 0);
  expect(error.extensions, what).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['after'] }] });
  expect(error.path?.at(-1), what).toBe('list');
  expect(error.message, what).toMatch(/cursor.*(Use|Page|Begin)/);
}

function expectNoCalls(): void {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) expect(gateway.received(key)).toEqual([]);
}

describe('a cursor', () => {
  it('of another list, filter or order is refused, and nothing is asked with it', async () => {
    const cursors = new Map<string, string>();
    for (const listed of lists) cursors.set(listed.name, await cursorOf(listed));
    expect(new Set(cursors.values()).size).toBe(lists.length);
    for (const key of ['datadog', 'humanloop', 'posthog'] as const) gateway.received(key);
    for (const listed of lists.filter(({ of }) => of === undefined)) {
      for (const [name, cursor] of cursors) {
        if (name === listed.name) continue;
        const answer = await read(listed, cursor);
        expectRefused(answer, `${name} for ${listed.name}`);
        expect(at(answer.errors, 0).message).toContain('another list, filter or order');
        expectNoCalls();
      }
    }
  });

  it('of one dataset is refused for another, and of a version for the current state', async () => {
    const items = { name: 'items', field: 'items($page)' };
    const humanloop = { ...items, of: ['humanloopDataset', 'Dataset'] } as const;
    const others: readonly Listed[] = [
      { ...items, of: ['datadogDataset', 'Dataset'] },
      { ...items, of: ['posthogDataset', 'Dataset'] },
      { ...items, of: ['humanloopDatasetVersion', 'DatasetVersion'] },
    ];
    const cursor = await cursorOf(humanloop);
    for (const other of others) expectRefused(await read(other, cursor), String(other.of));
  });

  it('is good for another page size', async () => {
    for (const listed of lists) {
      const all = listOf(await read(listed, null, 7))?.nodes.map(({ id }) => id);
      const rest = listOf(await read(listed, await cursorOf(listed), 5))?.nodes.map(({ id }) => id);
      expect(rest, listed.name).toEqual(all?.slice(2));
    }
  });

  it.each([
    '',
    ' ',
    'x',
    'garbage',
    'null',
    '🙂',
    '%00',
    '../..',
    "' or 1=1 --",
    ...['null', '[]', '{}', '5', '"x"', '{"l":1,"s":{}}', '{"l":"x","s":[]}', '{"__proto__":{"l":"x"}}'].map(
      (json) => Buffer.from(json).toString('base64url'),
    ),
    'A'.repeat(4_096),
    'A'.repeat(4_097),
    'x'.repeat(100_000),
  ])('that is none is refused, and nothing is asked with it: %s', async (cursor) => {
    for (const key of ['datadog', 'humanloop', 'posthog'] as const) gateway.received(key);
    for (const listed of lists.filter(({ of }) => of === undefined)) {
      expectRefused(await read(listed, cursor), listed.name);
    }
    expectNoCalls();
  });

  it.each(lists)('that is damaged is refused: $name', async (listed) => {
    const random = new Random(4_096);
    const cursor = await cursorOf(listed);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const damaged = new Set([
      cursor.slice(1),
      cursor.slice(0, -1),
      cursor.slice(0, cursor.length >> 1),
      cursor + cursor,
      `${cursor}A`,
      `${cursor}=`,
      ` ${cursor}`,
      `${cursor}\n`,
      cursor.toLowerCase(),
      cursor.split('').reverse().join(''),
    ]);
    for (let turn = 0; turn < 25; turn += 1) {
      const place = random.below(cursor.length);
      damaged.add(cursor.slice(0, place) + random.text(1, alphabet) + cursor.slice(place + 1));
      damaged.add(cursor.slice(0, place) + cursor.slice(place + 1 + random.below(3)));
    }
    damaged.delete(cursor);
    for (const text of damaged) expectRefused(await read(listed, text), text);
  });
});
