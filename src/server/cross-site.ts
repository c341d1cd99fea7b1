import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { HttpError } from './http-answer.ts';

const simpleTypes = new Set(['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']);

export function mediaTypeOf(headers: IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/**
 * The guard against cross-site request forgery: a request that a page of another site could make without the
 * browser asking first (a "simple" request of the Fetch standard) is refused. Throws HttpError 403.
 */
export function guardCrossSite(headers: IncomingHttpHeaders): void {
  if (!simpleTypes.has(mediaTypeOf(headers))) return;
  if (headers['graphql-require-preflight'] !== undefined || headers['x-lockstep-csrf'] !== undefined) return;
  throw new HttpError(
    403,
    'FORBIDDEN',
    'A browser could send this request for another site. Send the header `graphql-require-preflight: 1`, or POST with `content-type: application/json`.',
  );
}

/**
 * Whether a browser sends this for the page of another site that may not call: of what needs no leave beforehand
 * (a WebSocket, an EventSource), the browser tells where it comes from. Who is no browser tells nothing.
 */
export function isForeignOrigin(allowed: readonly string[], headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  if (origin !== undefined) {
    // A proxy that gives the request another `host` makes the gateway's own pages foreign: their origin is to be allowed.
    return !allowed.includes(origin) && (host === undefined || URL.parse(origin)?.host !== host);
  }
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/**
 * Whether a request comes by a name that not only this machine has. The guard against DNS rebinding, for a gateway that asks nobody who they are because only this machine reaches it: a
 * page of any site can make its own name lead to this machine, and is then of this origin to the browser. It cannot
 * make up an address or `localhost`.
 */
export function isForeignName(allowed: readonly string[], { host }: IncomingHttpHeaders): boolean {
  if (host === undefined) return false;
  const name = URL.parse(`http://${host}`)?.hostname ?? '';
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name === 'localhost' || name.endsWith('.localhost'))
    return false;
  return !allowed.some((origin) => URL.parse(origin)?.hostname === name);
}

/** The headers that let the pages of allowed origins call; none for others. CORS is closed by default. */
export function corsHeaders(
  allowed: readonly string[],
  headers: IncomingHttpHeaders,
): Record<string, string> {
  const { origin } = headers;
  if (origin === undefined || !allowed.includes(origin)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'x-request-id, ratelimit, ratelimit-policy, retry-after',
    vary: 'origin',
  };
}

/** The further headers of the answer to a preflight. */
export function preflightHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers':
      headers['access-control-request-headers'] ?? 'content-type, authorization',
    'access-control-max-age': '600',
  };
}
