import { InvalidInputError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { UploadedFile } from '../../domain/uploaded-file.ts';
import type { VersionWritten } from '../source.ts';
import { vendorIdOf } from './addresses.ts';
import { readBaseVersion, refAndTime } from './base-version.ts';
import { versionWritten } from './concurrent-version.ts';
import { countOf } from './read-datapoints.ts';
import { noSuchDataset, refusable, undefinedIfUnread } from './refusals.ts';
import type { Writing } from './writing.ts';

const partPlaces: Readonly<Record<string, string>> = {
  file: 'file',
  version_name: 'versionName',
  version_description: 'versionDescription',
};

function formOf(
  file: UploadedFile,
  version: { readonly name?: string | undefined; readonly description?: string | undefined },
): FormData {
  const form = new FormData();
  form.set('file', new Blob([Buffer.from(file.bytes)], { type: 'text/csv' }), file.name);
  if (version.name !== undefined) form.set('version_name', version.name);
  if (version.description !== undefined) form.set('version_description', version.description);
  return form;
}

/** The vendor reads the file itself, and adds its rows to the base. */
export function createCsvUpload({ client, writes }: Writing) {
  const files = client.datasets;

  return async (
    dataset: ResourceKey<'DATASET'>,
    file: UploadedFile,
    baseRef: string | null,
    version: { readonly name?: string | undefined; readonly description?: string | undefined },
  ): Promise<VersionWritten & { readonly addedCount: number }> => {
    const id = vendorIdOf(dataset);
    const base = await readBaseVersion(files, id, baseRef);
    const before = base.row === null ? 0 : await countOf(client, base.row);
    const row = await refusable(writes.uploadCsv(id, baseRef ?? undefined, formOf(file, version)), {
      notFound: `${noSuchDataset} Or it has no version that the file could be added to: add an item first.`,
      placeOf: ([root, part]) => {
        const place = root === 'body' && part !== undefined ? partPlaces[part] : undefined;
        return place === undefined ? undefined : [place];
      },
      // A taken version name is the documented reason of a 409 here.
      conflict: async () =>
        version.name === undefined
          ? undefined
          : new InvalidInputError(
              `This dataset has a version named "${version.name}" already. Nothing was written: take another name.`,
              [{ path: ['versionName'], message: 'is the name of another version', code: 'ALREADY_EXISTS' }],
            ),
    });
    const after = await undefinedIfUnread(countOf(client, row));
    const written = await versionWritten(files, id, {
      base: refAndTime(base.row),
      ours: row.version_id,
      known: base.known,
    });
    const addedCount = Math.max(0, (after ?? before) - before);
    return { ...written, addedCount };
  };
}
