import type { DraftLease } from '../coordination/draft-leases.ts';
import type { DraftLock } from '../domain/dataset.ts';

/** A lease as a lock: its holder is one of this gateway's callers. */
export function leasedLock(lease: DraftLease, caller: string): DraftLock {
  return {
    holder: {
      vendorId: null,
      name: lease.holder,
      email: null,
      handle: null,
      iconUrl: null,
      details: null,
    },
    since: lease.since,
    heldByCaller: lease.holder === caller,
    kind: 'GATEWAY',
  };
}
