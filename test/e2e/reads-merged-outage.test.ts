import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ListDatasetsDocument, type ListDatasetsQuery, type Vendor } from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, datasetsOf, type Listed, nameOf, present } from './reading.ts';

type Page = NonNullable<ListDatasetsQuery['datasets']>;

let gateway: TestGateway;
let expected: readonly Listed[];
beforeEach(async () => {
  gateway = await startTestGateway();
  expected = datasetsOf(gateway.sandbox);
});
afterEach(() => gateway.dispose());

const support = () => gateway.sandbox.datadog.state.project('acme', 'support-assistant');
const unavailable = { type: 'answer', status: 503, body: '{"errors":["maintenance"]}' } as const;

/** A part of the answer that can be missing, and how to take it away; gives back what brings it again. */
interface Outage {
  readonly what: string;
  readonly vendor: Vendor;
  begin(): () => void;
  covers(listed: Listed): boolean;
}

function isInSupport({ vendorId }: Listed): boolean {
  return support().datasets.has(vendorId);
}

const outages: readonly Outage[] = [
  {
    what: 'Datadog',
    vendor: 'DATADOG',
    begin: () => gateway.sandbox.datadog.server.faults.add({ effect: unavailable }),
    covers: ({ vendor }) => vendor === 'DATADOG',
  },
  {
    what: "Datadog's list of projects",
    vendor: 'DATADOG',
    begin: () => gateway.sandbox.datadog.server.faults.add({ path: '/projects\\?', effect: unavailable }),
    covers: ({ vendor }) => vendor === 'DATADOG',
  },
  {
    what: 'one project of Datadog',
    vendor: 'DATADOG',
    begin: () =>
      gateway.sandbox.datadog.server.faults.add({ path: `/${support().id}/datasets`, effect: unavailable }),
    covers: isInSupport,
  },
  {
    what: 'Humanloop',
    vendor: 'HUMANLOOP',
    begin: () => gateway.sandbox.humanloop.server.faults.add({ effect: unavailable }),
    covers: ({ vendor }) => vendor === 'HUMANLOOP',
  },
  {
    what: 'PostHog',
    vendor: 'POSTHOG',
    begin: () => gateway.sandbox.posthog.server.faults.add({ effect: { type: 'reset-before' } }),
    covers: ({ vendor }) => vendor === 'POSTHOG',
  },
];

async function readPage(after: string | null, first: number): Promise<Page> {
  return present(dataOf(await gateway.query(ListDatasetsDocument, { first, after })).datasets);
}

/** Reads on while there is a next page or something is missing; `before` runs before each page. */
async function readOn(
  first: number,
  before: (turn: number, pages: readonly Page[]) => 'go on' | 'stop',
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  let after: string | null = null;
  for (let turn = 0; turn < 100; turn += 1) {
    if (before(turn, pages) === 'stop') return pages;
    const page: Page = await readPage(after, first);
    pages.push(page);
    if (!page.pageInfo.hasNextPage && page.sourceErrors.length === 0) return pages;
    after = present(page.pageInfo.endCursor, 'the end cursor of a page with something missing');
  }
  throw new Error('the list does not end');
}

const namesOn = (pages: readonly Page[]): readonly string[] =>
  pages.flatMap(({ nodes }) => nodes.map(nameOf));

function expectEachOnce(pages: readonly Page[]): void {
  const names = namesOn(pages);
  expect(new Set(names).size).toBe(names.length);
  expect(names.toSorted()).toEqual(expected.map(nameOf).toSorted());
}

function expectNamed({ sourceErrors }: Page, outage: Outage): void {
  expect(sourceErrors).toHaveLength(1);
  expect(sourceErrors[0]).toMatchObject({
    vendor: outage.vendor,
    code: 'SOURCE_UNAVAILABLE',
    resource: outage.what.startsWith('one project') ? `project ${support().id}` : null,
  });
}

