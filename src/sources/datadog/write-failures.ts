import {
  type InputIssue,
  InvalidInputError,
  LockstepError,
  NotFoundError,
  SourceError,
} from '../../domain/errors.ts';
import { DraftLockedError } from '../../domain/write-errors.ts';
import type { DatasetAddress } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import type { DatasetRows } from './dataset-rows.ts';
import { describeHolder } from './draft-holder.ts';
import { readDraftLock } from './draft-lock.ts';

/** Where in the caller's input a part of the request came from; undefined for what is not of the input. */
export type InputPathOf = (pointer: readonly string[]) => readonly string[] | undefined;

/** Datadog's own words for a refusal. */
export function wordsOf(error: SourceError): string {
  const [first] = error.vendorErrors;
  const words = first?.detail ?? first?.title ?? `status ${error.httpStatus ?? 'unknown'}`;
  return error.vendorRequestId === undefined ? words : `${words} (request ${error.vendorRequestId})`;
}

/** Statuses by which Datadog says that it cannot use a body as it stands. */
const validationStatuses: ReadonlySet<number | undefined> = new Set([400, 413, 422]);

export function isValidationRefusal(error: unknown): error is SourceError {
  return (
    error instanceof SourceError && error.code === 'INVALID_INPUT' && validationStatuses.has(error.httpStatus)
  );
}

/** The refusal of a body, with an issue for each place that Datadog points at. */
export function invalidInputOf(error: SourceError, inputPathOf: InputPathOf): InvalidInputError {
  const issues: InputIssue[] = [];
  for (const { source, detail, title } of error.vendorErrors) {
    if (source?.startsWith('/') !== true) continue;
    const path = inputPathOf(source.slice(1).split('/'));
    if (path !== undefined) issues.push({ path, message: detail ?? title ?? 'was refused' });
  }
  return new InvalidInputError(
    `Datadog refused this as it stands: ${wordsOf(error)}. Nothing was written by it.`,
    issues,
  );
}

/** For requests whose attributes are named as the input's fields are. */
export const sameNames: InputPathOf = ([data, attributes, name]) =>
  data === 'data' && attributes === 'attributes' && name !== undefined ? [name] : undefined;

/** A refusal as the typed error that callers of writes are promised; whatever else was thrown stays as it is. */
export function typedRefusal(error: unknown, missing: string, inputPathOf: InputPathOf): unknown {
  if (error instanceof SourceError && error.code === 'NOT_FOUND') {
    return new NotFoundError(`${missing} Datadog says: ${wordsOf(error)}.`);
  }
  return isValidationRefusal(error) ? invalidInputOf(error, inputPathOf) : error;
}

/** By which Datadog may refuse a write to a dataset whose draft somebody else holds: no status is documented. */
const lockStatuses: ReadonlySet<number | undefined> = new Set([403, 409, 423]);

/** What a refused write to a dataset was refused for. */
export class DatasetRefusals {
  readonly #client: DatadogClient;
  readonly #rows: DatasetRows;

  constructor(client: DatadogClient, rows: DatasetRows) {
    this.#client = client;
    this.#rows = rows;
  }

  /** {@link typedRefusal}, and DraftLockedError where somebody holds the draft while the vendor refuses. */
  async explain(error: unknown, address: DatasetAddress, inputPathOf: InputPathOf): Promise<unknown> {
    if (error instanceof SourceError && lockStatuses.has(error.httpStatus)) {
      const locked = await this.#lockBehind(error, address);
      if (locked !== undefined) return locked;
    }
    return typedRefusal(error, missingDataset(address), inputPathOf);
  }

  async #lockBehind(error: SourceError, address: DatasetAddress): Promise<DraftLockedError | undefined> {
    const isLocked = error.httpStatus === 423;
    try {
      const lock = await readDraftLock(this.#client, this.#rows, address);
      if (lock === null && !isLocked) return undefined;
      const holder = lock === null ? 'Somebody' : describeHolder(lock);
      const message = `${holder} holds the draft, and Datadog refused the write: ${wordsOf(error)}. Wait until it is released, or ask them. Nothing was written by it.`;
      return new DraftLockedError(message, lock);
    } catch (failure) {
      if (!(failure instanceof LockstepError)) throw failure;
      if (!isLocked) return undefined;
      return new DraftLockedError(
        `Datadog says that the draft is locked (${wordsOf(error)}), and who holds it could not be read. Nothing was written by it.`,
        null,
      );
    }
  }
}

export function missingDataset({ datasetId, projectId }: DatasetAddress): string {
  return `There is no dataset ${datasetId} in the Datadog project ${projectId}, or the keys in use may not see it.`;
}
