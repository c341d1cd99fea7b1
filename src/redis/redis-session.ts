import { randomBytes } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';
import { FeedUnavailableError } from '../domain/errors.ts';
import type { Script } from './script.ts';
import { beat, openSession } from './session-scripts.ts';
import { SharedClock } from './shared-clock.ts';

export interface RedisSessionOptions {
  readonly url: string;
  /** What all keys begin with; in braces, so that a cluster keeps them together. */
  readonly prefix: string;
  /** Longest that one command may take. Milliseconds. */
  readonly commandTimeout: number;
  /** Between two beats of the heart. Milliseconds. */
  readonly beatInterval: number;
  /** A clock that never goes back. Milliseconds. */
  readonly now: () => number;
}

/** Which life of the shared state there is, and where it has come to. */
export interface SessionState {
  readonly epoch: string;
  readonly sequence: number;
}

type ConnectionOptions = Pick<
  RedisOptions,
  'commandTimeout' | 'blockingTimeout' | 'enableAutoPipelining' | 'autoResubscribe'
>;

type StateListener = (state: SessionState) => void;
type OutageListener = (outage: string | undefined) => void;

function textOf(error: unknown): string {
  // What the client says may hold the address, and so a password: it is told in general terms.
  if (!(error instanceof Error)) return 'it failed';
  if (/timed out|ETIMEDOUT/i.test(error.message)) return 'it does not answer in time';
  if (/WRONGPASS|NOAUTH|NOPERM/i.test(error.message)) return 'it refuses the credentials';
  if (/READONLY/.test(error.message)) return 'it takes no writes';
  if (/LOADING/.test(error.message)) return 'it is starting';
  if (/OOM/.test(error.message)) return 'it is out of memory';
  return 'there is no connection';
}

/** What the gateway's instances share, over one server of Redis or Valkey: commands, its clock, and whether it is there. */
export class RedisSession {
  readonly clock: SharedClock;
  readonly #options: RedisSessionOptions;
  readonly #commands: Redis;
  readonly #stateListeners = new Set<StateListener>();
  readonly #outageListeners = new Set<OutageListener>();
  #outage: string | undefined = 'not connected yet';
  #state: SessionState | undefined;
  #isOpen = false;
  #beating: NodeJS.Timeout | undefined;
  #isDisposed = false;
  readonly #others: Redis[] = [];
  #hears: Redis | undefined;
  readonly #channels = new Map<string, (message: string) => void>();

