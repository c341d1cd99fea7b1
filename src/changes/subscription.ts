import { setTimeout as delay } from 'node:timers/promises';
import type { ChangesMissed, FeedEvent, FeedStatusChanged, SourceStatusChanged } from '../domain/change.ts';
import type { GlobalId } from '../domain/identity.ts';
import { instantOf } from '../domain/instant.ts';
import type { ChangeLog, LogEntry, LogPosition } from './change-log.ts';
import { encodeCursor } from './cursor.ts';
import type { Sight } from './watch-loop.ts';

/** Entries that are read at once; more are left in the log until there is room for them. */
const batchSize = 64;

/** Between two looks whether what was lost is known again, and how long that is waited for. Milliseconds. */
const pause = 50;
const longestWait = 10_000;

/** A resource of which something may have gone by, until a look has told what it is. */
export interface Unseen extends Sight {
  readonly id: GlobalId;
  /** Whether something may have gone by already: the reader is told after the first look, whatever that gave. */
  readonly isMissed: boolean;
}

export interface SubscriptionOptions {
  readonly log: ChangeLog;
  readonly keys: ReadonlySet<string>;
  /** Those of the keys that have a state, with what that is of. */
  readonly topics: ReadonlyMap<string, GlobalId>;
  /** Where the reader stands. */
  readonly from: LogPosition;
  /** What the reader is told at once. */
  readonly statuses: readonly SourceStatusChanged[];
  readonly unseen: readonly Unseen[];
  readonly signal: AbortSignal;
  /** Called once, when the reader has left, also when it never read. */
  readonly onClose: () => void;
}

const gaps: Readonly<Record<ChangesMissed['reason'], string>> = {
  TRIMMED: 'The log no longer holds what happened since your cursor. Read the data anew.',
  RESTARTED:
    'Your cursor is from before a restart, and the log was lost with its process. Read the data anew.',
  SLOW_CONSUMER: 'You read too slowly, and the log went on without you. Read the data anew.',
  UNOBSERVED: 'Nobody watched these between your cursor and now. Read them anew.',
};

/**
 * One reader's place in the log. It holds no events: what has not been read yet is in the log, so a slow reader takes
 * no memory, and slows nobody. Not a generator: one that was never started does not run its `finally`.
 */
