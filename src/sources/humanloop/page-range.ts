import { faultsOf } from '../parsing.ts';
import { cutPage, pageCovering, type RawPage } from '../streams.ts';
import type { PageAnswer, PageQuery } from './client.ts';

export interface PageRangeOptions<Row, T> {
  readonly endpoint: string;
  readonly read: (page: PageQuery) => Promise<PageAnswer<Row>>;
  readonly map: (row: Row) => T;
}

/** Rows `offset` up to `offset + limit` of a list that the vendor pages by number and size. */
export async function readRange<Row, T>(
  { endpoint, read, map }: PageRangeOptions<Row, T>,
  offset: number,
  limit: number,
): Promise<RawPage<T>> {
  let page = pageCovering(offset, limit);
  let answer = await read({ page: page.number, size: page.size });
  // No maximum of `size` is published. Where there is one, the pages are others than those that were asked for.
  if (answer.size > 0 && answer.size < page.size) {
    const number = Math.floor(offset / answer.size) + 1;
    const isSamePage = number === page.number;
    page = { number, size: answer.size };
    if (!isSamePage) answer = await read({ page: page.number, size: page.size });
  }

  const { good, bad, count } = answer.records;
  const cut = cutPage({ good, count, faults: [], total: answer.total }, page, offset, limit);
  const skipped = offset - (page.number - 1) * page.size;
  const badInside = bad.filter(({ index }) => index >= skipped && index < skipped + limit);
  return {
    good: cut.good.map(({ index, value }) => ({ index, value: map(value) })),
    count: cut.count,
    faults: faultsOf('HUMANLOOP', endpoint, badInside),
    total: cut.total,
  };
}
