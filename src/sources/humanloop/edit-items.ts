import type { ResourceKey } from '../../domain/identity.ts';
import { PartialWriteError } from '../../domain/write-errors.ts';
import type { ItemEdit, ItemsWritten } from '../source.ts';
import { vendorIdOf } from './addresses.ts';
import { type Base, readBaseVersion, refAndTime } from './base-version.ts';
import { versionWritten } from './concurrent-version.ts';
import {
  checkEdit,
  type EditPlan,
  type NamedItems,
  planAdds,
  planRemoves,
  planSet,
  readNamed,
} from './edit-plan.ts';
import { itemPlaces } from './item-places.ts';
import { countOf, readDatapoints } from './read-datapoints.ts';
import { noSuchDataset, refusable, undefinedIfUnread } from './refusals.ts';
import type { DatapointRow, DatasetRow } from './schema.ts';
import type { Writing } from './writing.ts';

interface Counts {
  readonly addedCount: number;
  readonly updatedCount: number;
  readonly removedCount: number;
  /** Items that the vendor took for equal though they are not by our reading, so that some are gone. */
  readonly lost: number;
}

/** What the vendor made of a plan, by how many items there are now: it drops what is there already. */
function countsOf({ action, updated, removed, datapoints }: EditPlan, before: number, after: number): Counts {
  if (action === 'remove') {
    return { addedCount: 0, updatedCount: 0, removedCount: Math.max(0, before - after), lost: 0 };
  }
  const stayed = before - removed;
  const most = action === 'set' ? datapoints.length - stayed : datapoints.length;
  const addedCount = Math.min(most, Math.max(0, after - stayed));
  return { addedCount, updatedCount: updated, removedCount: removed, lost: Math.max(0, stayed - after) };
}

/** Edits items by one upsert, so that all of it is done or nothing. */
export function createItemsEditor({ client, writes }: Writing) {
  const files = client.datasets;

  async function planOf(
    id: string,
    edit: ItemEdit,
    named: NamedItems,
    base: Base,
  ): Promise<EditPlan | undefined> {
    const onlyAdds = edit.update.length === 0 && edit.remove.length === 0;
    if (onlyAdds && edit.add.length === 0) return undefined;
    if (onlyAdds) return planAdds(edit, base.row === null ? 'set' : 'add');
    const rows =
      base.row === null
        ? new Map<string, DatapointRow>()
        : await readDatapoints(client, id, base.row.version_id);
    if (edit.update.length === 0 && edit.add.length === 0) return planRemoves(named, rows);
    return planSet(edit, named, rows);
  }

  function send(id: string, plan: EditPlan, base: Base): Promise<DatasetRow> {
    const upsert = {
      to: { id },
      action: plan.action,
      datapoints: plan.datapoints,
      // They are of the version: without them in the request, the next one would be without.
      attributes: base.row?.attributes ?? undefined,
      base: plan.action === 'set' ? undefined : base.row?.version_id,
    };
    return refusable(writes.upsertDataset(upsert), {
      notFound: `${noSuchDataset} Or the version that this was based on is gone.`,
      placeOf: itemPlaces((index) => plan.originOf(index)),
    });
  }

  return async (
    dataset: ResourceKey<'DATASET'>,
    edit: ItemEdit,
    baseRef: string | null,
  ): Promise<ItemsWritten> => {
    const id = vendorIdOf(dataset);
    checkEdit(edit);
    const named = readNamed(id, edit);
    const base = await readBaseVersion(files, id, baseRef);
    const plan = await planOf(id, edit, named, base);
    if (plan === undefined) {
      const nothing = { addedCount: 0, updatedCount: 0, removedCount: 0, added: null };
      return { ...nothing, versionRef: baseRef, concurrentRef: null };
    }

    const before = base.row === null ? 0 : await countOf(client, base.row);
    const row = await send(id, plan, base);
    const stayed = before - plan.removed;
    const expected = plan.action === 'add' ? before + plan.datapoints.length : plan.datapoints.length;
    const after =
      (await undefinedIfUnread(countOf(client, row))) ?? (plan.action === 'remove' ? stayed : expected);
    const { lost, ...counts } = countsOf(plan, before, after);
    if (lost > 0) throw merged(dataset, row, counts, lost);
    const written = await versionWritten(files, id, {
      base: refAndTime(base.row),
      ours: row.version_id,
      known: base.known,
    });
    // The answer holds no datapoints: with thousands of them it could be too large to be read, and the outcome lost.
    return { ...counts, ...written, added: null };
  };
}

function merged(
  dataset: ResourceKey<'DATASET'>,
  row: DatasetRow,
  counts: Omit<Counts, 'lost'>,
  lost: number,
): PartialWriteError {
  return new PartialWriteError({
    message: `Version ${row.version_id} was written, and holds ${lost} fewer items than it should: Humanloop took some for equal and kept one of them. The version before has them all; compare the two, or restore it.`,
    dataset,
    completedSteps: [`version ${row.version_id} was written`],
    ...counts,
    unknownCount: 0,
    failures: [],
  });
}
