import { ShapeMismatch } from './shape-mismatch.ts';

/** How deep in a parsed answer its lists stand, at most. */
const deepest = 3;

/** How many rows a parsed answer names as bad: it holds lists of `{ mismatch: ShapeMismatch }` beside the good rows. */
export function countMismatches(parsed: unknown, depth = 0): number {
  if (typeof parsed !== 'object' || parsed === null || depth > deepest) return 0;
  if (Array.isArray(parsed)) {
    // Lists are all bad rows or have none: the good ones need not be looked through.
    return hasMismatch(parsed[0]) ? parsed.length : 0;
  }
  let count = 0;
  for (const value of Object.values(parsed)) count += countMismatches(value, depth + 1);
  return count;
}

function hasMismatch(row: unknown): boolean {
  return (
    typeof row === 'object' && row !== null && 'mismatch' in row && row.mismatch instanceof ShapeMismatch
  );
}
