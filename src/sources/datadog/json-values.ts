import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../domain/json.ts';

/** Whether it is an object, neither a list nor null. */
export function isObject(value: Json): value is { readonly [member: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether both are the same once they are sent; how their objects were made and ordered does not count. */
export function isSameJson(left: Json, right: Json): boolean {
  // Objects that a GraphQL literal made have another prototype than parsed ones.
  const plain = (value: Json): unknown => JSON.parse(JSON.stringify(value));
  return isDeepStrictEqual(plain(left), plain(right));
}
