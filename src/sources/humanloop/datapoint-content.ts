import { hash } from 'node:crypto';
import type { InputIssue } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { ItemContent, ItemPatch } from '../source.ts';
import { isList, isObject } from './json-shape.ts';
import { checkInputs, checkMessages, checkTarget } from './schema.ts';

/** A datapoint as requests hold it: it has no id, the vendor knows it by this. Empty members are left out. */
export interface DatapointContent {
  readonly inputs?: Json | undefined;
  readonly messages?: Json | undefined;
  readonly target?: Json | undefined;
}

/** What each member of a datapoint is called here, for the vendor's pointers. */
export const itemFields: Readonly<Record<string, string>> = {
  inputs: 'input',
  messages: 'messages',
  target: 'expectedOutput',
};

const notKept = ['metadata', 'tags', 'sourceTraceId', 'sourceId', 'sourceTimestamp'] as const;

/** What is wrong with the fields that were given. Null clears a field, and of those that are not kept it is true. */
export function findIssues(item: ItemContent, path: readonly string[]): readonly InputIssue[] {
  const issues: InputIssue[] = [];
  for (const field of notKept) {
    if (item[field] === undefined || item[field] === null) continue;
    issues.push({
      path: [...path, field],
      message: 'Humanloop keeps input, messages and expectedOutput only',
    });
  }
  const { input, messages, expectedOutput } = item;
  if (input !== undefined && input !== null) issues.push(...checkInputs(input, [...path, 'input']));
  if (messages !== undefined && messages !== null) {
    issues.push(...checkMessages(messages, [...path, 'messages']));
  }
  if (expectedOutput !== undefined && expectedOutput !== null) {
    issues.push(...checkTarget(expectedOutput, [...path, 'expectedOutput']));
  }
  return issues;
}

/** The same of a patch, which may ask for more. */
export function findPatchIssues(patch: ItemPatch, path: readonly string[]): readonly InputIssue[] {
  const issues = [...findIssues(patch, path)];
  if (patch.deleted !== undefined) {
    issues.push({ path: [...path, 'deleted'], message: 'Humanloop has no soft deletion: use `remove`' });
  }
  if (patch.dataset !== undefined) {
    const message = 'Humanloop cannot move an item: add it there and remove it here';
    issues.push({ path: [...path, 'datasetId'], message });
  }
  return issues;
}

export function contentOf({ input, messages, expectedOutput }: ItemContent): DatapointContent {
  return { inputs: input ?? undefined, messages: messages ?? undefined, target: expectedOutput ?? undefined };
}

/** Null clears, undefined leaves as it is. */
export function patched(content: DatapointContent, patch: ItemPatch): DatapointContent {
  const { input, messages, expectedOutput } = patch;
  return {
    inputs: input === undefined ? content.inputs : (input ?? undefined),
    messages: messages === undefined ? content.messages : (messages ?? undefined),
    target: expectedOutput === undefined ? content.target : (expectedOutput ?? undefined),
  };
}

/** JSON that is the same text for the same value, whatever the order of members. */
function canonicalJson(value: Json, dropNulls: boolean): string {
  if (isList(value)) return `[${value.map((entry) => canonicalJson(entry, dropNulls)).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  let text = '';
  for (const [name, member] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (dropNulls && member === null) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member, dropNulls)}`;
  }
  return `{${text}}`;
}

/**
 * A short print of a content: equal datapoints have the same. How exactly the vendor compares is unpublished; here
 * left out, null and empty are the same thing, which is how reads show them.
 */
export function contentPrint({ inputs, messages, target }: DatapointContent): string {
  const text = `${canonicalJson(inputs ?? {}, false)} ${canonicalJson(messages ?? [], true)} ${canonicalJson(target ?? {}, false)}`;
  return hash('sha256', text, 'base64');
}
