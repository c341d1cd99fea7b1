import type { Json } from '../../domain/json.ts';

export type JsonObject = { readonly [member: string]: Json };

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** The same value with the members of every object in the order of their names. */
export function sortMembers(value: Json): Json {
  if (isList(value)) return value.map(sortMembers);
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  // Not by assignment: a member may be named `__proto__`.
  return Object.fromEntries(names.map((name) => [name, sortMembers(value[name] ?? null)]));
}

/** JSON that is the same text for the same value, whatever the order of members. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(sortMembers(value));
}
