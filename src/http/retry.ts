import { setTimeout as delay } from 'node:timers/promises';
import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import type { CallFailure, CallResult } from './call-result.ts';

export interface RetryPlan {
  readonly tries: number;
  readonly retryDelay: number;
  readonly retryMaxDelay: number;
  /** Milliseconds since the epoch: a wait that does not end before it is not begun. */
  deadline(): number;
  /** Ends a wait. */
  readonly signal: AbortSignal;
  mayRepeat(failure: CallFailure): boolean;
  /** Takes one of the places for those who wait, and gives what returns it; undefined when all are taken. */
  takePlace(): (() => void) | undefined;
}

/**
 * Tries again, after a wait with jitter, and not before the vendor said that it may be asked again. A wait that does
 * not fit is not begun: the failure is told at once. The loop is ours, since cockatiel's does not notice a signal
 * while it waits; the waits are cockatiel's.
 */
export async function withRetries<T>(
  plan: RetryPlan,
  call: () => Promise<CallResult<T>>,
): Promise<CallResult<T>> {
  let backoff: IBackoff<unknown> | undefined;
  let before: CallFailure | undefined;
  for (let tried = 1; ; tried += 1) {
    const result = await call();
    // What came of a try tells more than why there was not another one.
    if (!result.ok && result.isFinal && before !== undefined) return before;
    if (result.ok || tried >= plan.tries || result.isFinal || !plan.mayRepeat(result)) return result;
    backoff = backoff === undefined ? firstBackoff(plan) : backoff.next(undefined);
    const wait = (result.waitSeconds ?? 0) * 1000 + backoff.duration;
    if (Date.now() + wait >= plan.deadline()) return result;
    before = result;
    const leave = plan.takePlace();
    if (leave === undefined) return result;
    try {
      await delay(wait, undefined, { signal: plan.signal });
    } catch {
      return result;
    } finally {
      leave();
    }
  }
}

function firstBackoff(plan: RetryPlan): IBackoff<unknown> {
  // Decorrelated jitter, so that those who failed together do not come back together.
  return new ExponentialBackoff({ initialDelay: plan.retryDelay, maxDelay: plan.retryMaxDelay }).next();
}
