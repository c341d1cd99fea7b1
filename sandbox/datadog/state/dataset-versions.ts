import { DatadogFailure } from '../datadog-failure.ts';
import type { Instant } from '../instant.ts';
import type { Dataset, DatasetRecord, DatasetVersion } from './model.ts';

/**
 * The version of that number. Recorded: a number out of range is a 400 with this text, not a 404. Assumption: one
 * in range whose time is over is a 404.
 */
export function versionAt(dataset: Dataset, number: number): DatasetVersion {
  if (!Number.isInteger(number) || number < 0 || number > dataset.currentVersion) {
    throw new DatadogFailure(400, 'invalid version: version is greater than the current version or negative');
  }
  const version = dataset.versions.get(number);
  if (version === undefined) throw new DatadogFailure(404, 'dataset version not found');
  return version;
}

/** The records of that version, newest first. */
export function recordsAt(dataset: Dataset, number: number): readonly DatasetRecord[] {
  return versionAt(dataset, number).records;
}

/** Puts the records into a new version, or into the current one in place of what it has. */
export function writeRecords(
  dataset: Dataset,
  records: readonly DatasetRecord[],
  intoNewVersion: boolean,
  at: Instant,
  versionId: string,
): void {
  dataset.updatedAt = at;
  if (intoNewVersion) {
    dataset.currentVersion += 1;
    const number = dataset.currentVersion;
    dataset.versions.set(number, { id: versionId, number, records, lastUsed: undefined });
  } else {
    versionAt(dataset, dataset.currentVersion).records = records;
  }
}

/**
 * The versions that the list shows, oldest first (the spec's example). The documentation does not agree with itself
 * on what makes a version be listed; assumption: every one but an empty 0, until it is retired.
 */
export function listedVersions(dataset: Dataset): readonly DatasetVersion[] {
  return [...dataset.versions.values()]
    .filter(({ number, records }) => number > 0 || records.length > 0)
    .sort((left, right) => left.number - right.number);
}
