import { InvalidInputError, type LockstepError, NotFoundError } from '../../domain/errors.ts';
import { keyOf, type ResourceKey, type ResourceKind } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { type DatasetAddress, isUuid } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import { failureOf } from './failures.ts';
import { readProjectIds } from './projects.ts';

function missing(what: string): InvalidInputError {
  return new InvalidInputError(`Datadog needs more to find this: give ${what} as \`parentVendorId\`.`, [
    { path: ['ref', 'parentVendorId'], message: `must be ${what}` },
  ]);
}

/** Asks every project for the dataset, side by side: no operation finds one by its id alone. */
async function findDataset(client: DatadogClient, datasetId: string): Promise<DatasetAddress> {
  const { ids, faults } = isUuid(datasetId) ? await readProjectIds(client) : { ids: [], faults: [] };
  const failures: LockstepError[] = [...faults];
  const homes: string[] = [];
  await Promise.all(
    ids.map(async (projectId) => {
      try {
        const { good } = await client.listDatasets(projectId, { id: datasetId });
        if (good.some(({ value }) => value.id === datasetId)) homes.push(projectId);
      } catch (error) {
        failures.push(failureOf(error));
      }
    }),
  );
  const [projectId] = homes;
  if (projectId !== undefined) return { projectId, datasetId };
  // It may be in a project that did not answer.
  if (failures[0] !== undefined) throw failures[0];
  throw new NotFoundError(
    `No Datadog project has a dataset ${datasetId}, or the keys in use may not see it.`,
  );
}

/** The dataset that a parent names, by its id alone or as `<project id>/<dataset id>`. */
async function readDatasetParent(client: DatadogClient, parent: string | undefined): Promise<DatasetAddress> {
  const what = 'the dataset (its id, or `<project id>/<dataset id>`, which saves the search for it)';
  if (parent === undefined) throw missing(what);
  const [first, second, ...more] = parent.split('/');
  if (!first || second === '' || more.length > 0) throw missing(what);
  return second === undefined ? findDataset(client, first) : { projectId: first, datasetId: second };
}

/** The key of a thing by the ids that Datadog's own pages show. */
export async function resolveKey(
  source: SourceKey,
  client: DatadogClient,
  kind: ResourceKind,
  vendorId: string,
  parent: string | undefined,
): Promise<ResourceKey | undefined> {
  if (vendorId === '') {
    throw new InvalidInputError('No thing at Datadog has an empty id.', [
      { path: ['ref', 'vendorId'], message: 'must not be empty' },
    ]);
  }
  switch (kind) {
    case 'PROJECT':
    case 'PROMPT':
    case 'MODEL_LAB_PROJECT':
      return keyOf(source, kind, vendorId);
    case 'DATASET':
      if (!parent) throw missing('the project');
      return keyOf(source, kind, parent, vendorId);
    case 'DATASET_VERSION':
    case 'DATASET_ITEM': {
      const { projectId, datasetId } = await readDatasetParent(client, parent);
      return keyOf(source, kind, projectId, datasetId, vendorId);
    }
    case 'PROMPT_VERSION':
      if (!parent) throw missing('the prompt');
      return keyOf(source, kind, parent, vendorId);
    case 'TRACE_REVIEW':
    case 'SCORE_DEFINITION':
      return undefined;
  }
}
