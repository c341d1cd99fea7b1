import type { DraftLock } from '../domain/dataset.ts';
import type { ResourceKey } from '../domain/identity.ts';
import { type Instant, instantOf, isSameMoment } from '../domain/instant.ts';

/** A caller of this gateway. */
export interface LeaseHolder {
  /** Tells callers apart. */
  readonly id: string;
  /** What others know it by. */
  readonly name: string;
}

/** That one of the gateway's callers holds the draft of a dataset, through credentials that all of them share. */
export interface DraftLease {
  /** Stands for those credentials. */
  readonly scope: string;
  readonly holder: LeaseHolder;
  readonly since: Instant;
  /** The vendor's own lock that it stands for: that of the user of the shared credentials. */
  readonly vendorLock: DraftLock;
}

/** Whether a lease stands for the lock that the vendor shows: one by another, or taken anew, is not its lock. */
export function standsFor({ vendorLock }: DraftLease, lock: DraftLock | null): boolean {
  if (lock === null) return false;
  const [before, now] = [vendorLock.holder.vendorId, lock.holder.vendorId];
  return (before === null || before === now) && isSameMoment(vendorLock.since, lock.since);
}

interface Entry {
  readonly lease: DraftLease;
  readonly timer: NodeJS.Timeout;
}

export interface DraftLeasesOptions {
  /** A lease that is not renewed for so long ends. Milliseconds. */
  readonly duration: number;
  /** Releases the vendor's lock of a lease that has ended unrenewed. Must not throw. */
  readonly onExpire: (dataset: ResourceKey<'DATASET'>, lease: DraftLease) => void;
}

/**
 * Keeps callers apart who are one user at the vendor. Each set of shared credentials has leases of its own: who calls
 * with others is not told of them. A lease lives in this process: after a restart the vendor's lock is all that is left
 * of it.
 */
export class DraftLeases {
  readonly #options: DraftLeasesOptions;
  /** By dataset, and then by scope. */
  readonly #entries = new Map<string, Map<string, Entry>>();

  constructor(options: DraftLeasesOptions) {
    this.#options = options;
  }

  get(scope: string, dataset: ResourceKey<'DATASET'>): DraftLease | undefined {
    return this.#entries.get(dataset.id)?.get(scope)?.lease;
  }

  /** Of all credentials: what those leases say is for their own callers only. */
  all(dataset: ResourceKey<'DATASET'>): readonly DraftLease[] {
    return Array.from(this.#entries.get(dataset.id)?.values() ?? [], ({ lease }) => lease);
  }

  /** The lease, where it stands for the lock that the vendor shows. Ends none: what was read may be older than it. */
  standingFor(
    scope: string,
    dataset: ResourceKey<'DATASET'>,
    lock: DraftLock | null,
  ): DraftLease | undefined {
    const lease = this.get(scope, dataset);
    return lease !== undefined && standsFor(lease, lock) ? lease : undefined;
  }

  /** Takes a lease, or renews the holder's own, which keeps its beginning. */
  take(
    scope: string,
    dataset: ResourceKey<'DATASET'>,
    { id, name }: LeaseHolder,
    vendorLock: DraftLock,
  ): DraftLease {
    const known = this.get(scope, dataset);
    const renewed = known?.holder.id === id && standsFor(known, vendorLock) ? known : undefined;
    const since = renewed?.since ?? instantOf(Date.now());
    const lease: DraftLease = { scope, holder: { id, name }, since, vendorLock };
    this.release(scope, dataset);
    const timer = setTimeout(() => {
      this.release(scope, dataset);
      this.#options.onExpire(dataset, lease);
    }, this.#options.duration);
    timer.unref();
    const ofDataset = this.#entries.get(dataset.id) ?? new Map<string, Entry>();
    this.#entries.set(dataset.id, ofDataset.set(scope, { lease, timer }));
    return lease;
  }

  /** Forgets a lease; the vendor's lock is not this one's affair. */
  release(scope: string, dataset: ResourceKey<'DATASET'>): void {
    const ofDataset = this.#entries.get(dataset.id);
    const entry = ofDataset?.get(scope);
    if (ofDataset === undefined || entry === undefined) return;
    clearTimeout(entry.timer);
    ofDataset.delete(scope);
    if (ofDataset.size === 0) this.#entries.delete(dataset.id);
  }

  dispose(): void {
    for (const ofDataset of this.#entries.values())
      for (const { timer } of ofDataset.values()) clearTimeout(timer);
    this.#entries.clear();
  }
}
