import { LockstepError, SourceError } from '../../domain/errors.ts';
import type { GlobalId, ResourceKey } from '../../domain/identity.ts';
import type { BatchResult } from '../source.ts';

/** An error that may stand for a key; anything else is a fault of ours and is thrown. */
export function lockstepErrorOf(error: unknown): LockstepError {
  if (error instanceof LockstepError) return error;
  throw error;
}

export function isNotFound(error: unknown): boolean {
  return error instanceof SourceError && error.code === 'NOT_FOUND';
}

/** Whether PostHog refused a request because of one of its members. */
export function isRefusalOf(error: unknown, member: string): boolean {
  return (
    error instanceof SourceError &&
    error.code === 'INVALID_INPUT' &&
    error.vendorErrors.some(({ source }) => source === member)
  );
}

/** Reads keys one by one, side by side; one that is not there (undefined, 404) is not in the result. */
export async function readEach<Key extends ResourceKey, T>(
  keys: readonly Key[],
  read: (key: Key) => Promise<T | undefined>,
): Promise<BatchResult<T>> {
  const result = new Map<GlobalId, T | LockstepError>();
  await Promise.all(
    keys.map(async (key) => {
      try {
        const value = await read(key);
        if (value !== undefined) result.set(key.id, value);
      } catch (error) {
        if (!isNotFound(error)) result.set(key.id, lockstepErrorOf(error));
      }
    }),
  );
  return result;
}
