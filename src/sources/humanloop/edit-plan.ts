import { type InputIssue, NotFoundError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { ItemEdit } from '../source.ts';
import { itemAddressOf } from './addresses.ts';
import {
  contentOf,
  contentPrint,
  type DatapointContent,
  findIssues,
  findPatchIssues,
  patched,
} from './datapoint-content.ts';
import { refuseIssues } from './item-places.ts';
import { contentOfRow } from './read-datapoints.ts';
import type { DatapointRow } from './schema.ts';

type Path = readonly string[];

/** One upsert that makes the whole edit. */
export interface EditPlan {
  readonly action: 'set' | 'add' | 'remove';
  readonly datapoints: readonly DatapointContent[];
  /** Items that change, of those to update. */
  readonly updated: number;
  readonly removed: number;
  /** Where in the input a datapoint is from; undefined for one that stays as it is. */
  originOf(index: number): Path | undefined;
}

/** Throws InvalidInputError for everything in an edit that Humanloop could not keep or do. */
export function checkEdit({ add, update }: ItemEdit): void {
  const issues: InputIssue[] = [];
  add.forEach((item, index) => {
    issues.push(...findIssues(item, ['add', String(index)]));
  });
  update.forEach((patch, index) => {
    issues.push(...findPatchIssues(patch, ['update', String(index)]));
  });
  refuseIssues(issues);
}

/** The items that an edit names, by datapoint id: an item of an older version is that of the base, if still there. */
export interface NamedItems {
  /** Index in `update` by datapoint id. */
  readonly updates: ReadonlyMap<string, number>;
  readonly removes: ReadonlyMap<string, number>;
}

/**
 * Throws InvalidInputError for an item that is named twice, though by ids that differ (with and without a version),
 * and NotFoundError for one of another dataset.
 */
export function readNamed(datasetId: string, edit: ItemEdit): NamedItems {
  const updates = new Map<string, number>();
  const removes = new Map<string, number>();
  const issues: InputIssue[] = [];
  const read = (
    key: ResourceKey<'DATASET_ITEM'>,
    index: number,
    into: Map<string, number>,
    path: Path,
  ): void => {
    const address = itemAddressOf(key);
    if (address.datasetId !== datasetId) throw notFound(path, 'is an item of another dataset');
    const { datapointId } = address;
    if (updates.has(datapointId) || removes.has(datapointId)) {
      issues.push({ path, message: 'is named before in this edit', code: 'DUPLICATE' });
    }
    into.set(datapointId, index);
  };
  edit.update.forEach(({ item }, index) => {
    read(item, index, updates, ['update', String(index), 'id']);
  });
  edit.remove.forEach((key, index) => {
    read(key, index, removes, ['remove', String(index)]);
  });
  refuseIssues(issues);
  return { updates, removes };
}

function notFound(path: Path, what: string): NotFoundError {
  return new NotFoundError(`\`${path.join('.')}\` ${what}. Nothing was written.`);
}

function checkThere({ updates, removes }: NamedItems, rows: ReadonlyMap<string, DatapointRow>): void {
  const what = 'is no item of the newest version: it may have been changed or removed since';
  for (const [id, index] of updates) if (!rows.has(id)) throw notFound(['update', String(index), 'id'], what);
  for (const [id, index] of removes) if (!rows.has(id)) throw notFound(['remove', String(index)], what);
}

export function planAdds(edit: ItemEdit, action: 'add' | 'set'): EditPlan {
  return {
    action,
    datapoints: edit.add.map(contentOf),
    updated: 0,
    removed: 0,
    originOf: (index) => ['add', String(index)],
  };
}

/** The vendor removes by content: that of the datapoints as the base has them. */
export function planRemoves(named: NamedItems, rows: ReadonlyMap<string, DatapointRow>): EditPlan {
  checkThere(named, rows);
  const datapoints = [...named.removes.keys()].flatMap((id) => {
    const row = rows.get(id);
    return row === undefined ? [] : [contentOfRow(row)];
  });
  const indexes = [...named.removes.values()];
  return {
    action: 'remove',
    datapoints,
    updated: 0,
    removed: datapoints.length,
    originOf: (at) => ['remove', String(indexes[at])],
  };
}

/** The base's items as the edit leaves them, in their order, the added ones at the end; undefined: nothing changes. */
export function planSet(
  edit: ItemEdit,
  named: NamedItems,
  rows: ReadonlyMap<string, DatapointRow>,
): EditPlan | undefined {
  checkThere(named, rows);
  const datapoints: DatapointContent[] = [];
  const origins = new Map<number, Path>();
  let updated = 0;
  for (const [id, row] of rows) {
    if (named.removes.has(id)) continue;
    const index = named.updates.get(id);
    const patch = index === undefined ? undefined : edit.update[index];
    const before = contentOfRow(row);
    const after = patch === undefined ? before : patched(before, patch);
    if (patch !== undefined && contentPrint(after) !== contentPrint(before)) {
      origins.set(datapoints.length, ['update', String(index)]);
      updated += 1;
    }
    datapoints.push(after);
  }
  refuseMerges(datapoints, origins);
  if (updated === 0 && edit.add.length === 0 && edit.remove.length === 0) return undefined;
  const kept = datapoints.length;
  for (const item of edit.add) datapoints.push(contentOf(item));
  return {
    action: 'set',
    datapoints,
    updated,
    removed: edit.remove.length,
    originOf: (index) => (index < kept ? origins.get(index) : ['add', String(index - kept)]),
  };
}

/** Refuses updates that make an item equal to another: the vendor would keep one of the two without a word. */
function refuseMerges(datapoints: readonly DatapointContent[], changed: ReadonlyMap<number, Path>): void {
  if (changed.size === 0) return;
  const holders = new Map<string, number>();
  const issues: InputIssue[] = [];
  datapoints.forEach((content, index) => {
    const print = contentPrint(content);
    const other = holders.get(print);
    if (other === undefined) holders.set(print, index);
    const path = changed.get(index) ?? (other === undefined ? undefined : changed.get(other));
    if (other === undefined || path === undefined) return;
    const message =
      'would become equal to another item, and Humanloop keeps equal items once: one would be lost';
    issues.push({ path, message, code: 'DUPLICATE' });
  });
  refuseIssues(issues);
}
