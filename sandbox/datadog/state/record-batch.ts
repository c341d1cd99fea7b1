import { canonicalText, type Json, type JsonObject } from '../any-value.ts';
import { DatadogFailure } from '../datadog-failure.ts';
import type { Clock, Instant } from '../instant.ts';
import { newestFirst } from '../newest-first.ts';
import { recordsAt, writeRecords } from './dataset-versions.ts';
import type { Dataset, DatasetRecord } from './model.ts';

/** Datadog spec: applied in the order remove, add, set; a `set` discards the other two. */
export interface TagOperations {
  readonly remove?: readonly string[] | undefined;
  readonly add?: readonly string[] | undefined;
  readonly set?: readonly string[] | undefined;
}

export interface RecordInsert {
  readonly id?: string | undefined;
  readonly input: Json;
  readonly expectedOutput?: Json | undefined;
  readonly metadata?: JsonObject | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** What is left out, or null, stays as it is; empty text and empty object erase (first-party code, recorded). */
export interface RecordUpdate {
  readonly id: string;
  readonly input?: Json | undefined;
  readonly expectedOutput?: Json | undefined;
  readonly metadata?: JsonObject | null | undefined;
  readonly tags?: TagOperations | undefined;
}

/** Changes of a dataset's records that are applied together. */
export interface RecordBatch {
  readonly insert?: readonly RecordInsert[] | undefined;
  readonly update?: readonly RecordUpdate[] | undefined;
  readonly remove?: readonly string[] | undefined;
  /** Whether an insert whose input is there already is left out. */
  readonly deduplicate: boolean;
  /** Whether an insert with an id that is there already changes that record; left out otherwise. */
  readonly overwrite: boolean;
  readonly createNewVersion: boolean;
}

export interface BatchOutcome {
  /** One for each insert, in their order; an insert that was left out gives the record that was there. */
  readonly inserted: readonly DatasetRecord[];
  readonly updated: readonly DatasetRecord[];
  readonly removed: readonly DatasetRecord[];
  readonly createdCount: number;
  /** The version that the records were written to. */
  readonly version: number;
  readonly at: Instant;
}

/** Where new ids and dates come from. */
export interface Stamp {
  readonly clock: Clock;
  uuid(): string;
}

/** The tags after the operations. */
export function applyTagOperations(tags: readonly string[], operations: TagOperations): readonly string[] {
  if (operations.set !== undefined) return [...new Set(operations.set)];
  const left = tags.filter((tag) => !operations.remove?.includes(tag));
  return [...new Set([...left, ...(operations.add ?? [])])];
}

function changed(record: DatasetRecord, update: RecordUpdate, at: Instant): DatasetRecord {
  return {
    ...record,
    input: update.input ?? record.input,
    expectedOutput: update.expectedOutput ?? record.expectedOutput,
    metadata: update.metadata ?? record.metadata,
    tags: update.tags === undefined ? record.tags : applyTagOperations(record.tags, update.tags),
    createdAt: at,
    updatedAt: at,
  };
}

function created(insert: RecordInsert, author: string, stamp: Stamp): DatasetRecord {
  const at = stamp.clock.next();
  return {
    id: insert.id ?? `rec-${stamp.uuid()}`,
    canonicalId: stamp.uuid(),
    input: insert.input,
    expectedOutput: insert.expectedOutput,
    metadata: insert.metadata,
    tags: insert.tags ?? [],
    authorId: author,
    createdAt: at,
    updatedAt: at,
  };
}

/**
 * Whether an update makes a version (product documentation): not if it touches metadata only. One that only has
 * tag operations does (recorded). Assumption: setting an input or output makes one even if it is what was there.
 */
function makesVersion(update: RecordUpdate): boolean {
  const isSet = (value: unknown): boolean => value !== undefined && value !== null;
  return isSet(update.input) || isSet(update.expectedOutput) || update.tags !== undefined;
}

/**
 * Applies the batch in the order remove, update, insert, all or nothing. Assumptions: an update of an unknown
 * record is a 404, the removal of one is passed over, duplicates are found by `input` alone (as the upload says),
 * and a batch that comes to nothing makes no version (recorded for a duplicate insert).
 */
export function applyBatch(dataset: Dataset, batch: RecordBatch, author: string, stamp: Stamp): BatchOutcome {
  const records = new Map(recordsAt(dataset, dataset.currentVersion).map((record) => [record.id, record]));
  const unknown = batch.update?.find(({ id }) => !records.has(id) || batch.remove?.includes(id));
  if (unknown !== undefined) throw new DatadogFailure(404, `record not found: ${unknown.id}`);

  const removed = [...new Set(batch.remove)].flatMap((id) => {
    const record = records.get(id);
    records.delete(id);
    return record === undefined ? [] : [record];
  });
  let versionMade = removed.length > 0;

  const updated: DatasetRecord[] = [];
  for (const update of batch.update ?? []) {
    const record = records.get(update.id);
    if (record === undefined) continue;
    versionMade ||= makesVersion(update);
    const after = changed(record, update, stamp.clock.next());
    records.set(after.id, after);
    updated.push(after);
  }

  const byInput = new Map<string, string>();
  if (batch.deduplicate) for (const { id, input } of records.values()) byInput.set(canonicalText(input), id);
  let createdCount = 0;
  const inserted = (batch.insert ?? []).map((insert) => {
    const input = batch.deduplicate ? canonicalText(insert.input) : '';
    const there = records.get(byInput.get(input) ?? insert.id ?? '');
    if (there !== undefined && (byInput.has(input) || !batch.overwrite)) return there;
    const after =
      there === undefined
        ? created(insert, author, stamp)
        : changed(
            there,
            { ...insert, id: there.id, tags: insert.tags && { set: insert.tags } },
            stamp.clock.next(),
          );
    createdCount += 1;
    records.set(after.id, after);
    if (batch.deduplicate) byInput.set(input, after.id);
    return after;
  });
  versionMade ||= createdCount > 0;

  const at = stamp.clock.next();
  if (versionMade || updated.length > 0) {
    writeRecords(
      dataset,
      newestFirst(records.values()),
      versionMade && batch.createNewVersion,
      at,
      stamp.uuid(),
    );
  }
  return { inserted, updated, removed, createdCount, version: dataset.currentVersion, at };
}
