import { NotFoundError } from '../../domain/errors.ts';
import type { FileClient } from './client.ts';
import { readVersion } from './files.ts';
import type { DatasetRow } from './schema.ts';
import { checkVersionRef } from './version-ref.ts';

const place = ['versionRef'];

/**
 * The row of a version that a write names. What the vendor does with another dataset's version under this one's path
 * is unpublished, so it is looked at before anything is sent.
 */
export async function ownVersion(
  files: FileClient<DatasetRow>,
  id: string,
  ref: string,
): Promise<DatasetRow> {
  checkVersionRef(ref, place);
  const row = await readVersion(files, id, ref);
  if (row !== undefined) return row;
  throw new NotFoundError(
    `\`versionRef\`: this Humanloop dataset has no version ${ref}, or there is no such dataset. \`versions\` lists those that it has.`,
  );
}
