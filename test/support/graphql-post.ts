import { expect } from 'vitest';
import { type ErrorCode, errorCodes } from '../../src/domain/error-code.ts';
import type { AnswerError } from './gateway.ts';

export const resultType = 'application/graphql-response+json';

/** An answer of the gateway, whatever its status. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data: unknown;
  readonly errors: readonly AnswerError[];
}

/** Sends a request and reads the answer, which has to be JSON of a GraphQL response whatever its status. */
export async function ask(url: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<RawAnswer> {
  const response = await fetch(url, init);
  const text = await response.text();
  expect(response.headers.get('content-type')).toMatch(
    /^application\/(graphql-response\+)?json; charset=utf-8$/,
  );
  expect(response.headers.get('x-request-id')).toMatch(/^[\w.:-]{1,100}$/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('cache-control')).toBe('no-store');
  // Whatever its status, an answer is a GraphQL response, or the tests that read its members fail.
  const body = JSON.parse(text) as { data?: unknown; errors?: readonly AnswerError[] };
  const codes: readonly string[] = errorCodes satisfies readonly ErrorCode[];
  for (const { extensions, message } of body.errors ?? []) {
    expect(codes).toContain(extensions.code);
    expect(message).not.toBe('');
  }
  return {
    status: response.status,
    headers: response.headers,
    text,
    data: body.data,
    errors: body.errors ?? [],
  };
}

/** POSTs a body as JSON; a text goes as it is. */
export function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  return ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: resultType, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
