import type { LockstepError } from '../domain/errors.ts';
import type { GlobalId } from '../domain/identity.ts';

/**
 * What many keys gave, by id. A key that is not in it does not exist; an error concerns its key alone.
 * (A batch read never rejects as a whole unless nothing at all could be read.)
 */
export type BatchResult<T> = ReadonlyMap<GlobalId, T | LockstepError>;
