import { InvalidInputError, TooExpensiveError } from '../domain/errors.ts';
import type { GlobalId } from '../domain/identity.ts';
import type { MergeState, OrderKey, StreamPlace } from './merge-state.ts';
import { printLength, printOf } from './print-of.ts';

/** Longest cursor that is made or read. Characters. */
const longestCursor = 4096;

type WireKey = readonly [sort: string, id: string];
/** Alone when it gives the same as going on after the boundary; else with what does, or with its last item's sort. */
type WirePosition = string | readonly [position: string, sameOrLast: number | string];

/** Names of streams are prints, all of the same length, written one after the other. */
interface WireCursor {
  /** Print of the list. */
  readonly l: string;
  /** The boundary. */
  readonly b?: WireKey;
  /** Other keys; below, a number is the place of one in here. */
  readonly k?: readonly WireKey[];
  /** Positions, by name. */
  readonly s?: Readonly<Record<string, WirePosition>>;
  /** Names of those that ended. */
  readonly e?: string;
  /** Names of those to be read from their top. */
  readonly t?: string;
  /** Present where positions were left out. */
  readonly x?: 1;
  /** Names of those to be read after a key. */
  readonly a?: readonly (readonly [key: number, names: string])[];
}

/** With a print at its end, so that damage shows: what a changed place stands for would repeat or skip items. */
function encode(wire: WireCursor): string {
  const body = Buffer.from(JSON.stringify(wire), 'utf8').toString('base64url');
  return body + printOf(body);
}

function isSame(a: OrderKey | undefined, b: OrderKey | undefined): boolean {
  return a?.id === b?.id && a?.sort === b?.sort;
}

/** The streams, some without their positions where another way to go on gives the same, to save so many bytes. */
function thinned(
  state: MergeState,
  excess: number,
): { readonly streams: MergeState['streams']; readonly isBarest: boolean } {
  const cheapestFirst: { name: string; place: StreamPlace | undefined; cost: number; bytes: number }[] = [];
  for (const [name, place] of state.streams) {
    if (place.at === 'position' && place.same !== undefined) {
      const { position, same } = place;
      const isAtBoundary = isSame(same, state.boundary);
      const bytes = Buffer.byteLength(JSON.stringify(position)) + (isAtBoundary ? name.length + 4 : 0);
      // The longer a position, the further is the way back to it.
      cheapestFirst.push({
        name,
        place: isAtBoundary ? undefined : { at: 'after', key: same },
        cost: bytes,
        bytes,
      });
    }
    // The whole of it would be read again.
    if (place.at === 'end') {
      cheapestFirst.push({ name, place: undefined, cost: Number.POSITIVE_INFINITY, bytes: printLength });
    }
  }
  cheapestFirst.sort((a, b) => a.cost - b.cost);
  const streams = new Map(state.streams);
  let saved = 0;
  for (const { name, place, bytes } of cheapestFirst) {
    if (saved >= excess) return { streams, isBarest: false };
    if (place === undefined) streams.delete(name);
    else streams.set(name, place);
    saved += bytes;
  }
  return { streams, isBarest: true };
}

function wireOf(list: string, { boundary, streams, isThin }: MergeState): WireCursor {
  const keys: OrderKey[] = [];
  const positions: [string, WirePosition][] = [];
  const after = new Map<number, string>();
  let ended = '';
  let top = '';

  function indexOf(key: OrderKey): number {
    const known = keys.findIndex((other) => isSame(other, key));
    return known >= 0 ? known : keys.push(key) - 1;
  }

  function writePosition({ position, same, last }: StreamPlace & { at: 'position' }): WirePosition {
    if (same === undefined) return [position, last ?? ''];
    return isSame(same, boundary) ? position : [position, indexOf(same)];
  }

  for (const [name, place] of streams) {
    switch (place.at) {
      case 'start':
        top += name;
        break;
      case 'end':
        ended += name;
        break;
      case 'after': {
        const key = indexOf(place.key);
        after.set(key, (after.get(key) ?? '') + name);
        break;
      }
      case 'position':
        positions.push([name, writePosition(place)]);
    }
  }
  return {
    l: printOf(list),
    ...(boundary !== undefined && { b: [boundary.sort, boundary.id] as const }),
    ...(keys.length > 0 && { k: keys.map(({ sort, id }) => [sort, id] as const) }),
    ...(positions.length > 0 && { s: Object.fromEntries(positions) }),
    ...(ended !== '' && { e: ended }),
    ...(top !== '' && { t: top }),
    ...(after.size > 0 && { a: [...after] }),
    ...(isThin && { x: 1 }),
  };
}

