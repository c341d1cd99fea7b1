import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { deleteDataset } from './behind-the-gateway.ts';
import { type Follower, type FollowOptions, follow, readWithCursor, watchFast } from './changes-following.ts';
import { idOf, present } from './reading.ts';
import { humanloopDataset, writesOfHumanloop } from './writes-of-humanloop.ts';

const { ben } = datadogCredentials.acme;
let gateway: TestGateway;
const followers: Follower[] = [];

beforeEach(async () => {
  gateway = await startTestGateway({ environment: watchFast });
});
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
  await gateway.dispose();
});

async function following(options: FollowOptions): Promise<Follower> {
  const follower = await follow(gateway, options);
  followers.push(follower);
  return follower;
}

function dataset() {
  return gateway.sandbox.datadog.state.dataset('acme', datadogSeed.largestDataset);
}

async function datadogId(): Promise<string> {
  const { id: vendorId, projectId } = dataset();
  return idOf(gateway, { vendor: 'DATADOG', kind: 'DATASET', vendorId, parentVendorId: projectId });
}

describe('a vendor that stops answering', () => {
  it.each(['reset-before', 'hang'] as const)(
    '(%s) is told, then that it is back, then what happened meanwhile',
    async (type) => {
      await gateway.dispose();
      gateway = await startTestGateway({ environment: { ...watchFast, UPSTREAM_TIMEOUT: '200' } });
      const id = await datadogId();
      const after = await readWithCursor(gateway, 'dataset', id);
      const follower = await following({ field: 'draftLockChanged', ids: [id], after });
      const lift = gateway.sandbox.datadog.server.faults.add({ effect: { type } });
      const down = await follower.next();
      expect(down).toMatchObject({ __typename: 'SourceStatusChange', vendor: 'DATADOG', status: 'DOWN' });
      expect(down.statusReason).toContain('Datadog');
      gateway.sandbox.datadog.state.lock(dataset(), ben.user);
      lift();
      expect(await follower.next()).toMatchObject({
        __typename: 'SourceStatusChange',
        vendor: 'DATADOG',
        status: 'UP',
        statusReason: null,
      });
      expect(await follower.next()).toMatchObject({
        __typename: 'DraftLockChange',
        origin: 'VENDOR',
        previous: null,
        current: { holder: { name: ben.user.name } },
      });
    },
  );

  it('is told to who begins to follow while it does not answer, and when it does again', async () => {
    const id = await datadogId();
    const after = await readWithCursor(gateway, 'dataset', id);
    const first = await following({ field: 'draftLockChanged', ids: [id], after });
    const lift = gateway.sandbox.datadog.server.faults.add({ effect: { type: 'reset-before' } });
    expect(await first.next()).toMatchObject({ status: 'DOWN' });
    const late = await following({ field: 'draftLockChanged', ids: [id] });
    expect(await late.next()).toMatchObject({ status: 'DOWN' });
    lift();
    expect(await late.next()).toMatchObject({ status: 'UP' });
    gateway.sandbox.datadog.state.lock(dataset(), ben.user);
    expect(await late.next()).toMatchObject({ __typename: 'DraftLockChange' });
  });

  it('when somebody begins to follow, leaves a gap for what it could not show until then', async () => {
    const id = present((await writesOfHumanloop.readIds(gateway))['dataset']);
    const file = gateway.sandbox.humanloop.state.dataset(humanloopDataset);
    const lift = gateway.sandbox.humanloop.server.faults.add({ effect: { type: 'reset-before' } });
    const follower = await following({ field: 'datasetVersionChanged', ids: [id] });
    expect(await follower.next()).toMatchObject({ status: 'DOWN', vendor: 'HUMANLOOP' });
    gateway.sandbox.humanloop.state.createDatasetVersion(file.id, {
      datapoints: [{ inputs: { question: '?' } }],
    });
    lift();
    const events = await follower.until(({ __typename }) => __typename === 'ChangeGap');
    expect(events.at(-1)).toMatchObject({ reason: 'UNOBSERVED', resourceIds: [id] });
    expect(events.slice(0, -1)).toMatchObject([{ status: 'UP' }]);
    const made = gateway.sandbox.humanloop.state.createDatasetVersion(file.id, {
      datapoints: [{ inputs: { question: 'And now?' } }],
    });
    expect(await follower.next()).toMatchObject({ action: 'CREATED', versionRef: made.id });
  });

  it('does not take the others along', async () => {
    const [datadog, ids] = [await datadogId(), await writesOfHumanloop.readIds(gateway)];
    const humanloop = present(ids['dataset']);
    const follower = await following({ field: 'changes', ids: [datadog, humanloop] });
    gateway.sandbox.humanloop.server.faults.add({ effect: { type: 'reset-before' } });
    expect(await follower.next()).toMatchObject({ status: 'DOWN', vendor: 'HUMANLOOP' });
    gateway.sandbox.datadog.state.lock(dataset(), ben.user);
    expect(await follower.next()).toMatchObject({ __typename: 'DraftLockChange', datasetId: datadog });
  });

  it('that only limits is said to be degraded', async () => {
    const id = await datadogId();
    const follower = await following({ field: 'draftLockChanged', ids: [id] });
    gateway.sandbox.datadog.server.faults.add({
      effect: {
        type: 'answer',
        status: 429,
        headers: { 'content-type': 'application/json' },
        body: '{"errors":["slow"]}',
      },
    });
    expect(await follower.next()).toMatchObject({ status: 'DEGRADED', vendor: 'DATADOG' });
  });
});

describe('an event of what cannot be read', () => {
  it('comes with its ids and null, its vendor being down', async () => {
    const id = await datadogId();
    const after = await readWithCursor(gateway, 'dataset', id);
    const made = String(gateway.sandbox.datadog.state.addVersion(dataset(), ben.user));
    const live = await following({ field: 'datasetVersionChanged', ids: [id], after });
    expect(await live.next()).toMatchObject({ versionRef: made });
    gateway.sandbox.datadog.server.faults.add({ effect: { type: 'reset-before' } });
    const late = await following({ field: 'datasetVersionChanged', ids: [id], after });
    expect(await late.until(({ versionRef }) => versionRef === made)).toMatchObject([
      { __typename: 'DatasetVersionChange', datasetId: id, action: 'CREATED', dataset: null, version: null },
    ]);
    expect(late.errors.map(({ extensions }) => extensions.code)).toContain('SOURCE_UNAVAILABLE');
  });

  it('comes with its ids and null, the dataset being deleted, without an error', async () => {
    const id = await datadogId();
    const after = await readWithCursor(gateway, 'dataset', id);
    const live = await following({ field: 'datasetVersionChanged', ids: [id], after });
    const made = String(gateway.sandbox.datadog.state.addVersion(dataset(), ben.user));
    await live.next();
    deleteDataset(gateway.sandbox, 'DATADOG', dataset().id);
    await live.next();
    const late = await following({ field: 'datasetVersionChanged', ids: [id], after });
    expect(await late.take(2)).toMatchObject([
      { action: 'CREATED', datasetId: id, versionRef: made, dataset: null, version: null },
      { action: 'DELETED', datasetId: id, previousRef: made, dataset: null, version: null },
    ]);
    expect(late.errors).toEqual([]);
  });
});
