import { GraphQLError, getArgumentValues } from 'graphql';
import { TooExpensiveError } from '../domain/errors.ts';
import type { IdKind } from '../domain/identity.ts';
import type { Asked, Below, OwnerKind, Weight } from '../resolvers/costs/weight.ts';
import { nodeTypeNames } from '../schema/interfaces.ts';
import type { SourceSlot } from '../sources/source.ts';
import type { PlannedField, PlannedSelection, Variables } from './operation-plan.ts';

/** Things that a selection is asked of at the same time. */
interface Place extends Pick<Asked<never>, 'at' | 'rows' | 'page' | 'owners' | 'isJustRead'> {
  readonly haveOneOwner: boolean;
}

/** Calls: so many for each thing, and so many for all together. */
interface Sum {
  readonly each: number;
  readonly once: number;
}

interface PlaceSum extends Sum {
  /** What costs most of it. */
  readonly heaviest: (Sum & { readonly path: string }) | undefined;
}

const nothing: PlaceSum = { each: 0, once: 0, heaviest: undefined };

const ownerKinds: readonly OwnerKind[] = ['DATASET', 'PROMPT'];

/** Places that are weighed of one operation; far more than any within the other limits has. Ours. */
const mostPlaces = 10_000;

function totalOf({ each, once }: Sum, rows: number): number {
  return each * rows + once;
}

/** As calls of its own for each thing, so many of them. */
function perThing(sum: PlaceSum, rows: number): PlaceSum {
  const { heaviest } = sum;
  return {
    each: totalOf(sum, rows),
    once: 0,
    heaviest: heaviest && { path: heaviest.path, each: totalOf(heaviest, rows), once: 0 },
  };
}

/** Times as many for each thing; what is asked together is so already. */
function multiplied(sum: PlaceSum, factor: number): PlaceSum {
  const { heaviest } = sum;
  return {
    each: sum.each * factor,
    once: sum.once,
    heaviest: heaviest && { ...heaviest, each: heaviest.each * factor },
  };
}

/** As calls for all things at once. */
function atOnce(sum: PlaceSum, rows: number): PlaceSum {
  const { heaviest } = sum;
  return {
    each: 0,
    once: totalOf(sum, rows),
    heaviest: heaviest && { path: heaviest.path, each: 0, once: totalOf(heaviest, rows) },
  };
}

/** The greatest of several, by so many things; its parts are those of a mixture of all. */
function mixtureOf(sums: readonly PlaceSum[]): PlaceSum {
  let mixture = nothing;
  for (const sum of sums) {
    const isHeavier = (sum.heaviest?.each ?? 0) > (mixture.heaviest?.each ?? -1);
    mixture = {
      each: Math.max(mixture.each, sum.each),
      once: mixture.once + sum.once,
      heaviest: isHeavier ? sum.heaviest : (mixture.heaviest ?? sum.heaviest),
    };
  }
  return mixture;
}

/** Weighs the plan of one operation with the values of its variables. */
export class Weigher {
  readonly #slots: readonly SourceSlot[];
  readonly #variables: Variables;
  readonly #known = new Map<string, PlaceSum>();

  constructor(slots: readonly SourceSlot[], variables: Variables) {
    this.#slots = slots;
    this.#variables = variables;
  }

  weigh(plan: PlannedSelection) {
    const root = {
      at: undefined,
      rows: 1,
      page: 0,
      owners: new Set<OwnerKind>(),
      isJustRead: false,
      haveOneOwner: false,
    };
    const sum = this.#selection(plan, root);
    const { heaviest } = sum;
    return {
      estimate: totalOf(sum, 1),
      heaviest: heaviest && { path: heaviest.path, calls: totalOf(heaviest, 1) },
    };
  }

