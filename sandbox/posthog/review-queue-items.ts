import { randomUUID } from 'node:crypto';
import { invalid, notFound } from './api-error.ts';
import { type Answer, type Call, created, noContent, ok, type Route } from './call.ts';
import { parseUuid, readText, readUuid, required } from './fields.ts';
import { contains, listFilter, ordered, sortedBy, textFilter, uuidFilter } from './filters.ts';
import { page } from './page.ts';
import type { JsonObject, ReviewQueue, ReviewQueueItem } from './records.ts';
import { activeQueue } from './review-queues.ts';
import { activeReview } from './review-store.ts';
import { gated } from './reviews-feature.ts';
import { renderUser } from './users.ts';

const maximumTraceId = 255;

function render(call: Call, item: ReviewQueueItem): object {
  return {
    id: item.id,
    queue_id: item.queue.id,
    queue_name: item.queue.name,
    trace_id: item.traceId,
    created_at: item.createdAt,
    updated_at: item.updatedAt,
    created_by: renderUser(item.createdBy),
    team: call.project.id,
  };
}

function find(call: Call): ReviewQueueItem {
  const id = parseUuid(call.param('id'));
  const item = call.project.queueItems.find((one) => one.id === id && !one.deleted);
  if (item === undefined) throw notFound();
  return item;
}

function list(call: Call): Answer {
  const queueId = uuidFilter(call, 'queue_id');
  const traceId = textFilter(call, 'trace_id');
  const traceIds = listFilter(call, 'trace_id__in');
  const search = textFilter(call, 'search') ?? '';
  const rows = call.project.queueItems.filter(
    (item) =>
      !item.deleted &&
      (queueId === undefined || item.queue.id === queueId) &&
      (traceId === undefined || item.traceId === traceId) &&
      (traceIds === undefined || traceIds.includes(item.traceId)) &&
      contains(item.traceId, search),
  );
  const oldestFirst = sortedBy(
    sortedBy(rows, ({ id }) => id),
    ({ createdAt }) => createdAt,
  );
  const sorted = ordered(call, oldestFirst, {
    created_at: (item) => item.createdAt,
    updated_at: (item) => item.updatedAt,
  });
  return page(call, sorted, (item) => render(call, item));
}

function readQueue(call: Call, fields: JsonObject): ReviewQueue {
  const id = required(readUuid(fields, 'queue_id'), 'queue_id');
  const queue = activeQueue(call.project, id);
  if (queue === undefined) throw invalid('queue_id', 'Review queue not found.');
  return queue;
}

function create(call: Call): Answer {
  const fields = call.fields();
  const queue = readQueue(call, fields);
  const traceId = required(readText(fields, 'trace_id', { maxLength: maximumTraceId }), 'trace_id');
  if (activeReview(call.project, traceId) !== undefined) {
    throw invalid('trace_id', 'This trace is already reviewed.');
  }
  const pending = call.project.queueItems.find((item) => !item.deleted && item.traceId === traceId);
  if (pending !== undefined) {
    const where = pending.queue === queue ? 'this' : 'another';
    throw invalid('trace_id', `This trace is already pending in ${where} queue.`);
  }
  const createdAt = call.state.clock.now();
  const updatedAt = call.state.clock.now();
  const item = {
    id: randomUUID(),
    queue,
    traceId,
    createdBy: call.user,
    createdAt,
    updatedAt,
    deleted: false,
  };
  call.project.queueItems.push(item);
  return created(render(call, item));
}

function patch(call: Call): Answer {
  const item = find(call);
  const queue = readQueue(call, call.fields());
  if (activeReview(call.project, item.traceId) !== undefined) {
    throw invalid('trace_id', 'This trace is already reviewed.');
  }
  item.queue = queue;
  item.updatedAt = call.state.clock.now();
  return ok(render(call, item));
}

function remove(call: Call): Answer {
  const item = find(call);
  item.deleted = true;
  item.updatedAt = call.state.clock.now();
  return noContent;
}

const path = '/llm_analytics/review_queue_items';
const read = 'llm_analytics:read';
const write = 'llm_analytics:write';

/** One pending item at most per project and trace; reviewed traces are refused. */
export const reviewQueueItemRoutes: readonly Route[] = [
  { method: 'GET', path, scope: read, handle: gated(list) },
  { method: 'POST', path, scope: write, handle: gated(create) },
  { method: 'GET', path: `${path}/:id`, scope: read, handle: gated((call) => ok(render(call, find(call)))) },
  { method: 'PATCH', path: `${path}/:id`, scope: write, handle: gated(patch) },
  { method: 'DELETE', path: `${path}/:id`, scope: write, handle: gated(remove) },
];
