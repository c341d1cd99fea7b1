import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { ItemContent, ItemEdit, ItemPatch, ItemsWritten } from '../source.ts';
import { uuidOf } from './addresses.ts';
import { isNotFound } from './batch.ts';
import { type CheckedEdit, checkEdit } from './check-edit.ts';
import type { PostHogClient } from './client.ts';
import type { ItemPlace } from './find-items.ts';
import { itemFields, newBody, patchBody } from './item-bodies.ts';
import { inputErrorOf, noSuch } from './refusals.ts';
import { errorOf, runSteps, type Step } from './run-steps.ts';
import type { Body, PostHogWriteClient } from './write-client.ts';

interface Counts {
  added: number;
  updated: number;
  removed: number;
}

/** The id of an item whose edit has been checked. */
function checkedId(item: ResourceKey<'DATASET_ITEM'>): string {
  const id = uuidOf(item);
  if (id === undefined) throw new TypeError('An item without a UUID was not refused.');
  return id;
}

/** Sends a write about one item; what PostHog refuses of it is told of its place in the input. */
export async function sendItem<T>(path: readonly string[], send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw isNotFound(error) ? noSuch('dataset or item') : inputErrorOf(error, itemFields, path);
  }
}

/** Makes items, in the order given; `onAdded` is told each as it is made. */
export function* addSteps(
  writes: PostHogWriteClient,
  dataset: string,
  isLater: boolean,
  items: readonly ItemContent[],
  field: string,
  onAdded: (index: number, id: string) => void,
): Generator<Step> {
  for (const [index, content] of items.entries()) {
    const path = [field, String(index)];
    const send = async (): Promise<void> => {
      const body = { dataset, ...newBody(content, isLater) };
      const { id } = await sendItem(path, () => writes.createItem(body));
      onAdded(index, id);
    };
    yield { path, send };
  }
}

async function sendLaterPatch(
  writes: PostHogWriteClient,
  id: string,
  patch: ItemPatch,
  { isDeleted, version }: ItemPlace,
): Promise<void> {
  const base = { base_version: version };
  if (patch.deleted === undefined) await writes.updateItem(id, { ...base, ...patchBody(patch, true) });
  else if (patch.deleted) await writes.archiveItem(id, base);
  else if (isDeleted) await writes.restoreItem(id, base);
}

async function sendPatch(writes: PostHogWriteClient, id: string, patch: ItemPatch): Promise<void> {
  const dataset = patch.dataset === undefined ? undefined : uuidOf(patch.dataset);
  await writes.updateItem(id, { ...patchBody(patch, false), deleted: patch.deleted, dataset });
}

/** With a body the later dialect's. One that has gone since it was found is removed as well. */
async function sendRemoval(
  writes: PostHogWriteClient,
  id: string,
  laterBody: Body | undefined,
): Promise<void> {
  try {
    await (laterBody === undefined ? writes.removeItem(id) : writes.archiveItem(id, laterBody));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function* changeSteps(
  writes: PostHogWriteClient,
  { isLater, edit, places }: CheckedEdit,
  counts: Counts,
): Generator<Step> {
  for (const [index, patch] of edit.update.entries()) {
    const id = checkedId(patch.item);
    const place = places.get(id);
    const path = ['update', String(index)];
    const send = async (): Promise<void> => {
      await sendItem(path, () =>
        isLater && place !== undefined
          ? sendLaterPatch(writes, id, patch, place)
          : sendPatch(writes, id, patch),
      );
      counts.updated += 1;
    };
    yield { path, send };
  }
  for (const [index, item] of edit.remove.entries()) {
    const id = checkedId(item);
    const body = { base_version: places.get(id)?.version };
    const path = ['remove', String(index)];
    const send = async (): Promise<void> => {
      await sendItem(path, () => sendRemoval(writes, id, isLater ? body : undefined));
      counts.removed += 1;
    };
    yield { path, send };
  }
}

/** Edits item by item: PostHog has no write of several. */
export async function editItems(
  source: SourceKey,
  client: PostHogClient,
  writes: PostHogWriteClient,
  dataset: ResourceKey<'DATASET'>,
  edit: ItemEdit,
): Promise<ItemsWritten> {
  const id = uuidOf(dataset);
  if (id === undefined) throw noSuch('dataset');
  const checked = await checkEdit(client, writes, id, edit);
  const counts: Counts = { added: 0, updated: 0, removed: 0 };
  const added = new Array<ResourceKey<'DATASET_ITEM'>>(edit.add.length);
  function* steps(): Generator<Step> {
    yield* addSteps(writes, checked.dataset, checked.isLater, edit.add, 'add', (index, itemId) => {
      counts.added += 1;
      added[index] = keyOf(source, 'DATASET_ITEM', itemId);
    });
    yield* changeSteps(writes, checked, counts);
  }
  const outcome = await runSteps(steps());
  const written = { addedCount: counts.added, updatedCount: counts.updated, removedCount: counts.removed };
  const error = errorOf(outcome, { dataset, completedSteps: completedSteps(counts), ...written });
  if (error !== undefined) throw error;
  return { versionRef: null, concurrentRef: null, ...written, added };
}

function completedSteps(counts: Counts): readonly string[] {
  return (['added', 'updated', 'removed'] as const)
    .filter((what) => counts[what] > 0)
    .map((what) => `${counts[what]} ${counts[what] === 1 ? 'item' : 'items'} ${what}`);
}