/**
 * The cursor of a place in a list. One that would be too long leaves out positions that streams can do without,
 * at the price of reading over what they have given.
 */
export function encodeCursor(list: string, state: MergeState): string {
  let cursor = encode(wireOf(list, state));
  let excess = 0;
  let isBarest = false;
  while (cursor.length > longestCursor && !isBarest) {
    excess += cursor.length - longestCursor;
    const thin = thinned(state, excess);
    cursor = encode(wireOf(list, { ...state, streams: thin.streams, isThin: true }));
    isBarest = thin.isBarest;
  }
  if (cursor.length <= longestCursor) return cursor;
  throw new TooExpensiveError(
    `So much of this list fails, or is not in order, that a cursor of ${longestCursor} characters cannot hold where each part goes on. Narrow the filter, or page on from an earlier cursor once the vendor answers again.`,
    longestCursor,
  );
}

function invalid(message: string, code: string): InvalidInputError {
  return new InvalidInputError(message, [{ path: ['after'], message, code }]);
}

function damaged(): InvalidInputError {
  return invalid('This cursor is damaged. Begin anew without `after`.', 'INVALID_CURSOR');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readText(value: unknown): string {
  if (typeof value !== 'string') throw damaged();
  return value;
}

function readKey(value: unknown): OrderKey {
  const [sort, id] = readArray(value, 2);
  // Only ever compared with other ids, never used to reach anything.
  return { sort: readText(sort), id: readText(id) as GlobalId };
}

function readArray(value: unknown, length: number | undefined): readonly unknown[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) throw damaged();
  return value;
}

function readNames(value: unknown): readonly string[] {
  const text = readText(value);
  if (text.length % printLength !== 0) throw damaged();
  return text.match(/.{8}/gsu) ?? [];
}

/** What a damaged cursor names is not there. */
function pick(keys: readonly OrderKey[], index: unknown): OrderKey {
  const key = typeof index === 'number' ? keys[index] : undefined;
  if (key === undefined) throw damaged();
  return key;
}

function readPosition(
  value: unknown,
  boundary: OrderKey | undefined,
  keys: readonly OrderKey[],
): StreamPlace {
  if (typeof value === 'string') return { at: 'position', position: value, same: boundary };
  const [position, sameOrLast] = readArray(value, 2);
  return {
    at: 'position',
    position: readText(position),
    ...(typeof sameOrLast === 'string' ? { last: sameOrLast } : { same: pick(keys, sameOrLast) }),
  };
}

function readJson(cursor: string): unknown {
  if (cursor.length > longestCursor || !/^[\w-]+$/.test(cursor)) return undefined;
  const body = cursor.slice(0, -printLength);
  if (cursor !== body + printOf(body)) return undefined;
  try {
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Reads a cursor for this list. Throws InvalidInputError for garbage and for the cursor of another list. */
export function decodeCursor(list: string, cursor: string): MergeState {
  const wire = readJson(cursor);
  if (!isRecord(wire) || typeof wire['l'] !== 'string') {
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
  const { b, k = [], s = {}, e = '', t = '', a = [] } = wire;
  if (!isRecord(s)) throw damaged();
  const boundary = b === undefined ? undefined : readKey(b);
  const keys = readArray(k, undefined).map(readKey);
  const streams = new Map<string, StreamPlace>();
  for (const [name, value] of Object.entries(s)) streams.set(name, readPosition(value, boundary, keys));
  for (const name of readNames(e)) streams.set(name, { at: 'end' });
  for (const name of readNames(t)) streams.set(name, { at: 'start' });
  for (const group of readArray(a, undefined)) {
    const [index, names] = readArray(group, 2);
    const key = pick(keys, index);
    for (const name of readNames(names)) streams.set(name, { at: 'after', key });
  }
  return { boundary, streams, isThin: wire['x'] !== undefined };
}
