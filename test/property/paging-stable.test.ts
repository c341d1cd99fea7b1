import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeSources, pageSizes, type ShapeLimits, sizeOf, sourceShapes } from './arbitrary-lists.ts';
import { type MemorySource, orderKeyOf } from './memory-list.ts';
import { mergedWhole, newestFirst, readAll } from './paging.ts';

const runs = { seed: 20_260_101, numRuns: 80 };

/** Vendors with a list in which an item stands before a newer one. */
function vendorsOutOfOrder(sources: readonly MemorySource[]): Set<string> {
  const found = new Set<string>();
  for (const { vendor, lists } of sources) {
    for (const { goodItems } of lists) {
      goodItems.forEach((item, index) => {
        const next = goodItems[index + 1];
        const sameId = orderKeyOf(item).id;
        if (next !== undefined && newestFirst(orderKeyOf(item), { sort: next.sort, id: sameId }) > 0)
          found.add(vendor);
      });
    }
  }
  return found;
}

async function pagesGiveTheWhole(limits: ShapeLimits): Promise<void> {
  await fc.assert(
    fc.asyncProperty(sourceShapes(limits), pageSizes, async (shape, sizes) => {
      const sources = makeSources(shape);
      const pages = await readAll(sources, { size: sizeOf(sizes) });
      expect(pages.flatMap(({ items }) => items)).toEqual(mergedWhole(sources));
      for (const [index, { merged }] of pages.entries()) {
        if (merged.hasMore) expect(merged.items).toHaveLength(sizeOf(sizes)(index));
      }
      expect(new Set(pages.flatMap(({ merged }) => [...merged.drifted]))).toEqual(vendorsOutOfOrder(sources));
    }),
    runs,
  );
}

describe('pages over lists that stand still', () => {
  it('are, one after the other, the merge of the whole lists', () =>
    pagesGiveTheWhole({ isOrdered: true, badRows: false, caps: false }));

  it('are so when vendors give fewer rows than they are asked for', () =>
    pagesGiveTheWhole({ isOrdered: true, badRows: false, caps: true }));

  it('are so without the rows that cannot be read, and skip no other', () =>
    pagesGiveTheWhole({ isOrdered: true, badRows: true, caps: true }));

  it('give lists that are not in the order they claim whole, in their own, and count them as drift', () =>
    pagesGiveTheWhole({ isOrdered: false, badRows: true, caps: true }));

  it('go on right after any edge whose cursor is used', async () => {
    await fc.assert(
      fc.asyncProperty(
        sourceShapes({ isOrdered: false, badRows: true, caps: true }),
        pageSizes,
        fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
        async (shape, sizes, cuts) => {
          const sources = makeSources(shape);
          const pages = await readAll(sources, {
            size: sizeOf(sizes),
            cutAfter: (page, count) =>
              count === 0 ? undefined : 1 + ((cuts[page % cuts.length] ?? 0) % count),
          });
          expect(pages.flatMap(({ items }) => items)).toEqual(mergedWhole(sources));
        },
      ),
      runs,
    );
  });

  it('tell how many there are in all of a single list whose vendor tells, and page no further than that', async () => {
    await fc.assert(
      fc.asyncProperty(
        sourceShapes({ isOrdered: true, badRows: false, caps: false }),
        fc.integer({ min: 1, max: 7 }),
        async ({ sources: [lists = []] }, size) => {
          const sources = makeSources({ sources: [lists.slice(0, 1)], isOrdered: true });
          const list = sources[0]?.lists[0];
          const pages = await readAll(sources, { size: () => size });
          const tells = list?.style !== 'token' && list?.style !== 'offset-without-total';
          for (const { merged } of pages) expect(merged.total).toBe(tells ? list?.size : null);
          if (tells) expect(pages).toHaveLength(Math.max(1, Math.ceil((list?.size ?? 0) / size)));
        },
      ),
      runs,
    );
  });
});
