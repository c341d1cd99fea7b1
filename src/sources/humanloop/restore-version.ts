import { LockstepError, SourceError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import { PartialWriteError } from '../../domain/write-errors.ts';
import type { VersionWritten } from '../source.ts';
import { vendorIdOf } from './addresses.ts';
import { readBaseVersion, refAndTime } from './base-version.ts';
import { versionWritten } from './concurrent-version.ts';
import { isOnDefault } from './mapping.ts';
import { ownVersion } from './own-version.ts';
import { contentOfRow, readDatapoints } from './read-datapoints.ts';
import { noSuchDataset, refusable } from './refusals.ts';
import type { DatasetEnvironmentRow, DatasetRow } from './schema.ts';
import type { Writing } from './writing.ts';

function noDefault(): SourceError {
  return new SourceError({
    code: 'SOURCE_CONTRACT_VIOLATION',
    vendor: 'HUMANLOOP',
    message:
      'Humanloop lists no default environment for this dataset, so the version cannot be put where plain reads follow it. Nothing was written.',
  });
}

/** The second step did not come about, or nobody knows; the first one stands. */
function stoppedBeforeDeployment(
  dataset: ResourceKey<'DATASET'>,
  ref: string,
  place: DatasetEnvironmentRow,
  error: LockstepError,
): PartialWriteError {
  const isUnknown = error.code === 'OUTCOME_UNKNOWN';
  const how = isUnknown ? 'whether it was deployed is not known' : 'it was not deployed';
  const next = isUnknown ? 'Look at its environments, and deploy it if it is not there' : 'Deploy it';
  return new PartialWriteError({
    message: `The items are saved as version ${ref}, and ${how} to "${place.name}", so that plain reads may give what they gave before. ${next} (\`deployDatasetVersion\`). ${error.message}`,
    dataset,
    completedSteps: [`the items were saved as version ${ref}`],
    addedCount: 0,
    updatedCount: 0,
    removedCount: 0,
    unknownCount: 0,
    failures: [{ path: ['versionRef'], code: error.code, message: error.message }],
  });
}

/**
 * Writes an older version's items as the newest one and puts it on the default environment, which plain reads
 * follow. Equal content may give the older version back (content addressing): it is then that one which is deployed.
 */
export function createRestore({ client, writes }: Writing) {
  const files = client.datasets;

  async function save(id: string, version: DatasetRow): Promise<DatasetRow> {
    const rows = await readDatapoints(client, id, version.version_id);
    const upsert = {
      to: { id },
      action: 'set',
      datapoints: Array.from(rows.values(), contentOfRow),
      attributes: version.attributes ?? undefined,
    } as const;
    return refusable(writes.upsertDataset(upsert), { notFound: noSuchDataset });
  }

  return async (
    dataset: ResourceKey<'DATASET'>,
    ref: string,
    baseRef: string | null,
  ): Promise<VersionWritten> => {
    const id = vendorIdOf(dataset);
    const [version, places, base] = await Promise.all([
      ownVersion(files, id, ref),
      client.listDatasetEnvironments(id),
      readBaseVersion(files, id, baseRef),
    ]);
    const place = places.find((candidate) => isOnDefault([candidate]) === true);
    if (place === undefined) throw noDefault();

    const isNewest = ref === baseRef;
    const saved = isNewest ? version : await save(id, version);
    if (place.file?.version_id !== saved.version_id) {
      const deploying = writes.deployDataset(id, place.id, saved.version_id);
      try {
        await refusable(deploying, { notFound: `${noSuchDataset} Or the version is gone.` });
      } catch (error) {
        if (isNewest || !(error instanceof LockstepError)) throw error;
        throw stoppedBeforeDeployment(dataset, saved.version_id, place, error);
      }
    }
    return versionWritten(files, id, {
      base: refAndTime(base.row),
      ours: saved.version_id,
      known: base.known,
    });
  };
}
