import { createClient } from 'graphql-ws';
import { afterEach, describe, expect, it } from 'vitest';
import { type Dataset, datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import {
  type Follower,
  type FollowOptions,
  follow,
  readWithCursor,
  type ShownEvent,
  watchFast,
} from './changes-following.ts';
import { asAda, asBen } from './drafts.ts';
import { dataOf, idOf, present } from './reading.ts';

const { ada, ben } = datadogCredentials.acme;
let gateway: TestGateway;
let dataset: Dataset;
let id: string;
const followers: Follower[] = [];

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  gateway = await startTestGateway({ environment: { ...watchFast, ...environment } });
  dataset = gateway.sandbox.datadog.state.dataset('acme', datadogSeed.largestDataset);
  id = await idOfDataset(dataset);
}

function idOfDataset({ id: vendorId, projectId }: Dataset): Promise<string> {
  return idOf(gateway, { vendor: 'DATADOG', kind: 'DATASET', vendorId, parentVendorId: projectId });
}

afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
  await gateway.dispose();
});

async function following(options: Partial<FollowOptions> = {}): Promise<Follower> {
  const follower = await follow(gateway, { field: 'draftLockChanged', ids: [id], ...options });
  followers.push(follower);
  return follower;
}

interface Watching {
  readonly resources: number;
  readonly intervalSeconds: number | null;
}

async function watching(headers = {}): Promise<Watching | null> {
  const answer = await gateway.query<
    { sources: readonly { vendor: string; watching: Watching | null }[] },
    object
  >('{ sources { vendor watching { resources intervalSeconds } } }', {}, headers);
  return present(dataOf(answer).sources.find(({ vendor }) => vendor === 'DATADOG')).watching;
}

