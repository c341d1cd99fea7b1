import { LockstepError } from '../../domain/errors.ts';
import type { IdKind, ResourceKey } from '../../domain/identity.ts';
import type { BatchResult } from '../source.ts';

/** An error that a caller may see, as the value of a key; anything else is a fault of ours and goes on. */
export function asResult(error: unknown): LockstepError {
  if (error instanceof LockstepError) return error;
  throw error;
}

/** Reads every key by a request of its own, side by side; undefined is what does not exist. */
export async function readEach<Kind extends IdKind, T>(
  keys: readonly ResourceKey<Kind>[],
  read: (key: ResourceKey<Kind>) => Promise<T | undefined>,
): Promise<BatchResult<T>> {
  const results = await Promise.all(keys.map((key) => read(key).catch(asResult)));
  const found = new Map<ResourceKey['id'], T | LockstepError>();
  keys.forEach(({ id }, index) => {
    const result = results[index];
    if (result !== undefined) found.set(id, result);
  });
  return found;
}
