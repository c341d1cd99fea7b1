import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import type { CallFailure, CallResult } from './call-result.ts';

export type Circuit = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

const circuits: Readonly<Record<CircuitState, Circuit>> = {
  [CircuitState.Closed]: 'CLOSED',
  [CircuitState.Open]: 'OPEN',
  [CircuitState.HalfOpen]: 'HALF_OPEN',
  [CircuitState.Isolated]: 'OPEN',
};

/** Carries a result that tells nothing of the vendor past the policy, so that it is counted neither way. */
class Undecided extends Error {
  readonly result: CallFailure;

  constructor(result: CallFailure) {
    super('tells nothing of the vendor');
    this.result = result;
  }
}

/**
 * Keeps calls from a vendor that was found down a number of times in a row. After a pause one call tries: it closes
 * the circuit or begins the next pause, and whoever comes meanwhile is told at once. Has no timer.
 */
export class Breaker {
  readonly #pause: number;
  readonly #policy;
  #openedAt = 0;
  /** Whether a call has failed since the last success that was counted. */
  #hasFailed = false;

  /** `pause` in milliseconds. */
  constructor(failures: number, pause: number) {
    this.#pause = pause;
    this.#policy = circuitBreaker(
      // A trial that tells nothing, such as one whose caller left, must not close the circuit.
      handleWhenResult((result) => isFailure(result) && result.verdict !== 'up'),
      { breaker: new ConsecutiveBreaker(failures), halfOpenAfter: pause },
    );
    this.#policy.onBreak(() => {
      this.#openedAt = Date.now();
    });
  }

  get circuit(): Circuit {
    return circuits[this.#policy.state];
  }

  /** Milliseconds until a call may be tried; 0: now. While one tries, it is not known: a second. */
  get opensIn(): number {
    if (this.circuit === 'CLOSED') return 0;
    if (this.circuit === 'HALF_OPEN') return 1_000;
    return Math.max(0, this.#openedAt + this.#pause - Date.now());
  }

  /** Runs a call that {@link Breaker.opensIn} does not keep back. */
  async run<T>(call: () => Promise<CallResult<T>>): Promise<CallResult<T>> {
    if (this.circuit !== 'CLOSED') return this.#through(call, true);
    const result = await call();
    // A success after successes changes nothing, and one that comes when others have opened the circuit is not counted.
    if ((result.ok && !this.#hasFailed) || this.circuit !== 'CLOSED') return result;
    this.#hasFailed = !result.ok;
    return this.#through(async () => result, false);
  }

  /** Lets the policy count what comes of a call. */
  async #through<T>(call: () => Promise<CallResult<T>>, isTrial: boolean): Promise<CallResult<T>> {
    try {
      return await this.#policy.execute(async () => {
        const result = await call();
        const counts = result.ok || result.verdict !== 'unknown' || isTrial;
        if (!counts) throw new Undecided(result);
        return result;
      });
    } catch (error) {
      if (error instanceof Undecided) return error.result;
      throw error;
    }
  }
}

function isFailure(result: unknown): result is CallFailure {
  return typeof result === 'object' && result !== null && 'verdict' in result;
}
