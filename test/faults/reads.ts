import type { KnownIds } from '../support/ids-of-each-vendor.ts';
import type { VendorKey } from '../support/vendor-failures.ts';

/** A read that asks a vendor once for what is looked at. */
export interface CampaignRead {
  readonly name: string;
  /** A part of the address of the request that goes wrong. */
  readonly path: string;
  readonly selection: (ids: KnownIds) => string;
}

const issues = 'sourceErrors { code vendor }';

function text(value: string): string {
  return JSON.stringify(value);
}

/** One thing by its id alone. */
function byId(name: string, id: keyof KnownIds, path: string): CampaignRead {
  return { name, path, selection: (ids) => `node(id: ${text(ids[id])}) { id }` };
}

/** Every read of the port, by vendor. */
export const campaignReads: Readonly<Record<VendorKey, readonly CampaignRead[]>> = {
  datadog: [
    { name: 'projects', path: '/projects', selection: () => `projects(first: 2) { nodes { id } ${issues} }` },
    byId('project by id', 'project', '/projects\\?'),
    byId('item by id', 'datadogItem', '/records'),
    byId('prompt by id', 'datadogPrompt', '/prompts\\?'),
    byId('prompt version by id', 'datadogPromptVersion', '/prompts/[^/]+/versions/'),
    {
      name: 'datasets',
      path: '/datasets',
      selection: ({ project }) =>
        `datasets(first: 2, filter: { projectIds: [${text(project)}] }) { nodes { id } ${issues} }`,
    },
    {
      name: 'dataset',
      path: '/datasets',
      selection: (ids) => `dataset(id: ${text(ids.datadogDataset)}) { name }`,
    },
    {
      name: 'draft lock',
      path: '/draft_state',
      selection: (ids) => `dataset(id: ${text(ids.datadogDataset)}) { draftLock { since } }`,
    },
    {
      name: 'versions',
      path: '/versions',
      selection: (ids) =>
        `dataset(id: ${text(ids.datadogDataset)}) { versions(first: 2) { nodes { ref } ${issues} } }`,
    },
    {
      name: 'items',
      path: '/records',
      selection: (ids) =>
        `dataset(id: ${text(ids.datadogDataset)}) { items(first: 2) { nodes { id } ${issues} } }`,
    },
    {
      name: 'prompts',
      path: '/prompts',
      selection: () => `prompts(first: 2, filter: { vendors: [DATADOG] }) { nodes { id } ${issues} }`,
    },
    {
      name: 'prompt versions',
      path: '/prompts/[^/]+/versions',
      selection: (ids) =>
        `prompt(id: ${text(ids.datadogPrompt)}) { versions(first: 2) { nodes { ref } ${issues} } }`,
    },
    {
      name: 'Model Lab projects',
      path: '/model-lab-api/projects',
      selection: () => `modelLabProjects(first: 2) { nodes { id } ${issues} }`,
    },
    {
      name: 'page of Model Lab projects',
      path: 'page%5Bnumber%5D=2',
      selection: () => `modelLabProjects(first: 2, page: 2) { nodes { id } ${issues} }`,
    },
    {
      name: 'Model Lab project',
      path: '/model-lab-api/projects/',
      selection: (ids) => `modelLabProject(id: ${text(ids.modelLabProject)}) { name }`,
    },
  ],
  humanloop: [
    {
      name: 'datasets',
      path: '/datasets\\?',
      selection: () => `datasets(first: 2, filter: { vendors: [HUMANLOOP] }) { nodes { id } ${issues} }`,
    },
    byId('item by id', 'humanloopItem', '/datapoints'),
    byId('version by id', 'humanloopDatasetVersion', 'version_id='),
    byId('prompt by id', 'humanloopPrompt', '/prompts/[^/?]+$'),
    byId('prompt version by id', 'humanloopPromptVersion', 'version_id='),
    {
      name: 'newest version',
      path: '/versions',
      selection: (ids) => `dataset(id: ${text(ids.humanloopDataset)}) { latestVersion { ref } }`,
    },
    {
      name: 'dataset',
      path: '/datasets/[^/?]+$',
      selection: (ids) => `dataset(id: ${text(ids.humanloopDataset)}) { name }`,
    },
    {
      name: 'versions',
      path: '/versions',
      selection: (ids) =>
        `dataset(id: ${text(ids.humanloopDataset)}) { versions(first: 2) { nodes { ref } ${issues} } }`,
    },
    {
      name: 'items',
      path: '/datapoints',
      selection: (ids) =>
        `dataset(id: ${text(ids.humanloopDataset)}) { items(first: 2) { nodes { id } ${issues} } }`,
    },
    {
      name: 'environments',
      path: '/environments',
      selection: (ids) => `dataset(id: ${text(ids.humanloopDataset)}) {
        details { ... on HumanloopDatasetDetails { environments { environmentName } } }
      }`,
    },
    {
      name: 'prompts',
      path: '/prompts\\?',
      selection: () => `prompts(first: 2, filter: { vendors: [HUMANLOOP] }) { nodes { id } ${issues} }`,
    },
    {
      name: 'prompt versions',
      path: '/prompts/[^/]+/versions',
      selection: (ids) =>
        `prompt(id: ${text(ids.humanloopPrompt)}) { versions(first: 2) { nodes { ref } ${issues} } }`,
    },
  ],
  posthog: [
    {
      name: 'datasets',
      path: '/datasets/',
      selection: () => `datasets(first: 2, filter: { vendors: [POSTHOG] }) { nodes { id } ${issues} }`,
    },
    {
      name: 'dataset',
      path: '/datasets/',
      selection: (ids) => `dataset(id: ${text(ids.posthogDataset)}) { name }`,
    },
    {
      name: 'items',
      path: '/dataset_items/',
      selection: (ids) =>
        `dataset(id: ${text(ids.posthogDataset)}) { items(first: 2) { nodes { id } ${issues} } }`,
    },
    byId('item by id', 'posthogItem', '/dataset_items/[^?]'),
    {
      name: 'items of all datasets',
      path: '/dataset_items/\\?',
      selection: () => `datasetItems(first: 2) { nodes { id } ${issues} }`,
    },
    byId('prompt version by id', 'posthogPromptVersion', 'version_id='),
    {
      name: 'prompt versions',
      path: '/resolve/.*limit=2',
      selection: (ids) =>
        `prompt(id: ${text(ids.posthogPrompt)}) { versions(first: 2) { nodes { ref } ${issues} } }`,
    },
    byId('score definition by id', 'scoreDefinition', '/score_definitions/[^?]'),
    {
      name: 'prompts',
      path: '/llm_prompts/\\?',
      selection: () => `prompts(first: 2, filter: { vendors: [POSTHOG] }) { nodes { id } ${issues} }`,
    },
    {
      name: 'prompt',
      path: '/resolve/',
      selection: (ids) => `prompt(id: ${text(ids.posthogPrompt)}) { name }`,
    },
    {
      name: 'reviews',
      path: '/trace_reviews/\\?',
      selection: () => `traceReviews(first: 2) { nodes { id } ${issues} }`,
    },
    {
      name: 'review',
      path: '/trace_reviews/',
      selection: (ids) => `traceReview(id: ${text(ids.traceReview)}) { comment }`,
    },
    {
      name: 'score definitions',
      path: '/score_definitions/',
      selection: () => `scoreDefinitions(first: 2) { nodes { id } ${issues} }`,
    },
  ],
};

/** What of the other vendors has to stay as it is. */
export const healthyPart: Readonly<Record<VendorKey, string>> = {
  datadog: 'datasets(first: 1, filter: { vendors: [DATADOG] }) { nodes { name } }',
  humanloop: 'datasets(first: 1, filter: { vendors: [HUMANLOOP] }) { nodes { name } }',
  posthog: 'datasets(first: 1, filter: { vendors: [POSTHOG] }) { nodes { name } }',
};
