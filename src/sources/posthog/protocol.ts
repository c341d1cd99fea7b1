import type { VendorErrorDetail } from '../../domain/errors.ts';
import type { VendorProtocol } from '../../http/protocol.ts';

function memberOf(body: object, name: string): string | undefined {
  const value: unknown = Reflect.get(body, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Raised errors are `{type, code, detail, attr}`, only ever the first; those that PostHog builds by hand have
 * `detail` and now and then `code` (drf-exceptions-hog, public server source).
 */
function readErrors(body: unknown): readonly VendorErrorDetail[] {
  if (typeof body !== 'object' || body === null) return [];
  const error: VendorErrorDetail = {
    title: memberOf(body, 'type'),
    detail: memberOf(body, 'detail'),
    code: memberOf(body, 'code'),
    source: memberOf(body, 'attr'),
  };
  return error.detail === undefined && error.code === undefined ? [] : [error];
}

export const postHogProtocol: VendorProtocol = {
  // None is documented; proxies in front of it commonly set this one.
  requestIdHeaders: ['x-request-id'],
  readErrors,
};
