import type { Sandbox } from '../../sandbox/index.ts';
import { idIn, type VendorWrite, type VendorWrites } from './every-write.ts';
import { idOf, present } from './reading.ts';

/** Five versions; the third stands on the default environment, the fifth on the other. */
export const humanloopDataset = 'Writing/Summaries/Meeting transcripts';
export const humanloopPrompt = 'Writing/Summaries/Meeting summary';

const versions = 'currentVersion { ref } latestVersion { ref itemCount }';
const environments =
  'details { ... on HumanloopDatasetDetails { environments { environmentName version { ref } } } }';
const content = 'content { ... on TextPrompt { text } }';

let restores = 0;

/**
 * A newest version that no restore was made over before: the gateway remembers restores, and a sandbox that is reset
 * has the same ids again.
 */
function anotherNewest({ humanloop }: Sandbox): void {
  restores += 1;
  for (let count = 0; count < restores; count += 1) {
    const transcript = `Said before restore ${restores}, as number ${count}.`;
    humanloop.state.createDatasetVersion(humanloopDataset, {
      datapoints: [{ inputs: { transcript, audience: 'all' } }],
    });
  }
}

const writes: readonly VendorWrite[] = [
  {
    mutation: 'restoreDatasetVersion',
    sends: ['POST /datasets', 'POST /datasets/*/environments/*'],
    before: anotherNewest,
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), versionRef: idIn(ids, 'firstRef') }),
    shows: { object: 'dataset', id: 'dataset', fields: versions },
  },
  {
    mutation: 'updateDatasetVersion',
    sends: ['PATCH /versions/*'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), versionRef: idIn(ids, 'lastRef'), name: 'Named' }),
    shows: { object: 'version', id: 'lastVersion', fields: 'ref name' },
  },
  {
    mutation: 'deleteDatasetVersion',
    sends: ['DELETE /versions/*'],
    bodiless: true,
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), versionRef: idIn(ids, 'firstRef') }),
    shows: { object: 'dataset', id: 'dataset', fields: 'versions { nodes { ref } }' },
  },
  {
    mutation: 'deployDatasetVersion',
    sends: ['POST /environments/*'],
    input: (ids) => ({
      datasetId: idIn(ids, 'dataset'),
      versionRef: idIn(ids, 'firstRef'),
      environmentId: idIn(ids, 'default'),
    }),
    shows: { object: 'version', id: 'firstVersion', fields: 'deployments { environmentName } isCurrent' },
  },
  {
    mutation: 'removeDatasetDeployment',
    sends: ['DELETE /environments/*'],
    bodiless: true,
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), environmentId: idIn(ids, 'other') }),
    shows: { object: 'dataset', id: 'dataset', fields: environments },
  },
  {
    mutation: 'createDataset',
    sends: ['POST /datasets'],
    input: () => ({
      vendor: 'HUMANLOOP',
      name: 'Made by a test',
      directoryPath: 'Tests',
      items: [{ input: { question: 'Why?' } }],
    }),
    shows: { object: 'dataset', fields: 'name items(first: 2) { nodes { input } }' },
  },
  {
    mutation: 'updateDataset',
    sends: ['PATCH /datasets/*'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), name: 'Named anew' }),
    shows: { object: 'dataset', id: 'dataset', fields: 'name' },
  },
  {
    mutation: 'moveDataset',
    sends: ['PATCH /datasets/*'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), directoryPath: 'Elsewhere/Deep' }),
    shows: {
      object: 'dataset',
      id: 'dataset',
      fields: 'details { ... on HumanloopDatasetDetails { path } }',
    },
  },
  {
    mutation: 'cloneDataset',
    sends: ['POST /datasets'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset'), name: 'A copy' }),
    shows: { object: 'dataset', fields: 'name latestVersion { itemCount }' },
  },
  {
    mutation: 'deleteDataset',
    sends: ['DELETE /datasets/*'],
    bodiless: true,
    input: (ids) => ({ datasetId: idIn(ids, 'dataset') }),
    shows: { object: 'dataset', id: 'dataset', fields: 'name', gone: true },
  },
  {
    mutation: 'editDatasetItems',
    of: 'adding',
    sends: ['POST /datasets'],
    input: (ids) => ({
      datasetId: idIn(ids, 'dataset'),
      add: [{ input: { transcript: 'We met.', audience: 'nobody' } }],
    }),
    shows: { object: 'dataset', id: 'dataset', fields: versions },
  },
  {
    mutation: 'editDatasetItems',
    of: 'all three',
    sends: ['POST /datasets'],
    input: (ids) => ({
      datasetId: idIn(ids, 'dataset'),
      add: [{ input: { transcript: 'We met again.', audience: 'nobody' } }],
      update: [{ id: idIn(ids, 'item'), expectedOutput: { summary: 'Put right' } }],
      remove: [idIn(ids, 'otherItem')],
    }),
    shows: { object: 'dataset', id: 'dataset', fields: versions },
  },
  {
    mutation: 'uploadDatasetCsv',
    sends: ['POST /datapoints/csv'],
    input: (ids) => ({ datasetId: idIn(ids, 'dataset') }),
    file: 'transcript,audience,target\nFrom a file.,nobody,Short\n',
    shows: { object: 'dataset', id: 'dataset', fields: versions },
  },
  {
    mutation: 'createPrompt',
    sends: ['POST /prompts'],
    input: () => ({
      vendor: 'HUMANLOOP',
      name: 'Made by a test',
      content: { text: 'Say hello.' },
      config: { model: 'gpt-4o' },
    }),
    shows: { object: 'prompt', fields: `name latestVersion { ${content} }` },
  },
  {
    mutation: 'publishPromptVersion',
    sends: ['POST /prompts'],
    input: (ids) => ({
      promptId: idIn(ids, 'prompt'),
      content: { text: 'Summarise in one word: {{transcript}}' },
      expectedRef: idIn(ids, 'promptRef'),
    }),
    shows: { object: 'prompt', id: 'prompt', fields: `latestVersion { ref ${content} }` },
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
    input: (ids) => ({ promptId: idIn(ids, 'prompt'), newName: 'A copy' }),
    shows: { object: 'prompt', fields: `name latestVersion { ${content} }` },
  },
];

