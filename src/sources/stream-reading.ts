import type { SourceError } from '../domain/errors.ts';
import type { PageNumbers } from '../domain/project.ts';
import type { GoodRow } from './parsing.ts';
import { longestMemory, type Place, printOfId } from './stream-place.ts';

/** Rows as one request gave them: `index` counts from the first row of the request, bad rows included. */
export interface RawPage<T> {
  readonly good: readonly GoodRow<T>[];
  /** Rows in the answer, bad ones included. */
  readonly count: number;
  readonly faults: readonly SourceError[];
  /**
   * How many the whole list has, where the vendor tells. Where it does not, only an answer without rows is the
   * end: one that is shorter than was asked for may be as long as the vendor allows.
   */
  readonly total: number | null;
  readonly page?: PageNumbers | undefined;
}

/** What was read to go on from a place. */
export interface Reading<T, Raw extends RawPage<T> = RawPage<T>> {
  readonly raw: Raw;
  /** Where in the list, or in the token's page, the rows begin. */
  readonly start: number;
  /** How many of the good rows had been passed. */
  readonly passed: number;
  /** Prints of rows that were passed before, newest first; those that were read again may be among them. */
  readonly older: readonly string[];
}

type IdOf<T> = (item: T) => string;

/** The place after the first of the good rows. */
export function placeAfter<T>({ raw, start, older }: Reading<T>, rows: number, idOf: IdOf<T>): Place {
  const prints: string[] = [];
  for (let index = rows - 1; index >= 0 && prints.length < longestMemory; index -= 1) {
    prints.push(printOfId(idOf(rowAt(raw.good, index).value)));
  }
  for (const print of older) {
    if (prints.length < longestMemory && !prints.includes(print)) prints.push(print);
  }
  const count = rows === 0 ? start : start + rowAt(raw.good, rows - 1).index + 1;
  return { count, gap: 0, prints, token: '' };
}

/**
 * Goes on after the newest row that was passed and is still there, which is looked for first where it would be if
 * nothing had moved. Undefined where none is found.
 */
export function readingAfter<T, Raw extends RawPage<T>>(
  raw: Raw,
  start: number,
  { count, gap, prints }: Place,
  idOf: IdOf<T>,
): Reading<T, Raw> | undefined {
  const unmoved = raw.good.findIndex(({ index }) => start + index + gap + 1 === count);
  const found = raw.good.map(({ value }) => printOfId(idOf(value)));
  if (unmoved >= 0 && found[unmoved] === prints[0]) return { raw, start, passed: unmoved + 1, older: prints };
  const newest = prints.find((print) => found.includes(print));
  return newest === undefined ? undefined : { raw, start, passed: found.indexOf(newest) + 1, older: prints };
}

/**
 * Whether the row that was passed last may stand after these: it is not among them, and they do not get to where
 * the order would have it.
 */
export function mayComeLater<T>(
  { good }: RawPage<T>,
  { prints }: Place,
  order: ((item: T) => number) | undefined,
  idOf: IdOf<T>,
): boolean {
  const last = good.at(-1);
  if (order === undefined || (last !== undefined && order(last.value) > 0)) return false;
  return good.every(({ value }) => printOfId(idOf(value)) !== prints[0]);
}

/** Rows asked for at a time where a place has to be searched for. */
export const searchStep = 100;

/**
 * How many of the good rows come before a place that is not found again: up to the last one that is before it in
 * order, or remembered. What the order does not tell of stands on the side of what follows it.
 */
export function passedBefore<T>(
  raw: RawPage<T>,
  { prints }: Place,
  order: (item: T) => number,
  idOf: IdOf<T>,
): number {
  let passed = 0;
  for (const [index, { value }] of raw.good.entries()) {
    const compared = order(value);
    if (compared > 0) break;
    if (compared < 0 || prints.includes(printOfId(idOf(value)))) passed = index + 1;
  }
  return passed;
}

export function rowAt<T>(rows: readonly GoodRow<T>[], index: number): GoodRow<T> {
  const row = rows[index];
  if (row === undefined) throw new RangeError(`no row ${index}`);
  return row;
}
