import { readFileSync } from 'node:fs';
import type { JSONWebKeySet } from 'jose';
import { permissionsOf } from '../domain/permissions.ts';
import type { AccessTokenOptions } from '../server/access-tokens.ts';
import { type ApiKey, digestOfKey, idOfKey } from '../server/api-keys.ts';
import type { CallerCredentials } from '../server/caller-credentials.ts';
import { createRegistry, type RegistryOptions } from '../sources/registry.ts';
import { loopbackHosts, type Way } from './access-settings.ts';
import { type SettingsReader, shownPath } from './read-settings.ts';

/** Longest that the fetching of a token's keys may take. Milliseconds. */
const keysTimeout = 5_000;

export interface AccessConfig {
  /** Empty: no caller is known by a key. */
  readonly apiKeys: readonly ApiKey[];
  /** Undefined: no caller is known by a token. */
  readonly tokens: AccessTokenOptions | undefined;
  /** Nobody is asked who they are, since only this machine is meant to reach it. */
  readonly localOnly: boolean;
  readonly callerCredentials: CallerCredentials;
  /** Operations a minute. */
  readonly callerRate: number;
  /** By id; undefined where every document may run. */
  readonly trustedDocuments: ReadonlyMap<string, string> | undefined;
}

function readApiKeys(read: SettingsReader): readonly ApiKey[] {
  return (read.get('API_KEYS') ?? []).map((key) => ({
    name: key.name,
    digest: key.sha256 === undefined ? digestOfKey(key.key ?? '') : Buffer.from(key.sha256, 'hex'),
    permissions: permissionsOf(key.scopes),
    expiresAt: key.expiresAt === undefined ? undefined : Date.parse(key.expiresAt),
  }));
}

function readJson(read: SettingsReader, name: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    read.problem(`${name}: ${shownPath(path)} is not a readable JSON file.`);
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readKeySet(read: SettingsReader, place: URL | string): JSONWebKeySet | URL | undefined {
  if (place instanceof URL) return place;
  const json = readJson(read, 'JWT_JWKS', place);
  if (json === undefined) return undefined;
  if (
    isRecord(json) &&
    Array.isArray(json['keys']) &&
    json['keys'].length > 0 &&
    json['keys'].every(isRecord)
  ) {
    // What a key holds is checked by the library when it is first used.
    return { keys: json['keys'] } as unknown as JSONWebKeySet;
  }
  read.problem(`JWT_JWKS: ${place} must hold a JSON Web Key Set, {"keys": […]}.`);
  return undefined;
}

function readTokens(read: SettingsReader): AccessTokenOptions | undefined {
  const [place, issuer, audience] = [read.get('JWT_JWKS'), read.get('JWT_ISSUER'), read.get('JWT_AUDIENCE')];
  const claims = {
    clockSkew: read.need('JWT_CLOCK_SKEW'),
    scopesClaim: read.need('JWT_SCOPES_CLAIM'),
    nameClaim: read.need('JWT_NAME_CLAIM'),
  };
  if (place === undefined && issuer === undefined && audience === undefined) return undefined;
  if (place === undefined || issuer === undefined || audience === undefined) {
    read.problem('JWT_JWKS, JWT_ISSUER and JWT_AUDIENCE belong together: set all three or none.');
    return undefined;
  }
  const keys = readKeySet(read, place);
  if (keys === undefined) return undefined;
  return { keys, issuer, audience, ...claims, timeout: keysTimeout };
}

/** The ways that are configured, checked against those that are asked for. */
function checkWays(read: SettingsReader, host: string, configured: ReadonlySet<Way>): void {
  const asked = read.get('AUTH');
  const named: Readonly<Record<Way, string>> = { none: '', keys: 'API_KEYS', jwt: 'JWT_JWKS' };
  for (const way of asked ?? []) {
    if (way !== 'none' && !configured.has(way))
      read.problem(`AUTH is ${asked?.join(',')}: set ${named[way]} too.`);
  }
  for (const way of configured) {
    if (asked !== undefined && !asked.includes(way)) {
      read.problem(
        `AUTH is ${asked.join(',')}, and ${named[way]} is set: say AUTH=${way}, or leave out ${named[way]}.`,
      );
    }
  }
  if (configured.size > 0 || read.need('ALLOW_ANONYMOUS') || loopbackHosts.has(host)) return;
  read.problem(
    `HOST is ${host}, which others can reach, and nobody is asked who they are: set API_KEYS or JWT_JWKS, bind to 127.0.0.1, or set ALLOW_ANONYMOUS=true if that is meant.`,
  );
}

/** Credentials that could not be used would be found out only when their caller comes. */
function readCallerCredentials(
  read: SettingsReader,
  sources: RegistryOptions,
  apiKeys: readonly ApiKey[],
): CallerCredentials {
  const byCaller = new Map<string, ReadonlyMap<string, string>>();
  const definitions = createRegistry(sources, Buffer.alloc(32));
  const headers = new Set(definitions.flatMap(({ credentialHeaders }) => credentialHeaders));
  for (const [caller, given] of Object.entries(read.get('CALLER_CREDENTIALS') ?? {})) {
    const values = new Map(Object.entries(given));
    byCaller.set(caller, values);
    if (caller.startsWith('key:') && !apiKeys.some(({ name }) => idOfKey(name) === caller)) {
      read.problem(`CALLER_CREDENTIALS names ${caller}, and API_KEYS has no key of that name.`);
    }
    for (const name of values.keys()) {
      if (!headers.has(name)) {
        read.problem(
          `CALLER_CREDENTIALS: ${name} is no header of a vendor. They are: ${[...headers].join(', ')}.`,
        );
      }
    }
    for (const definition of definitions) {
      try {
        definition.accountFor((name) => values.get(name));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        read.problem(`CALLER_CREDENTIALS of ${caller}: ${error.message}`);
      }
    }
  }
  return byCaller;
}

function readTrustedDocuments(read: SettingsReader): ReadonlyMap<string, string> | undefined {
  const path = read.get('TRUSTED_DOCUMENTS');
  if (path === undefined) return undefined;
  const json = readJson(read, 'TRUSTED_DOCUMENTS', path);
  const documents = new Map<string, string>();
  if (json === undefined) return documents;
  const entries = isRecord(json) ? Object.entries(json) : [];
  for (const [id, document] of entries) if (typeof document === 'string') documents.set(id, document);
  if (documents.size === 0 || documents.size < entries.length) {
    read.problem(`TRUSTED_DOCUMENTS: ${path} must hold a JSON object of documents by id.`);
  }
  return documents;
}

/** Reads who may call, and what for. */
export function readAccess(read: SettingsReader, host: string, sources: RegistryOptions): AccessConfig {
  const apiKeys = readApiKeys(read);
  const tokens = readTokens(read);
  const configured = new Set<Way>();
  if (apiKeys.length > 0) configured.add('keys');
  if (tokens !== undefined) configured.add('jwt');
  checkWays(read, host, configured);
  return {
    apiKeys,
    tokens,
    localOnly: configured.size === 0 && !read.need('ALLOW_ANONYMOUS'),
    callerCredentials: readCallerCredentials(read, sources, apiKeys),
    callerRate: read.need('CALLER_RATE'),
    trustedDocuments: readTrustedDocuments(read),
  };
}
