import { SourceError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { AlreadyExistsError } from '../../domain/write-errors.ts';
import type { DatasetPatch, DatasetWriter } from '../writes.ts';
import { type DatasetAddress, readDatasetAddress } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import { DatasetCreation, readMetadata } from './dataset-creation.ts';
import type { DatasetRows } from './dataset-rows.ts';
import { datasetKeyOf, findDatasetByName } from './datasets-by-name.ts';
import { createDraftLockWrites } from './draft-lock-writer.ts';
import { isNotFound } from './failures.ts';
import { ItemEdits } from './item-edits.ts';
import { isSameJson } from './json-values.ts';
import { NewestVersions } from './newest-versions.ts';
import type { VendorDataset } from './schema.ts';
import { restoreVersion } from './version-restore.ts';
import type { DatadogWriteClient, DatasetAttributes } from './write-client.ts';
import { DatasetRefusals, isValidationRefusal, sameNames } from './write-failures.ts';

/** By which Datadog may say that a name is taken: no status is documented. */
function mayBeTaken(error: unknown): boolean {
  return isValidationRefusal(error) || (error instanceof SourceError && error.httpStatus === 409);
}

/**
 * What is sent of a patch. The spec has no null for these: a description is cleared by an empty text, metadata by
 * an empty object.
 */
function attributesOf({ name, description, metadata }: DatasetPatch): DatasetAttributes {
  return {
    name,
    description: description === null ? '' : description,
    metadata: metadata === undefined ? undefined : readMetadata(metadata ?? {}),
  };
}

/**
 * Throws where the answer shows something else than was sent. Whether metadata is replaced or merged, and whether
 * an empty text is kept as a description, is not documented.
 */
function checkKept({ attributes }: VendorDataset, sent: DatasetAttributes): void {
  const isKept = {
    description: sent.description === undefined || (attributes.description ?? '') === sent.description,
    metadata: sent.metadata === undefined || isSameJson(attributes.metadata ?? {}, sent.metadata),
  };
  if (isKept.description && isKept.metadata) return;
  const lost = isKept.metadata ? 'description' : 'metadata';
  throw new SourceError({
    code: 'SOURCE_CONTRACT_VIOLATION',
    vendor: 'DATADOG',
    message: `Datadog took the change, and its answer shows other ${lost} than was sent. What else was changed is written: read the dataset before you change it again.`,
  });
}

export function createDatasetWriter(
  source: SourceKey,
  client: DatadogClient,
  writes: DatadogWriteClient,
  rows: DatasetRows,
): DatasetWriter {
  const newest = new NewestVersions(writes, rows);
  const refusals = new DatasetRefusals(client, rows);
  const edits = new ItemEdits(client, writes, newest, refusals);
  const creation = new DatasetCreation(source, client, writes, edits);

  /** The other dataset of the project that has the name; undefined where there is none, or it cannot be read. */
  async function findTaken(
    address: DatasetAddress,
    name: string,
  ): Promise<ResourceKey<'DATASET'> | undefined> {
    const row = await findDatasetByName(client, address.projectId, name);
    if (row === undefined || row.id === address.datasetId) return undefined;
    return datasetKeyOf(source, address.projectId, row);
  }

  function taken(name: string, existing: ResourceKey<'DATASET'> | null): AlreadyExistsError {
    const message = `Another dataset of the project is named ${JSON.stringify(name)}. Nothing was written: take another name.`;
    return new AlreadyExistsError(message, existing);
  }

  async function explain(
    error: unknown,
    address: DatasetAddress,
    name: string | undefined,
  ): Promise<unknown> {
    if (name !== undefined && mayBeTaken(error)) {
      const existing = await findTaken(address, name).catch((failure: unknown) => {
        if (failure instanceof SourceError) return undefined;
        throw failure;
      });
      if (existing !== undefined) return taken(name, existing);
    }
    return refusals.explain(error, address, sameNames);
  }

  return {
    create: (input) => creation.create(input),

    async update(dataset, patch) {
      const address = readDatasetAddress(dataset);
      const sent = attributesOf(patch);
      let row: VendorDataset;
      try {
        row = (await writes.updateDataset(address, sent)).data;
      } catch (error) {
        throw await explain(error, address, patch.name);
      }
      checkKept(row, sent);
    },

    async clone(dataset, { name, description }) {
      const address = readDatasetAddress(dataset);
      try {
        // What Datadog makes of a name that is taken is not documented.
        const existing = await findDatasetByName(client, address.projectId, name);
        if (existing !== undefined) throw taken(name, datasetKeyOf(source, address.projectId, existing));
        const { data } = await writes.cloneDataset(address, { name, description });
        return datasetKeyOf(source, address.projectId, data);
      } catch (error) {
        throw await explain(error, address, name);
      }
    },

    async delete(dataset) {
      const address = readDatasetAddress(dataset);
      await newest.read(address);
      try {
        await writes.deleteDatasets(address.projectId, [address.datasetId]);
      } catch (error) {
        // It was there just now, and is no more.
        if (!isNotFound(error)) throw await refusals.explain(error, address, () => undefined);
      }
    },

    latestRef: async (dataset) => String(await newest.read(readDatasetAddress(dataset))),
    editItems: (dataset, edit, base) => edits.apply(dataset, edit, base, 'add'),
    restore: (dataset, ref, base) => restoreVersion(writes, newest, refusals, dataset, ref, base),
    ...createDraftLockWrites(client, writes, rows),
  };
}
