import type { InputIssue } from '../../domain/errors.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { AlreadyExistsError } from '../../domain/write-errors.ts';
import type { DatasetPatch, DatasetWriter, ItemContent, NewDataset } from '../source.ts';
import { uuidOf } from './addresses.ts';
import { isNotFound, lockstepErrorOf } from './batch.ts';
import type { PostHogClient } from './client.ts';
import { addSteps, editItems } from './edit-items.ts';
import { contentIssues, laterNewIssues } from './item-bodies.ts';
import { maximumDatasetName } from './limits.ts';
import { isOfLaterServer, readLivingDatasets } from './living-datasets.ts';
import { inputErrorOf, isConflict, lengthOf, noSuch, refuseAll } from './refusals.ts';
import { partialWrite, runSteps } from './run-steps.ts';
import type { Dataset } from './schema.ts';
import type { PostHogWriteClient } from './write-client.ts';

const datasetFields = { name: 'name', description: 'description', metadata: 'metadata' } as const;

function nameIssues(name: string | undefined): readonly InputIssue[] {
  if (name === undefined) return [];
  const length = lengthOf(name.trim());
  if (length >= 1 && length <= maximumDatasetName) return [];
  const message = `must have 1 to ${maximumDatasetName} characters`;
  return [{ path: ['name'], message, code: length === 0 ? 'REQUIRED' : 'TOO_LONG' }];
}

function newIssues(input: NewDataset): readonly InputIssue[] {
  const issues = [...nameIssues(input.name)];
  const unsupported = (field: string, message: string): void => {
    issues.push({ path: [field], message, code: 'UNSUPPORTED' });
  };
  if (input.project !== undefined) {
    unsupported('projectId', 'a dataset of PostHog is in the project of the credentials in use');
  }
  if (input.directoryPath !== undefined) {
    unsupported('directoryPath', 'PostHog has no directories');
  }
  for (const [index, item] of input.items.entries()) {
    issues.push(...contentIssues(item, ['items', String(index)]));
  }
  return issues;
}

/** The first dataset of exactly this name that a search shows; null when none does. */
async function findByName(
  source: SourceKey,
  client: PostHogClient,
  name: string,
): Promise<ResourceKey<'DATASET'> | null> {
  try {
    const { results } = await client.datasets({ search: name, limit: 100 });
    const row = results.good.find(({ value }) => value.name === name)?.value;
    return row === undefined ? null : keyOf(source, 'DATASET', row.id);
  } catch (error) {
    lockstepErrorOf(error);
    return null;
  }
}

/** PostHog's datasets, which have no versions: there is nothing to base a write on. */
export function createDatasetWriter(
  source: SourceKey,
  client: PostHogClient,
  writes: PostHogWriteClient,
): DatasetWriter {
  /** Updates reach deleted datasets too, so each is confirmed to be there. */
  async function readLiving(dataset: ResourceKey<'DATASET'>): Promise<Dataset> {
    const id = uuidOf(dataset);
    const row = id === undefined ? undefined : (await readLivingDatasets(client, [id])).get(id);
    if (row === undefined) throw noSuch('dataset');
    return row;
  }

  async function sendNamed<T>(name: string | undefined, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      // Names are unique on later servers only.
      if (name === undefined || !isConflict(error, 'dataset_name_conflict')) {
        throw inputErrorOf(error, datasetFields);
      }
      const existing = await findByName(source, client, name);
      throw new AlreadyExistsError('PostHog has a dataset of this name, or had and archived it.', existing);
    }
  }

  /** Some items are refused by later servers only: whether this is one is then asked before anything is made. */
  async function checkForLater(items: readonly ItemContent[]): Promise<void> {
    const issues = items.flatMap((item, index) => laterNewIssues(item, ['items', String(index)]));
    if (issues.length === 0) return;
    const { results } = await client.datasets({ limit: 1 });
    const [first] = results.good;
    if (first !== undefined && isOfLaterServer(first.value)) refuseAll(issues);
  }

  async function addItems(
    dataset: ResourceKey<'DATASET'>,
    { id, isLater, name }: { readonly id: string; readonly isLater: boolean; readonly name: string },
    items: readonly ItemContent[],
  ): Promise<void> {
    let addedCount = 0;
    const outcome = await runSteps(
      addSteps(writes, id, isLater, items, 'items', () => {
        addedCount += 1;
      }),
    );
    if (outcome.failures.length === 0) return;
    const added = addedCount === 0 ? [] : [`${addedCount} ${addedCount === 1 ? 'item' : 'items'} added`];
    throw partialWrite(outcome, {
      dataset,
      completedSteps: [`dataset ${JSON.stringify(name)} created`, ...added],
      addedCount,
      updatedCount: 0,
      removedCount: 0,
    });
  }

  return {
    async create(input) {
      refuseAll(newIssues(input));
      await checkForLater(input.items);
      const { name, description, metadata } = input;
      // Null is what a new dataset has anyway, and the later dialect does not take it.
      const body = { name, description, metadata: metadata ?? undefined };
      const row = await sendNamed(name.trim(), () => writes.createDataset(body));
      const dataset = keyOf(source, 'DATASET', row.id);
      await addItems(dataset, { id: row.id, isLater: isOfLaterServer(row), name }, input.items);
      return { dataset, created: true };
    },

    async update(dataset, patch: DatasetPatch) {
      refuseAll(nameIssues(patch.name));
      const { id } = await readLiving(dataset);
      const { name, description, metadata } = patch;
      if (name === undefined && description === undefined && metadata === undefined) return;
      try {
        await sendNamed(name?.trim(), () => writes.updateDataset(id, { name, description, metadata }));
      } catch (error) {
        throw isNotFound(error) ? noSuch('dataset') : error;
      }
    },

    async delete(dataset) {
      const row = await readLiving(dataset);
      try {
        await (isOfLaterServer(row) ? writes.archiveDataset(row.id) : writes.deleteDataset(row.id));
      } catch (error) {
        // It was there a moment ago: somebody else has deleted it.
        if (!isNotFound(error)) throw inputErrorOf(error, datasetFields);
      }
    },

    editItems: (dataset, edit) => editItems(source, client, writes, dataset, edit),
  };
}
