import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../src/domain/change.ts';
import { instantOf } from '../../src/domain/instant.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { type ExecuteEvent, SharedEvents } from '../../src/server/shared-events.ts';
import { followWs } from '../support/stream-client.ts';
import { keysFor, type LockScene, passing, startLockScene, staying } from './stream-locks.ts';

const change: FeedEvent['change'] = {
  kind: 'SOURCE_STATUS',
  source: sourceKey('datadog'),
  vendor: 'DATADOG',
  status: 'UP',
  statusReason: null,
};
const event: FeedEvent = { cursor: 'a', observedAt: instantOf(0), change };
const stays = new AbortController().signal;

/** Executions that end when the test says so. */
function executions() {
  const begun: {
    readonly signal: AbortSignal;
    readonly end: (isTimeless: boolean, error?: string) => void;
  }[] = [];
  const execute: ExecuteEvent = (_event, signal) =>
    new Promise((resolve) => {
      const number = begun.length + 1;
      begun.push({
        signal,
        end: (isTimeless, message) =>
          resolve({
            isTimeless,
            body: message === undefined ? { data: number } : { errors: [{ message }] },
          }),
      });
    });
  return { begun, execute };
}

describe('an event that many are shown', () => {
  it('is executed once for those who wait for it, and once more for who comes later', async () => {
    const { begun, execute } = executions();
    const shared = new SharedEvents();
    const [one, two, late] = [shared.join('same'), shared.join('same'), shared.join('same')];
    const both = Promise.all([one.execute(event, stays, execute), two.execute(event, stays, execute)]);
    expect(begun).toHaveLength(1);
    begun[0]?.end(false);
    expect(await both).toEqual([{ data: 1 }, { data: 1 }]);
    const after = late.execute(event, stays, execute);
    begun[1]?.end(false);
    expect(await after).toEqual({ data: 2 });
  });

  it('is kept for who comes later where nothing was read for it', async () => {
    const { begun, execute } = executions();
    const member = new SharedEvents().join('same');
    const first = member.execute(event, stays, execute);
    begun[0]?.end(true);
    await first;
    expect(await member.execute(event, stays, execute)).toEqual({ data: 1 });
    // The same change at another place of the log is another event.
    const elsewhere = member.execute({ ...event, cursor: 'b' }, stays, execute);
    begun[1]?.end(true);
    expect(await elsewhere).toEqual({ data: 2 });
  });

  it('is executed for each of those who are not shown the same', () => {
    const { begun, execute } = executions();
    const shared = new SharedEvents();
    void shared.join('one').execute(event, stays, execute);
    void shared.join('another').execute(event, stays, execute);
    expect(begun).toHaveLength(2);
  });

  it('is executed for each where it fails, since an error names its own request', async () => {
    const { begun, execute } = executions();
    const shared = new SharedEvents();
    const first = shared.join('same').execute(event, stays, execute);
    const second = shared.join('same').execute(event, stays, execute);
    begun[0]?.end(true, 'of the first');
    expect(await first).toEqual({ errors: [{ message: 'of the first' }] });
    await expect.poll(() => begun.length).toBe(2);
    begun[1]?.end(true, 'of the second');
    expect(await second).toEqual({ errors: [{ message: 'of the second' }] });
  });

  it('is given up when the last who waits for it has left, and not before', async () => {
    const { begun, execute } = executions();
    const shared = new SharedEvents();
    const [leaves, follows] = [new AbortController(), new AbortController()];
    void shared.join('same').execute(event, leaves.signal, execute);
    void shared.join('same').execute(event, follows.signal, execute);
    leaves.abort();
    expect(begun[0]?.signal.aborted).toBe(false);
    follows.abort();
    expect(begun[0]?.signal.aborted).toBe(true);
  });
});

describe('subscribers in production', () => {
  let scene: LockScene;

  beforeAll(async () => {
    const environment = { NODE_ENV: 'production', API_KEYS: keysFor(3_600_000) };
    scene = await startLockScene({ environment }, staying);
  });
  afterAll(() => scene?.dispose());

  it('are each shown what they are to see, whoever else follows the same', async () => {
    const query = `subscription ($ids: [ID!]!) {
      event: draftLockChanged(datasetIds: $ids) { ... on DraftLockChange { current { heldByCaller holder { name } } } }
    }`;
    const variables = { ids: [scene.id] };
    const followers = [staying, staying, passing, passing].map((headers) =>
      followWs(scene.gateway.url, { query, variables }, { headers }),
    );
    await scene.subscribers(4);
    await scene.lock();
    const seen = await Promise.all(followers.map(async (follower) => (await follower.next()).data));
    const lock = (heldByCaller: boolean) => ({
      event: { current: { heldByCaller, holder: { name: 'staying' } } },
    });
    expect(seen).toEqual([lock(true), lock(true), lock(false), lock(false)]);
    await Promise.all(followers.map((follower) => follower.close()));
  });
});
