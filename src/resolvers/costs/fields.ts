import type { SourceSlot } from '../../sources/source.ts';
import type { DatasetVersionInput } from '../diffs/dataset-diff.ts';
import type { PromptVersionInput } from '../diffs/prompt-diff.ts';
import { fewItems, newestRows } from '../writes/items.ts';
import { costOfOwnList } from './lists.ts';
import { weighFollowed, weighIds } from './things.ts';
import { connectedSlots, each, type FieldCost, together, type Weight } from './weight.ts';

/** Environments of one dataset that are assumed. Ours. */
const assumedEnvironments = 10;

export const costOfDraftLock = each(({ draftLock }) => draftLock);
export const costOfCurrentVersion = each(({ currentVersion }) => currentVersion);
export const costOfLatestVersion = each(({ latestVersion }) => latestVersion);
export const costOfVersion = each(({ version }) => version);
export const costOfLastUsedAt = together(({ lastUsedAt }, { rows }) => rows * lastUsedAt);

/** The projects of datasets are asked for together. */
export const costOfProject = together((costs, { rows }) => costs.byAnyId('PROJECT', rows));

/** As many as are assumed, each with its version, which comes along. */
export const costOfEnvironments: FieldCost<unknown> = {
  per: 'each',
  weigh: ({ at }) => ({
    calls: at === undefined ? 0 : at.costs().environments,
    all: at === undefined ? [] : [{ at, rows: assumedEnvironments, haveOneOwner: true }],
  }),
};

const contents = [['content'], ['config']];

export const costOfLatestPromptVersion = each(
  (costs, { isLookedAt: content, isJustRead }) => costs.latestPromptVersion({ content, isJustRead }),
  contents,
);
export const costOfCurrentPromptVersion = each(
  (costs, { isLookedAt: content, isJustRead }) => costs.currentPromptVersion({ content, isJustRead }),
  contents,
);
export const costOfPromptVersion = each(({ promptVersion }) => promptVersion);

type Sides<Input> = { readonly base: Input; readonly head: Input };

/** Both versions of a diff, each at its vendor. */
function weighSides(
  sides: readonly { readonly at: SourceSlot | undefined; readonly callsOf: (at: SourceSlot) => number }[],
): Weight {
  const known = sides.flatMap(({ at, callsOf }) => (at === undefined ? [] : [{ at, calls: callsOf(at) }]));
  const places = new Set(known.map(({ at }) => at));
  return {
    calls: known.reduce((total, { calls }) => total + calls, 0),
    all: Array.from(places, (at) => ({ at, haveOneOwner: true })),
  };
}

export const costOfDatasetDiff: FieldCost<Sides<DatasetVersionInput>> = {
  per: 'each',
  weigh: ({ slots, args: { base, head } }) =>
    weighSides(
      [base, head].map(({ datasetId, versionRef }) => ({
        at: weighIds(slots, [datasetId], 'DATASET').all?.[0]?.at,
        callsOf: (at) => {
          const costs = at.costs();
          const toFind = costs.byAnyId('DATASET', 1) + costs.currentVersion + costs.latestVersion;
          return costs.wholeVersion + (versionRef === null || versionRef === undefined ? toFind : 0);
        },
      })),
    ),
};

export const costOfPromptDiff: FieldCost<Sides<PromptVersionInput>> = {
  per: 'each',
  weigh: ({ slots, args: { base, head } }) =>
    weighSides(
      [base, head].map(({ promptId, versionRef }) => ({
        at: weighIds(slots, [promptId], 'PROMPT').all?.[0]?.at,
        callsOf: (at) => {
          const costs = at.costs();
          if (versionRef !== null && versionRef !== undefined) return costs.promptVersion;
          const parts = { content: true, isJustRead: true };
          return (
            costs.byAnyId('PROMPT', 1) + costs.currentPromptVersion(parts) + costs.latestPromptVersion(parts)
          );
        },
      })),
    ),
};

/** The rows of a diff are there once both versions have been read. */
export const costOfEntries = costOfOwnList(() => 0);

/**
 * What a mutation reads and writes itself is not weighed: it depends on what is there, such as the size of the
 * dataset that is edited, and has limits of its own. What its answer selects is.
 */
export const costOfMutation: FieldCost<{ readonly input: object }> = {
  per: 'each',
  weigh: ({ slots, args: { input } }) => {
    const added = 'add' in input && Array.isArray(input.add) ? input.add.length : 0;
    return { calls: 0, oneOf: connectedSlots(slots).map((at) => ({ at, page: added })) };
  },
};

/** The items that a mutation has just added. */
export const costOfAddedItems: FieldCost<unknown> = {
  per: 'each',
  weigh: ({ at, page: added }) => {
    if (at === undefined || added === 0) return { calls: 0, all: [] };
    const byId = Math.min(added, fewItems);
    const newest = added > fewItems ? added + 2 * newestRows : 0;
    return {
      calls: at.costs().addedItems({ byId, newest }),
      all: [{ at, rows: added, haveOneOwner: true }],
    };
  },
};

/** A subscription: an event is of one of the resources that it follows. */
export function costOfEvents<Name extends string>(
  argument: Name,
): FieldCost<Readonly<Record<Name, readonly string[]>>> {
  return { per: 'each', weigh: ({ slots, args }) => weighFollowed(slots, args[argument]) };
}