  constructor(options: RedisSessionOptions) {
    this.#options = options;
    this.clock = new SharedClock(options.now);
    this.#commands = this.connection({ commandTimeout: options.commandTimeout, enableAutoPipelining: true });
    this.#commands.on('ready', () => void this.#open());
    this.#commands.on('close', () => {
      this.#isOpen = false;
      this.#setOutage('there is no connection');
    });
    this.#schedule();
  }

  /** Why it cannot be reached; undefined while it can. */
  get outage(): string | undefined {
    return this.#outage;
  }

  get state(): SessionState | undefined {
    return this.#state;
  }

  key(name: string): string {
    return `{${this.#options.prefix}}:${name}`;
  }

  /** Resolves when it is reached, or after so many milliseconds. */
  async ready(milliseconds: number): Promise<void> {
    if (this.#outage === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      const leave = this.onOutage((outage) => {
        if (outage !== undefined) return;
        clearTimeout(timer);
        leave();
        resolve();
      });
    });
  }

  /** A further connection, for what keeps one busy: it comes back by itself. Ends with the session. */
  connection(options: ConnectionOptions = {}): Redis {
    const connection = new Redis(this.#options.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: this.#options.commandTimeout,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 5), 1_000),
      ...options,
    });
    // What is wrong shows in the commands that fail; without a listener the process would end.
    connection.on('error', () => undefined);
    this.#others.push(connection);
    return connection;
  }

  /** Runs a script. Throws FeedUnavailableError when Redis cannot be reached or refuses. */
  async run(program: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    if (!this.#isOpen) throw new FeedUnavailableError(this.#outage ?? 'there is no connection');
    return this.#send(program, keys, args);
  }

  /** Runs one command. Throws FeedUnavailableError when Redis cannot be reached or refuses. */
  async command(name: string, ...args: readonly (string | number)[]): Promise<unknown> {
    if (!this.#isOpen) throw new FeedUnavailableError(this.#outage ?? 'there is no connection');
    try {
      return await this.#commands.call(name, ...args);
    } catch (error) {
      throw new FeedUnavailableError(textOf(error), { cause: error });
    }
  }

  /** Tells all instances that listen; best effort, where Redis cannot be reached it is told to nobody. */
  async tell(channel: string, message: string): Promise<void> {
    await this.command('PUBLISH', this.key(channel), message);
  }

  /** Calls back with what is told on a channel, by whatever instance, this one included. */
  listen(channel: string, listener: (message: string) => void): void {
    this.#channels.set(this.key(channel), listener);
    const subscribe = (hears: Redis, names: readonly string[]): void => {
      // On each new connection it is asked for again.
      hears.subscribe(...names).catch(() => undefined);
    };
    if (this.#hears !== undefined) {
      if (this.#hears.status === 'ready') subscribe(this.#hears, [this.key(channel)]);
      return;
    }
    const hears = this.connection({ autoResubscribe: false });
    this.#hears = hears;
    hears.on('message', (name: string, message: string) => this.#channels.get(name)?.(message));
    hears.on('ready', () => subscribe(hears, [...this.#channels.keys()]));
  }

  /** Calls back with each beat that reached the server. */
  onState(listener: StateListener): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  onOutage(listener: OutageListener): () => void {
    this.#outageListeners.add(listener);
    return () => this.#outageListeners.delete(listener);
  }

  /** Asks anew which life of the shared state there is. */
  async refresh(): Promise<void> {
    if (this.#isOpen) await this.#beat();
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#beating);
    for (const connection of this.#others) connection.disconnect();
    this.#stateListeners.clear();
    this.#outageListeners.clear();
  }

  async #send(
    program: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const rest = [...keys, ...args];
    try {
      try {
        return await this.#commands.evalsha(program.sha, keys.length, ...rest);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.includes('NOSCRIPT')) throw error;
        return await this.#commands.eval(program.lua, keys.length, ...rest);
      }
    } catch (error) {
      throw new FeedUnavailableError(textOf(error), { cause: error });
    }
  }

  /** Before anything else is said on a new connection: the server behind it may be another one, or have lost something. */
  async #open(): Promise<void> {
    try {
      const info = String(await this.#commands.info('server'));
      const run = /^run_id:(\w+)/m.exec(info)?.[1] ?? 'unknown';
      this.clock.forget();
      await this.#learn(openSession, [run, randomBytes(9).toString('base64url')]);
      this.#isOpen = true;
      this.#setOutage(undefined);
    } catch (error) {
      if (this.#isDisposed) return;
      this.#setOutage(error instanceof FeedUnavailableError ? textOf(error.cause) : textOf(error));
      // A connection on which nothing can be said is given up for another.
      this.#commands.disconnect(true);
    }
  }

  async #beat(): Promise<void> {
    try {
      await this.#learn(beat, []);
      this.#setOutage(undefined);
    } catch (error) {
      if (this.#isDisposed) return;
      this.#setOutage(error instanceof FeedUnavailableError ? textOf(error.cause) : textOf(error));
    }
  }

  async #learn(program: Script, args: readonly string[]): Promise<void> {
    const sentAt = this.clock.local;
    const told = await this.#send(program, [this.key('meta'), this.key('sequence')], args);
    if (!Array.isArray(told)) throw new FeedUnavailableError('it answers something else');
    const [epoch, sequence, seconds, microseconds] = told.map(String);
    if (program === beat && epoch === '') {
      // Everything is gone, and the server was not started anew.
      return this.#learn(openSession, [await this.#runId(), randomBytes(9).toString('base64url')]);
    }
    this.clock.learn(Number(seconds) * 1_000 + Number(microseconds) / 1_000, sentAt);
    this.#state = { epoch: epoch ?? '', sequence: Number(sequence) };
    for (const listener of [...this.#stateListeners]) listener(this.#state);
  }

  async #runId(): Promise<string> {
    return /^run_id:(\w+)/m.exec(String(await this.#commands.info('server')))?.[1] ?? 'unknown';
  }

  #schedule(): void {
    if (this.#isDisposed) return;
    this.#beating = setTimeout(() => {
      const done = this.#isOpen ? this.#beat() : Promise.resolve();
      void done.finally(() => this.#schedule());
    }, this.#options.beatInterval).unref();
  }

  #setOutage(outage: string | undefined): void {
    if (this.#isDisposed || this.#outage === outage) return;
    const changed = (this.#outage === undefined) !== (outage === undefined);
    this.#outage = outage;
    if (!changed) return;
    for (const listener of [...this.#outageListeners]) listener(outage);
  }
}
