import { type InputIssue, NotFoundError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { DatasetWriter } from '../source.ts';
import { vendorIdOf } from './addresses.ts';
import { versionsOf } from './base-version.ts';
import { createDatasetCreation } from './create-dataset.ts';
import { createItemsEditor } from './edit-items.ts';
import { checkName, directoryOf, findByPath, joinPath, nameOf } from './file-path.ts';
import { readFile } from './files.ts';
import { refuseIssues } from './item-places.ts';
import { noSuchDataset, refusable, undefinedIfUnread } from './refusals.ts';
import { createRestore } from './restore-version.ts';
import { fileTaken } from './taken-path.ts';
import { createCsvUpload } from './upload-csv.ts';
import { createVersionChanges } from './version-changes.ts';
import type { Writing } from './writing.ts';

/** Everything but a draft lock, which the vendor does not have. */
export function createDatasetWriter(writing: Writing): DatasetWriter {
  const { client, writes, source } = writing;
  const files = client.datasets;

  async function pathNow(id: string): Promise<string> {
    const file = await readFile(files, id);
    if (file === undefined) throw new NotFoundError(noSuchDataset);
    return file.row.path;
  }

  function moving(id: string, to: { readonly path: string } | { readonly name: string }): Promise<void> {
    return refusable(writes.moveDataset(id, to), {
      notFound: noSuchDataset,
      placeOf: ([root, field]) => {
        if (root !== 'body') return undefined;
        return field === 'name' ? ['name'] : ['directoryPath'];
      },
      conflict: async () => {
        const path = 'path' in to ? to.path : await undefinedIfUnread(newPath(id, to.name));
        if (path === undefined) return undefined;
        return fileTaken(
          path,
          await undefinedIfUnread(findByPath(client.listDatasets, path)),
          source,
          'DATASET',
        );
      },
    });
  }

  async function newPath(id: string, name: string): Promise<string> {
    return joinPath(directoryOf(await pathNow(id)), name);
  }

  async function rename(dataset: ResourceKey<'DATASET'>, name: string): Promise<void> {
    checkName(name, 'name');
    await moving(vendorIdOf(dataset), { name });
  }

  return {
    ...createDatasetCreation(writing),
    ...createVersionChanges(writing),
    editItems: createItemsEditor(writing),
    uploadCsv: createCsvUpload(writing),
    restore: createRestore(writing),

    update: async (dataset, { name, description, metadata }) => {
      const issues: InputIssue[] = [];
      if (description !== undefined) {
        issues.push({
          path: ['description'],
          message: 'no request of Humanloop sets the description of a dataset',
        });
      }
      if (metadata !== undefined) {
        issues.push({ path: ['metadata'], message: 'Humanloop keeps no metadata of a dataset' });
      }
      refuseIssues(issues);
      if (name !== undefined) await rename(dataset, name);
    },

    move: async (dataset, { directoryPath, name }) => {
      if (directoryPath === undefined) {
        if (name !== undefined) await rename(dataset, name);
        return;
      }
      const id = vendorIdOf(dataset);
      // The request takes a directory only as a part of the whole path.
      const path = joinPath(directoryPath, name ?? nameOf(await pathNow(id)));
      await moving(id, { path });
    },

    delete: async (dataset) => {
      await refusable(writes.deleteDataset(vendorIdOf(dataset)), { notFound: noSuchDataset });
    },

    latestRef: async (dataset) => {
      const { newestFirst, faults } = await versionsOf(files, vendorIdOf(dataset));
      // A row that cannot be read might be newer.
      const [fault] = faults;
      if (fault !== undefined) throw fault;
      return newestFirst[0]?.version_id ?? null;
    },
  };
}
