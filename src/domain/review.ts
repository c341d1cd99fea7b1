import type { Actor } from './actor.ts';
import type { OrderDirection } from './dataset.ts';
import type { GlobalId, ResourceKey } from './identity.ts';
import type { Instant } from './instant.ts';
import type { Json } from './json.ts';
import type { Vendor } from './vendor.ts';

export const scoreKinds = ['CATEGORICAL', 'NUMERIC', 'BOOLEAN', 'OTHER'] as const;
export type ScoreKind = (typeof scoreKinds)[number];

/** A human review of an LLM trace. */
export interface TraceReview extends ResourceKey<'TRACE_REVIEW'> {
  readonly vendor: Vendor;
  readonly vendorId: string;
  readonly traceId: string;
  readonly comment: string | null;
  readonly scores: readonly ReviewScore[];
  readonly teamId: number | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  readonly createdBy: Actor | null;
  readonly reviewedBy: Actor | null;
}

export type ReviewScoreValue =
  | { readonly kind: 'CATEGORICAL'; readonly values: readonly string[] }
  /** Decimal text: never through a float. */
  | { readonly kind: 'NUMERIC'; readonly value: string }
  | { readonly kind: 'BOOLEAN'; readonly value: boolean };

export interface ReviewScore {
  readonly id: GlobalId;
  readonly vendorId: string;
  readonly definitionId: GlobalId;
  readonly definitionName: string | null;
  readonly definitionKind: ScoreKind | null;
  readonly definitionArchived: boolean | null;
  readonly definitionVersionId: GlobalId | null;
  readonly definitionVersion: number | null;
  readonly definitionConfig: Json;
  readonly value: ReviewScoreValue | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
}

export interface ScoreDefinition extends ResourceKey<'SCORE_DEFINITION'> {
  readonly vendor: Vendor;
  readonly vendorId: string;
  readonly name: string;
  readonly description: string | null;
  readonly kind: ScoreKind;
  readonly archived: boolean;
  readonly currentVersion: number | null;
  readonly config: Json;
}

export interface TraceReviewFilter {
  readonly traceIds?: readonly string[] | undefined;
  readonly definitions?: readonly ResourceKey<'SCORE_DEFINITION'>[] | undefined;
  readonly search?: string | undefined;
}
export const traceReviewOrderFields = ['CREATED_AT', 'UPDATED_AT'] as const;
export interface TraceReviewOrder {
  readonly field: (typeof traceReviewOrderFields)[number];
  readonly direction: OrderDirection;
}

export interface ScoreDefinitionFilter {
  readonly search?: string | undefined;
  readonly kind?: ScoreKind | undefined;
  readonly archived?: boolean | undefined;
}
