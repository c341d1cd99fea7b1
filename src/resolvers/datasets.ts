import type { Context } from '../context.ts';
import type { Dataset, DatasetItem, DatasetOrder } from '../domain/dataset.ts';
import { InvalidInputError, UnsupportedError } from '../domain/errors.ts';
import { parseIdOf, type ResourceKey } from '../domain/identity.ts';
import { compareInstants, type Instant } from '../domain/instant.ts';
import { nameVendors, type Vendor } from '../domain/vendor.ts';
import type { SourceSlot } from '../sources/source.ts';
import {
  type Connection,
  mergeInputs,
  type PageArguments,
  readConnection,
  readSingleConnection,
} from './connection.ts';
import type { OrderKey } from './merge-streams.ts';
import { found, partOf, readSearch, readText, slotOf, slotsInPlay } from './vendor-call.ts';

export interface DatasetFilterInput {
  readonly vendors?: readonly Vendor[] | null | undefined;
  readonly search?: string | null | undefined;
  readonly projectIds?: readonly string[] | null | undefined;
}

const newestFirst: DatasetOrder = { field: 'CREATED_AT', direction: 'DESC' };

function sortText(dataset: Dataset, order: DatasetOrder): string {
  switch (order.field) {
    case 'NAME':
      return dataset.name;
    case 'CREATED_AT':
      return dataset.createdAt ?? '';
    case 'UPDATED_AT':
      return dataset.updatedAt ?? '';
  }
}

/** Compares order keys as the order says; ties by id. What has no date comes last when newest comes first. */
export function comparing(order: DatasetOrder): (a: OrderKey, b: OrderKey) => number {
  const sign = order.direction === 'ASC' ? 1 : -1;
  const byDate = order.field !== 'NAME';
  return (a, b) => {
    const bySort = byDate ? compareDates(a.sort, b.sort) : compareTexts(a.sort, b.sort);
    return bySort === 0 ? compareTexts(a.id, b.id) : sign * bySort;
  };
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareDates(a: string, b: string): number {
  if (a === '' || b === '') return compareTexts(a, b);
  // The sort text of a date order is an Instant, written by `sortText` or read back from a cursor.
  return compareInstants(a as Instant, b as Instant);
}

/** Refuses an order that a vendor in play cannot list by itself. */
function checkOrder(slots: readonly SourceSlot[], order: DatasetOrder): void {
  const unable = slots.filter((slot) => slot.source?.datasets?.canOrder(order) === false);
  const first = unable[0];
  if (first === undefined) return;
  const who = nameVendors(unable.map((slot) => slot.vendor));
  throw new UnsupportedError(
    first.vendor,
    `${who} cannot list datasets by ${order.field} ${order.direction}. Leave out \`orderBy\` for newest first, or narrow \`filter.vendors\` to vendors that can.`,
  );
}

function readProjects(ids: readonly string[]): readonly ResourceKey<'PROJECT'>[] {
  return ids.map((id, index) => parseIdOf('PROJECT', id, ['filter', 'projectIds', String(index)]));
}

/** Datasets of all vendors in play, merged. */
export async function listDatasets(
  context: Context,
  args: PageArguments & {
    readonly filter?: DatasetFilterInput | null | undefined;
    readonly orderBy?: DatasetOrder | null | undefined;
  },
): Promise<Connection<Dataset>> {
  const filter = args.filter ?? {};
  const order = args.orderBy ?? newestFirst;
  const projects =
    filter.projectIds === null || filter.projectIds === undefined
      ? undefined
      : readProjects(filter.projectIds);
  const slots = slotsInPlay(context, 'datasets', filter.vendors).filter(
    (slot) =>
      // Only the sources of the projects can have datasets in them.
      projects === undefined || projects.some((project) => project.address.source === slot.key),
  );
  checkOrder(slots, order);
  const search = readSearch(filter.search, ['filter', 'search']);
  const connection = await readConnection(context, {
    list: [
      'datasets',
      filter.vendors ?? null,
      search ?? null,
      filter.projectIds ?? null,
      order.field,
      order.direction,
    ],
    page: args,
    inputs: mergeInputs(slots, async (source) => {
      const own = projects?.filter((project) => project.address.source === source.key);
      return source.datasets?.listDatasets({ search, projects: own }, order) ?? [];
    }),
    keyOf: (dataset) => ({ sort: sortText(dataset, order), id: dataset.id }),
    compare: comparing(order),
  });
  return primed(context, connection);
}

function primed(context: Context, connection: Connection<Dataset>): Connection<Dataset> {
  for (const dataset of connection.nodes) context.loaders.dataset.prime(dataset, dataset);
  return connection;
}

export async function getDataset(context: Context, id: string, argument = 'id'): Promise<Dataset> {
  const key = parseIdOf('DATASET', id, [argument]);
  return found(await context.loaders.dataset.load(key), key);
}

/** The datasets of one project. */
export async function listProjectDatasets(
  context: Context,
  project: ResourceKey<'PROJECT'>,
  args: PageArguments & { readonly search?: string | null | undefined },
): Promise<Connection<Dataset>> {
  const slot = slotOf(context, project);
  const datasets = partOf(context, project, 'datasets in projects', (source) => source.datasets);
  const search = readSearch(args.search, ['search']);
  const [stream] = await datasets.listDatasets({ projects: [project], search }, newestFirst);
  if (stream === undefined) throw new InvalidInputError('This project cannot be listed.');
  return primed(
    context,
    await readSingleConnection(context, {
      list: ['project', project.id, search ?? null],
      page: args,
      slot,
      stream,
    }),
  );
}

/** Items of a version of a dataset, or of its current state. */
export async function listItems(
  context: Context,
  dataset: ResourceKey<'DATASET'>,
  versionRef: string | undefined,
  page: PageArguments,
): Promise<Connection<DatasetItem>> {
  if (versionRef !== undefined) readText(versionRef, ['versionRef']);
  const slot = slotOf(context, dataset);
  const stream = partOf(context, dataset, 'datasets', (source) => source.datasets).listItems(
    dataset,
    versionRef,
  );
  return readSingleConnection(context, {
    list: ['items', dataset.id, versionRef ?? null],
    page,
    slot,
    stream,
  });
}

/** Items of one dataset, or over all datasets where a vendor lists so. */
export async function listDatasetItems(
  context: Context,
  args: PageArguments & {
    readonly filter?: { readonly datasetId?: string | null | undefined } | null | undefined;
  },
): Promise<Connection<DatasetItem>> {
  const datasetId = args.filter?.datasetId;
  if (datasetId !== null && datasetId !== undefined) {
    const dataset = parseIdOf('DATASET', datasetId, ['filter', 'datasetId']);
    return listItems(context, dataset, undefined, args);
  }
  const slots = slotsInPlay(context, 'allItems');
  return readConnection(context, {
    list: ['allItems'],
    page: args,
    inputs: mergeInputs(slots, async (source) => {
      const stream = source.datasets?.listAllItems?.();
      return stream === undefined ? [] : [stream];
    }),
    keyOf: (item) => ({ sort: item.createdAt ?? '', id: item.id }),
    compare: comparing(newestFirst),
  });
}

export async function getDatasetItem(context: Context, id: string): Promise<DatasetItem> {
  const key = parseIdOf('DATASET_ITEM', id, ['id']);
  return found(await context.loaders.datasetItem.load(key), key);
}
