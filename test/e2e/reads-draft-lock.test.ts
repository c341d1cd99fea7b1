import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Dataset, datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { ListDatasetsDocument, ReadDatasetDocument, ReadDraftLockDocument } from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { datadogInstant, dataOf, idOf, present } from './reading.ts';

const { ada, ben } = datadogCredentials.acme;
const unlockedShapes = ['404', 'null-data', 'missing-user', 'null-attributes', 'empty-user'] as const;

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.dispose());

function datasetNamed(name: string): Dataset {
  return gateway.sandbox.datadog.state.dataset('acme', name);
}

function idOfDataset({ id, projectId }: Dataset): Promise<string> {
  return idOf(gateway, { vendor: 'DATADOG', kind: 'DATASET', vendorId: id, parentVendorId: projectId });
}

async function readLock(id: string, headers: Readonly<Record<string, string>> = {}) {
  return present(dataOf(await gateway.query(ReadDraftLockDocument, { id }, headers)).dataset).draftLock;
}

describe.each(['spec', 'recorded'] as const)('the draft lock in the %s dialect', (dialect) => {
  beforeEach(() => {
    gateway.sandbox.datadog.switches.dialect = dialect;
  });

  it('is shown with who holds it and since when', async () => {
    const dataset = datasetNamed(datadogSeed.lockedDataset);
    const id = await idOfDataset(dataset);
    expect(await readLock(id)).toEqual({
      holder: {
        vendorId: ben.user.id,
        name: ben.user.name,
        email: ben.user.email,
        handle: ben.user.handle,
        iconUrl: ben.user.icon,
        details: null,
      },
      since: datadogInstant(present(dataset.lock).since),
      // Whose the application key is, Datadog does not tell.
      heldByCaller: null,
      kind: 'VENDOR',
    });
  });

  it.each(unlockedShapes)('is null when nobody holds it and Datadog says so by %s', async (shape) => {
    gateway.sandbox.datadog.switches.unlockedDraftState = shape;
    const dataset = datasetNamed(datadogSeed.largestDataset);
    expect(await readLock(await idOfDataset(dataset))).toBeNull();
  });

  it('follows whoever takes it, hands it over and gives it up', async () => {
    const { state } = gateway.sandbox.datadog;
    const dataset = datasetNamed(datadogSeed.largestDataset);
    const id = await idOfDataset(dataset);
    const holder = async () => (await readLock(id))?.holder.vendorId;

    expect(await holder()).toBeUndefined();
    state.lock(dataset, ada.user);
    expect(await holder()).toBe(ada.user.id);
    state.lock(dataset, ben.user);
    expect(await holder()).toBe(ben.user.id);
    state.unlock(dataset);
    expect(await holder()).toBeUndefined();
  });
});

it('looks the same to a caller with keys of his own', async () => {
  const id = await idOfDataset(datasetNamed(datadogSeed.lockedDataset));
  const headers = {
    'x-datadog-api-key': ben.apiKey,
    'x-datadog-application-key': ben.applicationKey,
  };
  expect((await readLock(id, headers))?.holder.name).toBe(ben.user.name);
});

it.each([
  [400, 'INVALID_INPUT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'FORBIDDEN'],
  [423, 'CONFLICT'],
  [500, 'SOURCE_UNAVAILABLE'],
] as const)('is an error, not an unlocked draft, when Datadog answers %s', async (status, code) => {
  const id = await idOfDataset(datasetNamed(datadogSeed.lockedDataset));
  const answer = { type: 'answer', status, body: '{"errors":["no"]}' } as const;
  gateway.sandbox.datadog.server.faults.add({ path: '/draft_state$', effect: answer });
  const read = await gateway.query(ReadDraftLockDocument, { id });
  expect(read.data).toEqual({ dataset: { draftLock: null } });
  expect(read.errors).toMatchObject([
    { path: ['dataset', 'draftLock'], extensions: { code, vendor: 'DATADOG', httpStatus: status } },
  ]);
});

it('is an error, not an unlocked draft, when the draft state has no shape of any kind', async () => {
  const id = await idOfDataset(datasetNamed(datadogSeed.lockedDataset));
  for (const body of ['[]', '"locked"', '{"data":[]}', '{"data":{"attributes":{"user":7}}}']) {
    const effect = { type: 'answer', status: 200, body } as const;
    const lift = gateway.sandbox.datadog.server.faults.add({ path: '/draft_state$', effect });
    const read = await gateway.query(ReadDraftLockDocument, { id });
    lift();
    expect(read.data).toEqual({ dataset: { draftLock: null } });
    expect(read.errors, body).toMatchObject([{ extensions: { code: 'SOURCE_CONTRACT_VIOLATION' } }]);
  }
});

it('is null without an error or a call where the vendor has no draft lock', async () => {
  for (const vendor of ['HUMANLOOP', 'POSTHOG'] as const) {
    const variables = { first: 1, filter: { vendors: [vendor] } };
    const listed = dataOf(await gateway.query(ListDatasetsDocument, variables)).datasets;
    const id = present(listed?.nodes[0]).id;
    gateway.received('humanloop');
    gateway.received('posthog');
    expect(await readLock(id)).toBeNull();
    expect([...gateway.received('humanloop'), ...gateway.received('posthog')]).toHaveLength(1);
    const { dataset } = dataOf(await gateway.query(ReadDatasetDocument, { id }));
    expect(dataset?.capabilities).not.toContain('DRAFT_LOCK');
  }
});
