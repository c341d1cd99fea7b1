import { nullable } from '../answer.ts';
import { formatInstant, type Instant } from '../instant.ts';
import type { Dataset, DatasetRecord } from '../state/model.ts';
import type { BatchOutcome } from '../state/record-batch.ts';
import type { Dialect } from '../switches.ts';

/** Recorded: deleted records live on for 90 days, and the answer says until when. */
const ninetyDays = 90 * 86_400 * 1_000_000;

/** Datadog spec, `LLMObsDatasetRecordDataResponse`: flat, with neither type nor tags. */
function flatRecord(dataset: Dataset, record: DatasetRecord) {
  return {
    id: record.id,
    dataset_id: dataset.id,
    input: record.input,
    expected_output: record.expectedOutput ?? null,
    metadata: record.metadata ?? null,
    created_at: formatInstant(record.createdAt),
    updated_at: formatInstant(record.updatedAt),
  };
}

interface WriteMarks {
  readonly version: number;
  readonly deletedAt?: Instant;
}

/** Recorded: a resource whose type is "datasets"; lists leave out empty tags, write answers do not. */
function wrappedRecord(dataset: Dataset, record: DatasetRecord, marks?: WriteMarks) {
  const deletedAt = marks?.deletedAt;
  return {
    id: record.id,
    type: 'datasets',
    attributes: {
      author: { id: record.authorId },
      canonical_id: record.canonicalId,
      created_at: formatInstant(record.createdAt, marks !== undefined),
      dataset_id: dataset.id,
      ...(deletedAt === undefined ? {} : { deleted_at: formatInstant(deletedAt) }),
      ...nullable('recorded', { expected_output: record.expectedOutput }),
      input: record.input,
      ...nullable('recorded', { metadata: record.metadata }),
      ...(marks === undefined && record.tags.length === 0 ? {} : { tags: record.tags }),
      ...(deletedAt === undefined ? {} : { ttl: formatInstant(deletedAt + ninetyDays) }),
      updated_at: formatInstant(record.updatedAt, marks !== undefined),
      ...(marks === undefined ? {} : { version: marks.version }),
    },
  };
}

/** The items of a record list. */
export function recordList(dataset: Dataset, records: readonly DatasetRecord[], dialect: Dialect): unknown[] {
  const shape = dialect === 'recorded' ? wrappedRecord : flatRecord;
  return records.map((record) => shape(dataset, record));
}

/**
 * The answer to a write of records. Datadog spec, `LLMObsDatasetRecordsMutationResponse`: one more level of
 * nesting; assumption: without the deleted ones, which that shape could not tell from the rest. Recorded for
 * batch_update, and assumed for the others: resources in the order insert, update, delete.
 */
export function mutationBody(dataset: Dataset, outcome: BatchOutcome, dialect: Dialect): { data: unknown[] } {
  const written = [...outcome.inserted, ...outcome.updated];
  if (dialect === 'spec')
    return { data: [{ records: written.map((record) => flatRecord(dataset, record)) }] };
  const { version, at, removed } = outcome;
  return {
    data: [
      ...written.map((record) => wrappedRecord(dataset, record, { version })),
      ...removed.map((record) => wrappedRecord(dataset, record, { version, deletedAt: at })),
    ],
  };
}
