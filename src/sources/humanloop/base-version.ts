import { NotFoundError } from '../../domain/errors.ts';
import type { Instant } from '../../domain/instant.ts';
import type { FileClient } from './client.ts';
import { readVersions, undefinedIfAbsent, type Versions } from './files.ts';
import { noSuchDataset } from './refusals.ts';
import type { DatasetRow } from './schema.ts';

/** What a write is based on, and what else there was just before. */
export interface Base {
  readonly row: DatasetRow | null;
  readonly known: ReadonlySet<string>;
}

export async function versionsOf(files: FileClient<DatasetRow>, id: string): Promise<Versions<DatasetRow>> {
  const versions = await undefinedIfAbsent(readVersions(files, id));
  if (versions === undefined) throw new NotFoundError(noSuchDataset);
  return versions;
}

/** The base's row. The list of versions that told the base is the one that is asked, so that it is read once. */
export async function readBaseVersion(
  files: FileClient<DatasetRow>,
  id: string,
  base: string | null,
): Promise<Base> {
  const versions = await versionsOf(files, id);
  const known = new Set(versions.newestFirst.map((row) => row.version_id));
  if (base === null) return { row: null, known };
  const row = versions.newestFirst.find(({ version_id }) => version_id === base);
  if (row === undefined) {
    const [fault] = versions.faults;
    throw fault ?? new NotFoundError(`The version ${base}, which this is based on, is no longer there.`);
  }
  return { row, known };
}

export function refAndTime(row: DatasetRow | null): { ref: string; createdAt: Instant } | null {
  return row === null ? null : { ref: row.version_id, createdAt: row.created_at };
}