/** Asks until it is so: what is waited for has no other sign. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${gateway.origin}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(name));
  return Number(present(line, name).split(' ').at(-1));
}

describe('what is watched', () => {
  it('for a thousand subscribers of one dataset is one watch, that ends with the last of them', async () => {
    await start({ MAX_CONNECTION_SUBSCRIPTIONS: '1000' });
    const cursor = await readWithCursor(gateway, 'dataset', id);
    const client = createClient({ url: gateway.url.replace('http', 'ws'), lazy: false, retryAttempts: 0 });
    const query =
      'subscription ($ids: [ID!]!, $after: String) { draftLockChanged(datasetIds: $ids, after: $after) { ... on DraftLockChange { datasetId current { holder { name } } } } }';
    const iterators = Array.from({ length: 1_000 }, () =>
      client.iterate({ query, variables: { ids: [id], after: cursor } }),
    );
    await until(async () => (await metric('lockstep_subscribers')) === 1_000);
    expect(await watching()).toMatchObject({ resources: 1 });
    gateway.received('datadog');
    const events = iterators.map((iterator) => iterator.next());
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    for (const { value } of await Promise.all(events)) {
      expect(value).toMatchObject({
        data: { draftLockChanged: { datasetId: id, current: { holder: { name: ben.user.name } } } },
      });
    }
    // Looks of one watch, as long as it took to reach them all.
    expect(gateway.received('datadog').length).toBeLessThan(500);
    const last = present(iterators.pop());
    for (const iterator of iterators) await iterator.return?.();
    await until(async () => (await metric('lockstep_subscribers')) === 1);
    expect(await watching()).toMatchObject({ resources: 1 });
    await last.return?.();
    await until(async () => (await metric('lockstep_watch_loops')) === 0);
    expect(await watching()).toMatchObject({ resources: 0 });
    await client.dispose();
  });

  it('ends with its only subscriber, who was never told anything', async () => {
    await start();
    const follower = await follow(gateway, { field: 'draftLockChanged', ids: [id] });
    // Its operation is under way once its socket has something to wait for.
    const event = follower.next();
    event.catch(() => undefined);
    await until(async () => (await watching())?.resources === 1);
    await follower.stop();
    await until(async () => (await watching())?.resources === 0);
    expect(await metric('lockstep_watch_loops')).toBe(0);
    expect(await metric('lockstep_subscribers')).toBe(0);
  });

  it('is watched on for a while after the last has left, and found changed by who comes back', async () => {
    await start({ WATCH_LINGER: '600000' });
    const cursor = await readWithCursor(gateway, 'dataset', id);
    const first = await follow(gateway, { field: 'draftLockChanged', ids: [id], after: cursor });
    gateway.sandbox.datadog.state.lock(dataset, ada.user);
    await first.next();
    await first.stop();
    expect(await watching()).toMatchObject({ resources: 1 });
    gateway.sandbox.datadog.state.unlock(dataset);
    const second = await following({ after: cursor });
    expect((await second.take(2)).map(({ current }) => current?.holder.name)).toEqual([
      ada.user.name,
      undefined,
    ]);
  });

  it('with a caller’s own credentials is watched for nobody when that caller has left', async () => {
    await start({ WATCH_LINGER: '600000' });
    const cursor = await readWithCursor(gateway, 'dataset', id, asBen);
    const follower = await follow(gateway, {
      field: 'draftLockChanged',
      ids: [id],
      after: cursor,
      headers: asBen,
    });
    gateway.sandbox.datadog.state.lock(dataset, ada.user);
    await follower.next();
    expect(await watching(asBen)).toMatchObject({ resources: 1 });
    expect(await watching()).toMatchObject({ resources: 0 });
    await follower.stop();
    await until(async () => (await watching(asBen))?.resources === 0);
    expect(await metric('lockstep_watch_loops')).toBe(0);
  });

  it('with different credentials is watched by each with its own', async () => {
    await start();
    const cursors = [
      await readWithCursor(gateway, 'dataset', id, asAda),
      await readWithCursor(gateway, 'dataset', id, asBen),
    ];
    const [ofAda, ofBen] = [
      await following({ headers: asAda, after: cursors[0] }),
      await following({ headers: asBen, after: cursors[1] }),
    ];
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    const events: ShownEvent[] = [await ofAda.next(), await ofBen.next()];
    expect(events).toMatchObject([{ origin: 'VENDOR' }, { origin: 'VENDOR' }]);
    const keys = new Set(
      gateway.sandbox.datadog.server.requests.all
        .filter(({ url }) => url.includes('draft_state'))
        .map(({ headers }) => headers['dd-application-key']),
    );
    expect(keys).toEqual(new Set([ada.applicationKey, ben.applicationKey]));
    // The gateway's own credentials are Ada's too, but were not asked for.
    expect(await watching(asAda)).toMatchObject({ resources: 1 });
    expect(await watching(asBen)).toMatchObject({ resources: 1 });
  });

  it('is nothing for a caller whose credentials may not read it: an error, and no events', async () => {
    await start();
    const { gia } = datadogCredentials.globex;
    const headers = { 'x-datadog-api-key': gia.apiKey, 'x-datadog-application-key': gia.applicationKey };
    const mine = await following({ after: await readWithCursor(gateway, 'dataset', id) });
    const theirs = await following({ headers });
    const refusal = theirs.next().catch((error: unknown) => error);
    expect(JSON.stringify(await refusal)).toContain('NOT_FOUND');
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    await mine.next();
    expect(await watching(headers)).toMatchObject({ resources: 0 });
    expect(await metric('lockstep_subscribers')).toBe(1);
  });

  it('is looked at by few requests where the vendor answers for many', async () => {
    await start({ WATCH_INTERVAL: '1000', WATCH_MAX_INTERVAL: '1000' });
    const { datasets } = gateway.sandbox.datadog.state.project('acme', dataset.projectId);
    const ids = await Promise.all(Array.from(datasets.values(), idOfDataset));
    expect(ids.length).toBeGreaterThan(30);
    const after = await readWithCursor(gateway, 'dataset', id);
    gateway.received('datadog');
    const follower = await following({ field: 'datasetVersionChanged', ids, after });
    gateway.sandbox.datadog.state.addVersion(dataset, ben.user);
    await follower.until(({ datasetId, action }) => datasetId === id && action === 'CREATED');
    const lists = gateway.received('datadog').filter((url) => /\/datasets(\?|$)/.test(url));
    expect(lists.length).toBeLessThan(10);
  });
});
