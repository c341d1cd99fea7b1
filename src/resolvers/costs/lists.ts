import type { ScoreDefinitionFilter } from '../../domain/review.ts';
import type { ListPage, SourceCosts, SourcePart, SourceSlot } from '../../sources/source.ts';
import { defaultPageSize, largestPageSize, type PageArguments } from '../connection.ts';
import type { DatasetFilterInput } from '../datasets.ts';
import type { ModelLabArguments } from '../projects.ts';
import type { PromptFilterInput } from '../prompts.ts';
import type { TraceReviewFilterInput } from '../trace-reviews.ts';
import { slotsInPlay } from '../vendor-call.ts';
import { weighIds } from './things.ts';
import { type Asked, connectedSlots, type FieldCost, type Weight } from './weight.ts';

const nothing: Weight = { calls: 0, all: [] };

/** Undefined for a size that is refused when it is executed, before anything is asked. */
function pageOf({ first, after }: PageArguments): ListPage | undefined {
  const size = first ?? defaultPageSize;
  if (size < 1 || size > largestPageSize) return undefined;
  return { first: size, isLater: after !== null && after !== undefined };
}

/** A list that is merged of those of several vendors. */
function weighMerged(
  slots: readonly SourceSlot[],
  page: ListPage,
  callsOf: (costs: SourceCosts, slot: SourceSlot) => number,
): Weight {
  const inPlay = connectedSlots(slots);
  const calls = inPlay.reduce((total, slot) => total + callsOf(slot.costs(), slot), 0);
  return { calls, mixed: inPlay.map((at) => ({ at, page: page.first, isJustRead: true })) };
}

/** A list of a vendor that has that part. */
function costOfList<Args extends PageArguments>(
  part: SourcePart,
  callsOf: (costs: SourceCosts, page: ListPage, args: Args) => number,
): FieldCost<Args> {
  return {
    per: 'each',
    weigh: ({ slots, args }) => {
      const page = pageOf(args);
      if (page === undefined) return nothing;
      return weighMerged(slotsInPlay({ slots }, part), page, (costs) => callsOf(costs, page, args));
    },
  };
}

type Filtered<Filter> = PageArguments & { readonly filter?: Filter | null | undefined };

export const costOfDatasets: FieldCost<Filtered<DatasetFilterInput>> = {
  per: 'each',
  weigh: ({ slots, args }) => {
    const page = pageOf(args);
    if (page === undefined) return nothing;
    const { vendors, projectIds } = args.filter ?? {};
    const inPlay = slotsInPlay({ slots }, 'datasets', vendors);
    if (projectIds === null || projectIds === undefined) {
      return weighMerged(inPlay, page, (costs) => costs.datasets(page));
    }
    const named = weighIds(inPlay, projectIds, 'PROJECT').all ?? [];
    return weighMerged(
      named.map(({ at }) => at),
      page,
      (costs, slot) => costs.datasets({ ...page, projects: named.find(({ at }) => at === slot)?.rows ?? 0 }),
    );
  },
};

export const costOfPrompts: FieldCost<Filtered<PromptFilterInput>> = {
  per: 'each',
  weigh: ({ slots, args }) => {
    const page = pageOf(args);
    if (page === undefined) return nothing;
    return weighMerged(slotsInPlay({ slots }, 'prompts', args.filter?.vendors), page, (costs) =>
      costs.prompts(page),
    );
  },
};

/** The rows of a page of one owner's list. */
function ofOneOwner(at: SourceSlot | undefined, page: ListPage): Weight['all'] {
  return at === undefined ? [] : [{ at, page: page.first, haveOneOwner: true }];
}

/** A list of the thing that it is asked of. */
export function costOfOwnList<Args extends PageArguments>(
  callsOf: (costs: SourceCosts, page: ListPage, asked: Asked<Args>) => number,
  looksFor?: readonly (readonly string[])[],
): FieldCost<Args> {
  return {
    per: 'each',
    looksFor,
    weigh: (asked) => {
      const page = pageOf(asked.args);
      if (page === undefined || asked.at === undefined) return nothing;
      return { calls: callsOf(asked.at.costs(), page, asked), all: ofOneOwner(asked.at, page) };
    },
  };
}

export const costOfItems = costOfOwnList((costs, page) => costs.items(page));
export const costOfDatasetVersions = costOfOwnList((costs, page) => costs.datasetVersions(page));

/** What a list of versions tells only together with the content. */
const toldWithContent = ['content', 'config', 'preview', 'outline', 'sizeBytes'];

export const costOfPromptVersions = costOfOwnList(
  (costs, page, { isLookedAt }) => costs.promptVersions({ ...page, content: isLookedAt }),
  toldWithContent.flatMap((name) => [
    ['nodes', name],
    ['edges', 'node', name],
  ]),
);

/** The datasets of a project are not of one dataset. */
export const costOfProjectDatasets: FieldCost<PageArguments> = {
  per: 'each',
  weigh: ({ args, at }) => {
    const page = pageOf(args);
    if (page === undefined || at === undefined) return nothing;
    return weighMerged([at], page, (costs) => costs.datasets({ ...page, projects: 1 }));
  },
};

export const costOfDatasetItems: FieldCost<Filtered<{ readonly datasetId?: string | null | undefined }>> = {
  per: 'each',
  weigh: ({ slots, args }) => {
    const page = pageOf(args);
    if (page === undefined) return nothing;
    const datasetId = args.filter?.datasetId;
    if (datasetId === null || datasetId === undefined) {
      return weighMerged(slotsInPlay({ slots }, 'allItems'), page, (costs) => costs.allItems(page));
    }
    const at = weighIds(slots, [datasetId], 'DATASET').all?.[0]?.at;
    return at === undefined ? nothing : { calls: at.costs().items(page), all: ofOneOwner(at, page) };
  },
};

export const costOfProjects = costOfList('projects', (costs, page) => costs.projects(page));

export const costOfModelLabProjects = costOfList<ModelLabArguments>('modelLab', (costs, page, args) =>
  costs.modelLab({ ...page, number: args.page ?? 1 }),
);

export const costOfTraceReviews = costOfList<Filtered<TraceReviewFilterInput>>(
  'reviews',
  (costs, page, { filter }) =>
    costs.reviews({
      ...page,
      traceIds: filter?.traceIds ?? undefined,
      definitionIds: filter?.definitionIds ?? undefined,
      search: filter?.search ?? undefined,
    }),
);

export const costOfScoreDefinitions = costOfList<
  Filtered<{ readonly [Name in keyof ScoreDefinitionFilter]?: ScoreDefinitionFilter[Name] | null }>
>('reviews', (costs, page, { filter }) =>
  costs.scoreDefinitions({ ...page, isKnownKind: filter?.kind !== 'OTHER' }),
);
