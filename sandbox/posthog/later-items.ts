import { isDeepStrictEqual } from 'node:util';
import { invalid, notFound } from './api-error.ts';
import { type Answer, type Call, created, ok, type Route } from './call.ts';
import { parseUuid, readInteger, readText, readTimestamp, readUuid, required } from './fields.ts';
import { booleanFilter, sortedBy } from './filters.ts';
import { changeItem, createItem, currentItem, type ItemContent } from './item-store.ts';
import { asObject, conflict, readObject, refuseUnknown } from './later-conflict.ts';
import { page } from './page.ts';
import { compactSize } from './prompt-text.ts';
import type { Dataset, DatasetItem, ItemVersion, JsonObject } from './records.ts';
import { renderUser } from './users.ts';

const pageRules = { defaultLimit: 10, maximumLimit: 25 };
const maximumItemBytes = 1_000_000;
const maximumReference = 255;
const provenance = ['external_id', 'source_trace_id', 'source_event_id', 'source_timestamp'];
const content = ['input', 'expected_output', 'metadata'];

function render(call: Call, item: DatasetItem, version: ItemVersion): object {
  return {
    id: item.id,
    dataset: item.dataset.id,
    external_id: item.externalId,
    version: version.version,
    version_id: version.id,
    dataset_revision: version.revision.revision,
    dataset_revision_id: version.revision.id,
    archived: version.deleted === true,
    // Baseline rows may hold null here, which this dialect does not know.
    input: version.input ?? {},
    expected_output: version.output,
    source_output: version.sourceOutput,
    metadata: asObject(version.metadata),
    source_trace_id: item.refTraceId,
    source_event_id: item.refSourceId,
    source_timestamp: item.refTimestamp,
    created_at: item.createdAt,
    updated_at: item.updatedAt,
    created_by: renderUser(item.createdBy),
    version_created_at: version.createdAt,
    version_created_by: renderUser(version.createdBy),
    team_id: call.project.id,
  };
}

function renderCurrent(call: Call, item: DatasetItem): object {
  return render(call, item, currentItem(item));
}

function find(call: Call): DatasetItem {
  const id = parseUuid(call.param('id'));
  const item = call.project.items.find((one) => one.id === id);
  if (item === undefined) throw notFound();
  return item;
}

function findDataset(call: Call, fields: JsonObject): Dataset {
  const id = required(readUuid(fields, 'dataset'), 'dataset');
  const dataset = call.project.datasets.find((one) => one.id === id);
  if (dataset === undefined) throw notFound();
  return dataset;
}

/** `dataset` is required; `revision` gives the exact contents of then. */
function list(call: Call): Answer {
  const dataset = findDataset(call, call.query);
  const revision = readInteger(call.query, 'revision', { minimum: 1 });
  const archived = booleanFilter(call, 'archived') ?? false;
  if (typeof revision === 'number' && revision > dataset.revisions.length) throw notFound();
  const rows = call.project.items
    .filter((item) => item.dataset === dataset)
    .flatMap((item) => {
      const version = item.versions.findLast(
        (one) => one.revision.revision <= (revision ?? dataset.revisions.length),
      );
      return version === undefined || (version.deleted === true) !== archived ? [] : [{ item, version }];
    });
  const newestFirst = sortedBy(rows, ({ item }) => item.createdAt, true);
  return page(call, newestFirst, ({ item, version }) => render(call, item, version), pageRules);
}

