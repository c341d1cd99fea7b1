import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  apiKeys,
  asCaller,
  freeDataset,
  idOfDraft,
  lockDraft,
  readLock,
  unlockDraft,
} from '../e2e/drafts.ts';
import type { TestGateway } from '../support/gateway.ts';
import { redisBinary } from '../support/redis-server.ts';
import { followWs } from '../support/stream-client.ts';
import { type Fleet, startFleet } from './fleet.ts';

interface Event {
  readonly event: {
    readonly __typename: string;
    readonly cursor: string;
    readonly origin?: string;
    readonly current?: { readonly holder: { readonly name: string | null } } | null;
    readonly status?: string;
    readonly reason?: string;
  };
}

const document = `subscription ($ids: [ID!]!, $after: String) {
  event: draftLockChanged(datasetIds: $ids, after: $after) {
    __typename
    ... on Change { cursor }
    ... on DraftLockChange { origin current { holder { name } } }
    ... on FeedStatusChange { status }
    ... on ChangeGap { reason }
  }
}`;

const alice = asCaller('alice');
const bob = asCaller('bob');

describe.skipIf(redisBinary === undefined)('two instances that share a Redis', () => {
  let fleet: Fleet;
  let first: TestGateway;
  let second: TestGateway;
  let id: string;
  beforeAll(async () => {
    fleet = await startFleet({ API_KEYS: apiKeys });
    [first, second] = fleet.instances;
    id = await idOfDraft(first, freeDataset(first), alice);
  });
  afterAll(() => fleet?.dispose());

  const follow = (gateway: TestGateway, after?: string) =>
    followWs<Event>(
      gateway.url,
      { query: document, variables: { ids: [id], ...(after === undefined ? {} : { after }) } },
      { connectionParams: alice },
    );
  const subscribers = (gateway: TestGateway, count: number) =>
    expect
      .poll(
        async () =>
          /^lockstep_subscribers (\d+)$/m.exec(await gateway.gateway.metrics.registry.metrics())?.[1],
        { timeout: 10_000 },
      )
      .toBe(String(count));
  const cursorOf = async (gateway: TestGateway): Promise<string> => {
    const { data } = await gateway.query<{ changeCursor: string }, object>('{ changeCursor }', {}, alice);
    return data.changeCursor;
  };

  it('tell at each what was done through the other, as made through the gateway, in order', async () => {
    const followers = [follow(first), follow(second)];
    await subscribers(first, 1);
    await subscribers(second, 1);
    expect((await lockDraft(first, id, alice)).__typename).toBe('LockDatasetDraftSuccess');
    expect((await unlockDraft(second, id, alice)).__typename).toBe('UnlockDatasetDraftSuccess');
    for (const follower of followers) {
      const events = [await follower.next(), await follower.next()].map(({ data }) => data?.event);
      expect(events).toMatchObject([
        { __typename: 'DraftLockChange', origin: 'GATEWAY', current: { holder: { name: 'alice' } } },
        { __typename: 'DraftLockChange', origin: 'GATEWAY', current: null },
      ]);
    }
    for (const follower of followers) await follower.close();
  });

  it('take a cursor of one another, and give what has happened since', async () => {
    const cursor = await cursorOf(first);
    await readLock(first, id, alice);
    const early = follow(second);
    await subscribers(second, 1);
    await lockDraft(second, id, alice);
    await early.next();
    const late = follow(second, cursor);
    const seen = await late.next();
    expect(seen.data?.event).toMatchObject({ __typename: 'DraftLockChange', current: { holder: {} } });
    await unlockDraft(first, id, alice);
    const back = follow(first, seen.data?.event.cursor);
    expect((await back.next()).data?.event).toMatchObject({ __typename: 'DraftLockChange', current: null });
    for (const follower of [early, late, back]) await follower.close();
  });

  it('watch each thing at one of them, and at the other when that one lets go', async () => {
    const looks = async (gateway: TestGateway): Promise<number> => {
      const text = await gateway.gateway.metrics.registry.metrics();
      const pattern = /lockstep_upstream_call_duration_seconds_count\{[^}]*DraftState[^}]*\} (\d+)/g;
      return [...text.matchAll(pattern)].reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const one = follow(first);
    await subscribers(first, 1);
    const start = await looks(first);
    await expect.poll(() => looks(first)).toBeGreaterThan(start + 3);
    const other = follow(second);
    await subscribers(second, 1);
    const [there, here] = [await looks(second), await looks(first)];
    await expect.poll(() => looks(first)).toBeGreaterThan(here + 5);
    expect(await looks(second)).toBe(there);
    await one.close();
    await expect.poll(() => looks(second), { timeout: 10_000 }).toBeGreaterThan(there + 3);
    await other.close();
  });

  it('keep callers of each apart by one lease', async () => {
    expect((await lockDraft(first, id, alice)).__typename).toBe('LockDatasetDraftSuccess');
    expect(await lockDraft(second, id, bob)).toMatchObject({
      __typename: 'DraftLockedError',
      lock: { kind: 'GATEWAY', holder: { name: 'alice' } },
    });
    expect(await readLock(second, id, bob)).toMatchObject({ kind: 'GATEWAY', heldByCaller: false });
    expect((await unlockDraft(second, id, alice)).__typename).toBe('UnlockDatasetDraftSuccess');
    expect((await lockDraft(first, id, bob)).__typename).toBe('LockDatasetDraftSuccess');
    expect((await unlockDraft(first, id, bob)).__typename).toBe('UnlockDatasetDraftSuccess');
  });

  it('write no credential into Redis', async () => {
    const follower = follow(first);
    await subscribers(first, 1);
    await lockDraft(first, id, alice);
    await follower.next();
    const redis = new Redis(fleet.redis.url);
    try {
      const all: string[] = [];
      for (const key of await redis.keys('*')) {
        const dump = await redis.dump(key);
        all.push(key, String(dump));
      }
      expect(all.length).toBeGreaterThan(5);
      const { environment } = first.sandbox;
      const secrets = ['DD_API_KEY', 'DD_APP_KEY', 'HUMANLOOP_API_KEY', 'POSTHOG_PERSONAL_API_KEY'].map(
        (name) => environment[name] ?? '',
      );
      for (const secret of [...secrets, 'key-of-alice-0123456789', 'a1a1a1']) {
        expect(secret.length).toBeGreaterThan(4);
        expect(all.filter((text) => text.includes(secret))).toEqual([]);
      }
    } finally {
      redis.disconnect();
      await unlockDraft(first, id, alice);
      await follower.close();
    }
  });

  it('go on without Redis, say that nothing can be told, and tell what happened when it is back', async () => {
    const follower = follow(second);
    await subscribers(second, 1);
    await lockDraft(first, id, alice);
    await follower.next();
    await fleet.redis.kill();
    expect((await follower.next()).data?.event).toMatchObject({
      __typename: 'FeedStatusChange',
      status: 'DOWN',
    });
    const { data, errors } = await first.query<{ changeCursor: null; sources: object[] }, object>(
      '{ changeCursor sources { vendor } }',
      {},
      alice,
    );
    expect(data.changeCursor).toBeNull();
    expect(data.sources).toHaveLength(3);
    expect(errors).toMatchObject([{ path: ['changeCursor'], extensions: { code: 'SOURCE_UNAVAILABLE' } }]);
    const ready = await fetch(`${first.origin}/health/ready`, { headers: alice });
    expect([ready.status, await ready.json()]).toMatchObject([200, { feed: { status: 'DOWN' } }]);
    expect((await unlockDraft(first, id, alice)).__typename).toBe('UnlockDatasetDraftSuccess');
    await fleet.redis.start();
    const events = [await follower.next(), await follower.next(), await follower.next()];
    expect(events.map((answer) => answer.data?.event)).toMatchObject([
      { __typename: 'FeedStatusChange', status: 'UP' },
      // A server that was started again cannot tell whether it has lost something.
      { __typename: 'ChangeGap', reason: 'RESTARTED' },
      { __typename: 'DraftLockChange', current: null },
    ]);
    await follower.close();
  });

  it('say that the feed was lost when Redis has lost it, and go on', async () => {
    const follower = follow(second);
    await subscribers(second, 1);
    const cursor = await cursorOf(first);
    await lockDraft(first, id, alice);
    await follower.next();
    await unlockDraft(first, id, alice);
    await follower.next();
    await fleet.redis.restart({ withData: false });
    const seen: (Event['event'] | undefined)[] = [];
    while (seen.at(-1)?.__typename !== 'ChangeGap') seen.push((await follower.next()).data?.event);
    expect(seen.at(-1)).toMatchObject({ reason: 'RESTARTED' });
    const late = follow(first, cursor);
    expect((await late.next()).data?.event).toMatchObject({ __typename: 'ChangeGap', reason: 'RESTARTED' });
    await expect
      .poll(async () => (await lockDraft(first, id, alice)).__typename)
      .toBe('LockDatasetDraftSuccess');
    for (const each of [follower, late]) {
      let event: Event['event'] | undefined;
      while (event?.__typename !== 'DraftLockChange') event = (await each.next()).data?.event;
      expect(event).toMatchObject({ current: { holder: { name: 'alice' } } });
      await each.close();
    }
    await unlockDraft(first, id, alice);
  });
});
