import type { Actor } from './actor.ts';
import type { GlobalId, ResourceKey } from './identity.ts';
import type { Instant } from './instant.ts';
import type { Json } from './json.ts';
import type { Vendor } from './vendor.ts';

export const datasetCapabilities = [
  'DRAFT_LOCK',
  'VERSIONS',
  'RESTORE',
  'RENAME_VERSION',
  'DELETE_VERSION',
  'DEPLOY',
  'EDIT_ITEMS',
  'MOVE',
  'CLONE',
  'CSV_UPLOAD',
] as const;
export type DatasetCapability = (typeof datasetCapabilities)[number];

export const datasetOrderFields = ['NAME', 'CREATED_AT', 'UPDATED_AT'] as const;
export type DatasetOrderField = (typeof datasetOrderFields)[number];
export type OrderDirection = 'ASC' | 'DESC';
export interface DatasetOrder {
  readonly field: DatasetOrderField;
  readonly direction: OrderDirection;
}

export interface DatadogDatasetDetails {
  readonly kind: 'DATADOG';
  readonly projectId: GlobalId;
}
export interface HumanloopDatasetDetails {
  readonly kind: 'HUMANLOOP';
  /** Whose details they are: the environments are read when they are asked for. */
  readonly dataset: ResourceKey<'DATASET'>;
  readonly path: string;
  readonly directoryId: string | null;
  readonly readme: string | null;
  readonly tags: readonly string[];
  readonly attributes: Json;
  readonly schema: Json;
  readonly lastUsedAt: Instant | null;
}
export interface PostHogDatasetDetails {
  readonly kind: 'POSTHOG';
  readonly teamId: number | null;
}
export type DatasetDetails = DatadogDatasetDetails | HumanloopDatasetDetails | PostHogDatasetDetails;

export interface Dataset extends ResourceKey<'DATASET'> {
  readonly vendor: Vendor;
  readonly vendorId: string;
  readonly name: string;
  readonly description: string | null;
  /** Where it lives, for vendors that have projects; the project itself is read when it is asked for. */
  readonly project: ResourceKey<'PROJECT'> | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  readonly createdBy: Actor | null;
  /** Null where only a full read would tell. */
  readonly itemCount: number | null;
  readonly metadata: Json;
  /**
   * The version that a plain read gives: null when there is none, undefined when this read did not tell and
   * the source must be asked.
   */
  readonly currentVersion: DatasetVersion | null | undefined;
  /** The newest version, likewise. */
  readonly latestVersion: DatasetVersion | null | undefined;
  readonly details: DatasetDetails;
}

/** A version standing on an environment. */
export interface Deployment {
  readonly environmentId: GlobalId;
  readonly environmentName: string;
  readonly isDefault: boolean;
  readonly createdAt: Instant | null;
}

/** One environment as one dataset sees it. */
export interface DatasetEnvironment extends Deployment {
  /** What is deployed there, if anything. */
  readonly version: DatasetVersion | null;
}

export interface DatasetVersion extends ResourceKey<'DATASET_VERSION'> {
  readonly dataset: ResourceKey<'DATASET'>;
  /** By the vendor's own reference: a number (Datadog), an id (Humanloop). */
  readonly ref: string;
  readonly number: number | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  readonly createdBy: Actor | null;
  /** Undefined when this read did not tell: the versions of the dataset do. */
  readonly lastUsedAt: Instant | null | undefined;
  readonly itemCount: number | null;
  /** Null when it is not known without another call. */
  readonly isCurrent: boolean | null;
  readonly readme: string | null;
  readonly tags: readonly string[] | null;
  readonly attributes: Json;
  readonly schema: Json;
  /** Null for a vendor that does not deploy. */
  readonly deployments: readonly Deployment[] | null;
}

/** What a version's fields are where a vendor tells nothing. */
export const unknownVersionFields = {
  number: null,
  name: null,
  description: null,
  createdAt: null,
  updatedAt: null,
  createdBy: null,
  lastUsedAt: null,
  itemCount: null,
  isCurrent: null,
  readme: null,
  tags: null,
  attributes: null,
  schema: null,
  deployments: null,
} as const satisfies Partial<DatasetVersion>;

export const draftLockKinds = ['VENDOR', 'GATEWAY'] as const;

/** Who is editing a dataset's draft. */
export interface DraftLock {
  readonly holder: Actor;
  readonly since: Instant | null;
  /** Null where the caller's own identity at the vendor is not known. */
  readonly heldByCaller: boolean | null;
  readonly kind: (typeof draftLockKinds)[number];
}

export interface DatasetItem extends ResourceKey<'DATASET_ITEM'> {
  readonly vendor: Vendor;
  readonly vendorId: string;
  /** The same through all versions, where the vendor has such a thing. */
  readonly stableId: string | null;
  readonly dataset: ResourceKey<'DATASET'>;
  readonly input: Json;
  readonly expectedOutput: Json;
  readonly messages: Json;
  readonly metadata: Json;
  readonly tags: readonly string[] | null;
  readonly sourceTraceId: string | null;
  readonly sourceId: string | null;
  readonly sourceTimestamp: Instant | null;
  readonly deleted: boolean | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  readonly createdBy: Actor | null;
}
