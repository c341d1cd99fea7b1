import type { IdKind, ResourceKey } from '../../domain/identity.ts';
import type { SourceCosts, SourceSlot } from '../../sources/source.ts';

/** Kinds whose things are held by the operation once it has read them: reading one again costs nothing. */
export type OwnerKind = 'DATASET' | 'PROMPT';

/** Where a field stands: what is known of the things that it is asked of, before anything is read. */
export interface Asked<Args> {
  /** As graphql-js coerces them, defaults and variables included. */
  readonly args: Args;
  /** Every vendor of the operation. */
  readonly slots: readonly SourceSlot[];
  /** The one that the things live at; undefined at the root. */
  readonly at: SourceSlot | undefined;
  /** How many things are asked for it at the same time. */
  readonly rows: number;
  /** How many rows the page has that the field is of, or the list that a mutation wrote. */
  readonly page: number;
  /** Kinds of which one was read above: what the things are of is that one. */
  readonly owners: ReadonlySet<OwnerKind>;
  /** The things were read right above, by an operation that knew what it would look at. */
  readonly isJustRead: boolean;
  /** Whether one of the paths is selected that the cost names in `looksFor`. */
  readonly isLookedAt: boolean;
}

/** What a field gives: where it lives and how much there is of it. */
export interface Below {
  readonly at: SourceSlot;
  /** What the things are, where that is known. */
  readonly kind?: IdKind | undefined;
  /** Default: 1. */
  readonly rows?: number | undefined;
  /** How many rows a page below has. Default: 0. */
  readonly page?: number | undefined;
  /** All rows are of one dataset, or of one prompt. Default: false. */
  readonly haveOneOwner?: boolean | undefined;
  /** See {@link Asked.isJustRead}. Default: false. */
  readonly isJustRead?: boolean | undefined;
}

export interface Weight {
  /** Calls at worst. */
  readonly calls: number;
  /** All of these. Default: for each thing one at the same vendor, or none where the field is a root. */
  readonly all?: readonly Below[] | undefined;
  /** As many rows as each of these has in all, in any mixture of them. */
  readonly mixed?: readonly Below[] | undefined;
  /** One of these. */
  readonly oneOf?: readonly Below[] | undefined;
}

/**
 * What a field costs:
 * - `each`: calls for each thing that it is asked of. What is below comes at a time of its own.
 * - `together`: calls for all things at once, of one owner only once.
 * - `rows`: none, and so many rows for each thing.
 * - `free`: none, said where one would look for some.
 */
export type FieldCost<Args = never> =
  | {
      readonly per: 'each' | 'together';
      readonly weigh: (asked: Asked<Args>) => Weight;
      /** Paths below the field, any of which makes it read more. */
      readonly looksFor?: readonly (readonly string[])[] | undefined;
      /** What several fields of a thing read alike: it costs once. */
      readonly shares?: string | undefined;
    }
  | { readonly per: 'rows'; readonly rows: (asked: Asked<Args>) => number }
  | { readonly per: 'free' };

export const free: FieldCost = { per: 'free' };

/** The rows of the page that the field is of, which are as they were read. */
export const rowsOfPage: FieldCost = { per: 'rows', rows: ({ page }) => page };

/** What an edge is about: as it was read. */
export const oneOfRow: FieldCost = { per: 'rows', rows: () => 1 };

/** A field of a thing that costs so many calls each. */
export function each<Args>(
  callsOf: (costs: SourceCosts, asked: Asked<Args>) => number,
  looksFor?: readonly (readonly string[])[],
): FieldCost<Args> {
  return {
    per: 'each',
    looksFor,
    weigh: (asked) => ({ calls: asked.at === undefined ? 0 : callsOf(asked.at.costs(), asked) }),
  };
}

/** A field of things that are asked together. */
export function together<Args>(callsOf: (costs: SourceCosts, asked: Asked<Args>) => number): FieldCost<Args> {
  return {
    per: 'together',
    weigh: (asked) => ({ calls: asked.at === undefined ? 0 : callsOf(asked.at.costs(), asked) }),
  };
}

/** The slot that a key belongs to, where there are credentials for it. */
export function slotOfKey(slots: readonly SourceSlot[], key: ResourceKey): SourceSlot | undefined {
  return slots.find(({ key: source, source: connected }) => {
    return source === key.address.source && connected !== undefined;
  });
}

export function connectedSlots(slots: readonly SourceSlot[]): readonly SourceSlot[] {
  return slots.filter(({ source }) => source !== undefined);
}
