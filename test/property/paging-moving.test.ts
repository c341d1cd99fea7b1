import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSources, type ShapeLimits, sizeOf, sourceShapes } from './arbitrary-lists.ts';
import type { MemoryList, MemorySource } from './memory-list.ts';
import { readAll } from './paging.ts';

const runs = { seed: 20_260_103, numRuns: 250 };

/** What happens to one list between two pages. */
interface Movement {
  readonly inserted: number;
  /** Places of rows, taken modulo the length of the list. */
  readonly deleted: readonly number[];
}

const movements = fc.array(
  fc.array(fc.record({ inserted: fc.nat({ max: 6 }), deleted: fc.array(fc.nat(), { maxLength: 6 }) }), {
    minLength: 1,
    maxLength: 5,
  }),
  { minLength: 1, maxLength: 4 },
);

interface Seen {
  /** Everything that was ever deleted, by id. */
  readonly deleted: Set<string>;
  inserted: number;
}

/** Moves a list by at most a page. */
function move(list: MemoryList, movement: Movement, page: number, size: number, seen: Seen): void {
  const places = new Set(movement.deleted.slice(0, size).map((place) => place % Math.max(1, list.size)));
  for (const { id } of list.deleteAt(places)) seen.deleted.add(id);
  const count = Math.min(movement.inserted, size);
  // Newer than everything that was there.
  const rows = Array.from({ length: count }, (_, index) => ({
    id: `${list.name}+${page}.${index}`,
    day: 1_000 + page,
    isBad: false,
  }));
  list.insertAtTop(rows);
  seen.inserted += count;
}

async function nothingIsSkippedOrRepeated(
  limits: ShapeLimits,
  sizes: fc.Arbitrary<readonly number[]>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(sourceShapes(limits), sizes, movements, async (shape, pageSizes, plan) => {
      const sources: readonly MemorySource[] = makeSources(shape);
      const lists = sources.flatMap((source) => source.lists);
      const original = lists.flatMap((list) => list.goodItems);
      const smallest = Math.min(...pageSizes);
      const seen: Seen = { deleted: new Set(), inserted: 0 };
      const pages = await readAll(sources, {
        size: sizeOf(pageSizes),
        before: (page) => {
          const step = page === 0 || page > 12 ? undefined : plan[page % plan.length];
          if (step === undefined) return;
          lists.forEach((list, index) => {
            const movement = step[index % step.length];
            if (movement !== undefined) move(list, movement, page, smallest, seen);
          });
        },
      });
      const given = pages.flatMap(({ items }) => items.map(({ id }) => id));
      expect(given).toEqual([...new Set(given)]);
      const throughout = original.filter(({ id }) => !seen.deleted.has(id));
      expect(throughout.filter(({ id }) => !given.includes(id))).toEqual([]);
    }),
    runs,
  );
}

const oneSize = fc.integer({ min: 1, max: 6 }).map((size) => [size]);
const severalSizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 4 });

describe('pages over lists that grow at their top and lose rows meanwhile, by a page at most', () => {
  it('skip and repeat nothing', () =>
    nothingIsSkippedOrRepeated({ isOrdered: true, badRows: false, caps: false }, oneSize));

  it('skip and repeat nothing when pages are of different sizes', () =>
    nothingIsSkippedOrRepeated({ isOrdered: true, badRows: false, caps: false }, severalSizes));

  it('skip and repeat nothing when vendors give fewer rows than they are asked for', () =>
    nothingIsSkippedOrRepeated({ isOrdered: true, badRows: false, caps: true }, oneSize));

  it('skip and repeat nothing among bad rows', () =>
    nothingIsSkippedOrRepeated({ isOrdered: true, badRows: true, caps: true }, severalSizes));
});
