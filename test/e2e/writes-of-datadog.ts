import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { idIn, type VendorWrite, type VendorWrites } from './every-write.ts';
import { idOf, present } from './reading.ts';

const { ada } = datadogCredentials.acme;
const lock = 'draftLock { holder { name } }';
const versions = 'currentVersion { ref } latestVersion { ref }';
const promptId = 'returns-reply';

function datasetIn(sandbox: Sandbox) {
  return sandbox.datadog.state.dataset('acme', datadogSeed.largestDataset);
}

const writes: readonly VendorWrite[] = [
  {
    mutation: 'lockDatasetDraft',
    sends: ['PATCH /draft_state/lock'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset') }),
    shows: { object: 'dataset', id: 'dataset', fields: lock },
  },
  {
    mutation: 'unlockDatasetDraft',
    sends: ['PATCH /draft_state/unlock'],
    bodiless: true,
    before: (sandbox) => sandbox.datadog.state.lock(datasetIn(sandbox), ada.user),
    input: (ids) => ({ datasetId: idIn(ids, 'dataset') }),
    shows: { object: 'dataset', id: 'dataset', fields: lock },
  },
  {
    mutation: 'restoreDatasetVersion',
    sends: ['POST /restore'],
    bodiless: true,
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), versionRef: '3' }),
    shows: { object: 'dataset', id: 'dataset', fields: versions },
  },
  {
    mutation: 'createDataset',
    sends: ['POST /datasets', 'POST /batch_update'],
    input: (ids) => ({
      vendor: 'DATADOG',
      name: 'Made by a test',
      projectId: idIn(ids, 'project'),
      items: [{ input: { question: 'Why?' }, expectedOutput: 'Because.' }],
    }),
    shows: { object: 'dataset', fields: 'name items(first: 2) { nodes { input } }' },
  },
  {
    mutation: 'updateDataset',
    sends: ['PATCH /datasets/*'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), name: 'Named anew', description: null }),
    shows: { object: 'dataset', id: 'dataset', fields: 'name description' },
  },
  {
    mutation: 'cloneDataset',
    sends: ['POST /clone'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), name: 'A copy' }),
    shows: { object: 'dataset', fields: 'name items(first: 2) { nodes { input } }' },
  },
  {
    mutation: 'deleteDataset',
    sends: ['POST /datasets/delete'],
    bodiless: true,
    input: (ids) => ({ datasetId: idIn(ids, 'dataset') }),
    shows: { object: 'dataset', id: 'dataset', fields: 'name', gone: true },
  },
  {
    mutation: 'editDatasetItems',
    sends: ['POST /batch_update'],
    input: (ids) => ({
      datasetId: idIn(ids, 'dataset'),
      add: [{ input: { question: 'Is this new?' } }],
      update: [{ id: idIn(ids, 'item'), expectedOutput: 'Put right' }],
      remove: [idIn(ids, 'otherItem')],
    }),
    shows: {
      object: 'dataset',
      id: 'dataset',
      fields: `${versions} items(first: 3) { nodes { input expectedOutput } }`,
    },
  },
  {
    mutation: 'uploadDatasetCsv',
    sends: ['POST /batch_update'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset') }),
    file: 'input,expected_output\n"{""question"":""From a file?""}",Yes\n',
    shows: { object: 'dataset', id: 'dataset', fields: `${versions} items(first: 1) { nodes { input } }` },
  },
  {
    mutation: 'createPrompt',
    sends: ['POST /prompts'],
    input: () => ({ vendor: 'DATADOG', name: 'made-by-a-test', content: { text: 'Say hello.' } }),
    shows: { object: 'prompt', fields: 'name latestVersion { content { ... on TextPrompt { text } } }' },
  },
  {
    mutation: 'publishPromptVersion',
    sends: ['POST /versions'],
    input: (ids) => ({
      promptId: idIn(ids, 'prompt'),
      content: { text: 'Reply in one word.' },
      expectedRef: idIn(ids, 'promptRef'),
    }),
    shows: {
      object: 'prompt',
      id: 'prompt',
      fields: 'latestVersion { ref content { ... on TextPrompt { text } } }',
    },
  },
  {
    mutation: 'archivePrompt',
    sends: ['DELETE /prompts/*'],
    bodiless: true,
    input: (ids) => ({ promptId: idIn(ids, 'prompt') }),
    shows: { object: 'prompt', id: 'prompt', fields: 'name', gone: true },
  },
  {
    mutation: 'duplicatePrompt',
    sends: ['POST /prompts'],
    input: (ids) => ({ promptId: idIn(ids, 'prompt'), newName: 'a-copy' }),
    shows: { object: 'prompt', fields: 'name latestVersion { ref }' },
  },
];

export const writesOfDatadog: VendorWrites = {
  key: 'datadog',
  name: 'Datadog',
  async readIds(gateway) {
    const { id, projectId, currentVersion, versions: all } = datasetIn(gateway.sandbox);
    const records = present(all.get(currentVersion)).records;
    const item = (index: number): Promise<string> =>
      idOf(gateway, {
        vendor: 'DATADOG',
        kind: 'DATASET_ITEM',
        vendorId: present(records[index]).id,
        parentVendorId: id,
      });
    const prompt = gateway.sandbox.datadog.state.prompt('acme', promptId);
    return {
      dataset: await idOf(gateway, {
        vendor: 'DATADOG',
        kind: 'DATASET',
        vendorId: id,
        parentVendorId: projectId,
      }),
      project: await idOf(gateway, { vendor: 'DATADOG', kind: 'PROJECT', vendorId: projectId }),
      item: await item(0),
      otherItem: await item(1),
      prompt: await idOf(gateway, { vendor: 'DATADOG', kind: 'PROMPT', vendorId: promptId }),
      promptRef: String(prompt.versions.length),
    };
  },
  writes,
};
