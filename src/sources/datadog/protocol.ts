import type { VendorErrorDetail } from '../../domain/errors.ts';
import type { VendorProtocol } from '../../http/protocol.ts';

function memberOf(value: unknown, name: string): unknown {
  // Guarded: a value that is an object may be asked for any member.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown, name: string): string | undefined {
  const text = memberOf(value, name);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function readError(error: unknown): VendorErrorDetail | undefined {
  if (typeof error === 'string') return { detail: error };
  const source = memberOf(error, 'source');
  const detail: VendorErrorDetail = {
    title: textOf(error, 'title'),
    detail: textOf(error, 'detail'),
    code: textOf(error, 'code'),
    source: textOf(source, 'pointer') ?? textOf(source, 'parameter') ?? textOf(source, 'header'),
  };
  return Object.values(detail).some((member) => member !== undefined) ? detail : undefined;
}

/**
 * How Datadog tells of failures. Its spec has JSON:API errors for most statuses and a list of texts for a 429;
 * recordings show either at any status, mostly with a title and a detail alone. The request id is not documented:
 * these are the headers under which Datadog sends one elsewhere.
 */
export const datadogProtocol: VendorProtocol = {
  requestIdHeaders: ['x-datadog-request-id', 'dd-request-id', 'x-request-id'],
  readErrors: (body) => {
    const errors = memberOf(body, 'errors');
    if (!Array.isArray(errors)) return [];
    const details: VendorErrorDetail[] = [];
    for (const error of errors) {
      const detail = readError(error);
      if (detail !== undefined) details.push(detail);
    }
    return details;
  },
};
