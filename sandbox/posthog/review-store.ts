import { randomUUID } from 'node:crypto';
import type { Clocked } from './clock.ts';
import type { PostHogProject, PostHogUser, Score, TraceReview } from './records.ts';
import type { ResolvedScore } from './score-values.ts';

export function activeReview(project: PostHogProject, traceId: string): TraceReview | undefined {
  return project.reviews.find((review) => review.traceId === traceId && !review.deleted);
}

/** Scores are replaced, never changed: each gets a new id and new times (vendor facts). */
export function storeScores(state: Clocked, scores: readonly ResolvedScore[]): Score[] {
  return scores.map((score) => ({
    id: randomUUID(),
    ...score,
    createdAt: state.clock.now(),
    updatedAt: state.clock.now(),
  }));
}

export interface ReviewChange {
  readonly comment?: string | null;
  readonly scores?: readonly ResolvedScore[];
}

/** Every change, even an empty one, makes the caller the reviewer and moves `updated_at`. */
export function changeReview(
  state: Clocked,
  review: TraceReview,
  by: PostHogUser,
  change: ReviewChange,
): void {
  if (change.comment !== undefined) review.comment = change.comment;
  review.reviewedBy = by;
  review.updatedAt = state.clock.now();
  if (change.scores !== undefined) review.scores = storeScores(state, change.scores);
}

export function deleteReview(state: Clocked, review: TraceReview): void {
  review.deleted = true;
  review.updatedAt = state.clock.now();
}

/**
 * A saved review takes its trace out of the queue: out of any when no queue is named, else only out of that one.
 * A queue that does not exist is no error (vendor facts).
 */
export function leaveQueue(
  state: Clocked,
  project: PostHogProject,
  traceId: string,
  queueId: string | null,
): void {
  for (const item of project.queueItems) {
    if (item.deleted || item.traceId !== traceId) continue;
    if (queueId !== null && item.queue.id !== queueId) continue;
    item.deleted = true;
    item.updatedAt = state.clock.now();
  }
}
