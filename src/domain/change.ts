import type { DraftLock } from './dataset.ts';
import type { GlobalId, ResourceKey } from './identity.ts';
import type { Instant } from './instant.ts';
import type { SourceStatus } from './source-status.ts';
import type { SourceKey, Vendor } from './vendor.ts';

export const changeOrigins = ['GATEWAY', 'VENDOR'] as const;
/** Made through this gateway, or seen at the vendor. */
export type ChangeOrigin = (typeof changeOrigins)[number];

export const versionActions = [
  'CREATED',
  'RESTORED',
  'UPDATED',
  'DEPLOYED',
  'UNDEPLOYED',
  'DELETED',
  'ARCHIVED',
  'LABELED',
] as const;
export type VersionAction = (typeof versionActions)[number];

/** A draft was taken, handed over or released. `heldByCaller` is null: each reader finds out for itself. */
export interface DraftLockChanged {
  readonly kind: 'DRAFT_LOCK';
  readonly origin: ChangeOrigin;
  readonly dataset: ResourceKey<'DATASET'>;
  readonly previous: DraftLock | null;
  readonly current: DraftLock | null;
}

/** What happened to a version. */
export interface VersionChanged<Kind extends 'DATASET' | 'PROMPT'> {
  readonly kind: Kind extends 'DATASET' ? 'DATASET_VERSION' : 'PROMPT_VERSION';
  readonly origin: ChangeOrigin;
  readonly resource: ResourceKey<Kind>;
  readonly action: VersionAction;
  /**
   * What stood there before: the version that was the newest (CREATED, RESTORED), that stood on the environment
   * (DEPLOYED, UNDEPLOYED), or that is gone (DELETED, ARCHIVED).
   */
  readonly previousRef: string | null;
  /** The version that is made, changed or deployed; null where nothing stands there now. */
  readonly versionRef: string | null;
  readonly environment: { readonly id: GlobalId; readonly name: string } | null;
}

export type DatasetVersionChanged = VersionChanged<'DATASET'>;
export type PromptVersionChanged = VersionChanged<'PROMPT'>;
export type ResourceChange = DraftLockChanged | DatasetVersionChanged | PromptVersionChanged;

/** A vendor stopped or started answering those who watch it with one set of credentials. */
export interface SourceStatusChanged {
  readonly kind: 'SOURCE_STATUS';
  readonly source: SourceKey;
  readonly vendor: Vendor;
  readonly status: SourceStatus;
  readonly statusReason: string | null;
}

/** What the gateway's instances share stopped or started being reached: nothing can be told of changes meanwhile. */
export interface FeedStatusChanged {
  readonly kind: 'FEED_STATUS';
  readonly isUp: boolean;
  /** Why it was not. */
  readonly reason: string | null;
}

export const changeGapReasons = ['TRIMMED', 'RESTARTED', 'SLOW_CONSUMER', 'UNOBSERVED'] as const;
export type ChangeGapReason = (typeof changeGapReasons)[number];

/** What happened before this point cannot be shown. */
export interface ChangesMissed {
  readonly kind: 'GAP';
  readonly reason: ChangeGapReason;
  readonly message: string;
  /** What to read anew; null: all that the stream is about. */
  readonly resourceIds: readonly GlobalId[] | null;
}

/** What the log holds. */
export type LoggedChange = ResourceChange | SourceStatusChanged;

/** What a subscriber is given; `cursor` goes on right after it. */
export interface FeedEvent {
  readonly cursor: string;
  readonly observedAt: Instant;
  readonly change: LoggedChange | ChangesMissed | FeedStatusChanged;
}
