import { randomBytes } from 'node:crypto';
import type { LoggedChange } from '../domain/change.ts';
import type { ChangeLog, KnownState, LogPosition, LogReading, Noted, Observation } from './change-log.ts';
import { LogRing, type LogRingOptions } from './log-ring.ts';

export interface MemoryLogOptions extends LogRingOptions {
  /** Most states that are kept beside those that are held. */
  readonly maxStates: number;
  /** Milliseconds that never go back. */
  readonly now?: (() => number) | undefined;
}

/** Of so many keys the last change without a state is remembered. */
const longestNotes = 1_000;

/** The change log of one process: bounded in number and age, and lost with the process. */
export class MemoryLog implements ChangeLog {
  readonly #options: MemoryLogOptions;
  readonly #ring: LogRing;
  /** Those that may be forgotten, the one that was settled longest ago first. */
  readonly #states = new Map<string, KnownState>();
  readonly #held = new Map<string, { holders: number; known: KnownState | undefined }>();
  readonly #notes = new Map<string, Noted>();
  #forgottenAt = Number.NEGATIVE_INFINITY;
  #cursorGivenAt = Number.NEGATIVE_INFINITY;

  constructor(options: MemoryLogOptions) {
    this.#options = options;
    this.#ring = new LogRing(randomBytes(9).toString('base64url'), options);
  }

  now(): number {
    return (this.#options.now ?? monotonicNow)();
  }

  async head(): Promise<LogPosition> {
    return { epoch: this.#ring.epoch, sequence: this.#ring.end, at: this.now() };
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
    for (const change of changes) this.#ring.add(this.#ring.end + 1, key, change, now);
    return true;
  }

  async beginWrite(): Promise<() => Promise<void>> {
    // The writers of this process are told apart before anything comes here.
    return async () => undefined;
  }

  async note(key: string, change: LoggedChange): Promise<void> {
    const at = this.now();
    this.#notes.delete(key);
    this.#notes.set(key, { change, at });
    if (this.#notes.size > longestNotes) {
      const oldest = this.#notes.keys().next().value;
      if (oldest !== undefined) this.#notes.delete(oldest);
    }
    this.#ring.add(this.#ring.end + 1, key, change, at);
  }

  async lastNoted(key: string): Promise<Noted | undefined> {
    return this.#notes.get(key);
  }

  async isPossible({ epoch, sequence }: LogPosition): Promise<boolean> {
    return epoch !== this.#ring.epoch || sequence <= this.#ring.end;
  }

  async read(keys: ReadonlySet<string>, after: LogPosition, limit: number): Promise<LogReading> {
    return this.#ring.read(keys, after, limit, this.now());
  }

  onNext(keys: ReadonlySet<string>, wake: (before: LogPosition) => void): () => void {
    return this.#ring.onNext(keys, wake);
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

  async forgottenAt(): Promise<number> {
    return this.#forgottenAt;
  }

  async forget(): Promise<void> {
    this.#forgottenAt = this.now();
  }

  async giveCursor(): Promise<LogPosition> {
    this.#cursorGivenAt = this.now();
    return this.head();
  }

  cursorGivenAt(): number {
    return this.#cursorGivenAt;
  }

  readonly knowsReads = true;

  async isFollowedElsewhere(): Promise<boolean> {
    return false;
  }

  async follow(): Promise<() => void> {
    return () => undefined;
  }

  get outage(): string | undefined {
    return undefined;
  }

  onOutage(): () => void {
    return () => undefined;
  }

  async dispose(): Promise<void> {
    this.#ring.dispose();
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
    this.#forgottenAt = this.now();
  }
}

/** The clock of the process that settings of the system's clock do not turn back, in whole microseconds. */
export function monotonicNow(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000) / 1000;
}
