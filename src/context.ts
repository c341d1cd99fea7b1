import type { ChangeFeed } from './changes/feed.ts';
import type { Publisher } from './changes/publisher.ts';
import type { Watchers } from './changes/watchers.ts';
import type { DraftLeases } from './coordination/draft-leases.ts';
import type { ResourceMutex } from './coordination/resource-mutex.ts';
import type { LockstepError } from './domain/errors.ts';
import type { Permissions } from './domain/permissions.ts';
import type { Vendor } from './domain/vendor.ts';
import type { Loaders } from './loaders/loaders.ts';
import type { SourceSlot } from './sources/source.ts';

/** Who asks, as far as the gateway knows. */
export interface Caller {
  /** Tells callers apart: `key:<name>`, `jwt:<sub>`, or `anonymous`. */
  readonly id: string;
  /** What others know it by. */
  readonly name: string;
  readonly anonymous: boolean;
  readonly permissions: Permissions;
  /** When it is no longer known: milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
}

/** Calls that an operation caused at a vendor. */
export interface UpstreamUse {
  readonly calls: number;
  readonly shared: number;
  readonly retries: number;
}

/** What one operation sees. Made anew for each, never shared. */
export interface Context {
  readonly caller: Caller;
  readonly requestId: string;
  readonly loaders: Loaders;
  /** Every vendor, in the registry's order. */
  readonly slots: readonly SourceSlot[];
  readonly limits: ContextLimits;
  /** Drops what the operation has read: each mutation field begins and ends with it. */
  forget(): void;
  readonly coordination: Coordination;
  readonly changes: ChangesInContext;
  /** Rows that came out of the order their list claims are counted. */
  onDrift(vendor: Vendor): void;
  /** What was spent upstream so far, by vendor. */
  upstreamUse(): Readonly<Record<string, UpstreamUse>>;
}

/** What an operation sees of the change feed. */
export interface ChangesInContext {
  /** The end of the log before anything was read for this operation; undefined where it is not asked for. */
  readonly cursor: string | undefined;
  /** Why it is asked for and there is none. */
  readonly cursorFailure: LockstepError | undefined;
  /** Where a client's transport says it stands; goes before what its document says. */
  readonly resumeAfter: string | undefined;
  /** Ends with the stream that the operation is, not with one event of it. */
  readonly signal: AbortSignal;
  readonly feed: ChangeFeed;
  readonly publisher: Publisher;
  readonly watchers: Watchers;
}

/** What keeps the gateway's own writers from one another. */
export interface Coordination {
  readonly mutex: ResourceMutex;
  readonly leases: DraftLeases;
}

export interface ContextLimits {
  /** Most ids that `nodes` takes. */
  readonly maxNodes: number;
  /** Most ids that a subscription takes. */
  readonly maxWatchedIds: number;
}
