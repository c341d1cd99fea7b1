import type { JsonObject } from '../any-value.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import { recordsAt } from './dataset-versions.ts';
import type { Dataset, Project } from './model.ts';
import type { Stamp } from './record-batch.ts';

export interface DatasetWish {
  readonly name: string;
  readonly description: string | undefined;
  readonly metadata: JsonObject | undefined;
}

/** Adds an empty dataset; its version is 0 (recorded). */
export function createDataset(project: Project, wish: DatasetWish, author: string, stamp: Stamp): Dataset {
  const at = stamp.clock.next();
  const dataset: Dataset = {
    ...wish,
    id: stamp.uuid(),
    projectId: project.id,
    authorId: author,
    createdAt: at,
    updatedAt: at,
    currentVersion: 0,
    versions: new Map([[0, { id: stamp.uuid(), number: 0, records: [], lastUsed: undefined }]]),
    lock: undefined,
  };
  project.datasets.set(dataset.id, dataset);
  return dataset;
}

/**
 * Copies a dataset's current records into a new dataset of the project, whose version is 0 (spec's example).
 * Assumptions: metadata is copied, a missing description is too, the records get ids and dates of their own, and a
 * name that is taken is a 400.
 */
export function cloneDataset(
  project: Project,
  source: Dataset,
  wish: Pick<DatasetWish, 'name' | 'description'>,
  author: string,
  stamp: Stamp,
): Dataset {
  if ([...project.datasets.values()].some(({ name }) => name === wish.name)) {
    throw new DatadogFailure(400, 'a dataset with this name already exists', {
      pointer: '/data/attributes/name',
    });
  }
  const description = wish.description ?? source.description;
  const clone = createDataset(
    project,
    { name: wish.name, description, metadata: source.metadata },
    author,
    stamp,
  );
  const copies = recordsAt(source, source.currentVersion)
    .toReversed()
    .map((record) => {
      const at = stamp.clock.next();
      const ids = { id: `rec-${stamp.uuid()}`, canonicalId: stamp.uuid() };
      return { ...record, ...ids, authorId: author, createdAt: at, updatedAt: at };
    });
  for (const version of clone.versions.values()) version.records = copies.toReversed();
  return clone;
}
