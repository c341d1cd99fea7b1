import type { TestGateway } from '../support/gateway.ts';
import { readKnownIds } from '../support/ids-of-each-vendor.ts';
import { dataOf, present } from './reading.ts';
import { freshName, makeDataset, placeOf, readItems } from './written-datasets.ts';
import { configOf, makePrompt, promptName } from './written-prompts.ts';
import { createReview, freshTrace, readScorers } from './written-reviews.ts';

/** An input that would be carried out. Each test spoils a copy of it, so that none ever is. */
export interface ValidInput {
  readonly mutation: string;
  readonly vendor: 'DATADOG' | 'HUMANLOOP' | 'POSTHOG';
  readonly input: Readonly<Record<string, unknown>>;
}

async function environmentOf(gateway: TestGateway, id: string): Promise<string> {
  const document = `query ($id: ID!) { dataset(id: $id) {
    details { ... on HumanloopDatasetDetails { environments { environmentId } } }
  } }`;
  const data = dataOf(
    await gateway.query<{ dataset: { details: { environments: { environmentId: string }[] } } }, object>(
      document,
      { id },
    ),
  );
  return present(data.dataset.details.environments[0]).environmentId;
}

async function inputsOfDatasets(gateway: TestGateway): Promise<readonly ValidInput[]> {
  const inputs: ValidInput[] = [];
  for (const vendor of ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const) {
    const { id: datasetId, latestRef } = await makeDataset(gateway, vendor, ['a', 'b', 'c']);
    const items = await readItems(gateway, datasetId);
    const [first, second] = [present(items[0]).id, present(items[1]).id];
    const add = (mutation: string, input: object): void => {
      inputs.push({ mutation, vendor, input: { ...input } });
    };
    add('createDataset', {
      ...(await placeOf(gateway, vendor)),
      name: freshName('Valid'),
      items: [{ input: { q: 'x' }, expectedOutput: { a: 'y' } }],
    });
    add('updateDataset', { datasetId, name: freshName('Valid') });
    add('deleteDataset', { datasetId });
    add('editDatasetItems', {
      datasetId,
      add: [{ input: { q: 'x' } }],
      update: [{ id: first, expectedOutput: { a: 'z' } }],
      remove: [second],
    });
    if (vendor !== 'POSTHOG') {
      add('cloneDataset', { datasetId, name: freshName('Valid') });
      add('restoreDatasetVersion', { datasetId, versionRef: latestRef });
    }
    if (vendor === 'DATADOG') {
      add('lockDatasetDraft', { datasetId });
      add('unlockDatasetDraft', { datasetId });
    }
    if (vendor === 'HUMANLOOP') {
      const environmentId = await environmentOf(gateway, datasetId);
      add('moveDataset', { datasetId, name: freshName('Valid') });
      add('updateDatasetVersion', { datasetId, versionRef: latestRef, name: 'Valid' });
      add('deleteDatasetVersion', { datasetId, versionRef: latestRef });
      add('deployDatasetVersion', { datasetId, versionRef: latestRef, environmentId });
      add('removeDatasetDeployment', { datasetId, environmentId });
    }
  }
  return inputs;
}

async function inputsOfPrompts(gateway: TestGateway): Promise<readonly ValidInput[]> {
  const inputs: ValidInput[] = [];
  for (const vendor of ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const) {
    const { id: promptId, ref } = await makePrompt(gateway, vendor, 'One');
    const add = (mutation: string, input: object): void => {
      inputs.push({ mutation, vendor, input: { ...input } });
    };
    add('createPrompt', { vendor, name: promptName('valid'), content: { text: 'x' }, ...configOf(vendor) });
    add('publishPromptVersion', { promptId, content: { text: 'Two' }, expectedRef: ref });
    add('archivePrompt', { promptId });
    add('duplicatePrompt', { promptId, newName: promptName('valid') });
  }
  return inputs;
}

async function inputsOfReviews(gateway: TestGateway): Promise<readonly ValidInput[]> {
  const scorer = await readScorers(gateway);
  const scores = [{ definitionId: scorer.cost, value: { numeric: '1.5' } }];
  const { id: traceReviewId } = await createReview(gateway, { comment: 'One' });
  const inputs = {
    createTraceReview: { traceId: freshTrace(), comment: 'Two', scores },
    updateTraceReview: { traceReviewId, comment: 'Two', scores },
    deleteTraceReview: { traceReviewId },
    translateText: { text: 'Hello', targetLanguage: 'de' },
  };
  return Object.entries(inputs).map(([mutation, input]) => ({
    mutation,
    vendor: 'POSTHOG',
    input: { ...input },
  }));
}

/** For every mutation that JSON can carry, one at each vendor that can do it. */
export async function validInputs(gateway: TestGateway): Promise<readonly ValidInput[]> {
  return [
    ...(await inputsOfDatasets(gateway)),
    ...(await inputsOfPrompts(gateway)),
    ...(await inputsOfReviews(gateway)),
  ];
}

/** An id of each kind that inputs ask for, by the kind, at each vendor that has it. */
export async function otherIds(gateway: TestGateway): Promise<Readonly<Record<string, readonly string[]>>> {
  const ids = await readKnownIds(gateway);
  return {
    datasets: [ids.datadogDataset, ids.humanloopDataset, ids.posthogDataset],
    items: [ids.datadogItem, ids.humanloopItem, ids.posthogItem],
    versions: [ids.datadogDatasetVersion, ids.humanloopDatasetVersion],
    prompts: [ids.datadogPrompt, ids.humanloopPrompt, ids.posthogPrompt],
    others: [ids.traceReview, ids.scoreDefinition, ids.project, ids.modelLabProject],
  };
}
