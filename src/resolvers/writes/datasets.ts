import type { Context } from '../../context.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { parseIdOf } from '../../domain/identity.ts';
import type { Json } from '../../domain/json.ts';
import type { Vendor } from '../../domain/vendor.ts';
import { vendorNames } from '../../domain/vendor.ts';
import type { ItemContent } from '../../sources/source.ts';
import { connected, readText, slotOf, slotsOfVendor, unsupported } from '../vendor-call.ts';
import { publishedInTurn, publishMade } from './published.ts';
import {
  datasetKey,
  datasetWriter,
  guardDraft,
  inTurn,
  inTurnOfName,
  inTurnOfNewName,
  readBase,
  write,
} from './write.ts';

export interface CreateDatasetInput {
  readonly vendor: Vendor;
  readonly name: string;
  readonly projectId?: string | null | undefined;
  readonly directoryPath?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly metadata?: Json | undefined;
  readonly items?: readonly ItemContent[] | null | undefined;
}

export function createDataset(context: Context, input: CreateDatasetInput) {
  return write(context, async () => {
    const name = readText(input.name, ['input', 'name']);
    const [slot] = slotsOfVendor(context, input.vendor);
    const source = connected(slot);
    const writer = source.datasets?.writer;
    if (writer === undefined) {
      throw unsupported(context, input.vendor, 'creation of datasets', (other) => other.datasets?.writer);
    }
    const project =
      input.projectId === null || input.projectId === undefined
        ? undefined
        : parseIdOf('PROJECT', input.projectId, ['input', 'projectId']);
    if (project !== undefined && project.address.source !== source.key) {
      throw new InvalidInputError(`\`projectId\` is not a project of ${vendorNames[input.vendor]}.`, [
        { path: ['input', 'projectId'], message: 'is of another vendor', code: 'FOREIGN_ID' },
      ]);
    }
    return inTurnOfName(context, source.key, name, async () => {
      const { dataset, created } = await writer.create({
        name,
        project,
        directoryPath: input.directoryPath ?? undefined,
        description: input.description ?? undefined,
        metadata: input.metadata ?? undefined,
        items: input.items ?? [],
      });
      // One of that name may have been there already, with changes of its own.
      if (created === true) await publishMade(context, dataset);
      return { dataset, created };
    });
  });
}

export interface UpdateDatasetInput {
  readonly datasetId: string;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly metadata?: Json | undefined;
  readonly expectedRef?: string | null | undefined;
}

/** Left out: as it is; null: cleared, where the vendor can. A name cannot be cleared. */
export function updateDataset(context: Context, input: UpdateDatasetInput) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const { name, description, metadata } = input;
    if (name === null) {
      throw new InvalidInputError('A dataset has to have a name.', [
        { path: ['input', 'name'], message: 'cannot be cleared' },
      ]);
    }
    if (name !== undefined) readText(name, ['input', 'name']);
    if (name === undefined && description === undefined && metadata === undefined) {
      throw new InvalidInputError('Give a `name`, a `description` or `metadata`.', [
        { path: ['input'], message: 'nothing to change is given' },
      ]);
    }
    const writer = datasetWriter(context, dataset, 'writes of datasets', (all) => all);
    return inTurnOfNewName(context, dataset.address.source, name, () =>
      inTurn(context, dataset, async () => {
        await guardDraft(context, dataset);
        await readBase(context, dataset, input.expectedRef);
        await writer.update(dataset, { name, description, metadata });
        return { dataset };
      }),
    );
  });
}

export interface MoveDatasetInput {
  readonly datasetId: string;
  readonly directoryPath?: string | null | undefined;
  readonly name?: string | null | undefined;
}

export function moveDataset(context: Context, input: MoveDatasetInput) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const directoryPath = input.directoryPath ?? undefined;
    const name = input.name ?? undefined;
    if (directoryPath === undefined && name === undefined) {
      throw new InvalidInputError('Give a `directoryPath` or a `name` to move it to.', [
        { path: ['input'], message: 'no place is given' },
      ]);
    }
    if (name !== undefined) readText(name, ['input', 'name']);
    const move = datasetWriter(context, dataset, 'directories', (writer) => writer.move);
    // In another directory it may meet one that is made under the name it has.
    const nameThere = name ?? (await context.loaders.dataset.load(dataset))?.name;
    return inTurnOfNewName(context, dataset.address.source, nameThere, () =>
      inTurn(context, dataset, async () => {
        await move(dataset, { directoryPath, name });
        return { dataset };
      }),
    );
  });
}

export interface CloneDatasetInput {
  readonly datasetId: string;
  readonly name: string;
  readonly description?: string | null | undefined;
}

export function cloneDataset(context: Context, input: CloneDatasetInput) {
  return write(context, async () => {
    const source = datasetKey(input.datasetId);
    const name = readText(input.name, ['input', 'name']);
    const clone = datasetWriter(context, source, 'clones of datasets', (writer) => writer.clone);
    return inTurnOfName(context, source.address.source, name, async () => {
      const dataset = await clone(source, { name, description: input.description ?? undefined });
      await publishMade(context, dataset);
      return { dataset };
    });
  });
}

export interface DeleteDatasetInput {
  readonly datasetId: string;
  readonly expectedRef?: string | null | undefined;
}

export function deleteDataset(context: Context, input: DeleteDatasetInput) {
  return write(context, async () => {
    const dataset = datasetKey(input.datasetId);
    const writer = datasetWriter(context, dataset, 'deletion of datasets', (all) => all);
    return publishedInTurn(
      context,
      dataset,
      ['DRAFT_LOCK', 'DATASET_VERSIONS'],
      async () => {
        await guardDraft(context, dataset);
        if (input.expectedRef !== null && input.expectedRef !== undefined) {
          await readBase(context, dataset, input.expectedRef);
        }
        await writer.delete(dataset);
        const scope = slotOf(context, dataset).watchTarget?.scope;
        if (scope !== undefined) await context.coordination.leases.release(scope, dataset);
        return { dataset };
      },
      () => ({ removed: true }),
    );
  });
}
