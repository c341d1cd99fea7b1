import { SourceError, type SourceErrorCode, type VendorErrorDetail } from '../domain/errors.ts';
import { vendorNames } from '../domain/vendor.ts';
import type { Account } from './account.ts';
import { scrub } from './scrub.ts';

/** What differs from vendor to vendor in reading a failure. */
export interface VendorProtocol {
  /** Response headers that carry the vendor's request id, most telling first, lower case. */
  readonly requestIdHeaders: readonly string[];
  /** The errors in a parsed error body, in the vendor's words; empty when there are none to find. */
  readErrors(body: unknown): readonly VendorErrorDetail[];
}

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface FailedAnswer {
  readonly account: Account;
  readonly protocol: VendorProtocol;
  readonly endpoint: string;
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Parsed when it was JSON, else the text. */
  readonly body: unknown;
}

function codeOf(status: number): SourceErrorCode {
  switch (status) {
    case 401:
      return 'UNAUTHENTICATED';
    case 403:
      return 'FORBIDDEN';
    case 404:
      return 'NOT_FOUND';
    case 408:
      return 'SOURCE_TIMEOUT';
    case 409:
    case 423:
      return 'CONFLICT';
    case 429:
      return 'RATE_LIMITED';
    default:
      if (status >= 500) return 'SOURCE_UNAVAILABLE';
      return status >= 400 ? 'INVALID_INPUT' : 'SOURCE_CONTRACT_VIOLATION';
  }
}

const advice: Readonly<Record<SourceErrorCode, string>> = {
  INVALID_INPUT: 'It refused the request as it stands; see vendorErrors.',
  UNAUTHENTICATED: 'Check the credentials that are used for it.',
  FORBIDDEN:
    'The credentials in use are not valid there or may not do this: check the keys, and check their rights and project.',
  NOT_FOUND: 'It has no such thing, or the credentials in use may not see it.',
  CONFLICT: 'The state of the thing does not allow it; read it anew.',
  RATE_LIMITED: 'Its limit for these credentials is used up.',
  SOURCE_UNAVAILABLE: 'It is in trouble; the other vendors are not affected. Try again later.',
  SOURCE_TIMEOUT: 'It took too long; the other vendors are not affected. Try again.',
  SOURCE_CONTRACT_VIOLATION: 'The answer is not what it documents; please report this with the request id.',
  OUTCOME_UNKNOWN: 'It may or may not have happened: read before you repeat it.',
};

export function headerOf(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const longestWait = 2 ** 31 - 1;

/** Undefined for what is no wait, or one that no caller can be told as a GraphQL Int. */
function wholeSeconds(seconds: number): number | undefined {
  return seconds >= 0 && seconds <= longestWait ? Math.ceil(seconds) : undefined;
}

/** NaN for what is not a plain number: `Number` reads a blank as 0. */
function readNumber(text: string | undefined): number {
  return text !== undefined && /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
}

/** Seconds to wait, of `Retry-After` (seconds or a date) or `X-RateLimit-Reset` (seconds until the reset). */
export function retryAfterOf(headers: ResponseHeaders, now: number): number | undefined {
  const after = headerOf(headers, 'retry-after');
  if (after !== undefined) {
    const seconds = readNumber(after);
    if (!Number.isNaN(seconds)) return wholeSeconds(seconds);
    // Date.parse reads any words with a number in them.
    const at = /^\s*((mon|tue|wed|thu|fri|sat|sun)\w*,? |\d{4}-)/i.test(after)
      ? Date.parse(after)
      : Number.NaN;
    if (!Number.isNaN(at)) return wholeSeconds(Math.max(0, at - now) / 1000);
  }
  return wholeSeconds(readNumber(headerOf(headers, 'x-ratelimit-reset')));
}

function scrubDetail(account: Account, detail: VendorErrorDetail): VendorErrorDetail {
  const clean = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : scrub(account, text);
  return {
    title: clean(detail.title),
    detail: clean(detail.detail),
    code: clean(detail.code),
    source: clean(detail.source),
  };
}

export function requestIdOf(
  account: Account,
  protocol: VendorProtocol,
  headers: ResponseHeaders,
): string | undefined {
  for (const name of protocol.requestIdHeaders) {
    const value = headerOf(headers, name);
    if (value !== undefined) return scrub(account, value, 200);
  }
  return undefined;
}

/** The typed error of an answer whose status is not a success. */
export function errorOfAnswer(failed: FailedAnswer, now: number): SourceError {
  const { account, protocol, endpoint, status, headers } = failed;
  const code = codeOf(status);
  const retryAfterSeconds =
    code === 'RATE_LIMITED' || code === 'SOURCE_UNAVAILABLE' ? retryAfterOf(headers, now) : undefined;
  const told = advice[code];
  const next =
    retryAfterSeconds === undefined
      ? told
      : `${told.replace(' Try again later.', '')} Try again in ${retryAfterSeconds} s.`;
  return new SourceError({
    code,
    vendor: account.vendor,
    message: `${vendorNames[account.vendor]} answered ${status} to ${endpoint}. ${next}`,
    retryAfterSeconds,
    vendorRequestId: requestIdOf(account, protocol, headers),
    httpStatus: status,
    vendorErrors: protocol.readErrors(failed.body).map((detail) => scrubDetail(account, detail)),
  });
}

/** The typed error of an answer that could not be had or read. */
export function errorOfFailure(
  account: Account,
  endpoint: string,
  code: SourceErrorCode,
  what: string,
  more: {
    cause?: unknown;
    status?: number;
    vendorRequestId?: string | undefined;
    retryAfterSeconds?: number | undefined;
  } = {},
): SourceError {
  return new SourceError({
    code,
    vendor: account.vendor,
    message: `${vendorNames[account.vendor]} ${what} (${endpoint}). ${advice[code]}`,
    httpStatus: more.status,
    vendorRequestId: more.vendorRequestId,
    retryAfterSeconds: more.retryAfterSeconds,
    cause: more.cause,
  });
}
