import { LockstepError } from '../domain/errors.ts';

/** How deep causes are followed. */
const deepest = 5;

/** An error for the log. */
export interface DescribedError {
  readonly type: string;
  readonly message?: string;
  readonly stack?: string | undefined;
  readonly code?: string;
  readonly cause?: DescribedError;
  readonly [detail: string]: unknown;
}

function codeOf(error: Error): { readonly code?: string } {
  return 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
}

/**
 * An error in words: what it is and where it came about, with its causes. Whatever else it holds is left out, such as
 * the request that a library puts on it with its headers; of this gateway's own errors what callers are told stays.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: error === null ? 'null' : typeof error };
  const details = error instanceof LockstepError ? error.details : {};
  const hasCause = error.cause !== undefined && depth < deepest;
  return {
    ...details,
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...codeOf(error),
    ...(hasCause ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}
