import type { ResourceKey } from '../domain/identity.ts';
import { type Instant, instantOf } from '../domain/instant.ts';

/** That one of the gateway's callers holds the draft of a dataset, through credentials that all of them share. */
export interface DraftLease {
  /** The caller's name. */
  readonly holder: string;
  readonly since: Instant;
  /** Whom the vendor shows as the holder: the user of the shared credentials. */
  readonly vendorHolder: string | null;
}

interface Entry {
  readonly lease: DraftLease;
  readonly timer: NodeJS.Timeout;
}

export interface DraftLeasesOptions {
  /** A lease that is not renewed for so long ends. Milliseconds. */
  readonly duration: number;
  /** Releases the vendor's lock of a lease that has ended unrenewed. Must not throw. */
  readonly onExpire: (dataset: ResourceKey<'DATASET'>) => void;
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

  /** Takes a lease, or renews the holder's own, which keeps its beginning. */
  take(dataset: ResourceKey<'DATASET'>, holder: string, vendorHolder: string | null): DraftLease {
    const known = this.get(dataset);
    const since = known?.holder === holder ? known.since : instantOf(Date.now());
    const lease: DraftLease = { holder, since, vendorHolder };
    this.release(dataset);
    const timer = setTimeout(() => {
      this.#entries.delete(dataset.id);
      this.#options.onExpire(dataset);
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
