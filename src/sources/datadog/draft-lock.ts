import type { DraftLock } from '../../domain/dataset.ts';
import type { DatasetAddress } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import type { DatasetRows } from './dataset-rows.ts';
import { isNotFound } from './failures.ts';
import { mapDraftLock } from './mapping.ts';

/**
 * Who holds a dataset's draft. What Datadog answers when nobody does is not documented: a 404 is taken for it, but
 * only where the dataset itself is there.
 */
export async function readDraftLock(
  client: DatadogClient,
  rows: DatasetRows,
  address: DatasetAddress,
): Promise<DraftLock | null> {
  try {
    return mapDraftLock(await client.getDatasetDraftState(address));
  } catch (error) {
    if (isNotFound(error) && (await rows.exists(address))) return null;
    throw error;
  }
}
