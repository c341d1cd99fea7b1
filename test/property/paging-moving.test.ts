import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSources, type ShapeLimits, type SourcesShape, sizeOf, sourceShapes } from './arbitrary-lists.ts';
import type { MemoryList } from './memory-list.ts';
import { readAll } from './paging.ts';

const runs = { seed: 20_260_103, numRuns: 60 };

/** What happens to one list between two pages. */
interface Movement {
  readonly inserted: number;
  /** Places of rows, taken modulo the length of the list. */
  readonly deleted: readonly number[];
}

/** By page, then by list, over and over. */
type Plan = readonly (readonly Movement[])[];

function plans(most: number): fc.Arbitrary<Plan> {
  const movement = fc.record({
    inserted: fc.nat({ max: most }),
    deleted: fc.array(fc.nat(), { maxLength: most, size: 'max' }),
  });
  return fc.array(fc.array(movement, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
}

/** Moves a list, by so many rows at most; gives the ids of those that are gone. */
function move(list: MemoryList, movement: Movement, page: number, most: number): readonly string[] {
  const places = movement.deleted.slice(0, most).map((place) => place % Math.max(1, list.size));
  const gone = list.deleteAt(new Set(places));
  const count = Math.min(movement.inserted, most);
  // Newer than everything that was there.
  list.insertAtTop(
    Array.from({ length: count }, (_, index) => ({
      id: `${list.name}+${page}.${index}`,
      day: 1_000 * (page + 1) + count - index,
      isBad: false,
    })),
  );
  return gone.map(({ id }) => id);
}

async function nothingIsSkippedOrRepeated(
  shapes: fc.Arbitrary<SourcesShape>,
  sizes: fc.Arbitrary<readonly number[]>,
  most: 'a page' | number,
): Promise<void> {
  const plan = plans(most === 'a page' ? 6 : most);
  await fc.assert(
    fc.asyncProperty(shapes, sizes, plan, async (shape, pageSizes, steps) => {
      const sources = makeSources(shape);
      const lists = sources.flatMap((source) => source.lists);
      const original = lists.flatMap((list) => list.goodItems);
      const deleted = new Set<string>();
      const pages = await readAll(sources, {
        size: sizeOf(pageSizes),
        before: (page) => {
          const step = page === 0 || page > 12 ? undefined : steps[page % steps.length];
          lists.forEach((list, index) => {
            const movement = step?.[index % step.length];
            if (movement === undefined) return;
            const bound = most === 'a page' ? Math.min(...pageSizes) : most;
            for (const id of move(list, movement, page, bound)) deleted.add(id);
          });
        },
      });
      const given = pages.flatMap(({ items }) => items.map(({ id }) => id));
      expect(given).toEqual([...new Set(given)]);
      const throughout = original.filter(({ id }) => !deleted.has(id));
      expect(throughout.filter(({ id }) => !given.includes(id))).toEqual([]);
    }),
    runs,
  );
}

/** The same lists with a day of its own for each row. */
function withDistinctDays(shape: SourcesShape): SourcesShape {
  return {
    ...shape,
    sources: shape.sources.map((lists) =>
      lists.map((list) => ({
        ...list,
        rows: list.rows.map(({ isBad }, index) => ({ isBad, day: list.rows.length - index })),
      })),
    ),
  };
}

const oneSize = fc.integer({ min: 1, max: 6 }).map((size) => [size]);
const severalSizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 4 });

function ordered(limits: Omit<ShapeLimits, 'isOrdered'>): fc.Arbitrary<SourcesShape> {
  return sourceShapes({ ...limits, isOrdered: true });
}

describe('pages over lists that grow at their top and lose rows meanwhile, by a page at most', () => {
  it('skip and repeat nothing', () =>
    nothingIsSkippedOrRepeated(ordered({ badRows: false, caps: false, longest: 40 }), oneSize, 'a page'));

  it('skip and repeat nothing when pages are of different sizes', () =>
    nothingIsSkippedOrRepeated(ordered({ badRows: false, caps: false }), severalSizes, 'a page'));

  it('skip and repeat nothing when vendors give fewer rows than they are asked for', () =>
    nothingIsSkippedOrRepeated(ordered({ badRows: false, caps: true }), oneSize, 'a page'));

  it('skip and repeat nothing among bad rows', () =>
    nothingIsSkippedOrRepeated(ordered({ badRows: true, caps: true }), severalSizes, 'a page'));
});

describe('pages over lists whose dates tell every place', () => {
  it('skip and repeat nothing, however far the lists move between two pages', () =>
    nothingIsSkippedOrRepeated(
      ordered({ badRows: false, caps: false, longest: 40 }).map(withDistinctDays),
      severalSizes,
      30,
    ));
});
