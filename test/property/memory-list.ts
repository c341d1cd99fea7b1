import { SourceError } from '../../src/domain/errors.ts';
import { type GlobalId, keyOf } from '../../src/domain/identity.ts';
import { type Instant, instantOf } from '../../src/domain/instant.ts';
import { type SourceKey, sourceKey, type Vendor } from '../../src/domain/vendor.ts';
import { ShapeMismatch } from '../../src/http/shape-mismatch.ts';
import type { OrderKey } from '../../src/resolvers/merge-streams.ts';
import { readRange } from '../../src/sources/humanloop/page-range.ts';
import type { BadRow, GoodRow } from '../../src/sources/parsing.ts';
import type { ListStream } from '../../src/sources/source.ts';
import { offsetStream, type RawPage, tokenStream, wholeStream } from '../../src/sources/streams.ts';

/** The ways in which vendors give lists. */
export const styles = ['offset', 'offset-without-total', 'page-number', 'token', 'whole'] as const;
export type Style = (typeof styles)[number];

const tokenHead = `${'opaque'.repeat(10)}~`;

export interface Row {
  readonly id: string;
  /** Days since some day; null where the vendor tells no date. */
  readonly day: number | null;
  /** Does not have the documented shape. */
  readonly isBad: boolean;
}

/** A row as the gateway sees it. */
export interface Item {
  readonly id: GlobalId;
  readonly list: string;
  readonly row: string;
  readonly sort: Instant | '';
}

/** A row and where in its list it stands, which no insertion or deletion elsewhere changes. */
interface Ranked {
  readonly row: Row;
  readonly rank: number;
}

export function orderKeyOf(item: Item): OrderKey {
  return { sort: item.sort, id: item.id };
}

/** A list at a vendor that exists in this process only, in the order of its rows whatever their dates. */
export class MemoryList {
  readonly name: string;
  readonly vendor: Vendor;
  readonly style: Style;
  /** The most rows in one answer, whatever is asked for. */
  readonly cap: number;
  /** Which calls of the current page fail, counted from 0. */
  failingCalls: ReadonlySet<number> = new Set();
  /** What the vendor's failures said since the page began. */
  readonly said: string[] = [];
  #calls = 0;
  #totalFailures = 0;
  #ranked: readonly Ranked[];

  constructor(name: string, vendor: Vendor, style: Style, cap: number, rows: readonly Row[]) {
    this.name = name;
    this.vendor = vendor;
    this.style = style;
    this.cap = cap;
    this.#ranked = rows.map((row, rank) => ({ row, rank }));
  }

  get goodItems(): readonly Item[] {
    return this.#ranked.filter(({ row }) => !row.isBad).map(({ row }) => this.itemOf(row));
  }

  get size(): number {
    return this.#ranked.length;
  }

  itemOf({ id, day }: Row): Item {
    return {
      id: keyOf(sourceKey('memory'), 'DATASET', this.name, id).id,
      list: this.name,
      row: id,
      sort: day === null ? '' : instantOf(day * 86_400_000),
    };
  }

  beginPage(): void {
    this.#calls = 0;
    this.said.length = 0;
  }

  insertAtTop(rows: readonly Row[]): void {
    const top = this.#ranked[0]?.rank ?? 0;
    const added = rows.map((row, index) => ({ row, rank: top - rows.length + index }));
    this.#ranked = [...added, ...this.#ranked];
  }

  /** Deletes the rows at these places. */
  deleteAt(places: ReadonlySet<number>): readonly Item[] {
    const gone = this.#ranked.filter((_, place) => places.has(place));
    this.#ranked = this.#ranked.filter((_, place) => !places.has(place));
    return gone.map(({ row }) => this.itemOf(row));
  }

  stream(): ListStream<Item> {
    const common = { key: this.name, resource: `list ${this.name}`, idOf: (item: Item) => item.id };
    switch (this.style) {
      case 'offset':
        return offsetStream({ ...common, fetchRange: async (offset, limit) => this.#range(offset, limit) });
      case 'offset-without-total':
        return offsetStream({
          ...common,
          fetchRange: async (offset, limit) => ({ ...this.#range(offset, limit), total: null }),
        });
      case 'page-number':
        return offsetStream({ ...common, fetchRange: (offset, limit) => this.#pageRange(offset, limit) });
      case 'token':
        return tokenStream({ ...common, fetchPage: async (token, limit) => this.#tokenPage(token, limit) });
      case 'whole':
        return {
          ...wholeStream({
            idOf: common.idOf,
            load: async () => {
              this.#call();
              return { items: this.goodItems, faults: [] };
            },
          }),
          key: common.key,
          resource: common.resource,
        };
    }
  }

  #call(): void {
    const call = this.#calls;
    this.#calls += 1;
    if (!this.failingCalls.has(call)) return;
    this.#totalFailures += 1;
    const message = `${this.name} is down for the ${this.#totalFailures}. time`;
    this.said.push(message);
    throw new SourceError({ code: 'SOURCE_UNAVAILABLE', vendor: this.vendor, message });
  }

  #answer(rows: readonly Ranked[]): RawPage<Item> {
    const good: GoodRow<Item>[] = [];
    const faults: SourceError[] = [];
    rows.forEach(({ row }, index) => {
      if (row.isBad) {
        faults.push(
          new SourceError({ code: 'SOURCE_CONTRACT_VIOLATION', vendor: this.vendor, message: row.id }),
        );
      } else good.push({ index, value: this.itemOf(row) });
    });
    return { good, count: rows.length, faults, total: this.size };
  }

  #range(offset: number, limit: number): RawPage<Item> {
    this.#call();
    return this.#answer(this.#ranked.slice(offset, offset + Math.min(limit, this.cap)));
  }

  /** As the adapter of such a vendor reads it, clamped sizes included. */
  #pageRange(offset: number, limit: number): Promise<RawPage<Item>> {
    return readRange<Row, Item>(
      {
        endpoint: 'listDatasets',
        read: async (asked) => {
          this.#call();
          const size = Math.min(asked.size, this.cap);
          const rows = this.#ranked.slice((asked.page - 1) * size, asked.page * size);
          const good: GoodRow<Row>[] = [];
          const bad: BadRow[] = [];
          rows.forEach(({ row }, index) => {
            if (row.isBad)
              bad.push({ index, id: row.id, mismatch: new ShapeMismatch('id', 'expected text') });
            else good.push({ index, value: row });
          });
          return { records: { good, bad, count: rows.length }, size, total: this.size };
        },
        map: (row) => this.itemOf(row),
      },
      offset,
      limit,
    );
  }

  /** The token says after which row to go on, as keyset paging does, and is as long as such tokens are. */
  #tokenPage(token: string | undefined, limit: number) {
    this.#call();
    const from =
      token === undefined
        ? 0
        : this.#ranked.findIndex(({ rank }) => rank > Number(token.slice(tokenHead.length)));
    const rows = from < 0 ? [] : this.#ranked.slice(from, from + Math.min(limit, this.cap));
    const last = rows.at(-1);
    const hasMore = last !== undefined && last !== this.#ranked.at(-1);
    return {
      ...this.#answer(rows),
      total: null,
      nextToken: hasMore ? `${tokenHead}${last.rank}` : undefined,
    };
  }
}

/** A source of such lists. */
export interface MemorySource {
  readonly key: SourceKey;
  readonly vendor: Vendor;
  readonly lists: readonly MemoryList[];
}
