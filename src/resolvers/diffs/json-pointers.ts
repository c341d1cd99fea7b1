import type { Json } from '../../domain/json.ts';
import { isList, isObject, type JsonObject } from './canonical-json.ts';

/** Pointers given for one pair of values. Ours: a form shows no more, and a list that was replaced has one an entry. */
export const mostPointers = 500;

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

function memberOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function membersOf(before: JsonObject, after: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
}

function* differences(before: Json | undefined, after: Json | undefined, path: string): Generator<string> {
  if (before === after) return;
  if (isList(before) && isList(after)) {
    const length = Math.max(before.length, after.length);
    for (let index = 0; index < length; index += 1) {
      yield* differences(before[index], after[index], `${path}/${index}`);
    }
    return;
  }
  if (!isObject(before) || !isObject(after)) {
    yield path;
    return;
  }
  for (const name of membersOf(before, after)) {
    yield* differences(memberOf(before, name), memberOf(after, name), `${path}/${escapeToken(name)}`);
  }
}

/**
 * Where two objects differ, as JSON pointers (RFC 6901), as deep as can be told: what only one of them has is one
 * pointer, and so is what is of another kind. Of objects that differ in more than {@link mostPointers} places, the
 * members that differ.
 */
export function pointersOf(before: JsonObject, after: JsonObject): readonly string[] {
  const pointers: string[] = [];
  for (const pointer of differences(before, after, '')) {
    pointers.push(pointer);
    if (pointers.length > mostPointers) {
      return membersOf(before, after)
        .filter((name) => differences(memberOf(before, name), memberOf(after, name), '').next().done !== true)
        .map((name) => `/${escapeToken(name)}`);
    }
  }
  return pointers;
}
