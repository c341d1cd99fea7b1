import { afterEach, describe, expect, it } from 'vitest';
import { type Dataset, datadogSeed } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { readWithCursor } from './changes-following.ts';
import { idOf } from './reading.ts';

let gateway: TestGateway;
let dataset: Dataset;
let id: string;

async function start(): Promise<void> {
  gateway = await startTestGateway();
  dataset = gateway.sandbox.datadog.state.dataset('acme', datadogSeed.largestDataset);
  const { id: vendorId, projectId } = dataset;
  id = await idOf(gateway, { vendor: 'DATADOG', kind: 'DATASET', vendorId, parentVendorId: projectId });
}
afterEach(() => gateway.dispose());

/** Locks the free draft, and shows nothing of it; what that asked of the vendor. */
async function requestsOfWrite(): Promise<readonly string[]> {
  gateway.sandbox.datadog.state.unlock(dataset);
  gateway.received('datadog');
  const answer = await gateway.query(
    'mutation ($input: LockDatasetDraftInput!) { lockDatasetDraft(input: $input) { __typename } }',
    { input: { datasetId: id } },
  );
  expect(answer.text).toContain('LockDatasetDraftSuccess');
  return gateway.received('datadog').map((request) => {
    const [method, url = ''] = request.split(' ');
    const path = url.split('?')[0] ?? '';
    const named = path.replace(dataset.projectId, 'project').replace(dataset.id, 'dataset');
    return `${method} ${named.split('/').slice(-2).join('/')}`;
  });
}

describe('what a write asks of its vendor', () => {
  it('is the write alone while nobody follows', async () => {
    await start();
    const first = await requestsOfWrite();
    expect(first.filter((request) => request.startsWith('PATCH'))).toEqual(['PATCH draft_state/lock']);
    // Time and again: what was written is not looked at.
    expect(await requestsOfWrite()).toEqual(first);
  });

  it('is one look before, of what nobody has seen, and one after, once somebody may follow', async () => {
    await start();
    const alone = await requestsOfWrite();
    await gateway.query('{ changeCursor }');
    const look = ['GET dataset/draft_state', 'GET project/datasets'];
    // A free draft is a 404, for which the dataset must be there; one that is held is told at once.
    expect(await requestsOfWrite()).toEqual([...look, ...alone, 'GET dataset/draft_state']);
    expect(await requestsOfWrite()).toEqual([...alone, 'GET dataset/draft_state']);
  });

  it('is one look after where the state was read with the cursor', async () => {
    await start();
    const alone = await requestsOfWrite();
    gateway.sandbox.datadog.state.unlock(dataset);
    await readWithCursor(gateway, 'dataset', id);
    expect(await requestsOfWrite()).toEqual([...alone, 'GET dataset/draft_state']);
  });
});
