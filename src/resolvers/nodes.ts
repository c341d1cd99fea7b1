import type { Context } from '../context.ts';
import type { Dataset, DatasetItem, DatasetVersion } from '../domain/dataset.ts';
import { InvalidInputError } from '../domain/errors.ts';
import { isKind, parseId, type ResourceKey, type ResourceKind } from '../domain/identity.ts';
import type { ModelLabProject, Project } from '../domain/project.ts';
import type { Prompt, PromptVersion } from '../domain/prompt.ts';
import type { ScoreDefinition, TraceReview } from '../domain/review.ts';
import { type Vendor, vendorNames } from '../domain/vendor.ts';
import { loadVersion } from './dataset-fields.ts';
import { connected, found, readText, slotOf, slotsOfVendor } from './vendor-call.ts';

/** Everything that `node` can give. */
export type NodeValue =
  | Dataset
  | DatasetVersion
  | DatasetItem
  | Prompt
  | PromptVersion
  | TraceReview
  | ScoreDefinition
  | Project
  | ModelLabProject;

/** Reads whatever a key is of. Throws NotFoundError where there is none, InvalidInputError for what is no node. */
export async function loadNode(
  context: Context,
  key: ResourceKey,
  path: readonly string[],
): Promise<NodeValue> {
  slotOf(context, key);
  const { loaders } = context;
  if (isKind(key, 'DATASET')) return found(await loaders.dataset.load(key), key);
  if (isKind(key, 'DATASET_VERSION')) return loadVersion(context, key);
  if (isKind(key, 'DATASET_ITEM')) return found(await loaders.datasetItem.load(key), key);
  if (isKind(key, 'PROMPT')) return found(await loaders.prompt.load(key), key);
  if (isKind(key, 'PROMPT_VERSION')) return found(await loaders.promptVersion.load(key), key);
  if (isKind(key, 'TRACE_REVIEW')) return found(await loaders.traceReview.load(key), key);
  if (isKind(key, 'SCORE_DEFINITION')) return found(await loaders.scoreDefinition.load(key), key);
  if (isKind(key, 'PROJECT')) return found(await loaders.project.load(key), key);
  if (isKind(key, 'MODEL_LAB_PROJECT')) return found(await loaders.modelLabProject.load(key), key);
  throw new InvalidInputError(`The id of a ${key.address.kind} is not one of a node.`, [
    { path, message: 'is not the id of a node', code: 'WRONG_KIND' },
  ]);
}

export function getNode(context: Context, id: string): Promise<NodeValue> {
  return loadNode(context, parseId(id, ['id']), ['id']);
}

/** One answer an id, in order; an error concerns its id alone. */
export function getNodes(context: Context, ids: readonly string[]): readonly Promise<NodeValue>[] {
  const { maxNodes } = context.limits;
  if (ids.length > maxNodes) {
    throw new InvalidInputError(`\`nodes\` takes at most ${maxNodes} ids, and ${ids.length} were given.`, [
      { path: ['ids'], message: `at most ${maxNodes}`, code: 'TOO_MANY' },
    ]);
  }
  return ids.map(async (id, index) => {
    const path = ['ids', String(index)];
    return loadNode(context, parseId(id, path), path);
  });
}

export interface VendorRefInput {
  readonly vendor: Vendor;
  readonly kind: ResourceKind;
  readonly vendorId: string;
  readonly parentVendorId?: string | null | undefined;
}

/** A thing by its vendor's own id. */
export async function getResource(context: Context, ref: VendorRefInput): Promise<NodeValue> {
  const vendorId = readText(ref.vendorId, ['ref', 'vendorId']);
  const parentVendorId =
    ref.parentVendorId === null || ref.parentVendorId === undefined
      ? undefined
      : readText(ref.parentVendorId, ['ref', 'parentVendorId']);
  const [slot] = slotsOfVendor(context, ref.vendor);
  const key = await connected(slot).resolve(ref.kind, vendorId, parentVendorId);
  if (key === undefined) {
    throw new InvalidInputError(`${vendorNames[ref.vendor]} has no ${ref.kind}.`, [
      { path: ['ref', 'kind'], message: `${vendorNames[ref.vendor]} has no such kind`, code: 'WRONG_KIND' },
    ]);
  }
  return loadNode(context, key, ['ref', 'vendorId']);
}
