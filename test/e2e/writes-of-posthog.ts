import type { Sandbox } from '../../sandbox/index.ts';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';
import { idIn, type VendorWrite, type VendorWrites } from './every-write.ts';
import { idOf, posthogProject, present } from './reading.ts';

export const posthogPrompt = 'support-reply';

const items = 'items(first: 100) { totalCount nodes { input expectedOutput } }';
const content = 'content { ... on TextPrompt { text } }';
const review = 'comment scores { value { ... on NumericScore { number: value } } }';

/** Later servers keep and show more of prompts, and items and datasets of theirs have versions. */
function later(sandbox: Sandbox): void {
  Object.assign(sandbox.posthog.switches, { laterDatasets: true, labels: true });
}

const writes: readonly VendorWrite[] = [
  {
    mutation: 'createDataset',
    sends: ['POST /datasets', 'POST /dataset_items'],
    input: () => ({ vendor: 'POSTHOG', name: 'Made by a test', items: [{ input: { question: 'Why?' } }] }),
    shows: { object: 'dataset', fields: `name ${items}` },
  },
  {
    mutation: 'updateDataset',
    sends: ['PATCH /datasets/*'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), name: 'Named anew', description: null }),
    shows: { object: 'dataset', id: 'dataset', fields: 'name description' },
  },
  {
    mutation: 'deleteDataset',
    sends: ['PATCH /datasets/*'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset') }),
    shows: { object: 'dataset', id: 'dataset', fields: 'name', gone: true },
  },
  {
    mutation: 'deleteDataset',
    of: 'later server',
    before: later,
    sends: ['POST /archive'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset') }),
    shows: { object: 'dataset', id: 'dataset', fields: 'name', gone: true },
  },
  {
    mutation: 'editDatasetItems',
    of: 'adding',
    sends: ['POST /dataset_items'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), add: [{ input: { question: 'Is this new?' } }] }),
    shows: { object: 'dataset', id: 'dataset', fields: items },
  },
  {
    mutation: 'editDatasetItems',
    of: 'updating',
    sends: ['PATCH /dataset_items/*'],
    input: (ids) => ({
      datasetId: idIn(ids, 'dataset'),
      update: [{ id: idIn(ids, 'item'), expectedOutput: { text: 'Put right' } }],
    }),
    shows: { object: 'dataset', id: 'dataset', fields: items },
  },
  {
    mutation: 'editDatasetItems',
    of: 'removing',
    sends: ['PATCH /dataset_items/*'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), remove: [idIn(ids, 'item')] }),
    shows: { object: 'dataset', id: 'dataset', fields: items },
  },
  {
    mutation: 'editDatasetItems',
    of: 'removing, later server',
    before: later,
    sends: ['POST /dataset_items/*/archive'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), remove: [idIn(ids, 'item')] }),
    shows: { object: 'dataset', id: 'dataset', fields: items },
  },
  {
    mutation: 'uploadDatasetCsv',
    sends: ['POST /dataset_items'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset') }),
    file: 'input,expected_output\n"{""question"":""From a file?""}","{""text"":""Yes""}"\n',
    shows: { object: 'dataset', id: 'dataset', fields: items },
  },
  {
    mutation: 'createPrompt',
    sends: ['POST /llm_prompts'],
    input: () => ({ vendor: 'POSTHOG', name: 'made-by-a-test', content: { text: 'Say hello.' } }),
    shows: { object: 'prompt', fields: `name latestVersion { ${content} }` },
  },
  {
    mutation: 'publishPromptVersion',
    sends: ['PATCH /llm_prompts/name/*'],
    input: (ids) => ({
      promptId: idIn(ids, 'prompt'),
      content: { text: 'Reply in one word.' },
      expectedRef: idIn(ids, 'promptRef'),
    }),
    shows: { object: 'prompt', id: 'prompt', fields: `latestVersion { ref ${content} }` },
  },
  {
    mutation: 'publishPromptVersion',
    of: 'behind the cache of reads by name',
    before: (sandbox) => Object.assign(sandbox.posthog.switches, { staleByName: true }),
    sends: ['PATCH /llm_prompts/name/*'],
    input: (ids) => ({
      promptId: idIn(ids, 'prompt'),
      content: { text: 'Reply in three words.' },
      expectedRef: idIn(ids, 'promptRef'),
    }),
    shows: {
      object: 'prompt',
      id: 'prompt',
      fields: `versionCount currentVersion { ref ${content} } latestVersion { ref ${content} } versions { nodes { ref } }`,
    },
  },
  {
    mutation: 'publishPromptVersion',
    of: 'with a label',
    before: later,
    sends: ['PATCH /llm_prompts/name/*', 'PUT /labels/*'],
    input: (ids) => ({
      promptId: idIn(ids, 'prompt'),
      content: { text: 'Reply in two words.' },
      labels: ['production'],
      expectedRef: idIn(ids, 'promptRef'),
    }),
    shows: { object: 'prompt', id: 'prompt', fields: `latestVersion { ref labels ${content} }` },
  },
  {
    mutation: 'archivePrompt',
    sends: ['POST /archive'],
    bodiless: true,
    input: (ids) => ({ promptId: idIn(ids, 'prompt') }),
    shows: { object: 'prompt', id: 'prompt', fields: 'name', gone: true },
  },
  {
    mutation: 'duplicatePrompt',
    sends: ['POST /duplicate'],
    input: (ids) => ({ promptId: idIn(ids, 'prompt'), newName: 'a-copy' }),
    shows: { object: 'prompt', fields: `name latestVersion { ${content} }` },
  },
  {
    mutation: 'createTraceReview',
    sends: ['POST /trace_reviews'],
    input: (ids) => ({
      traceId: 'a-trace-of-a-test',
      comment: 'Well said',
      scores: [{ definitionId: idIn(ids, 'numeric'), value: { numeric: '4.5' } }],
    }),
    shows: { object: 'traceReview', fields: `traceId ${review}` },
  },
  {
    mutation: 'updateTraceReview',
    sends: ['PATCH /trace_reviews/*'],
    input: (ids) => ({
      traceReviewId: idIn(ids, 'review'),
      comment: 'Said anew',
      scores: [{ definitionId: idIn(ids, 'numeric'), value: { numeric: '3.5' } }],
    }),
    shows: { object: 'traceReview', id: 'review', fields: review },
  },
  {
    mutation: 'deleteTraceReview',
    sends: ['DELETE /trace_reviews/*'],
    bodiless: true,
    input: (ids) => ({ traceReviewId: idIn(ids, 'review') }),
    shows: { object: 'traceReview', id: 'review', fields: 'comment', gone: true },
  },
  {
    mutation: 'translateText',
    sends: ['POST /translate'],
    input: () => ({ text: 'Guten Tag' }),
  },
];

