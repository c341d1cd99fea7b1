import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { monotonicNow } from '../../src/changes/memory-log.ts';
import type { DraftLease } from '../../src/coordination/draft-leases.ts';
import { RedisDraftLeases } from '../../src/coordination/redis-draft-leases.ts';
import { RedisGivenBack } from '../../src/coordination/redis-given-back.ts';
import { RedisMutex } from '../../src/coordination/redis-mutex.ts';
import type { DraftLock } from '../../src/domain/dataset.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { instantOf } from '../../src/domain/instant.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { RedisSession } from '../../src/redis/redis-session.ts';
import { type CutLine, startCutLine } from '../support/cut-line.ts';
import { type RedisServer, redisBinary, startRedisServer } from '../support/redis-server.ts';

const dataset = keyOf(sourceKey('datadog'), 'DATASET', 'project', 'dataset');
const [alice, bob] = [
  { id: 'key:alice', name: 'alice' },
  { id: 'key:bob', name: 'bob' },
];
const vendorLock: DraftLock = {
  holder: {
    vendorId: 'u1',
    name: 'Ada',
    email: null,
    handle: null,
    iconUrl: null,
    details: { a: [1, null] },
  },
  since: instantOf(1_790_000_000_000),
  heldByCaller: null,
  kind: 'VENDOR',
};

describe.skipIf(redisBinary === undefined)('what instances share of writes', () => {
  let server: RedisServer;
  let line: CutLine;
  let prefix = '';
  let turn = 0;
  const ends: (() => void)[] = [];

  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server?.dispose());
  beforeEach(async () => {
    turn += 1;
    prefix = `coordination-${turn}`;
    line = await startCutLine(server.port);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) end();
    await line.dispose();
  });

  /** An instance; `far`: over the line that can be cut. */
  async function enter(where: 'near' | 'far' = 'near'): Promise<RedisSession> {
    const session = new RedisSession({
      url: `redis://127.0.0.1:${where === 'far' ? line.port : server.port}`,
      prefix,
      commandTimeout: 2_000,
      beatInterval: 20,
      now: monotonicNow,
    });
    ends.push(() => session.dispose());
    await session.ready(5_000);
    return session;
  }

  function leasesOf(session: RedisSession, duration: number) {
    const ended: DraftLease[] = [];
    const leases = new RedisDraftLeases(session, { duration, onExpire: (_, lease) => ended.push(lease) });
    ends.push(() => leases.dispose());
    return { leases, ended };
  }

  async function cut(session: RedisSession): Promise<void> {
    line.cut();
    await expect.poll(() => session.outage).toBeDefined();
  }

  async function mend(session: RedisSession): Promise<void> {
    line.mend();
    await expect.poll(() => session.outage, { timeout: 10_000 }).toBeUndefined();
  }

  it('is the lease of a draft, which every instance sees whole, and its holder renews anywhere', async () => {
    const [a, b] = [leasesOf(await enter(), 60_000), leasesOf(await enter(), 60_000)];
    const lease = await a.leases.take('scope', dataset, alice, vendorLock);
    expect(await b.leases.all(dataset)).toEqual([lease]);
    expect(await b.leases.take('scope', dataset, alice, vendorLock)).toEqual(lease);
    await b.leases.release('scope', dataset);
    expect(await a.leases.all(dataset)).toEqual([]);
  });

  it('is the end of a lease, which one instance of all sees to, once', async () => {
    const [a, b] = [leasesOf(await enter(), 100), leasesOf(await enter(), 100)];
    const lease = await a.leases.take('scope', dataset, alice, vendorLock);
    await expect.poll(() => [...a.ended, ...b.ended]).toEqual([lease]);
    expect(await b.leases.all(dataset)).toEqual([]);
    const other = await b.leases.take('scope', dataset, bob, vendorLock);
    // Whichever of the two found them.
    const ended = () => [...a.ended, ...b.ended].map(({ holder }) => holder.name).toSorted();
    await expect.poll(ended).toEqual(['alice', 'bob']);
    expect(other.holder).toEqual(bob);
  });

  it('is not ended by an instance that cannot know whether it was renewed elsewhere', async () => {
    const far = await enter('far');
    const [a, b] = [leasesOf(far, 200), leasesOf(await enter(), 60_000)];
    await a.leases.take('scope', dataset, alice, vendorLock);
    const renewed = await b.leases.take('scope', dataset, alice, vendorLock);
    await cut(far);
    // Its own memory of the lease has ended.
    await expect.poll(() => a.leases.all(dataset)).toEqual([]);
    expect(a.ended).toEqual([]);
    await mend(far);
    expect(await a.leases.all(dataset)).toEqual([renewed]);
    expect([...a.ended, ...b.ended]).toEqual([]);
  });

  it('is a lease that was given while Redis was away, once it is back', async () => {
    const far = await enter('far');
    const [a, b] = [leasesOf(far, 60_000), leasesOf(await enter(), 60_000)];
    await cut(far);
    const lease = await a.leases.take('scope', dataset, alice, vendorLock);
    expect(await a.leases.all(dataset)).toEqual([lease]);
    await mend(far);
    await expect.poll(() => b.leases.all(dataset)).toEqual([lease]);
    expect(await a.leases.all(dataset)).toEqual([lease]);
  });

  it('is the lease that somebody took elsewhere, though another was given while Redis was away', async () => {
    const far = await enter('far');
    const [a, b] = [leasesOf(far, 60_000), leasesOf(await enter(), 60_000)];
    await cut(far);
    await a.leases.take('scope', dataset, alice, vendorLock);
    const lease = await b.leases.take('scope', dataset, bob, vendorLock);
    await mend(far);
    await far.refresh();
    await expect.poll(() => a.leases.all(dataset)).toEqual([lease]);
    expect(await b.leases.all(dataset)).toEqual([lease]);
  });

  it('is ended where it was given, when Redis is away to the end', async () => {
    const far = await enter('far');
    const a = leasesOf(far, 100);
    await cut(far);
    const lease = await a.leases.take('scope', dataset, alice, vendorLock);
    await expect.poll(() => a.ended).toEqual([lease]);
  });

  it('is the turn of a writer: one at a time at a resource, of all instances', async () => {
    const mutexes = [new RedisMutex(await enter()), new RedisMutex(await enter())];
    let [inside, most, done] = [0, 0, 0];
    const write = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      done += 1;
    };
    await Promise.all(
      Array.from(
        { length: 20 },
        (_, index) => mutexes[index % 2]?.run('resource', write) ?? Promise.resolve(),
      ),
    );
    expect({ most, done }).toEqual({ most: 1, done: 20 });
  });

  it('is a turn that a writer has alone at its instance while Redis is away', async () => {
    const far = await enter('far');
    await cut(far);
    const mutex = new RedisMutex(far);
    const order: string[] = [];
    await Promise.all(
      ['first', 'second'].map((name) =>
        mutex.run('resource', async () => {
          order.push(`${name} begins`);
          await new Promise((resolve) => setImmediate(resolve));
          order.push(`${name} ends`);
        }),
      ),
    );
    expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('is the version that a write was given back', async () => {
    const far = await enter('far');
    const [a, b] = [new RedisGivenBack(far), new RedisGivenBack(await enter())];
    await a.set('resource', { ref: 'old', over: 'new' });
    expect(await b.get('resource', 'new')).toBe('old');
    expect(await b.get('resource', 'newer')).toBeUndefined();
    await cut(far);
    expect(await a.get('resource', 'new')).toBe('old');
  });
});
