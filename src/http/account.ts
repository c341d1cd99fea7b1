import { createHmac } from 'node:crypto';
import type { SourceKey, Vendor } from '../domain/vendor.ts';
import type { PublishedRate } from './rate-window.ts';

declare const scopeBrand: unique symbol;
/**
 * Stands for (vendor base URL, project, credential) without telling any of them: a keyed hash. Whatever is
 * shared or remembered has it in its key, so nothing crosses from one credential to another.
 */
export type CredentialScope = string & { readonly [scopeBrand]: true };

/** Keyed hash of everything that decides what an account may see. The key never leaves the process. */
export function credentialScope(key: Buffer, parts: readonly string[]): CredentialScope {
  const text = JSON.stringify(parts);
  return createHmac('sha256', key).update(text).digest('base64url') as CredentialScope; // The one constructor.
}

/** One vendor account: where to call, with which headers, and the scope that stands for both. */
export interface Account {
  readonly source: SourceKey;
  readonly vendor: Vendor;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path that comes before every request's own, without a slash at its end; may be empty. */
  readonly pathPrefix: string;
  /** The credential's headers and `accept`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly scope: CredentialScope;
  /** Must never appear in any output: cut out of what the vendor says. */
  readonly secrets: readonly string[];
  /** The vendor's project that the account is of, for vendors whose paths name one. */
  readonly project: string | undefined;
  /** True when the caller sent the credential, false when it is the gateway's own. */
  readonly ofCaller: boolean;
  /** What the vendor publishes of how much it takes of these credentials; empty where it publishes nothing. */
  readonly publishedRates: readonly PublishedRate[];
}

export interface AccountOptions {
  readonly source: SourceKey;
  readonly vendor: Vendor;
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly project?: string | undefined;
  readonly ofCaller: boolean;
  readonly scopeKey: Buffer;
  readonly publishedRates?: readonly PublishedRate[] | undefined;
}

export function createAccount(options: AccountOptions): Account {
  const url = new URL(options.baseUrl);
  const pathPrefix = url.pathname.replace(/\/+$/, '');
  return {
    source: options.source,
    vendor: options.vendor,
    origin: url.origin,
    pathPrefix,
    headers: { accept: 'application/json', ...options.headers },
    scope: credentialScope(options.scopeKey, [
      options.source,
      url.origin + pathPrefix,
      options.project ?? '',
      ...options.secrets,
    ]),
    secrets: options.secrets,
    project: options.project,
    ofCaller: options.ofCaller,
    publishedRates: options.publishedRates ?? [],
  };
}