export const writesOfPostHog: VendorWrites = {
  key: 'posthog',
  name: 'PostHog',
  async readIds(gateway) {
    const project = posthogProject(gateway.sandbox);
    const dataset = present(project.datasets.find(({ deleted }) => deleted !== true));
    const item = project.items.find(
      (one) => one.dataset === dataset && one.versions.at(-1)?.deleted !== true,
    );
    const prompt = gateway.sandbox.posthog.state.prompt(posthogCredentials.acme.projectId, posthogPrompt);
    const numeric = project.definitions.find(({ kind, archived }) => kind === 'numeric' && !archived);
    const id = (
      kind: 'DATASET' | 'DATASET_ITEM' | 'PROMPT' | 'TRACE_REVIEW' | 'SCORE_DEFINITION',
      vendorId: string,
    ) => idOf(gateway, { vendor: 'POSTHOG', kind, vendorId });
    return {
      dataset: await id('DATASET', dataset.id),
      item: await id('DATASET_ITEM', present(item).id),
      prompt: await id('PROMPT', posthogPrompt),
      promptRef: present(prompt.versions.at(-1)).id,
      review: await id('TRACE_REVIEW', present(project.reviews.find(({ deleted }) => !deleted)).id),
      numeric: await id('SCORE_DEFINITION', present(numeric).id),
    };
  },
  writes,
};
