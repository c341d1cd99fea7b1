import type {
  Dataset,
  DatasetCapability,
  DatasetItem,
  DatasetOrder,
  DatasetOrderField,
  DatasetVersion,
} from '../../domain/dataset.ts';
import { type LockstepError, NotFoundError, UnsupportedError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import { nameVendors, type SourceKey } from '../../domain/vendor.ts';
import type { DatasetFilter, DatasetSource, ListStream } from '../source.ts';
import { uuidOf } from './addresses.ts';
import { isRefusalOf, readEach } from './batch.ts';
import { endpoints, type PostHogClient } from './client.ts';
import { createDatasetWriter } from './dataset-writer.ts';
import { getDatasets } from './datasets-by-id.ts';
import { searchOf, streamOf } from './listing.ts';
import { mapDataset, mapDatasetItem } from './mapping.ts';
import type { DatasetItem as DatasetItemRow } from './schema.ts';
import type { PostHogWriteClient } from './write-client.ts';

export const datasetCapabilities: readonly DatasetCapability[] = ['EDIT_ITEMS', 'CSV_UPLOAD'];

const orderFields = {
  NAME: undefined,
  CREATED_AT: 'created_at',
  UPDATED_AT: 'updated_at',
} as const satisfies Record<DatasetOrderField, string | undefined>;

/** Undefined for the vendor's own order, which breaks ties by id. */
function orderByOf({ field, direction }: DatasetOrder): string | undefined {
  const name = orderFields[field];
  if (name === undefined) {
    throw new UnsupportedError(
      'POSTHOG',
      `PostHog cannot list datasets by name; ${nameVendors(['HUMANLOOP'])} can. Order by CREATED_AT or UPDATED_AT.`,
    );
  }
  if (field === 'CREATED_AT' && direction === 'DESC') return undefined;
  return direction === 'DESC' ? `-${name}` : name;
}

function noVersions(): UnsupportedError {
  return new UnsupportedError(
    'POSTHOG',
    `PostHog keeps no versions of a dataset; ${nameVendors(['DATADOG', 'HUMANLOOP'])} do.`,
  );
}

/** What it means that the item list refuses its `dataset`: there is none such, or it may not be left out. */
function noItemsOf(dataset: string | undefined, cause: unknown): LockstepError {
  if (dataset !== undefined) return new NotFoundError(`PostHog has no dataset ${dataset}.`, { cause });
  return new UnsupportedError(
    'POSTHOG',
    'This PostHog server lists the items of one dataset at a time: name the dataset.',
  );
}

/** PostHog's datasets and their items; it has no versions of either. */
export function createDatasetSource(
  source: SourceKey,
  client: PostHogClient,
  writes: PostHogWriteClient,
): DatasetSource {
  const itemOf = (row: DatasetItemRow): DatasetItem => mapDatasetItem(source, row);

  function itemStream(dataset: string | undefined): ListStream<DatasetItem> {
    return streamOf({
      endpoint: endpoints.items,
      map: itemOf,
      fetchPage: async (offset, limit) => {
        try {
          return await client.items({ dataset, limit, offset });
        } catch (error) {
          throw isRefusalOf(error, 'dataset') ? noItemsOf(dataset, error) : error;
        }
      },
    });
  }

  return {
    writer: createDatasetWriter(source, client, writes),
    capabilities: datasetCapabilities,
    canOrder: ({ field }) => orderFields[field] !== undefined,

    async listDatasets(filter: DatasetFilter, order: DatasetOrder): Promise<readonly ListStream<Dataset>[]> {
      // No dataset of PostHog is in a project of this API.
      if (filter.projects !== undefined) return [];
      const orderBy = orderByOf(order);
      const search = searchOf(filter.search);
      return [
        streamOf({
          endpoint: endpoints.datasets,
          fetchPage: (offset, limit) => client.datasets({ search, orderBy, limit, offset }),
          map: (row) => mapDataset(source, row),
        }),
      ];
    },

    getDatasets: (keys) => getDatasets(source, client, keys),

    currentVersion: async () => null,
    latestVersion: async () => null,

    async getVersion(): Promise<DatasetVersion | null> {
      throw noVersions();
    },

    listVersions(): ListStream<DatasetVersion> {
      throw noVersions();
    },

    listItems(dataset: ResourceKey<'DATASET'>, versionRef: string | undefined): ListStream<DatasetItem> {
      if (versionRef !== undefined) throw noVersions();
      const id = uuidOf(dataset);
      if (id === undefined) throw new NotFoundError('PostHog has no such dataset: its ids are UUIDs.');
      return itemStream(id);
    },

    getItems: (keys) =>
      readEach(keys, async (key) => {
        const id = uuidOf(key);
        return id === undefined ? undefined : itemOf(await client.item(id));
      }),

    listAllItems: () => itemStream(undefined),
  };
}
