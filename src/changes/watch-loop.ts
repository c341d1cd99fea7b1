import type { IPolicy } from 'cockatiel';
import { FeedUnavailableError, LockstepError } from '../domain/errors.ts';
import type { ResourceKey } from '../domain/identity.ts';
import type { Vendor } from '../domain/vendor.ts';
import type { WatchedState, WatchFacet } from '../domain/watched-state.ts';
import type { BatchResult, WatchTarget } from '../sources/source.ts';
import type { ChangeLog, LeaseToken } from './change-log.ts';
import { settle } from './settle.ts';
import type { SourceStatuses } from './source-statuses.ts';
import { topicKey } from './topic.ts';
import type { WatchLease, WatchLeases } from './watch-leases.ts';
import { look } from './watchable.ts';
import type { WriteMarks } from './write-marks.ts';

export interface WatchOptions {
  /** Between two looks while things change. Milliseconds. */
  readonly minInterval: number;
  /** Between two looks when nothing has changed for long. Milliseconds. */
  readonly maxInterval: number;
  /** Longest that one look may take. Milliseconds. */
  readonly lookTimeout: number;
  /** How long something is watched on after the last who wanted to know has left. Milliseconds. */
  readonly linger: number;
  /** A change was found that came about at most so long before. Seconds. */
  readonly onLag: (vendor: Vendor, seconds: number) => void;
  /** Something is wrong with the gateway itself. */
  readonly onFault: (error: unknown) => void;
}

export interface WatchServices {
  readonly log: ChangeLog;
  readonly statuses: SourceStatuses;
  readonly marks: WriteMarks;
  readonly leases: WatchLeases;
}

type Watched = ResourceKey<'DATASET' | 'PROMPT'>;

/** How far a watch of one resource has come. */
export interface Sight {
  /** Resolves after the first look at it: whether that told what it is. */
  readonly looked: Promise<boolean>;
  /** Resolves once a look has told what it is: from then on no change goes by unseen. */
  readonly seen: Promise<void>;
}

interface WatchedEntry {
  readonly key: Watched;
  looked(told: boolean): void;
  seen(): void;
  /** Whether it is for this instance to look. */
  readonly lease: WatchLease;
  /** Lets the log forget its state, and others watch it. */
  letGo(): void;
}

/** Of each quiet look, by how much the next one comes later. */
const slowing = 1.5;

/** Looks at a group of resources again and again, as long as there are any. */
export class WatchLoop {
  readonly #target: WatchTarget;
  readonly #facet: WatchFacet;
  readonly #options: WatchOptions;
  readonly #services: WatchServices;
  readonly #lane: IPolicy;
  /** By id; with what waits for the first look. */
  readonly #watched = new Map<string, WatchedEntry>();
  #interval: number;
  #timer: NodeJS.Timeout | undefined;
  #looking: AbortController | undefined;
  /** Whether it waits until others have looked. */
  #isQueued = false;
  #endPause: (() => void) | undefined;
  #soon = false;
  #lastLookAt: number | undefined;

  /** `lane`: how many look side by side with these credentials. */
  constructor(
    target: WatchTarget,
    facet: WatchFacet,
    options: WatchOptions,
    services: WatchServices,
    lane: IPolicy,
  ) {
    this.#lane = lane;
    this.#target = target;
    this.#facet = facet;
    this.#options = options;
    this.#services = services;
    this.#interval = options.minInterval;
  }

  get size(): number {
    return this.#watched.size;
  }

