import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor } from '../../src/resolvers/cursor.ts';
import { makeSources, sourceShapesOf } from './arbitrary-lists.ts';
import { cursorAfter, listName, mergedWhole, readAll } from './paging.ts';

// One source with as many lists as an organisation may have projects and one operation may ask for.
const lists = 300;
const runs = { seed: 20_260_104, numRuns: 3, endOnFailure: true };
const shapes = sourceShapesOf(lists, {
  isOrdered: false,
  badRows: true,
  caps: true,
  shortest: 3,
  longest: 6,
});

describe('pages over 300 lists at once', () => {
  it('are the merge of the whole lists, with cursors of at most 4 kB that leave out positions', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 40, max: 100 }), async (shape, size) => {
        const sources = makeSources(shape);
        const pages = await readAll(sources, { size: () => size });
        expect(pages.flatMap(({ items }) => items)).toEqual(mergedWhole(sources));
        const states = pages.map(({ merged }) => decodeCursor(listName, cursorAfter(merged)));
        expect(states.some(({ isThin }) => isThin)).toBe(true);
      }),
      runs,
    );
  });

  it('go on right after any edge whose cursor is used', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 1, max: 90 }), async (shape, cut) => {
        const sources = makeSources(shape);
        const pages = await readAll(sources, {
          size: () => 100,
          cutAfter: (_, count) => Math.min(cut, count),
        });
        expect(pages.flatMap(({ items }) => items)).toEqual(mergedWhole(sources));
      }),
      { ...runs, numRuns: 2 },
    );
  });

  it('give every item once in the end while a third of the lists, or all of them, fail and recover', async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.array(fc.nat({ max: 2 }), { minLength: 4, maxLength: 4 }),
        async (shape, plan) => {
          const sources = makeSources(shape);
          const all = sources.flatMap((source) => source.lists);
          const pages = await readAll(sources, {
            size: () => 80,
            before: (page) => {
              const call = plan[page];
              all.forEach((list, index) => {
                list.failingCalls = new Set(call !== undefined && index % 3 === page % 3 ? [call] : []);
              });
            },
            lostSources: (page) => new Set(plan[page] === 2 ? sources.map(({ key }) => key) : []),
          });
          const items = pages.flatMap((page) => page.items);
          for (const list of all) {
            expect(items.filter((item) => item.list === list.name)).toEqual(list.goodItems);
          }
        },
      ),
      runs,
    );
  });

  it('give every item once in the end after each of them failed by itself on the first pages', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const sources = makeSources(shape);
        const all = sources.flatMap((source) => source.lists);
        const pages = await readAll(sources, {
          size: () => 100,
          before: (page) => {
            for (const list of all) list.failingCalls = new Set(page < 2 ? [0] : []);
          },
        });
        expect(pages.slice(0, 2).map(({ merged }) => merged.sourceErrors.length)).toEqual([lists, lists]);
        expect(pages.flatMap(({ items }) => items)).toEqual(mergedWhole(sources));
      }),
      { ...runs, numRuns: 1 },
    );
  });
});