describe.each(outages)('while $what is down', (outage) => {
  it('on the first page, the others are there, and what was missed comes once it is back', async () => {
    const end = outage.begin();
    const pages = await readOn(20, (turn) => {
      if (turn === 1) end();
      return 'go on';
    });
    const [first, ...later] = pages;
    const others = expected.filter((listed) => !outage.covers(listed));
    expect(present(first).nodes.map(nameOf)).toEqual(others.slice(0, 20).map(nameOf));
    expectNamed(present(first), outage);
    expect(later.every(({ sourceErrors }) => sourceErrors.length === 0)).toBe(true);
    expectEachOnce(pages);
  });

  it('on the first three pages, all of it comes all the same', async () => {
    const end = outage.begin();
    const pages = await readOn(20, (turn) => {
      if (turn === 3) end();
      return 'go on';
    });
    for (const page of pages.slice(0, 3)) expectNamed(page, outage);
    const others = expected.filter((listed) => !outage.covers(listed));
    expect(namesOn(pages.slice(0, 3))).toEqual(others.slice(0, 60).map(nameOf));
    expectEachOnce(pages);
  });

  it('in the middle, it goes on from where it stood', async () => {
    let end: () => void = outage.begin();
    end();
    const pages = await readOn(20, (turn) => {
      if (turn === 2) end = outage.begin();
      if (turn === 4) end();
      return 'go on';
    });
    expect(namesOn(pages.slice(0, 2))).toEqual(expected.slice(0, 40).map(nameOf));
    for (const page of pages.slice(2, 4)) expectNamed(page, outage);
    const others = expected.slice(40).filter((listed) => !outage.covers(listed));
    expect(namesOn(pages.slice(2, 4))).toEqual(others.slice(0, 40).map(nameOf));
    expectEachOnce(pages);
  });

  it('every other page, nothing is skipped and nothing repeated', async () => {
    let end: () => void = outage.begin();
    end();
    const pages = await readOn(15, (turn) => {
      if (turn % 2 === 0) end = outage.begin();
      else end();
      return 'go on';
    });
    pages.forEach((page, turn) => {
      expect(page.sourceErrors).toHaveLength(turn % 2 === 0 ? 1 : 0);
    });
    expectEachOnce(pages);
  });

  it('to the end, all others come, and the missing part can still be had from the last cursor', async () => {
    const end = outage.begin();
    const others = expected.filter((listed) => !outage.covers(listed)).map(nameOf);
    const pages = await readOn(50, (_turn, sofar) => {
      return sofar.at(-1)?.pageInfo.hasNextPage === false ? 'stop' : 'go on';
    });
    expect(namesOn(pages)).toEqual(others);
    for (const page of pages) expectNamed(page, outage);

    const cursor = present(pages.at(-1)?.pageInfo.endCursor);
    const again = await readPage(cursor, 50);
    expect(again.nodes).toEqual([]);
    expectNamed(again, outage);
    expect(again.pageInfo.hasNextPage).toBe(false);

    end();
    const rest: Page[] = [];
    for (let after: string | null = present(again.pageInfo.endCursor); after !== null; ) {
      const page: Page = await readPage(after, 50);
      rest.push(page);
      after = page.pageInfo.hasNextPage ? present(page.pageInfo.endCursor) : null;
    }
    expect(namesOn(rest)).toEqual(expected.filter(outage.covers).map(nameOf));
    expectEachOnce([...pages, ...rest]);
  });
});

describe('while every vendor is down', () => {
  it('a page is empty and says why for each, and all comes once they are back', async () => {
    const ends = outages.filter(({ what }) => !what.includes('project')).map((outage) => outage.begin());
    const pages = await readOn(30, (turn) => {
      if (turn === 2) for (const end of ends) end();
      return 'go on';
    });
    for (const page of pages.slice(0, 2)) {
      expect(page.nodes).toEqual([]);
      expect(page.sourceErrors.map(({ vendor }) => vendor).toSorted()).toEqual([
        'DATADOG',
        'HUMANLOOP',
        'POSTHOG',
      ]);
    }
    expect(namesOn(pages)).toEqual(expected.map(nameOf));
  });
});

describe('a vendor that was down when others were read to the end', () => {
  it('is refused with the cursor of another filter, like any other list', async () => {
    const end = present(outages[3]).begin();
    const page = await readPage(null, 10);
    end();
    const variables = { after: page.pageInfo.endCursor, filter: { vendors: ['HUMANLOOP' as const] } };
    const answer = await gateway.query(ListDatasetsDocument, variables);
    expect(answer.errors).toMatchObject([{ path: ['datasets'], extensions: { code: 'INVALID_INPUT' } }]);
  });
});
