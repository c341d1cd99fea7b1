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
 * Keeps callers apart who are one user at the vendor. A lease lives in this process: after a restart the vendor's
 * lock is all that is left of it.
 */
export class DraftLeases {
  readonly #options: DraftLeasesOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: DraftLeasesOptions) {
    this.#options = options;
  }

  get(dataset: ResourceKey<'DATASET'>): DraftLease | undefined {
    return this.#entries.get(dataset.id)?.lease;
  }

  /** The lease, where it stands for the lock that the vendor shows. Ends none: what was read may be older than it. */
  standingFor(dataset: ResourceKey<'DATASET'>, lock: DraftLock | null): DraftLease | undefined {
    const lease = this.get(dataset);
    return lease !== undefined && standsFor(lease, lock) ? lease : undefined;
  }

  /** Takes a lease, or renews the holder's own, which keeps its beginning. */
  take(dataset: ResourceKey<'DATASET'>, { id, name }: LeaseHolder, vendorLock: DraftLock): DraftLease {
    const known = this.get(dataset);
    const renewed = known?.holder.id === id && standsFor(known, vendorLock) ? known : undefined;
    const since = renewed?.since ?? instantOf(Date.now());
    const lease: DraftLease = { holder: { id, name }, since, vendorLock };
    this.release(dataset);
    const timer = setTimeout(() => {
      this.#entries.delete(dataset.id);
      this.#options.onExpire(dataset, lease);
    }, this.#options.duration);
    timer.unref();
    this.#entries.set(dataset.id, { lease, timer });
    return lease;
  }

  /** Forgets a lease; the vendor's lock is not this one's affair. */
  release(dataset: ResourceKey<'DATASET'>): void {
    const entry = this.#entries.get(dataset.id);
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    this.#entries.delete(dataset.id);
  }

  dispose(): void {
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
    this.#entries.clear();
  }
}
