import { nullable } from '../answer.ts';
import { formatInstant } from '../instant.ts';
import type { Dataset, DatasetVersion } from '../state/model.ts';
import type { Dialect } from '../switches.ts';

/**
 * Datadog spec, `LLMObsDatasetDataResponse`. Recorded: an author and the project's id besides, and nanoseconds in
 * the answers of writes.
 */
export function datasetShape(dataset: Dataset, dialect: Dialect, written = false) {
  const recorded = dialect === 'recorded';
  const nanoseconds = recorded && written;
  return {
    id: dataset.id,
    type: 'datasets',
    attributes: {
      ...(recorded ? { author: { id: dataset.authorId } } : {}),
      created_at: formatInstant(dataset.createdAt, nanoseconds),
      current_version: dataset.currentVersion,
      ...(recorded && !written ? { dataset_type: 'user' } : {}),
      ...nullable(dialect, { description: dataset.description, metadata: dataset.metadata }),
      name: dataset.name,
      ...(recorded ? { project_id: dataset.projectId } : {}),
      updated_at: formatInstant(dataset.updatedAt, nanoseconds),
    },
  };
}

/** Datadog spec, `LLMObsDatasetVersionData`. */
export function versionShape(dataset: Dataset, version: DatasetVersion, dialect: Dialect) {
  const lastUsed = version.lastUsed === undefined ? undefined : formatInstant(version.lastUsed);
  return {
    id: version.id,
    type: 'dataset_version',
    attributes: {
      dataset_id: dataset.id,
      ...nullable(dialect, { last_used: lastUsed }),
      version_number: version.number,
    },
  };
}