interface Places {
  readonly dataset: {
    readonly details: {
      readonly environments: readonly { readonly environmentId: string; readonly isDefault: boolean }[];
    };
    readonly latestVersion: { readonly items: { readonly nodes: readonly { readonly id: string }[] } };
  };
}

const placesDocument = `query ($id: ID!) { dataset(id: $id) {
  details { ... on HumanloopDatasetDetails { environments { environmentId isDefault } } }
  latestVersion { items(first: 2) { nodes { id } } }
} }`;

export const writesOfHumanloop: VendorWrites = {
  key: 'humanloop',
  name: 'Humanloop',
  async readIds(gateway) {
    const { state } = gateway.sandbox.humanloop;
    const file = state.dataset(humanloopDataset);
    const prompt = state.prompt(humanloopPrompt);
    const dataset = await idOf(gateway, { vendor: 'HUMANLOOP', kind: 'DATASET', vendorId: file.id });
    const [firstRef, lastRef] = [present(file.versions[0]).id, present(file.versions.at(-1)).id];
    const version = (vendorId: string): Promise<string> =>
      idOf(gateway, { vendor: 'HUMANLOOP', kind: 'DATASET_VERSION', vendorId, parentVendorId: file.id });
    const { data } = await gateway.query<Places, object>(placesDocument, { id: dataset });
    const { environments: places } = data.dataset.details;
    const [item, otherItem] = data.dataset.latestVersion.items.nodes;
    return {
      dataset,
      firstRef,
      firstVersion: await version(firstRef),
      lastRef,
      lastVersion: await version(lastRef),
      default: present(places.find(({ isDefault }) => isDefault)).environmentId,
      other: present(places.find(({ isDefault }) => !isDefault)).environmentId,
      item: present(item).id,
      otherItem: present(otherItem).id,
      prompt: await idOf(gateway, { vendor: 'HUMANLOOP', kind: 'PROMPT', vendorId: prompt.id }),
      promptRef: present(prompt.versions.at(-1)).id,
    };
  },
  writes,
};
