import type { DraftLock } from '../../domain/dataset.ts';
import { LockstepError, NotFoundError, SourceError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import { DraftLockedError } from '../../domain/write-errors.ts';
import type { DatasetWriter } from '../source.ts';
import { type DatasetAddress, readDatasetAddress } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import type { DatasetRows } from './dataset-rows.ts';
import { describeHolder, isSameHold } from './draft-holder.ts';
import { readDraftLock } from './draft-lock.ts';
import { mapDraftLock } from './mapping.ts';
import type { DatadogWriteClient } from './write-client.ts';
import { missingDataset, wordsOf } from './write-failures.ts';

type LockWrites = Required<Pick<DatasetWriter, 'lock' | 'unlock'>>;

/** Refusals that say nothing of the lock: who asks is not known, or asks too much. */
const unrelated: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'RATE_LIMITED']);

/** Which status stands for a lock that another holds is not documented: any refusal may. */
function isRefusal(error: unknown): error is SourceError {
  if (!(error instanceof SourceError) || error.httpStatus === undefined) return false;
  return error.code !== 'OUTCOME_UNKNOWN' && error.httpStatus < 500 && !unrelated.has(error.code);
}

/** Held by somebody else, for sure where it is known who the caller is. */
function lockedBy(lock: DraftLock, self: string | undefined): DraftLockedError {
  return new DraftLockedError(
    `${describeHolder(lock)} holds the draft of this dataset at Datadog. Wait until it is released, or ask them.`,
    { ...lock, heldByCaller: self === undefined ? null : false },
  );
}

/** A 200 names the holder, who may have held it all along: that it is not the caller cannot be ruled out. */
function heldBefore(lock: DraftLock): DraftLockedError {
  return new DraftLockedError(
    `${describeHolder(lock)} held the draft of this dataset before, and Datadog does not tell whether that is you. If it is, release it first.`,
    lock,
  );
}

/** Datadog answers 404 to an unlock of what nobody holds as of a dataset that is not there. */
function unreadBehindNotFound(failure: LockstepError, refusal: SourceError): LockstepError {
  if (!(failure instanceof SourceError)) return failure;
  return failure.adding(
    `Before that it answered 404 to the request for the draft lock (${wordsOf(refusal)}): whether it says so of the lock alone or of the dataset could not be read. It may be repeated.`,
  );
}

/** Datadog took the request: whether the lock is the caller's by now, nobody knows. */
function unreadAfterTaken(failure: unknown): unknown {
  if (!(failure instanceof SourceError)) return failure;
  return new SourceError({
    code: 'OUTCOME_UNKNOWN',
    vendor: 'DATADOG',
    message: `Datadog took the request for the draft lock and names no holder, and who holds it could not be read: ${failure.message} Read the lock before you edit.`,
    vendorRequestId: failure.vendorRequestId,
    cause: failure,
  });
}

export function createDraftLockWrites(
  client: DatadogClient,
  writes: DatadogWriteClient,
  rows: DatasetRows,
): LockWrites {
  /** Who holds it now. Throws NotFoundError where there is no such dataset. */
  async function readNow(address: DatasetAddress): Promise<DraftLock | null> {
    writes.forget();
    try {
      return await readDraftLock(client, rows, address);
    } catch (error) {
      if (!(error instanceof SourceError) || error.code !== 'NOT_FOUND') throw error;
      throw new NotFoundError(`${missingDataset(address)} Datadog says: ${wordsOf(error)}.`);
    }
  }

  /**
   * Who holds it after a refusal; where that cannot be read, the refusal is thrown. A 423 says by itself that somebody
   * does. A 404 says by itself nothing that a caller could use: it is thrown as the failure of the look.
   */
  async function readBehind(refusal: SourceError, address: DatasetAddress): Promise<DraftLock | null> {
    try {
      return await readNow(address);
    } catch (error) {
      if (error instanceof NotFoundError || !(error instanceof LockstepError)) throw error;
      if (refusal.httpStatus === 404) throw unreadBehindNotFound(error, refusal);
      if (refusal.httpStatus !== 423) throw refusal;
      const message = `Datadog says that the draft is locked (${wordsOf(refusal)}), and who holds it could not be read.`;
      throw new DraftLockedError(message, null);
    }
  }

  /** The lock as it is after Datadog was asked for it. Throws DraftLockedError where Datadog refused it for one. */
  async function take(address: DatasetAddress, self: string | undefined): Promise<DraftLock> {
    let state: DraftLock | null;
    try {
      state = mapDraftLock(await writes.lockDraftState(address));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const held = await readBehind(error, address);
      if (held === null) throw error;
      // Refused to the one who holds it: it is theirs all the same.
      if (self === undefined || held.holder.vendorId !== self) throw lockedBy(held, self);
      return held;
    }
    state ??= await readTaken(address);
    if (state !== null) return state;
    throw new SourceError({
      code: 'SOURCE_CONTRACT_VIOLATION',
      vendor: 'DATADOG',
      message:
        'Datadog took the request for the draft lock and names no holder, neither in its answer nor after it. Read the lock again before you edit.',
    });
  }

  async function readTaken(address: DatasetAddress): Promise<DraftLock | null> {
    try {
      return await readNow(address);
    } catch (error) {
      throw unreadAfterTaken(error);
    }
  }

  async function lock(dataset: ResourceKey<'DATASET'>, self: string | undefined): Promise<DraftLock> {
    const address = readDatasetAddress(dataset);
    const before = await readNow(address);
    const after = await take(address, self);
    if (self !== undefined) {
      if (after.holder.vendorId !== self) throw lockedBy(after, self);
    } else if (before !== null && isSameHold(before, after)) {
      throw heldBefore(after);
    }
    // Of somebody who took it right between the look and the lock, a 200 reads as of the caller. Only a release that
    // nobody asked for would tell the two apart: decision 6 says why there is none.
    return { ...after, heldByCaller: true };
  }

  async function unlock(dataset: ResourceKey<'DATASET'>, self: string | undefined): Promise<void> {
    const address = readDatasetAddress(dataset);
    const before = await readNow(address);
    const isOther = (held: DraftLock): boolean => self === undefined || held.holder.vendorId !== self;
    try {
      await writes.unlockDraftState(address);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const holder = await readBehind(error, address);
      if (holder === null) return;
      throw isOther(holder) ? lockedBy(holder, self) : error;
    }
    const after = await readAfter(address);
    // Whoever holds it since then took it after it was released.
    if (before === null || after === null || !isSameHold(before, after)) return;
    if (isOther(after)) throw lockedBy(after, self);
  }

  /** A release stays one though it cannot be looked at. */
  async function readAfter(address: DatasetAddress): Promise<DraftLock | null> {
    try {
      return await readNow(address);
    } catch (error) {
      if (error instanceof LockstepError) return null;
      throw error;
    }
  }

  return { lock, unlock };
}
