import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { RedisSession } from '../redis/redis-session.ts';
import type { LogRing, TrimmedKeys } from './log-ring.ts';
import { decodeChange } from './redis-codec.ts';

export interface RedisTailOptions {
  readonly session: RedisSession;
  /** The key of the stream. */
  readonly stream: string;
  readonly ring: LogRing;
  /** What there is of the log beside its entries. */
  readonly load: () => Promise<LogStart>;
  /** Up to which number entries are gone by now. */
  readonly droppedTo: () => Promise<number>;
  /** Called when something was added to the ring. */
  readonly onCome: () => void;
}

export interface LogStart {
  readonly epoch: string;
  /** Entries up to here are gone. */
  readonly dropped: number;
  readonly trimmed: TrimmedKeys;
}

/** Longest that one wait for entries goes on before it is begun anew. Milliseconds. */
const longestWait = 2_000;
/** Before it is tried again after something went wrong. Milliseconds. */
const pause = 100;
/** Entries that are taken at once. */
const batch = 500;

/** Brings what is added to the shared log into the ring of this instance, in order. */
export class RedisTail {
  readonly #options: RedisTailOptions;
  readonly #connection: Redis;
  #loaded = Promise.withResolvers<void>();
  #epoch: string | undefined;
  #last = 0;
  #isDisposed = false;

  constructor(options: RedisTailOptions) {
    this.#options = options;
    this.#connection = options.session.connection({ blockingTimeout: 2 * longestWait });
    void this.#run();
  }

  /** Resolves once the ring holds what there was of this life of the log. */
  get loaded(): Promise<void> {
    return this.#loaded.promise;
  }

  /** What a beat of the heart told: another life of the log is taken up from its beginning. */
  check(epoch: string): void {
    if (epoch === this.#epoch) return;
    if (this.#epoch === undefined) return;
    this.#forget();
    // Ends the wait that is under way: it would wait for numbers that may never come.
    this.#connection.disconnect(true);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#loaded.resolve();
    this.#connection.disconnect();
  }

  /** What the ring holds is not all that it should: nobody reads it until it is loaded anew. */
  #forget(): void {
    this.#epoch = undefined;
    this.#loaded = Promise.withResolvers();
  }

  async #run(): Promise<void> {
    while (!this.#isDisposed) {
      try {
        if (this.#epoch === undefined) await this.#begin();
        await this.#take();
      } catch {
        // Whether the log can be reached shows elsewhere; here it is tried again.
        await delay(pause, undefined, { ref: false });
      }
    }
  }

  async #begin(): Promise<void> {
    const { ring, load } = this.#options;
    const { epoch, dropped, trimmed } = await load();
    if (epoch === '') throw new TypeError('the log has no life yet');
    ring.restart(epoch, dropped, trimmed);
    // Before anything is added: what comes next would take those who wait past what they have lost.
    ring.wakeAll(this.#options.session.clock.now());
    this.#last = dropped;
    for (let taken = batch; taken === batch && !this.#isDisposed; ) {
      const told = await this.#connection.xrange(
        this.#options.stream,
        `(${this.#last}-0`,
        '+',
        'COUNT',
        batch,
      );
      taken = told.length;
      for (const [id, fields] of told) this.#add(id, fields);
    }
    // Not before: what fails on the way is begun anew.
    this.#epoch = epoch;
    this.#loaded.resolve();
    this.#options.onCome();
  }

  async #take(): Promise<void> {
    const told = await this.#connection.xread(
      'COUNT',
      batch,
      'BLOCK',
      longestWait,
      'STREAMS',
      this.#options.stream,
      `${this.#last}-0`,
    );
    // Another life may have begun meanwhile.
    if (this.#epoch === undefined) return;
    const entries = told?.flatMap(([, came]) => came) ?? [];
    const [first] = entries;
    // Numbers of one life leave none out: some went by while this instance was cut off.
    const isGap =
      first === undefined
        ? (await this.#options.droppedTo()) > this.#last
        : Number.parseInt(first[0], 10) !== this.#last + 1;
    if (this.#epoch === undefined) return;
    if (isGap) return this.#forget();
    for (const [id, fields] of entries) this.#add(id, fields);
    this.#options.onCome();
  }

  #add(id: string, fields: readonly string[]): void {
    const { ring } = this.#options;
    const sequence = Number.parseInt(id, 10);
    const [, key = '', , at = '', , json = ''] = fields;
    const change = decodeChange(json);
    this.#last = sequence;
    if (change === undefined) ring.lose(sequence, key);
    else ring.add(sequence, key, change, Number(at));
  }
}
