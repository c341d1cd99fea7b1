import { type BulkheadPolicy, bulkhead } from 'cockatiel';
import {
  InvalidInputError,
  type LockstepError,
  SourceError,
  TooExpensiveError,
} from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import { type ItemFailure, PartialWriteError } from '../../domain/write-errors.ts';
import { lockstepErrorOf } from './batch.ts';
import { writesSideBySide } from './limits.ts';

/** One write of several. */
export interface Step {
  /** Where in the input it comes from. */
  readonly path: readonly string[];
  readonly send: () => Promise<void>;
}

interface StepFailure {
  readonly index: number;
  readonly path: readonly string[];
  readonly error: LockstepError;
  /** True when it was not even tried, because of the error of another. */
  readonly held: boolean;
}

export interface StepsOutcome {
  readonly total: number;
  /** In the order of the input. */
  readonly failures: readonly StepFailure[];
}

/** What is done already when it is found that not everything can be. */
export interface Done {
  readonly dataset: ResourceKey<'DATASET'> | null;
  readonly completedSteps: readonly string[];
  readonly addedCount: number;
  readonly updatedCount: number;
  readonly removedCount: number;
}

/** Failures that every further request would meet as well. */
const stopCodes: ReadonlySet<string> = new Set<SourceError['code']>([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  // Both mean here that it was not sent: the vendor cannot be reached, or the operation is over.
  'SOURCE_UNAVAILABLE',
  'SOURCE_TIMEOUT',
]);

function isUnknown(error: LockstepError): boolean {
  return error.code === 'OUTCOME_UNKNOWN';
}

function isStop(error: LockstepError): boolean {
  return error instanceof TooExpensiveError || (error instanceof SourceError && stopCodes.has(error.code));
}

/** What keeps requests to as many side by side as one edit may have. */
export function sideBySide(): BulkheadPolicy {
  return bulkhead(writesSideBySide, Number.POSITIVE_INFINITY);
}

/**
 * Takes every step, some side by side, each once. One that fails does not keep the others, unless they would fail as
 * well: then no more are begun. As many unknown outcomes in a row as go side by side are a vendor in trouble.
 */
export async function runSteps(steps: Iterable<Step>): Promise<StepsOutcome> {
  const lanes = sideBySide();
  const failures: StepFailure[] = [];
  let stop: LockstepError | undefined;
  let unknownInARow = 0;

  async function attempt({ path, send }: Step, index: number): Promise<void> {
    if (stop !== undefined) {
      failures.push({ index, path, error: stop, held: true });
      return;
    }
    try {
      await send();
      unknownInARow = 0;
    } catch (thrown) {
      const error = lockstepErrorOf(thrown);
      failures.push({ index, path, error, held: false });
      unknownInARow = isUnknown(error) ? unknownInARow + 1 : 0;
      if (isStop(error) || unknownInARow >= writesSideBySide) stop ??= error;
    }
  }

  const all = Array.from(steps, (step, index) => lanes.execute(() => attempt(step, index)));
  await Promise.all(all);
  failures.sort((a, b) => a.index - b.index);
  return { total: all.length, failures };
}

export function itemFailureOf({ path, error, held }: StepFailure): ItemFailure {
  if (!held) return { path, code: error.code, message: error.message };
  // What became of that one is not known; this one was certainly not sent.
  const code = isUnknown(error) ? 'SOURCE_UNAVAILABLE' : error.code;
  return { path, code, message: `Not sent, since another before it failed: ${error.message}` };
}

/** How many may or may not be written. */
export function unknownCountOf({ failures }: StepsOutcome): number {
  return failures.filter(({ error, held }) => !held && isUnknown(error)).length;
}

export function partialWrite(outcome: StepsOutcome, done: Done): PartialWriteError {
  const { total, failures } = outcome;
  const unknownCount = unknownCountOf(outcome);
  const unknown = unknownCount === 0 ? '' : `, and of ${unknownCount} it is not known`;
  return new PartialWriteError({
    message: `${total - failures.length} of ${total} are written, ${failures.length - unknownCount} are not${unknown}. \`failures\` says which: read before you repeat those.`,
    ...done,
    unknownCount,
    failures: failures.map(itemFailureOf),
  });
}

/**
 * The error of steps before and beside which nothing was written. When nothing was written at all, and for one
 * reason, that reason is the error; undefined when nothing failed.
 */
export function errorOf(outcome: StepsOutcome, done: Done): LockstepError | undefined {
  const { total, failures } = outcome;
  const [first] = failures;
  if (first === undefined) return undefined;
  if (failures.length < total) return partialWrite(outcome, done);
  const isOneReason = failures.every(({ error }) => error.code === first.error.code);
  if (!isOneReason || (isUnknown(first.error) && total > 1)) return partialWrite(outcome, done);
  if (!(first.error instanceof InvalidInputError) || total === 1) return first.error;
  const issues = failures.flatMap(({ error }) => (error instanceof InvalidInputError ? error.issues : []));
  return new InvalidInputError(`${first.error.message} Nothing was written.`, issues);
}
