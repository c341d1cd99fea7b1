import type { Dataset, DatasetEnvironment, DatasetItem, DatasetVersion } from '../../domain/dataset.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import { once } from '../../domain/once.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { isOnDefault, mapActor, mapDeployment, mapDeployments } from './mapping.ts';
import type { DatapointRow, DatasetEnvironmentRow, DatasetRow } from './schema.ts';

/** What is known of a dataset's versions beside the row that shows it. */
export type KnownVersions = Pick<Dataset, 'currentVersion' | 'latestVersion'>;

/**
 * A version of a dataset. `isPlain` says that a plain read gave it. One that stands on the default environment is
 * current; whether another is, the dataset tells: with nothing there, a plain read may give the newest (unpublished).
 */
export function mapDatasetVersion(
  source: SourceKey,
  dataset: ResourceKey<'DATASET'>,
  row: DatasetRow,
  isPlain: boolean,
): DatasetVersion {
  const { id, address } = keyOf(source, 'DATASET_VERSION', row.id, row.version_id);
  return {
    id,
    address,
    dataset,
    ref: row.version_id,
    number: null,
    name: row.version_name ?? null,
    description: row.version_description ?? null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: mapActor(row.created_by),
    lastUsedAt: row.last_used_at ?? null,
    itemCount: row.datapoints_count ?? null,
    isCurrent: isPlain || isOnDefault(row.environments) === true ? true : null,
    readme: row.readme ?? null,
    tags: row.tags ?? null,
    attributes: row.attributes ?? null,
    schema: row.schema ?? null,
    deployments: mapDeployments(source, row.environments),
  };
}

export function mapDataset(
  dataset: ResourceKey<'DATASET'>,
  row: DatasetRow,
  versions: KnownVersions,
): Dataset {
  return {
    id: dataset.id,
    address: dataset.address,
    vendor: 'HUMANLOOP',
    vendorId: row.id,
    name: row.name,
    description: row.description ?? null,
    project: null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: mapActor(row.created_by),
    itemCount: row.datapoints_count ?? null,
    metadata: null,
    get currentVersion() {
      return versions.currentVersion;
    },
    latestVersion: versions.latestVersion,
    details: {
      kind: 'HUMANLOOP',
      dataset,
      path: row.path,
      directoryId: row.directory_id ?? null,
      readme: row.readme ?? null,
      tags: row.tags ?? [],
      attributes: row.attributes ?? null,
      schema: row.schema ?? null,
      lastUsedAt: row.last_used_at ?? null,
    },
  };
}

/** A dataset as a list shows it: which version that is, the vendor tells only by where it stands. */
export function mapListedDataset(source: SourceKey, row: DatasetRow): Dataset {
  const key = keyOf(source, 'DATASET', row.id);
  const isCurrent = isOnDefault(row.environments) === true;
  const current = once(() => (isCurrent ? mapDatasetVersion(source, key, row, true) : undefined));
  return mapDataset(key, row, {
    get currentVersion() {
      return current();
    },
    latestVersion: undefined,
  });
}

export function mapDatasetEnvironment(
  source: SourceKey,
  dataset: ResourceKey<'DATASET'>,
  row: DatasetEnvironmentRow,
): DatasetEnvironment {
  const place = mapDeployment(source, row);
  const { file } = row;
  const isThere = file !== null && file !== undefined;
  return { ...place, version: isThere ? mapDatasetVersion(source, dataset, file, place.isDefault) : null };
}

export function mapItem(
  { id, address }: ResourceKey<'DATASET_ITEM'>,
  dataset: ResourceKey<'DATASET'>,
  row: DatapointRow,
): DatasetItem {
  return {
    id,
    address,
    vendor: 'HUMANLOOP',
    vendorId: row.id,
    // Whether an id stays the same over versions is unpublished.
    stableId: null,
    dataset,
    input: row.inputs ?? null,
    expectedOutput: row.target ?? null,
    messages: row.messages ?? null,
    metadata: null,
    tags: null,
    sourceTraceId: null,
    sourceId: null,
    sourceTimestamp: null,
    deleted: null,
    createdAt: null,
    updatedAt: null,
    createdBy: null,
  };
}
