import type { Actor } from './actor.ts';
import type { Deployment } from './dataset.ts';
import type { ResourceKey } from './identity.ts';
import type { Instant } from './instant.ts';
import type { Json } from './json.ts';
import type { Vendor } from './vendor.ts';

export interface Prompt extends ResourceKey<'PROMPT'> {
  readonly vendor: Vendor;
  readonly vendorId: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: Instant | null;
  readonly createdBy: Actor | null;
  readonly versionCount: number | null;
  /** The newest date that the vendor tells of it: what lists are ordered by. */
  readonly newestAt: Instant | null;
  /** Null when there is none, undefined when this read did not tell and the source must be asked. */
  readonly latestVersion: PromptVersion | null | undefined;
  /** What a plain read gives, likewise. */
  readonly currentVersion: PromptVersion | null | undefined;
}

export interface PromptVersion extends ResourceKey<'PROMPT_VERSION'> {
  readonly prompt: ResourceKey<'PROMPT'>;
  /** Never repeats: a version id (PostHog, Humanloop), a number (Datadog). */
  readonly ref: string;
  readonly number: number | null;
  readonly name: string | null;
  readonly description: string | null;
  /** Undefined when this read did not ask for it. */
  readonly content: PromptContent | undefined;
  readonly preview: string | null;
  readonly outline: readonly OutlineHeading[] | null;
  readonly sizeBytes: number | null;
  /** Undefined when this read did not ask for it. */
  readonly config: Json | undefined;
  readonly labels: readonly string[] | null;
  /** Null for a vendor that does not deploy. */
  readonly deployments: readonly Deployment[] | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  readonly createdBy: Actor | null;
  /** Null when it is not known without another call. */
  readonly isLatest: boolean | null;
}

export interface OutlineHeading {
  readonly level: number;
  readonly text: string;
}

export type PromptContent =
  | { readonly kind: 'TEXT'; readonly text: string }
  | { readonly kind: 'CHAT'; readonly messages: readonly PromptMessage[] }
  /** Content that is neither text nor chat. */
  | { readonly kind: 'JSON'; readonly value: Json };

export interface PromptMessage {
  readonly role: string;
  readonly content: Json;
  readonly name: string | null;
  readonly toolCallId: string | null;
  readonly toolCalls: Json;
  readonly thinking: Json;
}

export interface PromptFilter {
  readonly search?: string | undefined;
  /** The vendor's id of the newest version's author. */
  readonly createdByVendorId?: string | undefined;
}
