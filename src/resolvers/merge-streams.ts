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
  /** The last item given, over all streams. */
  readonly boundary: OrderKey | undefined;
  readonly streams: ReadonlyMap<string, StreamPlace>;
}

export type StreamPlace =
  | { readonly at: 'position'; readonly position: StreamPosition }
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

class Lane<T> {
  readonly name: string;
  readonly input: MergeInput<T>;
  readonly stream: ListStream<T>;
  /** Where it stood when this page began. */
  readonly begin: StreamPlace | undefined;
  failed = false;
  /** Where it has to go on when it failed before it gave anything. */
  missedFrom: StreamPlace | undefined;
  #page: StreamPage<T> | undefined;
  #index = 0;
  #last: OrderKey | undefined;
  head: { item: T; key: OrderKey } | undefined;
  place: StreamPlace | undefined;

  constructor(input: MergeInput<T>, stream: ListStream<T>, begin: StreamPlace | undefined) {
    this.input = input;
    this.stream = stream;
    this.name = streamName(input.source, stream.key);
    this.begin = begin;
    this.place = begin;
  }

  get ended(): boolean {
    return this.place?.at === 'end' || (this.head === undefined && this.#page?.done === true);
  }

  get total(): number | null {
    return this.#page?.total ?? null;
  }

  get page(): PageNumbers | undefined {
    return this.#page?.page;
  }

  /** Reads until there is a head or the end. Faults go to `faults`; throws when the vendor fails. */
  async fill(options: MergeOptions<T>, faults: SourceError[]): Promise<void> {
    const { keyOf, compare, first } = options;
    if (this.place?.at === 'end') return;
    let given = this.#page === undefined ? this.#givenBefore(options.resume) : undefined;
    while (this.head === undefined && this.#page?.done !== true) {
      const from = this.#page?.next ?? (this.begin?.at === 'position' ? this.begin.position : undefined);
      const page = await this.stream.fetch(from, first);
      faults.push(...page.faults);
      this.#page = page;
      this.#index = 0;
      while (given !== undefined) {
        const item = page.items[this.#index];
        if (item === undefined) break;
        if (compare(keyOf(item), given) > 0) given = undefined;
        else this.#index += 1;
      }
      this.#setHead(keyOf);
      if (this.head === undefined && !page.done && page.next === undefined) return;
    }
  }

  /** What comes up to here at its top was given, or made since: only the rows at the very top are passed over. */
  #givenBefore(resume: MergeState | undefined): OrderKey | undefined {
    if (this.begin === undefined) return resume?.boundary;
    return this.begin.at === 'after' ? this.begin.key : undefined;
  }

  /** Takes the head; tells whether it was out of the order that the stream claims. */
  take(options: MergeOptions<T>): { item: T; key: OrderKey; drifted: boolean } {
    const { head } = this;
    const page = this.#page;
    if (head === undefined || page === undefined)
      throw new RangeError('a lane without a head cannot give one');
    const drifted = this.#last !== undefined && options.compare(this.#last, head.key) > 0;
    this.#last = head.key;
    const isLast = this.#index === page.items.length - 1;
    this.place =
      isLast && page.done ? { at: 'end' } : { at: 'position', position: page.positionAfter(this.#index) };
    this.#index += 1;
    this.#setHead(options.keyOf);
    return { ...head, drifted };
  }

  #setHead(keyOf: (item: T) => OrderKey): void {
    const item = this.#page?.items[this.#index];
    this.head = item === undefined ? undefined : { item, key: keyOf(item) };
  }
}

interface Opened<T> {
  readonly lanes: readonly Lane<T>[];
  /** Sources whose streams could not be told. */
  readonly lost: readonly string[];
}

function placeOf(resume: MergeState | undefined, source: SourceKey, name: string): StreamPlace | undefined {
  return resume?.streams.get(name) ?? resume?.streams.get(wholeSourceName(source));
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
    for (const stream of streams) {
      const name = streamName(input.source, stream.key);
      lanes.push(new Lane(input, stream, placeOf(options.resume, input.source, name)));
    }
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

/**
 * One page over many ordered streams: always the first of all heads. A stream that fails is left where it
 * stands and named; the others go on. A stream that is not in the order it claims is given whole, in its own.
 */
export async function mergeStreams<T>(options: MergeOptions<T>): Promise<MergedPage<T>> {
  const errors: SourceError[] = [];
  const { lanes, lost } = await open(options, errors);

  async function fill(lane: Lane<T>): Promise<void> {
    try {
      await lane.fill(options, errors);
    } catch (error) {
      errors.push(asSourceError(error, lane.stream));
      lane.failed = true;
      if (lane.place === undefined) lane.missedFrom = missedFrom(options.resume);
    }
  }

  await Promise.all(lanes.map(fill));
  const items: T[] = [];
  const takenFrom: Lane<T>[] = [];
  const keys: OrderKey[] = [];
  const places: StreamPlace[] = [];
  const drifted = new Set<Vendor>();
  while (items.length < options.first) {
    const lane = smallest(lanes, options.compare);
    if (lane === undefined) break;
    const taken = lane.take(options);
    if (taken.drifted) drifted.add(lane.input.vendor);
    items.push(taken.item);
    keys.push(taken.key);
    takenFrom.push(lane);
    // `take` has just set it.
    if (lane.place !== undefined) places.push(lane.place);
    if (lane.head === undefined && !lane.ended && items.length < options.first) await fill(lane);
  }

  function stateUpTo(count: number): MergeState {
    const streams = new Map(options.resume?.streams ?? []);
    for (const lane of lanes) {
      const stood = lane.begin ?? lane.missedFrom;
      if (stood !== undefined) streams.set(lane.name, stood);
      streams.delete(wholeSourceName(lane.input.source));
    }
    for (const name of lost) if (!streams.has(name)) streams.set(name, missedFrom(options.resume));
    for (let index = 0; index < count; index += 1) {
      const lane = takenFrom[index];
      const place = places[index];
      if (lane !== undefined && place !== undefined) streams.set(lane.name, place);
    }
    return { boundary: keys[count - 1] ?? options.resume?.boundary, streams };
  }

  const onlyLane = lanes.length === 1 && lost.length === 0 ? lanes[0] : undefined;
  return {
    items,
    stateAfter: (index) => stateUpTo(index + 1),
    endState: stateUpTo(items.length),
    hasMore: lanes.some((lane) => !lane.failed && !lane.ended),
    sourceErrors: errors,
    total: onlyLane?.total ?? null,
    page: onlyLane?.page,
    drifted,
  };
}
