import type { InputIssue } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { ItemContent, ItemEdit, ItemPatch } from '../source.ts';
import { maximumReference } from './limits.ts';
import { type FieldNames, lengthOf } from './refusals.ts';
import type { Body } from './write-client.ts';

type Kept = Exclude<keyof ItemContent, 'messages' | 'tags'>;

const baselineMembers: Readonly<Record<Kept, string>> = {
  input: 'input',
  expectedOutput: 'output',
  metadata: 'metadata',
  sourceTraceId: 'ref_trace_id',
  sourceId: 'ref_source_id',
  sourceTimestamp: 'ref_timestamp',
};
const laterMembers: Readonly<Record<Kept, string>> = {
  input: 'input',
  expectedOutput: 'expected_output',
  metadata: 'metadata',
  sourceTraceId: 'source_trace_id',
  sourceId: 'source_event_id',
  sourceTimestamp: 'source_timestamp',
};
const keptFields = Object.keys(baselineMembers) as Kept[]; // Object.keys forgets the keys' type.

/** Both dialects' members, for what PostHog says of them. */
export const itemFields: FieldNames = {
  deleted: 'deleted',
  dataset: 'datasetId',
  ...Object.fromEntries(
    keptFields.flatMap((field) => [
      [baselineMembers[field], field],
      [laterMembers[field], field],
    ]),
  ),
};

/** The given members in PostHog's names: what is left out stays as it is. */
export function patchBody(content: ItemContent, isLater: boolean): Body {
  const members = isLater ? laterMembers : baselineMembers;
  const body: Record<string, unknown> = {};
  for (const field of keptFields) {
    if (content[field] !== undefined) body[members[field]] = content[field];
  }
  return body;
}

/** Likewise, without null ones: that is what a new item has, and the later dialect refuses some of them. */
export function newBody(content: ItemContent, isLater: boolean): Body {
  const body = { ...patchBody(content, isLater) };
  for (const member in body) {
    if (body[member] === null) delete body[member];
  }
  return body;
}

function isObject(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function issue(path: readonly string[], field: string, message: string, code = 'UNSUPPORTED'): InputIssue {
  return { path: [...path, field], message, code };
}

/** What no server of PostHog's can keep. */
export function contentIssues(content: ItemContent, path: readonly string[]): readonly InputIssue[] {
  const issues: InputIssue[] = [];
  for (const field of ['messages', 'tags'] as const) {
    const value = content[field];
    // Null is what such a field always is here.
    if (value === undefined || value === null) continue;
    issues.push(
      issue(path, field, 'an item of PostHog has no such thing; put it into `input` or `metadata`'),
    );
  }
  for (const field of ['sourceTraceId', 'sourceId'] as const) {
    if (lengthOf(content[field] ?? '') <= maximumReference) continue;
    issues.push(issue(path, field, `must have at most ${maximumReference} characters`, 'TOO_LONG'));
  }
  return issues;
}

/** What the later dialect cannot keep of a new item. */
export function laterNewIssues(content: ItemContent, path: readonly string[]): readonly InputIssue[] {
  const { input = null, metadata = null } = content;
  const issues: InputIssue[] = [];
  if (input === null) issues.push(issue(path, 'input', 'this PostHog server requires an input', 'REQUIRED'));
  if (metadata !== null && !isObject(metadata)) issues.push(notAnObject(path));
  return issues;
}

function notAnObject(path: readonly string[]): InputIssue {
  return issue(path, 'metadata', 'this PostHog server takes an object only', 'INVALID_TYPE');
}

const fixedLater = ['sourceTraceId', 'sourceId', 'sourceTimestamp'] as const;

/** What the later dialect cannot change of an item. */
function laterPatchIssues(patch: ItemPatch, path: readonly string[]): readonly InputIssue[] {
  const issues: InputIssue[] = [];
  for (const field of fixedLater) {
    if (patch[field] === undefined) continue;
    issues.push(issue(path, field, 'this PostHog server keeps it as it was when the item was made'));
  }
  if (patch.dataset !== undefined) {
    issues.push(issue(path, 'datasetId', 'this PostHog server cannot move an item to another dataset'));
  }
  if (patch.input === null) {
    issues.push(issue(path, 'input', 'this PostHog server requires an input', 'REQUIRED'));
  }
  if (patch.metadata !== undefined && !isObject(patch.metadata)) issues.push(notAnObject(path));
  if (patch.deleted !== undefined && keptFields.some((field) => patch[field] !== undefined)) {
    const message = 'this PostHog server deletes and restores by itself: change the content in another edit';
    issues.push(issue(path, 'deleted', message));
  }
  return issues;
}

export function editIssues({ add, update }: ItemEdit): readonly InputIssue[] {
  return [
    ...add.flatMap((content, index) => contentIssues(content, ['add', String(index)])),
    ...update.flatMap((patch, index) => contentIssues(patch, ['update', String(index)])),
  ];
}

export function laterEditIssues({ add, update }: ItemEdit): readonly InputIssue[] {
  return [
    ...add.flatMap((content, index) => laterNewIssues(content, ['add', String(index)])),
    ...update.flatMap((patch, index) => laterPatchIssues(patch, ['update', String(index)])),
  ];
}
