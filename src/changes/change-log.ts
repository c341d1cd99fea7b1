import type { LoggedChange } from '../domain/change.ts';
import type { WatchedState } from '../domain/watched-state.ts';

/** A place in one log, between two entries: what comes after it is not yet known to whoever holds it. */
export interface LogPosition {
  /** The log's life: a log that was lost with its process begins another. */
  readonly epoch: string;
  /** How many entries come before it. */
  readonly sequence: number;
  /** When it was the end of the log. Milliseconds, by the log's own clock, which never goes back. */
  readonly at: number;
}

export interface LogEntry {
  /** The place right after it. */
  readonly position: LogPosition;
  /** What it is filed under. */
  readonly key: string;
  readonly change: LoggedChange;
}

/** What was last seen under a key. */
export interface KnownState {
  readonly state: WatchedState;
  /** Counts the states, from 1. */
  readonly revision: number;
  /** Since when nothing could go by unseen: what it was then, and all changes after, are known. By the log's clock. */
  readonly since: number;
  /** When it was last found to be another. By the log's clock. */
  readonly changedAt: number;
}

/** What somebody saw, to be put in place of what was known. */
export interface Observation {
  readonly key: string;
  /** The revision that the changes are told from; 0 where nothing was known. */
  readonly revision: number;
  readonly state: WatchedState;
  /** Between the known state and this one, in their order. */
  readonly changes: readonly LoggedChange[];
  /** What was seen is not older than this. By the log's clock. */
  readonly asOf: number;
  /** What is seen while the same is written, or just before, is refused: the writer tells it. Left out by the writer. */
  readonly mark?: string | undefined;
  /** What a watch that is leased was seen by: refused when somebody else has the lease by now. */
  readonly lease?: LeaseToken | undefined;
}

/** That a lease was held: where it is kept, and by which number it was taken. Later ones have greater numbers. */
export interface LeaseToken {
  readonly key: string;
  readonly token: string;
}

/** The last change without a state that was filed under a key. */
export interface Noted {
  readonly change: LoggedChange;
  /** By the log's clock. */
  readonly at: number;
}

export type LossReason = 'TRIMMED' | 'RESTARTED';

export interface LogReading {
  /** Those of the keys asked for, in order. */
  readonly entries: readonly LogEntry[];
  /** Up to where all that there is for these keys is in `entries`. */
  readonly position: LogPosition;
  /** Set when entries after the given place are gone that may have been for these keys; the rest is given all the same. */
  readonly lost: LossReason | undefined;
}

/**
 * The order of all changes, and the last known states, which move together: what does not start from the state that
 * is known is refused. So it is also the echo check, and what keeps a change from being told twice.
 */
export interface ChangeLog {
  // What a shared log cannot tell while it is away throws FeedUnavailableError.

  /** The log's clock: milliseconds, never going back. */
  now(): number;
  head(): Promise<LogPosition>;
  known(key: string): Promise<KnownState | undefined>;
  /** False when another state is known by now: nothing is changed then. */
  append(observation: Observation): Promise<boolean>;
  /** Somebody begins to write what these marks stand for, until the returned function is called. */
  beginWrite(marks: readonly string[]): Promise<() => Promise<void>>;
  /** Files a change that has no state. */
  note(key: string, change: LoggedChange): Promise<void>;
  lastNoted(key: string): Promise<Noted | undefined>;
  /** Whether `position` may be of this log: false for one that it never gave. */
  isPossible(position: LogPosition): Promise<boolean>;
  /** At most `limit` entries (at least 1) of these keys after a place. */
  read(keys: ReadonlySet<string>, after: LogPosition, limit: number): Promise<LogReading>;
  /**
   * Calls `wake` with the place right before the first entry of these keys that comes from now on, once. The returned
   * function takes it back.
   */
  onNext(keys: ReadonlySet<string>, wake: (before: LogPosition) => void): () => void;
  /** Keeps the state of a key, whatever others are kept, until the returned function is called. */
  hold(key: string): () => void;
  /** Until when a state may have been seen that is not known: what is known since later may not be what a reader saw. */
  forgottenAt(): Promise<number>;
  /** Somebody has seen a state that could not be kept. */
  forget(): Promise<void>;
  /** The head, for somebody who will ask for what comes after it. */
  giveCursor(): Promise<LogPosition>;
  /** When a cursor was last given, at whatever instance. By the log's clock. */
  cursorGivenAt(): number;
  /** Somebody follows the log here, until the returned function is called. Others know it when it has resolved. */
  follow(): Promise<() => void>;
  /** Whether somebody may follow it at another instance, as of now. */
  isFollowedElsewhere(): Promise<boolean>;
  /**
   * Whether all that a holder of a cursor may have read is told to the log. Of a shared one it is not: what was read at
   * an instance that had not heard of the cursor, or could not reach the log, nobody knows of.
   */
  readonly knowsReads: boolean;
  /** Why the log cannot be reached; undefined while it can. */
  readonly outage: string | undefined;
  /** Calls back when the log stops and starts being reached, until the returned function is called. */
  onOutage(listener: (outage: string | undefined) => void): () => void;
  dispose(): Promise<void>;
}
