import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../context.ts';
import type { Permissions } from '../domain/permissions.ts';

/** A caller that is known by a key. Only the key's digest is kept. */
export interface ApiKey {
  readonly name: string;
  /** SHA-256 of the key. */
  readonly digest: Buffer;
  readonly permissions: Permissions;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
}

export function digestOfKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** How the caller is told apart who has the key of this name. */
export function idOfKey(name: string): string {
  return `key:${name}`;
}

/** The caller who has this key; undefined where there is none, or it has expired. */
export function callerWithKey(keys: readonly ApiKey[], key: string, now: number): Caller | undefined {
  const digest = digestOfKey(key);
  let found: ApiKey | undefined;
  // Every key is compared, so that the time taken tells nothing.
  for (const candidate of keys) if (timingSafeEqual(candidate.digest, digest)) found = candidate;
  if (found === undefined || (found.expiresAt !== undefined && found.expiresAt <= now)) return undefined;
  const { name, permissions, expiresAt } = found;
  return { id: idOfKey(name), name, anonymous: false, permissions, expiresAt };
}
