import type { SourceError } from '../domain/errors.ts';
import type { PageNumbers } from '../domain/project.ts';
import type { ListStream, StreamPage, StreamPosition } from '../sources/source.ts';
import {
  type MergeInput,
  type MergeOptions,
  type OrderKey,
  type StreamPlace,
  streamName,
  wholeSourceName,
} from './merge-state.ts';

function compareSorts(compare: MergeOptions<unknown>['compare'], a: OrderKey, b: OrderKey): number {
  return compare(a, { sort: b.sort, id: a.id });
}

/** An item that was given, and what was known of its stream right after it. */
export interface Taken<T> {
  readonly lane: Lane<T>;
  readonly item: T;
  readonly key: OrderKey;
  readonly hasDrifted: boolean;
  readonly position: () => StreamPosition;
  /** The next item of its stream, once seen. */
  next: OrderKey | undefined;
  isLast: boolean;
}

/** A stream on one page of a merge. */
export class Lane<T> {
  readonly name: string;
  readonly input: MergeInput<T>;
  readonly stream: ListStream<T>;
  /** Where it stood when this page began. */
  readonly begin: StreamPlace | undefined;
  failed = false;
  head: { readonly item: T; readonly key: OrderKey } | undefined;
  /** Its first item on this page, and the place right before it. */
  first: OrderKey | undefined;
  standing: StreamPosition | undefined;
  lastTaken: Taken<T> | undefined;
  readonly #options: MergeOptions<T>;
  #page: StreamPage<T> | undefined;
  #index = 0;
  #last: string | undefined;

  constructor(options: MergeOptions<T>, input: MergeInput<T>, stream: ListStream<T>) {
    this.#options = options;
    this.input = input;
    this.stream = stream;
    this.name = streamName(input.source, stream.key);
    const places = options.resume?.streams;
    this.begin = places?.get(this.name) ?? places?.get(wholeSourceName(input.source));
    if (this.begin?.at === 'position') this.#last = this.begin.last;
  }

  get ended(): boolean {
    if (this.begin?.at === 'end') return true;
    return this.head === undefined && this.#page?.done === true;
  }

  /** Nothing was there, and nothing to tell of it: what has only faults tells them on each page. */
  get isEmpty(): boolean {
    if (this.failed || this.first !== undefined || !this.ended) return false;
    return this.begin !== undefined || this.#page?.faults.length === 0;
  }

  get total(): number | null {
    return this.#page?.total ?? null;
  }

  get page(): PageNumbers | undefined {
    return this.#page?.page;
  }

  /** Reads until there is a head or the end. Faults go to `faults`; throws when the vendor fails. */
  async fill(faults: SourceError[]): Promise<void> {
    if (this.begin?.at === 'end') return;
    const { keyOf, first } = this.#options;
    let isAmongGiven = this.#page === undefined ? this.#givenBefore() : undefined;
    while (this.head === undefined && this.#page?.done !== true) {
      const from = this.#page?.next ?? (this.begin?.at === 'position' ? this.begin.position : undefined);
      const page = await this.stream.fetch(from, first, this.#page === undefined ? this.#order() : undefined);
      faults.push(...page.faults);
      if (this.first === undefined) this.standing = page.start ?? from;
      this.#page = page;
      this.#index = 0;
      while (isAmongGiven !== undefined) {
        const item = page.items[this.#index];
        if (item === undefined) break;
        if (isAmongGiven(keyOf(item))) this.#index += 1;
        else isAmongGiven = undefined;
      }
      this.#setHead();
      if (this.head === undefined && !page.done && page.next === undefined) return;
    }
    this.first ??= this.head?.key;
  }

  /** Compares items with the place that it goes on from: by what its cursor tells of that, without their ties. */
  #order(): ((item: T) => number) | undefined {
    if (this.begin?.at !== 'position') return undefined;
    const { keyOf, compare } = this.#options;
    const sort = this.begin.same?.sort ?? this.begin.last;
    // What has no date may stand anywhere.
    if (!sort) return undefined;
    return (item) => {
      const key = keyOf(item);
      return key.sort === '' ? 0 : compareSorts(compare, key, { ...key, sort });
    };
  }

  /** What at its top was given, or made since; only rows at the very top are passed over. */
  #givenBefore(): ((key: OrderKey) => boolean) | undefined {
    const { compare, resume } = this.#options;
    const last = this.begin === undefined ? resume?.boundary : this.begin.at === 'after' && this.begin.key;
    if (last === undefined || last === false) return undefined;
    // Ties are in no order of ours: where nothing was given, they are still to be given.
    return resume?.isThin === true
      ? (key) => compare(key, last) <= 0
      : (key) => compareSorts(compare, key, last) < 0;
  }

  take(): Taken<T> {
    const { head } = this;
    const page = this.#page;
    const index = this.#index;
    if (head === undefined || page === undefined)
      throw new RangeError('a lane without a head cannot give one');
    const last = this.#last;
    this.#last = head.key.sort;
    this.#index += 1;
    this.#setHead();
    const taken: Taken<T> = {
      lane: this,
      ...head,
      hasDrifted:
        last !== undefined && compareSorts(this.#options.compare, { ...head.key, sort: last }, head.key) > 0,
      position: () => page.positionAfter(index),
      next: this.head?.key,
      isLast: this.ended,
    };
    this.lastTaken = taken;
    return taken;
  }

  #setHead(): void {
    const item = this.#page?.items[this.#index];
    this.head = item === undefined ? undefined : { item, key: this.#options.keyOf(item) };
  }
}
