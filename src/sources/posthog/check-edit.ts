import { type InputIssue, NotFoundError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { ItemEdit } from '../source.ts';
import { uuidOf } from './addresses.ts';
import type { PostHogClient } from './client.ts';
import { findItems, type ItemPlace } from './find-items.ts';
import { editIssues, laterEditIssues } from './item-bodies.ts';
import { isOfLaterServer, readLivingDatasets } from './living-datasets.ts';
import { noSuch, refuseAll } from './refusals.ts';
import type { PostHogWriteClient } from './write-client.ts';

/** An edit whose every reference is known to exist. */
export interface CheckedEdit {
  readonly dataset: string;
  readonly isLater: boolean;
  readonly edit: ItemEdit;
  readonly places: ReadonlyMap<string, ItemPlace>;
}

/** Places in the input of items that are not there, or are deleted and not to be brought back. */
function missingPlaces({ update, remove }: ItemEdit, places: ReadonlyMap<string, ItemPlace>): string[] {
  const isMissing = (item: ResourceKey<'DATASET_ITEM'>, mayBeDeleted: boolean): boolean => {
    const place = places.get(uuidOf(item) ?? '');
    return place === undefined || (place.isDeleted && !mayBeDeleted);
  };
  const missing: string[] = [];
  for (const [index, { item, deleted }] of update.entries()) {
    if (isMissing(item, deleted === false)) missing.push(`update.${index}`);
  }
  for (const [index, item] of remove.entries()) {
    if (isMissing(item, false)) missing.push(`remove.${index}`);
  }
  return missing;
}

const longestList = 20;

function refuseMissing(missing: readonly string[]): void {
  if (missing.length === 0) return;
  const shown = missing.slice(0, longestList).join(', ');
  const more = missing.length > longestList ? ` and ${missing.length - longestList} more` : '';
  throw new NotFoundError(
    `PostHog has no such items in this dataset, or they are deleted: ${shown}${more}. Nothing was sent. \`deleted: false\` brings a deleted one back.`,
  );
}

function targetIssues(edit: ItemEdit, living: ReadonlyMap<string, unknown>): readonly InputIssue[] {
  return edit.update.flatMap(({ dataset }, index) => {
    if (dataset === undefined || living.has(uuidOf(dataset) ?? '')) return [];
    const path = ['update', String(index), 'datasetId'];
    return [{ path, message: 'PostHog has no such dataset to move it to', code: 'NOT_FOUND' }];
  });
}

/** Checks all that can be checked before anything is written: one read of datasets, and as few of items as it takes. */
export async function checkEdit(
  client: PostHogClient,
  writes: PostHogWriteClient,
  dataset: string,
  edit: ItemEdit,
): Promise<CheckedEdit> {
  refuseAll(editIssues(edit));
  const targets = edit.update.flatMap((patch) => (patch.dataset && uuidOf(patch.dataset)) ?? []);
  const living = await readLivingDatasets(client, [dataset, ...targets]);
  const row = living.get(dataset);
  if (row === undefined) throw noSuch('dataset');
  const isLater = isOfLaterServer(row);
  refuseAll([...targetIssues(edit, living), ...(isLater ? laterEditIssues(edit) : [])]);
  const ids = new Set<string>();
  const restored = new Set<string>();
  for (const { item, deleted } of edit.update) {
    const id = uuidOf(item);
    if (id !== undefined) (deleted === false ? restored : ids).add(id);
  }
  for (const item of edit.remove) ids.add(uuidOf(item) ?? '');
  ids.delete('');
  for (const id of restored) ids.add(id);
  const places = await findItems({ client, writes, dataset, isLater, restored }, ids);
  refuseMissing(missingPlaces(edit, places));
  return { dataset, isLater, edit, places };
}
