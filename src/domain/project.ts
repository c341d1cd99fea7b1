import type { OrderDirection } from './dataset.ts';
import type { ResourceKey } from './identity.ts';
import type { Instant } from './instant.ts';
import type { Vendor } from './vendor.ts';

/** A home of datasets (Datadog LLM Observability). */
export interface Project extends ResourceKey<'PROJECT'> {
  readonly vendor: Vendor;
  readonly vendorId: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface ModelLabProject extends ResourceKey<'MODEL_LAB_PROJECT'> {
  readonly vendor: Vendor;
  readonly vendorId: string;
  readonly name: string;
  readonly description: string | null;
  readonly artifactStorageLocation: string | null;
  readonly externalUrl: string | null;
  readonly isStarred: boolean | null;
  readonly ownerId: string | null;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  readonly deletedAt: Instant | null;
}

export interface ModelLabProjectFilter {
  readonly search?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

export const modelLabProjectOrderFields = ['NAME', 'CREATED_AT', 'UPDATED_AT'] as const;
export interface ModelLabProjectOrder {
  readonly field: (typeof modelLabProjectOrderFields)[number];
  readonly direction: OrderDirection;
}

/** Page numbers counted from 1, whatever the vendor counts from. */
export interface PageNumbers {
  readonly number: number;
  readonly size: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly next: number | null;
  readonly previous: number | null;
}