export class Subscription implements AsyncIterableIterator<FeedEvent> {
  readonly #options: SubscriptionOptions;
  readonly #ready: FeedEvent[] = [];
  #position: LogPosition;
  /** Whether it has been at the end of the log: what is lost from then on it was too slow for. */
  #live = false;
  /** What the reader is to read anew, and is not told yet. */
  readonly #unobserved = new Set<GlobalId>();
  /** Of how many resources something may have gone by that the reader will be told of later. */
  #owed: number;
  readonly #looked: Promise<void>;
  readonly #left = Promise.withResolvers<void>();
  #closed = false;
  /** What of the log itself the reader is to be told next, and what it was told last. */
  #feedStatus: FeedStatusChanged | undefined;
  #toldDown = false;
  readonly #leaveOutages: () => void;
  #wake: (() => void) | undefined;
  /** What `next` was called before goes first. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#position = options.from;
    this.#owed = options.unseen.filter(({ isMissed }) => isMissed).length;
    for (const change of options.statuses) this.#ready.push(this.#event(options.from, change));
    this.#looked = this.#afterFirstLooks(options.unseen);
    this.#leaveOutages = options.log.onOutage((outage) => {
      // One that is over before it was told of is none to this reader.
      const isNews = (outage !== undefined) !== this.#toldDown;
      this.#feedStatus = isNews
        ? { kind: 'FEED_STATUS', isUp: outage === undefined, reason: outage ?? null }
        : undefined;
      this.#wake?.();
    });
    if (options.signal.aborted) this.#close();
    else options.signal.addEventListener('abort', this.#close, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<FeedEvent>> {
    const turn = this.#tail.then(() => this.#next());
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  async return(): Promise<IteratorResult<FeedEvent>> {
    this.#close();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<FeedEvent>> {
    this.#close();
    throw error;
  }

  readonly #close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#ready.length = 0;
    this.#left.resolve();
    this.#options.signal.removeEventListener('abort', this.#close);
    this.#leaveOutages();
    this.#wake?.();
    this.#options.onClose();
  };

  async #next(): Promise<IteratorResult<FeedEvent>> {
    const { log, keys } = this.#options;
    while (!this.#closed) {
      const ready = this.#ready.shift();
      if (ready !== undefined) return { done: false, value: ready };
      const status = this.#feedStatus;
      if (status !== undefined) {
        this.#feedStatus = undefined;
        this.#toldDown = !status.isUp;
        return { done: false, value: this.#event(this.#position, status, log.now()) };
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      // Before the log is read, so that nothing can come between.
      const leave = log.onNext(keys, (before) => {
        // What came before it was not for this reader; of another life of the log that cannot be said.
        const isSameLife = before.epoch === this.#position.epoch;
        if (isSameLife && before.sequence > this.#position.sequence) this.#position = before;
        resolve();
      });
      try {
        const reading = await log.read(keys, this.#position, batchSize);
        if (reading.lost !== undefined) {
          // What is read anew before it is watched could change again unseen.
          await Promise.race([this.#looked, this.#left.promise]);
          if (reading.lost === 'RESTARTED' && this.#live) await this.#afterRestart();
          this.#missed(reading.lost, reading.entries, reading.position);
        }
        for (const { position, change } of reading.entries) this.#ready.push(this.#event(position, change));
        this.#position = reading.position;
        if (this.#ready.length > 0) continue;
        this.#live = true;
        if (this.#unobserved.size > 0) {
          const gap = this.#gap('UNOBSERVED', [...this.#unobserved]);
          this.#unobserved.clear();
          this.#ready.push(this.#event(reading.position, gap));
          continue;
        }
        if (!this.#closed) await promise;
      } finally {
        this.#wake = undefined;
        leave();
      }
    }
    return { done: true, value: undefined };
  }

  #missed(lost: 'TRIMMED' | 'RESTARTED', [first]: readonly LogEntry[], end: LogPosition): void {
    const reason = lost === 'TRIMMED' && this.#live ? 'SLOW_CONSUMER' : lost;
    const at = first === undefined ? end : { ...first.position, sequence: first.position.sequence - 1 };
    this.#ready.push(this.#event(at, this.#gap(reason, null)));
    // It says that all is to be read anew.
    this.#unobserved.clear();
  }

  /**
   * With the log its states may be lost: what changes until they are known again is told to nobody. So it is waited for
   * that before the reader is told to read anew; where a vendor takes too long, the reader is told once more afterwards.
   */
  async #afterRestart(): Promise<void> {
    const { log, topics } = this.#options;
    const missing = new Set(topics.keys());
    const find = async (most: number): Promise<void> => {
      for (let turn = 0; turn < most && missing.size > 0 && !this.#closed; turn += 1) {
        for (const topic of missing) {
          // While the log is away again nothing is known of it.
          const known = await log.known(topic).catch(() => undefined);
          if (known !== undefined) missing.delete(topic);
        }
        if (missing.size > 0)
          await Promise.race([delay(pause, undefined, { ref: false }), this.#left.promise]);
      }
    };
    await find(longestWait / pause);
    if (missing.size === 0 || this.#closed) return;
    const late = [...missing].flatMap((topic) => topics.get(topic) ?? []);
    void find(Number.POSITIVE_INFINITY).then(() => {
      for (const id of late) this.#unobserved.add(id);
      this.#wake?.();
    });
  }

  /** Tells of what may have gone by: now, and where the first look told nothing, again when one has. */
  async #afterFirstLooks(unseen: readonly Unseen[]): Promise<void> {
    const told = await Promise.all(unseen.map(({ looked }) => looked));
    for (const [index, { id, isMissed, seen }] of unseen.entries()) {
      if (isMissed) this.#unobserved.add(id);
      if (told[index] === true) {
        if (isMissed) this.#owed -= 1;
        continue;
      }
      if (!isMissed) this.#owed += 1;
      void seen.then(() => {
        this.#owed -= 1;
        this.#unobserved.add(id);
        this.#wake?.();
      });
    }
    this.#wake?.();
  }

  #gap(reason: ChangesMissed['reason'], resourceIds: readonly GlobalId[] | null): ChangesMissed {
    return { kind: 'GAP', reason, message: gaps[reason], resourceIds };
  }

  #isOwing({ kind }: FeedEvent['change']): boolean {
    return this.#owed > 0 || (kind !== 'GAP' && this.#unobserved.size > 0);
  }

  #event(position: LogPosition, change: FeedEvent['change'], seenAt = position.at): FeedEvent {
    // Whoever comes back with it is told what is still owed: to the log it stands where it stood at first.
    const at = this.#isOwing(change) ? Math.min(position.at, this.#options.from.at) : position.at;
    return { cursor: encodeCursor({ ...position, at }), observedAt: instantOf(seenAt), change };
  }
}
