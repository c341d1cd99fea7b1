import type { GlobalId } from '../domain/identity.ts';
import type { SourceKey, Vendor } from '../domain/vendor.ts';
import type { ListStream, StreamPosition } from '../sources/source.ts';
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

/** The name of a stream in a state: short, since it stands in cursors. */
export function streamName(source: SourceKey, key: string): string {
  return printOf(`${source}/${key}`);
}

/** The name in a state of a source whose streams could not be told. */
export function wholeSourceName(source: SourceKey): string {
  return printOf(`${source}//`);
}
