/**
 * What every answer says to browsers: it is kept by nobody, is the type that it says, is shown in no frame, loads and
 * runs nothing, and is no part of another site's page. No `strict-transport-security`: TLS ends before this process.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The same as lines of an answer that is written by hand, each with its end. */
export const securityHeaderLines: string = Object.entries(securityHeaders)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');
