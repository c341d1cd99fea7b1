import type { Instant } from './instant.ts';

export const sourceStatuses = ['UP', 'DEGRADED', 'DOWN', 'UNCONFIGURED'] as const;
export type SourceStatus = (typeof sourceStatuses)[number];

/** What is known of a vendor's quota: from its headers, else from its published limits. */
export interface SourceRateLimit {
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetsAt: Instant | null;
}
