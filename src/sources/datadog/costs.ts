import { assumed, groupsOf, pagesOf, type SourceCosts } from '../costs.ts';
import { lookupPages, pageSizes } from './limits.ts';

/** What a place deep in a list of page tokens costs more: the token of the very place is asked for first. */
function tokenPage(isLater: boolean): number {
  return isLater ? 2 : 1;
}

/** So many of a list of at most `rows` by id (`lookup.ts`): pages while they can spare requests, then one by one. */
function lookup(ids: number, rows: number): number {
  if (ids <= 1) return ids;
  const pages = Math.min(ids, lookupPages);
  const whole = pagesOf(rows, pageSizes.lookup);
  return whole <= pages ? whole : pages + ids;
}

function sum(counts: readonly number[], costOf: (count: number) => number): number {
  return counts.reduce((total, count) => total + costOf(count), 0);
}

/** What reading costs where there are so many projects. */
export function datadogCosts(projects: number): SourceCosts {
  const listOfProjects = pagesOf(projects, pageSizes.lookup);
  const itemsById = pagesOf(assumed.items, pageSizes.itemLookup);
  const ofProject = (datasets: number): number => lookup(datasets, assumed.datasetsOfProject);
  const byAnyId: SourceCosts['byAnyId'] = (kind, count) => {
    switch (kind) {
      case 'DATASET':
        // Two of each project cost twice as many as one of each.
        return count <= 1 ? count : 2 * count;
      case 'DATASET_VERSION':
        return 2 * count;
      case 'DATASET_ITEM':
        return itemsById * count;
      case 'PROMPT':
        return Math.min(count, 1);
      case 'PROJECT':
        return lookup(Math.min(count, projects), projects);
      case 'PROMPT_VERSION':
      case 'MODEL_LAB_PROJECT':
        return count;
      case 'TRACE_REVIEW':
      case 'SCORE_DEFINITION':
        return 0;
    }
  };
  return {
    probe: 1,
    byAnyId,
    byId: (kind, keys) => {
      if (kind === 'DATASET')
        return sum(
          groupsOf(keys, ([project]) => [project]),
          ofProject,
        );
      if (kind === 'DATASET_ITEM') {
        const versions = groupsOf(keys, ([project, dataset, _item, version]) => [project, dataset, version]);
        return itemsById * versions.length;
      }
      // Ids may lead to projects that are not there.
      if (kind === 'PROJECT') return lookup(keys.length, projects);
      return byAnyId(kind, keys.length);
    },
    resolve: (kind, parent) => {
      const isOfDataset = kind === 'DATASET_VERSION' || kind === 'DATASET_ITEM';
      return isOfDataset && parent?.includes('/') !== true ? listOfProjects + projects : 0;
    },
    datasets: ({ projects: named, isLater }) =>
      (named === undefined ? listOfProjects : 0) + (named ?? projects) * tokenPage(isLater),
    allItems: () => 0,
    prompts: () => 1,
    projects: ({ isLater }) => tokenPage(isLater),
    modelLab: ({ isLater, number }) => (isLater || number > 1 ? 2 : 1),
    reviews: () => 0,
    scoreDefinitions: () => 0,
    items: ({ isLater }) => tokenPage(isLater),
    datasetVersions: () => 1,
    // The dataset itself is there already, and is what a 404 is looked up in.
    draftLock: 1,
    // Every dataset tells it.
    currentVersion: 0,
    latestVersion: 0,
    version: 2,
    environments: 0,
    lastUsedAt: 2,
    isCurrent: 0,
    wholeVersion: itemsById + 1,
    addedItems: () => itemsById + 2,
    promptVersions: ({ first, isLater, content }) => 1 + (content ? first + Number(isLater) : 0),
    // The version that the row counts to, then the list of versions, then the one that it shows.
    latestPromptVersion: ({ content }) => (content ? 3 : 1),
    currentPromptVersion: ({ content }) => (content ? 3 : 1),
    promptVersion: 1,
    isLatest: 1,
  };
}
