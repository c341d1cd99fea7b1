import { LockstepError, SourceError } from '../../domain/errors.ts';

/** Whether the vendor said that there is no such thing. */
export function isNotFound(error: unknown): boolean {
  return error instanceof SourceError && error.code === 'NOT_FOUND';
}

/** Recorded: a version out of range is a 400 with this text, not a 404. */
export function isInvalidVersion(error: unknown): boolean {
  return (
    error instanceof SourceError &&
    error.httpStatus === 400 &&
    error.vendorErrors.some(({ detail }) => detail?.toLowerCase().startsWith('invalid version') === true)
  );
}

/** What a key's result may hold in place of a value; whatever else was thrown is a fault of ours and goes on. */
export function failureOf(error: unknown): LockstepError {
  if (error instanceof LockstepError) return error;
  throw error;
}

/** What was asked for, or undefined where the vendor has no such thing. */
export async function unlessNotFound<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
