import { NotFoundError, SourceError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { VersionWritten } from '../writes.ts';
import { readDatasetAddress, readVersionNumber } from './addresses.ts';
import { isInvalidVersion } from './failures.ts';
import type { NewestVersions } from './newest-versions.ts';
import type { DatadogWriteClient } from './write-client.ts';
import { type DatasetRefusals, wordsOf } from './write-failures.ts';

/**
 * Copies an earlier version's records into a new one. Datadog answers with no body: the new number is read back.
 */
export async function restoreVersion(
  writes: DatadogWriteClient,
  newest: NewestVersions,
  refusals: DatasetRefusals,
  dataset: ResourceKey<'DATASET'>,
  ref: string,
  base: string | null,
): Promise<VersionWritten> {
  const address = readDatasetAddress(dataset);
  const number = readVersionNumber(ref);
  const missing = `Datadog dataset ${address.datasetId} has no version ${ref}: its versions are the whole numbers from 0 to its current one, and one that was long unused may be gone.`;
  if (number === undefined) throw new NotFoundError(missing);
  const before = readVersionNumber(base ?? '') ?? (await newest.read(address));
  try {
    await writes.restoreDatasetVersion(address, number);
  } catch (error) {
    if (error instanceof SourceError && (isInvalidVersion(error) || error.code === 'NOT_FOUND')) {
      throw new NotFoundError(`${missing} Datadog says: ${wordsOf(error)}.`);
    }
    throw await refusals.explain(error, address, ([, , attribute]) =>
      attribute === 'dataset_version' ? ['versionRef'] : undefined,
    );
  }
  const after = await newest.find(address);
  if (after === undefined || after <= before) return { versionRef: null, concurrentRef: null };
  // Two versions or more were made since, and nothing tells which of them is the restored one.
  if (after > before + 1) return { versionRef: null, concurrentRef: String(after) };
  return { versionRef: String(after), concurrentRef: null };
}
