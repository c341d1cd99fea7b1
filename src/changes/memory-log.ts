import { randomBytes } from 'node:crypto';
import type { LoggedChange } from '../domain/change.ts';
import type { ChangeLog, KnownState, LogEntry, LogPosition, LogReading, Observation } from './change-log.ts';

export interface MemoryLogOptions {
  /** Most entries that are kept. */
  readonly maxEntries: number;
  /** An entry older than this is dropped. Milliseconds. */
  readonly maxAge: number;
  /** Most states that are kept beside those that are held. */
  readonly maxStates: number;
  /** Milliseconds that never go back. */
  readonly now?: (() => number) | undefined;
}

/** How many keys' losses are told apart; of more, the oldest are taken together. */
const longestTrimmedKeys = 10_000;

interface Waiter {
  readonly keys: ReadonlySet<string>;
  readonly wake: (before: LogPosition) => void;
}

/** The change log of one process: bounded in number and age, and lost with the process. */
export class MemoryLog implements ChangeLog {
  readonly #options: MemoryLogOptions;
  readonly #epoch = randomBytes(9).toString('base64url');
  /** Those that may be forgotten, the one that was settled longest ago first. */
  readonly #states = new Map<string, KnownState>();
  readonly #held = new Map<string, { holders: number; known: KnownState | undefined }>();
  /** The entries from sequence number `#first` on. */
  readonly #entries: LogEntry[] = [];
  #first = 0;
  /** The place after the last entry of a key that was dropped. */
  readonly #trimmed = new Map<string, number>();
  /** The same for keys that are no longer told apart. */
  #trimmedOthers = 0;
  #forgottenAt = Number.NEGATIVE_INFINITY;
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(options: MemoryLogOptions) {
    this.#options = options;
  }

  now(): number {
    return (this.#options.now ?? monotonicNow)();
  }

  async head(): Promise<LogPosition> {
    return this.#head();
  }

  async known(key: string): Promise<KnownState | undefined> {
    return this.#known(key);
  }

  async append({ key, revision, state, changes, asOf }: Observation): Promise<boolean> {
    const known = this.#known(key);
    if ((known?.revision ?? 0) !== revision) return false;
    // What was read before the known state came about is older than it, whatever it shows.
    if (known !== undefined && known.changedAt > asOf) return false;
    const now = this.now();
    this.#keep(key, {
      state,
      revision: changes.length === 0 && known !== undefined ? revision : revision + 1,
      since: known?.since ?? asOf,
      changedAt: changes.length === 0 && known !== undefined ? known.changedAt : now,
    });
    for (const change of changes) this.#add(key, change, now);
    return true;
  }

  async note(key: string, change: LoggedChange): Promise<void> {
    this.#add(key, change, this.now());
  }

  isPossible({ epoch, sequence }: LogPosition): boolean {
    return epoch !== this.#epoch || sequence <= this.#end;
  }

  async read(keys: ReadonlySet<string>, after: LogPosition, limit: number): Promise<LogReading> {
    this.#trim();
    const ofThisLife = after.epoch === this.#epoch;
    const start = ofThisLife ? Math.max(after.sequence, this.#first) : this.#first;
    const lost = !ofThisLife ? 'RESTARTED' : this.#isTrimmed(keys, after.sequence) ? 'TRIMMED' : undefined;
    const entries: LogEntry[] = [];
    for (let index = start - this.#first; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index];
      if (entry === undefined || !keys.has(entry.key)) continue;
      entries.push(entry);
      if (entries.length >= limit) return { entries, position: entry.position, lost };
    }
    return { entries, position: this.#head(), lost };
  }

  onNext(keys: ReadonlySet<string>, wake: (before: LogPosition) => void): () => void {
    const waiter: Waiter = { keys, wake };
    for (const key of keys) {
      const waiting = this.#waiters.get(key);
      if (waiting === undefined) this.#waiters.set(key, new Set([waiter]));
      else waiting.add(waiter);
    }
    return () => this.#leave(waiter);
  }

  hold(key: string): () => void {
    const held = this.#held.get(key) ?? { holders: 0, known: this.#states.get(key) };
    held.holders += 1;
    this.#held.set(key, held);
    this.#states.delete(key);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      held.holders -= 1;
      if (held.holders > 0) return;
      this.#held.delete(key);
      if (held.known !== undefined) this.#keep(key, held.known);
    };
  }

  forgottenAt(): number {
    return this.#forgottenAt;
  }

  forget(): void {
    this.#forgottenAt = this.now();
  }

  async dispose(): Promise<void> {
    this.#waiters.clear();
  }

  get #end(): number {
    return this.#first + this.#entries.length;
  }

  #head(): LogPosition {
    return { epoch: this.#epoch, sequence: this.#end, at: this.now() };
  }

  #add(key: string, change: LoggedChange, at: number): void {
    const before: LogPosition = { epoch: this.#epoch, sequence: this.#end, at };
    this.#entries.push({ position: { ...before, sequence: before.sequence + 1 }, key, change });
    if (this.#entries.length > this.#options.maxEntries) this.#trim();
    const waiting = this.#waiters.get(key);
    if (waiting === undefined) return;
    for (const waiter of [...waiting]) {
      this.#leave(waiter);
      waiter.wake(before);
    }
  }

  #leave(waiter: Waiter): void {
    for (const key of waiter.keys) {
      const waiting = this.#waiters.get(key);
      waiting?.delete(waiter);
      if (waiting?.size === 0) this.#waiters.delete(key);
    }
  }

  #trim(): void {
    const { maxEntries, maxAge } = this.#options;
    const oldest = this.now() - maxAge;
    let count = Math.max(0, this.#entries.length - maxEntries);
    while (count < this.#entries.length && (this.#entries[count]?.position.at ?? oldest) < oldest) count += 1;
    if (count === 0) return;
    for (const { key, position } of this.#entries.splice(0, count)) {
      this.#trimmed.delete(key);
      this.#trimmed.set(key, position.sequence);
    }
    this.#first += count;
    for (const [key, sequence] of this.#trimmed) {
      if (this.#trimmed.size <= longestTrimmedKeys) break;
      this.#trimmed.delete(key);
      this.#trimmedOthers = Math.max(this.#trimmedOthers, sequence);
    }
  }

  /** Whether an entry of these keys that comes after a place was dropped, as far as is still told apart. */
  #isTrimmed(keys: ReadonlySet<string>, after: number): boolean {
    if (after >= this.#first) return false;
    if (after < this.#trimmedOthers) return true;
    for (const key of keys) if ((this.#trimmed.get(key) ?? 0) > after) return true;
    return false;
  }

  #known(key: string): KnownState | undefined {
    return this.#held.get(key)?.known ?? this.#states.get(key);
  }

  #keep(key: string, known: KnownState): void {
    const held = this.#held.get(key);
    if (held !== undefined) {
      held.known = known;
      return;
    }
    this.#states.delete(key);
    this.#states.set(key, known);
    if (this.#states.size <= this.#options.maxStates) return;
    const oldest = this.#states.keys().next().value;
    if (oldest === undefined) return;
    this.#states.delete(oldest);
    this.forget();
  }
}

/** The clock of the process that settings of the system's clock do not turn back, in whole microseconds. */
function monotonicNow(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000) / 1000;
}
