import type { LoggedChange } from '../domain/change.ts';
import { FeedUnavailableError } from '../domain/errors.ts';
import type { RedisSession } from '../redis/redis-session.ts';
import type { ChangeLog, KnownState, LogPosition, LogReading, Noted, Observation } from './change-log.ts';
import { LogRing, type LogRingOptions, longestTrimmedKeys } from './log-ring.ts';
import { decodeChange, decodeState, encodeChange, encodeState } from './redis-codec.ts';
import { appendToLog, describeLog, forgetInLog, headOfLog, noteInLog, trimLog } from './redis-log-scripts.ts';
import { RedisTail } from './redis-tail.ts';
import { markWrite } from './redis-write-marks.ts';

export interface RedisLogOptions extends LogRingOptions {
  /** Most last known states that are kept beside those that are watched. */
  readonly maxStates: number;
  /** For so long a state is kept, whatever others are, after it was last settled; what is watched is settled more often. Milliseconds. */
  readonly settledFor: number;
  readonly session: RedisSession;
}

/** For so long the last change without a state is remembered. Milliseconds. */
const notedFor = 86_400_000;
/** Longest that an append waits until its own changes are here to be read. Milliseconds. */
const longestCatchUp = 1_000;
/** Held states that are told of in one command. */
const keptAtOnce = 500;
/** For so long an instance is taken to have followers after it has last said so. Milliseconds. */
const followedFor = 5_000;

function numberIn(value: unknown): number {
  return Number(String(value));
}

/**
 * The change log that instances share, on a stream of Redis. Each instance keeps all of it that there is to read, so that
 * its readers cost Redis nothing: what is added comes to it over one connection that waits.
 */
export class RedisLog implements ChangeLog {
  readonly #options: RedisLogOptions;
  readonly #session: RedisSession;
  readonly #ring: LogRing;
  readonly #tail: RedisTail;
  readonly #leaves: (() => void)[];
  /** Keys whose states are to be kept, and by how many. */
  readonly #held = new Map<string, number>();
  #keptAt = Number.NEGATIVE_INFINITY;
  #followers = 0;
  #cursorGivenAt = Number.NEGATIVE_INFINITY;
  /** What waits until the ring has come to a number. */
  readonly #catchingUp = new Set<{ readonly to: number; readonly done: () => void }>();

