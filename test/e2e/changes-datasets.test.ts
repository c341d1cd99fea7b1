import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Dataset, datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import type { DatasetFile } from '../../sandbox/humanloop/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { deleteDataset } from './behind-the-gateway.ts';
import {
  type Follower,
  follow,
  readCursor,
  readWithCursor,
  type ShownEvent,
  watchFast,
} from './changes-following.ts';
import { dataOf, idOf, present } from './reading.ts';
import { humanloopDataset, writesOfHumanloop } from './writes-of-humanloop.ts';
import { succeed } from './writing.ts';

const { ben } = datadogCredentials.acme;
let gateway: TestGateway;
let id: string;
const followers: Follower[] = [];

async function following(after?: string): Promise<Follower> {
  const follower = await follow(gateway, { field: 'datasetVersionChanged', ids: [id], after });
  followers.push(follower);
  return follower;
}

beforeEach(async () => {
  gateway = await startTestGateway({ environment: watchFast });
});
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
  await gateway.dispose();
});

/** What happened, as a line for each. */
function steps(events: readonly ShownEvent[]): readonly string[] {
  return events.map((event) => {
    expect(event).toMatchObject({ __typename: 'DatasetVersionChange', datasetId: id });
    const { origin, action, previousRef, versionRef, environmentName } = event;
    const place = environmentName === null ? '' : ` on ${environmentName}`;
    return `${origin} ${action} ${previousRef} > ${versionRef}${place}`;
  });
}

describe('versions of a Datadog dataset', () => {
  let dataset: Dataset;
  beforeEach(async () => {
    dataset = gateway.sandbox.datadog.state.dataset('acme', datadogSeed.largestDataset);
    id = await idOf(gateway, {
      vendor: 'DATADOG',
      kind: 'DATASET',
      vendorId: dataset.id,
      parentVendorId: dataset.projectId,
    });
  });

  it('made at the vendor are told once each, with the dataset and the version as they are', async () => {
    const { currentVersion: base } = dataset;
    const follower = await following(await readWithCursor(gateway, 'dataset', id));
    const { state } = gateway.sandbox.datadog;
    state.addVersion(dataset, ben.user);
    const first = await follower.next();
    expect(first.version).toEqual({ ref: `${base + 1}` });
    expect(first.dataset).toEqual({ name: dataset.name, latestVersion: { ref: `${base + 1}` } });
    state.addVersion(dataset, ben.user);
    expect(steps([first, await follower.next()])).toEqual([
      `VENDOR CREATED ${base} > ${base + 1}`,
      `VENDOR CREATED ${base + 1} > ${base + 2}`,
    ]);
    expect(follower.errors).toEqual([]);
  });

  it('made one after another between two looks are told as a jump that loses none that the vendor lists', async () => {
    const { currentVersion: base } = dataset;
    const cursor = await readWithCursor(gateway, 'dataset', id);
    for (let made = 0; made < 3; made += 1) gateway.sandbox.datadog.state.addVersion(dataset, ben.user);
    const follower = await following(cursor);
    const events = await follower.until(({ versionRef }) => versionRef === `${base + 3}`);
    // Each goes on from the one before it, from the version that was read to the newest.
    expect(events.map(({ previousRef }) => previousRef)).toEqual([
      `${base}`,
      ...events.slice(0, -1).map(({ versionRef }) => versionRef),
    ]);
    expect(new Set(events.map(({ action }) => action))).toEqual(new Set(['CREATED']));
  });

  it.each([
    ['a list', `{ changeCursor datasets(first: 20, filter: { vendors: [DATADOG] }) { nodes { id } } }`],
    ['a node', 'query ($id: ID!) { changeCursor node(id: $id) { id } }'],
    ['nodes', 'query ($id: ID!) { changeCursor nodes(ids: [$id]) { id } }'],
    ['its latest version', 'query ($id: ID!) { changeCursor dataset(id: $id) { latestVersion { ref } } }'],
    ['its name alone', 'query ($id: ID!) { changeCursor dataset(id: $id) { name } }'],
    [
      'its versions',
      'query ($id: ID!) { changeCursor dataset(id: $id) { versions(first: 1) { nodes { ref } } } }',
    ],
  ])(
    'made after %s was read with the cursor, and before anybody followed, are told',
    async (what, document) => {
      if (what === 'a list') {
        // The newest dataset of all is in every first page.
        const newest = [...gateway.sandbox.datadog.state.tenant('acme').projects.values()]
          .flatMap(({ datasets }) => [...datasets.values()])
          .sort((a, b) => b.createdAt - a.createdAt);
        dataset = present(newest[0]);
        id = await idOf(gateway, {
          vendor: 'DATADOG',
          kind: 'DATASET',
          vendorId: dataset.id,
          parentVendorId: dataset.projectId,
        });
      }
      const answer = await gateway.query<{ changeCursor: string }, object>(document, { id });
      const { currentVersion: base } = dataset;
      gateway.sandbox.datadog.state.addVersion(dataset, ben.user);
      const follower = await following(dataOf(answer).changeCursor);
      expect(steps([await follower.next()])).toEqual([`VENDOR CREATED ${base} > ${base + 1}`]);
    },
  );

  it('made after data was read in an operation of its own, after the cursor, are told', async () => {
    const cursor = await readCursor(gateway);
    await gateway.query('query ($id: ID!) { dataset(id: $id) { name } }', { id });
    const { currentVersion: base } = dataset;
    gateway.sandbox.datadog.state.addVersion(dataset, ben.user);
    const follower = await following(cursor);
    expect(steps([await follower.next()])).toEqual([`VENDOR CREATED ${base} > ${base + 1}`]);
  });

  it('that nobody has read are a gap at once', async () => {
    const cursor = await readCursor(gateway);
    gateway.sandbox.datadog.state.addVersion(dataset, ben.user);
    const follower = await following(cursor);
    expect(await follower.next()).toMatchObject({ reason: 'UNOBSERVED', resourceIds: [id] });
  });

  it('made and restored through this gateway are told once each, as its own', async () => {
    const { currentVersion: base } = dataset;
    const follower = await following(await readWithCursor(gateway, 'dataset', id));
    const add = [{ input: { question: 'Is this new?' } }];
    await succeed(gateway, 'editDatasetItems', { datasetId: id, add, expectedRef: `${base}` });
    await succeed(gateway, 'restoreDatasetVersion', { datasetId: id, versionRef: `${base}` });
    const events = [...(await follower.take(2))];
    gateway.sandbox.datadog.state.addVersion(dataset, ben.user);
    events.push(await follower.next());
    expect(steps(events)).toEqual([
      `GATEWAY CREATED ${base} > ${base + 1}`,
      `GATEWAY RESTORED ${base + 1} > ${base + 2}`,
      `VENDOR CREATED ${base + 2} > ${base + 3}`,
    ]);
  });

  it.each(['vendor', 'gateway'])(
    'end with the dataset, deleted at the %s: told, with a null object',
    async (where) => {
      const { currentVersion: base } = dataset;
      const follower = await following(await readWithCursor(gateway, 'dataset', id));
      if (where === 'gateway') await succeed(gateway, 'deleteDataset', { datasetId: id });
      else deleteDataset(gateway.sandbox, 'DATADOG', dataset.id);
      const event = await follower.next();
      expect(steps([event])).toEqual([`${where.toUpperCase()} DELETED ${base} > null`]);
      expect(event).toMatchObject({ dataset: null, version: null });
    },
  );
});

