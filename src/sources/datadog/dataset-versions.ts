import type { DatasetVersion } from '../../domain/dataset.ts';
import { SourceError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { Instant } from '../../domain/instant.ts';
import type { DatasetSource } from '../source.ts';
import { wholeStream } from '../streams.ts';
import { type DatasetAddress, readDatasetAddress, readVersionNumber } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import type { DatasetRows } from './dataset-rows.ts';
import { mapDataset, mapDatasetVersion, projectScope } from './mapping.ts';

type VersionReads = Pick<DatasetSource, 'currentVersion' | 'latestVersion' | 'getVersion' | 'listVersions'>;

export function createVersionReads(client: DatadogClient, rows: DatasetRows): VersionReads {
  /** Every dataset read tells it, and no deployment stands between the current and the newest. */
  async function newest(dataset: ResourceKey<'DATASET'>): Promise<DatasetVersion | null> {
    const address = readDatasetAddress(dataset);
    const row = await rows.get(address);
    if (row === undefined) return null;
    return mapDataset(projectScope(dataset.address.source, address.projectId), row).currentVersion ?? null;
  }

  /** When each listed version was last used; undefined where the list cannot be had. */
  async function readLastUses(
    address: DatasetAddress,
  ): Promise<ReadonlyMap<number, Instant | null> | undefined> {
    try {
      const { good } = await client.listDatasetVersions(address);
      return new Map(
        good.map(({ value: { attributes } }) => [attributes.version_number, attributes.last_used ?? null]),
      );
    } catch (error) {
      if (error instanceof SourceError) return undefined;
      throw error;
    }
  }

  return {
    currentVersion: newest,
    latestVersion: newest,

    async getVersion(dataset, ref) {
      const address = readDatasetAddress(dataset);
      const number = readVersionNumber(ref);
      if (number === undefined) return null;
      const [row, lastUses] = await Promise.all([rows.get(address), readLastUses(address)]);
      if (row === undefined || number > row.attributes.current_version) return null;
      return mapDatasetVersion(dataset, number, {
        // The list has gaps: a version that is not in it was made all the same. Without the list nothing is known.
        lastUsedAt: lastUses === undefined ? undefined : (lastUses.get(number) ?? null),
        isCurrent: number === row.attributes.current_version,
      });
    },

    listVersions(dataset) {
      const address = readDatasetAddress(dataset);
      return wholeStream({
        idOf: (version) => version.id,
        load: async () => {
          const { good, faults } = await client.listDatasetVersions(address);
          const items: DatasetVersion[] = [];
          for (const { value } of good) {
            const { version_number: number, last_used: lastUsedAt = null } = value.attributes;
            items.push(mapDatasetVersion(dataset, number, { lastUsedAt, isCurrent: null }));
          }
          // The order of this list is not documented.
          items.sort((left, right) => (right.number ?? 0) - (left.number ?? 0));
          return { items, faults };
        },
      });
    },
  };
}
