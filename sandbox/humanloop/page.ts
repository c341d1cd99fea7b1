import type { Query } from './query.ts';
import type { HumanloopSwitches } from './switches.ts';

export interface PageRequest {
  readonly page: number;
  readonly size: number;
}

/** Reads `page` and `size`. Assumption: a size above the cap is taken as the cap. */
export function readPage(query: Query, defaultSize: number, switches: HumanloopSwitches): PageRequest {
  return {
    page: query.integer('page', 1, 1),
    size: Math.min(query.integer('size', defaultSize, 0), switches.sizeCap),
  };
}

/** One page; past the end it is empty, since the vendor's clients read on until they see an empty one. */
export function pageOf<Item>(
  items: readonly Item[],
  { page, size }: PageRequest,
  present: (item: Item) => unknown,
): Record<string, unknown> {
  const records = items.slice((page - 1) * size, page * size).map(present);
  return { records, page, size, total: items.length };
}
