import type { DraftLock } from '../../domain/dataset.ts';
import { compareInstants } from '../../domain/instant.ts';

/** Who holds it and since when, in words. */
export function describeHolder({ holder, since }: DraftLock): string {
  const who = holder.name ?? holder.email ?? holder.handle ?? holder.vendorId ?? 'Somebody';
  return since === null ? who : `${who} (since ${since})`;
}

/** Whether both are one lock: the same person, holding it since the same moment. */
export function isSameHold(left: DraftLock, right: DraftLock): boolean {
  const idOf = ({ holder }: DraftLock): string | null => holder.vendorId ?? holder.handle ?? holder.email;
  if (idOf(left) !== idOf(right)) return false;
  if (left.since === null || right.since === null) return left.since === right.since;
  return compareInstants(left.since, right.since) === 0;
}
