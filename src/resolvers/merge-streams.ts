import { SourceError } from '../domain/errors.ts';
import type { PageNumbers } from '../domain/project.ts';
import type { Vendor } from '../domain/vendor.ts';
import type { ListStream } from '../sources/source.ts';
import { Lane, type Taken } from './merge-lane.ts';
import { type MergeOptions, type MergeState, type StreamPlace, wholeSourceName } from './merge-state.ts';

export type { MergeInput, MergeOptions, MergeState, OrderKey, StreamPlace } from './merge-state.ts';

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
    total: lanes.length === 0 && lost.length === 0 ? 0 : (onlyLane?.total ?? null),
    page: onlyLane?.page,
    drifted,
  };
}
