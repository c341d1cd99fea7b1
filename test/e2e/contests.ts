import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { addPromptVersion } from '../../sandbox/datadog/state/new-prompt.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';
import { type Ids, idIn, type VendorWrites } from './every-write.ts';
import { present } from './reading.ts';
import { writesOfDatadog } from './writes-of-datadog.ts';
import { humanloopDataset, humanloopPrompt, writesOfHumanloop } from './writes-of-humanloop.ts';
import { posthogPrompt, writesOfPostHog } from './writes-of-posthog.ts';

/** A write that is based on a version, for several writers to make at the same time. */
export interface Contest {
  readonly name: string;
  readonly mutation: string;
  readonly vendor: VendorWrites;
  /** Of the reads that tell the newest version: a part of the path. */
  readonly looksAt: string;
  /** Refs of all versions, oldest first, as the vendor holds them. */
  versions(sandbox: Sandbox): readonly string[];
  /** What a writer sends; no two writers send the same. */
  input(ids: Ids, base: string, writer: string): object;
  /** Somebody outside makes a version; gives its ref. */
  behind(sandbox: Sandbox, writer: string): string;
}

const { ben } = datadogCredentials.acme;
const { projectId } = posthogCredentials.acme;
const datadogPrompt = 'returns-reply';

function datasetAtDatadog({ datadog }: Sandbox) {
  return datadog.state.dataset('acme', datadogSeed.largestDataset);
}

const datasetVersionsAtDatadog = {
  vendor: writesOfDatadog,
  looksAt: '/datasets\\?',
  versions: (sandbox: Sandbox) => [...datasetAtDatadog(sandbox).versions.keys()].map(String),
  behind: (sandbox: Sandbox, writer: string) => {
    const insert = [{ input: { question: `Who is ${writer}?` } }];
    return String(sandbox.datadog.state.addVersion(datasetAtDatadog(sandbox), ben.user, { insert }));
  },
};

const datasetVersionsAtHumanloop = {
  vendor: writesOfHumanloop,
  looksAt: '/versions',
  versions: ({ humanloop }: Sandbox) =>
    humanloop.state.dataset(humanloopDataset).versions.map((version) => version.id),
  behind: ({ humanloop }: Sandbox, writer: string) =>
    humanloop.state.createDatasetVersion(humanloopDataset, {
      datapoints: [{ inputs: { transcript: `${writer} spoke.`, audience: 'all' } }],
    }).id,
};

/** Restores at Humanloop are not among them: equal content gives an old version back, and no new one is made. */
export const contests: readonly Contest[] = [
  {
    ...datasetVersionsAtDatadog,
    name: 'an edit of items at Datadog',
    mutation: 'editDatasetItems',
    input: (ids, expectedRef, writer) => ({
      datasetId: idIn(ids, 'dataset'),
      expectedRef,
      add: [{ input: { question: `Is this by ${writer}?` } }],
    }),
  },
  {
    ...datasetVersionsAtDatadog,
    name: 'a restore at Datadog',
    mutation: 'restoreDatasetVersion',
    input: (ids, expectedRef, writer) => ({
      datasetId: idIn(ids, 'dataset'),
      expectedRef,
      versionRef: writer.endsWith('first') ? '1' : '3',
    }),
  },
  {
    ...datasetVersionsAtHumanloop,
    name: 'an edit of items at Humanloop',
    mutation: 'editDatasetItems',
    input: (ids, expectedRef, writer) => ({
      datasetId: idIn(ids, 'dataset'),
      expectedRef,
      add: [{ input: { transcript: `${writer} wrote.`, audience: 'all' } }],
    }),
  },
  {
    name: 'a prompt version at Datadog',
    mutation: 'publishPromptVersion',
    vendor: writesOfDatadog,
    looksAt: '/prompts\\?',
    versions: ({ datadog }) =>
      datadog.state.prompt('acme', datadogPrompt).versions.map(({ number }) => String(number)),
    input: (ids, expectedRef, writer) => ({
      promptId: idIn(ids, 'prompt'),
      expectedRef,
      content: { text: `Answer as ${writer}.` },
    }),
    behind: ({ datadog: { state } }, writer) => {
      const wish = { template: `Answer as ${writer}.` };
      return String(addPromptVersion(state.prompt('acme', datadogPrompt), wish, ben.user.id, state).number);
    },
  },
  {
    name: 'a prompt version at Humanloop',
    mutation: 'publishPromptVersion',
    vendor: writesOfHumanloop,
    looksAt: '/versions',
    versions: ({ humanloop }) =>
      humanloop.state.prompt(humanloopPrompt).versions.map((version) => version.id),
    input: (ids, expectedRef, writer) => ({
      promptId: idIn(ids, 'prompt'),
      expectedRef,
      content: { text: `Summarise as ${writer}: {{transcript}}` },
    }),
    behind: ({ humanloop: { state } }, writer) => {
      const { content } = present(state.prompt(humanloopPrompt).versions.at(-1));
      const template = `Summarise as ${writer}: {{transcript}}`;
      return state.createPromptVersion(humanloopPrompt, { ...content, template }).id;
    },
  },
  {
    name: 'a prompt version at PostHog',
    mutation: 'publishPromptVersion',
    vendor: writesOfPostHog,
    looksAt: '/resolve/',
    versions: ({ posthog }) =>
      posthog.state.prompt(projectId, posthogPrompt).versions.map((version) => version.id),
    input: (ids, expectedRef, writer) => ({
      promptId: idIn(ids, 'prompt'),
      expectedRef,
      content: { text: `Answer as ${writer}.` },
    }),
    behind: ({ posthog }, writer) =>
      posthog.state.publishPrompt(projectId, posthogPrompt, `Answer as ${writer}.`).id,
  },
];

export function newestOf(contest: Contest, sandbox: Sandbox): string {
  return present(contest.versions(sandbox).at(-1));
}
