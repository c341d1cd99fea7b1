import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import type { Ids } from './every-write.ts';
import { present } from './reading.ts';
import { writesOfDatadog } from './writes-of-datadog.ts';
import { writesOfHumanloop } from './writes-of-humanloop.ts';
import { writesOfPostHog } from './writes-of-posthog.ts';
import { mutate, type Told } from './writing.ts';

let gateway: TestGateway;
let ids: Readonly<Record<'datadog' | 'humanloop' | 'posthog', Ids>>;
beforeAll(async () => {
  gateway = await startTestGateway();
  ids = {
    datadog: await writesOfDatadog.readIds(gateway),
    humanloop: await writesOfHumanloop.readIds(gateway),
    posthog: await writesOfPostHog.readIds(gateway),
  };
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  for (const vendor of ['datadog', 'humanloop', 'posthog'] as const) gateway.sandbox[vendor].reset();
});

interface Made {
  readonly created?: boolean | null;
  readonly datasetId?: string;
}

async function sideBySide(
  mutation: string,
  inputs: readonly object[],
  success = '',
): Promise<readonly (Told & Partial<Made>)[]> {
  const answers = await Promise.all(inputs.map((input) => mutate<Made>(gateway, mutation, input, success)));
  return answers.map(({ data, text }) => present(data?.[mutation], text));
}

describe('writers who give one name at the same time', () => {
  it('to new datasets at Datadog make one, and only one is told that it made it', async () => {
    const input = { vendor: 'DATADOG', name: 'Wanted by many', projectId: ids.datadog['project'] };
    const made = await sideBySide('createDataset', [input, input, input], 'datasetId created');
    expect(new Set(made.map(({ datasetId }) => datasetId)).size).toBe(1);
    expect(made.map(({ created }) => created).filter((created) => created === true)).toHaveLength(1);
    expect(made.map(({ created }) => created).filter((created) => created === false)).toHaveLength(2);
  });

  it('to new datasets at Humanloop make one, and the others are told that it is there', async () => {
    const inputs = ['a', 'b', 'c'].map((q) => ({
      vendor: 'HUMANLOOP',
      name: 'Wanted',
      items: [{ input: { q } }],
    }));
    const made = await sideBySide('createDataset', inputs, 'datasetId created');
    expect(made.map(({ __typename }) => __typename).sort()).toEqual([
      'AlreadyExistsError',
      'AlreadyExistsError',
      'CreateDatasetSuccess',
    ]);
    expect(gateway.sandbox.humanloop.state.dataset('Wanted').versions).toHaveLength(1);
  });

  it.each<readonly [string, { name?: string; directoryPath?: string }]>([
    ['moveDataset', { name: 'Wanted' }],
    ['moveDataset', { directoryPath: 'Elsewhere', name: 'Wanted' }],
    ['moveDataset', { directoryPath: 'Elsewhere' }],
    ['updateDataset', { name: 'Wanted' }],
  ])('to a new dataset at Humanloop and to one that is there: one has it (%s %j)', async (mutation, to) => {
    const { name = 'Meeting transcripts', directoryPath = 'Writing/Summaries' } = to;
    const made = { vendor: 'HUMANLOOP', name, directoryPath };
    const renamed = { datasetId: ids.humanloop['dataset'], ...to };
    const create = () => mutate<Made>(gateway, 'createDataset', { ...made, items: [{ input: { q: 'a' } }] });
    const rename = () => mutate<Made>(gateway, mutation, renamed);
    for (const writers of [
      [create, rename],
      [rename, create],
    ]) {
      gateway.sandbox.humanloop.reset();
      const answers = await Promise.all(writers.map((writer) => writer()));
      const told = answers.map(({ data, text }) => present(Object.values(data ?? {})[0], text).__typename);
      expect(told.filter((name) => name.endsWith('Success'))).toHaveLength(1);
      expect(told).toContain('AlreadyExistsError');
    }
  });

  it.each(['DATADOG', 'HUMANLOOP', 'POSTHOG'])('to new prompts make one: %s', async (vendor) => {
    const inputs = ['a', 'b', 'c'].map((text) => {
      const config = vendor === 'HUMANLOOP' ? { model: 'gpt-4o' } : undefined;
      return { vendor, name: 'wanted', content: { text }, config };
    });
    const made = await sideBySide('createPrompt', inputs, 'promptId');
    expect(made.map(({ __typename }) => __typename).sort()).toEqual([
      'AlreadyExistsError',
      'AlreadyExistsError',
      'CreatePromptSuccess',
    ]);
  });

  it('to copies of datasets make one', async () => {
    for (const vendor of ['datadog', 'humanloop'] as const) {
      const input = { datasetId: ids[vendor]['dataset'], name: 'A copy' };
      const made = await sideBySide('cloneDataset', [input, input, input], 'datasetId');
      expect(made.map(({ __typename }) => __typename).sort(), vendor).toEqual([
        'AlreadyExistsError',
        'AlreadyExistsError',
        'CloneDatasetSuccess',
      ]);
    }
  });

  it('to copies of prompts make one', async () => {
    for (const vendor of ['datadog', 'humanloop', 'posthog'] as const) {
      const input = { promptId: ids[vendor]['prompt'], newName: 'a-copy' };
      const made = await sideBySide('duplicatePrompt', [input, input, input], 'promptId');
      expect(made.map(({ __typename }) => __typename).sort(), vendor).toEqual([
        'AlreadyExistsError',
        'AlreadyExistsError',
        'DuplicatePromptSuccess',
      ]);
    }
  });

  it('to reviews of one trace make one, and the others are given it', async () => {
    const inputs = ['a', 'b', 'c'].map((comment) => ({ traceId: 'wanted-trace', comment }));
    const made = await sideBySide('createTraceReview', inputs, 'traceReviewId');
    const [won, ...others] = [...made].sort((a, b) => b.__typename.localeCompare(a.__typename));
    expect(won?.__typename).toBe('CreateTraceReviewSuccess');
    for (const other of others) {
      expect(other).toMatchObject({
        __typename: 'AlreadyExistsError',
        existing: { __typename: 'TraceReview' },
      });
    }
  });
});
