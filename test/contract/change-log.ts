import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeLog, LogPosition } from '../../src/changes/change-log.ts';
import type { LoggedChange } from '../../src/domain/change.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import type { VersionsState } from '../../src/domain/watched-state.ts';

export interface LogBounds {
  readonly maxEntries: number;
  /** Milliseconds. */
  readonly maxAge: number;
  readonly maxStates: number;
}

/** A log under test. */
export interface LogUnderTest {
  readonly log: ChangeLog;
  /** Makes the log's clock go on by so many milliseconds. */
  pass(milliseconds: number): Promise<void>;
  /** Another life of the log, whose entries are gone. */
  restart(): Promise<ChangeLog>;
  dispose(): Promise<void>;
}

const dataset = keyOf(sourceKey('datadog'), 'DATASET', 'project', 'dataset');

export function stateAt(number: number): VersionsState {
  return {
    exists: true,
    latest: { ref: String(number), number },
    versions: undefined,
    complete: false,
    deployments: undefined,
  };
}

export function createdAt(number: number): LoggedChange {
  return {
    kind: 'DATASET_VERSION',
    origin: 'VENDOR',
    resource: dataset,
    action: 'CREATED',
    previousRef: String(number - 1),
    versionRef: String(number),
    environment: null,
  };
}

/**
 * Puts version `number` after what is known, as often as it takes: of a shared log, what was seen right after a change
 * may be taken for older than it.
 */
export async function makeVersion(log: ChangeLog, key: string, number: number): Promise<void> {
  for (let accepted = false; !accepted; ) {
    const known = await log.known(key);
    accepted = await log.append({
      key,
      revision: known?.revision ?? 0,
      state: stateAt(number),
      changes: known === undefined ? [] : [createdAt(number)],
      asOf: log.now(),
    });
  }
}

function refs(entries: readonly { readonly change: LoggedChange }[]): (string | null)[] {
  return entries.map(({ change }) => ('versionRef' in change ? change.versionRef : null));
}

