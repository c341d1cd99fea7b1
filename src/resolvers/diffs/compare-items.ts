import type { DatasetItem } from '../../domain/dataset.ts';

export const diffKinds = ['ADDED', 'REMOVED', 'CHANGED'] as const;
export type DiffKind = (typeof diffKinds)[number];

export type DiffEntry =
  | { readonly kind: 'ADDED'; readonly before: null; readonly after: DatasetItem }
  | { readonly kind: 'REMOVED'; readonly before: DatasetItem; readonly after: null }
  | { readonly kind: 'CHANGED'; readonly before: DatasetItem; readonly after: DatasetItem };

/** An item with a print of its content: equal contents have the same. */
export interface PrintedItem {
  readonly item: DatasetItem;
  readonly print: string;
}

export interface Comparison {
  /** What was added and changed, in the order of the head; then what was removed, in the order of the base. */
  readonly entries: readonly DiffEntry[];
  readonly unchangedCount: number;
}

/** What makes two items the same one, the surest first. Ids mean something within one source only. */
const identities: readonly ((printed: PrintedItem) => string | undefined)[] = [
  ({ item }) => (item.stableId === null ? undefined : `${item.address.source} ${item.stableId}`),
  ({ item }) => `${item.address.source} ${item.vendorId}`,
  ({ print }) => print,
];

/** Takes pairs of the same identity out of both, in order. */
function pair(
  base: Set<PrintedItem>,
  head: Set<PrintedItem>,
  identityOf: (printed: PrintedItem) => string | undefined,
  pairs: Map<PrintedItem, PrintedItem>,
): void {
  const waiting = new Map<string, PrintedItem[]>();
  // The last first, so that the first is at the end, where taking it costs nothing.
  for (const before of [...base].reverse()) {
    const identity = identityOf(before);
    if (identity === undefined) continue;
    const alike = waiting.get(identity);
    if (alike === undefined) waiting.set(identity, [before]);
    else alike.push(before);
  }
  for (const after of head) {
    const before = waiting.get(identityOf(after) ?? '')?.pop();
    if (before === undefined) continue;
    pairs.set(after, before);
    base.delete(before);
    head.delete(after);
  }
}

/** What must be done to the items of the base to have those of the head. */
export function compareItems(base: readonly PrintedItem[], head: readonly PrintedItem[]): Comparison {
  const removed = new Set(base);
  const added = new Set(head);
  const pairs = new Map<PrintedItem, PrintedItem>();
  for (const identityOf of identities) pair(removed, added, identityOf, pairs);

  const entries: DiffEntry[] = [];
  let unchangedCount = 0;
  for (const after of head) {
    const before = pairs.get(after);
    if (before === undefined) entries.push({ kind: 'ADDED', before: null, after: after.item });
    else if (before.print === after.print) unchangedCount += 1;
    else entries.push({ kind: 'CHANGED', before: before.item, after: after.item });
  }
  for (const before of removed) entries.push({ kind: 'REMOVED', before: before.item, after: null });
  return { entries, unchangedCount };
}
