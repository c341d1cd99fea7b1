import { randomUUID } from 'node:crypto';
import type { Clocked } from './clock.ts';
import type { Dataset, DatasetItem, DatasetRevision, Instant, ItemVersion, PostHogUser } from './records.ts';

/** What a version holds besides its number, revision and times. */
export type ItemContent = Pick<ItemVersion, 'input' | 'output' | 'sourceOutput' | 'metadata' | 'deleted'>;

export interface ItemReferences {
  readonly externalId: string | null;
  readonly refTraceId: string | null;
  readonly refTimestamp: string | null;
  readonly refSourceId: string | null;
}

export function currentItem({ versions }: DatasetItem): ItemVersion {
  return versions.at(-1) ?? versions[0];
}

function newRevision(dataset: Dataset, by: PostHogUser, at: Instant): DatasetRevision {
  const revision = { id: randomUUID(), revision: dataset.revisions.length + 1, createdBy: by, createdAt: at };
  dataset.revisions.push(revision);
  return revision;
}

/** Adds a version, and with it a revision of the dataset. Both dialects write through here. */
export function changeItem(
  state: Clocked,
  item: DatasetItem,
  by: PostHogUser,
  change: Partial<ItemContent>,
): ItemVersion {
  const at = state.clock.now();
  const { input, output, sourceOutput, metadata, deleted, version } = currentItem(item);
  const next: ItemVersion = {
    input,
    output,
    sourceOutput,
    metadata,
    deleted,
    ...change,
    id: randomUUID(),
    version: version + 1,
    revision: newRevision(item.dataset, by, at),
    createdBy: by,
    createdAt: at,
  };
  item.versions.push(next);
  item.updatedAt = state.clock.now();
  return next;
}

export function createItem(
  state: Clocked,
  dataset: Dataset,
  by: PostHogUser,
  content: ItemContent,
  references: ItemReferences,
): DatasetItem {
  const at = state.clock.now();
  const revision = newRevision(dataset, by, at);
  return {
    id: randomUUID(),
    dataset,
    ...references,
    versions: [{ ...content, id: randomUUID(), version: 1, revision, createdBy: by, createdAt: at }],
    createdBy: by,
    createdAt: at,
    updatedAt: state.clock.now(),
  };
}
