import type { SourceError } from '../domain/errors.ts';
import type { PageNumbers } from '../domain/project.ts';
import type { GoodRow } from './parsing.ts';
import type { ListStream, StreamPage, StreamPosition } from './source.ts';
import { beginning, longestMemory, type Place, printOfId, readPlace, writePlace } from './stream-place.ts';

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
interface Reading<T, Raw extends RawPage<T> = RawPage<T>> {
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
function placeAfter<T>({ raw, start, older }: Reading<T>, rows: number, idOf: IdOf<T>): Place {
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
function readingAfter<T, Raw extends RawPage<T>>(
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

/** Rows asked for at a time where a place has to be searched for. */
const searchStep = 100;

/**
 * How many of the good rows come before a place that is not found again: up to the last one that is before it in
 * order, or remembered. What the order does not tell of stands on the side of what follows it.
 */
function passedBefore<T>(
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

/** Rows of one range, however many answers they took. */
interface Range<T> extends RawPage<T> {
  /** Nothing follows them. */
  readonly isLast: boolean;
}

/** Two ranges, the second of which follows the first. */
function joined<T>(first: Range<T>, second: Range<T>): Range<T> {
  return {
    ...second,
    good: [...first.good, ...second.good.map(({ index, value }) => ({ index: index + first.count, value }))],
    count: first.count + second.count,
    faults: [...first.faults, ...second.faults],
  };
}

function rowAt<T>(rows: readonly GoodRow<T>[], index: number): GoodRow<T> {
  const row = rows[index];
  if (row === undefined) throw new RangeError(`no row ${index}`);
  return row;
}

export interface OffsetStreamOptions<T> {
  readonly key?: string;
  readonly resource?: string;
  readonly idOf: (item: T) => string;
  /** Reads rows `offset` up to `offset + limit`. May give fewer; `index` counts from `offset`. */
  readonly fetchRange: (offset: number, limit: number) => Promise<RawPage<T>>;
}

/**
 * A stream over a list that is read by offset. A list that grows or shrinks between two pages shifts: each page
 * therefore begins with the row that the one before ended with, and where that is no longer there the last ones
 * before it are looked for; up to a page away, or as far as it takes where the order of the list is known.
 */
export function offsetStream<T>(options: OffsetStreamOptions<T>): ListStream<T> {
  const { idOf, fetchRange } = options;

  async function read(offset: number, limit: number): Promise<Range<T>> {
    const raw = await fetchRange(offset, limit);
    const isLast = raw.count === 0 || (raw.total !== null && offset + raw.count >= raw.total);
    return { ...raw, isLast };
  }

  /** Asks on until there are so many rows, unless the list ends: a vendor may give fewer at a time. */
  async function readOn(begun: Range<T>, offset: number, least: number, limit: number): Promise<Range<T>> {
    let range = begun;
    while (range.count < least && !range.isLast) {
      range = joined(range, await read(offset + range.count, limit - range.count));
    }
    return range;
  }

  /** Looks for a place, as far as need be, where rows were inserted or removed by the page. */
  async function search(
    place: Place,
    ahead: Range<T>,
    from: number,
    order: (item: T) => number,
  ): Promise<Reading<T, Range<T>>> {
    let range = ahead;
    let start = from;
    let passed = passedBefore(range, place, order, idOf);
    while (passed === 0 && start > 0) {
      const back = Math.min(start, searchStep);
      start -= back;
      range = joined(await readOn(await read(start, back), start, back, back), range);
      passed = passedBefore(range, place, order, idOf);
    }
    while (passed === range.good.length && !range.isLast) {
      range = joined(range, await read(start + range.count, searchStep));
      passed = passedBefore(range, place, order, idOf);
    }
    return { raw: range, start, passed, older: place.prints };
  }

  async function readAfter(
    place: Place,
    limit: number,
    order: ((item: T) => number) | undefined,
  ): Promise<Reading<T, Range<T>>> {
    const { count, gap, prints } = place;
    const overlap = prints.length === 0 ? 0 : Math.min(count, gap + 1);
    const start = count - overlap;
    const asked = limit + overlap;
    const answer = await read(start, asked);
    if (overlap === 0) return { raw: answer, start, passed: 0, older: [] };
    const raw = await readOn(answer, start, overlap + 1, asked);
    const first = raw.good[0];
    if (first?.index === 0 && printOfId(idOf(first.value)) === prints[0]) {
      return { raw: withoutFaultsBefore(raw, overlap), start, passed: 1, older: prints };
    }
    // The list has moved.
    const ahead = await readOn(raw, start, asked, asked);
    const moved = readingAfter(ahead, start, place, idOf);
    if (moved !== undefined) return moved;
    if (order !== undefined) return search(place, ahead, start, order);
    const back = Math.min(start, Math.max(limit, longestMemory));
    const before =
      back === 0 ? ahead : await readOn(await read(start - back, back), start - back, back, back);
    const whole = back === 0 ? ahead : joined(before, ahead);
    // Where nothing that is remembered is left, showing a row twice is better than passing one over.
    return (
      readingAfter(whole, start - back, place, idOf) ?? {
        raw: whole,
        start: start - back,
        passed: 0,
        older: [],
      }
    );
  }

  return {
    key: options.key ?? '',
    resource: options.resource,
    fetch: async (from, limit, order): Promise<StreamPage<T>> => {
      const reading = await readAfter(from === undefined ? beginning : readPlace(from), limit, order);
      const { raw, start, passed } = reading;
      const end = start + raw.count;
      const done = raw.isLast;

      function next(): StreamPosition {
        const place = placeAfter(reading, raw.good.length, idOf);
        const gap = end - place.count;
        // So many bad rows on end are not read again only to find the place by what came before them.
        if (place.prints.length === 0 || gap > Math.max(limit, longestMemory))
          return writePlace({ ...beginning, count: end });
        return writePlace({ ...place, count: end, gap });
      }

      return {
        items: raw.good.slice(passed).map(({ value }) => value),
        start: writePlace(placeAfter(reading, passed, idOf)),
        positionAfter: (index) => writePlace(placeAfter(reading, passed + index + 1, idOf)),
        done,
        next: done ? undefined : next(),
        faults: raw.faults,
        total: raw.total,
        page: raw.page,
      };
    },
  };
}

/** The answer without the faults of its first rows, which the page before has told. */
function withoutFaultsBefore<T>(raw: Range<T>, index: number): Range<T> {
  // Only where every row that is not good has its fault is it known which fault is whose.
  if (raw.faults.length !== raw.count - raw.good.length) return raw;
  const told = Math.min(index, raw.count) - raw.good.filter((row) => row.index < index).length;
  return told === 0 ? raw : { ...raw, faults: raw.faults.slice(told) };
}

/** A stream over a list that the vendor gives whole. */
export function wholeStream<T>(options: {
  readonly idOf: (item: T) => string;
  readonly load: () => Promise<{ readonly items: readonly T[]; readonly faults: readonly SourceError[] }>;
}): ListStream<T> {
  return offsetStream({
    idOf: options.idOf,
    fetchRange: async (offset, limit) => {
      const { items, faults } = await options.load();
      const good = items.slice(offset, offset + limit).map((value, index) => ({ index, value }));
      return { good, count: good.length, faults: offset === 0 ? faults : [], total: items.length };
    },
  });
}

/** The smallest page (by 1-based number and size) that covers `limit` rows from `offset`. */
export function pageCovering(offset: number, limit: number): { number: number; size: number } {
  for (let number = Math.floor(offset / limit) + 1; number > 1; number -= 1) {
    const size = Math.ceil((offset + limit) / number);
    if ((number - 1) * size <= offset) return { number, size };
  }
  return { number: 1, size: offset + limit };
}

/** Cuts the rows `offset` up to `offset + limit` out of a page that covers them. */
export function cutPage<T>(
  raw: RawPage<T>,
  page: { number: number; size: number },
  offset: number,
  limit: number,
): RawPage<T> {
  const skipped = offset - (page.number - 1) * page.size;
  const good = raw.good
    .filter(({ index }) => index >= skipped && index < skipped + limit)
    .map(({ index, value }) => ({ index: index - skipped, value }));
  return { ...raw, good, count: Math.max(0, Math.min(limit, raw.count - skipped)) };
}

export interface TokenPage<T> extends RawPage<T> {
  /** The vendor's token of the page after this one; undefined at the end. */
  readonly nextToken: string | undefined;
}

export interface TokenStreamOptions<T> {
  readonly key?: string;
  readonly resource?: string;
  readonly idOf: (item: T) => string;
  readonly fetchPage: (token: string | undefined, limit: number) => Promise<TokenPage<T>>;
}

/**
 * A stream over a list that is read by the vendor's page tokens. A place within a page is the token that the
 * page was asked with, and the rows that came last.
 */
export function tokenStream<T>(options: TokenStreamOptions<T>): ListStream<T> {
  const { idOf, fetchPage } = options;

  /** The page that the place is in, and the token that it was asked with. */
  async function readAfter(
    place: Place,
    limit: number,
    order: ((item: T) => number) | undefined,
  ): Promise<Reading<T, TokenPage<T>> & { token: string }> {
    const { count, prints } = place;
    let { token } = place;
    if (count > searchStep) {
      // Not to read ever more again from page to page: the vendor's token of this very place, if it gives one.
      const before = await fetchPage(token === '' ? undefined : token, count);
      const found = readingAfter(before, 0, place, idOf);
      const isAtEnd = found?.passed === before.count && printAt(found, found.passed - 1) === prints[0];
      if (isAtEnd && before.nextToken !== undefined) {
        return readAfter({ ...beginning, token: before.nextToken }, limit, order);
      }
    }
    let raw = await fetchPage(token === '' ? undefined : token, limit + count);
    let found = readingAfter(raw, 0, place, idOf);
    if (found === undefined && prints.length > 0 && order !== undefined) {
      let passed = passedBefore(raw, place, order, idOf);
      while (passed === raw.good.length && raw.nextToken !== undefined) {
        token = raw.nextToken;
        raw = await fetchPage(token, searchStep);
        passed = passedBefore(raw, place, order, idOf);
      }
      return { raw, start: 0, passed, older: prints, token };
    }
    // Where nothing that is remembered is left, showing a row twice is better than passing one over.
    let reading = { ...(found ?? { raw, start: 0, passed: 0, older: [] }), token };
    let unread = limit + count - raw.count;
    // Rows that were inserted at the top may have pushed it out of a first page that is shorter than was asked for.
    while (prints.length > 0 && place.token === '' && unread > 0 && raw.nextToken !== undefined) {
      if (found !== undefined && printAt(found, found.passed - 1) === prints[0]) break;
      token = raw.nextToken;
      raw = await fetchPage(token, unread);
      found = readingAfter(raw, 0, place, idOf);
      if (found !== undefined) reading = { ...found, token };
      unread -= Math.max(1, raw.count);
    }
    return reading;
  }

  function printAt({ raw }: Reading<T>, row: number): string {
    return printOfId(idOf(rowAt(raw.good, row).value));
  }

  return {
    key: options.key ?? '',
    resource: options.resource,
    fetch: async (from, limit, order): Promise<StreamPage<T>> => {
      const reading = await readAfter(from === undefined ? beginning : readPlace(from), limit, order);
      const { raw, passed, token } = reading;
      const next =
        raw.nextToken === undefined ? undefined : writePlace({ ...beginning, token: raw.nextToken });
      const positionAt = (rows: number): StreamPosition =>
        rows === raw.good.length && next !== undefined
          ? next
          : writePlace({ ...placeAfter(reading, rows, idOf), token });
      return {
        items: raw.good.slice(passed).map(({ value }) => value),
        start: positionAt(passed),
        positionAfter: (index) => positionAt(passed + index + 1),
        done: next === undefined,
        next,
        faults: raw.faults,
        total: raw.total,
        page: raw.page,
      };
    },
  };
}
