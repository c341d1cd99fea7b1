import type { LockstepError } from './errors.ts';
import type { Instant } from './instant.ts';

export const sourceStatuses = ['UP', 'DEGRADED', 'DOWN', 'UNCONFIGURED'] as const;
export type SourceStatus = (typeof sourceStatuses)[number];

/** What is known of a vendor's quota: from its headers, else from its published limits. */
export interface SourceRateLimit {
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetsAt: Instant | null;
}

/** Refused or limited is DEGRADED: the vendor is there, and something else than waiting helps. */
export function statusOf(error: LockstepError): SourceStatus {
  switch (error.code) {
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
    case 'RATE_LIMITED':
    case 'QUERY_TOO_EXPENSIVE':
      return 'DEGRADED';
    default:
      return 'DOWN';
  }
}
