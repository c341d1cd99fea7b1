import { type DraftLease, type DraftLeases, leaseStandingFor } from '../coordination/draft-leases.ts';
import type { DraftLock } from '../domain/dataset.ts';
import type { LockstepError } from '../domain/errors.ts';
import { type GlobalId, isKind, type ResourceKey } from '../domain/identity.ts';
import type { DraftLockState } from '../domain/watched-state.ts';
import type { Source } from '../sources/source.ts';

/** A lease as a lock: its holder is one of this gateway's callers. Which one reads it is not known here. */
export function leasedLock(lease: DraftLease): DraftLock {
  return {
    holder: {
      vendorId: null,
      name: lease.holder.name,
      email: null,
      handle: lease.holder.id,
      iconUrl: null,
      details: null,
    },
    since: lease.since,
    heldByCaller: null,
    kind: 'GATEWAY',
  };
}

/** A lock of shared credentials as it is kept and told to all: the caller's that has it, where one is known. */
export async function keptLock(
  leases: DraftLeases,
  scope: string,
  dataset: ResourceKey,
  lock: DraftLock | null,
): Promise<DraftLock | null> {
  const lease = isKind(dataset, 'DATASET') ? await leaseStandingFor(leases, scope, dataset, lock) : undefined;
  if (lease !== undefined) return leasedLock(lease);
  return lock === null ? null : { ...lock, heldByCaller: null };
}

/** A source of shared credentials whose locks are watched as those of the callers that have them. */
export function withLeases(leases: DraftLeases, scope: string, source: Source): Source {
  const { draftLocks } = source.watch;
  if (draftLocks === undefined) return source;
  return {
    ...source,
    watch: {
      ...source.watch,
      draftLocks: {
        ...draftLocks,
        look: async (looks) => {
          const result = new Map<GlobalId, DraftLockState | LockstepError>(await draftLocks.look(looks));
          for (const { key } of looks) {
            const state = result.get(key.id);
            if (state !== undefined && 'lock' in state) {
              result.set(key.id, { lock: await keptLock(leases, scope, key, state.lock) });
            }
          }
          return result;
        },
      },
    },
  };
}
