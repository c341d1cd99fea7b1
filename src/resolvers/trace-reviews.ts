import type { Context } from '../context.ts';
import { SourceError } from '../domain/errors.ts';
import { parseIdOf } from '../domain/identity.ts';
import type {
  ScoreDefinition,
  ScoreDefinitionFilter,
  TraceReview,
  TraceReviewOrder,
} from '../domain/review.ts';
import type { ListStream, SourceSlot } from '../sources/source.ts';
import { type Connection, mergeInputs, type PageArguments, readConnection } from './connection.ts';
import { comparing } from './datasets.ts';
import { found, readSearch, slotsInPlay } from './vendor-call.ts';

export interface TraceReviewFilterInput {
  readonly traceIds?: readonly string[] | null | undefined;
  readonly definitionIds?: readonly string[] | null | undefined;
  readonly search?: string | null | undefined;
}

const lastChangedFirst: TraceReviewOrder = { field: 'UPDATED_AT', direction: 'DESC' };

function sortText(review: TraceReview, order: TraceReviewOrder): string {
  return (order.field === 'CREATED_AT' ? review.createdAt : review.updatedAt) ?? '';
}

function reviewSlots(context: Context): readonly SourceSlot[] {
  return slotsInPlay(context, 'reviews');
}

/** Where the reviews after a position begin: after its review or, when that was deleted, where it stood. */
function placeIn(reviews: readonly TraceReview[], position: string): number {
  const [count, vendorId] = position.split('~');
  const found = reviews.findIndex((review) => review.vendorId === vendorId);
  return found >= 0 ? found + 1 : Math.max(0, (Number.parseInt(count ?? '', 10) || 0) - 1);
}

/**
 * The reviews of given traces. A trace has at most one, so the traces of all fields of an operation are asked
 * together.
 */
function traceStream(
  context: Context,
  slot: SourceSlot,
  traceIds: readonly string[],
  order: TraceReviewOrder,
): ListStream<TraceReview> {
  return {
    key: '',
    fetch: async (from, limit) => {
      const distinct = [...new Set(traceIds)];
      // What fails for one trace (a row that cannot be read) costs the others nothing.
      const failures = new Set<SourceError>();
      const read = await Promise.all(
        distinct.map(async (id) => {
          try {
            return await context.loaders.reviewByTrace(slot.key, id);
          } catch (error) {
            if (!(error instanceof SourceError)) throw error;
            failures.add(error);
            return null;
          }
        }),
      );
      const compare = comparing(order);
      const reviews = read
        .filter((review) => review !== null)
        .sort((a, b) =>
          compare({ sort: sortText(a, order), id: a.id }, { sort: sortText(b, order), id: b.id }),
        );
      const [failure] = failures;
      if (failure !== undefined && reviews.length === 0) throw failure;
      const begin = from === undefined ? 0 : placeIn(reviews, from);
      const items = reviews.slice(begin, begin + limit);
      const positionAfter = (index: number) => `${begin + index + 1}~${items[index]?.vendorId ?? ''}`;
      return {
        items,
        positionAfter,
        done: begin + limit >= reviews.length,
        next: items.length === 0 ? undefined : positionAfter(items.length - 1),
        faults: [...failures],
        total: failures.size === 0 ? reviews.length : null,
      };
    },
  };
}

export async function listTraceReviews(
  context: Context,
  args: PageArguments & {
    readonly filter?: TraceReviewFilterInput | null | undefined;
    readonly orderBy?: TraceReviewOrder | null | undefined;
  },
): Promise<Connection<TraceReview>> {
  const filter = args.filter ?? {};
  const order = args.orderBy ?? lastChangedFirst;
  const traceIds = filter.traceIds ?? undefined;
  const search = readSearch(filter.search, ['filter', 'search']);
  const definitions = filter.definitionIds?.map((id, index) =>
    parseIdOf('SCORE_DEFINITION', id, ['filter', 'definitionIds', String(index)]),
  );
  // A filter by nothing finds nothing; at the vendor an empty list would switch the filter off.
  const none = traceIds?.length === 0 || definitions?.length === 0;
  const byTraceOnly = traceIds !== undefined && search === undefined && definitions === undefined;
  const slots = none ? [] : reviewSlots(context);
  const connection = await readConnection(context, {
    list: [
      'traceReviews',
      traceIds ?? null,
      filter.definitionIds ?? null,
      search ?? null,
      order.field,
      order.direction,
    ],
    page: args,
    inputs: mergeInputs(slots, async (source, slot) => {
      if (byTraceOnly) return [traceStream(context, slot, traceIds, order)];
      const own = definitions?.filter((definition) => definition.address.source === source.key);
      if (source.reviews === undefined || own?.length === 0) return [];
      return [source.reviews.listReviews({ traceIds, definitions: own, search }, order)];
    }),
    keyOf: (review) => ({ sort: sortText(review, order), id: review.id }),
    compare: comparing(order),
  });
  for (const review of connection.nodes) context.loaders.traceReview.prime(review, review);
  return connection;
}

export async function getTraceReview(context: Context, id: string): Promise<TraceReview> {
  const key = parseIdOf('TRACE_REVIEW', id, ['id']);
  return found(await context.loaders.traceReview.load(key), key);
}

/** What reviews are scored by, by name. */
export async function listScoreDefinitions(
  context: Context,
  args: PageArguments & {
    readonly filter?:
      | { [Name in keyof ScoreDefinitionFilter]?: ScoreDefinitionFilter[Name] | null }
      | null
      | undefined;
  },
): Promise<Connection<ScoreDefinition>> {
  const filter: ScoreDefinitionFilter = {
    search: readSearch(args.filter?.search, ['filter', 'search']),
    kind: args.filter?.kind ?? undefined,
    archived: args.filter?.archived ?? undefined,
  };
  const connection = await readConnection(context, {
    list: ['scoreDefinitions', filter.search ?? null, filter.kind ?? null, filter.archived ?? null],
    page: args,
    inputs: mergeInputs(reviewSlots(context), async (source) =>
      source.reviews === undefined ? [] : [source.reviews.listScoreDefinitions(filter)],
    ),
    // One vendor has them: its own order (by name, in its own collation) is the list's.
    keyOf: (definition) => ({ sort: '', id: definition.id }),
    compare: () => 0,
  });
  for (const definition of connection.nodes) context.loaders.scoreDefinition.prime(definition, definition);
  return connection;
}