  /** Between two looks, as things are. Milliseconds. */
  get interval(): number {
    // Longer than it should be, where others of the same credentials have not let it look yet.
    const since = this.#lastLookAt === undefined ? 0 : this.#services.log.now() - this.#lastLookAt;
    return Math.max(this.#interval, this.#target.spareIn(), since);
  }

  has(id: string): boolean {
    return this.#watched.has(id);
  }

  add(key: Watched): Sight {
    const looked = Promise.withResolvers<boolean>();
    const seen = Promise.withResolvers<void>();
    const { log, leases } = this.#services;
    const forget = log.hold(this.#keyOf(key));
    const lease = leases.want(this.#keyOf(key), () => this.lookSoon());
    const letGo = (): void => {
      lease.release();
      forget();
    };
    this.#watched.set(key.id, { key, looked: looked.resolve, seen: seen.resolve, lease, letGo });
    this.lookSoon();
    return { looked: looked.promise, seen: seen.promise };
  }

  remove(id: string): void {
    const entry = this.#watched.get(id);
    entry?.looked(false);
    entry?.letGo();
    this.#watched.delete(id);
    if (this.#watched.size > 0) return;
    clearTimeout(this.#timer);
    this.#endPause?.();
    this.#looking?.abort();
  }

  lookSoon(): void {
    this.#interval = this.#options.minInterval;
    if (this.#looking !== undefined) this.#soon = true;
    else if (!this.#isQueued) this.#schedule(0);
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer);
    if (this.#watched.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#isQueued = true;
      this.#lane.execute(() => this.#turn()).catch(this.#options.onFault);
    }, delay);
    // What is watched keeps no process alive: whoever wants to know does.
    this.#timer.unref();
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#endPause = resolve;
      this.#timer = setTimeout(resolve, milliseconds).unref();
    });
  }

  async #turn(): Promise<void> {
    // People's calls come first, however long that takes; those who wait keep their turns.
    for (
      let wait = this.#target.spareIn();
      wait > 0 && this.#watched.size > 0;
      wait = this.#target.spareIn()
    ) {
      await this.#pause(Math.min(wait, this.#options.maxInterval));
    }
    this.#isQueued = false;
    if (this.#watched.size === 0) return;
    this.#soon = false;
    const controller = new AbortController();
    this.#looking = controller;
    const timer = setTimeout(() => controller.abort(), this.#options.lookTimeout);
    try {
      await this.#look(controller.signal);
    } catch (error) {
      // It is told elsewhere that the log cannot be reached; what is to be seen is seen when it can.
      if (!(error instanceof FeedUnavailableError)) throw error;
      // What is written elsewhere before that is told as a gap.
      for (const { looked } of this.#watched.values()) looked(false);
      this.#slowDown();
    } finally {
      clearTimeout(timer);
      this.#looking = undefined;
      this.#schedule(this.#soon ? this.#options.minInterval : this.#interval);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { log, statuses, marks } = this.#services;
    const { scope, vendor } = this.#target;
    const startedAt = log.now();
    const ours: { readonly entry: WatchedEntry; readonly token: LeaseToken | 'alone' }[] = [];
    const theirs: WatchedEntry[] = [];
    for (const entry of this.#watched.values()) {
      const token = entry.lease.held();
      if (token === undefined) theirs.push(entry);
      else ours.push({ entry, token });
    }
    await this.#learn(theirs);
    if (ours.length === 0) return;
    const watched = ours.map(({ entry }) => entry);
    const before = await Promise.all(watched.map(({ key }) => log.known(this.#keyOf(key))));
    const { watch, readsAsOf } = this.#target.connect(signal);
    const looks = watched.map(({ key }, index) => ({ key, known: before[index]?.state }));
    let result: BatchResult<WatchedState>;
    try {
      result = await look(watch, this.#facet, looks);
    } catch (error) {
      return this.#failed(error, watched);
    }
    const failure = firstFailure(result, watched.length);
    if (failure !== undefined) return this.#failed(failure, watched);
    if (this.#watched.size === 0) return;
    await statuses.answered(this.#target);
    const asOf = Math.min(startedAt, readsAsOf() ?? startedAt);
    let changes = 0;
    for (const [index, { key, looked, seen }] of watched.entries()) {
      const state = result.get(key.id);
      if (state instanceof LockstepError || !this.#watched.has(key.id)) {
        looked(false);
        continue;
      }
      if (!marks.isUntouchedSince(this.#facet, key.id, asOf)) {
        this.#soon = true;
        continue;
      }
      const known = before[index];
      const token = ours[index]?.token;
      const settled = await settle(log, {
        scope,
        facet: this.#facet,
        resource: key,
        state,
        asOf,
        known,
        lease: token === 'alone' ? undefined : token,
      });
      // What is not accepted was overtaken by another state, which is known.
      if (!settled.accepted) this.#soon = true;
      looked(true);
      seen();
      changes += settled.changes;
    }
    if (changes > 0) {
      this.#interval = this.#options.minInterval;
      this.#options.onLag(vendor, (log.now() - (this.#lastLookAt ?? startedAt)) / 1000);
    } else {
      this.#slowDown();
    }
    this.#lastLookAt = startedAt;
  }

  /** What another instance watches is in the log once that has looked. */
  async #learn(theirs: readonly WatchedEntry[]): Promise<void> {
    if (theirs.length === 0) return;
    const known = await Promise.all(theirs.map(({ key }) => this.#services.log.known(this.#keyOf(key))));
    for (const [index, { looked, seen }] of theirs.entries()) {
      if (known[index] === undefined) continue;
      looked(true);
      seen();
    }
    if (known.includes(undefined)) this.#soon = true;
    else this.#slowDown();
  }

  async #failed(error: unknown, watched: readonly WatchedEntry[]): Promise<void> {
    for (const { looked } of watched) looked(false);
    // The last who wanted to know has left.
    if (this.#watched.size === 0) return;
    if (!(error instanceof LockstepError)) throw error;
    if (await this.#services.statuses.failed(this.#target, error)) this.#interval = this.#options.minInterval;
    else this.#slowDown();
  }

  #keyOf({ id }: Watched): string {
    return topicKey({ scope: this.#target.scope, facet: this.#facet, id });
  }

  #slowDown(): void {
    this.#interval = Math.min(this.#interval * slowing, this.#options.maxInterval);
  }
}

/** The failure of a look that gave nothing but failures. */
function firstFailure(result: BatchResult<WatchedState>, asked: number): LockstepError | undefined {
  if (result.size < asked) return undefined;
  let first: LockstepError | undefined;
  for (const value of result.values()) {
    if (!(value instanceof LockstepError)) return undefined;
    first ??= value;
  }
  return first;
}
