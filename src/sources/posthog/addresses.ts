import { InvalidInputError } from '../../domain/errors.ts';
import { keyOf, type ResourceKey, type ResourceKind } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';

/** PostHog writes every id so; in a path anything else is 404 and in a filter 400. */
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Public server source. Servers of the later generation also take a version's UUID for the name. */
const promptNamePattern = /^[a-zA-Z0-9_-]{1,255}$/;

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

export function isPromptName(text: string): boolean {
  return promptNamePattern.test(text);
}

function partOf(key: ResourceKey, index: number, count: number): string {
  const { kind, parts } = key.address;
  const part = parts[index];
  if (parts.length !== count || part === undefined) {
    throw new InvalidInputError(
      `This id of a ${kind} was not made here: its address at PostHog has ${count} part(s), and it holds ${parts.length}.`,
      [{ path: ['id'], message: 'not an id of this API', code: 'INVALID_ID' }],
    );
  }
  return part;
}

/** The vendor id of a thing that its UUID alone finds; undefined when PostHog cannot have it. */
export function uuidOf(
  key: ResourceKey<'DATASET' | 'DATASET_ITEM' | 'TRACE_REVIEW' | 'SCORE_DEFINITION'>,
): string | undefined {
  const part = partOf(key, 0, 1);
  return isUuid(part) ? part : undefined;
}

/** A prompt's name; undefined when PostHog cannot have it. */
export function promptNameOf(key: ResourceKey<'PROMPT'>): string | undefined {
  const part = partOf(key, 0, 1);
  return isPromptName(part) ? part : undefined;
}

/** A prompt version's prompt and own id; undefined when PostHog cannot have it. */
export function promptVersionOf(
  key: ResourceKey<'PROMPT_VERSION'>,
): { readonly name: string; readonly versionId: string } | undefined {
  const name = partOf(key, 0, 2);
  const versionId = partOf(key, 1, 2);
  return isPromptName(name) && isUuid(versionId) ? { name, versionId } : undefined;
}

/** A scorer version's scorer and own id; undefined when PostHog cannot have it. */
export function scoreVersionOf(
  key: ResourceKey<'SCORE_DEFINITION_VERSION'>,
): { readonly definitionId: string; readonly versionId: string } | undefined {
  const definitionId = partOf(key, 0, 2);
  const versionId = partOf(key, 1, 2);
  return isUuid(definitionId) && isUuid(versionId) ? { definitionId, versionId } : undefined;
}

/** The vendor id of a review queue; undefined when PostHog cannot have it. */
export function queueIdOf(key: ResourceKey<'REVIEW_QUEUE'>): string | undefined {
  const part = partOf(key, 0, 1);
  return isUuid(part) ? part : undefined;
}

/** The key of a thing by PostHog's own id; undefined for a kind that PostHog does not have. */
export function resolveKey(
  source: SourceKey,
  kind: ResourceKind,
  vendorId: string,
  parentVendorId: string | undefined,
): ResourceKey | undefined {
  switch (kind) {
    case 'DATASET':
    case 'DATASET_ITEM':
    case 'TRACE_REVIEW':
    case 'SCORE_DEFINITION':
      // UUIDs are shown in either case; one thing has one id here.
      return keyOf(source, kind, vendorId.toLowerCase());
    case 'PROMPT':
      return keyOf(source, kind, vendorId);
    case 'PROMPT_VERSION':
      if (parentVendorId === undefined || parentVendorId === '') {
        throw new InvalidInputError(
          'PostHog finds a prompt version only within its prompt: give the prompt name as `parentVendorId`.',
          [{ path: ['ref', 'parentVendorId'], message: 'the prompt name is missing', code: 'REQUIRED' }],
        );
      }
      return keyOf(source, kind, parentVendorId, vendorId.toLowerCase());
    case 'DATASET_VERSION':
    case 'PROJECT':
    case 'MODEL_LAB_PROJECT':
      return undefined;
  }
}
