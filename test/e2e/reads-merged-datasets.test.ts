import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datadogSeed } from '../../sandbox/datadog/index.ts';
import {
  type DatasetFilter,
  type DatasetOrderField,
  ListDatasetsDocument,
  type ListDatasetsQueryVariables,
  type OrderDirection,
  type Vendor,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, datasetsOf, idOf, type Listed, microsOf, nameOf, present, readPages } from './reading.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

const vendors = ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const;
const subsets: readonly (readonly Vendor[])[] = [1, 2, 3, 4, 5, 6, 7].map((bits) =>
  vendors.filter((_vendor, index) => (bits & (1 << index)) > 0),
);
const all = (): readonly Listed[] => datasetsOf(gateway.sandbox);

async function listPages(variables: ListDatasetsQueryVariables) {
  const pages = await readPages(async (after) => {
    return present(dataOf(await gateway.query(ListDatasetsDocument, { ...variables, after })).datasets);
  });
  expect(pages.flatMap(({ sourceErrors }) => sourceErrors)).toEqual([]);
  return pages;
}

async function listNodes(variables: ListDatasetsQueryVariables) {
  return (await listPages({ first: 100, ...variables })).flatMap(({ nodes }) => nodes);
}

async function listNames(variables: ListDatasetsQueryVariables) {
  return (await listNodes(variables)).map(nameOf);
}

/** Requests that any vendor received since the last call of this. */
function forgetReceived(): readonly string[] {
  return (['datadog', 'humanloop', 'posthog'] as const).flatMap((vendor) => gateway.received(vendor));
}

function projectIdOf(name: string): Promise<string> {
  const { id } = gateway.sandbox.datadog.state.project('acme', name);
  return idOf(gateway, { vendor: 'DATADOG', kind: 'PROJECT', vendorId: id });
}

describe('the list of all datasets', () => {
  it.each([7, 25, 100])('in pages of %i has each exactly once, newest first', async (first) => {
    const expected = all();
    expect(expected.length).toBeGreaterThan(230);
    const pages = await listPages({ first });
    expect(pages.map(({ nodes }) => nodes.length)).toEqual(
      pages.map((_page, index) => Math.min(first, expected.length - index * first)),
    );
    const nodes = pages.flatMap((page) => page.nodes);
    expect(nodes.map(nameOf)).toEqual(expected.map(nameOf));
    expect(nodes.map(({ createdAt }) => microsOf(createdAt))).toEqual(
      expected.map(({ createdAt }) => createdAt),
    );
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(expected.length);
    for (const { edges, nodes: onPage, pageInfo } of pages) {
      expect(edges.map(({ node }) => node.id)).toEqual(onPage.map(({ id }) => id));
      expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor, edges.at(-1)?.cursor]);
      expect(edges.every(({ cursor }) => cursor.length <= 4096)).toBe(true);
    }
  });

  it('goes on from any of its edges', async () => {
    const expected = all().map(nameOf);
    const [page] = await listPages({ first: 60 });
    for (const index of [0, 1, 13, 29, 58]) {
      const after = present(page).edges[index]?.cursor;
      const { datasets } = dataOf(await gateway.query(ListDatasetsDocument, { first: 40, after }));
      expect(datasets?.nodes.map(nameOf)).toEqual(expected.slice(index + 1, index + 41));
      expect(datasets?.pageInfo.hasPreviousPage).toBe(true);
    }
  });

  it('may be paged in pages of changing size', async () => {
    const expected = all().map(nameOf);
    const sizes = [1, 100, 3, 50, 2, 99];
    let turn = 0;
    const pages = await readPages(async (after) => {
      const first = sizes[turn++ % sizes.length] ?? 1;
      return present(dataOf(await gateway.query(ListDatasetsDocument, { first, after })).datasets);
    });
    expect(pages.flatMap(({ nodes }) => nodes.map(nameOf))).toEqual(expected);
  });

  it('has 25 on a page unless told otherwise', async () => {
    for (const first of [undefined, null]) {
      const { datasets } = dataOf(await gateway.query(ListDatasetsDocument, { first }));
      expect(datasets?.nodes).toHaveLength(25);
    }
  });
});