describe('versions of a Humanloop dataset', () => {
  let file: DatasetFile;
  let places: { readonly default: string; readonly other: string };
  beforeEach(async () => {
    const ids = await writesOfHumanloop.readIds(gateway);
    id = present(ids['dataset']);
    places = { default: present(ids['default']), other: present(ids['other']) };
    file = gateway.sandbox.humanloop.state.dataset(humanloopDataset);
  });

  function ref(place: number): string {
    return present(file.versions.at(place)).id;
  }

  /** A subscription that has told that nobody watched until now. */
  async function watched(): Promise<Follower> {
    const follower = await following(await readWithCursor(gateway, 'dataset', id));
    expect(await follower.next()).toMatchObject({
      __typename: 'ChangeGap',
      reason: 'UNOBSERVED',
      resourceIds: [id],
    });
    return follower;
  }

  function environmentNamed(which: 'default' | 'other'): string {
    const environmentId = places[which];
    const names = gateway.sandbox.humanloop.state.acme.environments.map(({ name }) => name);
    expect(environmentId).not.toBe('');
    return present(names[which === 'default' ? names.indexOf('production') : names.indexOf('staging')]);
  }

  it('made, named, moved, taken off and deleted at the vendor are told once each', async () => {
    const { state } = gateway.sandbox.humanloop;
    const follower = await watched();
    const events: ShownEvent[] = [];
    const [base, environment] = [ref(-1), environmentNamed('other')];
    const made = state.createDatasetVersion(file.id, { datapoints: [{ inputs: { question: 'New?' } }] });
    events.push(await follower.next());
    made.name = 'A name';
    events.push(await follower.next());
    state.deploy(file.id, environment, made.id);
    const deployed = await follower.next();
    state.undeploy(file.id, environment);
    const undeployed = await follower.next();
    state.deleteVersion(file.id, made.id);
    events.push(await follower.next());
    expect(steps(events)).toEqual([
      `VENDOR CREATED ${base} > ${made.id}`,
      `VENDOR UPDATED ${made.id} > ${made.id}`,
      `VENDOR DELETED ${made.id} > null`,
    ]);
    expect(deployed).toMatchObject({
      origin: 'VENDOR',
      action: 'DEPLOYED',
      versionRef: made.id,
      environmentName: environment,
      version: { ref: made.id },
    });
    expect(undeployed).toMatchObject({
      origin: 'VENDOR',
      action: 'UNDEPLOYED',
      previousRef: made.id,
      versionRef: null,
      environmentName: environment,
      version: null,
    });
  });

  it('made several between two looks are told one by one, as they are listed', async () => {
    const { state } = gateway.sandbox.humanloop;
    const follower = await watched();
    const base = ref(-1);
    const lift = gateway.sandbox.humanloop.server.faults.add({ effect: { type: 'reset-before' } });
    const made = ['One', 'Two', 'Three'].map(
      (question) => state.createDatasetVersion(file.id, { datapoints: [{ inputs: { question } }] }).id,
    );
    lift();
    const events = await follower.until(({ versionRef }) => versionRef === made[2]);
    expect(steps(events.filter(({ __typename }) => __typename !== 'SourceStatusChange'))).toEqual([
      `VENDOR CREATED ${base} > ${made[0]}`,
      `VENDOR CREATED ${made[0]} > ${made[1]}`,
      `VENDOR CREATED ${made[1]} > ${made[2]}`,
    ]);
  });

  it('made, named, deployed, undeployed and deleted through this gateway are told once each, as its own', async () => {
    const follower = await watched();
    const base = ref(-1);
    const add = [{ input: { question: 'Is this new?' } }];
    await succeed(gateway, 'editDatasetItems', { datasetId: id, add, expectedRef: base });
    const made = ref(-1);
    const created = await follower.next();
    const place = { datasetId: id, environmentId: places.other };
    await succeed(gateway, 'updateDatasetVersion', { datasetId: id, versionRef: made, name: 'A name' });
    const named = await follower.next();
    await succeed(gateway, 'deployDatasetVersion', { ...place, versionRef: made });
    const deployed = await follower.next();
    await succeed(gateway, 'removeDatasetDeployment', place);
    const undeployed = await follower.next();
    expect([created, named, deployed, undeployed].map(({ origin, action }) => `${origin} ${action}`)).toEqual(
      ['GATEWAY CREATED', 'GATEWAY UPDATED', 'GATEWAY DEPLOYED', 'GATEWAY UNDEPLOYED'],
    );
    expect(created.previousRef).toBe(base);
    expect(deployed.versionRef).toBe(made);
    expect(undeployed).toMatchObject({ previousRef: made, versionRef: null });
    const other = gateway.sandbox.humanloop.state.createDatasetVersion(file.id, {
      datapoints: [{ inputs: { question: 'By somebody else?' } }],
    });
    expect(steps([await follower.next()])).toEqual([`VENDOR CREATED ${made} > ${other.id}`]);
  });

  it('restored through this gateway, which gives the old version back, are told so', async () => {
    const follower = await watched();
    const [oldest, newest] = [ref(0), ref(-1)];
    await succeed(gateway, 'restoreDatasetVersion', {
      datasetId: id,
      versionRef: oldest,
      expectedRef: newest,
    });
    const restored = await follower.next();
    expect(restored).toMatchObject({
      origin: 'GATEWAY',
      action: 'RESTORED',
      previousRef: newest,
      versionRef: oldest,
    });
    const made = gateway.sandbox.humanloop.state.createDatasetVersion(file.id, {
      datapoints: [{ inputs: { question: 'After it?' } }],
    });
    const events = await follower.until(({ versionRef }) => versionRef === made.id);
    expect(events.at(-1)).toMatchObject({ origin: 'VENDOR', action: 'CREATED', versionRef: made.id });
  });

  it('changed after the cursor and before anybody followed are a gap, never silence', async () => {
    const cursor = await readWithCursor(gateway, 'dataset', id);
    gateway.sandbox.humanloop.state.createDatasetVersion(file.id, {
      datapoints: [{ inputs: { question: '?' } }],
    });
    const follower = await following(cursor);
    expect(await follower.next()).toMatchObject({ reason: 'UNOBSERVED', resourceIds: [id] });
  });

  it('end with the dataset: told, with a null object', async () => {
    const follower = await watched();
    const last = ref(-1);
    deleteDataset(gateway.sandbox, 'HUMANLOOP', file.id);
    const event = await follower.next();
    expect(steps([event])).toEqual([`VENDOR DELETED ${last} > null`]);
    expect(event).toMatchObject({ dataset: null, version: null });
  });
});
