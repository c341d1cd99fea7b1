import { type ErrorCode, errorCodes } from '../../src/domain/error-code.ts';

const codes: ReadonlySet<unknown> = new Set<ErrorCode>(errorCodes);

/** Statuses of 500 and more that are typed answers of a gateway that is well: a vendor's failure, or a shutdown. */
const typedFaults: ReadonlySet<number> = new Set([502, 503, 504]);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The codes of the errors of a GraphQL response; a text says what is wrong with it. */
export function codesIn(body: unknown): readonly string[] | string {
  if (!isRecord(body)) return 'is no JSON object';
  const { errors, data } = body;
  if (errors === undefined) return data === undefined ? 'has neither data nor errors' : [];
  if (!Array.isArray(errors) || errors.length === 0) return 'has errors that are no list of some';
  const found = errors.map((error: unknown) => {
    const extensions = isRecord(error) ? error['extensions'] : undefined;
    return isRecord(extensions) ? extensions['code'] : undefined;
  });
  const strange = found.find((code) => !codes.has(code));
  if (strange !== undefined || found.includes(undefined))
    return `has an error of the code ${String(strange)}`;
  if (found.includes('INTERNAL')) return 'is a fault of the gateway';
  return found.map(String);
}

/** What came over HTTP. */
export interface HeardAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** The codes of an answer; a text says what is wrong with it. */
export function judge({ status, type, text }: HeardAnswer): readonly string[] | string {
  if (status >= 500 && !typedFaults.has(status)) return `is ${status}`;
  if (!type.includes('json')) return status >= 500 ? `is ${status} and no JSON` : [];
  try {
    const body: unknown = JSON.parse(text);
    // Health answers are no GraphQL.
    return isRecord(body) && 'status' in body ? [] : codesIn(body);
  } catch {
    return 'is no JSON';
  }
}
