import { type Answer, type Call, ok } from './call.ts';

interface PageRules {
  /** Default 100 (vendor facts). */
  readonly defaultLimit?: number;
  /** No maximum is configured for most lists (vendor facts). */
  readonly maximumLimit?: number;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\+?\d+\s*$/.test(text) ? Number(text) : undefined;
}

/** The same address with other paging members; the framework sorts the members and keeps blank ones. */
function withPaging(url: URL, limit: number, offset: number): string {
  const members = new URLSearchParams(url.search);
  members.set('limit', String(limit));
  if (offset > 0) members.set('offset', String(offset));
  else members.delete('offset');
  members.sort();
  return `${url.origin}${url.pathname}?${members}`;
}

/**
 * One limit/offset page: a bad or zero limit falls back to the default, a bad offset to zero, and an offset past
 * the end gives no results (public source of the framework).
 */
export function page<Row>(
  call: Call,
  rows: readonly Row[],
  render: (row: Row) => unknown,
  { defaultLimit = 100, maximumLimit = Number.POSITIVE_INFINITY }: PageRules = {},
): Answer {
  const limit = Math.min(wholeNumber(call.query['limit']) || defaultLimit, maximumLimit);
  const offset = wholeNumber(call.query['offset']) ?? 0;
  const count = rows.length;
  return ok({
    count,
    next: offset + limit < count ? withPaging(call.url, limit, offset + limit) : null,
    previous: offset > 0 ? withPaging(call.url, limit, Math.max(0, offset - limit)) : null,
    results: rows.slice(offset, offset + limit).map(render),
  });
}
