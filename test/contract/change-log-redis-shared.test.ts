import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeLog, LogPosition } from '../../src/changes/change-log.ts';
import { ChangeFeed } from '../../src/changes/feed.ts';
import { monotonicNow } from '../../src/changes/memory-log.ts';
import { RedisLog } from '../../src/changes/redis-log.ts';
import { SourceStatuses } from '../../src/changes/source-statuses.ts';
import { Subscription } from '../../src/changes/subscription.ts';
import { topicKey } from '../../src/changes/topic.ts';
import { noOthers } from '../../src/changes/watch-leases.ts';
import { Watchers } from '../../src/changes/watchers.ts';
import { WriteMarks } from '../../src/changes/write-marks.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { RedisSession } from '../../src/redis/redis-session.ts';
import { type CutLine, startCutLine } from '../support/cut-line.ts';
import { type RedisServer, redisBinary, startRedisServer } from '../support/redis-server.ts';
import { createdAt, type LogBounds, makeVersion, stateAt } from './change-log.ts';

const wide: LogBounds = { maxEntries: 100, maxAge: 60_000, maxStates: 100 };

interface Instance {
  readonly log: RedisLog;
  readonly session: RedisSession;
}

const looking = {
  minInterval: 1_000,
  maxInterval: 1_000,
  lookTimeout: 1_000,
  onLag: () => undefined,
  onFault: () => undefined,
};

