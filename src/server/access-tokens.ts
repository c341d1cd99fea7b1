import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { Caller } from '../context.ts';
import { permissionsOf } from '../domain/permissions.ts';

/** Signatures that only their issuer can make: whoever can check one cannot make one. */
export const tokenAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

export interface AccessTokenOptions {
  /** The keys that tokens are signed with (RFC 7517): themselves, or where they are to be had. */
  readonly keys: JSONWebKeySet | URL;
  readonly issuer: string;
  readonly audience: string;
  /** How far the issuer's clock may be from this one. Milliseconds. */
  readonly clockSkew: number;
  /** The claim that scopes are read from: text with spaces between, or a list. */
  readonly scopesClaim: string;
  /** The claim that a caller is shown by; where it is no text, its subject. */
  readonly nameClaim: string;
  /** Longest that the fetching of keys may take. Milliseconds. */
  readonly timeout: number;
}

/** The keys of tokens could not be had: whether a token is good is not known. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

/** Three parts in base64url, as a signed token has them (RFC 7515); no longer than headers may be. */
const tokenPattern = /^[\w-]{1,4096}\.[\w-]{1,8192}\.[\w-]{1,4096}$/;

/** How long a key that has been fetched is used before it is fetched again. Milliseconds. */
const keysAge = 600_000;
/** After keys were fetched, a token by an unknown one makes no other fetch for so long. Milliseconds. */
const keysCooldown = 30_000;

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined;
}

function scopesIn(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((scope) => typeof scope === 'string') : [];
}

/** How the caller is told apart whom tokens name so. */
export function idOfSubject(subject: string): string {
  return `jwt:${subject}`;
}

/** Knows callers by JSON Web Tokens of one issuer (RFC 7519). */
export class AccessTokens {
  readonly #options: AccessTokenOptions;
  readonly #keys: JWTVerifyGetKey;

  constructor(options: AccessTokenOptions) {
    this.#options = options;
    this.#keys =
      options.keys instanceof URL
        ? createRemoteJWKSet(options.keys, {
            timeoutDuration: options.timeout,
            cooldownDuration: keysCooldown,
            cacheMaxAge: keysAge,
          })
        : createLocalJWKSet(options.keys);
  }

  /** The caller whom a token names; undefined for one that is not good. Throws KeysUnavailableError. */
  async callerWith(token: string): Promise<Caller | undefined> {
    if (!tokenPattern.test(token)) return undefined;
    const { issuer, audience, clockSkew } = this.#options;
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer,
        audience,
        algorithms: [...tokenAlgorithms],
        clockTolerance: clockSkew / 1_000,
        requiredClaims: ['sub', 'exp'],
      });
      return this.#callerOf(payload);
    } catch (error) {
      // What is wrong with the token has a code of its own; the rest is wrong with the keys.
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError))
        throw unavailable(error);
      if (error.code === errors.JOSEError.code || error instanceof errors.JWKSInvalid)
        throw unavailable(error);
      return undefined;
    }
  }

  #callerOf(payload: JWTPayload): Caller | undefined {
    const { sub, exp } = payload;
    if (sub === undefined || sub === '' || exp === undefined) return undefined;
    const { scopesClaim, nameClaim, clockSkew } = this.#options;
    return {
      id: idOfSubject(sub),
      name: textOf(payload[nameClaim]) ?? sub.slice(0, 200),
      anonymous: false,
      permissions: permissionsOf(scopesIn(payload[scopesClaim])),
      expiresAt: exp * 1_000 + clockSkew,
    };
  }
}

function unavailable(cause: unknown): KeysUnavailableError {
  return new KeysUnavailableError('the keys that tokens are checked with cannot be had', { cause });
}
