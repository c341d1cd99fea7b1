import { SourceError } from '../domain/errors.ts';
import type { GlobalId } from '../domain/identity.ts';
import type { PageNumbers } from '../domain/project.ts';
import type { SourceKey, Vendor } from '../domain/vendor.ts';
import type { ListStream, StreamPage, StreamPosition } from '../sources/source.ts';
import { printOf } from './print-of.ts';

/** An item that a merge can place: what it is ordered by (empty when the vendor tells nothing) and its id. */
export interface OrderKey {
  readonly sort: string;
  readonly id: GlobalId;
}

export interface MergeInput<T> {
  readonly source: SourceKey;
  readonly vendor: Vendor;
  /** All streams of the source; rejects when not even those can be told. */
  readonly open: () => Promise<readonly ListStream<T>[]>;
}

/**
 * Where each stream stands. A stream that is not named has given nothing yet: it goes on from the boundary, so
 * that what was made since at its top is not shown on a later page.
 */
export interface MergeState {
  /** The item given, of all streams, that comes last in the wanted order. */
  readonly boundary: OrderKey | undefined;
  readonly streams: ReadonlyMap<string, StreamPlace>;
  /** Whether streams that have given something may be among those that are not named, or named `after`. */
  readonly isThin: boolean;
}

export type StreamPlace =
  | {
      readonly at: 'position';
      readonly position: StreamPosition;
      /** To go on `after` this would give the same; undefined where what comes next has not been seen. */
      readonly same?: OrderKey | undefined;
      /** Then: what its last item was ordered by. */
      readonly last?: string | undefined;
    }
  /** From its very top, whatever the boundary: it could not be read before. */
  | { readonly at: 'start' }
  /** From what comes after this, whatever the boundary: it could not be read when that was the boundary. */
  | { readonly at: 'after'; readonly key: OrderKey }
  | { readonly at: 'end' };

export interface MergeOptions<T> {
  readonly inputs: readonly MergeInput<T>[];
  readonly first: number;
  readonly keyOf: (item: T) => OrderKey;
  /** Negative when `a` comes first in the wanted order; by sort and then by id. */
  readonly compare: (a: OrderKey, b: OrderKey) => number;
  readonly resume: MergeState | undefined;
}

export interface MergedPage<T> {
  readonly items: readonly T[];
  /** The state right after the item at this index. */
  stateAfter(index: number): MergeState;
  /** The state after the whole page, for a page without items too. */
  readonly endState: MergeState;
  /** Whether a source that answers has more. */
  readonly hasMore: boolean;
  readonly sourceErrors: readonly SourceError[];
  /** How many there are in all, where it is one list and its vendor tells. */
  readonly total: number | null;
  readonly page: PageNumbers | undefined;
  /** Vendors with a stream that was not in the order it claims. */
  readonly drifted: ReadonlySet<Vendor>;
}

/** The name of a stream in a state: short, since it stands in cursors. */
function streamName(source: SourceKey, key: string): string {
  return printOf(`${source}/${key}`);
}

/** The name in a state of a source whose streams could not be told. */
function wholeSourceName(source: SourceKey): string {
  return printOf(`${source}//`);
}

function compareSorts(compare: MergeOptions<unknown>['compare'], a: OrderKey, b: OrderKey): number {
  return compare(a, { sort: b.sort, id: a.id });
}

/** An item that was given, and what was known of its stream right after it. */
interface Taken<T> {
  readonly lane: Lane<T>;
  readonly item: T;
  readonly key: OrderKey;
  readonly hasDrifted: boolean;
  readonly position: () => StreamPosition;
  /** The next item of its stream, once seen. */
  next: OrderKey | undefined;
  isLast: boolean;
}

