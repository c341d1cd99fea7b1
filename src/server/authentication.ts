import type { Caller } from '../context.ts';
import { AccessError } from '../domain/errors.ts';
import { everything } from '../domain/permissions.ts';
import { type AccessTokenOptions, AccessTokens, KeysUnavailableError } from './access-tokens.ts';
import { type ApiKey, callerWithKey } from './api-keys.ts';
import { HttpError } from './http-answer.ts';

/** Who may call. With neither keys nor tokens everybody may who reaches the gateway. */
export interface AuthenticationOptions {
  readonly apiKeys: readonly ApiKey[];
  readonly tokens: AccessTokenOptions | undefined;
}

/** All anonymous callers are one, and may do everything: without keys only a loopback bind is open. */
const anonymous: Caller = {
  id: 'anonymous',
  name: 'anonymous',
  anonymous: true,
  permissions: everything,
  expiresAt: undefined,
};

/** What a bearer sends (RFC 6750), of the length that tokens may have. */
const bearerPattern = /^Bearer ([\x21-\x7e]{1,16384})$/i;

/** Finds out who calls. */
export class Authentication {
  readonly #apiKeys: readonly ApiKey[];
  readonly #tokens: AccessTokens | undefined;
  readonly #onUnavailable: (error: unknown) => void;
  readonly #what: string;

  constructor({ apiKeys, tokens }: AuthenticationOptions, onUnavailable: (error: unknown) => void) {
    this.#apiKeys = apiKeys;
    this.#tokens = tokens === undefined ? undefined : new AccessTokens(tokens);
    this.#onUnavailable = onUnavailable;
    const kinds = [...(apiKeys.length > 0 ? ['key'] : []), ...(tokens === undefined ? [] : ['token'])];
    const placeholder = kinds.map((kind) => `<${kind}>`).join(' or ');
    this.#what = `Send a valid ${kinds.join(' or ')} of this gateway in the header \`authorization: Bearer ${placeholder}\`.`;
  }

  /** Whether everybody may call who reaches the gateway. */
  get isOpen(): boolean {
    return this.#apiKeys.length === 0 && this.#tokens === undefined;
  }

  /**
   * The caller, from the `authorization` header. Throws AccessError UNAUTHENTICATED for a missing, unknown or expired
   * key or token; which of these it is, is not told.
   */
  async authenticate(authorization: string | undefined): Promise<Caller> {
    if (this.isOpen) return anonymous;
    const credential = bearerPattern.exec(authorization?.trim() ?? '')?.[1];
    const caller =
      callerWithKey(this.#apiKeys, credential ?? '', Date.now()) ?? (await this.#callerWithToken(credential));
    if (caller === undefined) throw new AccessError('UNAUTHENTICATED', this.#what);
    return caller;
  }

  async #callerWithToken(token: string | undefined): Promise<Caller | undefined> {
    if (token === undefined) return undefined;
    try {
      return await this.#tokens?.callerWith(token);
    } catch (error) {
      if (!(error instanceof KeysUnavailableError)) throw error;
      this.#onUnavailable(error);
      throw new HttpError(
        503,
        'UNAUTHENTICATED',
        'Who calls cannot be found out now: the keys that tokens are checked with cannot be had. Try again.',
        { 'retry-after': '5' },
      );
    }
  }
}

/** Throws AccessError UNAUTHENTICATED for a caller who was known and is no longer. */
export function stillKnown(caller: Caller): void {
  if (caller.expiresAt === undefined || caller.expiresAt > Date.now()) return;
  throw new AccessError(
    'UNAUTHENTICATED',
    'The key or token of this connection has expired. Come back with a new one.',
  );
}
