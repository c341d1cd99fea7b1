import { randomUUID } from 'node:crypto';
import { notFound, ValidationFailure } from './api-error.ts';
import { type Answer, type Call, created, ok, type Route } from './call.ts';
import { notNull, parseUuid, readChoice, readText, required } from './fields.ts';
import { booleanFilter, contains, sortedBy, textFilter } from './filters.ts';
import { asObject, conflict, readObject, refuseUnknown } from './later-conflict.ts';
import { page } from './page.ts';
import type { Dataset, DatasetRevision, JsonObject } from './records.ts';
import { renderUser } from './users.ts';

const members = ['name', 'description', 'metadata'];
const maximumName = 400;
const maximumDescription = 10_000;
const maximumIds = 100;
const pageRules = { defaultLimit: 50, maximumLimit: 100 };
const orders = ['created_at', '-created_at', 'updated_at', '-updated_at'] as const;

function render(call: Call, dataset: Dataset): object {
  const revision = dataset.revisions.at(-1);
  return {
    id: dataset.id,
    name: dataset.name,
    description: dataset.description ?? '',
    metadata: asObject(dataset.metadata),
    archived: dataset.deleted === true,
    current_revision: revision?.revision ?? null,
    current_revision_id: revision?.id ?? null,
    created_at: dataset.createdAt,
    updated_at: dataset.updatedAt,
    created_by: renderUser(dataset.createdBy),
    team_id: call.project.id,
  };
}

function renderRevision(call: Call, dataset: Dataset, revision: DatasetRevision): object {
  return {
    id: revision.id,
    dataset_id: dataset.id,
    revision: revision.revision,
    created_at: revision.createdAt,
    created_by: renderUser(revision.createdBy),
    team_id: call.project.id,
  };
}

function find(call: Call): Dataset {
  const id = parseUuid(call.param('id'));
  const dataset = call.project.datasets.find((one) => one.id === id);
  if (dataset === undefined) throw notFound();
  return dataset;
}

/** Repeatable here, or comma separated, up to a hundred (vendor facts). */
function readIds(call: Call): readonly string[] | undefined {
  const parts = call.url.searchParams.getAll('id__in').flatMap((value) => value.split(','));
  if (!call.url.searchParams.has('id__in')) return undefined;
  if (parts.length > maximumIds) {
    throw new ValidationFailure(
      'id__in',
      'max_length',
      `Ensure this field has no more than ${maximumIds} elements.`,
    );
  }
  return parts.map((part) => {
    const id = parseUuid(part);
    if (id === undefined) throw new ValidationFailure('id__in', 'invalid', 'Must be a valid UUID.');
    return id;
  });
}

function list(call: Call): Answer {
  const ids = readIds(call);
  const archived = booleanFilter(call, 'archived') ?? false;
  const search = textFilter(call, 'search') ?? '';
  const order = readChoice(call.query, 'order_by', orders) ?? '-created_at';
  const rows = call.project.datasets.filter(
    (one) =>
      (one.deleted === true) === archived &&
      (ids === undefined || ids.includes(one.id)) &&
      (contains(one.name, search) ||
        contains(one.description, search) ||
        contains(JSON.stringify(one.metadata), search)),
  );
  const key = order.endsWith('created_at') ? 'createdAt' : 'updatedAt';
  const sorted = sortedBy(
    sortedBy(rows, ({ id }) => id),
    (one) => one[key],
    order.startsWith('-'),
  );
  return page(call, sorted, (one) => render(call, one), pageRules);
}

function readChange(fields: JsonObject): Partial<Pick<Dataset, 'name' | 'description' | 'metadata'>> {
  refuseUnknown(fields, members);
  const name = readText(fields, 'name', { maxLength: maximumName });
  const description = readText(fields, 'description', { maxLength: maximumDescription, allowBlank: true });
  const metadata = readObject(fields, 'metadata');
  return {
    ...(name === undefined ? {} : { name: notNull(name, 'name') }),
    ...(description === undefined ? {} : { description: notNull(description, 'description') }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** Names are unique within a project in this dialect. */
function checkName(call: Call, name: string | undefined, own?: Dataset): void {
  if (call.project.datasets.some((one) => one !== own && one.name === name)) {
    throw conflict('dataset_name_conflict', 'A dataset with this name already exists.');
  }
}

function create(call: Call): Answer {
  const change = readChange(call.fields());
  const name = required(change.name, 'name');
  checkName(call, name);
  const dataset: Dataset = {
    id: randomUUID(),
    description: '',
    metadata: {},
    ...change,
    name,
    deleted: false,
    revisions: [],
    createdBy: call.user,
    createdAt: call.state.clock.now(),
    updatedAt: call.state.clock.now(),
  };
  call.project.datasets.push(dataset);
  return created(render(call, dataset));
}

function patch(call: Call): Answer {
  const dataset = find(call);
  const change = readChange(call.fields());
  checkName(call, change.name, dataset);
  Object.assign(dataset, change, { updatedAt: call.state.clock.now() });
  return ok(render(call, dataset));
}

function setArchived(call: Call, archived: boolean): Answer {
  const dataset = find(call);
  dataset.deleted = archived;
  dataset.updatedAt = call.state.clock.now();
  return ok(render(call, dataset));
}

function listRevisions(call: Call): Answer {
  const dataset = find(call);
  return page(call, dataset.revisions.toReversed(), (one) => renderRevision(call, dataset, one), pageRules);
}

/** The later dialect on the routes that the baseline has too. Archived datasets stay readable. */
export const laterDatasets = {
  list,
  create,
  retrieve: (call: Call): Answer => ok(render(call, find(call))),
  patch,
};

const exists: Route['exists'] = (switches) => switches.laterDatasets;
const write = 'dataset:write';

export const laterDatasetRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/datasets/:id/archive',
    scope: write,
    exists,
    handle: (call) => setArchived(call, true),
  },
  {
    method: 'POST',
    path: '/datasets/:id/restore',
    scope: write,
    exists,
    handle: (call) => setArchived(call, false),
  },
  { method: 'GET', path: '/datasets/:id/revisions', scope: 'dataset:read', exists, handle: listRevisions },
];
