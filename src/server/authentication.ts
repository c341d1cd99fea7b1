import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller, CallerScope } from '../context.ts';
import { AccessError } from '../domain/errors.ts';

/** A caller that is known by a key. Only the key's digest is kept. */
export interface ApiKey {
  readonly name: string;
  /** SHA-256 of the key. */
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<CallerScope>;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
}

const everyScope: ReadonlySet<CallerScope> = new Set(['read', 'write']);
/** All anonymous callers are one, and may do everything: without keys only a loopback bind is open. */
const anonymous: Caller = {
  name: 'anonymous',
  anonymous: true,
  scopes: everyScope,
  expiresAt: undefined,
};

/**
 * Finds out who calls, from the `authorization` header. Throws AccessError UNAUTHENTICATED for a missing, unknown
 * or expired key; which of these it is, is not told.
 */
export function authenticate(
  keys: readonly ApiKey[],
  authorization: string | undefined,
  now: number,
): Caller {
  if (keys.length === 0) return anonymous;
  const match = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization?.trim() ?? '');
  const digest = createHash('sha256')
    .update(match?.[1] ?? '')
    .digest();
  let found: ApiKey | undefined;
  // Every key is compared, so that the time taken tells nothing.
  for (const key of keys) if (timingSafeEqual(key.digest, digest)) found = key;
  if (match === null || found === undefined || (found.expiresAt !== undefined && found.expiresAt <= now)) {
    throw new AccessError(
      'UNAUTHENTICATED',
      'Send a valid key of this gateway in the header `authorization: Bearer <key>`.',
    );
  }
  return { name: found.name, anonymous: false, scopes: found.scopes, expiresAt: found.expiresAt };
}
