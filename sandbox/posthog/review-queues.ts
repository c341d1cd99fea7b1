import { randomUUID } from 'node:crypto';
import { invalid, notFound } from './api-error.ts';
import { type Answer, type Call, created, noContent, ok, type Route } from './call.ts';
import { notNull, parseUuid, readText, required } from './fields.ts';
import { contains, ordered, sortedBy, textFilter } from './filters.ts';
import { page } from './page.ts';
import type { JsonObject, PostHogProject, ReviewQueue } from './records.ts';
import { gated } from './reviews-feature.ts';
import { renderUser } from './users.ts';

const maximumName = 255;

export function activeQueue(project: PostHogProject, id: string | undefined): ReviewQueue | undefined {
  return project.queues.find((queue) => queue.id === id && !queue.deleted);
}

function render(call: Call, queue: ReviewQueue): object {
  return {
    id: queue.id,
    name: queue.name,
    pending_item_count: call.project.queueItems.filter((item) => !item.deleted && item.queue === queue)
      .length,
    created_at: queue.createdAt,
    updated_at: queue.updatedAt,
    created_by: renderUser(queue.createdBy),
    team: call.project.id,
  };
}

function find(call: Call): ReviewQueue {
  const queue = activeQueue(call.project, parseUuid(call.param('id')));
  if (queue === undefined) throw notFound();
  return queue;
}

function list(call: Call): Answer {
  const name = textFilter(call, 'name');
  const search = textFilter(call, 'search') ?? '';
  const rows = call.project.queues.filter(
    (queue) => !queue.deleted && (name === undefined || queue.name === name) && contains(queue.name, search),
  );
  // Assumption: the default order, which no source names, is by name.
  const sorted = ordered(
    call,
    sortedBy(rows, (queue) => queue.name),
    {
      name: (queue) => queue.name,
      updated_at: (queue) => queue.updatedAt,
      created_at: (queue) => queue.createdAt,
    },
  );
  return page(call, sorted, (queue) => render(call, queue));
}

function readName(call: Call, fields: JsonObject, own?: ReviewQueue): string | undefined {
  const name = readText(fields, 'name', { maxLength: maximumName });
  if (name === undefined) return undefined;
  const text = notNull(name, 'name');
  if (call.project.queues.some((queue) => !queue.deleted && queue !== own && queue.name === text)) {
    throw invalid('name', 'A queue with this name already exists.');
  }
  return text;
}

function create(call: Call): Answer {
  const name = required(readName(call, call.fields()), 'name');
  const createdAt = call.state.clock.now();
  const updatedAt = call.state.clock.now();
  const queue = { id: randomUUID(), name, createdBy: call.user, createdAt, updatedAt, deleted: false };
  call.project.queues.push(queue);
  return created(render(call, queue));
}

function patch(call: Call): Answer {
  const queue = find(call);
  queue.name = readName(call, call.fields(), queue) ?? queue.name;
  queue.updatedAt = call.state.clock.now();
  return ok(render(call, queue));
}

/** Its pending items go with it, so that their traces may be queued again (assumption). */
function remove(call: Call): Answer {
  const queue = find(call);
  queue.deleted = true;
  for (const item of call.project.queueItems) if (item.queue === queue) item.deleted = true;
  return noContent;
}

const path = '/llm_analytics/review_queues';
const read = 'llm_analytics:read';
const write = 'llm_analytics:write';

/** Queue names are unique among active queues. */
export const reviewQueueRoutes: readonly Route[] = [
  { method: 'GET', path, scope: read, handle: gated(list) },
  { method: 'POST', path, scope: write, handle: gated(create) },
  { method: 'GET', path: `${path}/:id`, scope: read, handle: gated((call) => ok(render(call, find(call)))) },
  { method: 'PATCH', path: `${path}/:id`, scope: write, handle: gated(patch) },
  { method: 'DELETE', path: `${path}/:id`, scope: write, handle: gated(remove) },
];
