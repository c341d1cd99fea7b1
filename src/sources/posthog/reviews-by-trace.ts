import type { LockstepError } from '../../domain/errors.ts';
import type { TraceReview } from '../../domain/review.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { faultsOf } from '../parsing.ts';
import { lockstepErrorOf } from './batch.ts';
import { endpoints, type PostHogClient } from './client.ts';
import { maximumListBytes } from './limits.ts';
import { mapTraceReview } from './review-mapping.ts';
import { type TraceQuery, traceQueriesOf } from './trace-queries.ts';

type Found = Map<string, TraceReview | LockstepError>;

async function readQuery(
  source: SourceKey,
  client: PostHogClient,
  { traceIds, traceId, traceIdIn }: TraceQuery,
  found: Found,
): Promise<void> {
  try {
    const { results } = await client.reviews({ traceId, traceIdIn, limit: traceIds.length });
    for (const { value } of results.good) found.set(value.trace_id, mapTraceReview(source, value));
    // Whose review a row is that cannot be read is not known: any trace without one may be it.
    const [fault] = faultsOf('POSTHOG', endpoints.reviews, results.bad);
    if (fault === undefined) return;
    for (const id of traceIds) {
      if (!found.has(id)) found.set(id, fault);
    }
  } catch (error) {
    const failure = lockstepErrorOf(error);
    for (const id of traceIds) found.set(id, failure);
  }
}

/** The review of each trace: up to 200 in one request, and the requests side by side. */
export async function getReviewsByTrace(
  source: SourceKey,
  client: PostHogClient,
  traceIds: readonly string[],
): Promise<ReadonlyMap<string, TraceReview | LockstepError>> {
  const found: Found = new Map();
  const queries = traceQueriesOf(traceIds, maximumListBytes);
  await Promise.all(queries.map((query) => readQuery(source, client, query, found)));
  return found;
}
