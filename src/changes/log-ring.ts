import type { LoggedChange } from '../domain/change.ts';
import type { LogEntry, LogPosition, LogReading } from './change-log.ts';

export interface LogRingOptions {
  /** Most entries that are kept. */
  readonly maxEntries: number;
  /** An entry older than this is dropped. Milliseconds. */
  readonly maxAge: number;
}

/** How many keys' losses are told apart; of more, the oldest are taken together. */
export const longestTrimmedKeys = 10_000;

interface Waiter {
  readonly keys: ReadonlySet<string>;
  readonly wake: (before: LogPosition) => void;
}

/** What is known of entries that are gone. */
export interface TrimmedKeys {
  /** Of each key, the place after the last of its entries that was dropped; the one that was dropped first comes first. */
  readonly told: Iterable<readonly [key: string, sequence: number]>;
  /** The same for keys that are no longer told apart. */
  readonly others: number;
}

/** The last entries of a log, and who waits for the next ones. Sequence numbers go up, and may leave numbers out. */
export class LogRing {
  readonly #options: LogRingOptions;
  #epoch: string;
  readonly #entries: LogEntry[] = [];
  /** Everything up to here was dropped. */
  #dropped = 0;
  /** The last one that is gone though others before it are here. */
  #lost = 0;
  #end = 0;
  readonly #trimmed = new Map<string, number>();
  #trimmedOthers = 0;
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(epoch: string, options: LogRingOptions) {
    this.#epoch = epoch;
    this.#options = options;
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** The sequence number of the last entry there ever was. */
  get end(): number {
    return this.#end;
  }

  add(sequence: number, key: string, change: LoggedChange, at: number): void {
    const before: LogPosition = { epoch: this.#epoch, sequence: sequence - 1, at };
    this.#entries.push({ position: { ...before, sequence }, key, change });
    this.#end = sequence;
    if (this.#entries.length > this.#options.maxEntries) this.trim(at);
    const waiting = this.#waiters.get(key);
    if (waiting === undefined) return;
    for (const waiter of [...waiting]) {
      this.#leave(waiter);
      waiter.wake(before);
    }
  }

  /** There is an entry that cannot be shown: for whoever reads of its key it is gone. */
  lose(sequence: number, key: string): void {
    this.#trimmed.delete(key);
    this.#trimmed.set(key, sequence);
    this.#lost = sequence;
    this.#end = sequence;
  }

  /** Begins anew, with what there is of another life or of a part that went by; all who wait look again. */
  restart(epoch: string, dropped: number, trimmed: TrimmedKeys): void {
    this.#epoch = epoch;
    this.#entries.length = 0;
    this.#dropped = dropped;
    this.#lost = 0;
    this.#end = dropped;
    this.#trimmed.clear();
    for (const [key, sequence] of trimmed.told) this.#trimmed.set(key, sequence);
    this.#trimmedOthers = trimmed.others;
  }

  /** Has all who wait look again. */
  wakeAll(now: number): void {
    const before: LogPosition = { epoch: this.#epoch, sequence: 0, at: now };
    const waiting = new Set([...this.#waiters.values()].flatMap((waiters) => [...waiters]));
    for (const waiter of waiting) {
      this.#leave(waiter);
      waiter.wake(before);
    }
  }

  read(keys: ReadonlySet<string>, after: LogPosition, limit: number, now: number): LogReading {
    this.trim(now);
    const ofThisLife = after.epoch === this.#epoch;
    const lost = !ofThisLife ? 'RESTARTED' : this.#isTrimmed(keys, after.sequence) ? 'TRIMMED' : undefined;
    const entries: LogEntry[] = [];
    for (
      let index = ofThisLife ? this.#firstAfter(after.sequence) : 0;
      index < this.#entries.length;
      index += 1
    ) {
      const entry = this.#entries[index];
      if (entry === undefined || !keys.has(entry.key)) continue;
      entries.push(entry);
      if (entries.length >= limit) return { entries, position: entry.position, lost };
    }
    // A reader may stand where this ring has not come yet.
    const sequence = ofThisLife ? Math.max(this.#end, after.sequence) : this.#end;
    return { entries, position: { epoch: this.#epoch, sequence, at: now }, lost };
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

  dispose(): void {
    this.#waiters.clear();
  }

  /** Drops what there is too much of, and what is too old. */
  trim(now: number): void {
    const { maxEntries, maxAge } = this.#options;
    const oldest = now - maxAge;
    let count = Math.max(0, this.#entries.length - maxEntries);
    while (count < this.#entries.length && (this.#entries[count]?.position.at ?? oldest) < oldest) count += 1;
    if (count === 0) return;
    for (const { key, position } of this.#entries.splice(0, count)) {
      this.#trimmed.delete(key);
      this.#trimmed.set(key, position.sequence);
      this.#dropped = position.sequence;
    }
    for (const [key, sequence] of this.#trimmed) {
      if (this.#trimmed.size <= longestTrimmedKeys) break;
      this.#trimmed.delete(key);
      this.#trimmedOthers = Math.max(this.#trimmedOthers, sequence);
    }
  }

  #leave(waiter: Waiter): void {
    for (const key of waiter.keys) {
      const waiting = this.#waiters.get(key);
      waiting?.delete(waiter);
      if (waiting?.size === 0) this.#waiters.delete(key);
    }
  }

  /** Where the first entry with a greater number is. */
  #firstAfter(sequence: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.position.sequence ?? 0) > sequence) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Whether an entry of these keys that comes after a place was dropped, as far as is still told apart. */
  #isTrimmed(keys: ReadonlySet<string>, after: number): boolean {
    if (after >= Math.max(this.#dropped, this.#lost)) return false;
    if (after < this.#trimmedOthers) return true;
    for (const key of keys) if ((this.#trimmed.get(key) ?? 0) > after) return true;
    return false;
  }
}
