import { InvalidInputError } from '../domain/errors.ts';
import type { LogPosition } from './change-log.ts';

/** A place in the log as text: opaque, URL-safe, and fit for an `id:` line of server-sent events. */
export function encodeCursor({ epoch, sequence, at }: LogPosition): string {
  return Buffer.from(`c1.${epoch}.${sequence}.${Math.round(at * 1000)}`, 'utf8').toString('base64url');
}

const shape = /^c1\.([\w-]{1,64})\.(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,16})$/;

/** Throws InvalidInputError for what is no cursor of this feed. */
export function parseCursor(text: string): LogPosition {
  const match = text.length > 200 ? null : shape.exec(Buffer.from(text, 'base64url').toString('utf8'));
  const [, epoch, sequence, at] = match ?? [];
  if (epoch === undefined || sequence === undefined || at === undefined) throw noCursor();
  const position: LogPosition = { epoch, sequence: Number(sequence), at: Number(at) / 1000 };
  // One place has one text: what does not come out as it went in was not made here.
  if (encodeCursor(position) !== text) throw noCursor();
  return position;
}

/** What is told of a cursor that the feed never gave. */
export function noCursor(): InvalidInputError {
  return new InvalidInputError(
    'This is not a cursor of the feed. Cursors come from `changeCursor` and from the events; without one, the stream begins now.',
    [{ path: ['after'], message: 'is not a cursor of the feed', code: 'INVALID_CURSOR' }],
  );
}
