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

export interface DraftLeasesOptions {
  /** A lease that is not renewed for so long ends. Milliseconds. */
  readonly duration: number;
  /** Releases the vendor's lock of a lease that has ended unrenewed. Must not throw. */
  readonly onExpire: (dataset: ResourceKey<'DATASET'>, lease: DraftLease) => void;
}

/**
 * Keeps callers apart who are one user at the vendor. Each set of shared credentials has leases of its own: who calls
 * with others is not told of them.
 */
export interface DraftLeases {
  /** Of all credentials: what those leases say is for their own callers only. */
  all(dataset: ResourceKey<'DATASET'>): Promise<readonly DraftLease[]>;
  /** Takes a lease, or renews the holder's own, which keeps its beginning. */
  take(
    scope: string,
    dataset: ResourceKey<'DATASET'>,
    holder: LeaseHolder,
    vendorLock: DraftLock,
  ): Promise<DraftLease>;
  /** Forgets a lease; the vendor's lock is not this one's affair. */
  release(scope: string, dataset: ResourceKey<'DATASET'>): Promise<void>;
  dispose(): void;
}

/** The lease, where it stands for the lock that the vendor shows. Ends none: what was read may be older than it. */
export async function leaseStandingFor(
  leases: DraftLeases,
  scope: string,
  dataset: ResourceKey<'DATASET'>,
  lock: DraftLock | null,
): Promise<DraftLease | undefined> {
  if (lock === null) return undefined;
  return (await leases.all(dataset)).find((lease) => lease.scope === scope && standsFor(lease, lock));
}

/** A lease as it is taken now: the holder's own, where it stands, keeps its beginning. */
export function leaseTaken(
  known: DraftLease | undefined,
  scope: string,
  { id, name }: LeaseHolder,
  vendorLock: DraftLock,
): DraftLease {
  const renewed = known?.holder.id === id && standsFor(known, vendorLock) ? known : undefined;
  return { scope, holder: { id, name }, since: renewed?.since ?? instantOf(Date.now()), vendorLock };
}

interface Entry {
  readonly lease: DraftLease;
  readonly timer: NodeJS.Timeout;
}

/** Leases of one process: after a restart the vendor's lock is all that is left of them. */
export class LocalDraftLeases implements DraftLeases {
  readonly #options: DraftLeasesOptions;
  /** By dataset, and then by scope. */
  readonly #entries = new Map<string, Map<string, Entry>>();

  constructor(options: DraftLeasesOptions) {
    this.#options = options;
  }

  async all(dataset: ResourceKey<'DATASET'>): Promise<readonly DraftLease[]> {
    return Array.from(this.#entries.get(dataset.id)?.values() ?? [], ({ lease }) => lease);
  }

  async take(
    scope: string,
    dataset: ResourceKey<'DATASET'>,
    holder: LeaseHolder,
    vendorLock: DraftLock,
  ): Promise<DraftLease> {
    const lease = leaseTaken(this.#entries.get(dataset.id)?.get(scope)?.lease, scope, holder, vendorLock);
    this.keep(dataset, lease, this.#options.duration);
    return lease;
  }

  /** Keeps a lease for so many milliseconds. */
  keep(dataset: ResourceKey<'DATASET'>, lease: DraftLease, duration: number): void {
    const { scope } = lease;
    this.#end(scope, dataset);
    const timer = setTimeout(() => {
      this.#end(scope, dataset);
      this.#options.onExpire(dataset, lease);
    }, duration);
    timer.unref();
    const ofDataset = this.#entries.get(dataset.id) ?? new Map<string, Entry>();
    this.#entries.set(dataset.id, ofDataset.set(scope, { lease, timer }));
  }

  async release(scope: string, dataset: ResourceKey<'DATASET'>): Promise<void> {
    this.#end(scope, dataset);
  }

  dispose(): void {
    for (const ofDataset of this.#entries.values())
      for (const { timer } of ofDataset.values()) clearTimeout(timer);
    this.#entries.clear();
  }

  #end(scope: string, dataset: ResourceKey<'DATASET'>): void {
    const ofDataset = this.#entries.get(dataset.id);
    const entry = ofDataset?.get(scope);
    if (ofDataset === undefined || entry === undefined) return;
    clearTimeout(entry.timer);
    ofDataset.delete(scope);
    if (ofDataset.size === 0) this.#entries.delete(dataset.id);
  }
}
