import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Logger } from '../../src/telemetry/logger.ts';

/** A logger that keeps every line, at every level and without the redaction that the real one has on top. */
export function createCapturedLog(): { readonly logger: Logger; text(): string } {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: unknown, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  return { logger: pino({ level: 'trace', base: null }, stream), text: () => lines.join('') };
}
