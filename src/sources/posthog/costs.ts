import { assumed, pagesOf, type SourceCosts } from '../costs.ts';
import { itemsALaterPage, maximumIdsARequest, maximumIdsARequestLater, maximumListBytes } from './limits.ts';
import { searchOf } from './listing.ts';
import { traceQueriesOf } from './trace-queries.ts';

/** Datasets by id, with what a request that is refused or cut by a later server costs more. */
function datasetsById(count: number): number {
  const chunks = Math.floor(count / maximumIdsARequest);
  const rest = count % maximumIdsARequest;
  const whole = 1 + maximumIdsARequest / maximumIdsARequestLater;
  return chunks * whole + (rest > maximumIdsARequestLater ? whole : Math.min(rest, 1));
}

/** Pages of a later server are small. A later page begins with the row that the one before ended with. */
function itemsPage({ first, isLater }: { readonly first: number; readonly isLater: boolean }): number {
  return pagesOf(first + Number(isLater), itemsALaterPage);
}

const byAnyId: SourceCosts['byAnyId'] = (kind, count) => {
  switch (kind) {
    case 'DATASET':
      return datasetsById(count);
    case 'DATASET_ITEM':
    case 'PROMPT':
    case 'PROMPT_VERSION':
    case 'TRACE_REVIEW':
      return count;
    case 'SCORE_DEFINITION':
      // One list, and what it does not show (archived ones, on later servers) one by one.
      return count <= 1 ? count : 1 + count;
    case 'DATASET_VERSION':
    case 'PROJECT':
    case 'MODEL_LAB_PROJECT':
      return 0;
  }
};

export const postHogCosts: SourceCosts = {
  probe: 1,
  byAnyId,
  byId: (kind, keys) => byAnyId(kind, keys.length),
  resolve: () => 0,
  datasets: ({ projects }) => (projects === undefined ? 1 : 0),
  allItems: itemsPage,
  prompts: () => 1,
  projects: () => 0,
  modelLab: () => 0,
  reviews: ({ traceIds, definitionIds, search }) => {
    if (traceIds === undefined) return 1;
    // As `review-lists.ts` counts them: an id in the API is longer than the vendor's, which it holds.
    const taken = encodeURIComponent(
      (definitionIds?.join(',') ?? '') + (searchOf(search) ?? '').toWellFormed(),
    ).length;
    return traceQueriesOf(traceIds, maximumListBytes - taken).length;
  },
  scoreDefinitions: ({ first, isKnownKind }) =>
    // Both lists, where a server shows archived ones apart; kinds that it does not know are picked out of all.
    3 + (isKnownKind ? 0 : pagesOf(assumed.scoreDefinitions, first)),
  items: itemsPage,
  datasetVersions: () => 0,
  draftLock: 0,
  currentVersion: 0,
  latestVersion: 0,
  version: 0,
  environments: 0,
  lastUsedAt: 0,
  isCurrent: 0,
  wholeVersion: pagesOf(assumed.items, itemsALaterPage),
  addedItems: ({ byId, newest }) => byId + (newest === 0 ? 0 : pagesOf(newest, itemsALaterPage)),
  promptVersions: ({ first, isLater, content }) => 1 + (content ? first + Number(isLater) : 0),
  // A prompt's own row is its newest version, with what is selected of it.
  latestPromptVersion: ({ content, isJustRead }) => (content && !isJustRead ? 1 : 0),
  currentPromptVersion: ({ content, isJustRead }) => (content && !isJustRead ? 1 : 0),
  promptVersion: 1,
  isLatest: 1,
};
