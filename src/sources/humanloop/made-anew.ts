import { compareInstants } from '../../domain/instant.ts';
import type { FileClient } from './client.ts';
import { readVersions } from './files.ts';
import { undefinedIfUnread } from './refusals.ts';
import type { FileRow } from './schema.ts';

/**
 * How far the vendor's clock and ours may differ. Ours: a version older than this by the vendor's date was not made
 * by the request that has just been answered with it.
 */
const clockTolerance = 5 * 60_000;

/**
 * Whether the upsert that this row answered made the file. The vendor does not tell: it answers the same for a file
 * that was there, to which it then adds a version. `false` when an older version shows that it was there, null when
 * it cannot be told.
 */
export async function wasMadeAnew<Row extends FileRow>(
  client: FileClient<Row>,
  row: FileRow,
  sentAt: number,
): Promise<boolean | null> {
  const versions = await undefinedIfUnread(readVersions(client, row.id));
  if (versions === undefined) return null;
  const isOlder = ({ version_id, created_at }: FileRow): boolean =>
    version_id !== row.version_id && compareInstants(created_at, row.created_at) <= 0;
  if (versions.newestFirst.some(isOlder)) return false;
  // Equal content may have been given back as it was; and an unreadable row may be an older version.
  if (Date.parse(row.created_at) < sentAt - clockTolerance || versions.faults.length > 0) return null;
  return true;
}
