import { randomUUID } from 'node:crypto';
import { methodNotAllowed, notFound } from './api-error.ts';
import { type Answer, type Call, created, ok, type Route } from './call.ts';
import { notNull, parseUuid, readBoolean, readText, required } from './fields.ts';
import { contains, ordered, sortedBy, textFilter, uuidListFilter } from './filters.ts';
import { laterDatasetRoutes, laterDatasets } from './later-datasets.ts';
import { page } from './page.ts';
import type { Dataset, JsonObject } from './records.ts';
import { renderUser } from './users.ts';

const maximumName = 400;

function render(call: Call, dataset: Dataset): object {
  return {
    id: dataset.id,
    name: dataset.name,
    description: dataset.description,
    metadata: dataset.metadata,
    created_at: dataset.createdAt,
    updated_at: dataset.updatedAt,
    deleted: dataset.deleted,
    created_by: renderUser(dataset.createdBy),
    team: call.project.id,
  };
}

function findAny(call: Call): Dataset {
  const id = parseUuid(call.param('id'));
  const dataset = call.project.datasets.find((one) => one.id === id);
  if (dataset === undefined) throw notFound();
  return dataset;
}

function list(call: Call): Answer {
  const ids = uuidListFilter(call, 'id__in');
  const search = textFilter(call, 'search') ?? '';
  const rows = call.project.datasets.filter(
    (one) =>
      !one.deleted &&
      (ids === undefined || ids.includes(one.id)) &&
      (contains(one.name, search) ||
        contains(one.description, search) ||
        contains(JSON.stringify(one.metadata), search)),
  );
  const newestFirst = sortedBy(
    sortedBy(rows, ({ id }) => id),
    ({ createdAt }) => createdAt,
    true,
  );
  const sorted = ordered(call, newestFirst, {
    created_at: (one) => one.createdAt,
    updated_at: (one) => one.updatedAt,
  });
  return page(call, sorted, (one) => render(call, one));
}

/** The members that were sent; ids, times, team and author in a body are ignored. */
function readChange(
  fields: JsonObject,
): Partial<Pick<Dataset, 'name' | 'description' | 'metadata' | 'deleted'>> {
  const name = readText(fields, 'name', { maxLength: maximumName });
  const description = readText(fields, 'description', { allowBlank: true });
  const deleted = readBoolean(fields, 'deleted');
  return {
    ...(name === undefined ? {} : { name: notNull(name, 'name') }),
    ...(description === undefined ? {} : { description }),
    ...(fields['metadata'] === undefined ? {} : { metadata: fields['metadata'] }),
    ...(deleted === undefined ? {} : { deleted }),
  };
}

/** Names need not be unique. */
function create(call: Call): Answer {
  const change = readChange(call.fields());
  const dataset: Dataset = {
    id: randomUUID(),
    description: null,
    metadata: null,
    deleted: false,
    ...change,
    name: required(change.name, 'name'),
    revisions: [],
    createdBy: call.user,
    createdAt: call.state.clock.now(),
    updatedAt: call.state.clock.now(),
  };
  call.project.datasets.push(dataset);
  return created(render(call, dataset));
}

function retrieve(call: Call): Answer {
  const dataset = findAny(call);
  if (dataset.deleted) throw notFound();
  return ok(render(call, dataset));
}

/** Reaches deleted rows too, so that `deleted: false` brings them back (vendor facts). */
function update(call: Call, whole: boolean): Answer {
  const dataset = findAny(call);
  const change = readChange(call.fields());
  if (whole) required(change.name, 'name');
  Object.assign(dataset, change, { updatedAt: call.state.clock.now() });
  return ok(render(call, dataset));
}

const baseline = {
  list,
  create,
  retrieve,
  patch: (call: Call) => update(call, false),
  put: (call: Call) => update(call, true),
  /** Refused with an empty body (vendor facts). */
  remove: (): Answer => ({ status: 405 }),
};

const later: typeof baseline = {
  ...laterDatasets,
  put: () => {
    throw methodNotAllowed('PUT');
  },
  remove: () => {
    throw methodNotAllowed('DELETE');
  },
};

function inDialect(name: keyof typeof baseline): (call: Call) => Answer {
  return (call) => (call.switches.laterDatasets ? later : baseline)[name](call);
}

const path = '/datasets';
const read = 'dataset:read';
const write = 'dataset:write';

export const datasetRoutes: readonly Route[] = [
  { method: 'GET', path, scope: read, handle: inDialect('list') },
  { method: 'POST', path, scope: write, handle: inDialect('create') },
  { method: 'GET', path: `${path}/:id`, scope: read, handle: inDialect('retrieve') },
  { method: 'PATCH', path: `${path}/:id`, scope: write, handle: inDialect('patch') },
  { method: 'PUT', path: `${path}/:id`, scope: write, handle: inDialect('put') },
  { method: 'DELETE', path: `${path}/:id`, scope: write, handle: inDialect('remove') },
  ...laterDatasetRoutes,
];
