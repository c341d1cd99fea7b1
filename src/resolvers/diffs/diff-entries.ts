import { InvalidInputError } from '../../domain/errors.ts';
import { type Connection, type PageArguments, readPageSize } from '../connection.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { OrderKey } from '../merge-streams.ts';
import { type DiffEntry, type DiffKind, diffKinds } from './compare-items.ts';
import type { DatasetDiff } from './dataset-diff.ts';

function keyAt(entries: readonly DiffEntry[], index: number): OrderKey | undefined {
  const entry = entries[index];
  return entry && { sort: String(index), id: (entry.after ?? entry.before).id };
}

function foreign(): InvalidInputError {
  const message =
    'This cursor belongs to another diff, or to an earlier state of one: other versions, other `kinds`, or a dataset that was changed since. Give `versionRef` of both versions (`base { ref }` and `head { ref }` tell them) and page with the same arguments throughout, or begin anew without `after`.';
  return new InvalidInputError(message, [{ path: ['after'], message, code: 'FOREIGN_CURSOR' }]);
}

/** How many entries come up to a cursor. */
function placeOf(list: string, after: string, entries: readonly DiffEntry[]): number {
  let boundary: OrderKey | undefined;
  try {
    ({ boundary } = decodeCursor(list, after));
  } catch (error) {
    const isForeign =
      error instanceof InvalidInputError && error.issues.some(({ code }) => code === 'FOREIGN_CURSOR');
    throw isForeign ? foreign() : error;
  }
  const index = Number(boundary?.sort);
  // The same versions have the same entries. Where a vendor gives them otherwise, a page would skip or repeat some.
  if (boundary === undefined || keyAt(entries, index)?.id !== boundary.id) throw foreign();
  return index + 1;
}

/** A page of what differs. Its cursors are good for the same two versions only. */
export function listDiffEntries(
  diff: DatasetDiff,
  args: PageArguments & { readonly kinds?: readonly DiffKind[] | null | undefined },
): Connection<DiffEntry> {
  const first = readPageSize(args.first);
  const kinds = diffKinds.filter((kind) => args.kinds?.includes(kind) ?? true);
  const entries = diff.entries.filter(({ kind }) => kinds.includes(kind));
  const list = JSON.stringify(['datasetDiff', diff.base.state, diff.head.state, kinds]);
  const { after } = args;
  const isLater = after !== null && after !== undefined;
  const start = isLater ? placeOf(list, after, entries) : 0;
  const page = entries.slice(start, start + first);
  const cursorAt = (index: number): string =>
    encodeCursor(list, { boundary: keyAt(entries, start + index), streams: new Map(), isThin: false });
  return {
    edges: page.map((node, index) => ({ node, cursor: () => cursorAt(index) })),
    nodes: page,
    pageInfo: {
      hasNextPage: start + page.length < entries.length,
      hasPreviousPage: isLater,
      startCursor: () => (page.length === 0 ? null : cursorAt(0)),
      endCursor: () => (page.length === 0 ? null : cursorAt(page.length - 1)),
    },
    // A version that cannot be read whole is not compared at all.
    sourceErrors: [],
    totalCount: entries.length,
    page: null,
  };
}
