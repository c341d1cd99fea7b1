import type { DraftLock } from './dataset.ts';
import type { ErrorCode } from './error-code.ts';
import { LockstepError } from './errors.ts';
import type { ResourceKey } from './identity.ts';

/** The resource moved on since it was read. Nothing was written. */
export class VersionConflictError extends LockstepError {
  override readonly name = 'VersionConflictError';
  readonly code = 'VERSION_CONFLICT';
  readonly expectedRef: string | null;
  readonly currentRef: string | null;

  constructor(expectedRef: string | null, currentRef: string | null) {
    super(
      `You expected ${expectedRef ?? 'no version'} and it is ${currentRef ?? 'none'} now. Nothing was written: read it anew, and decide again.`,
    );
    this.expectedRef = expectedRef;
    this.currentRef = currentRef;
  }
}

/** Somebody else holds the draft. Nothing was written. */
export class DraftLockedError extends LockstepError {
  override readonly name = 'DraftLockedError';
  readonly code = 'DRAFT_LOCKED';
  /** Null when the vendor refused and does not tell who holds it. */
  readonly lock: DraftLock | null;

  constructor(message: string, lock: DraftLock | null) {
    super(message);
    this.lock = lock;
  }
}

/** A name, or the one review of a trace, is taken. Nothing was written. */
export class AlreadyExistsError extends LockstepError {
  override readonly name = 'AlreadyExistsError';
  readonly code = 'ALREADY_EXISTS';
  /** What is there, where it is known. */
  readonly existing: ResourceKey | null;

  constructor(message: string, existing: ResourceKey | null) {
    super(message);
    this.existing = existing;
  }
}

/** One item of a write that failed. */
export interface ItemFailure {
  /** Where in the input: `['add', '3']`; a line of a file: `['file', 'line', '12']`. */
  readonly path: readonly string[];
  readonly code: ErrorCode;
  readonly message: string;
}

export interface PartialWrite {
  readonly message: string;
  readonly dataset: ResourceKey<'DATASET'> | null;
  /** What is done, in words, in order. */
  readonly completedSteps: readonly string[];
  readonly addedCount: number;
  readonly updatedCount: number;
  readonly removedCount: number;
  /** Items whose write was sent and not answered: they may or may not be written. */
  readonly unknownCount: number;
  readonly failures: readonly ItemFailure[];
}

/** A write of several steps stopped in the middle: says what is done, what is not, and what is not known. */
export class PartialWriteError extends LockstepError {
  override readonly name = 'PartialWriteError';
  readonly code = 'PARTIAL_WRITE';
  readonly partial: PartialWrite;

  constructor(partial: PartialWrite) {
    super(partial.message);
    this.partial = partial;
  }
}
