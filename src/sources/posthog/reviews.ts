import type { SourceKey } from '../../domain/vendor.ts';
import type { ReviewSource } from '../source.ts';
import { uuidOf } from './addresses.ts';
import { readEach } from './batch.ts';
import type { PostHogClient } from './client.ts';
import { listReviews } from './review-lists.ts';
import { mapTraceReview } from './review-mapping.ts';
import { createReviewWriter } from './review-writer.ts';
import { getReviewsByTrace } from './reviews-by-trace.ts';
import { listScoreDefinitions } from './score-definition-lists.ts';
import { getScoreDefinitions } from './score-definitions-by-id.ts';
import type { PostHogWriteClient } from './write-client.ts';

/** PostHog's trace reviews, and the scorers that they are scored by. */
export function createReviewSource(
  source: SourceKey,
  client: PostHogClient,
  writes: PostHogWriteClient,
): ReviewSource {
  return {
    writer: createReviewWriter(source, client, writes),
    listReviews: (filter, order) => listReviews(source, client, filter, order),
    getReviewsByTrace: (traceIds) => getReviewsByTrace(source, client, traceIds),
    getReviews: (keys) =>
      readEach(keys, async (key) => {
        const id = uuidOf(key);
        return id === undefined ? undefined : mapTraceReview(source, await client.review(id));
      }),
    listScoreDefinitions: (filter) => listScoreDefinitions(source, client, filter),
    getScoreDefinitions: (keys) => getScoreDefinitions(source, client, keys),
  };
}
