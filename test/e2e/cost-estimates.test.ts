import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { dataOf, present } from './reading.ts';

let gateway: TestGateway;
let ids: KnownIds;
beforeAll(async () => {
  // What any of these really cost is seen elsewhere: none is to be cut short, or refused.
  gateway = await startTestGateway({ environment: { MAX_UPSTREAM_CALLS: '10000', MAX_COST: '100000' } });
  ids = await readKnownIds(gateway);
  // How many projects there are is known from a list over all.
  await gateway.query('{ datasets(first: 1) { nodes { id } } }');
});
afterAll(() => gateway.dispose());

const projects = () => gateway.sandbox.datadog.state.tenant('acme').projects.size;

async function estimateOf(query: string, variables: object = {}): Promise<number> {
  return present((await gateway.query(query, variables)).cost).estimate;
}

const locks = 'nodes { draftLock { since } }';
const ofDatadog = 'filter: { vendors: [DATADOG] }';

describe('variables count with their values', () => {
  const page = `query ($first: Int = 7) { datasets(first: $first, ${ofDatadog}) { ${locks} } }`;

  it('in the size of a page', async () => {
    const list = 1 + projects();
    expect(await estimateOf(page, { first: 1 })).toBe(list + 1);
    expect(await estimateOf(page, { first: 100 })).toBe(list + 100);
  });

  it('as their defaults, and as the default of the argument where they are null or left out', async () => {
    const list = 1 + projects();
    expect(await estimateOf(page)).toBe(list + 7);
    expect(await estimateOf(page, { first: null })).toBe(list + 25);
    expect(await estimateOf(`query ($f: Int) { datasets(first: $f, ${ofDatadog}) { ${locks} } }`)).toBe(
      list + 25,
    );
    expect(await estimateOf(`{ datasets(${ofDatadog}) { ${locks} } }`)).toBe(list + 25);
  });

  it('in filters, within an input and as the whole of it', async () => {
    const query =
      'query ($v: [Vendor!], $f: DatasetFilter) { a: datasets(filter: { vendors: $v }) { nodes { id } } b: datasets(filter: $f) { nodes { id } } }';
    expect(await estimateOf(query, { v: ['HUMANLOOP'], f: { vendors: ['POSTHOG'] } })).toBe(2);
    expect(await estimateOf(query, { v: ['HUMANLOOP'] })).toBe(1 + 1 + projects() + 2);
    expect(await estimateOf(query, { v: [], f: { projectIds: [ids.project, ids.project] } })).toBe(1);
  });

  it('in lists of ids: each once, by its vendor and kind', async () => {
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    expect(await estimateOf(query, { ids: [] })).toBe(0);
    expect(await estimateOf(query, { ids: [ids.posthogDataset, ids.posthogDataset] })).toBe(1);
    expect(await estimateOf(query, { ids: [ids.traceReview, ids.posthogPrompt, ids.humanloopDataset] })).toBe(
      1 + 1 + 2,
    );
    expect(await estimateOf(query, { ids: ['nonsense'] })).toBe(0);
  });

  it('in conditions: what is skipped costs nothing', async () => {
    const query = `query ($with: Boolean! = false, $without: Boolean! = true) {
      datasets(first: 3, ${ofDatadog}) { nodes { id ... @include(if: $with) { draftLock { since } } versions @skip(if: $without) { nodes { id } } } }
    }`;
    const list = 1 + projects();
    expect(await estimateOf(query)).toBe(list);
    expect(await estimateOf(query, { with: true })).toBe(list + 3);
    expect(await estimateOf(query, { with: true, without: false })).toBe(list + 6);
    expect(await estimateOf(query, { without: false })).toBe(list + 3);
    // Not what an earlier request of the same document had.
    expect(await estimateOf(query)).toBe(list);
  });

  it('not at all where they do not fit: nothing is asked of a vendor', async () => {
    const answer = await gateway.query(page, { first: 'many' });
    expect([answer.errors?.[0]?.extensions.code, answer.cost?.estimate]).toEqual(['INVALID_INPUT', 0]);
    const tooLarge = await gateway.query(page, { first: 101 });
    expect([tooLarge.errors?.[0]?.extensions.code, tooLarge.cost?.estimate]).toEqual(['INVALID_INPUT', 0]);
  });
});

