import type { Instant } from './instant.ts';

/** Newest first; ids decide a tie. */
export function newestFirst<T extends { readonly id: string; readonly createdAt: Instant }>(
  items: Iterable<T>,
): T[] {
  return [...items].sort(
    (left, right) =>
      right.createdAt - left.createdAt || (left.id < right.id ? 1 : left.id > right.id ? -1 : 0),
  );
}
