import { InvalidInputError } from '../domain/errors.ts';

function encodeSegment(value: string): string {
  // A dot segment would be resolved away by servers and proxies, percent-encoded or not (RFC 3986, 5.2.4).
  if (value === '' || value === '.' || value === '..') {
    throw new InvalidInputError(`No vendor has an id or name ${JSON.stringify(value)}.`);
  }
  try {
    return encodeURIComponent(value);
  } catch {
    throw new InvalidInputError('An id or name holds a lone surrogate, which no vendor can have.');
  }
}

/**
 * The path of a request: values become one segment each, percent-encoded, and can neither leave it nor add a
 * query. Throws InvalidInputError for a value that no vendor can have.
 */
export function pathOf(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  let path = strings[0] ?? '';
  values.forEach((value, index) => {
    path += encodeSegment(String(value)) + (strings[index + 1] ?? '');
  });
  return path;
}

export type QueryValue = string | number | boolean | undefined;

/** `?a=1&b=2` in the order given, undefined ones left out; empty when there is none. */
export function queryOf(parameters: Readonly<Record<string, QueryValue>>): string {
  let query = '';
  for (const name in parameters) {
    const value = parameters[name];
    if (value === undefined) continue;
    // A lone surrogate cannot be encoded; the replacement character finds nothing, as it should.
    const text = typeof value === 'string' ? value.toWellFormed() : String(value);
    query += `${query === '' ? '?' : '&'}${encodeURIComponent(name)}=${encodeURIComponent(text)}`;
  }
  return query;
}
