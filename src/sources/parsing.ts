import { z } from 'zod';
import { SourceError } from '../domain/errors.ts';
import { deepestJson, isShallow, type Json } from '../domain/json.ts';
import { type Vendor, vendorNames } from '../domain/vendor.ts';
import { ShapeMismatch } from '../http/shape-mismatch.ts';

const tooDeep = `nested deeper than ${deepestJson} levels`;
/** Any JSON: what came out of JSON.parse is that, and is not copied. Only what is too deep to be worked with is refused. */
export const json = z.custom<Json>((value) => isShallow(value), tooDeep);

function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  );
}

function mismatchOf(error: z.ZodError, prefix: readonly PropertyKey[] = []): ShapeMismatch {
  const issue = error.issues[0];
  if (issue === undefined) return new ShapeMismatch(jsonPath(prefix), 'not as documented');
  // zod's own messages may quote what was received; ours, the kind of the issue and what was expected do not.
  const expected =
    issue.code === 'custom'
      ? issue.message
      : 'expected' in issue
        ? `expected ${String(issue.expected)}`
        : issue.code.replaceAll('_', ' ');
  return new ShapeMismatch(jsonPath([...prefix, ...issue.path]), expected);
}

/** The parse function of an endpoint's answer. Make it once, beside the schema. */
export function parserOf<T>(schema: z.ZodType<T>): (json: unknown) => T {
  return (json) => {
    const result = schema.safeParse(json);
    if (result.success) return result.data;
    throw mismatchOf(result.error);
  };
}

/** A row of a list that has the documented shape, and where in the list it stood. */
export interface GoodRow<T> {
  readonly index: number;
  readonly value: T;
}

/** A row that has not. */
export interface BadRow {
  readonly index: number;
  /** The row's id, where one can be read. */
  readonly id: string | undefined;
  readonly mismatch: ShapeMismatch;
}

/** A list whose bad rows do not cost the good ones. */
export interface LooseRows<T> {
  readonly good: readonly GoodRow<T>[];
  readonly bad: readonly BadRow[];
  /** Rows in the answer, good and bad. */
  readonly count: number;
}

function readId(row: unknown): string | undefined {
  if (typeof row !== 'object' || row === null || !('id' in row)) return undefined;
  const { id } = row;
  return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 100) : undefined;
}

/** A schema for a list: every row is parsed by itself. */
export function looseRows<T>(row: z.ZodType<T>): z.ZodType<LooseRows<T>> {
  return z.array(z.unknown()).transform((rows): LooseRows<T> => {
    const good: GoodRow<T>[] = [];
    const bad: BadRow[] = [];
    rows.forEach((value, index) => {
      const result = row.safeParse(value);
      if (result.success) good.push({ index, value: result.data });
      else bad.push({ index, id: readId(value), mismatch: mismatchOf(result.error, [index]) });
    });
    return { good, bad, count: rows.length };
  });
}

/** What a caller is told of rows that were left out. */
export function faultsOf(vendor: Vendor, endpoint: string, bad: readonly BadRow[]): readonly SourceError[] {
  return bad.map(
    ({ index, id, mismatch }) =>
      new SourceError({
        code: 'SOURCE_CONTRACT_VIOLATION',
        vendor,
        message: `${vendorNames[vendor]} sent a row of an unexpected shape in ${endpoint} (${mismatch.message}). It is left out; the other rows are there.`,
        resource: id === undefined ? `${endpoint} row ${index}` : `${endpoint} row ${index} (${id})`,
        cause: mismatch,
      }),
  );
}
