import { type InputIssue, InvalidInputError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { Json } from '../../domain/json.ts';
import type { ItemContent, ItemEdit, ItemPatch } from '../writes.ts';
import { type DatasetAddress, readItemAddress } from './addresses.ts';
import { isObject } from './json-values.ts';

/** What an item may have elsewhere and a record of Datadog has no place for. */
const unkeepable = ['messages', 'sourceTraceId', 'sourceId', 'sourceTimestamp'] as const;

/** Datadog spec, `AnyValue`: a list holds texts, numbers, booleans and objects, neither null nor lists. */
function isAnyValue(value: Json): boolean {
  return !Array.isArray(value) || value.every((item: Json) => item !== null && !Array.isArray(item));
}

function* contentIssues(content: ItemContent, path: readonly string[]): Generator<InputIssue> {
  for (const field of unkeepable) {
    // Null is what they are at Datadog.
    if (content[field] === undefined || content[field] === null) continue;
    yield {
      path: [...path, field],
      message: 'cannot be kept: Datadog has no such field',
      code: 'UNSUPPORTED',
    };
  }
  for (const field of ['input', 'expectedOutput'] as const) {
    const value = content[field];
    if (value === undefined || isAnyValue(value)) continue;
    yield { path: [...path, field], message: 'a list may not hold null or another list at Datadog' };
  }
  const { metadata } = content;
  if (metadata !== undefined && metadata !== null && !isObject(metadata)) {
    yield { path: [...path, 'metadata'], message: 'must be an object' };
  }
}

function* patchIssues(patch: ItemPatch, path: readonly string[]): Generator<InputIssue> {
  yield* contentIssues(patch, path);
  if (patch.input === null) {
    yield { path: [...path, 'input'], message: 'cannot be cleared: every record of Datadog has an input' };
  }
  if (patch.expectedOutput === null) {
    // Recorded: null leaves it as it is.
    const message = 'cannot be cleared: at Datadog null means "as it is"; an empty text is the nearest to it';
    yield { path: [...path, 'expectedOutput'], message };
  }
  if (patch.deleted !== undefined) {
    const message = 'Datadog does not mark records as deleted: use `remove`';
    yield { path: [...path, 'deleted'], message, code: 'UNSUPPORTED' };
  }
  if (patch.dataset !== undefined) {
    const message = 'Datadog does not move records between datasets';
    yield { path: [...path, 'datasetId'], message, code: 'UNSUPPORTED' };
  }
}

function* keyIssues(
  key: ResourceKey<'DATASET_ITEM'>,
  path: readonly string[],
  dataset: DatasetAddress,
  seen: Set<string>,
): Generator<InputIssue> {
  const { projectId, datasetId, recordId } = readItemAddress(key);
  if (projectId !== dataset.projectId || datasetId !== dataset.datasetId) {
    yield { path, message: 'is an item of another dataset', code: 'FOREIGN_ID' };
  } else if (seen.has(recordId)) {
    // Ids of one record differ where it was read through a version.
    yield { path, message: 'is named before in this edit', code: 'DUPLICATE' };
  }
  seen.add(recordId);
}

/** Throws InvalidInputError for whatever of the edit Datadog cannot keep. Added items stand in the input at `added`. */
export function checkEdit(dataset: DatasetAddress, edit: ItemEdit, added: 'add' | 'items'): void {
  const issues: InputIssue[] = [];
  const seen = new Set<string>();
  edit.add.forEach((content, index) => {
    const path = [added, String(index)];
    if (content.input === undefined)
      issues.push({ path: [...path, 'input'], message: 'is required by Datadog' });
    issues.push(...contentIssues(content, path));
  });
  edit.update.forEach((patch, index) => {
    const path = ['update', String(index)];
    issues.push(...keyIssues(patch.item, [...path, 'id'], dataset, seen), ...patchIssues(patch, path));
  });
  edit.remove.forEach((key, index) => {
    issues.push(...keyIssues(key, ['remove', String(index)], dataset, seen));
  });
  const [first] = issues;
  if (first === undefined) return;
  throw new InvalidInputError(
    `Datadog cannot take this edit: \`${first.path.join('.')}\` ${first.message}. Nothing was written.`,
    issues,
  );
}

/** A record to insert, as the text that is sent. Null is what an empty field is, so it is not sent. */
export function insertText(id: string, content: ItemContent): string {
  return JSON.stringify({
    id,
    input: content.input,
    expected_output: content.expectedOutput ?? undefined,
    metadata: content.metadata ?? undefined,
    tags: content.tags ?? undefined,
  });
}

/** A change of a record, as the text that is sent. */
export function updateText(id: string, { input, expectedOutput, metadata, tags }: ItemPatch): string {
  return JSON.stringify({
    id,
    input,
    expected_output: expectedOutput,
    // First-party code erases metadata by an empty object: null leaves it as it is (recorded).
    metadata: metadata === null ? {} : metadata,
    tag_operations: tags === undefined ? undefined : { set: tags ?? [] },
  });
}

/** Whether a change makes a version: one of metadata alone does not (documentation), one of tags does (recorded). */
export function changesVersion({ input, expectedOutput, tags }: ItemPatch): boolean {
  return input !== undefined || expectedOutput !== undefined || tags !== undefined;
}