/** What every engine of the change log keeps. */
export function describeChangeLog(name: string, create: (bounds: LogBounds) => Promise<LogUnderTest>): void {
  describe(`the change log ${name}`, () => {
    let under: LogUnderTest;
    let log: ChangeLog;

    async function open(bounds: Partial<LogBounds> = {}): Promise<void> {
      under = await create({ maxEntries: 100, maxAge: 60_000, maxStates: 100, ...bounds });
      log = under.log;
    }

    beforeEach(() => open());
    afterEach(() => under.dispose());

    const make = (key: string, number: number, target = log): Promise<void> =>
      makeVersion(target, key, number);

    async function readAll(keys: readonly string[], after: LogPosition, limit = 1_000) {
      return log.read(new Set(keys), after, limit);
    }

    it('gives the changes of the keys that are asked for, in order, from a place on', async () => {
      await make('a', 1);
      await make('b', 1);
      const start = await log.head();
      for (const number of [2, 3, 4]) {
        await make('a', number);
        await make('b', number);
      }
      const all = await readAll(['a'], start);
      expect(refs(all.entries)).toEqual(['2', '3', '4']);
      expect(all.lost).toBeUndefined();
      const [first] = all.entries;
      expect(refs((await readAll(['a'], first?.position ?? start)).entries)).toEqual(['3', '4']);
      expect(refs((await readAll(['a', 'b'], start)).entries)).toEqual(['2', '2', '3', '3', '4', '4']);
      expect((await readAll(['c'], start)).entries).toEqual([]);
      expect((await readAll(['a'], all.position)).entries).toEqual([]);
    });

    it('gives them piece by piece without loss', async () => {
      await make('a', 1);
      let place = await log.head();
      for (let number = 2; number <= 30; number += 1) await make('a', number);
      const seen: (string | null)[] = [];
      for (let reading = await readAll(['a'], place, 7); reading.entries.length > 0; ) {
        expect(reading.entries.length).toBeLessThanOrEqual(7);
        seen.push(...refs(reading.entries));
        place = reading.position;
        reading = await readAll(['a'], place, 7);
      }
      expect(seen).toEqual(Array.from({ length: 29 }, (_, index) => String(index + 2)));
    });

    it('takes one of many that start from the same state', async () => {
      await make('a', 1);
      const start = await log.head();
      const known = await log.known('a');
      await under.pass(50);
      const asOf = log.now();
      const taken = await Promise.all(
        [2, 3, 4, 5, 6].map((number) =>
          log.append({
            key: 'a',
            revision: known?.revision ?? 0,
            state: stateAt(number),
            changes: [createdAt(number)],
            asOf,
          }),
        ),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      const { entries } = await readAll(['a'], start);
      expect(entries).toHaveLength(1);
      expect((await log.known('a'))?.state).toEqual(stateAt(taken.indexOf(true) + 2));
    });

    it('refuses what was seen before the known state came about', async () => {
      await make('a', 1);
      const asOf = log.now();
      await under.pass(1);
      await make('a', 2);
      const known = await log.known('a');
      const late = {
        key: 'a',
        revision: known?.revision ?? 0,
        state: stateAt(1),
        changes: [createdAt(1)],
        asOf,
      };
      expect(await log.append(late)).toBe(false);
      expect((await log.known('a'))?.state).toEqual(stateAt(2));
    });

    it('keeps since when nothing went by unseen through all changes', async () => {
      expect(await log.known('a')).toBeUndefined();
      await make('a', 1);
      const first = await log.known('a');
      await under.pass(5);
      await make('a', 2);
      await under.pass(50);
      await log.append({ key: 'a', revision: 2, state: stateAt(2), changes: [], asOf: log.now() });
      const known = await log.known('a');
      expect(known).toMatchObject({ since: first?.since, revision: 2, state: stateAt(2) });
      expect(known?.changedAt).toBeGreaterThan(first?.changedAt ?? 0);
    });

    it('wakes a reader once, right before the first change of its keys', async () => {
      await make('a', 1);
      await make('b', 1);
      const woken: LogPosition[] = [];
      log.onNext(new Set(['a']), (before) => woken.push(before));
      await make('b', 2);
      expect(woken).toEqual([]);
      await make('a', 2);
      await make('a', 3);
      await expect.poll(() => woken.length).toBe(1);
      const [before] = woken;
      expect(refs((await readAll(['a'], before ?? (await log.head()))).entries)).toEqual(['2', '3']);
    });

    it('wakes nobody who has taken it back', async () => {
      await make('a', 1);
      let woken = 0;
      const others = Promise.withResolvers<void>();
      const leave = log.onNext(new Set(['a']), () => {
        woken += 1;
      });
      log.onNext(new Set(['a']), () => others.resolve());
      leave();
      await make('a', 2);
      await others.promise;
      expect(woken).toBe(0);
    });

    it('says that changes are gone when there were too many, to those who read them alone', async () => {
      await under.dispose();
      await open({ maxEntries: 10 });
      await make('a', 1);
      await make('b', 1);
      const start = await log.head();
      await make('b', 2);
      for (let number = 2; number <= 21; number += 1) await make('a', number);
      const reading = await readAll(['a'], start);
      expect(reading.lost).toBe('TRIMMED');
      // What is still there is given all the same, to its end.
      expect(reading.entries.length).toBeGreaterThanOrEqual(10);
      expect(refs(reading.entries).at(-1)).toBe('21');
      expect((await readAll(['a'], reading.position)).lost).toBeUndefined();
      expect((await readAll(['b'], start)).lost).toBe('TRIMMED');
    });

    it('says that changes are gone when they are too old', async () => {
      await under.dispose();
      await open({ maxAge: 1_000 });
      await make('a', 1);
      const start = await log.head();
      await make('a', 2);
      await under.pass(1_500);
      expect((await readAll(['a'], start)).lost).toBe('TRIMMED');
      await make('a', 3);
      const { entries } = await readAll(['a'], start);
      expect(refs(entries)).toEqual(['3']);
    });

    it('says that a place is of another life of the log', async () => {
      await make('a', 1);
      const start = await log.head();
      await make('a', 2);
      const next = await under.restart();
      expect(await next.isPossible(start)).toBe(true);
      expect((await next.read(new Set(['a']), start, 10)).lost).toBe('RESTARTED');
      await make('a', 1, next);
      await make('a', 2, next);
      const reading = await next.read(new Set(['a']), start, 10);
      expect(reading.lost).toBe('RESTARTED');
      expect(refs(reading.entries)).toEqual(['2']);
    });

    it('knows a place that it never gave', async () => {
      const head = await log.head();
      expect(await log.isPossible(head)).toBe(true);
      expect(await log.isPossible({ ...head, sequence: head.sequence + 1 })).toBe(false);
    });

    it('keeps no more states than it may, and says when it forgot one', async () => {
      await under.dispose();
      await open({ maxStates: 3 });
      expect(await log.forgottenAt()).toBe(Number.NEGATIVE_INFINITY);
      for (const key of ['a', 'b', 'c']) await make(key, 1);
      await under.pass(50);
      // What is looked at again is kept.
      await log.append({ key: 'a', revision: 1, state: stateAt(1), changes: [], asOf: log.now() });
      const before = log.now();
      await make('d', 1);
      expect(await log.known('b')).toBeUndefined();
      expect(await log.known('a')).toBeDefined();
      expect(await log.forgottenAt()).toBeGreaterThanOrEqual(before);
    });

    it('files changes that have no state', async () => {
      const start = await log.head();
      const status = {
        kind: 'SOURCE_STATUS',
        source: sourceKey('datadog'),
        vendor: 'DATADOG',
        status: 'DOWN',
        statusReason: 'it does not answer',
      } as const;
      await log.note('status', status);
      expect((await readAll(['status'], start)).entries.map(({ change }) => change)).toEqual([status]);
    });
  });
}
