import { SourceError } from '../../domain/errors.ts';
import { compareInstants } from '../../domain/instant.ts';
import { faultsOf } from '../parsing.ts';
import type { FileClient } from './client.ts';
import { isOnDefault } from './mapping.ts';
import type { FileRow } from './schema.ts';

/** What was asked for, or undefined when the vendor has no such thing. */
export async function undefinedIfAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof SourceError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

export interface Versions<Row> {
  /** By creation, which is the only order that can be had: the vendor publishes none. */
  readonly newestFirst: readonly Row[];
  readonly faults: readonly SourceError[];
}

/** All versions of a file. Throws SourceError, NOT_FOUND when there is no such file. */
export async function readVersions<Row extends FileRow>(
  client: FileClient<Row>,
  id: string,
): Promise<Versions<Row>> {
  const { good, bad } = await client.listVersions(id);
  const rows = good.map(({ value }) => value);
  // The sort is stable: versions of the same moment stay in the vendor's order.
  rows.sort((a, b) => compareInstants(b.created_at, a.created_at));
  return { newestFirst: rows, faults: faultsOf('HUMANLOOP', client.versionsEndpoint, bad) };
}

/** The newest version; null when there is none. Throws when a row that cannot be read might be newer. */
export async function readNewest<Row extends FileRow>(
  client: FileClient<Row>,
  id: string,
): Promise<Row | null> {
  const versions = await undefinedIfAbsent(readVersions(client, id));
  const fault = versions?.faults[0];
  if (fault !== undefined) throw fault;
  return versions?.newestFirst[0] ?? null;
}

/** What a plain read of a file gives. */
export async function readPlain<Row extends FileRow>(
  client: FileClient<Row>,
  id: string,
): Promise<Row | undefined> {
  const row = await undefinedIfAbsent(client.get(id, undefined));
  return row?.id === id ? row : undefined;
}

/** A file at one of its versions; what the vendor gives for another file's version is unpublished. */
export async function readVersion<Row extends FileRow>(
  client: FileClient<Row>,
  id: string,
  versionId: string,
): Promise<Row | undefined> {
  const row = await undefinedIfAbsent(client.get(id, versionId));
  return row?.id === id && row.version_id === versionId ? row : undefined;
}

/** A file, and what one or two requests told of its versions. */
export interface ShownFile<Row> {
  readonly row: Row;
  /** The version that a plain read gives; null when nothing stands on the default environment. */
  readonly current: Row | null;
  /** Undefined when it was not told. */
  readonly newest: Row | undefined;
}

/**
 * A file by id. A plain read follows the default environment, and may find nothing there although the file has
 * versions (unpublished): only then are those asked, and the newest shows the file.
 */
export async function readFile<Row extends FileRow>(
  client: FileClient<Row>,
  id: string,
): Promise<ShownFile<Row> | undefined> {
  const plain = await readPlain(client, id);
  if (plain !== undefined) return { row: plain, current: plain, newest: undefined };
  const versions = await undefinedIfAbsent(readVersions(client, id));
  const newest = versions?.newestFirst[0];
  if (versions === undefined || newest === undefined) return undefined;
  return {
    row: newest,
    current: versions.newestFirst.find((row) => isOnDefault(row.environments)) ?? null,
    newest: versions.faults.length === 0 ? newest : undefined,
  };
}
