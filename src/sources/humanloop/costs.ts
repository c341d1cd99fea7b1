import { assumed, groupsOf, pagesOf, type SourceCosts } from '../costs.ts';
import { limits } from './limits.ts';

const wholeVersion = pagesOf(assumed.items, limits.datapointsPage);

const byAnyId: SourceCosts['byAnyId'] = (kind, count) => {
  switch (kind) {
    case 'DATASET':
    case 'PROMPT':
      // One of which nothing is deployed is looked for in its versions too.
      return 2 * count;
    case 'DATASET_VERSION':
    case 'PROMPT_VERSION':
      return count;
    case 'DATASET_ITEM':
      return wholeVersion * count;
    case 'TRACE_REVIEW':
    case 'SCORE_DEFINITION':
    case 'PROJECT':
    case 'MODEL_LAB_PROJECT':
      return 0;
  }
};

/** One request each for nearly everything: there is no read of several. */
export const humanloopCosts: SourceCosts = {
  probe: 1,
  byAnyId,
  byId: (kind, keys) => {
    // Several versions of one prompt are one list.
    if (kind === 'PROMPT_VERSION') return groupsOf(keys, ([prompt]) => [prompt]).length;
    if (kind !== 'DATASET_ITEM') return byAnyId(kind, keys.length);
    return wholeVersion * groupsOf(keys, ([dataset, _item, version]) => [dataset, version]).length;
  },
  resolve: () => 0,
  datasets: ({ projects }) => (projects === undefined ? 1 : 0),
  allItems: () => 0,
  prompts: () => 1,
  projects: () => 0,
  modelLab: () => 0,
  reviews: () => 0,
  scoreDefinitions: () => 0,
  items: () => 1,
  datasetVersions: () => 1,
  draftLock: 0,
  currentVersion: 1,
  latestVersion: 1,
  version: 1,
  environments: 1,
  lastUsedAt: 0,
  isCurrent: 1,
  wholeVersion: wholeVersion + 1,
  addedItems: () => wholeVersion + 2,
  promptVersions: () => 1,
  latestPromptVersion: () => 1,
  currentPromptVersion: () => 1,
  promptVersion: 1,
  isLatest: 1,
};
