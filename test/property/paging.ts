import { SourceError } from '../../src/domain/errors.ts';
import { decodeCursor, encodeCursor } from '../../src/resolvers/cursor.ts';
import { comparing } from '../../src/resolvers/datasets.ts';
import { type MergedPage, type MergeInput, mergeStreams } from '../../src/resolvers/merge-streams.ts';
import { type Item, type MemorySource, orderKeyOf } from './memory-list.ts';

export const newestFirst = comparing({ field: 'CREATED_AT', direction: 'DESC' });

/** The same list whatever the page: what a cursor is bound to. */
export const listName = 'a list over memory';
const longestCursor = 4096;

/** What happens around a page, counted from 0. */
export interface PageEvents {
  readonly size: (page: number) => number;
  /** Sources whose lists cannot even be told. */
  readonly lostSources?: (page: number) => ReadonlySet<string>;
  readonly before?: (page: number) => void;
  /** After how many items of the page to go on from that item's own cursor, instead of the page's. */
  readonly cutAfter?: (page: number, count: number) => number | undefined;
}

export interface PageRead {
  readonly items: readonly Item[];
  readonly merged: MergedPage<Item>;
  /** What vendors said when they failed while this page was read. */
  readonly failures: readonly string[];
}

function readInputs(inputs: readonly MergeInput<Item>[], first: number, cursor: string | undefined) {
  return mergeStreams({
    inputs,
    first,
    keyOf: orderKeyOf,
    compare: newestFirst,
    resume: cursor === undefined ? undefined : decodeCursor(listName, cursor),
  });
}

/** The cursor after an item, or after the page; never longer than may be. */
export function cursorAfter(merged: MergedPage<Item>, index?: number): string {
  const cursor = encodeCursor(listName, index === undefined ? merged.endState : merged.stateAfter(index));
  if (cursor.length > longestCursor) throw new RangeError(`a cursor of ${cursor.length} characters`);
  return cursor;
}

/** Pages through everything, as long as there is more or something fails. */
export async function readAll(sources: readonly MemorySource[], events: PageEvents): Promise<PageRead[]> {
  const pages: PageRead[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 1_000; page += 1) {
    events.before?.(page);
    const lost = events.lostSources?.(page) ?? new Set();
    const failures: string[] = [];
    for (const source of sources) for (const one of source.lists) one.beginPage();
    const merged = await readInputs(
      sources.map((source) => ({
        source: source.key,
        vendor: source.vendor,
        open: async () => {
          if (!lost.has(source.key)) return source.lists.map((one) => one.stream());
          const message = `${source.key} is lost on page ${page}`;
          failures.push(message);
          throw new SourceError({ code: 'SOURCE_UNAVAILABLE', vendor: source.vendor, message });
        },
      })),
      events.size(page),
      cursor,
    );
    failures.push(...sources.flatMap((source) => source.lists.flatMap((one) => one.said)));
    const cut = events.cutAfter?.(page, merged.items.length);
    const items = cut === undefined ? merged.items : merged.items.slice(0, cut);
    pages.push({ items, merged, failures });
    const isCut = items.length < merged.items.length;
    if (!isCut && !merged.hasMore && failures.length === 0) return pages;
    cursor = cursorAfter(merged, isCut ? items.length - 1 : undefined);
  }
  throw new RangeError('the list does not end');
}

/** What one page over everything would be: again and again the first of all heads. */
export function mergedWhole(sources: readonly MemorySource[]): readonly Item[] {
  const queues = sources.flatMap((source) => source.lists.map((one) => [...one.goodItems]));
  const all: Item[] = [];
  for (;;) {
    let best: Item[] | undefined;
    for (const queue of queues) {
      const [head] = queue;
      const [bestHead] = best ?? [];
      if (head === undefined) continue;
      if (bestHead === undefined || newestFirst(orderKeyOf(head), orderKeyOf(bestHead)) < 0) best = queue;
    }
    const item = best?.shift();
    if (item === undefined) return all;
    all.push(item);
  }
}
