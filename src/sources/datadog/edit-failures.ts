import { InvalidInputError, SourceError } from '../../domain/errors.ts';
import type { Change, Chunk } from './edit-chunks.ts';
import type { EditProgress } from './edit-progress.ts';
import { type InputPathOf, wordsOf } from './write-failures.ts';

const kindsByList: Readonly<Record<string, Change['kind']>> = {
  insert_records: 'add',
  update_records: 'update',
  delete_records: 'remove',
};
const fieldsByAttribute: Readonly<Record<string, string>> = {
  expected_output: 'expectedOutput',
  tag_operations: 'tags',
};

/** A batch that Datadog refused for its size: nothing of it was written. */
export function isTooLarge(error: unknown): error is SourceError {
  return error instanceof SourceError && error.httpStatus === 413 && error.code === 'INVALID_INPUT';
}

/** One record that Datadog takes in no batch. */
export function tooLarge(error: SourceError, { changes }: Chunk, progress: EditProgress): InvalidInputError {
  return new InvalidInputError(
    `Datadog does not take a body as large as this: ${wordsOf(error)}. It holds one record alone, so it cannot be cut smaller.`,
    changes.map((change) => ({ path: progress.pathOf(change), message: 'is too large', code: 'TOO_LARGE' })),
  );
}

/** Where in the edit a pointer into a batch points. */
export function inputPathIn({ changes }: Chunk, progress: EditProgress): InputPathOf {
  return ([data, attributes, list = '', index, attribute]) => {
    const kind = kindsByList[list];
    if (data !== 'data' || attributes !== 'attributes' || kind === undefined) return undefined;
    const change = changes.filter((one) => one.kind === kind)[Number(index)];
    if (change === undefined) return undefined;
    const path = progress.pathOf(change);
    return attribute === undefined ? path : [...path, fieldsByAttribute[attribute] ?? attribute];
  };
}

/** The same error, with more to say. */
export function withWords(error: SourceError, words: string): SourceError {
  return new SourceError({
    code: error.code,
    vendor: error.vendor,
    message: `${error.message} ${words}`,
    resource: error.resource,
    vendorRequestId: error.vendorRequestId,
    httpStatus: error.httpStatus,
    vendorErrors: error.vendorErrors,
    cause: error,
  });
}