describe('the filter of datasets', () => {
  it.each(subsets)('keeps those of the vendors %j %j %j', async (...kept) => {
    const expected = all().filter(({ vendor }) => kept.includes(vendor));
    expect(await listNames({ first: 40, filter: { vendors: kept } })).toEqual(expected.map(nameOf));
  });

  it.each<DatasetFilter>([{ vendors: [] }, { projectIds: [] }, { vendors: [], projectIds: [], search: 'a' }])(
    'finds nothing by %j, and asks nobody',
    async (filter) => {
      forgetReceived();
      const { datasets } = dataOf(await gateway.query(ListDatasetsDocument, { filter }));
      expect(datasets).toEqual({
        edges: [],
        nodes: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
        sourceErrors: [],
      });
      expect(forgetReceived()).toEqual([]);
    },
  );

  it('is no filter where its members are null', async () => {
    const filter = { vendors: null, search: null, projectIds: null };
    expect(await listNames({ filter })).toEqual(all().map(nameOf));
    expect(await listNames({ filter: null })).toEqual(all().map(nameOf));
  });

  it('keeps those of the projects, each once although a project is named twice', async () => {
    const [one, other] = ['support-assistant', 'knowledge-base-rag'];
    const ids = [await projectIdOf(one), await projectIdOf(other), await projectIdOf(one)];
    const { state } = gateway.sandbox.datadog;
    const own = [one, other].flatMap((name) => [...state.project('acme', name).datasets.keys()]);
    const expected = all().filter(({ vendorId }) => own.includes(vendorId));
    expect(expected.length).toBe(90);
    expect(await listNames({ first: 33, filter: { projectIds: ids } })).toEqual(expected.map(nameOf));
    const none = { projectIds: ids, vendors: ['POSTHOG' as const] };
    expect(await listNames({ filter: none })).toEqual([]);
  });

  it('names a project that there is not, beside the datasets of the others', async () => {
    const real = await projectIdOf('knowledge-base-rag');
    const text = Buffer.from(real, 'base64url').toString();
    const unknown = Buffer.from(text.replace(/.{4}$/, '0000')).toString('base64url');
    const filter = { projectIds: [unknown, real] };
    const { datasets } = dataOf(await gateway.query(ListDatasetsDocument, { first: 100, filter }));
    expect(datasets?.nodes).toHaveLength(24);
    expect(datasets?.sourceErrors).toMatchObject([
      {
        vendor: 'DATADOG',
        code: 'NOT_FOUND',
        httpStatus: 404,
        resource: expect.stringMatching(/^project .*0000$/),
      },
    ]);
  });

  it('refuses what is no id of a project', async () => {
    const ofDataset = present((await listNodes({ first: 100 }))[0]).id;
    for (const id of ['garbage', '', ofDataset]) {
      const answer = await gateway.query(ListDatasetsDocument, { filter: { projectIds: [id] } });
      expect(answer.data).toEqual({ datasets: null });
      expect(answer.errors).toMatchObject([{ path: ['datasets'], extensions: { code: 'INVALID_INPUT' } }]);
    }
  });

  it('searches as each vendor does, over all of them at once', async () => {
    const search = 'ReGression';
    const posthog = gateway.sandbox.posthog.state.project(1001).datasets;
    const means: Record<Vendor, (listed: Listed) => boolean> = {
      // By the whole name, unless the organisation is set to search for a part of it.
      DATADOG: ({ name }) => name.includes(search),
      HUMANLOOP: ({ name }) => name.toLowerCase().includes(search.toLowerCase()),
      POSTHOG: ({ vendorId }) => {
        const { name, description, metadata } = present(posthog.find(({ id }) => id === vendorId));
        return `${name}\n${description}\n${JSON.stringify(metadata)}`
          .toLowerCase()
          .includes(search.toLowerCase());
      },
    };
    gateway.sandbox.datadog.switches.nameFilter = 'contains';
    const expected = all().filter((listed) => means[listed.vendor](listed));
    expect(new Set(expected.map(({ vendor }) => vendor)).size).toBeGreaterThan(1);
    expect(await listNames({ first: 5, filter: { search } })).toEqual(expected.map(nameOf));
    gateway.sandbox.datadog.switches.nameFilter = 'exact';

    const exact = { search: datadogSeed.largestDataset, vendors: ['DATADOG' as const] };
    expect(await listNodes({ filter: exact })).toMatchObject([{ name: datadogSeed.largestDataset }]);
    expect(await listNames({ filter: { search: '' } })).toEqual(all().map(nameOf));
    expect(await listNames({ filter: { search: '%_\'"\\&=#' } })).toEqual([]);
  });
});

