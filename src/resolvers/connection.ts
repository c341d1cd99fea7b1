import type { Context } from '../context.ts';
import { InvalidInputError, type SourceError } from '../domain/errors.ts';
import type { PageNumbers } from '../domain/project.ts';
import { refusalOf } from '../loaders/align-by-key.ts';
import type { ListStream, Source, SourceSlot } from '../sources/source.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { type MergedPage, type MergeInput, mergeStreams, type OrderKey } from './merge-streams.ts';

export const defaultPageSize = 25;
export const largestPageSize = 100;

/** The paging arguments of every connection. */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

export interface Edge<T> {
  readonly node: T;
  /** Made only when it is asked for. */
  readonly cursor: () => string;
}

/** A part of a list that is missing, as data. */
export type MissingPart = Pick<
  SourceError,
  | 'vendor'
  | 'code'
  | 'message'
  | 'resource'
  | 'retryAfterSeconds'
  | 'vendorRequestId'
  | 'httpStatus'
  | 'vendorErrors'
>;

export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
  readonly sourceErrors: readonly MissingPart[];
  readonly totalCount: number | null;
  readonly page: PageNumbers | null;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: () => string | null;
  readonly endCursor: () => string | null;
}

/** 1 to 100, 25 when it is left out; anything else is refused. */
export function readPageSize(first: number | null | undefined): number {
  if (first === null || first === undefined) return defaultPageSize;
  if (first >= 1 && first <= largestPageSize) return first;
  throw new InvalidInputError(`\`first\` must be from 1 to ${largestPageSize}, and ${first} was given.`, [
    { path: ['first'], message: `must be from 1 to ${largestPageSize}`, code: 'OUT_OF_RANGE' },
  ]);
}

export interface ListOptions<T> {
  /** Names the list with its filter and order: a cursor is good for the same one only. */
  readonly list: readonly unknown[];
  readonly page: PageArguments;
  readonly inputs: readonly MergeInput<T>[];
  readonly keyOf: (item: T) => OrderKey;
  readonly compare: (a: OrderKey, b: OrderKey) => number;
}

/** The order in which a single list comes, which is its vendor's. */
const asItComes = {
  keyOf: (): OrderKey => unordered,
  compare: (): number => 0,
};
// The empty id is nobody's; it stands where an order has no use for one.
const unordered = { sort: '', id: '' } as OrderKey;

/** Reads one page of a merged list. */
export async function readConnection<T>(context: Context, options: ListOptions<T>): Promise<Connection<T>> {
  const first = readPageSize(options.page.first);
  const list = JSON.stringify(options.list);
  const { after } = options.page;
  const merged = await mergeStreams({
    inputs: options.inputs,
    first,
    keyOf: options.keyOf,
    compare: options.compare,
    resume: after === null || after === undefined ? undefined : decodeCursor(list, after),
  });
  for (const vendor of merged.drifted) context.onDrift(vendor);
  return connectionOf(list, merged, after !== null && after !== undefined);
}

/** Reads one page of a single vendor's list, in the vendor's own order. Throws when the vendor fails. */
export async function readSingleConnection<T>(
  context: Context,
  options: {
    readonly list: readonly unknown[];
    readonly page: PageArguments;
    readonly slot: SourceSlot;
    readonly stream: ListStream<T>;
  },
): Promise<Connection<T>> {
  const { slot, stream } = options;
  let failure: unknown;
  const watched: ListStream<T> = {
    ...stream,
    fetch: (from, limit) =>
      stream.fetch(from, limit).catch((error: unknown) => {
        failure = error;
        throw error;
      }),
  };
  const connection = await readConnection(context, {
    list: options.list,
    page: options.page,
    inputs: [{ source: slot.key, vendor: slot.vendor, open: async () => [watched] }],
    ...asItComes,
  });
  if (failure !== undefined) throw failure;
  return connection;
}

/** Never the error itself: executors throw an Error that they find among data. */
function missingPartOf(error: SourceError): MissingPart {
  const { vendor, code, message, resource, retryAfterSeconds, vendorRequestId, httpStatus, vendorErrors } =
    error;
  return { vendor, code, message, resource, retryAfterSeconds, vendorRequestId, httpStatus, vendorErrors };
}

function connectionOf<T>(list: string, merged: MergedPage<T>, isLaterPage: boolean): Connection<T> {
  const cursorAt = (index: number): string => encodeCursor(list, merged.stateAfter(index));
  const count = merged.items.length;
  const failed = merged.sourceErrors.length > 0;
  return {
    get edges() {
      return merged.items.map((node, index) => ({ node, cursor: () => cursorAt(index) }));
    },
    nodes: merged.items,
    pageInfo: {
      hasNextPage: merged.hasMore,
      hasPreviousPage: isLaterPage,
      startCursor: () => (count === 0 ? null : cursorAt(0)),
      // A page that is empty because a vendor failed still says where to go on.
      endCursor: () => (count === 0 && !failed ? null : encodeCursor(list, merged.endState)),
    },
    sourceErrors: merged.sourceErrors.map(missingPartOf),
    totalCount: merged.total,
    page: merged.page ?? null,
  };
}

/** One merge input for each slot: what the vendor lacks gives nothing, one without credentials says so. */
export function mergeInputs<T>(
  slots: readonly SourceSlot[],
  open: (source: Source, slot: SourceSlot) => Promise<readonly ListStream<T>[]>,
): readonly MergeInput<T>[] {
  return slots.map((slot) => ({
    source: slot.key,
    vendor: slot.vendor,
    open: () => (slot.source === undefined ? Promise.reject(refusalOf(slot)) : open(slot.source, slot)),
  }));
}
