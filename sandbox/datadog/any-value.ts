/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [member: string]: Json;
}

/** Whether the value is a JSON object, neither a list nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Datadog spec, `AnyValue`: a string, a number, a boolean, an object, null, or a list of strings, numbers,
 * booleans and objects (so no list directly inside a list). What reached us was parsed from JSON, so anything
 * else that an object holds is JSON too.
 */
export function isAnyValue(value: unknown): value is Json {
  if (Array.isArray(value)) return value.every((item) => item !== null && !Array.isArray(item));
  return value !== undefined;
}

/** The same text for equal values, whatever the order of their members. */
export function canonicalText(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) =>
    isJsonObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}
