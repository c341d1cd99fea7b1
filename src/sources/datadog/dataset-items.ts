import type { DatasetItem } from '../../domain/dataset.ts';
import { type LockstepError, NotFoundError } from '../../domain/errors.ts';
import { type GlobalId, keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { DatasetSource } from '../source.ts';
import { tokenStream } from '../streams.ts';
import {
  type DatasetAddress,
  isUuid,
  readDatasetAddress,
  readItemAddress,
  readVersionNumber,
} from './addresses.ts';
import type { CursorQuery, DatadogClient } from './client.ts';
import { cursorPages } from './cursor-pages.ts';
import { failureOf, isInvalidVersion, isNotFound } from './failures.ts';
import { pageSizes } from './limits.ts';
import { mapItem } from './mapping.ts';
import { mapCursorPage } from './page-rows.ts';
import type { VendorCursorPage, VendorRecord } from './schema.ts';

type ItemReads = Pick<DatasetSource, 'listItems' | 'getItems'>;

/** Items that are asked for out of the same records: those of one version of one dataset. */
interface ItemGroup {
  readonly dataset: ResourceKey<'DATASET'>;
  readonly address: DatasetAddress;
  readonly version: string | undefined;
  /** By record id. */
  readonly wanted: Map<string, GlobalId>;
}

function groupOf(groups: Map<string, ItemGroup>, key: ResourceKey<'DATASET_ITEM'>): ItemGroup {
  const { projectId, datasetId, version } = readItemAddress(key);
  const name = `${projectId} ${datasetId} ${version ?? ''}`;
  let group = groups.get(name);
  if (group === undefined) {
    const dataset = keyOf(key.address.source, 'DATASET', projectId, datasetId);
    group = { dataset, address: { projectId, datasetId }, version, wanted: new Map() };
    groups.set(name, group);
  }
  return group;
}

export function createItemReads(client: DatadogClient): ItemReads {
  /** The records of a version; of the current state without one. */
  async function readRecords(
    address: DatasetAddress,
    version: string | undefined,
    query: CursorQuery,
  ): Promise<VendorCursorPage<VendorRecord>> {
    const number = version === undefined ? undefined : readVersionNumber(version);
    const isMalformed = version !== undefined && number === undefined;
    try {
      if (!isMalformed) return await client.listDatasetRecords(address, { ...query, version: number });
    } catch (error) {
      if (version === undefined || !isInvalidVersion(error)) throw error;
    }
    throw new NotFoundError(
      `Datadog dataset ${address.datasetId} has no version ${version}. Its versions are whole numbers from 0 to its current one, and one that was long unused may be gone.`,
    );
  }

  async function readGroup(
    group: ItemGroup,
    result: Map<GlobalId, DatasetItem | LockstepError>,
  ): Promise<void> {
    const { address, dataset, version, wanted } = group;
    const read = (cursor: string | undefined) =>
      readRecords(address, version, { cursor, limit: pageSizes.itemLookup });
    let nameless: LockstepError | undefined;
    try {
      for await (const page of cursorPages(read)) {
        for (const { value } of page.good) {
          const id = wanted.get(value.id);
          if (id !== undefined) result.set(id, mapItem(dataset, version, value));
          wanted.delete(value.id);
        }
        page.bad.forEach((row, index) => {
          const [id, fault] = [wanted.get(row.id ?? ''), page.faults[index]];
          if (row.id === undefined) nameless ??= fault;
          if (row.id === undefined || id === undefined || fault === undefined) return;
          result.set(id, fault);
          wanted.delete(row.id);
        });
        if (wanted.size === 0) return;
      }
      // A row whose id cannot be read may be any of them.
      if (nameless !== undefined) for (const id of wanted.values()) result.set(id, nameless);
    } catch (error) {
      if (error instanceof NotFoundError || isNotFound(error)) return;
      const failure = failureOf(error);
      for (const id of wanted.values()) result.set(id, failure);
    }
  }

  return {
    listItems(dataset, versionRef) {
      const address = readDatasetAddress(dataset);
      return tokenStream({
        idOf: (item) => item.id,
        fetchPage: async (cursor, limit) => {
          const page = await readRecords(address, versionRef, { cursor, limit });
          return mapCursorPage(page, (row) => mapItem(dataset, versionRef, row));
        },
      });
    },

    async getItems(keys) {
      const result = new Map<GlobalId, DatasetItem | LockstepError>();
      const groups = new Map<string, ItemGroup>();
      for (const key of keys) {
        try {
          const { projectId, datasetId, recordId } = readItemAddress(key);
          if (isUuid(projectId) && isUuid(datasetId)) groupOf(groups, key).wanted.set(recordId, key.id);
        } catch (error) {
          result.set(key.id, failureOf(error));
        }
      }
      await Promise.all(Array.from(groups.values(), (group) => readGroup(group, result)));
      return result;
    },
  };
}
