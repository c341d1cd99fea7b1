import { InvalidInputError, NotFoundError, SourceError } from '../../domain/errors.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import { AlreadyExistsError } from '../../domain/write-errors.ts';
import { vendorIdOf } from './addresses.ts';
import { readVersions, undefinedIfAbsent } from './files.ts';
import { ownVersion } from './own-version.ts';
import { noSuchDataset, refusable, undefinedIfUnread } from './refusals.ts';
import type { LabelPatch } from './write-client.ts';
import type { Writing } from './writing.ts';

type Dataset = ResourceKey<'DATASET'>;
type Environment = ResourceKey<'ENVIRONMENT'>;

const noVersion = 'Humanloop has no such version of this dataset any more.';

/** Writes to single versions, and where they stand. */
export function createVersionChanges({ client, writes, source }: Writing) {
  const files = client.datasets;

  async function nameTaken(id: string, name: string): Promise<AlreadyExistsError> {
    const versions = await undefinedIfUnread(readVersions(files, id));
    const holder = versions?.newestFirst.find((row) => row.version_name === name);
    return new AlreadyExistsError(
      `This dataset has a version named "${name}" already${holder === undefined ? '' : ` (${holder.version_id})`}. Nothing was written: version names are unique within a dataset.`,
      holder === undefined ? null : keyOf(source, 'DATASET_VERSION', id, holder.version_id),
    );
  }

  /** Why a version is refused to be deleted is unpublished; what can be seen of the reason is told. */
  async function stillNeeded(id: string, ref: string): Promise<InvalidInputError | undefined> {
    const versions = await undefinedIfUnread(readVersions(files, id));
    const row = versions?.newestFirst.find(({ version_id }) => version_id === ref);
    if (versions === undefined || row === undefined) return undefined;
    const places = (row.environments ?? []).map(({ name }) => `"${name}"`).join(', ');
    const isOnly = versions.newestFirst.length === 1 && versions.faults.length === 0;
    const why = isOnly ? 'is the only version of its dataset' : `is deployed to ${places}`;
    if (!isOnly && places === '') return undefined;
    const next = isOnly
      ? 'Delete the dataset, or add another version first.'
      : 'Deploy another version there first, or remove the deployment.';
    return new InvalidInputError(`Humanloop does not delete this version: it ${why}. ${next}`, [
      { path: ['versionRef'], message: why },
    ]);
  }

  async function placeOf(dataset: Dataset, environment: Environment) {
    const places = await undefinedIfAbsent(client.listDatasetEnvironments(vendorIdOf(dataset)));
    if (places === undefined) throw new NotFoundError(noSuchDataset);
    const environmentId = vendorIdOf(environment);
    const place = places.find(({ id }) => id === environmentId);
    if (place !== undefined) return place;
    throw new NotFoundError('`environmentId`: Humanloop has no such environment.');
  }

  return {
    updateVersion: async (dataset: Dataset, ref: string, patch: LabelPatch): Promise<void> => {
      const id = vendorIdOf(dataset);
      const { name, description } = patch;
      if (name?.trim() === '') {
        throw new InvalidInputError('A version name is not blank. Null takes the name away.', [
          { path: ['name'], message: 'must not be blank' },
        ]);
      }
      await ownVersion(files, id, ref);
      if (name === undefined && description === undefined) return;
      await refusable(writes.updateDatasetVersion(id, ref, { name, description }), {
        notFound: noVersion,
        placeOf: ([root, field]) => (root === 'body' && field !== undefined ? [field] : undefined),
        conflict: async () => (typeof name === 'string' ? nameTaken(id, name) : undefined),
      });
    },

    deleteVersion: async (dataset: Dataset, ref: string): Promise<void> => {
      const id = vendorIdOf(dataset);
      await ownVersion(files, id, ref);
      const deleting = refusable(writes.deleteDatasetVersion(id, ref), {
        conflict: () => stillNeeded(id, ref),
      });
      try {
        await deleting;
      } catch (error) {
        // It was there a moment ago: somebody else was faster.
        if (!(error instanceof SourceError && error.code === 'NOT_FOUND')) throw error;
      }
    },

    deploy: async (dataset: Dataset, ref: string, environment: Environment): Promise<void> => {
      const id = vendorIdOf(dataset);
      await ownVersion(files, id, ref);
      await refusable(writes.deployDataset(id, vendorIdOf(environment), ref), {
        notFound: `\`environmentId\`: Humanloop has no such environment. Or: ${noVersion}`,
        placeOf: ([root, field]) =>
          root === 'path' && field?.startsWith('environment') === true ? ['environmentId'] : undefined,
      });
    },

    deployedRef: async (dataset: Dataset, environment: Environment): Promise<string | null> =>
      (await placeOf(dataset, environment)).file?.version_id ?? null,

    undeploy: async (dataset: Dataset, environment: Environment): Promise<void> => {
      await refusable(writes.removeDatasetDeployment(vendorIdOf(dataset), vendorIdOf(environment)), {
        notFound:
          '`environmentId`: nothing of this Humanloop dataset stands on that environment, or there is no such environment or dataset.',
      });
    },
  };
}
