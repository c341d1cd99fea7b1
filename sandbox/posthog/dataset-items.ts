import { methodNotAllowed, notFound, ValidationFailure } from './api-error.ts';
import { type Answer, type Call, created, ok, type Route } from './call.ts';
import { notNull, parseUuid, readBoolean, readText, readTimestamp, required } from './fields.ts';
import { sortedBy, textFilter } from './filters.ts';
import { changeItem, createItem, currentItem, type ItemContent } from './item-store.ts';
import { laterItemRoutes, laterItems } from './later-items.ts';
import { page } from './page.ts';
import type { Dataset, DatasetItem, JsonObject } from './records.ts';
import { renderUser } from './users.ts';

const maximumReference = 255;

function render(call: Call, item: DatasetItem): object {
  const { input, output, metadata, deleted } = currentItem(item);
  return {
    id: item.id,
    dataset: item.dataset.id,
    input,
    output,
    metadata,
    ref_trace_id: item.refTraceId,
    ref_timestamp: item.refTimestamp,
    ref_source_id: item.refSourceId,
    deleted,
    created_at: item.createdAt,
    updated_at: item.updatedAt,
    created_by: renderUser(item.createdBy),
    team: call.project.id,
  };
}

function findAny(call: Call): DatasetItem {
  const id = parseUuid(call.param('id'));
  const item = call.project.items.find((one) => one.id === id);
  if (item === undefined) throw notFound();
  return item;
}

/**
 * The only filter. A value that is no dataset anywhere is refused, one of another project finds nothing, and a
 * soft-deleted one still works (vendor facts).
 */
function datasetFilter(call: Call): string | undefined {
  const text = textFilter(call, 'dataset');
  if (text === undefined) return undefined;
  const id = parseUuid(text);
  const everywhere = [...call.state.projects.values()].flatMap(({ datasets }) => datasets);
  if (id !== undefined && everywhere.some((dataset) => dataset.id === id)) return id;
  const detail = 'Select a valid choice. That choice is not one of the available choices.';
  throw new ValidationFailure('dataset', 'invalid_choice', detail);
}

function list(call: Call): Answer {
  const datasetId = datasetFilter(call);
  const rows = call.project.items.filter(
    (item) => !currentItem(item).deleted && (datasetId === undefined || item.dataset.id === datasetId),
  );
  const newestFirst = sortedBy(
    sortedBy(rows, ({ id }) => id),
    ({ createdAt }) => createdAt,
    true,
  );
  return page(call, newestFirst, (item) => render(call, item));
}

function readDataset(call: Call, fields: JsonObject): Dataset | undefined {
  const value = fields['dataset'];
  if (value === undefined) return undefined;
  const text = notNull(value, 'dataset');
  const id = typeof text === 'string' ? parseUuid(text) : undefined;
  if (id === undefined)
    throw new ValidationFailure('dataset', 'invalid', `“${String(text)}” is not a valid UUID.`);
  // Assumption: another project's dataset is refused, though no source shows the check.
  const dataset = call.project.datasets.find((one) => one.id === id);
  if (dataset === undefined) {
    const detail = `Invalid pk "${id}" - object does not exist.`;
    throw new ValidationFailure('dataset', 'does_not_exist', detail);
  }
  return dataset;
}

function readContent(fields: JsonObject): Partial<ItemContent> {
  const deleted = readBoolean(fields, 'deleted');
  const { input, output, metadata } = fields;
  return {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(deleted === undefined ? {} : { deleted }),
  };
}

type References = Pick<DatasetItem, 'refTraceId' | 'refTimestamp' | 'refSourceId'>;

function readReferences(fields: JsonObject): Partial<References> {
  const refTraceId = readText(fields, 'ref_trace_id', { maxLength: maximumReference, allowBlank: true });
  const refTimestamp = readTimestamp(fields, 'ref_timestamp');
  const refSourceId = readText(fields, 'ref_source_id', { maxLength: maximumReference, allowBlank: true });
  return {
    ...(refTraceId === undefined ? {} : { refTraceId }),
    ...(refTimestamp === undefined ? {} : { refTimestamp }),
    ...(refSourceId === undefined ? {} : { refSourceId }),
  };
}

/** No idempotency: the same body twice makes two items (vendor facts). */
function create(call: Call): Answer {
  const fields = call.fields();
  const dataset = required(readDataset(call, fields), 'dataset');
  const nothing = { input: null, output: null, sourceOutput: null, metadata: null, deleted: false };
  const noReferences = { externalId: null, refTraceId: null, refTimestamp: null, refSourceId: null };
  const content = { ...nothing, ...readContent(fields) };
  const item = createItem(call.state, dataset, call.user, content, {
    ...noReferences,
    ...readReferences(fields),
  });
  call.project.items.push(item);
  return created(render(call, item));
}

function retrieve(call: Call): Answer {
  const item = findAny(call);
  if (currentItem(item).deleted) throw notFound();
  return ok(render(call, item));
}

/** Reaches deleted rows too; an edit without `deleted` leaves them deleted (vendor facts). */
function update(call: Call, whole: boolean): Answer {
  const item = findAny(call);
  const fields = call.fields();
  const dataset = readDataset(call, fields);
  if (whole) required(dataset, 'dataset');
  const content = readContent(fields);
  const references = readReferences(fields);
  Object.assign(item, references, { dataset: dataset ?? item.dataset });
  changeItem(call.state, item, call.user, content);
  return ok(render(call, item));
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
  ...laterItems,
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

const path = '/dataset_items';
const read = 'dataset:read';
const write = 'dataset:write';

export const datasetItemRoutes: readonly Route[] = [
  { method: 'GET', path, scope: read, handle: inDialect('list') },
  { method: 'POST', path, scope: write, handle: inDialect('create') },
  { method: 'GET', path: `${path}/:id`, scope: read, handle: inDialect('retrieve') },
  { method: 'PATCH', path: `${path}/:id`, scope: write, handle: inDialect('patch') },
  { method: 'PUT', path: `${path}/:id`, scope: write, handle: inDialect('put') },
  { method: 'DELETE', path: `${path}/:id`, scope: write, handle: inDialect('remove') },
  ...laterItemRoutes,
];