describe('the order of datasets', () => {
  const fields: readonly DatasetOrderField[] = ['NAME', 'CREATED_AT', 'UPDATED_AT'];
  const directions: readonly OrderDirection[] = ['ASC', 'DESC'];
  const able: Record<Vendor, (field: DatasetOrderField, direction: OrderDirection) => boolean> = {
    DATADOG: (field, direction) => field === 'CREATED_AT' && direction === 'DESC',
    HUMANLOOP: () => true,
    POSTHOG: (field) => field !== 'NAME',
  };
  const names = { DATADOG: 'Datadog', HUMANLOOP: 'Humanloop', POSTHOG: 'PostHog' } as const;
  const cases = fields.flatMap((field) =>
    directions.flatMap((direction) => subsets.map((kept) => ({ field, direction, kept }))),
  );

  it.each(cases)('$field $direction is kept or refused for $kept', async ({ field, direction, kept }) => {
    const variables = { filter: { vendors: [...kept] }, orderBy: { field, direction } };
    const unable = kept.filter((vendor) => !able[vendor](field, direction));
    if (unable.length > 0) {
      forgetReceived();
      const answer = await gateway.query(ListDatasetsDocument, variables);
      expect(answer.data).toEqual({ datasets: null });
      expect(answer.errors).toMatchObject([{ path: ['datasets'], extensions: { code: 'UNSUPPORTED' } }]);
      const message = present(answer.errors?.[0]).message;
      for (const vendor of vendors) {
        expect(message.includes(names[vendor]), message).toBe(unable.includes(vendor));
      }
      expect(forgetReceived()).toEqual([]);
      return;
    }
    const sign = direction === 'ASC' ? 1 : -1;
    const expected = all().filter(({ vendor }) => kept.includes(vendor));
    const sorted = expected.toSorted((a, b) => {
      if (field === 'NAME') return sign * (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1);
      return field === 'CREATED_AT' ? sign * (a.createdAt - b.createdAt) : sign * (a.updatedAt - b.updatedAt);
    });
    expect(await listNames({ first: 30, ...variables })).toEqual(sorted.map(nameOf));
  });

  it('is refused without a filter, naming every vendor that cannot', async () => {
    const byName = { orderBy: { field: 'NAME', direction: 'ASC' } } as const;
    const answer = await gateway.query(ListDatasetsDocument, byName);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UNSUPPORTED' } }]);
    expect(answer.errors?.[0]?.message).toMatch(/^Datadog and PostHog cannot /);
  });
});

describe('the cursor of datasets', () => {
  it('is refused with another filter or order, and where it is none', async () => {
    const [page] = await listPages({ first: 100 });
    const after = present(page?.pageInfo.endCursor);
    const wrong: ListDatasetsQueryVariables[] = [
      { after, filter: { search: 'a' } },
      { after, filter: { vendors: ['DATADOG', 'HUMANLOOP', 'POSTHOG'] } },
      { after, filter: { vendors: ['POSTHOG'] }, orderBy: { field: 'CREATED_AT', direction: 'ASC' } },
      { after: `${after}x` },
      { after: after.slice(0, -4) },
      { after: '' },
      { after: 'MTIz' },
      { after: 'x'.repeat(5000) },
    ];
    for (const variables of wrong) {
      const answer = await gateway.query(ListDatasetsDocument, variables);
      expect(answer.data).toEqual({ datasets: null });
      expect(answer.errors).toMatchObject([{ path: ['datasets'], extensions: { code: 'INVALID_INPUT' } }]);
    }
  });

  it('is refused when any of it was changed', async () => {
    const [page] = await listPages({ first: 100 });
    const cursor = present(page?.pageInfo.endCursor);
    const other = (character: string) => (character === 'A' ? 'B' : 'A');
    const changed = Array.from({ length: 40 }, (_none, turn) => {
      const at = Math.floor((turn * cursor.length) / 40);
      return cursor.slice(0, at) + other(cursor.charAt(at)) + cursor.slice(at + 1);
    });
    const json = Buffer.from('{"l":"x","s":{}}').toString('base64url');
    for (const after of [
      ...changed,
      cursor.toLowerCase(),
      `${cursor}=`,
      ` ${cursor}`,
      cursor + cursor,
      json,
    ]) {
      const answer = await gateway.query(ListDatasetsDocument, { after });
      expect(answer.data, after).toEqual({ datasets: null });
      expect(answer.errors).toMatchObject([{ path: ['datasets'], extensions: { code: 'INVALID_INPUT' } }]);
    }
  });

  it('is good with the same order spelt out', async () => {
    const [page] = await listPages({ first: 50 });
    const after = present(page?.pageInfo.endCursor);
    const orderBy = { field: 'CREATED_AT', direction: 'DESC' } as const;
    const spelt = dataOf(await gateway.query(ListDatasetsDocument, { first: 5, after, orderBy })).datasets;
    expect(spelt?.nodes.map(nameOf)).toEqual(all().slice(50, 55).map(nameOf));
  });
});
