import { InvalidInputError } from './errors.ts';
import { type SourceKey, sourceKey } from './vendor.ts';

declare const globalIdBrand: unique symbol;
/** An id of this API: opaque, URL-safe, stable. It carries the source, the kind and the vendor's whole address. */
export type GlobalId = string & { readonly [globalIdBrand]: true };

/**
 * The kinds of thing that have an id, the code that stands in the id, and how many parts an address has. What
 * the parts are is the vendor's own affair (a Datadog dataset is project and dataset; a PostHog prompt version
 * is a version id).
 */
const kindCodes = {
  DATASET: 'ds',
  DATASET_VERSION: 'dv',
  DATASET_ITEM: 'di',
  PROMPT: 'pr',
  PROMPT_VERSION: 'pv',
  TRACE_REVIEW: 'tr',
  REVIEW_SCORE: 'rs',
  SCORE_DEFINITION: 'sd',
  SCORE_DEFINITION_VERSION: 'sv',
  REVIEW_QUEUE: 'rq',
  PROJECT: 'pj',
  MODEL_LAB_PROJECT: 'ml',
  ENVIRONMENT: 'en',
  SOURCE: 'so',
} as const;

export type IdKind = keyof typeof kindCodes;

/** The kinds that a vendor's own id can be given for (`resource`). */
export const resourceKinds = [
  'DATASET',
  'DATASET_VERSION',
  'DATASET_ITEM',
  'PROMPT',
  'PROMPT_VERSION',
  'TRACE_REVIEW',
  'SCORE_DEFINITION',
  'PROJECT',
  'MODEL_LAB_PROJECT',
] as const satisfies readonly IdKind[];
export type ResourceKind = (typeof resourceKinds)[number];

const kindsByCode: ReadonlyMap<string, IdKind> = new Map(
  // Object.entries forgets the keys' type; the table above is the whole list.
  (Object.entries(kindCodes) as [IdKind, string][]).map(([kind, code]) => [code, kind]),
);

/** Where a thing lives: source, kind, and the parts of its address in the vendor's own ids. */
export interface Address<Kind extends IdKind = IdKind> {
  readonly source: SourceKey;
  readonly kind: Kind;
  readonly parts: readonly string[];
}

/** An address together with the id that stands for it. Every domain resource is one of itself. */
export interface ResourceKey<Kind extends IdKind = IdKind> {
  readonly id: GlobalId;
  readonly address: Address<Kind>;
}

function escapePart(part: string): string {
  // Nearly no vendor id has any of these, and every row of every answer makes ids.
  if (!part.includes('%') && !part.includes(':') && part.isWellFormed()) return part;
  // UTF-8 has no lone surrogates: without an escape all of them would give the same id.
  return part
    .replaceAll('%', '%25')
    .replaceAll(':', '%3A')
    .replaceAll(/\p{Surrogate}/gu, (lone) => `%u${lone.charCodeAt(0).toString(16)}`);
}

function unescapePart(part: string): string {
  if (!part.includes('%')) return part;
  return part.replaceAll(/%(25|3A|u[0-9a-f]{4})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code.replace('u', ''), 16)),
  );
}

export function encodeId(address: Address): GlobalId {
  let text = `${address.source}:${kindCodes[address.kind]}`;
  for (const part of address.parts) text += `:${escapePart(part)}`;
  return Buffer.from(text, 'utf8').toString('base64url') as GlobalId; // The one constructor of the brand.
}

/** The key of an address that a vendor's folder made. */
export function keyOf<Kind extends IdKind>(
  source: SourceKey,
  kind: Kind,
  ...parts: readonly string[]
): ResourceKey<Kind> {
  const address: Address<Kind> = { source, kind, parts };
  return { id: encodeId(address), address };
}

/** An id of a caller longer than this is not one of ours; ids are made of vendors' ids, which are short. */
const longestId = 4096;

function decodeId(id: string): Address | undefined {
  if (id.length === 0 || id.length > longestId) return undefined;
  const [source, code, ...escaped] = Buffer.from(id, 'base64url').toString('utf8').split(':');
  const kind = code === undefined ? undefined : kindsByCode.get(code);
  if (source === undefined || kind === undefined || escaped.length === 0) return undefined;
  const parts = escaped.map(unescapePart);
  if (parts.some((part) => part === '')) return undefined;
  try {
    const address: Address = { source: sourceKey(source), kind, parts };
    // One thing has one id: what does not come out as it went in was not made here.
    return encodeId(address) === id ? address : undefined;
  } catch {
    return undefined;
  }
}

/** Reads an id that a caller sent. Throws {@link InvalidInputError} when it is not an id of this API. */
export function parseId(id: string, path: readonly string[]): ResourceKey {
  const address = decodeId(id);
  if (address === undefined) {
    throw new InvalidInputError(
      "This is not an id of this API. Ids come from its answers; to come from a vendor's own id use `resource`.",
      [{ path, message: 'not an id of this API', code: 'INVALID_ID' }],
    );
  }
  // That it is what its address encodes to was checked.
  return { id: id as GlobalId, address };
}

/** {@link parseId}, refusing an id of another kind. */
export function parseIdOf<Kind extends IdKind>(
  kind: Kind,
  id: string,
  path: readonly string[],
): ResourceKey<Kind> {
  const key = parseId(id, path);
  if (!isKind(key, kind)) {
    throw new InvalidInputError(`This is the id of a ${key.address.kind}, and a ${kind} is asked for here.`, [
      { path, message: `is the id of a ${key.address.kind}, not of a ${kind}`, code: 'WRONG_KIND' },
    ]);
  }
  return key;
}

export function isKind<Kind extends IdKind>(key: ResourceKey, kind: Kind): key is ResourceKey<Kind> {
  return key.address.kind === kind;
}
