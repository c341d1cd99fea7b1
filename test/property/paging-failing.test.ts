import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSources, pageSizes, type ShapeLimits, sizeOf, sourceShapes } from './arbitrary-lists.ts';
import type { Item, MemorySource } from './memory-list.ts';
import { type PageRead, readAll } from './paging.ts';

const runs = { seed: 20_260_102, numRuns: 100 };

/** What fails on one page: whole sources, and of each list some of the calls, the first or later ones. */
interface Outage {
  readonly sources: readonly number[];
  readonly calls: readonly (readonly number[])[];
}

const outages: fc.Arbitrary<readonly Outage[]> = fc.array(
  fc.record({
    sources: fc.array(fc.nat({ max: 2 }), { maxLength: 2 }),
    calls: fc.array(fc.array(fc.nat({ max: 2 }), { maxLength: 2 }), { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 6 },
);

function playOutage(sources: readonly MemorySource[], outage: Outage | undefined): void {
  sources
    .flatMap(({ lists }) => lists)
    .forEach((list, index) => {
      list.failingCalls = new Set(outage?.calls[index % outage.calls.length] ?? []);
    });
}

function readThrough(
  sources: readonly MemorySource[],
  sizes: readonly number[],
  plan: readonly Outage[],
): Promise<PageRead[]> {
  return readAll(sources, {
    size: sizeOf(sizes),
    before: (page) => playOutage(sources, plan[page]),
    lostSources: (page) => new Set(plan[page]?.sources.map((index) => sources[index]?.key ?? 'none') ?? []),
  });
}

function expectEveryItemOnce(sources: readonly MemorySource[], items: readonly Item[]): void {
  for (const list of sources.flatMap(({ lists }) => lists)) {
    expect(items.filter((item) => item.list === list.name)).toEqual(list.goodItems);
  }
}

async function everythingComesInTheEnd(limits: ShapeLimits): Promise<void> {
  await fc.assert(
    fc.asyncProperty(sourceShapes(limits), pageSizes, outages, async (shape, sizes, plan) => {
      const sources = makeSources(shape);
      const pages = await readThrough(sources, sizes, plan);
      expectEveryItemOnce(
        sources,
        pages.flatMap(({ items }) => items),
      );
    }),
    runs,
  );
}

describe('pages while vendors fail and recover', () => {
  it('give every item once in the end, each list in its own order', () =>
    everythingComesInTheEnd({ isOrdered: true, badRows: false, caps: true }));

  it('give every item once in the end of lists with bad rows, in whatever order they are', () =>
    everythingComesInTheEnd({ isOrdered: false, badRows: true, caps: true }));

  it('name each failure on the page on which it happens, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        sourceShapes({ isOrdered: true, badRows: false, caps: true }),
        pageSizes,
        outages,
        async (shape, sizes, plan) => {
          const pages = await readThrough(makeSources(shape), sizes, plan);
          for (const { merged, failures } of pages) {
            expect(merged.sourceErrors.map(({ message }) => message).toSorted()).toEqual(failures.toSorted());
            expect(merged.sourceErrors.every(({ code }) => code === 'SOURCE_UNAVAILABLE')).toBe(true);
          }
        },
      ),
      runs,
    );
  });

  it('say of a failing list which one it is', async () => {
    const [source] = makeSources({
      isOrdered: true,
      sources: [
        [
          { style: 'token', cap: 9, rows: [{ day: 1, isBad: false }] },
          { style: 'offset', cap: 9, rows: [{ day: 1, isBad: false }] },
        ],
      ],
    });
    const sources = source === undefined ? [] : [source];
    const [page] = await readThrough(sources, [5], [{ sources: [], calls: [[0], []] }]);
    expect(page?.merged.sourceErrors.map(({ resource }) => resource)).toEqual(['list 0.0']);
    expect(page?.items.map(({ list }) => list)).toEqual(['0.1']);
  });
});
