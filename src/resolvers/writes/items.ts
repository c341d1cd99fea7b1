import type { Context } from '../../context.ts';
import type { DatasetItem } from '../../domain/dataset.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { ItemContent, ItemPatch } from '../../sources/source.ts';
import { partOf } from '../vendor-call.ts';
import { writeOnBase } from './published.ts';
import { datasetKey, datasetWriter, relatedId, write } from './write.ts';

export interface ItemPatchInput extends ItemContent {
  readonly id: string;
  readonly deleted?: boolean | null | undefined;
  readonly datasetId?: string | null | undefined;
}

export interface EditItemsInput {
  readonly datasetId: string;
  readonly add?: readonly ItemContent[] | null | undefined;
  readonly update?: readonly ItemPatchInput[] | null | undefined;
  readonly remove?: readonly string[] | null | undefined;
  readonly expectedRef?: string | null | undefined;
}

function readPatch(patch: ItemPatchInput, index: number, source: SourceKey): ItemPatch {
  const path = ['input', 'update', String(index)];
  const { id, deleted, datasetId, ...content } = patch;
  if (datasetId === null) {
    throw new InvalidInputError('An item has to be in a dataset.', [
      { path: [...path, 'datasetId'], message: 'cannot be cleared' },
    ]);
  }
  const item = relatedId('DATASET_ITEM', id, [...path, 'id'], source);
  const changes = [...Object.values(content), deleted ?? undefined, datasetId];
  if (changes.every((change) => change === undefined)) {
    throw new InvalidInputError('A change of an item changes nothing: give what is to be other.', [
      { path, message: 'nothing to change is given' },
    ]);
  }
  return {
    ...content,
    item,
    deleted: deleted ?? undefined,
    dataset:
      datasetId === undefined ? undefined : relatedId('DATASET', datasetId, [...path, 'datasetId'], source),
  };
}

/** Refuses an edit that names one item twice: which of the two is meant is not for us to guess. */
function checkDistinct(update: readonly ItemPatch[], remove: readonly ResourceKey[]): void {
  const seen = new Set<string>();
  const check = (key: ResourceKey, path: readonly string[]): void => {
    if (seen.has(key.id)) {
      throw new InvalidInputError('An edit names the same item twice.', [
        { path, message: 'is named before in this edit', code: 'DUPLICATE' },
      ]);
    }
    seen.add(key.id);
  };
  update.forEach((patch, index) => {
    check(patch.item, ['input', 'update', String(index), 'id']);
  });
  remove.forEach((key, index) => {
    check(key, ['input', 'remove', String(index)]);
  });
}

/** Adds, updates and removes items: together or not at all where the vendor can. */
export function editItems(context: Context, input: EditItemsInput) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const add = input.add ?? [];
    const update = (input.update ?? []).map((patch, index) =>
      readPatch(patch, index, dataset.address.source),
    );
    const remove = (input.remove ?? []).map((id, index) =>
      relatedId('DATASET_ITEM', id, ['input', 'remove', String(index)], dataset.address.source),
    );
    if (add.length + update.length + remove.length === 0) {
      throw new InvalidInputError('Give items to `add`, `update` or `remove`.', [
        { path: ['input'], message: 'nothing to change is given' },
      ]);
    }
    checkDistinct(update, remove);
    const writer = datasetWriter(context, dataset, 'writes of items', (all) => all);
    return writeOnBase(context, dataset, input.expectedRef, (base) =>
      writer.editItems(dataset, { add, update, remove }, base),
    );
  });
}

/** Added items that are asked for by their ids alone; more are looked for in the newest rows of their dataset. */
export const fewItems = 10;
/** Rows that are read at a time, and passed over before what was added is given up, beside as many as were added. */
export const newestRows = 1_000;

/** Those of the items that stand among the newest rows of their dataset, where what was just added is. */
async function newestItems(
  context: Context,
  dataset: ResourceKey<'DATASET'>,
  keys: readonly ResourceKey<'DATASET_ITEM'>[],
): Promise<ReadonlyMap<string, DatasetItem>> {
  const wanted = new Set<string>(keys.map(({ id }) => id));
  const found = new Map<string, DatasetItem>();
  const stream = partOf(context, dataset, 'datasets', (source) => source.datasets).listItems(
    dataset,
    undefined,
  );
  let from: string | undefined;
  let seen = 0;
  do {
    const page = await stream.fetch(from, newestRows);
    for (const item of page.items) if (wanted.delete(item.id)) found.set(item.id, item);
    seen += page.items.length;
    from = page.next;
  } while (from !== undefined && wanted.size > 0 && seen < keys.length + newestRows);
  return found;
}

/** The items that were added; null where the vendor does not tell which they are. */
export async function addedItems(
  context: Context,
  dataset: ResourceKey<'DATASET'>,
  added: readonly ResourceKey<'DATASET_ITEM'>[] | null,
): Promise<DatasetItem[] | null> {
  if (added === null) return null;
  const newest = added.length > fewItems ? await newestItems(context, dataset, added) : undefined;
  const items = await Promise.all(
    added.map((key) => newest?.get(key.id) ?? context.loaders.datasetItem.load(key)),
  );
  return items.filter((item) => item !== null);
}
