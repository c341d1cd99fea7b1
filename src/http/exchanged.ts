import { errors } from 'undici';
import { SourceError, type SourceErrorCode } from '../domain/errors.ts';
import type { Account } from './account.ts';
import { errorOfFailure, headerOf, type ResponseHeaders } from './protocol.ts';
import { scrub } from './scrub.ts';
import { ShapeMismatch } from './shape-mismatch.ts';

/** A 2xx answer, whole. */
export interface Exchanged {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly text: string;
  /** Undefined when the body is not JSON. */
  readonly json: unknown;
  /** The vendor's id of the request; read where it is told, which costs more than it looks. */
  readonly requestId: () => string | undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function readShape<T>(
  account: Account,
  endpoint: string,
  parse: (json: unknown, status: number) => T,
  { json, status, requestId }: Exchanged,
): T {
  try {
    return parse(json, status);
  } catch (error) {
    if (!(error instanceof ShapeMismatch)) throw error;
    throw errorOfFailure(
      account,
      endpoint,
      'SOURCE_CONTRACT_VIOLATION',
      `sent an unexpected shape: ${error.message}`,
      { status, vendorRequestId: requestId(), cause: error },
    );
  }
}

export function notJson(
  account: Account,
  endpoint: string,
  { headers, status, requestId }: Exchanged,
): SourceError {
  const type = headerOf(headers, 'content-type') ?? 'no content type';
  const what = `sent what is not JSON (${scrub(account, type, 80)})`;
  return errorOfFailure(account, endpoint, 'SOURCE_CONTRACT_VIOLATION', what, {
    status,
    vendorRequestId: requestId(),
  });
}

/** Answers by which the vendor says that it did not do it. */
const refusals: ReadonlySet<SourceErrorCode> = new Set([
  'INVALID_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'RATE_LIMITED',
]);

/**
 * What a failure after a write was sent says of it. Where an earlier try `mayBeDone`, that this one was refused says
 * nothing of that.
 */
export function outcomeOf(account: Account, endpoint: string, error: unknown, mayBeDone: boolean): unknown {
  if (!(error instanceof SourceError) || (refusals.has(error.code) && !mayBeDone)) return error;
  const seen =
    error.httpStatus === undefined
      ? 'was sent this and gave no whole answer'
      : `answered ${error.httpStatus} to this`;
  return errorOfFailure(account, endpoint, 'OUTCOME_UNKNOWN', seen, {
    cause: error,
    vendorRequestId: error.vendorRequestId,
    ...(error.httpStatus === undefined ? {} : { status: error.httpStatus }),
  });
}

/** Longest text that is kept of the place where a transport failed. */
const longestStack = 4_000;

/**
 * What broke, in words alone. A transport's own error may hold pieces of what was sent or received, and so secrets: it
 * is let go of, with all that it refers to.
 */
function inWords(account: Account, error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const words = new Error(scrub(account, error.message));
  words.name = error.name;
  words.stack = scrub(account, error.stack ?? '', longestStack);
  return words;
}

/** The typed error of a call that broke. `timeout` is given when that was why; milliseconds. */
export function failureOf(
  account: Account,
  endpoint: string,
  error: unknown,
  timeout: number | undefined,
): unknown {
  const fail = (code: SourceErrorCode, what: string): SourceError =>
    errorOfFailure(account, endpoint, code, what, { cause: inWords(account, error) });
  if (timeout !== undefined) return fail('SOURCE_TIMEOUT', `did not answer within ${timeout} ms`);
  if (error instanceof errors.ConnectTimeoutError) {
    return fail('SOURCE_TIMEOUT', 'could not be connected to in time');
  }
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return fail('SOURCE_CONTRACT_VIOLATION', 'sent more than is read of one answer');
  }
  if (isTransportError(error)) {
    return fail('SOURCE_UNAVAILABLE', `could not be reached or broke off: ${error.code}`);
  }
  // It has no code where what came does not even begin as HTTP does.
  if (error instanceof errors.HTTPParserError) {
    return fail('SOURCE_UNAVAILABLE', 'broke off with what is not HTTP');
  }
  return error;
}

/** Errors of sockets, DNS, TLS and undici carry a code; what we throw ourselves does not look so. */
function isTransportError(error: unknown): error is Error & { code: string } {
  const ours = error instanceof SourceError;
  return error instanceof Error && !ours && 'code' in error && typeof error.code === 'string';
}
