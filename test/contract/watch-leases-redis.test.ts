import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { monotonicNow } from '../../src/changes/memory-log.ts';
import { RedisLog } from '../../src/changes/redis-log.ts';
import { RedisWatchLeases } from '../../src/changes/redis-watch-leases.ts';
import { SourceStatuses } from '../../src/changes/source-statuses.ts';
import { watchableOf } from '../../src/changes/watchable.ts';
import { Watchers } from '../../src/changes/watchers.ts';
import { WriteMarks } from '../../src/changes/write-marks.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { RedisSession } from '../../src/redis/redis-session.ts';
import type { SourceWatch } from '../../src/sources/source.ts';
import { type CutLine, startCutLine } from '../support/cut-line.ts';
import { type RedisServer, redisBinary, startRedisServer } from '../support/redis-server.ts';

const long = 60_000;
const dataset = keyOf(sourceKey('datadog'), 'DATASET', 'project', 'dataset');
const nothing = (): undefined => undefined;

describe.skipIf(redisBinary === undefined)('the lease of a watch on Redis', () => {
  let server: RedisServer;
  let line: CutLine;
  let prefix = '';
  let turn = 0;
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server?.dispose());
  beforeEach(async () => {
    turn += 1;
    prefix = `watch-${turn}`;
    line = await startCutLine(server.port);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
    await line.dispose();
  });

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

  function leasesOf(session: RedisSession, duration: number): RedisWatchLeases {
    const leases = new RedisWatchLeases(session, duration);
    ends.push(() => leases.dispose());
    return leases;
  }

  it('is of one instance at a time, and goes to another when that one lets go', async () => {
    const [a, b] = [leasesOf(await enter(), 300), leasesOf(await enter(), 300)];
    const ofA = a.want('watch', nothing);
    await expect.poll(() => ofA.held()).toBeDefined();
    const taken = Promise.withResolvers<void>();
    const ofB = b.want('watch', () => taken.resolve());
    expect(ofB.held()).toBeUndefined();
    ofA.release();
    await taken.promise;
    expect(ofB.held()).toBeDefined();
  });

  it('goes to another when its instance is not heard of any more, which knows that it has lost it', async () => {
    const far = await enter('far');
    const [a, b] = [leasesOf(far, 300), leasesOf(await enter(), 300)];
    const ofA = a.want('watch', nothing);
    await expect.poll(() => ofA.held()).toBeDefined();
    const ofB = b.want('watch', nothing);
    line.cut();
    await expect.poll(() => ofB.held(), { timeout: 5_000 }).toBeDefined();
    expect(ofA.held()).toBeUndefined();
  });

  it('is let go though it was still being asked for', async () => {
    const session = await enter();
    const leases = leasesOf(session, long);
    const key = session.key('watch:watch');
    server.pause();
    const lease = leases.want('watch', nothing);
    // It has been asked for, and has no answer yet.
    const until = monotonicNow() + 100;
    await expect.poll(monotonicNow, { interval: 10 }).toBeGreaterThan(until);
    lease.release();
    server.resume();
    await session.refresh();
    await expect.poll(() => session.command('GET', key)).toBeNull();
  });

  it('leaves what could not be looked at for an outage as not known, so that it is told', async () => {
    const session = await enter('far');
    const log = new RedisLog({ maxEntries: 10, maxAge: long, maxStates: 10, settledFor: long, session });
    ends.push(() => log.dispose());
    const watch: SourceWatch = {
      draftLocks: { readsTell: true, groupOf: () => 'all', look: async () => new Map() },
    };
    const target = {
      scope: 'scope',
      source: sourceKey('datadog'),
      vendor: 'DATADOG',
      ofCaller: false,
      connect: () => ({ watch, readsAsOf: nothing }),
      spareIn: () => 0,
    } as const;
    const watchers = new Watchers(
      {
        minInterval: 20,
        maxInterval: 20,
        lookTimeout: 1_000,
        linger: 0,
        onLag: nothing,
        onFault: nothing,
      },
      {
        log,
        statuses: new SourceStatuses(log),
        marks: new WriteMarks(() => log.now()),
        leases: leasesOf(session, 300),
      },
    );
    ends.push(() => watchers.dispose());
    line.cut();
    await expect.poll(() => session.outage).toBeDefined();
    const watchable = watchableOf(watch, 'DRAFT_LOCK');
    if (watchable === undefined) throw new Error('locks can be watched');
    const { sight } = watchers.acquire(target, 'DRAFT_LOCK', watchable, dataset);
    expect(await sight.looked).toBe(false);
    line.mend();
    await sight.seen;
  });
});
