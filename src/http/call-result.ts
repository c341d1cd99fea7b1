import { SourceError } from '../domain/errors.ts';

/** What a call says of the vendor: that it answers, that it is down, or nothing. */
export type Verdict = 'up' | 'down' | 'unknown';

/** How one try ended. */
export type CallResult<T> = { readonly ok: true; readonly value: T } | CallFailure;

export interface CallFailure {
  readonly ok: false;
  readonly error: unknown;
  /** Whether the vendor may have got it. */
  readonly sent: boolean;
  readonly verdict: Verdict;
  /** For how long the vendor asked to be left alone. Seconds. */
  readonly waitSeconds?: number | undefined;
  /** Shed: the gateway has too much to do, and trying again would only add to it. */
  readonly isFinal?: true;
}

/** What the failure of a call that went out says of the vendor. A 4xx, 429 and 408 included, is an answer. */
export function verdictOf(error: unknown): Verdict {
  if (!(error instanceof SourceError)) return 'unknown';
  if (error.httpStatus !== undefined) return error.httpStatus >= 500 ? 'down' : 'up';
  switch (error.code) {
    case 'SOURCE_UNAVAILABLE':
    case 'SOURCE_TIMEOUT':
      return 'down';
    case 'SOURCE_CONTRACT_VIOLATION':
      return 'up';
    default:
      return 'unknown';
  }
}

/** A call that never went out. */
export function unsent(error: SourceError, isFinal?: true): CallFailure {
  return { ok: false, error, sent: false, verdict: 'unknown', ...(isFinal && { isFinal }) };
}
