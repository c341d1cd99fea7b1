import { InvalidInputError } from '../domain/errors.ts';
import type { GlobalId } from '../domain/identity.ts';
import type { MergeState, OrderKey, StreamPlace } from './merge-streams.ts';
import { printOf } from './print-of.ts';

/** Longest cursor that is made or read. Characters. */
const longestCursor = 4096;

type WirePlace = string | readonly [string, string] | 0 | 1;

/** `l`: print of the list; `b`: boundary; `s`: places by the stream's name. */
interface WireCursor {
  readonly l: string;
  readonly b?: readonly [string, string];
  readonly s: Readonly<Record<string, WirePlace>>;
}

function writePlace(place: StreamPlace): WirePlace {
  switch (place.at) {
    case 'start':
      return 0;
    case 'end':
      return 1;
    case 'after':
      return [place.key.sort, place.key.id];
    case 'position':
      return place.position;
  }
}

function encode(wire: WireCursor): string {
  return Buffer.from(JSON.stringify(wire), 'utf8').toString('base64url');
}

/**
 * The cursor of a place in a list. A cursor that would be too long leaves out streams that can go on from the
 * boundary just as well, at the price of reading over what they have given.
 */
export function encodeCursor(list: string, state: MergeState): string {
  const places: Record<string, WirePlace> = {};
  for (const [name, place] of state.streams) places[name] = writePlace(place);
  const head = {
    l: printOf(list),
    ...(state.boundary === undefined ? {} : { b: [state.boundary.sort, state.boundary.id] as const }),
  };
  let cursor = encode({ ...head, s: places });
  if (cursor.length > longestCursor && state.boundary !== undefined) {
    for (const [name, place] of Object.entries(places)) {
      if (typeof place !== 'string') continue;
      delete places[name];
      cursor = encode({ ...head, s: places });
      if (cursor.length <= longestCursor) break;
    }
  }
  return cursor;
}

function invalid(message: string, code: string): InvalidInputError {
  return new InvalidInputError(message, [{ path: ['after'], message, code }]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readKey(value: unknown): OrderKey | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [sort, id]: unknown[] = value;
  // Only ever compared with other ids, never used to reach anything.
  return typeof sort === 'string' && typeof id === 'string' ? { sort, id: id as GlobalId } : undefined;
}

function readPlace(value: unknown): StreamPlace | undefined {
  if (value === 0) return { at: 'start' };
  if (value === 1) return { at: 'end' };
  if (typeof value === 'string') return { at: 'position', position: value };
  const key = readKey(value);
  return key === undefined ? undefined : { at: 'after', key };
}

function readJson(cursor: string): unknown {
  if (cursor.length === 0 || cursor.length > longestCursor || !/^[\w-]+$/.test(cursor)) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Reads a cursor for this list. Throws InvalidInputError for garbage and for the cursor of another list. */
export function decodeCursor(list: string, cursor: string): MergeState {
  const wire = readJson(cursor);
  if (!isRecord(wire) || typeof wire['l'] !== 'string' || !isRecord(wire['s'])) {
    throw invalid(
      'This is not a cursor of this API. Use the cursors of the edges, or `pageInfo.endCursor`, as they are.',
      'INVALID_CURSOR',
    );
  }
  if (wire['l'] !== printOf(list)) {
    throw invalid(
      'This cursor belongs to another list, filter or order. Page with the same arguments throughout, or begin anew without `after`.',
      'FOREIGN_CURSOR',
    );
  }
  const streams = new Map<string, StreamPlace>();
  for (const [name, value] of Object.entries(wire['s'])) {
    const place = readPlace(value);
    if (place === undefined)
      throw invalid('This cursor is damaged. Begin anew without `after`.', 'INVALID_CURSOR');
    streams.set(name, place);
  }
  return { boundary: readKey(wire['b']), streams };
}
