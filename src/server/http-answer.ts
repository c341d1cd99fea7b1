import type { ServerResponse } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode } from '../domain/error-code.ts';
import { LockstepError, SourceError } from '../domain/errors.ts';

/** An error of the HTTP exchange itself, with the status that says so. */
export class HttpError extends LockstepError {
  override readonly name: string = 'HttpError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The HTTP status of an error that kept an operation from being executed. */
export function statusOf(error: unknown): number {
  if (error instanceof HttpError) return error.status;
  if (!(error instanceof LockstepError)) return 500;
  if (error instanceof SourceError) return 502;
  if (error.code === 'UNAUTHENTICATED') return 401;
  if (error.code === 'NOT_FOUND') return 404;
  return error.code === 'FORBIDDEN' ? 403 : 400;
}

export const jsonType = 'application/json; charset=utf-8';
export const resultType = 'application/graphql-response+json; charset=utf-8';

/** Whether the client takes GraphQL's own media type, whose status tells of errors in the document. */
export function wantsResultType(accept: string | undefined): boolean {
  return accept?.includes('application/graphql-response+json') === true;
}

const jsonTypes = /\*\/\*|application\/(\*|json|graphql-response\+json)/;

/** Whether a JSON answer is acceptable; no header means anything is. */
export function acceptsJson(accept: string | undefined): boolean {
  return accept === undefined || accept === '' || jsonTypes.test(accept);
}

export interface JsonAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function sendJson(response: ServerResponse, answer: JsonAnswer): void {
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'content-length': Buffer.byteLength(text),
    ...answer.headers,
  });
  response.end(text);
}

export function sendError(
  response: ServerResponse,
  error: unknown,
  shaped: GraphQLFormattedError,
  type: string,
): void {
  sendJson(response, {
    status: statusOf(error),
    type,
    body: { errors: [shaped] },
    headers: {
      ...(statusOf(error) === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(error instanceof HttpError ? error.headers : {}),
    },
  });
}
