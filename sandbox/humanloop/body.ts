import type { Context } from 'hono';
import type { z } from 'zod';
import { invalid, type ValidationDetail } from './vendor-error.ts';

type Path = readonly PropertyKey[];

const typeComplaints: Readonly<Record<string, readonly [msg: string, type: string]>> = {
  string: ['str type expected', 'type_error.str'],
  int: ['value is not a valid integer', 'type_error.integer'],
  number: ['value is not a valid float', 'type_error.float'],
  boolean: ['value could not be parsed to a boolean', 'type_error.bool'],
  array: ['value is not a valid list', 'type_error.list'],
  object: ['value is not a valid dict', 'type_error.dict'],
  record: ['value is not a valid dict', 'type_error.dict'],
};

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, key) => (typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined),
    value,
  );
}

/** The wording of pydantic 1 (see `Query`) for what zod found. */
function complaint(issue: z.core.$ZodIssue, path: Path, body: unknown): ValidationDetail[] {
  const loc = ['body', ...path.map((key) => (typeof key === 'number' ? key : String(key)))];
  const value = valueAt(body, path);
  if (value === undefined) return [{ loc, msg: 'field required', type: 'value_error.missing' }];
  if (value === null)
    return [{ loc, msg: 'none is not an allowed value', type: 'type_error.none.not_allowed' }];
  if (issue.code === 'invalid_union')
    return issue.errors.flatMap((branch) =>
      branch.flatMap((inner) => complaint(inner, [...path, ...inner.path], body)),
    );
  if (issue.code === 'invalid_type') {
    const [msg, type] = typeComplaints[issue.expected] ?? [issue.message, 'type_error'];
    return [{ loc, msg, type }];
  }
  if (issue.code === 'invalid_value') {
    const permitted = issue.values.map((option) => `'${String(option)}'`).join(', ');
    const msg = `value is not a valid enumeration member; permitted: ${permitted}`;
    return [{ loc, msg, type: 'type_error.enum' }];
  }
  return [{ loc, msg: issue.message, type: 'value_error' }];
}

/** Reads a JSON body; anything that does not fit is a 422. */
export async function readBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await context.req.text();
  if (text === '') throw invalid({ loc: ['body'], msg: 'field required', type: 'value_error.missing' });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid({ loc: ['body', 0], msg: reason, type: 'value_error.jsondecode' });
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalid(...parsed.error.issues.flatMap((issue) => complaint(issue, issue.path, body)));
}
