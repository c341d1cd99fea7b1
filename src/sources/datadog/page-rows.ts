import type { GoodRow } from '../parsing.ts';
import type { RawPage, TokenPage } from '../streams.ts';
import type { VendorCursorPage, VendorRows } from './schema.ts';

/** Rows of the vendor as rows of the domain, in their places. */
export function mapRows<T, U>(rows: VendorRows<T>, map: (row: T) => U): RawPage<U> {
  const good: GoodRow<U>[] = [];
  for (const { index, value } of rows.good) good.push({ index, value: map(value) });
  return { good, count: rows.count, faults: rows.faults, total: null };
}

export function mapCursorPage<T, U>(page: VendorCursorPage<T>, map: (row: T) => U): TokenPage<U> {
  return { ...mapRows(page, map), nextToken: page.after };
}