describe('what is asked twice counts once', () => {
  it.each(['datadogDataset', 'humanloopDataset', 'posthogDataset'] as const)(
    '50 aliases of one %s',
    async (name) => {
      const aliases = Array.from(
        { length: 50 },
        (_, index) => `a${index}: dataset(id: "${ids[name]}") { name draftLock { since } }`,
      );
      const one = await estimateOf(`{ dataset(id: "${ids[name]}") { name draftLock { since } } }`);
      expect(await estimateOf(`{ ${aliases.join(' ')} }`)).toBe(one);
    },
  );

  it('the same field in several fragments, with what each of them selects', async () => {
    const query = `
      { datasets(first: 4, ${ofDatadog}) { ...A ...B } ...C }
      fragment A on DatasetConnection { nodes { draftLock { since } } }
      fragment B on DatasetConnection { nodes { ... on Node { ... on Dataset { lock: draftLock { kind } versions { nodes { id } } } } } }
      fragment C on Query { again: datasets(${ofDatadog}, first: 4) { nodes { draftLock { kind } } } }`;
    expect(await estimateOf(query)).toBe(1 + projects() + 4 + 4);
  });

  it('but not what has other arguments', async () => {
    const query = `{ dataset(id: "${ids.datadogDataset}") { a: items(first: 1) { nodes { id } } b: items(first: 2) { nodes { id } } } }`;
    expect(await estimateOf(query)).toBe(1 + 2);
  });

  it('the dataset of items, and the prompt of versions, that were read above', async () => {
    const dataset = `{ dataset(id: "${ids.datadogDataset}") { items(first: 50) { nodes { dataset { name draftLock { since } } } } } }`;
    expect(await estimateOf(dataset)).toBe(1 + 1 + 1);
    const prompt = `{ prompt(id: "${ids.humanloopPrompt}") { versions(first: 50) { nodes { prompt { name } } } } }`;
    expect(await estimateOf(prompt)).toBe(2 + 1);
  });
});

describe('lists', () => {
  it('within lists multiply', async () => {
    const query = `{ projects(first: 5) { nodes { datasets(first: 6) { nodes { items(first: 7) { nodes { id } } draftLock { since } } } } } }`;
    expect(await estimateOf(query)).toBe(1 + 5 * (1 + 6 * (1 + 1)));
  });

  it('over several vendors cost the sum of their pages, and the dearest of their rows', async () => {
    const fields = 'nodes { latestVersion { ref } versions { nodes { id } } draftLock { since } }';
    const rows = { DATADOG: 2, HUMANLOOP: 2, POSTHOG: 0 };
    for (const [vendor, each] of Object.entries(rows)) {
      const list = vendor === 'DATADOG' ? 1 + projects() : 1;
      const query = `{ datasets(first: 10, filter: { vendors: [${vendor}] }) { ${fields} } }`;
      expect([vendor, await estimateOf(query)]).toEqual([vendor, list + 10 * each]);
    }
    expect(await estimateOf(`{ datasets(first: 10) { ${fields} } }`)).toBe(1 + projects() + 2 + 10 * 2);
  });

  it('of edges count as those of nodes', async () => {
    const edges = await estimateOf(
      `{ datasets(first: 9, ${ofDatadog}) { edges { cursor node { draftLock { since } } } } }`,
    );
    expect(edges).toBe(1 + projects() + 9);
  });

  it('of versions with content cost a call a version where the vendor gives it one by one', async () => {
    const versions = (id: string, field: string) =>
      `{ prompt(id: "${id}") { versions(first: 20) { nodes { ${field} } } } }`;
    expect(await estimateOf(versions(ids.posthogPrompt, 'ref'))).toBe(1 + 1);
    expect(await estimateOf(versions(ids.posthogPrompt, 'content { __typename }'))).toBe(1 + 1 + 20);
    expect(await estimateOf(versions(ids.humanloopPrompt, 'content { __typename }'))).toBe(2 + 1);
  });

  it('cost no less than they cause on any of their pages', async () => {
    const lists = [
      'datasets(first: 7, after: $after) { nodes { draftLock { since } }',
      'prompts(first: 9, after: $after) { nodes { id }',
      'datasetItems(first: 30, after: $after) { nodes { dataset { name } }',
      'projects(first: 1, after: $after) { nodes { id }',
      'modelLabProjects(first: 7, after: $after) { nodes { id }',
      'traceReviews(first: 15, after: $after) { nodes { id }',
      'scoreDefinitions(first: 2, after: $after) { nodes { id }',
    ];
    for (const list of lists) {
      let after: string | null = null;
      let pages = 0;
      do {
        const answer: Awaited<ReturnType<typeof gateway.query<Record<string, Page>, object>>> =
          await gateway.query(
            `query ($after: String) { list: ${list} pageInfo { hasNextPage endCursor } } }`,
            { after },
          );
        const { pageInfo } = present(dataOf(answer)['list']);
        const calls = Object.values(present(answer.upstream)).reduce((sum, one) => sum + one.calls, 0);
        expect(calls, `${list} after ${after}`).toBeLessThanOrEqual(present(answer.cost).estimate);
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
        pages += 1;
      } while (after !== null);
      expect(pages, list).toBeGreaterThan(2);
    }
  });
});

