import type { RawPage } from './stream-reading.ts';

/** The smallest page (by 1-based number and size) that covers `limit` rows from `offset`. */
export function pageCovering(offset: number, limit: number): { number: number; size: number } {
  for (let number = Math.floor(offset / limit) + 1; number > 1; number -= 1) {
    const size = Math.ceil((offset + limit) / number);
    if ((number - 1) * size <= offset) return { number, size };
  }
  return { number: 1, size: offset + limit };
}

/** Cuts the rows `offset` up to `offset + limit` out of a page that covers them. */
export function cutPage<T>(
  raw: RawPage<T>,
  page: { number: number; size: number },
  offset: number,
  limit: number,
): RawPage<T> {
  const skipped = offset - (page.number - 1) * page.size;
  const good = raw.good
    .filter(({ index }) => index >= skipped && index < skipped + limit)
    .map(({ index, value }) => ({ index: index - skipped, value }));
  return { ...raw, good, count: Math.max(0, Math.min(limit, raw.count - skipped)) };
}
