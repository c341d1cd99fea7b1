import { randomUUID } from 'node:crypto';
import { invalid, notFound } from './api-error.ts';
import { type Answer, type Call, created, noContent, ok, type Route } from './call.ts';
import { parseUuid, readText, readUuid, required } from './fields.ts';
import {
  contains,
  listFilter,
  ordered,
  sortedBy,
  textFilter,
  uuidFilter,
  uuidListFilter,
} from './filters.ts';
import { page } from './page.ts';
import type { JsonObject, Score, TraceReview } from './records.ts';
import { activeReview, changeReview, deleteReview, leaveQueue, storeScores } from './review-store.ts';
import { gated } from './reviews-feature.ts';
import { readScores } from './score-values.ts';
import { renderUser } from './users.ts';

const maximumTraceId = 255;

/** Name, kind and archived are the scorer's own of now; version and config are those of the scoring. */
function renderScore(score: Score): object {
  return {
    id: score.id,
    definition_id: score.definition.id,
    definition_name: score.definition.name,
    definition_kind: score.definition.kind,
    definition_archived: score.definition.archived,
    definition_version_id: score.version.id,
    definition_version: score.version.version,
    definition_config: score.version.config,
    categorical_values: score.categoricalValues,
    numeric_value: score.numericValue,
    boolean_value: score.booleanValue,
    created_at: score.createdAt,
    updated_at: score.updatedAt,
  };
}

function render(call: Call, review: TraceReview): object {
  const scores = sortedBy(
    sortedBy(review.scores, ({ id }) => id),
    ({ definition }) => definition.name,
  );
  return {
    id: review.id,
    trace_id: review.traceId,
    comment: review.comment,
    created_at: review.createdAt,
    updated_at: review.updatedAt,
    created_by: renderUser(review.createdBy),
    reviewed_by: renderUser(review.reviewedBy),
    scores: scores.map(renderScore),
    team: call.project.id,
  };
}

function find(call: Call): TraceReview {
  const id = parseUuid(call.param('id'));
  const review = call.project.reviews.find((one) => one.id === id && !one.deleted);
  if (review === undefined) throw notFound();
  return review;
}

function list(call: Call): Answer {
  const traceId = textFilter(call, 'trace_id');
  const traceIds = listFilter(call, 'trace_id__in');
  const definitionId = uuidFilter(call, 'definition_id');
  const definitionIds = uuidListFilter(call, 'definition_id__in');
  const search = textFilter(call, 'search') ?? '';
  const rows = call.project.reviews.filter((review) => {
    const scorers = review.scores.map(({ definition }) => definition.id);
    return (
      !review.deleted &&
      (traceId === undefined || review.traceId === traceId) &&
      (traceIds === undefined || traceIds.includes(review.traceId)) &&
      (definitionId === undefined || scorers.includes(definitionId)) &&
      (definitionIds === undefined || definitionIds.some((id) => scorers.includes(id))) &&
      (contains(review.traceId, search) || contains(review.comment, search))
    );
  });
  const newestFirst = sortedBy(
    sortedBy(rows, ({ id }) => id),
    ({ updatedAt }) => updatedAt,
    true,
  );
  const sorted = ordered(call, newestFirst, {
    updated_at: (review) => review.updatedAt,
    created_at: (review) => review.createdAt,
  });
  return page(call, sorted, (review) => render(call, review));
}

function readTraceId(fields: JsonObject): string | null | undefined {
  return readText(fields, 'trace_id', { maxLength: maximumTraceId });
}

/** Trimmed; blank means none. */
function readComment(fields: JsonObject): string | null | undefined {
  const comment = readText(fields, 'comment', { allowBlank: true });
  return comment === '' ? null : comment;
}

function create(call: Call): Answer {
  const fields = call.fields();
  const traceId = required(readTraceId(fields), 'trace_id');
  const comment = readComment(fields) ?? null;
  const scores = readScores(call.project, fields);
  const queueId = readUuid(fields, 'queue_id') ?? null;
  // 400 and not 409 (vendor facts). Whether the trace exists is not checked.
  if (activeReview(call.project, traceId) !== undefined) {
    throw invalid('trace_id', 'An active review already exists for this trace.');
  }
  const resolved = scores?.() ?? [];
  const createdAt = call.state.clock.now();
  const review: TraceReview = {
    id: randomUUID(),
    traceId,
    comment,
    scores: [],
    createdBy: call.user,
    reviewedBy: call.user,
    createdAt,
    updatedAt: call.state.clock.now(),
    deleted: false,
  };
  review.scores = storeScores(call.state, resolved);
  call.project.reviews.push(review);
  leaveQueue(call.state, call.project, traceId, queueId);
  return created(render(call, review));
}

function patch(call: Call): Answer {
  const review = find(call);
  const fields = call.fields();
  const traceId = readTraceId(fields);
  const comment = readComment(fields);
  const scores = readScores(call.project, fields);
  const queueId = readUuid(fields, 'queue_id') ?? null;
  if (traceId !== undefined && required(traceId, 'trace_id') !== review.traceId) {
    throw invalid('trace_id', 'Trace ID cannot be changed once a review is created.');
  }
  const resolved = scores?.();
  changeReview(call.state, review, call.user, {
    ...(comment === undefined ? {} : { comment }),
    ...(resolved === undefined ? {} : { scores: resolved }),
  });
  leaveQueue(call.state, call.project, review.traceId, queueId);
  return ok(render(call, review));
}

function remove(call: Call): Answer {
  deleteReview(call.state, find(call));
  return noContent;
}

const path = '/llm_analytics/trace_reviews';
const read = 'llm_analytics:read';
const write = 'llm_analytics:write';

/** One active review at most per project and trace; PUT is not offered. */
export const traceReviewRoutes: readonly Route[] = [
  { method: 'GET', path, scope: read, handle: gated(list) },
  { method: 'POST', path, scope: write, handle: gated(create) },
  { method: 'GET', path: `${path}/:id`, scope: read, handle: gated((call) => ok(render(call, find(call)))) },
  { method: 'PATCH', path: `${path}/:id`, scope: write, handle: gated(patch) },
  { method: 'DELETE', path: `${path}/:id`, scope: write, handle: gated(remove) },
];
