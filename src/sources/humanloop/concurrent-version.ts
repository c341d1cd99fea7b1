import { compareInstants, type Instant } from '../../domain/instant.ts';
import type { VersionWritten } from '../source.ts';
import type { FileClient } from './client.ts';
import { readVersions } from './files.ts';
import { undefinedIfUnread } from './refusals.ts';
import type { FileRow } from './schema.ts';

interface WrittenVersion {
  /** What the write was based on, null where there was nothing. */
  readonly base: { readonly ref: string; readonly createdAt: Instant | null } | null;
  readonly ours: string;
  /** The versions that there were before the write, as far as they were read. */
  readonly known: ReadonlySet<string>;
}

function isNewer(row: FileRow, than: Instant): boolean {
  return compareInstants(row.created_at, than) > 0;
}

/** What a write made, told from what was there before it. */
export async function versionWritten<Row extends FileRow>(
  client: FileClient<Row>,
  id: string,
  written: WrittenVersion,
): Promise<VersionWritten> {
  const concurrentRef = await concurrentRefOf(client, id, written);
  return { versionRef: written.ours, concurrentRef, isOlder: written.known.has(written.ours) || undefined };
}

/**
 * A version that somebody outside made after the base was read and up to ours: one that is newer than the base, or
 * that was not there before the write. Null when there is none, and when the versions could not be read back.
 */
async function concurrentRefOf<Row extends FileRow>(
  client: FileClient<Row>,
  id: string,
  { base, ours, known }: WrittenVersion,
): Promise<string | null> {
  const after = await undefinedIfUnread(readVersions(client, id));
  if (after === undefined) return null;
  const since = base?.createdAt ?? after.newestFirst.find((row) => row.version_id === base?.ref)?.created_at;
  const our = after.newestFirst.find((row) => row.version_id === ours);
  // Ours may be an older version that the vendor gave back; only a new one has versions that came after it.
  const until = our !== undefined && !known.has(ours) ? our.created_at : undefined;
  const found = after.newestFirst.find((row) => {
    if (row.version_id === ours || row.version_id === base?.ref) return false;
    if (until !== undefined && isNewer(row, until)) return false;
    return !known.has(row.version_id) || (since !== undefined && isNewer(row, since));
  });
  return found?.version_id ?? null;
}