  #selection(selection: PlannedSelection, place: Place): PlaceSum {
    const { at, rows, page, owners, isJustRead, haveOneOwner } = place;
    const key = [selection.id, at?.key, rows, page, [...owners], isJustRead, haveOneOwner].join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= mostPlaces) {
      throw new TooExpensiveError(
        `This operation has more than the ${mostPlaces} places whose cost is counted. Ask for less at a time.`,
        mostPlaces,
      );
    }
    const owner = ownerKinds.find((kind) => nodeTypeNames[kind] === selection.typeName);
    const inside = owner === undefined ? place : { ...place, owners: new Set([...owners, owner]) };
    let sum = nothing;
    const shared = new Set<string>();
    for (const field of selection.fields) {
      const share = field.cost !== undefined && 'shares' in field.cost ? field.cost.shares : undefined;
      if (share !== undefined) {
        if (shared.has(share)) continue;
        shared.add(share);
      }
      const part = this.#field(field, inside);
      const isHeavier =
        part.heaviest !== undefined && totalOf(part.heaviest, rows) > totalOf(sum.heaviest ?? nothing, rows);
      sum = {
        each: sum.each + part.each,
        once: sum.once + part.once,
        heaviest: isHeavier ? part.heaviest : sum.heaviest,
      };
    }
    this.#known.set(key, sum);
    return sum;
  }

  #field(planned: PlannedField, place: Place): PlaceSum {
    const { cost } = planned;
    if (cost === undefined || cost.per === 'free') {
      return this.#below(planned, { ...place, page: 0, isJustRead: false }, undefined);
    }
    const args = this.#argumentsOf(planned);
    // It is refused when it is executed, before anything is asked.
    if (args === undefined) return nothing;
    const { at, page, owners, isJustRead, haveOneOwner } = place;
    const rows = cost.per === 'together' && haveOneOwner ? 1 : place.rows;
    const asked: Asked<never> = {
      // What graphql-js coerces is what the field declares, and `costs` takes.
      args: args as never,
      slots: this.#slots,
      at,
      rows,
      page,
      owners,
      isJustRead,
      isLookedAt: planned.isLookedAt,
    };
    if (cost.per === 'rows') {
      const factor = cost.rows(asked);
      const below = this.#below(planned, { ...place, rows: rows * factor, page: 0 }, undefined);
      return multiplied(below, factor);
    }
    const weight = cost.weigh(asked);
    if (cost.per === 'each') {
      return this.#with(planned, this.#given(planned, weight, place), { each: weight.calls, once: 0 }, 1);
    }
    const [{ kind = undefined, isJustRead: isRead = false } = {}] = weight.all ?? [];
    const inner = { ...place, rows, page: 0, isJustRead: isRead, haveOneOwner: false };
    const below = this.#below(planned, inner, kind);
    const shared = haveOneOwner ? atOnce(below, rows) : below;
    return this.#with(planned, shared, { each: 0, once: weight.calls }, place.rows);
  }

  /** What is below, and the calls of the field itself. */
  #with({ field }: PlannedField, below: PlaceSum, own: Sum, rows: number): PlaceSum {
    const isOwn = totalOf(own, rows) >= totalOf(below.heaviest ?? nothing, rows);
    return {
      each: below.each + own.each,
      once: below.once + own.once,
      heaviest: isOwn ? { path: field.name, ...own } : below.heaviest,
    };
  }

  /** What a field gives that comes at a time of its own, for each thing that it is asked of. */
  #given(planned: PlannedField, weight: Weight, { at, owners }: Place): PlaceSum {
    const weigh = (below: Below): PlaceSum => {
      const { rows = 1, page = 0, haveOneOwner = false, isJustRead = false } = below;
      const place = { at: below.at, rows, page, owners, haveOneOwner, isJustRead };
      return this.#below(planned, place, below.kind);
    };
    if (weight.mixed !== undefined) return perThing(mixtureOf(weight.mixed.map(weigh)), 1);
    if (weight.oneOf !== undefined) {
      return mixtureOf(weight.oneOf.map((below) => perThing(weigh(below), 1)));
    }
    let sum = nothing;
    for (const below of weight.all ?? (at === undefined ? [] : [{ at, rows: 1 }])) {
      const part = perThing(weigh(below), below.rows ?? 1);
      const isHeavier = (part.heaviest?.each ?? 0) > (sum.heaviest?.each ?? 0);
      sum = { each: sum.each + part.each, once: 0, heaviest: isHeavier ? part.heaviest : sum.heaviest };
    }
    return sum;
  }

  /** What is selected of what a field gives: of the type that it is, or of any that it may be. */
  #below({ field, below }: PlannedField, place: Place, kind: IdKind | undefined): PlaceSum {
    const selections = Array.from(below).filter(([type]) => {
      return kind === undefined || type === nodeTypeNames[kind];
    });
    const sum = mixtureOf(selections.map(([, selection]) => this.#selection(selection, place)));
    const { heaviest } = sum;
    return { ...sum, heaviest: heaviest && { ...heaviest, path: `${field.name}.${heaviest.path}` } };
  }

  /** Undefined where they do not fit. */
  #argumentsOf({ field, node }: PlannedField): Variables | undefined {
    try {
      return getArgumentValues(field, node, this.#variables);
    } catch (error) {
      if (error instanceof GraphQLError) return undefined;
      throw error;
    }
  }
}
