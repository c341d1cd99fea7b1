import { InvalidInputError, LockstepError, NotFoundError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import { compareInstants, instantOf } from '../../domain/instant.ts';
import type { Json } from '../../domain/json.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { AlreadyExistsError, PartialWriteError } from '../../domain/write-errors.ts';
import type { NewDataset } from '../writes.ts';
import { isUuid, readProjectAddress } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import { datasetKeyOf, findDatasetByName } from './datasets-by-name.ts';
import type { ItemEdits } from './item-edits.ts';
import { checkEdit } from './item-records.ts';
import { isObject, isSameJson } from './json-values.ts';
import { clockTolerance } from './limits.ts';
import type { VendorDataset } from './schema.ts';
import type { DatadogWriteClient } from './write-client.ts';
import { sameNames, typedRefusal } from './write-failures.ts';

export interface DatasetCreated {
  readonly dataset: ResourceKey<'DATASET'>;
  readonly created: boolean | null;
}

export function refuseField(field: string, message: string, code?: string): InvalidInputError {
  const issue = { path: [field], message, ...(code === undefined ? {} : { code }) };
  return new InvalidInputError(`Datadog cannot take \`${field}\`: it ${message}.`, [issue]);
}

/** Metadata as Datadog keeps it. Throws InvalidInputError for what is no object. */
export function readMetadata(metadata: Json): { readonly [member: string]: Json } {
  if (isObject(metadata)) return metadata;
  throw refuseField('metadata', 'must be an object');
}

/** Makes datasets, at a vendor that answers with the one of that name if there is one. */
export class DatasetCreation {
  readonly #source: SourceKey;
  readonly #client: DatadogClient;
  readonly #writes: DatadogWriteClient;
  readonly #edits: ItemEdits;

  constructor(source: SourceKey, client: DatadogClient, writes: DatadogWriteClient, edits: ItemEdits) {
    this.#source = source;
    this.#client = client;
    this.#writes = writes;
    this.#edits = edits;
  }

  async create(input: NewDataset): Promise<DatasetCreated> {
    const { name, description, items } = input;
    if (input.project === undefined)
      throw refuseField('projectId', 'is required: each dataset is in a project');
    if (input.directoryPath !== undefined) {
      throw refuseField('directoryPath', 'cannot be kept: there are no directories', 'UNSUPPORTED');
    }
    const metadata = input.metadata === undefined ? undefined : readMetadata(input.metadata);
    const projectId = readProjectAddress(input.project);
    const missing = `There is no Datadog project ${projectId}, or the keys in use may not see it.`;
    if (!isUuid(projectId)) throw new NotFoundError(missing);
    checkEdit({ projectId, datasetId: '' }, { add: items, update: [], remove: [] }, 'items');

    const startedAt = Date.now();
    let made: { readonly data: VendorDataset; readonly isNew: boolean };
    try {
      this.#writes.forget();
      const before = await findDatasetByName(this.#client, projectId, name);
      if (before !== undefined) return this.#present(projectId, before, input);
      made = await this.#writes.createDataset(projectId, { name, description, metadata });
    } catch (error) {
      throw typedRefusal(error, missing, sameNames);
    }
    const row = made.data;
    // Written to since it was made, or not as it was asked for: it is somebody else's.
    if (!made.isNew && (row.attributes.current_version > 0 || !isAsWished(row, input))) {
      return this.#present(projectId, row, input);
    }
    const dataset = datasetKeyOf(this.#source, projectId, row);
    await this.#addItems(dataset, input);
    return { dataset, created: made.isNew || isYoung(row, startedAt) ? true : null };
  }

  /** One that was there already: given where nothing of the input would be lost by that. */
  #present(projectId: string, row: VendorDataset, input: NewDataset): DatasetCreated {
    const dataset = datasetKeyOf(this.#source, projectId, row);
    if (input.items.length === 0 && isAsWished(row, input)) return { dataset, created: false };
    throw new AlreadyExistsError(
      `The Datadog project ${projectId} has a dataset named ${JSON.stringify(row.attributes.name)} already, and it is not as this one would be. Nothing was written: change that one, or take another name.`,
      dataset,
    );
  }

  async #addItems(dataset: ResourceKey<'DATASET'>, { items }: NewDataset): Promise<void> {
    if (items.length === 0) return;
    try {
      await this.#edits.apply(dataset, { add: items, update: [], remove: [] }, '0', 'items');
    } catch (error) {
      if (!(error instanceof LockstepError)) throw error;
      throw itemsFailed(dataset, items.length, error);
    }
  }
}

/** Whether it has what the input gives. */
function isAsWished({ attributes }: VendorDataset, { name, description, metadata }: NewDataset): boolean {
  return (
    attributes.name === name &&
    (description === undefined || (attributes.description ?? '') === description) &&
    (metadata === undefined || isSameJson(attributes.metadata ?? {}, metadata))
  );
}

/**
 * Whether it was made after it was looked for. A 200 does not tell: recordings show it for a new one, as the spec has
 * it for one that was there.
 */
function isYoung({ attributes }: VendorDataset, startedAt: number): boolean {
  return compareInstants(attributes.created_at, instantOf(startedAt - clockTolerance)) >= 0;
}

function itemsFailed(
  dataset: ResourceKey<'DATASET'>,
  itemCount: number,
  failure: LockstepError,
): PartialWriteError {
  const made = 'made the dataset';
  if (failure instanceof PartialWriteError) {
    const { partial } = failure;
    return new PartialWriteError({
      ...partial,
      message: `The dataset is made. ${partial.message}`,
      completedSteps: [made, ...partial.completedSteps],
    });
  }
  const isUnknown = failure.code === 'OUTCOME_UNKNOWN';
  const fate = isUnknown ? 'may or may not be in it' : 'are not in it';
  return new PartialWriteError({
    message: `The dataset is made, and its items ${fate}: ${failure.message}`,
    dataset,
    completedSteps: [made],
    addedCount: 0,
    updatedCount: 0,
    removedCount: 0,
    unknownCount: isUnknown ? itemCount : 0,
    failures: Array.from({ length: itemCount }, (_, index) => ({
      path: ['items', String(index)],
      code: failure.code,
      message: failure.message,
    })),
  });
}
