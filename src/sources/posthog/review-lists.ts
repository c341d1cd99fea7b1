import { InvalidInputError } from '../../domain/errors.ts';
import { compareInstants } from '../../domain/instant.ts';
import type { TraceReview, TraceReviewFilter, TraceReviewOrder } from '../../domain/review.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { ListStream } from '../source.ts';
import { wholeStream } from '../streams.ts';
import { uuidOf } from './addresses.ts';
import { endpoints, type PostHogClient, type ReviewsQuery } from './client.ts';
import { maximumIdsARequest, maximumListBytes } from './limits.ts';
import { emptyStream, type ListedRows, readRange, searchOf, streamOf } from './listing.ts';
import { mapTraceReview } from './review-mapping.ts';
import type { TraceReview as TraceReviewRow } from './schema.ts';
import { type TraceQuery, traceQueriesOf } from './trace-queries.ts';

type Filters = Pick<ReviewsQuery, 'definitionIdIn' | 'search' | 'orderBy'>;

const orderFields = {
  CREATED_AT: 'created_at',
  UPDATED_AT: 'updated_at',
} as const satisfies Record<TraceReviewOrder['field'], string>;

/** Undefined for the vendor's own order, which breaks ties by id. */
function orderByOf({ field, direction }: TraceReviewOrder): string | undefined {
  if (field === 'UPDATED_AT' && direction === 'DESC') return undefined;
  return direction === 'DESC' ? `-${orderFields[field]}` : orderFields[field];
}

/** The same order, for reviews that came in several answers. */
function comparisonOf({ field, direction }: TraceReviewOrder): (a: TraceReview, b: TraceReview) => number {
  const sign = direction === 'DESC' ? -1 : 1;
  return (a, b) => {
    const [left, right] = field === 'CREATED_AT' ? [a.createdAt, b.createdAt] : [a.updatedAt, b.updatedAt];
    // One without a date stands last.
    const compared =
      left === null || right === null
        ? Number(left === null) - Number(right === null)
        : sign * compareInstants(left, right);
    if (compared !== 0) return compared;
    return a.vendorId < b.vendorId ? -1 : Number(a.vendorId > b.vendorId);
  };
}

/** Comma-joined; undefined when reviews are not narrowed to any, null when no review can meet it. */
function definitionIdsOf(filter: TraceReviewFilter): string | null | undefined {
  if (filter.definitions === undefined) return undefined;
  const ids = filter.definitions.map(uuidOf).filter((id) => id !== undefined);
  if (ids.length > maximumIdsARequest / 2) {
    throw new InvalidInputError(
      `PostHog can narrow reviews to at most ${maximumIdsARequest / 2} score definitions at a time.`,
      [{ path: ['filter', 'definitionIds'], message: 'too many', code: 'TOO_MANY' }],
    );
  }
  return ids.length === 0 ? null : ids.join(',');
}

/**
 * Reviews by PostHog's filters. A list of traces that does not fit one request (an id with a comma, more than
 * 200) is read whole, since a trace has one review at most, and put in order here.
 */
export function listReviews(
  source: SourceKey,
  client: PostHogClient,
  filter: TraceReviewFilter,
  order: TraceReviewOrder,
): ListStream<TraceReview> {
  const definitionIdIn = definitionIdsOf(filter);
  if (definitionIdIn === null) return emptyStream();
  const filters: Filters = { definitionIdIn, search: searchOf(filter.search), orderBy: orderByOf(order) };
  const taken = encodeURIComponent((definitionIdIn ?? '') + (filters.search ?? '').toWellFormed()).length;
  const queries: readonly (TraceQuery | undefined)[] =
    filter.traceIds === undefined ? [undefined] : traceQueriesOf(filter.traceIds, maximumListBytes - taken);
  const rowsOf = (query: TraceQuery | undefined): ListedRows<TraceReviewRow, TraceReview> => ({
    endpoint: endpoints.reviews,
    fetchPage: (offset, limit) =>
      client.reviews({ traceId: query?.traceId, traceIdIn: query?.traceIdIn, ...filters, limit, offset }),
    map: (row) => mapTraceReview(source, row),
  });
  if (queries.length === 0) return emptyStream();
  if (queries.length === 1) return streamOf(rowsOf(queries[0]));
  return wholeStream({
    idOf: (review) => review.vendorId,
    load: async () => {
      const pages = await Promise.all(
        queries.map((query) => readRange(rowsOf(query), 0, query?.traceIds.length ?? 1)),
      );
      const items = pages.flatMap(({ good }) => good.map(({ value }) => value));
      return { items: items.sort(comparisonOf(order)), faults: pages.flatMap(({ faults }) => faults) };
    },
  });
}
