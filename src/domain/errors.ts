import type { ErrorCode } from './error-code.ts';
import type { Vendor } from './vendor.ts';

/**
 * An error that a caller may see: it says what happened and what to do next, and holds no secret. Whatever is
 * thrown and is not one of these is masked.
 */
export abstract class LockstepError extends Error {
  abstract readonly code: ErrorCode;

  /** What stands beside `code` in a GraphQL error's `extensions`. */
  get details(): Readonly<Record<string, unknown>> {
    return {};
  }
}

/** One thing that is wrong with an input. */
export interface InputIssue {
  /** Where, from the argument down: `['filter', 'projectIds', '0']`. */
  readonly path: readonly string[];
  readonly message: string;
  readonly code?: string;
}

/** The caller's input cannot be used; nothing was asked of a vendor for it. */
export class InvalidInputError extends LockstepError {
  override readonly name = 'InvalidInputError';
  readonly code = 'INVALID_INPUT';
  readonly issues: readonly InputIssue[];

  constructor(message: string, issues: readonly InputIssue[] = []) {
    super(message);
    this.issues = issues;
  }

  override get details(): Readonly<Record<string, unknown>> {
    return this.issues.length === 0 ? {} : { issues: this.issues };
  }
}

/** There is no such thing, or the credentials in use may not see it. */
export class NotFoundError extends LockstepError {
  override readonly name = 'NotFoundError';
  readonly code = 'NOT_FOUND';
}

/** A vendor has no such thing or operation; the message names those that do. */
export class UnsupportedError extends LockstepError {
  override readonly name = 'UnsupportedError';
  readonly code = 'UNSUPPORTED';
  readonly vendor: Vendor;

  constructor(vendor: Vendor, message: string) {
    super(message);
    this.vendor = vendor;
  }

  override get details(): Readonly<Record<string, unknown>> {
    return { vendor: this.vendor };
  }
}

/** Who asks is not known, or may not do this at the gateway. */
export class AccessError extends LockstepError {
  override readonly name = 'AccessError';
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN';

  constructor(code: 'UNAUTHENTICATED' | 'FORBIDDEN', message: string) {
    super(message);
    this.code = code;
  }
}

/** What the gateway's instances share cannot be reached: nothing can be told of changes now. */
export class FeedUnavailableError extends LockstepError {
  override readonly name = 'FeedUnavailableError';
  readonly code = 'SOURCE_UNAVAILABLE';

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `The change log of this gateway cannot be reached (${reason}). Queries and mutations go on; try again.`,
      options,
    );
  }

  override get details(): Readonly<Record<string, unknown>> {
    return { retryable: true };
  }
}

/** The operation needs more upstream calls, or is larger, than one operation may. */
export class TooExpensiveError extends LockstepError {
  override readonly name = 'TooExpensiveError';
  readonly code = 'QUERY_TOO_EXPENSIVE';
  readonly limit: number;
  /** What it would cost, where that was estimated. */
  readonly cost: number | undefined;

  constructor(message: string, limit: number, cost?: number) {
    super(message);
    this.limit = limit;
    this.cost = cost;
  }

  override get details(): Readonly<Record<string, unknown>> {
    return { limit: this.limit, cost: this.cost };
  }
}

/** One error as the vendor worded it, free of secrets. */
export interface VendorErrorDetail {
  readonly title?: string | undefined;
  readonly detail?: string | undefined;
  readonly code?: string | undefined;
  /** A JSON pointer, a parameter, a header or a field path. */
  readonly source?: string | undefined;
}

export type SourceErrorCode =
  | 'INVALID_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'SOURCE_UNAVAILABLE'
  | 'SOURCE_TIMEOUT'
  | 'SOURCE_CONTRACT_VIOLATION'
  | 'OUTCOME_UNKNOWN';

const retryableCodes: ReadonlySet<SourceErrorCode> = new Set([
  'RATE_LIMITED',
  'SOURCE_UNAVAILABLE',
  'SOURCE_TIMEOUT',
]);

export interface SourceErrorOptions {
  readonly code: SourceErrorCode;
  readonly vendor: Vendor;
  readonly message: string;
  /** What it is about, where that is less than all that was asked of the vendor (a project, a row). */
  readonly resource?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The vendor's request id, for its support. */
  readonly vendorRequestId?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly vendorErrors?: readonly VendorErrorDetail[] | undefined;
  readonly cause?: unknown;
}

/** A vendor did not give what was asked of it. */
export class SourceError extends LockstepError {
  override readonly name = 'SourceError';
  readonly code: SourceErrorCode;
  readonly vendor: Vendor;
  readonly resource: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly vendorRequestId: string | undefined;
  readonly httpStatus: number | undefined;
  readonly vendorErrors: readonly VendorErrorDetail[];

  constructor(options: SourceErrorOptions) {
    super(options.message, { cause: options.cause });
    this.code = options.code;
    this.vendor = options.vendor;
    this.resource = options.resource;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.vendorRequestId = options.vendorRequestId;
    this.httpStatus = options.httpStatus;
    this.vendorErrors = options.vendorErrors ?? [];
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return retryableCodes.has(this.code);
  }

  override get details(): Readonly<Record<string, unknown>> {
    return {
      vendor: this.vendor,
      retryable: this.retryable,
      resource: this.resource,
      retryAfterSeconds: this.retryAfterSeconds,
      vendorRequestId: this.vendorRequestId,
      httpStatus: this.httpStatus,
      vendorErrors: this.vendorErrors.length === 0 ? undefined : this.vendorErrors,
    };
  }

  /** The same error, said of a part of what was asked. */
  about(resource: string): SourceError {
    return this.#with(this.message, resource);
  }

  /** The same error, with more to say. */
  adding(words: string): SourceError {
    return this.#with(`${this.message} ${words}`, this.resource);
  }

  #with(message: string, resource: string | undefined): SourceError {
    return new SourceError({
      code: this.code,
      vendor: this.vendor,
      message,
      resource,
      retryAfterSeconds: this.retryAfterSeconds,
      vendorRequestId: this.vendorRequestId,
      httpStatus: this.httpStatus,
      vendorErrors: this.vendorErrors,
      cause: this.cause,
    });
  }
}
