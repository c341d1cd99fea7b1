import { headerOf, type ResponseHeaders } from './protocol.ts';

/** What the vendor's own headers last said of its quota for one credential. */
export interface SeenRateLimit {
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Milliseconds since the epoch. */
  readonly resetsAt: number | null;
  /** Which of the vendor's limits this is, where it says so. */
  readonly name?: string | undefined;
}

/** Reads `X-RateLimit-Limit`, `-Remaining`, `-Reset` (seconds until the reset) and `-Name`; undefined without a number. */
export function readRateLimit(headers: ResponseHeaders, now: number): SeenRateLimit | undefined {
  const limit = numberOf(headers, 'x-ratelimit-limit');
  const remaining = numberOf(headers, 'x-ratelimit-remaining');
  if (limit === null && remaining === null) return undefined;
  const reset = numberOf(headers, 'x-ratelimit-reset');
  const name = headerOf(headers, 'x-ratelimit-name')?.slice(0, 100);
  return { limit, remaining, resetsAt: reset === null ? null : now + reset * 1000, name };
}

function numberOf(headers: ResponseHeaders, name: string): number | null {
  const value = headerOf(headers, name);
  if (value === undefined) return null;
  const number = value.trim() === '' ? Number.NaN : Number(value);
  // What cannot be told as a GraphQL Int is not told.
  return Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : null;
}
