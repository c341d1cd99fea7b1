import { InvalidInputError } from '../../domain/errors.ts';
import { type IdKind, keyOf, type ResourceKey, type ResourceKind } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';

function forged(kind: IdKind): InvalidInputError {
  return new InvalidInputError(
    `This id does not hold what a Humanloop ${kind} is found by. Use ids as this API gave them.`,
    [{ path: ['id'], message: 'is not an id that this API made', code: 'INVALID_ID' }],
  );
}

/** The vendor's id of a thing that has no parent. */
export function vendorIdOf(key: ResourceKey<'DATASET' | 'PROMPT' | 'ENVIRONMENT'>): string {
  const { kind, parts } = key.address;
  const [id] = parts;
  if (id === undefined || parts.length !== 1) throw forged(kind);
  return id;
}

export interface ItemAddress {
  readonly datasetId: string;
  readonly datapointId: string;
  /** Undefined for an item of the current state. */
  readonly versionId: string | undefined;
}

export function itemAddressOf(key: ResourceKey<'DATASET_ITEM'>): ItemAddress {
  const { kind, parts } = key.address;
  const [datasetId, datapointId, versionId] = parts;
  if (datasetId === undefined || datapointId === undefined || parts.length > 3) throw forged(kind);
  return { datasetId, datapointId, versionId };
}

export interface PromptVersionAddress {
  readonly promptId: string;
  readonly versionId: string;
}

export function promptVersionAddressOf(key: ResourceKey<'PROMPT_VERSION'>): PromptVersionAddress {
  const { kind, parts } = key.address;
  const [promptId, versionId] = parts;
  if (promptId === undefined || versionId === undefined || parts.length !== 2) throw forged(kind);
  return { promptId, versionId };
}

/** What each kind's parent is called; undefined for a kind that needs none. */
const parents = {
  DATASET: undefined,
  PROMPT: undefined,
  DATASET_VERSION: 'dataset',
  DATASET_ITEM: 'dataset',
  PROMPT_VERSION: 'prompt',
} as const satisfies Partial<Record<ResourceKind, string | undefined>>;

/** The key of a thing by the vendor's own ids; undefined for a kind that Humanloop does not have. */
export function resolveAddress(
  source: SourceKey,
  kind: ResourceKind,
  vendorId: string,
  parentVendorId: string | undefined,
): ResourceKey | undefined {
  if (!Object.hasOwn(parents, kind)) return undefined;
  if (vendorId === '' || parentVendorId === '') {
    throw new InvalidInputError('No Humanloop id is empty.', [
      { path: ['ref', vendorId === '' ? 'vendorId' : 'parentVendorId'], message: 'must not be empty' },
    ]);
  }
  const parent = parents[kind as keyof typeof parents]; // hasOwn told so.
  if (parent === undefined) return keyOf(source, kind, vendorId);
  if (parentVendorId === undefined) {
    throw new InvalidInputError(
      `Humanloop has no such thing by its id alone: give the ${parent}'s id in parentVendorId too.`,
      [{ path: ['ref', 'parentVendorId'], message: `the id of the ${parent} is missing` }],
    );
  }
  return keyOf(source, kind, parentVendorId, vendorId);
}
