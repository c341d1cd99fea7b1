import { SourceError, type SourceErrorCode } from '../domain/errors.ts';
import { vendorNames } from '../domain/vendor.ts';
import type { Account } from './account.ts';
import { Breaker, type Circuit } from './breaker.ts';
import { type CallResult, unsent } from './call-result.ts';
import { type Entrance, FairQueue, type Lane } from './fair-queue.ts';
import { Places } from './places.ts';
import { RateBudget } from './rate-budget.ts';
import type { ResilienceOptions } from './resilience.ts';
import { withRetries } from './retry.ts';

/** Why a call was not sent: the circuit is open, the limit is used up, too many wait, its turn came too late. */
export type Unsent = 'circuit' | 'rate' | 'queue' | 'late' | 'ended';

/** One call as the pipeline sees it. */
export interface PipelineCall<T> {
  /** The vendor's name of the operation. */
  readonly endpoint: string;
  readonly lane: Lane;
  /** Whether nobody waits for it. */
  readonly background: boolean;
  /** Ends its waits. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  deadline(): number;
  mayRepeat(failure: { readonly error: unknown; readonly sent: boolean }): boolean;
  /** It goes out once more. */
  onRetry(): void;
  /** Sends it, once. */
  send(): Promise<CallResult<T>>;
}

export interface PipelineServices {
  readonly options: ResilienceOptions;
  /** Of all calls of all credentials. */
  readonly pending: Places;
  readonly onUnsent: (account: Account, why: Unsent) => void;
}

/** What every call with one credential goes through: breaker → retry → budget → the call. */
export class Pipeline {
  readonly rates: RateBudget;
  readonly #account: Account;
  readonly #services: PipelineServices;
  readonly #breaker: Breaker;
  readonly #queue: FairQueue;
  /** For calls that wait to be tried again. */
  readonly #retrying: Places;

  constructor(account: Account, services: PipelineServices) {
    const { options } = services;
    const { parallel, maxQueued, backgroundShare } = options;
    this.#account = account;
    this.#services = services;
    this.rates = new RateBudget(options, account.publishedRates);
    this.#breaker = new Breaker(options.breakerFailures, options.breakerPause);
    const background = Math.max(1, Math.floor(parallel * backgroundShare));
    this.#queue = new FairQueue({ parallel, background, maxQueued });
    this.#retrying = new Places(maxQueued);
  }

  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  get circuit(): Circuit {
    return this.#breaker.circuit;
  }

  /** Milliseconds until a call may go out that nobody waits for; 0: now. */
  spareIn(now: number): number {
    return Math.max(this.#queue.isAwaited ? leastWait : 0, this.rates.spareIn(now));
  }

  async run<T>(call: PipelineCall<T>): Promise<CallResult<T>> {
    const { endpoint, signal } = call;
    const { tries, retryDelay, retryMaxDelay } = this.#services.options;
    if (this.#breaker.opensIn > 0) return this.#open(endpoint);
    const leave = this.#services.pending.take();
    if (leave === undefined) return this.#notSent(endpoint, 'queue');
    // One that finds out whether the vendor is back is enough.
    const isTrial = this.circuit !== 'CLOSED';
    let sent = 0;
    const attempt = (): Promise<CallResult<T>> =>
      this.#inTurn(call, isTrial, () => {
        if (sent > 0) call.onRetry();
        sent += 1;
        return call.send();
      });
    try {
      return await this.#breaker.run(() =>
        withRetries(
          {
            tries: isTrial ? 1 : tries,
            retryDelay,
            retryMaxDelay,
            deadline: () => call.deadline(),
            signal,
            mayRepeat: (failure) => call.mayRepeat(failure),
            takePlace: () => this.#retrying.take(),
          },
          attempt,
        ),
      );
    } finally {
      leave();
    }
  }

  /** The budget: what the vendor's limit has left, and a turn. */
  async #inTurn<T>(
    call: PipelineCall<T>,
    isTrial: boolean,
    send: () => Promise<CallResult<T>>,
  ): Promise<CallResult<T>> {
    const { endpoint, lane, background, signal } = call;
    const usedUp = this.rates.usedUpUntil(endpoint, Date.now());
    if (usedUp !== undefined) return this.#limited(endpoint, usedUp);
    const entrant = { lane, background, signal, deadline: call.deadline() };
    const entrance = await this.#queue.enter(entrant);
    if (entrance !== 'in') return this.#notSent(endpoint, reasons[entrance]);
    try {
      // Much may have happened while it waited.
      if (!isTrial && this.circuit !== 'CLOSED') return this.#open(endpoint);
      const now = Date.now();
      const usedUpBy = this.rates.usedUpUntil(endpoint, now);
      if (usedUpBy !== undefined) return this.#limited(endpoint, usedUpBy);
      if (now >= call.deadline()) return this.#notSent(endpoint, 'late');
      this.rates.spend(endpoint, now, background);
      return await send();
    } finally {
      this.#queue.leave(entrant);
    }
  }

  #open(endpoint: string): CallResult<never> {
    const seconds = Math.max(1, Math.ceil(this.#breaker.opensIn / 1000));
    return this.#refuse(endpoint, 'circuit', {
      code: 'SOURCE_UNAVAILABLE',
      why: `it was down when it was asked last. It is tried again in ${seconds} s; the other vendors are not affected.`,
      seconds,
    });
  }

  #limited(endpoint: string, until: number): CallResult<never> {
    const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
    return this.#refuse(endpoint, 'rate', {
      code: 'RATE_LIMITED',
      why: `its limit for these credentials is used up. Try again in ${seconds} s.`,
      seconds,
    });
  }

  #notSent(endpoint: string, why: 'queue' | 'late' | 'ended'): CallResult<never> {
    return this.#refuse(endpoint, why, words[why]);
  }

  #refuse(endpoint: string, why: Unsent, { code, why: reason, seconds }: Refusal): CallResult<never> {
    const { vendor } = this.#account;
    this.#services.onUnsent(this.#account, why);
    const message = `${vendorNames[vendor]} was not asked (${endpoint}): ${reason}`;
    return unsent(new SourceError({ code, vendor, message, retryAfterSeconds: seconds }), true);
  }
}

interface Refusal {
  readonly code: SourceErrorCode;
  readonly why: string;
  readonly seconds?: number;
}

/** While somebody's call waits for its turn, nobody knows for how long. Milliseconds. */
const leastWait = 50;

const reasons = { shed: 'queue', late: 'late', ended: 'ended' } as const satisfies Record<
  Exclude<Entrance, 'in'>,
  Unsent
>;

const words: Readonly<Record<'queue' | 'late' | 'ended', Refusal>> = {
  queue: {
    code: 'RATE_LIMITED',
    why: 'more calls wait for their turn than this gateway keeps. Try again in 1 s, and ask for less at a time.',
    seconds: 1,
  },
  late: {
    code: 'SOURCE_TIMEOUT',
    why: "its turn did not come before the call's time was over. Try again, or ask for less at a time.",
  },
  ended: {
    code: 'SOURCE_TIMEOUT',
    why: "its turn did not come before the operation's time was over. Try again, or ask for less at a time.",
  },
};
