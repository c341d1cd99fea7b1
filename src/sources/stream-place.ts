import { InvalidInputError } from '../domain/errors.ts';
import type { StreamPosition } from './source.ts';

/** Where a stream goes on. */
export interface Place {
  /** Rows passed, bad ones included: of the list, or of the page that the token asks for. */
  readonly count: number;
  /** Bad rows among them that came after the newest print. */
  readonly gap: number;
  /** Prints of the good rows that were passed last, newest first. */
  readonly prints: readonly string[];
  readonly token: string;
}

export const beginning: Place = { count: 0, gap: 0, prints: [], token: '' };

/** How many rows a place remembers at most: a page of the default size, and the row before it. */
export const longestMemory = 26;
const printDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A short print of an id (FNV-1a, folded to 18 bits): recognises a row among the few where it is looked for. */
export function printOfId(id: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  hash ^= hash >>> 18;
  return [hash >>> 12, hash >>> 6, hash].map((bits) => printDigits.charAt(bits & 63)).join('');
}

function badPosition(): InvalidInputError {
  return new InvalidInputError('This cursor is damaged. Use cursors as they are, from the same list.');
}

/** `count.gap~prints~token`; a gap of 0 and an empty token are left out. */
export function writePlace({ count, gap, prints, token }: Place): StreamPosition {
  const passed = gap === 0 ? `${count}` : `${count}.${gap}`;
  return `${passed}~${prints.join('')}${token === '' ? '' : `~${token}`}`;
}

const placeShape = /^(\d{1,9})(?:\.(\d{1,3}))?~((?:[\w-]{3}){0,26})(?:~(.*))?$/su;

export function readPlace(position: StreamPosition): Place {
  const match = placeShape.exec(position);
  if (match === null) throw badPosition();
  const [, count, gap = '0', prints = '', token = ''] = match;
  return {
    count: Number(count),
    gap: Number(gap),
    prints: prints.match(/.{3}/g) ?? [],
    token,
  };
}
