import { z } from 'zod';
import { callerScopes } from '../domain/permissions.ts';
import { flag, type Setting, text, whole } from './setting.ts';

const ApiKey = z.strictObject({
  name: z.string().min(1).max(100),
  // As the `authorization` header takes it.
  key: z
    .string()
    .regex(/^[\x21-\x7e]{16,512}$/)
    .optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i)
    .optional(),
  scopes: z.array(z.enum(callerScopes)).min(1),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
const ApiKeys = z
  .array(ApiKey)
  .min(1)
  .refine((keys) => keys.every((key) => (key.key === undefined) !== (key.sha256 === undefined)))
  .refine((keys) => new Set(keys.map((key) => key.name)).size === keys.length);
export type ApiKeySetting = z.infer<typeof ApiKey>;

/** By a caller's id, and then by header. */
const CallerCredentials = z.record(
  z.string().regex(/^(key|jwt):.{1,300}$/s),
  z.record(z.string().regex(/^x-[a-z-]{1,60}$/), z.string().regex(/^[\x21-\x7e]{1,512}$/)),
);
export type CallerCredentialsSetting = z.infer<typeof CallerCredentials>;

/** A setting written as JSON. */
function json<Value>(
  schema: z.ZodType<Value>,
  { description, allowed }: { readonly description: string; readonly allowed: string },
): Setting<Value> {
  return {
    description,
    allowed,
    default: undefined,
    secret: true,
    read: (value) => {
      try {
        return schema.safeParse(JSON.parse(value)).data;
      } catch {
        return undefined;
      }
    },
  };
}

export const ways = ['none', 'keys', 'jwt'] as const;
export type Way = (typeof ways)[number];

const auth: Setting<readonly Way[]> = {
  description:
    'How callers are known: `keys` by `API_KEYS`, `jwt` by tokens, `keys,jwt` by either, `none` not at all, which is allowed on a loopback bind only (see `ALLOW_ANONYMOUS`). Default: by whatever is configured.',
  allowed: 'none, keys, jwt, or keys,jwt',
  default: undefined,
  read: (value) => {
    const named = value.split(',').map((one) => ways.find((way) => way === one.trim()));
    const known = named.filter((way) => way !== undefined);
    if (known.length < named.length || new Set(known).size < named.length) return undefined;
    return known.includes('none') && known.length > 1 ? undefined : known;
  },
};

export const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost', '[::1]']);

/** What keys are fetched over must not be changed on the way. */
function isSafeAddress(url: URL): boolean {
  const isPlain = url.username === '' && url.password === '';
  return isPlain && (url.protocol === 'https:' || loopbackHosts.has(url.hostname));
}

/** An address as URL, a path as text. */
const keySet: Setting<URL | string> = {
  description:
    'Tokens: the keys that they are signed with, as a JSON Web Key Set: its address, or the path of a file. The file is read at start; what the address gives is kept for ten minutes.',
  allowed: 'an https URL without credentials (http on loopback), or the path of a file',
  default: undefined,
  read: (value) => {
    if (!/^[a-z]+:\/\//i.test(value)) return /^[^\n\r]{1,2048}$/.test(value) ? value : undefined;
    const url = URL.parse(value);
    return url !== null && isSafeAddress(url) && /^https?:$/.test(url.protocol) ? url : undefined;
  },
};

/** Who may call, and with whose credentials vendors are asked for them. */
export const accessSettings = {
  AUTH: auth,
  API_KEYS: json(ApiKeys, {
    description:
      'Callers with keys: a JSON list of `{"name", "key" or "sha256", "scopes", "expiresAt"?}`. A caller sends `authorization: Bearer <key>`. Names are unique; `sha256` is the hex digest of the key, so that the key itself need not be written down. Scopes are `read` and `write`, and for one vendor alone `read:datadog`, `write:datadog` and so on.',
    allowed: `a JSON list of objects with name, key (16 to 512 visible ASCII characters) or sha256 (64 hex digits), scopes (${callerScopes.join(', ')}) and optionally expiresAt (ISO 8601)`,
  }),
  JWT_JWKS: keySet,
  JWT_ISSUER: text('Tokens: what their `iss` must be.', 'text', /^[\x21-\x7e]{1,512}$/),
  JWT_AUDIENCE: text('Tokens: what their `aud` must hold.', 'text', /^[\x21-\x7e]{1,512}$/),
  JWT_CLOCK_SKEW: whole(
    "Tokens: how far their issuer's clock may be from this one; they are good for so long after their `exp`.",
    'milliseconds',
    { min: 0, max: 600_000, default: 30_000 },
  ),
  JWT_SCOPES_CLAIM: text(
    'Tokens: the claim that names scopes, as text with spaces between or as a list. Scopes that are not known here are passed over.',
    'the name of a claim',
    /^[\x21-\x7e]{1,200}$/,
    'scope',
  ),
  JWT_NAME_CLAIM: text(
    'Tokens: the claim that a caller is shown by, for example as the holder of a draft. Callers are told apart by `sub` alone.',
    'the name of a claim',
    /^[\x21-\x7e]{1,200}$/,
    'sub',
  ),
  ALLOW_ANONYMOUS: flag(
    'Where nobody is asked who they are: allow a bind that is not loopback, and requests by any host name, so that everybody who reaches the port may call.',
    'false',
  ),
  CALLER_CREDENTIALS: json(CallerCredentials, {
    description:
      'Vendor credentials for single callers, in place of the gateway\'s own: a JSON object of callers (`key:<name>`, or `jwt:<sub>`), each with the headers that it would send, such as `{"key:web": {"x-humanloop-api-key": "…"}}`. Credentials that a caller sends go before them.',
    allowed:
      'a JSON object of callers (key:<name>, jwt:<sub>), each an object of x-… headers and their values',
  }),
  CALLER_RATE: whole(
    'Operations and downloads that one caller may begin in a minute, at this instance. Anonymous callers are told apart by their address.',
    'operations a minute',
    { min: 1, max: 1_000_000_000, default: 6_000 },
  ),
  TRUSTED_DOCUMENTS: text(
    'The path of a manifest, a JSON object of documents by id. With it only these documents run.',
    'the path of a file',
    /^[^\n\r]{1,2048}$/,
  ),
  CORS_ORIGINS: text(
    'Origins that browsers may call from, separated by commas. Default: none.',
    'origins such as https://app.example.com, separated by commas',
    /^https?:\/\/[^\s,/]+(,https?:\/\/[^\s,/]+)*$/,
  ),
} as const satisfies Record<string, Setting<unknown>>;