interface Page {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

describe('what nobody knows before', () => {
  it('the projects are taken to be as many as were last seen with the same credentials, or as is assumed', async () => {
    const fresh = await startTestGateway({ environment: { ASSUMED_PROJECTS: '40' } });
    try {
      const query = '{ datasets(first: 1, filter: { vendors: [DATADOG] }) { nodes { id } } }';
      expect((await fresh.query(query)).cost?.estimate).toBe(1 + 40);
      const seen = fresh.sandbox.datadog.state.tenant('acme').projects.size;
      expect((await fresh.query(query)).cost?.estimate).toBe(1 + seen);
      expect((await fresh.query('{ modelLabProjects { nodes { id } } }')).cost?.estimate).toBe(1);
    } finally {
      await fresh.dispose();
    }
  });

  it('a vendor without credentials is asked nothing, and costs nothing', async () => {
    const part = await startTestGateway({
      environment: { HUMANLOOP_API_KEY: undefined, DD_API_KEY: undefined, DD_APP_KEY: undefined },
    });
    try {
      expect((await part.query('{ datasets { nodes { id } } sources { status } }')).cost?.estimate).toBe(
        1 + 1,
      );
      const named = await part.query(
        '{ datasets(filter: { vendors: [HUMANLOOP] }) { nodes { id } sourceErrors { code } } }',
      );
      expect(named.cost?.estimate).toBe(0);
    } finally {
      await part.dispose();
    }
  });
});

describe('diffs and subscriptions', () => {
  it('a diff costs both versions whole', async () => {
    const side = (id: string) => `{ datasetId: "${id}" }`;
    const diff = (base: string, head: string) =>
      `{ datasetDiff(base: ${side(base)}, head: ${side(head)}) { addedCount } }`;
    const alone = await estimateOf(diff(ids.humanloopDataset, ids.humanloopDataset));
    const both = await estimateOf(diff(ids.humanloopDataset, ids.datadogDataset));
    expect([alone, both]).toEqual([2 * (11 + 2 + 1 + 1), 11 + 2 + 1 + 1 + 11 + 1]);
  });

  it('a source is probed once, however much of it is asked', async () => {
    expect(await estimateOf('{ sources { vendor } }')).toBe(0);
    expect(await estimateOf('{ sources { status statusReason rateLimit { limit } } }')).toBe(3);
  });

  it('a mutation costs what its answer selects', async () => {
    const mutation = (selection: string) =>
      `mutation { lockDatasetDraft(input: { datasetId: "${ids.datadogDataset}" }) { ... on LockDatasetDraftSuccess { ${selection} } } }`;
    expect(await estimateOf(mutation('datasetId'))).toBe(0);
    expect(await estimateOf(mutation('dataset { name }'))).toBe(2);
    const answer = await gateway.query(mutation('dataset { name versions { nodes { id } } }'));
    expect([answer.errors, at(Object.values(present(answer.cost)), 0)]).toEqual([undefined, 3]);
  });
});