class Lane<T> {
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

interface Opened<T> {
  readonly lanes: readonly Lane<T>[];
  /** Sources whose streams could not be told. */
  readonly lost: readonly string[];
}

/** Where something that cannot be read now goes on once it can: nothing after this was given of it. */
function missedFrom(resume: MergeState | undefined): StreamPlace {
  return resume?.boundary === undefined ? { at: 'start' } : { at: 'after', key: resume.boundary };
}

function asSourceError(error: unknown, stream: ListStream<unknown> | undefined): SourceError {
  if (!(error instanceof SourceError)) throw error;
  return stream?.resource === undefined ? error : error.about(stream.resource);
}

async function open<T>(options: MergeOptions<T>, errors: SourceError[]): Promise<Opened<T>> {
  const lanes: Lane<T>[] = [];
  const lost: string[] = [];
  const opened = await Promise.all(
    options.inputs.map(async (input) => {
      try {
        return { input, streams: await input.open() };
      } catch (error) {
        errors.push(asSourceError(error, undefined));
        return { input, streams: undefined };
      }
    }),
  );
  for (const { input, streams } of opened) {
    if (streams === undefined) {
      lost.push(wholeSourceName(input.source));
      continue;
    }
    for (const stream of streams) lanes.push(new Lane(options, input, stream));
  }
  return { lanes, lost };
}

function smallest<T>(lanes: readonly Lane<T>[], compare: MergeOptions<T>['compare']): Lane<T> | undefined {
  let best: Lane<T> | undefined;
  for (const lane of lanes) {
    if (lane.head === undefined || lane.failed) continue;
    if (best?.head === undefined || compare(lane.head.key, best.head.key) < 0) best = lane;
  }
  return best;
}

/** Fills a lane; one that fails is out for this page. */
async function fill<T>(lane: Lane<T>, errors: SourceError[]): Promise<void> {
  try {
    await lane.fill(errors);
  } catch (error) {
    errors.push(asSourceError(error, lane.stream));
    lane.failed = true;
    return;
  }
  if (lane.lastTaken === undefined) return;
  lane.lastTaken.next = lane.head?.key;
  lane.lastTaken.isLast = lane.ended;
}

/** The state after the first items of a page. */
function stateAfter<T>(options: MergeOptions<T>, opened: Opened<T>, given: readonly Taken<T>[]): MergeState {
  const { compare, resume } = options;
  let boundary = resume?.boundary;
  const last = new Map<Lane<T>, Taken<T>>();
  for (const taken of given) {
    last.set(taken.lane, taken);
    if (boundary === undefined || compare(taken.key, boundary) >= 0) boundary = taken.key;
  }

  function placeOf(lane: Lane<T>): StreamPlace | undefined {
    const taken = last.get(lane);
    const next = taken === undefined ? lane.first : taken.next;
    // Then all that it gave comes up to the boundary, and nothing else of it does.
    const same =
      next !== undefined && boundary !== undefined && compare(next, boundary) > 0 ? boundary : undefined;
    if (taken !== undefined) {
      if (taken.isLast) return { at: 'end' };
      return { at: 'position', position: taken.position(), same, last: same ? undefined : taken.key.sort };
    }
    if (lane.isEmpty) return { at: 'end' };
    if (lane.begin?.at === 'position') {
      const place = { ...lane.begin, position: lane.standing ?? lane.begin.position };
      return same === undefined ? place : { ...place, same, last: undefined };
    }
    if (same !== undefined) return undefined;
    return lane.begin ?? (lane.failed && lane.first === undefined ? missedFrom(resume) : undefined);
  }

  const streams = new Map(resume?.streams);
  for (const lane of opened.lanes) {
    const place = placeOf(lane);
    streams.delete(wholeSourceName(lane.input.source));
    if (place === undefined) streams.delete(lane.name);
    else streams.set(lane.name, place);
  }
  for (const name of opened.lost) if (!streams.has(name)) streams.set(name, missedFrom(resume));
  return { boundary, streams, isThin: resume?.isThin === true };
}

/**
 * One page over many ordered streams: always the first of all heads. A stream that fails is left where it
 * stands and named; the others go on. A stream that is not in the order it claims is given whole, in its own.
 */
export async function mergeStreams<T>(options: MergeOptions<T>): Promise<MergedPage<T>> {
  const errors: SourceError[] = [];
  const opened = await open(options, errors);
  const { lanes, lost } = opened;
  await Promise.all(lanes.map((lane) => fill(lane, errors)));
  const given: Taken<T>[] = [];
  const drifted = new Set<Vendor>();
  while (given.length < options.first) {
    const lane = smallest(lanes, options.compare);
    if (lane === undefined) break;
    const taken = lane.take();
    if (taken.hasDrifted) drifted.add(lane.input.vendor);
    given.push(taken);
    if (lane.head === undefined && !lane.ended && given.length < options.first) await fill(lane, errors);
  }

  const onlyLane = lanes.length === 1 && lost.length === 0 ? lanes[0] : undefined;
  return {
    items: given.map(({ item }) => item),
    stateAfter: (index) => stateAfter(options, opened, given.slice(0, index + 1)),
    get endState() {
      return stateAfter(options, opened, given);
    },
    hasMore: lanes.some((lane) => !lane.failed && !lane.ended),
    sourceErrors: errors,
    total: onlyLane?.total ?? null,
    page: onlyLane?.page,
    drifted,
  };
}
