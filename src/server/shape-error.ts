import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type ErrorCode, errorCodes } from '../domain/error-code.ts';
import { LockstepError } from '../domain/errors.ts';

/** Told of what is masked, with the id that the caller gets for it. */
export type ReportInternal = (error: unknown, requestId: string) => void;

const knownCodes: ReadonlySet<unknown> = new Set<ErrorCode>(errorCodes);

/** The error that a resolver threw, under the wrappings of the executor. */
function causeOf(error: GraphQLError): unknown {
  let cause: unknown = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  return cause;
}

function withoutUndefined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/**
 * An error as callers see it, whatever it is and whichever way it comes: with a code out of ErrorCode, and
 * without internals. What is not meant for callers is "Internal error" with the request's id, and reported.
 */
export function shapeError(error: unknown, requestId: string, report: ReportInternal): GraphQLFormattedError {
  const located = error instanceof GraphQLError ? error : undefined;
  const cause = located === undefined ? error : causeOf(located);
  const place = {
    ...(located?.locations === undefined ? {} : { locations: located.locations }),
    ...(located?.path === undefined ? {} : { path: located.path }),
  };
  if (cause instanceof LockstepError) {
    return {
      message: cause.message,
      ...place,
      extensions: { code: cause.code, ...withoutUndefined(cause.details) },
    };
  }
  if (located !== undefined && cause instanceof GraphQLError) {
    const { code, ...rest } = cause.extensions;
    const shown = withoutUndefined({ ...rest, http: undefined });
    // Parsing, validation and coercion of variables: the caller's input. Only the outermost names the variable.
    return {
      message: located.message,
      ...place,
      extensions: { code: knownCodes.has(code) ? code : 'INVALID_INPUT', ...shown },
    };
  }
  report(cause, requestId);
  return {
    message: `Internal error. The log of this gateway has it under ${requestId}.`,
    ...place,
    extensions: { code: 'INTERNAL', requestId },
  };
}
