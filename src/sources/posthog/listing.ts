import { type BadRow, faultsOf, type GoodRow } from '../parsing.ts';
import type { ListStream } from '../source.ts';
import { offsetStream, type RawPage, wholeStream } from '../streams.ts';
import type { Listing } from './schema.ts';

/** A list of PostHog's as the stream helpers read it. */
export interface ListedRows<Row extends { readonly id: string }, T> {
  readonly endpoint: string;
  readonly fetchPage: (offset: number, limit: number) => Promise<Listing<Row>>;
  readonly map: (row: Row) => T;
}

/** Where the rows that a page left out begin: pages of later servers hold fewer than may be asked for. */
function restOf(first: Listing<unknown>, offset: number, limit: number): readonly number[] {
  const given = first.results.count;
  const end = Math.min(offset + limit, first.count);
  const starts: number[] = [];
  if (given === 0) return starts;
  for (let start = offset + given; start < end; start += given) starts.push(start);
  return starts;
}

/** Rows `offset` up to `offset + limit`: one request, or where pages are small several side by side. */
export async function readRange<Row extends { readonly id: string }, T>(
  { endpoint, fetchPage, map }: ListedRows<Row, T>,
  offset: number,
  limit: number,
): Promise<RawPage<T>> {
  const first = await fetchPage(offset, limit);
  const given = first.results.count;
  const rest = await Promise.all(
    restOf(first, offset, limit).map((start) => fetchPage(start, Math.min(given, offset + limit - start))),
  );
  const good: GoodRow<T>[] = [];
  const bad: BadRow[] = [];
  let count = 0;
  // A row that was inserted meanwhile moves another from the end of one page to the beginning of the next.
  const seen = rest.length === 0 ? undefined : new Set<string>();
  for (const { results } of [first, ...rest]) {
    for (const { index, value } of results.good) {
      if (seen?.has(value.id) === true) continue;
      seen?.add(value.id);
      good.push({ index: count + index, value: map(value) });
    }
    bad.push(...results.bad);
    count += results.count;
  }
  return { good, count, faults: faultsOf('POSTHOG', endpoint, bad), total: first.count };
}

/** A list of PostHog's, read by offset. */
export function streamOf<Row extends { readonly id: string }, T extends { readonly vendorId: string }>(
  rows: ListedRows<Row, T>,
): ListStream<T> {
  return offsetStream<T>({
    idOf: (item) => item.vendorId,
    fetchRange: (offset, limit) => readRange(rows, offset, limit),
  });
}

/** The list of what a filter that nothing can meet finds: asked of nobody. */
export function emptyStream<T>(): ListStream<T> {
  return wholeStream<T>({ idOf: () => '', load: async () => ({ items: [], faults: [] }) });
}

/** A search text as PostHog takes it: blanks around it do not count, and an empty one is none. */
export function searchOf(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}
