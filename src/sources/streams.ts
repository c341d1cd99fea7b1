import { InvalidInputError, type SourceError } from '../domain/errors.ts';
import type { PageNumbers } from '../domain/project.ts';
import type { GoodRow } from './parsing.ts';
import type { ListStream, StreamPage, StreamPosition } from './source.ts';

/** Rows as one request gave them: `index` counts from the first row of the request, bad rows included. */
export interface RawPage<T> {
  readonly good: readonly GoodRow<T>[];
  /** Rows in the answer, bad ones included. */
  readonly count: number;
  readonly faults: readonly SourceError[];
  /** How many the whole list has, where the vendor tells. */
  readonly total: number | null;
  readonly page?: PageNumbers | undefined;
}

/** A short print of an id (FNV-1a, 32 bit): recognises the row that a page ended with. */
function anchorOf(id: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}

function badPosition(): InvalidInputError {
  return new InvalidInputError('This cursor is damaged. Use cursors as they are, from the same list.');
}

function readCount(text: string | undefined): number {
  if (text === undefined || !/^\d{1,9}$/.test(text)) throw badPosition();
  return Number(text);
}

function readPosition(position: StreamPosition): { count: number; anchor: string; token: string } {
  const [count, anchor, ...token] = position.split('~');
  if (anchor === undefined) throw badPosition();
  return { count: readCount(count), anchor, token: token.join('~') };
}

interface Window<T> {
  /** Where in the list the rows begin. */
  readonly start: number;
  readonly rows: readonly GoodRow<T>[];
}

export interface OffsetStreamOptions<T> {
  readonly key?: string;
  readonly resource?: string;
  readonly idOf: (item: T) => string;
  /** Reads rows `offset` up to `offset + limit`. May give fewer at the end; `index` counts from `offset`. */
  readonly fetchRange: (offset: number, limit: number) => Promise<RawPage<T>>;
}

/**
 * A stream over a list that is read by offset. A list that grows or shrinks between two pages shifts: each page
 * therefore begins with the row that the one before ended with, and looks for it when it is not there.
 */
export function offsetStream<T>(options: OffsetStreamOptions<T>): ListStream<T> {
  const { idOf, fetchRange } = options;

  function pageOf(raw: RawPage<T>, window: Window<T>, end: number, isEnd: boolean): StreamPage<T> {
    const position = (row: GoodRow<T>): StreamPosition =>
      `${window.start + row.index + 1}~${anchorOf(idOf(row.value))}`;
    const last = window.rows.at(-1);
    // Bad rows at the end of a page are passed over: the next page begins after them, without an anchor.
    const next = last !== undefined && window.start + last.index + 1 === end ? position(last) : `${end}~`;
    return {
      items: window.rows.map((row) => row.value),
      positionAfter: (index) => {
        const row = window.rows[index];
        if (row === undefined) throw new RangeError(`no row ${index}`);
        return position(row);
      },
      done: isEnd,
      next: isEnd ? undefined : next,
      faults: raw.faults,
      total: raw.total,
      page: raw.page,
    };
  }

  async function resume(from: StreamPosition, limit: number): Promise<StreamPage<T>> {
    const { count, anchor } = readPosition(from);
    const start = anchor === '' ? count : Math.max(0, count - 1);
    const asked = limit + count - start;
    const raw = await fetchRange(start, asked);
    const end = start + raw.count;
    const isEnd = reachesEnd(raw, end, asked);
    if (anchor === '') return pageOf(raw, { start, rows: raw.good }, end, isEnd);
    const found = raw.good.findIndex((row) => anchorOf(idOf(row.value)) === anchor);
    if (found >= 0) return pageOf(raw, { start, rows: raw.good.slice(found + 1) }, end, isEnd);
    // Rows before it were removed: what followed it has moved up. Look one page back.
    const back = Math.max(0, start - limit);
    if (back < start) {
      const before = await fetchRange(back, start - back);
      const foundBack = before.good.findIndex((row) => anchorOf(idOf(row.value)) === anchor);
      if (foundBack >= 0) {
        const shifted = raw.good.map((row) => ({ index: row.index + start - back, value: row.value }));
        const rows = [...before.good.slice(foundBack + 1), ...shifted];
        const faults = [...before.faults, ...raw.faults];
        return pageOf({ ...raw, faults }, { start: back, rows }, end, isEnd);
      }
    }
    // It was removed itself: the row that took its place is the next one.
    return pageOf(raw, { start, rows: raw.good }, end, isEnd);
  }

  return {
    key: options.key ?? '',
    resource: options.resource,
    fetch: async (from, limit) => {
      if (from !== undefined) return resume(from, limit);
      const raw = await fetchRange(0, limit);
      return pageOf(raw, { start: 0, rows: raw.good }, raw.count, reachesEnd(raw, raw.count, limit));
    },
  };
}

function reachesEnd(raw: RawPage<unknown>, end: number, asked: number): boolean {
  if (raw.count === 0) return true;
  return raw.total === null ? raw.count < asked : end >= raw.total;
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
 * page was asked with, and the row that came last.
 */
export function tokenStream<T>(options: TokenStreamOptions<T>): ListStream<T> {
  const { idOf, fetchPage } = options;
  return {
    key: options.key ?? '',
    resource: options.resource,
    fetch: async (from, limit) => {
      const place = from === undefined ? { count: 0, anchor: '', token: '' } : readPosition(from);
      const token = place.token === '' ? undefined : place.token;
      const raw = await fetchPage(token, limit + place.count);
      let rows = raw.good;
      if (place.count > 0) {
        const found = rows.findIndex((row) => anchorOf(idOf(row.value)) === place.anchor);
        rows = found >= 0 ? rows.slice(found + 1) : rows.filter((row) => row.index >= place.count);
      }
      const done = raw.nextToken === undefined;
      return {
        items: rows.map((row) => row.value),
        positionAfter: (index) => {
          const row = rows[index];
          if (row === undefined) throw new RangeError(`no row ${index}`);
          const isLast = row.index === raw.count - 1;
          if (isLast && raw.nextToken !== undefined) return `0~~${raw.nextToken}`;
          return `${row.index + 1}~${anchorOf(idOf(row.value))}~${place.token}`;
        },
        done,
        next: done ? undefined : `0~~${raw.nextToken}`,
        faults: raw.faults,
        total: raw.total,
        page: raw.page,
      };
    },
  };
}
