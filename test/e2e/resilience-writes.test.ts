import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Door, startDoor } from './door.ts';
import { takeWrites } from './writing.ts';
import { makeDataset } from './written-datasets.ts';

const lock = `mutation ($id: ID!) { lockDatasetDraft(input: { datasetId: $id }) { __typename ... on SourceFailure { code } } }`;
const remove = `mutation ($id: ID!) { deleteDataset(input: { datasetId: $id }) { __typename ... on SourceFailure { code } } }`;
const rename = `mutation ($id: ID!) { updateDataset(input: { datasetId: $id, name: "Renamed" }) { __typename ... on SourceFailure { code } } }`;
type Told = Readonly<Record<string, { readonly __typename: string; readonly code?: string }>>;

let door: Door;
let gateway: TestGateway;
let id: string;

beforeEach(async () => {
  door = await startDoor();
  gateway = await startTestGateway({
    environment: { UPSTREAM_TRIES: '3', DATADOG_BASE_URL: door.origin },
  });
  door.leadTo(gateway.sandbox.datadog.server.origin);
  ({ id } = await makeDataset(gateway, 'DATADOG', ['a']));
  takeWrites(gateway);
});
afterEach(async () => {
  await gateway.dispose();
  await door.dispose();
});

const faults = () => gateway.sandbox.datadog.server.faults;
const writes = () => gateway.sandbox.datadog.server.requests.all.filter(({ method }) => method !== 'GET');

async function write(document: string) {
  const { data, errors, upstream } = await gateway.query<Told, { id: string }>(document, { id });
  expect(errors).toBeUndefined();
  return { told: Object.values(data)[0], retries: upstream?.['DATADOG']?.retries };
}

describe('a write that a repeat cannot harm', () => {
  it.each([429, 500, 503])('is sent again after %i', async (status) => {
    faults().add({ path: '/draft_state/lock', effect: { type: 'answer', status }, times: 2 });
    const { told, retries } = await write(lock);
    expect(told?.__typename).toMatch(/Success$/);
    expect([writes().length, retries]).toEqual([3, 2]);
  });

  it('is told as not known when its last try was no answer either', async () => {
    faults().add({ path: '/draft_state/lock', effect: { type: 'answer', status: 503 } });
    expect((await write(lock)).told?.__typename).toBe('OutcomeUnknownError');
    expect(writes()).toHaveLength(3);
  });

  it('that takes something away has done so when a repeat finds nothing', async () => {
    faults().add({ method: 'POST', effect: { type: 'replace-body', status: 500, body: '{}' }, times: 1 });
    faults().add({ method: 'POST', effect: { type: 'answer', status: 404 }, times: 1 });
    expect((await write(remove)).told?.__typename).toMatch(/Success$/);
    expect(writes()).toHaveLength(2);
  });
});

describe('a write that a repeat may harm', () => {
  it.each([
    [429, 'SourceFailure'],
    [500, 'OutcomeUnknownError'],
    [503, 'OutcomeUnknownError'],
  ] as const)('is not sent again after %i, and its caller is told', async (status, type) => {
    faults().add({ method: 'PATCH', effect: { type: 'answer', status } });
    expect((await write(rename)).told?.__typename).toBe(type);
    expect(writes()).toHaveLength(1);
  });

  it('is sent again where no connection was made, since nothing can have been sent', async () => {
    const retried = async () =>
      /lockstep_upstream_retries_total\{vendor="DATADOG",endpoint="UpdateLLMObsDataset"\} [1-9]/.test(
        await gateway.gateway.metrics.registry.metrics(),
      );
    // Waits long enough between two tries for the door to be opened again.
    await gateway.dispose();
    gateway = await startTestGateway({
      environment: { UPSTREAM_TRIES: '10', UPSTREAM_RETRY_DELAY: '100', DATADOG_BASE_URL: door.origin },
    });
    door.leadTo(gateway.sandbox.datadog.server.origin);
    ({ id } = await makeDataset(gateway, 'DATADOG', ['a']));
    takeWrites(gateway);
    // What is read before the write goes out over connections that are there; the write takes one of its own.
    door.shut();
    const written = write(rename);
    await expect.poll(retried).toBe(true);
    expect(writes()).toEqual([]);
    await door.open();
    const { told, retries } = await written;
    expect(told?.__typename).toMatch(/Success$/);
    expect(writes()).toHaveLength(1);
    expect(retries).toBeGreaterThan(0);
  });
});
