import { type FileVersion, nameOf, type VendorFile } from './file.ts';
import { timesOf } from './present-file.ts';
import type { Query } from './query.ts';
import type { HumanloopSwitches } from './switches.ts';

/** A file as a list shows it. */
export interface Row<Content> {
  readonly file: VendorFile<Content>;
  readonly version: FileVersion<Content>;
}

export interface ListOrder {
  readonly sortBy: 'created_at' | 'updated_at' | 'name';
  readonly order: 'asc' | 'desc';
}

export function readOrder(query: Query): ListOrder {
  return {
    sortBy: query.choice('sort_by', ['created_at', 'updated_at', 'name']) ?? 'created_at',
    order: query.choice('order', ['asc', 'desc']) ?? 'desc',
  };
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

/** Ignores case and looks at the name only, not at folders; an empty filter lets all pass (assumptions). */
export function hasName<Content>({ file }: Row<Content>, filter: string | undefined): boolean {
  return contains(nameOf(file.path), filter ?? '');
}

/** Matches names and addresses of users (vendor documentation); assumption: of those who made a version. */
export function hasUser<Content>({ file }: Row<Content>, filter: string | undefined): boolean {
  if (filter === undefined || filter === '') return true;
  const users = [file.createdBy, ...file.versions.map(({ createdBy }) => createdBy)];
  return users.some((user) => contains(user.emailAddress, filter) || contains(user.fullName, filter));
}

/** Sorts by what the answer shows; equal ones by id. Names ignore case (assumption). */
export function sortRows<R extends Row<unknown>>(
  rows: readonly R[],
  { sortBy, order }: ListOrder,
  switches: HumanloopSwitches,
): R[] {
  function keyOf({ file, version }: R): string | number {
    if (sortBy === 'name') return nameOf(file.path).toLowerCase();
    const { createdAt, updatedAt } = timesOf({ file, version, switches });
    return sortBy === 'created_at' ? createdAt : updatedAt;
  }
  const direction = order === 'asc' ? 1 : -1;
  return rows
    .map((row) => ({ row, key: keyOf(row) }))
    .sort((left, right) => {
      if (left.key !== right.key) return left.key < right.key ? -direction : direction;
      return left.row.file.id < right.row.file.id ? -direction : direction;
    })
    .map(({ row }) => row);
}
