import { z } from 'zod';
import { isAnyValue, isJsonObject, type Json, type JsonObject } from './any-value.ts';
import { DatadogFailure } from './datadog-failure.ts';
import type { DatadogContext } from './vendor.ts';

/** Datadog spec, `AnyValue`. */
export const AnyValueBody = z.custom<Json>(isAnyValue, 'must be an AnyValue');

/** A JSON object with members of any kind. */
export const ObjectBody = z.custom<JsonObject>(isJsonObject, 'must be an object');

/** A body without an id: `{"data": {"type", "attributes"}}`. */
export function resource<T extends string, A extends z.ZodType>(type: T, attributes: A) {
  return z.object({ data: z.object({ type: z.literal(type), attributes }) });
}

/** A body that repeats the id of the path: `{"data": {"id", "type", "attributes"}}`. */
export function addressedResource<T extends string, A extends z.ZodType>(type: T, attributes: A) {
  return z.object({ data: z.object({ id: z.string(), type: z.literal(type), attributes }) });
}

/** Reads and checks the body; what does not fit is a 400 that points at the fault. */
export async function readBody<S extends z.ZodType>(
  context: DatadogContext,
  schema: S,
): Promise<z.output<S>> {
  let body: unknown;
  try {
    body = await context.req.json();
  } catch {
    throw new DatadogFailure(400, 'request body is not valid JSON');
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const pointer = `/${(issue?.path ?? []).map(String).join('/')}`;
  throw new DatadogFailure(400, `${pointer}: ${issue?.message ?? 'invalid'}`, { pointer });
}
