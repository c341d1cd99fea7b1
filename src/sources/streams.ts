import type { SourceError } from '../domain/errors.ts';
import type { ListStream, StreamPage, StreamPosition } from './source.ts';
import { beginning, longestMemory, type Place, printOfId, readPlace, writePlace } from './stream-place.ts';
import {
  mayComeLater,
  passedBefore,
  placeAfter,
  type RawPage,
  type Reading,
  readingAfter,
  rowAt,
  searchStep,
} from './stream-reading.ts';

export { cutPage, pageCovering } from './numbered-pages.ts';
export type { RawPage } from './stream-reading.ts';

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
    let ahead = await readOn(raw, start, asked, asked);
    while (!ahead.isLast && mayComeLater(ahead, place, order, idOf)) {
      ahead = joined(ahead, await read(start + ahead.count, searchStep));
    }
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
    let reading = { ...(readingAfter(raw, 0, place, idOf) ?? all(raw)), token };
    if (prints.length === 0) return reading;
    let isFound = reading.passed > 0;
    let unread = limit + count - raw.count;
    const first = reading;
    // Rows that were inserted at the top may have pushed it out of the first page, the more so if that is short.
    while (place.token === '' && raw.nextToken !== undefined) {
      const isNewest = reading.passed > 0 && printAt(reading, reading.passed - 1) === prints[0];
      if (isNewest || (unread <= 0 && !mayComeLater(raw, place, order, idOf))) break;
      token = raw.nextToken;
      raw = await fetchPage(token, unread > 0 ? unread : searchStep);
      unread -= Math.max(1, raw.count);
      const found = readingAfter(raw, 0, place, idOf);
      if (found !== undefined) reading = { ...found, token };
      isFound ||= found !== undefined;
    }
    // Where nothing that is remembered is left, showing a row twice is better than passing one over.
    return isFound || order === undefined ? reading : search(first, place, order);
  }

  /** Looks for a place from a page on, as far as need be. */
  async function search(
    from: Reading<T, TokenPage<T>> & { token: string },
    place: Place,
    order: (item: T) => number,
  ): Promise<Reading<T, TokenPage<T>> & { token: string }> {
    let { raw, token } = from;
    let passed = passedBefore(raw, place, order, idOf);
    while (passed === raw.good.length && raw.nextToken !== undefined) {
      token = raw.nextToken;
      raw = await fetchPage(token, searchStep);
      passed = passedBefore(raw, place, order, idOf);
    }
    return { raw, start: 0, passed, older: place.prints, token };
  }

  function all(raw: TokenPage<T>): Reading<T, TokenPage<T>> {
    return { raw, start: 0, passed: 0, older: [] };
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