describe.skipIf(redisBinary === undefined)('the change log on Redis that instances share', () => {
  let server: RedisServer;
  let prefix = '';
  let turn = 0;
  const instances: Instance[] = [];
  const lines: CutLine[] = [];

  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server?.dispose());
  beforeEach(() => {
    turn += 1;
    prefix = `shared-${turn}`;
  });
  afterEach(async () => {
    for (const { log, session } of instances.splice(0)) {
      await log.dispose();
      session.dispose();
    }
    for (const line of lines.splice(0)) await line.dispose();
  });

  async function enter(
    bounds: Partial<LogBounds> = {},
    port = server.port,
    settledFor = 0,
  ): Promise<Instance> {
    const session = new RedisSession({
      url: `redis://127.0.0.1:${port}`,
      prefix,
      commandTimeout: 2_000,
      beatInterval: 50,
      now: monotonicNow,
    });
    const instance = { session, log: new RedisLog({ ...wide, ...bounds, settledFor, session }) };
    instances.push(instance);
    await session.ready(5_000);
    return instance;
  }

  const make = makeVersion;

  /** Until what is seen from now on is newer than all that is known, whatever the clocks are off by. */
  async function passed(log: ChangeLog, milliseconds = 50): Promise<void> {
    const until = log.now() + milliseconds;
    await expect.poll(() => log.now(), { timeout: 10_000, interval: 10 }).toBeGreaterThan(until);
  }

  async function refsAfter(log: ChangeLog, key: string, after: LogPosition): Promise<(string | null)[]> {
    const { entries } = await log.read(new Set([key]), after, 1_000);
    return entries.map(({ change }) => ('versionRef' in change ? change.versionRef : null));
  }

  it('shows what one instance appends to a reader of another, from a cursor of either', async () => {
    const [{ log: a }, { log: b }] = [await enter(), await enter()];
    await make(a, 'k', 1);
    const ofA = await a.giveCursor();
    const ofB = await b.giveCursor();
    await make(a, 'k', 2);
    await make(b, 'k', 3);
    await expect.poll(() => refsAfter(b, 'k', ofA)).toEqual(['2', '3']);
    await expect.poll(() => refsAfter(a, 'k', ofB)).toEqual(['2', '3']);
    expect(await b.isPossible(ofA)).toBe(true);
  });

  it('knows at once that somebody follows it at another instance', async () => {
    const [{ log: a }, { log: b }] = [await enter(), await enter()];
    expect(await b.isFollowedElsewhere()).toBe(false);
    const leave = await a.follow();
    expect(await b.isFollowedElsewhere()).toBe(true);
    leave();
  });

  it('takes nothing for read before a cursor that was seen after it: another instance may have been asked', async () => {
    const [{ log: a }, { log: b }] = [await enter(), await enter()];
    const dataset = keyOf(sourceKey('datadog'), 'DATASET', 'project', 'dataset');
    const watchable = { readsTell: true, groupOf: () => 'all', look: async () => new Map() };
    const watch = { draftLocks: watchable };
    const target = {
      scope: 'scope',
      source: sourceKey('datadog'),
      vendor: 'DATADOG',
      ofCaller: false,
      connect: () => ({ watch, readsAsOf: () => undefined }),
      spareIn: () => 0,
    } as const;
    const marks = new WriteMarks(() => a.now());
    const services = { log: a, statuses: new SourceStatuses(a), marks, leases: noOthers };
    const watchers = new Watchers({ ...looking, linger: 0 }, services);
    const feed = new ChangeFeed({ ...services, watchers, cursorLife: 60_000 });
    const cursor = await feed.cursor();
    const interest = { target, watch, facet: 'DRAFT_LOCK', resource: dataset } as const;
    // Seen by a look of another instance, after a change that the reader of the cursor did not see.
    const key = topicKey({ scope: 'scope', facet: 'DRAFT_LOCK', id: dataset.id });
    await expect
      .poll(() => b.append({ key, revision: 0, state: { lock: null }, changes: [], asOf: b.now() }))
      .toBe(true);
    expect((await feed.place([interest], cursor)).missed.has(interest)).toBe(true);
  });

  it('takes one of what two instances append to one state at once', async () => {
    const [{ log: a }, { log: b }] = [await enter(), await enter()];
    await make(a, 'k', 1);
    const start = await a.head();
    const known = await a.known('k');
    await passed(a);
    const append = (log: ChangeLog, number: number): Promise<boolean> =>
      log.append({
        key: 'k',
        revision: known?.revision ?? 0,
        state: stateAt(number),
        changes: [createdAt(number)],
        asOf: log.now(),
      });
    const taken = await Promise.all([2, 3, 4, 5].map((number) => append(number % 2 === 0 ? a : b, number)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    await expect.poll(() => refsAfter(b, 'k', start)).toEqual([String(taken.indexOf(true) + 2)]);
  });

  it('refuses what was seen under a lease that somebody else has by now', async () => {
    const { log, session } = await enter();
    await make(log, 'k', 1);
    const key = session.key('lease');
    await session.command('SET', key, 'other 2');
    const known = await log.known('k');
    await passed(log);
    const seen = { key: 'k', revision: known?.revision ?? 0, state: stateAt(2), changes: [createdAt(2)] };
    expect(await log.append({ ...seen, asOf: log.now(), lease: { key, token: 'mine 1' } })).toBe(false);
    expect(await log.append({ ...seen, asOf: log.now(), lease: { key, token: 'other 2' } })).toBe(true);
  });

  it('tells a reader whose instance was cut off that entries were dropped meanwhile', async () => {
    const line = await startCutLine(server.port);
    lines.push(line);
    const { log: far, session } = await enter({ maxEntries: 5 }, line.port);
    const { log: near } = await enter({ maxEntries: 5 });
    await make(near, 'k', 1);
    await make(near, 'k', 2);
    const start = await far.head();
    await expect.poll(async () => (await far.read(new Set(['k']), start, 10)).position.sequence).toBe(1);
    line.cut();
    await expect.poll(() => session.outage).toBeDefined();
    for (let number = 3; number <= 20; number += 1) await make(near, 'k', number);
    line.mend();
    await expect.poll(() => session.outage).toBeUndefined();
    await expect.poll(async () => (await refsAfter(far, 'k', start)).at(-1)).toBe('20');
    expect((await far.read(new Set(['k']), start, 100)).lost).toBe('TRIMMED');
  });

  it('tells readers that wait of another life, whether anything of theirs is in it or not', async () => {
    const { log, session } = await enter();
    const { log: other } = await enter();
    await make(log, 'k', 1);
    const from = await log.head();
    const ending = new AbortController();
    const read = (key: string) =>
      new Subscription({
        log,
        keys: new Set([key]),
        topics: new Map(),
        from,
        statuses: [],
        unseen: [],
        signal: ending.signal,
        onClose: () => undefined,
      }).next();
    const told = [read('k'), read('quiet')];
    await session.command('FLUSHALL');
    for (let number = 1; number <= 9; number += 1) await make(other, 'k', number);
    for (const { value } of await Promise.all(told)) {
      expect(value?.change).toMatchObject({ kind: 'GAP', reason: 'RESTARTED' });
    }
    ending.abort();
  });

  it('tells that the log was lost when Redis comes back with an older state of it', async () => {
    const first = await enter();
    await make(first.log, 'k', 1);
    const dir = String(await first.session.command('CONFIG', 'GET', 'dir')).split(',')[1] ?? '';
    const data = join(dir, 'appendonlydir');
    const start = await first.log.head();
    cpSync(data, join(dir, 'older'), { recursive: true });
    for (let number = 2; number <= 6; number += 1) await make(first.log, 'k', number);
    await server.kill();
    rmSync(data, { recursive: true });
    cpSync(join(dir, 'older'), data, { recursive: true });
    await server.start();
    // An instance that was not there, and so remembers nothing of what is gone.
    const { log } = await enter();
    expect((await log.read(new Set(['k']), start, 10)).lost).toBe('RESTARTED');
  });

  it('refuses what was seen before this instance had heard of the server', async () => {
    const { log } = await enter();
    const seen = { key: 'k', revision: 0, state: stateAt(1), changes: [] };
    expect(await log.append({ ...seen, asOf: log.now() - 60_000 })).toBe(false);
    await passed(log);
    expect(await log.append({ ...seen, asOf: log.now() })).toBe(true);
  });

  it('keeps the state that somebody holds, though it was settled long ago', async () => {
    const { log } = await enter({ maxStates: 2 }, server.port, 300);
    await make(log, 'held', 1);
    log.hold('held');
    await make(log, 'other', 1);
    await passed(log, 700);
    await make(log, 'new', 1);
    expect(await log.known('held')).toBeDefined();
  });
});
