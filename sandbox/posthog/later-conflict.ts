import { bare, invalid } from './api-error.ts';
import { isJsonObject } from './fields.ts';
import type { JsonObject } from './records.ts';

type ConflictCode =
  | 'dataset_archived'
  | 'dataset_name_conflict'
  | 'dataset_item_archived'
  | 'dataset_item_active'
  | 'external_id_conflict'
  | 'stale_version';

/** The later dataset dialect's 409: a code and a detail, without type or attr (vendor facts). */
export function conflict(code: ConflictCode, detail: string, more: object = {}): Error {
  return bare(409, { code, detail, ...more });
}

/** Unknown body members are a 400 in the later dialect, the first in alphabetical order. */
export function refuseUnknown(fields: JsonObject, known: readonly string[]): JsonObject {
  const [unknown] = Object.keys(fields)
    .filter((name) => !known.includes(name))
    .sort();
  if (unknown !== undefined) throw invalid(unknown, 'This field is not supported.');
  return fields;
}

/** The later dialect takes objects only for `metadata`. */
export function readObject(fields: JsonObject, attr: string): JsonObject | undefined {
  const value = fields[attr];
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) throw invalid(attr, 'Enter a JSON object.');
  return value;
}

/** Baseline rows may hold anything; the later dialect shows objects only. */
export function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
