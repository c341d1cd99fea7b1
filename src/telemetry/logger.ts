import { type Logger, pino } from 'pino';
import { describeError } from './describe-error.ts';

export type { Logger };

/** Shorter ones could be words that stand in any line. */
const shortestSecret = 8;

/** Cuts secrets out of text and of JSON. */
export function createCutter(secrets: readonly string[]): (text: string) => string {
  const written = secrets
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    // Longest first, so that no piece of one is left.
    .sort((a, b) => b.length - a.length);
  return (text) => written.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
}

/**
 * JSON lines on standard output. What could hold a credential is cut out, wherever it is logged, and so is each of these
 * secrets from what is left.
 */
export function createLogger(level: string, secrets: readonly string[] = []): Logger {
  return pino({
    level,
    base: null,
    serializers: { err: describeError },
    redact: {
      paths: ['headers', '*.headers', 'authorization', '*.authorization', 'apiKey', '*.apiKey'],
      censor: '[secret]',
    },
    hooks: { streamWrite: createCutter(secrets) },
  });
}
