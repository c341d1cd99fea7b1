import { InvalidInputError } from '../../domain/errors.ts';
import type { IdKind, ResourceKey } from '../../domain/identity.ts';
import { greatestVersion } from './limits.ts';

/** Where a dataset is: there is no reading one without its project. */
export interface DatasetAddress {
  readonly projectId: string;
  readonly datasetId: string;
}

export interface ItemAddress extends DatasetAddress {
  readonly recordId: string;
  /** The version through which the item was read. */
  readonly version: string | undefined;
}

export interface PromptVersionAddress {
  readonly promptId: string;
  readonly number: string;
}

function forged(kind: IdKind): InvalidInputError {
  const message = `This is not the id of a Datadog ${kind}: its address has another number of parts. Use ids as they come from this API.`;
  return new InvalidInputError(message, [
    { path: ['id'], message: `not an id of a ${kind}`, code: 'INVALID_ID' },
  ]);
}

function readOne(key: ResourceKey): string {
  const [part, ...more] = key.address.parts;
  if (part === undefined || more.length > 0) throw forged(key.address.kind);
  return part;
}

export function readProjectAddress(key: ResourceKey<'PROJECT'>): string {
  return readOne(key);
}

export function readPromptAddress(key: ResourceKey<'PROMPT'>): string {
  return readOne(key);
}

export function readModelLabAddress(key: ResourceKey<'MODEL_LAB_PROJECT'>): string {
  return readOne(key);
}

export function readDatasetAddress(key: ResourceKey<'DATASET'>): DatasetAddress {
  const [projectId, datasetId, ...more] = key.address.parts;
  if (projectId === undefined || datasetId === undefined || more.length > 0) throw forged('DATASET');
  return { projectId, datasetId };
}

export function readItemAddress(key: ResourceKey<'DATASET_ITEM'>): ItemAddress {
  const [projectId, datasetId, recordId, version, ...more] = key.address.parts;
  if (projectId === undefined || datasetId === undefined || recordId === undefined || more.length > 0) {
    throw forged('DATASET_ITEM');
  }
  return { projectId, datasetId, recordId, version };
}

export function readPromptVersionAddress(key: ResourceKey<'PROMPT_VERSION'>): PromptVersionAddress {
  const [promptId, number, ...more] = key.address.parts;
  if (promptId === undefined || number === undefined || more.length > 0) throw forged('PROMPT_VERSION');
  return { promptId, number };
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Ids of projects and datasets are UUIDs: of another text nothing needs to be asked. */
export function isUuid(id: string): boolean {
  return uuid.test(id);
}

/** The number that a version's ref stands for; undefined when no version can have it. */
export function readVersionNumber(ref: string): number | undefined {
  if (!/^(0|[1-9]\d{0,9})$/.test(ref)) return undefined;
  const number = Number(ref);
  return number <= greatestVersion ? number : undefined;
}