  constructor(options: RedisLogOptions) {
    this.#options = options;
    this.#session = options.session;
    this.#ring = new LogRing('', options);
    this.#tail = new RedisTail({
      session: this.#session,
      stream: this.#session.key('log'),
      ring: this.#ring,
      load: async () => {
        const told = await this.#session.run(describeLog, this.#keys(), []);
        const [epoch, , dropped, others, trimmed] = Array.isArray(told) ? told : [];
        const flat = Array.isArray(trimmed) ? trimmed.map(String) : [];
        const pairs = Array.from(
          { length: flat.length / 2 },
          (_, index) => [flat[2 * index] ?? '', Number(flat[2 * index + 1])] as const,
        );
        return {
          epoch: String(epoch),
          dropped: numberIn(dropped),
          trimmed: { told: pairs, others: numberIn(others) },
        };
      },
      droppedTo: async () =>
        numberIn((await this.#session.command('HGET', this.#session.key('meta'), 'dropped')) ?? 0),
      onCome: () => this.#came(),
    });
    this.#leaves = [
      this.#session.onState(({ epoch }) => this.#beat(epoch)),
      this.#session.onOutage((outage) => {
        // Whoever waits looks whether something was lost.
        if (outage === undefined) this.#ring.wakeAll(this.now());
      }),
    ];
    this.#session.listen('cursors', (at) => {
      this.#cursorGivenAt = Math.max(this.#cursorGivenAt, Number(at));
    });
  }

  now(): number {
    return this.#session.clock.now();
  }

  async head(): Promise<LogPosition> {
    const told = await this.#session.run(
      headOfLog,
      [this.#session.key('meta'), this.#session.key('sequence')],
      [],
    );
    const [epoch, sequence, at] = Array.isArray(told) ? told : [];
    return { epoch: String(epoch), sequence: numberIn(sequence), at: numberIn(at) };
  }

  async known(key: string): Promise<KnownState | undefined> {
    const told = await this.#session.command(
      'HMGET',
      this.#stateKey(key),
      'revision',
      'since',
      'changedAt',
      'value',
    );
    const [revision, since, changedAt, value] = Array.isArray(told) ? told : [];
    if (typeof value !== 'string') return undefined;
    const state = decodeState(value);
    // One that another version wrote is looked at anew, and told as not known.
    if (state === undefined) return undefined;
    return { state, revision: numberIn(revision), since: numberIn(since), changedAt: numberIn(changedAt) };
  }

  async append({ key, revision, state, changes, asOf, lease, mark }: Observation): Promise<boolean> {
    await this.#loaded();
    const { maxEntries, maxAge, maxStates, settledFor } = this.#options;
    // By another clock it cannot be told what it is older than: it is looked at anew.
    if (asOf < this.#session.clock.knownSince) return false;
    // The clocks of instances are not quite the same: both ways it is taken as what promises less.
    const { error } = this.#session.clock;
    const told = await this.#session.run(
      appendToLog,
      [
        ...this.#keys(),
        this.#stateKey(key),
        lease?.key ?? this.#session.key('meta'),
        this.#markKey(mark ?? ''),
      ],
      [
        this.#ring.epoch,
        key,
        revision,
        encodeState(state),
        (asOf + error).toFixed(3),
        (asOf - error).toFixed(3),
        lease?.token ?? '',
        maxEntries,
        maxAge,
        maxStates,
        longestTrimmedKeys,
        settledFor,
        mark === undefined ? '' : '1',
        ...changes.map(encodeChange),
      ],
    );
    if (told === 'EPOCH') await this.#session.refresh();
    if (typeof told === 'string') return false;
    await this.#caughtUp(numberIn(told));
    return true;
  }

  beginWrite(marks: readonly string[]): Promise<() => Promise<void>> {
    return markWrite(
      this.#session,
      marks.map((mark) => this.#markKey(mark)),
    );
  }

  async note(key: string, change: LoggedChange): Promise<void> {
    await this.#loaded();
    const { maxEntries, maxAge } = this.#options;
    const told = await this.#session.run(
      noteInLog,
      [...this.#keys(), this.#noteKey(key)],
      [this.#ring.epoch, key, encodeChange(change), maxEntries, maxAge, longestTrimmedKeys, notedFor],
    );
    if (told === 'EPOCH') await this.#session.refresh();
    else await this.#caughtUp(numberIn(told));
  }

  async lastNoted(key: string): Promise<Noted | undefined> {
    const told = await this.#session.command('HMGET', this.#noteKey(key), 'change', 'at');
    const [json, at] = Array.isArray(told) ? told : [];
    const change = typeof json === 'string' ? decodeChange(json) : undefined;
    return change === undefined ? undefined : { change, at: numberIn(at) };
  }

  async isPossible({ epoch, sequence }: LogPosition): Promise<boolean> {
    await this.#loaded();
    if (epoch !== this.#ring.epoch || sequence <= this.#ring.end) return true;
    const head = await this.head();
    return epoch !== head.epoch || sequence <= head.sequence;
  }

  async read(keys: ReadonlySet<string>, after: LogPosition, limit: number): Promise<LogReading> {
    await this.#tail.loaded;
    return this.#ring.read(keys, after, limit, this.now());
  }

  onNext(keys: ReadonlySet<string>, wake: (before: LogPosition) => void): () => void {
    return this.#ring.onNext(keys, wake);
  }

  hold(key: string): () => void {
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const holders = (this.#held.get(key) ?? 1) - 1;
      if (holders === 0) this.#held.delete(key);
      else this.#held.set(key, holders);
    };
  }

  async forgottenAt(): Promise<number> {
    const told = await this.#session.command('HGET', this.#session.key('meta'), 'forgottenAt');
    return told === null ? Number.NEGATIVE_INFINITY : numberIn(told);
  }

  async forget(): Promise<void> {
    await this.#session.run(forgetInLog, [this.#session.key('meta')], []);
  }

  async giveCursor(): Promise<LogPosition> {
    const head = await this.head();
    const at = head.at - this.#session.clock.error;
    this.#cursorGivenAt = Math.max(this.#cursorGivenAt, this.now());
    // Before it is given: whoever reads elsewhere with it must not join a read from before it.
    await this.#session.tell('cursors', this.#cursorGivenAt.toFixed(3));
    return { ...head, at };
  }

  cursorGivenAt(): number {
    return this.#cursorGivenAt;
  }

  async follow(): Promise<() => void> {
    // Before the first look of its watch: what is written elsewhere from then on has to be told.
    await this.#tellFollowed();
    this.#followers += 1;
    return () => {
      this.#followers -= 1;
    };
  }

  async isFollowedElsewhere(): Promise<boolean> {
    return (await this.#session.command('GET', this.#session.key('followed'))) !== null;
  }

  readonly knowsReads = false;

  get outage(): string | undefined {
    return this.#session.outage;
  }

  onOutage(listener: (outage: string | undefined) => void): () => void {
    return this.#session.onOutage(listener);
  }

  async dispose(): Promise<void> {
    for (const leave of this.#leaves) leave();
    this.#tail.dispose();
    this.#ring.dispose();
    for (const { done } of this.#catchingUp) done();
  }

  /** Which life of the log there is has to be known. Throws FeedUnavailableError where it cannot be reached. */
  async #loaded(): Promise<void> {
    const { outage } = this.#session;
    if (outage !== undefined) throw new FeedUnavailableError(outage);
    await this.#tail.loaded;
  }

  #keys(): readonly string[] {
    return ['meta', 'sequence', 'log', 'trimmed', 'states'].map((name) => this.#session.key(name));
  }

  #stateKey(key: string): string {
    return `${this.#session.key('state')}:${key}`;
  }

  #markKey(mark: string): string {
    return this.#session.key(`mark:${mark}`);
  }

  #noteKey(key: string): string {
    return `${this.#session.key('note')}:${key}`;
  }

  #beat(epoch: string): void {
    this.#tail.check(epoch);
    const { maxEntries, maxAge } = this.#options;
    const trimmed = this.#session.run(trimLog, this.#keys(), [maxEntries, maxAge, longestTrimmedKeys]);
    trimmed.catch(() => undefined);
    if (this.#followers > 0) this.#tellFollowed().catch(() => undefined);
    this.#keep();
  }

  /** Has states that are held count as settled just now: looks may come less often than states are forgotten. */
  #keep(): void {
    const { clock } = this.#session;
    if (clock.local - this.#keptAt < this.#options.settledFor / 3) return;
    this.#keptAt = clock.local;
    const now = clock.now().toFixed(3);
    const keys = [...this.#held.keys()];
    for (let from = 0; from < keys.length; from += keptAtOnce) {
      const scored = keys.slice(from, from + keptAtOnce).flatMap((key) => [now, key]);
      this.#session.command('ZADD', this.#session.key('states'), 'XX', ...scored).catch(() => undefined);
    }
  }

  async #tellFollowed(): Promise<void> {
    await this.#session.command('SET', this.#session.key('followed'), '1', 'PX', followedFor);
  }

  /** Resolves when the change of this number has come here, or after a while. */
  async #caughtUp(sequence: number): Promise<void> {
    if (sequence <= this.#ring.end) return;
    await new Promise<void>((resolve) => {
      const waiting = {
        to: sequence,
        done: (): void => {
          clearTimeout(timer);
          this.#catchingUp.delete(waiting);
          resolve();
        },
      };
      const timer = setTimeout(waiting.done, longestCatchUp).unref();
      this.#catchingUp.add(waiting);
    });
  }

  #came(): void {
    for (const waiting of this.#catchingUp) if (waiting.to <= this.#ring.end) waiting.done();
  }
}