function readContent(fields: JsonObject): Partial<ItemContent> {
  const { input, expected_output: output } = fields;
  if (input === null) required(input, 'input');
  const metadata = readObject(fields, 'metadata');
  return {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function checkSize(item: ItemContent): void {
  if (compactSize([item.input, item.output, item.sourceOutput, item.metadata]) > maximumItemBytes) {
    throw invalid('input', `An item must be ${maximumItemBytes} bytes or fewer.`);
  }
}

function checkActive(dataset: Dataset): void {
  if (dataset.deleted) throw conflict('dataset_archived', 'Restore the dataset before changing its items.');
}

/** The same external id: the same content is answered 200 as it is, an archived item is brought back, other content is a 409. */
function createAgain(call: Call, item: DatasetItem, wanted: ItemContent): Answer {
  const { input, output, sourceOutput, metadata, deleted, version } = currentItem(item);
  if (deleted) {
    changeItem(call.state, item, call.user, wanted);
  } else if (!isDeepStrictEqual({ input, output, sourceOutput, metadata, deleted: false }, wanted)) {
    const more = { current_version: version, current_item_id: item.id };
    throw conflict('external_id_conflict', 'An item with this external ID has other content.', more);
  }
  return ok(renderCurrent(call, item));
}

function create(call: Call): Answer {
  const fields = refuseUnknown(call.fields(), ['dataset', 'source_output', ...provenance, ...content]);
  required(fields['input'], 'input');
  const wanted: ItemContent = {
    input: null,
    output: null,
    sourceOutput: fields['source_output'] ?? null,
    metadata: {},
    deleted: false,
    ...readContent(fields),
  };
  const text = (name: string) => readText(fields, name, { maxLength: maximumReference }) ?? null;
  const references = {
    externalId: text('external_id'),
    refTraceId: text('source_trace_id'),
    refSourceId: text('source_event_id'),
    refTimestamp: readTimestamp(fields, 'source_timestamp') ?? null,
  };
  const dataset = findDataset(call, fields);
  checkActive(dataset);
  checkSize(wanted);
  const same = call.project.items.find(
    (one) => one.dataset === dataset && one.externalId !== null && one.externalId === references.externalId,
  );
  if (same !== undefined) return createAgain(call, same, wanted);
  const item = createItem(call.state, dataset, call.user, wanted, references);
  call.project.items.push(item);
  return created(renderCurrent(call, item));
}

/** Compare-and-set on the version that the caller saw. */
function checkBase(item: DatasetItem, fields: JsonObject, archived: boolean): void {
  const base = required(readInteger(fields, 'base_version', { minimum: 1 }), 'base_version');
  const { version, deleted } = currentItem(item);
  checkActive(item.dataset);
  const more = { current_version: version };
  if (base !== version) throw conflict('stale_version', 'The item has a newer version.', more);
  if (archived && !deleted) throw conflict('dataset_item_active', 'The item is not archived.', more);
  if (!archived && deleted) throw conflict('dataset_item_archived', 'The item is archived.', more);
}

function patch(call: Call): Answer {
  const item = find(call);
  const fields = refuseUnknown(call.fields(), ['base_version', ...content]);
  const change = readContent(fields);
  checkBase(item, fields, false);
  checkSize({ ...currentItem(item), ...change });
  changeItem(call.state, item, call.user, change);
  return ok(renderCurrent(call, item));
}

function archiveItem(call: Call): Answer {
  const item = find(call);
  checkBase(item, refuseUnknown(call.fields(), ['base_version']), false);
  changeItem(call.state, item, call.user, { deleted: true });
  return ok(renderCurrent(call, item));
}

function restoreItem(call: Call): Answer {
  const item = find(call);
  const fields = refuseUnknown(call.fields(), ['base_version', 'source_version']);
  const source = readInteger(fields, 'source_version', { minimum: 1 });
  checkBase(item, fields, true);
  const from =
    typeof source === 'number' ? item.versions.find(({ version }) => version === source) : currentItem(item);
  if (from === undefined) throw notFound('Dataset item version not found.');
  const { input, output, sourceOutput, metadata } = from;
  changeItem(call.state, item, call.user, { input, output, sourceOutput, metadata, deleted: false });
  return ok(renderCurrent(call, item));
}

function listVersions(call: Call): Answer {
  const item = find(call);
  return page(call, item.versions.toReversed(), (version) => render(call, item, version), pageRules);
}

/** The later dialect on the routes that the baseline has too. Archived items stay readable. */
export const laterItems = {
  list,
  create,
  retrieve: (call: Call): Answer => ok(renderCurrent(call, find(call))),
  patch,
};

const exists: Route['exists'] = (switches) => switches.laterDatasets;
const write = 'dataset:write';

export const laterItemRoutes: readonly Route[] = [
  { method: 'POST', path: '/dataset_items/:id/archive', scope: write, exists, handle: archiveItem },
  { method: 'POST', path: '/dataset_items/:id/restore', scope: write, exists, handle: restoreItem },
  { method: 'GET', path: '/dataset_items/:id/versions', scope: 'dataset:read', exists, handle: listVersions },
];
