import type { Json } from '../../domain/json.ts';

export type JsonObject = Readonly<Record<string, Json>>;

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
