import { type InputIssue, InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { Json } from '../../domain/json.ts';
import { PartialWriteError } from '../../domain/write-errors.ts';
import type { ItemContent, NewDataset } from '../source.ts';
import { vendorIdOf } from './addresses.ts';
import { contentOf, contentPrint, type DatapointContent, findIssues } from './datapoint-content.ts';

import { directoryOf, findByPath, joinPath } from './file-path.ts';
import { readFile, readNewest, readVersion } from './files.ts';
import { itemPlaces, refuseIssues } from './item-places.ts';
import { wasMadeAnew } from './made-anew.ts';
import { contentOfRow, readDatapoints } from './read-datapoints.ts';
import { noSuchDataset, refusable, undefinedIfUnread } from './refusals.ts';
import type { DatapointRow, DatasetRow } from './schema.ts';
import { fileTaken } from './taken-path.ts';
import type { Writing } from './writing.ts';

type Created = { readonly dataset: ResourceKey<'DATASET'>; readonly created: boolean | null };

function refuseFields({ project, description, metadata }: NewDataset): void {
  const issues: InputIssue[] = [];
  if (project !== undefined) {
    issues.push({ path: ['projectId'], message: 'Humanloop has no projects: use `directoryPath`' });
  }
  if (description !== undefined) {
    issues.push({
      path: ['description'],
      message: 'no request of Humanloop sets the description of a dataset',
    });
  }
  if (metadata !== undefined && metadata !== null) {
    issues.push({ path: ['metadata'], message: 'Humanloop keeps no metadata of a dataset' });
  }
  refuseIssues(issues);
}

function readItems(items: readonly ItemContent[]): readonly DatapointContent[] {
  const issues: InputIssue[] = [];
  const first = new Map<string, number>();
  const contents = items.map((item, index) => {
    const found = findIssues(item, ['items', String(index)]);
    issues.push(...found);
    const content = contentOf(item);
    const print = contentPrint(content);
    const twin = first.get(print);
    if (twin === undefined) first.set(print, index);
    else {
      // The vendor drops twins without a word (documentation), and a creation does not say how many there are.
      const message = `is equal to items.${twin}: Humanloop keeps equal items once. Tell them apart by an input more`;
      issues.push({ path: ['items', String(index)], message, code: 'DUPLICATE' });
    }
    return content;
  });
  refuseIssues(issues);
  return contents;
}

/** Creates datasets: new ones, and copies. An upsert on a path that is taken would change what is there. */
export function createDatasetCreation({ client, writes, source }: Writing) {
  const files = client.datasets;

  async function isHeldBy(row: DatasetRow, contents: readonly DatapointContent[]): Promise<boolean> {
    if (contents.length === 0) return true;
    const newest = await readNewest(files, row.id);
    if (newest === null || (newest.datapoints_count ?? contents.length) !== contents.length) return false;
    const rows = await readDatapoints(client, row.id, newest.version_id);
    const prints = new Set(contents.map(contentPrint));
    return (
      rows.size === prints.size &&
      [...rows.values()].every((held) => prints.has(contentPrint(contentOfRow(held))))
    );
  }

  async function upsertAt(
    path: string,
    datapoints: readonly DatapointContent[],
    attributes: Json | undefined,
  ): Promise<Created> {
    const sentAt = Date.now();
    const row = await refusable(
      writes.upsertDataset({ to: { path }, action: 'set', datapoints, attributes }),
      {
        placeOf: itemPlaces(
          (index) => ['items', String(index)],
          (rest) => (rest[0] === 'path' ? ['name'] : undefined),
        ),
        conflict: async () =>
          fileTaken(path, await undefinedIfUnread(findByPath(client.listDatasets, path)), source, 'DATASET'),
      },
    );
    const dataset = keyOf(source, 'DATASET', row.id);
    const created = await wasMadeAnew(files, row, sentAt);
    if (created !== false) return { dataset, created };
    throw new PartialWriteError({
      message: `There was a dataset at "${path}" after all (made since the look before, or shown in no list), and Humanloop made the items a version of it: ${row.version_id}. Its other versions and its deployments are as they were; delete that version, or use the dataset as it is.`,
      dataset,
      completedSteps: [`the items are version ${row.version_id} of the dataset that was there`],
      addedCount: row.datapoints_count ?? datapoints.length,
      updatedCount: 0,
      removedCount: 0,
      unknownCount: 0,
      failures: [{ path: ['name'], code: 'ALREADY_EXISTS', message: `"${path}" was taken already` }],
    });
  }

  return {
    create: async (input: NewDataset): Promise<Created> => {
      refuseFields(input);
      const path = joinPath(input.directoryPath ?? '', input.name);
      const contents = readItems(input.items);
      const existing = await findByPath(client.listDatasets, path);
      if (existing === undefined) return upsertAt(path, contents, undefined);
      if (!(await isHeldBy(existing, contents))) throw fileTaken(path, existing, source, 'DATASET');
      return { dataset: keyOf(source, 'DATASET', existing.id), created: false };
    },

    /** Copies a version, in the same directory. */
    clone: async (
      original: ResourceKey<'DATASET'>,
      to: {
        readonly name: string;
        readonly description?: string | undefined;
        readonly versionRef?: string | undefined;
      },
    ): Promise<ResourceKey<'DATASET'>> => {
      if (to.description !== undefined) {
        throw new InvalidInputError('Humanloop has no request that sets the description of a dataset.', [
          { path: ['description'], message: 'no request of Humanloop sets the description of a dataset' },
        ]);
      }
      const id = vendorIdOf(original);
      const file = await readFile(files, id);
      if (file === undefined) throw new NotFoundError(noSuchDataset);
      const path = joinPath(directoryOf(file.row.path), to.name);
      const [taken, version] = await Promise.all([
        findByPath(client.listDatasets, path),
        to.versionRef === undefined ? readNewest(files, id) : readVersion(files, id, to.versionRef),
      ]);
      if (taken !== undefined) throw fileTaken(path, taken, source, 'DATASET');
      const isEmpty = version === null || version === undefined;
      const rows = isEmpty
        ? new Map<string, DatapointRow>()
        : await readDatapoints(client, id, version.version_id);
      const contents = Array.from(rows.values(), contentOfRow);
      const { dataset } = await upsertAt(path, contents, version?.attributes ?? undefined);
      return dataset;
    },
  };
}
