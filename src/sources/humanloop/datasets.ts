import type { DatasetCapability, DatasetOrder, DatasetOrderField } from '../../domain/dataset.ts';
import { NotFoundError } from '../../domain/errors.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { DatasetSource, DatasetWriter } from '../source.ts';
import { offsetStream, wholeStream } from '../streams.ts';
import { vendorIdOf } from './addresses.ts';
import { readEach } from './batch.ts';
import { endpoints, type HumanloopClient, type ListQuery, type PageQuery } from './client.ts';
import {
  mapDataset,
  mapDatasetEnvironment,
  mapDatasetVersion,
  mapItem,
  mapListedDataset,
} from './dataset-mapping.ts';
import { readFile, readNewest, readPlain, readVersion, readVersions, undefinedIfAbsent } from './files.ts';
import { findItems } from './find-items.ts';
import { readRange } from './page-range.ts';
import type { DatapointRow, DatasetRow } from './schema.ts';
import { checkVersionRef } from './version-ref.ts';

/** Everything but a draft lock, which the vendor does not have. Restore and clone are made of reads and upserts. */
export const humanloopDatasetCapabilities: readonly DatasetCapability[] = [
  'VERSIONS',
  'RESTORE',
  'RENAME_VERSION',
  'DELETE_VERSION',
  'DEPLOY',
  'EDIT_ITEMS',
  'MOVE',
  'CLONE',
  'CSV_UPLOAD',
];

const sortFields: Readonly<Record<DatasetOrderField, ListQuery['sortBy']>> = {
  NAME: 'name',
  CREATED_AT: 'created_at',
  UPDATED_AT: 'updated_at',
};

const directions = { ASC: 'asc', DESC: 'desc' } as const satisfies Record<DatasetOrder['direction'], string>;

function noSuchItems(versionRef: string | undefined): NotFoundError {
  return new NotFoundError(
    versionRef === undefined
      ? 'Humanloop has no such dataset, or nothing of it stands on the default environment. In that case name a version: `items(versionRef: …)`.'
      : 'This Humanloop dataset has no such version. `versions` lists those that it has.',
  );
}

export function createDatasetSource(
  client: HumanloopClient,
  source: SourceKey,
  writer: DatasetWriter,
): DatasetSource {
  const files = client.datasets;

  function versionOf(key: ResourceKey<'DATASET'>, row: DatasetRow | null | undefined, isPlain: boolean) {
    return row === null || row === undefined ? null : mapDatasetVersion(source, key, row, isPlain);
  }

  return {
    writer,
    capabilities: humanloopDatasetCapabilities,
    canOrder: () => true,

    listDatasets: async (filter, order) => {
      // No dataset of this vendor is in a project.
      if (filter.projects !== undefined) return [];
      const query = {
        name: filter.search === '' ? undefined : filter.search,
        sortBy: sortFields[order.field],
        order: directions[order.direction],
      };
      const range = {
        endpoint: endpoints.listDatasets,
        read: (page: PageQuery) => client.listDatasets({ ...page, ...query }),
        map: (row: DatasetRow) => mapListedDataset(source, row),
      };
      return [
        offsetStream({
          idOf: (dataset) => dataset.vendorId,
          fetchRange: (offset, limit) => readRange(range, offset, limit),
        }),
      ];
    },

    getDatasets: (keys) =>
      readEach(keys, async (key) => {
        const file = await readFile(files, vendorIdOf(key));
        if (file === undefined) return undefined;
        return mapDataset(key, file.row, {
          currentVersion: versionOf(key, file.current, true),
          latestVersion: file.newest && mapDatasetVersion(source, key, file.newest, false),
        });
      }),

    currentVersion: async (key) => versionOf(key, await readPlain(files, vendorIdOf(key)), true),

    latestVersion: async (key) => versionOf(key, await readNewest(files, vendorIdOf(key)), false),

    getVersion: async (key, ref) => {
      checkVersionRef(ref);
      return versionOf(key, await readVersion(files, vendorIdOf(key), ref), false);
    },

    listVersions: (key) => {
      const id = vendorIdOf(key);
      return wholeStream({
        idOf: (version) => version.ref,
        load: async () => {
          const { newestFirst, faults } = await readVersions(files, id);
          return { items: newestFirst.map((row) => mapDatasetVersion(source, key, row, false)), faults };
        },
      });
    },

    listItems: (key, versionRef) => {
      const id = vendorIdOf(key);
      if (versionRef !== undefined) checkVersionRef(versionRef);
      const version = versionRef === undefined ? [] : [versionRef];
      const range = {
        endpoint: endpoints.listDatapoints,
        read: async (page: PageQuery) => {
          const answer = await undefinedIfAbsent(client.listDatapoints(id, versionRef, page));
          if (answer === undefined) throw noSuchItems(versionRef);
          return answer;
        },
        map: (row: DatapointRow) => mapItem(keyOf(source, 'DATASET_ITEM', id, row.id, ...version), key, row),
      };
      return offsetStream({
        idOf: (item) => item.vendorId,
        fetchRange: (offset, limit) => readRange(range, offset, limit),
      });
    },

    getItems: (keys) => findItems(client, source, keys),

    environments: async (key) => {
      const rows = await client.listDatasetEnvironments(vendorIdOf(key));
      return rows.map((row) => mapDatasetEnvironment(source, key, row));
    },
  };
}
