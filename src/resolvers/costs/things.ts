import { InvalidInputError } from '../../domain/errors.ts';
import {
  isKind,
  parseId,
  type ResourceKey,
  type ResourceKind,
  resourceKinds,
} from '../../domain/identity.ts';
import type { SourceSlot } from '../../sources/source.ts';
import type { VendorRefInput } from '../nodes.ts';
import {
  type Below,
  connectedSlots,
  type FieldCost,
  type OwnerKind,
  slotOfKey,
  together,
  type Weight,
} from './weight.ts';

function keyOfId(id: string): ResourceKey<ResourceKind> | undefined {
  try {
    const key = parseId(id, []);
    const kind = resourceKinds.find((one) => isKind(key, one));
    return kind !== undefined && isKind(key, kind) ? key : undefined;
  } catch (error) {
    // What is no id is refused when it is executed, before anything is asked.
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

/** Things by ids that a caller gives. */
export function weighIds(
  slots: readonly SourceSlot[],
  ids: readonly string[],
  only?: ResourceKind | undefined,
): Weight {
  const groups = new Map<string, { at: SourceSlot; kind: ResourceKind; keys: ResourceKey[]; rows: number }>();
  const seen = new Set<string>();
  for (const id of ids) {
    const key = keyOfId(id);
    const at = key === undefined ? undefined : slotOfKey(slots, key);
    if (key === undefined || at === undefined) continue;
    const { kind } = key.address;
    if (only !== undefined && kind !== only) continue;
    const name = `${at.key} ${kind}`;
    let group = groups.get(name);
    if (group === undefined) {
      group = { at, kind, keys: [], rows: 0 };
      groups.set(name, group);
    }
    // What is named twice is the same thing: nothing of it is asked twice.
    if (seen.has(key.id)) continue;
    seen.add(key.id);
    group.keys.push(key);
    group.rows += 1;
  }
  let calls = 0;
  const all: Below[] = [];
  for (const { at, kind, keys, rows } of groups.values()) {
    calls += at.costs().byId(kind, keys);
    all.push({ at, kind, rows, isJustRead: true });
  }
  return { calls, all };
}

/** One thing by an argument `id`; of one kind, or of any. */
export function costOfId(kind?: ResourceKind): FieldCost<{ readonly id: string }> {
  return { per: 'each', weigh: ({ slots, args }) => weighIds(slots, [args.id], kind) };
}

export const costOfNodes: FieldCost<{ readonly ids: readonly string[] }> = {
  per: 'each',
  weigh: ({ slots, args }) => weighIds(slots, args.ids),
};

export const costOfResource: FieldCost<{ readonly ref: VendorRefInput }> = {
  per: 'each',
  weigh: ({ slots, args: { ref } }) => {
    const at = connectedSlots(slots).find(({ vendor }) => vendor === ref.vendor);
    if (at === undefined) return { calls: 0, all: [] };
    const costs = at.costs();
    const calls = costs.resolve(ref.kind, ref.parentVendorId ?? undefined) + costs.byAnyId(ref.kind, 1);
    return { calls, all: [{ at, kind: ref.kind, isJustRead: true }] };
  },
};

/** Each vendor once. */
export const costOfSources: FieldCost<unknown> = {
  per: 'each',
  weigh: ({ slots }) => ({ calls: 0, all: connectedSlots(slots).map((at) => ({ at })) }),
};

/** What several fields of a source find out by one probe. */
export const costOfProbe: FieldCost<unknown> = {
  per: 'each',
  shares: 'probe',
  weigh: ({ at }) => ({ calls: at === undefined ? 0 : at.costs().probe }),
};

/** The dataset or prompt that things are of: where it was read above, that is the one. */
export function costOfOwner(kind: OwnerKind): FieldCost<unknown> {
  return {
    per: 'together',
    weigh: ({ at, rows, owners }) => ({
      calls: at === undefined || owners.has(kind) ? 0 : at.costs().byAnyId(kind, rows),
    }),
  };
}

/** A thing that is read by an id which the vendor gives. */
export function costOfThing(kind: ResourceKind): FieldCost<unknown> {
  return {
    per: 'together',
    weigh: ({ at, rows }) => ({
      calls: at === undefined ? 0 : at.costs().byAnyId(kind, rows),
      all: at === undefined ? [] : [{ at, kind, rows, isJustRead: true }],
    }),
  };
}

/** What a mutation says was there already. */
export const costOfExisting: FieldCost<unknown> = {
  per: 'each',
  weigh: ({ at }) => {
    if (at === undefined) return { calls: 0, all: [] };
    const kinds = ['DATASET', 'PROMPT', 'TRACE_REVIEW'] as const;
    const calls = Math.max(...kinds.map((kind) => at.costs().byAnyId(kind, 1)));
    return { calls, oneOf: kinds.map((kind) => ({ at, kind, isJustRead: true })) };
  },
};

/** Something of an owner that any row of it tells: read once for all rows, with the owner where that is not there. */
export function costOfOwnerFact(kind: OwnerKind, fact: 'isCurrent' | 'isLatest'): FieldCost<unknown> {
  return together((costs, { rows, owners }) => {
    return rows * costs[fact] + (owners.has(kind) ? 0 : costs.byAnyId(kind, rows));
  });
}

/** The resources that a subscription follows: an event is of one of them. */
export function weighFollowed(slots: readonly SourceSlot[], ids: readonly string[]): Weight {
  const { all = [] } = weighIds(slots, ids);
  const places = new Set(all.map(({ at }) => at));
  return { calls: 0, oneOf: Array.from(places, (at) => ({ at })) };
}
