import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on standard output. What could hold a credential is cut out, wherever it is logged. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    redact: {
      paths: ['headers', '*.headers', 'authorization', '*.authorization', 'apiKey', '*.apiKey'],
      censor: '[secret]',
    },
  });
}
