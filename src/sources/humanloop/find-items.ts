import type { DatasetItem } from '../../domain/dataset.ts';
import type { LockstepError } from '../../domain/errors.ts';
import { type GlobalId, keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { faultsOf } from '../parsing.ts';
import type { BatchResult } from '../source.ts';
import { itemAddressOf } from './addresses.ts';
import { asResult } from './batch.ts';
import { endpoints, type HumanloopClient } from './client.ts';
import { mapItem } from './dataset-mapping.ts';
import { undefinedIfAbsent } from './files.ts';
import { limits } from './limits.ts';

/** What is looked for in one version (or in the current state) of one dataset. */
interface Search {
  readonly dataset: ResourceKey<'DATASET'>;
  readonly datasetId: string;
  readonly versionId: string | undefined;
  /** By datapoint id; found ones are taken out. */
  readonly wanted: Map<string, ResourceKey<'DATASET_ITEM'>>;
}

type Found = Map<GlobalId, DatasetItem | LockstepError>;

function groupSearches(
  source: SourceKey,
  keys: readonly ResourceKey<'DATASET_ITEM'>[],
  found: Found,
): readonly Search[] {
  const searches = new Map<string, Search>();
  for (const key of keys) {
    try {
      const { datasetId, datapointId, versionId } = itemAddressOf(key);
      const group = JSON.stringify([datasetId, versionId]);
      let search = searches.get(group);
      if (search === undefined) {
        const dataset = keyOf(source, 'DATASET', datasetId);
        search = { dataset, datasetId, versionId, wanted: new Map() };
        searches.set(group, search);
      }
      search.wanted.set(datapointId, key);
    } catch (error) {
      found.set(key.id, asResult(error));
    }
  }
  return [...searches.values()];
}

/** Reads page after page until all is found: whether a further one is needed, only the one before tells. */
async function searchPages(client: HumanloopClient, search: Search, found: Found): Promise<void> {
  const { dataset, datasetId, versionId, wanted } = search;
  let seen = 0;
  for (let page: number = limits.firstPage; wanted.size > 0; page += 1) {
    const answer = await undefinedIfAbsent(
      client.listDatapoints(datasetId, versionId, { page, size: limits.datapointsPage }),
    );
    if (answer === undefined) return;
    const { good, bad, count } = answer.records;
    for (const { value } of good) {
      const key = wanted.get(value.id);
      if (key === undefined) continue;
      found.set(key.id, mapItem(key, dataset, value));
      wanted.delete(value.id);
    }
    for (const row of bad) {
      const key = row.id === undefined ? undefined : wanted.get(row.id);
      const [fault] = key === undefined ? [] : faultsOf('HUMANLOOP', endpoints.listDatapoints, [row]);
      if (key !== undefined && fault !== undefined && row.id !== undefined) {
        found.set(key.id, fault);
        wanted.delete(row.id);
      }
    }
    seen += count;
    if (count === 0 || seen >= answer.total) return;
  }
}

/**
 * Items by id. The vendor has no read of single datapoints, so each version of each dataset that is in play is
 * paged through as far as needed, side by side.
 */
export async function findItems(
  client: HumanloopClient,
  source: SourceKey,
  keys: readonly ResourceKey<'DATASET_ITEM'>[],
): Promise<BatchResult<DatasetItem>> {
  const found: Found = new Map();
  await Promise.all(
    groupSearches(source, keys, found).map(async (search) => {
      try {
        await searchPages(client, search, found);
      } catch (error) {
        const result = asResult(error);
        for (const key of search.wanted.values()) found.set(key.id, result);
      }
    }),
  );
  return found;
}
