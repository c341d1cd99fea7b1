import { instantOf } from '../domain/instant.ts';
import type { SourceRateLimit } from '../domain/source-status.ts';
import type { SeenRateLimit } from '../http/upstream.ts';

/** What is known of a vendor's limit, as callers are told; null where nothing is. */
export function rateLimitOf(seen: SeenRateLimit | undefined): SourceRateLimit | null {
  if (seen === undefined) return null;
  return {
    limit: seen.limit,
    remaining: seen.remaining,
    resetsAt: seen.resetsAt === null ? null : instantOf(seen.resetsAt),
  };
}
