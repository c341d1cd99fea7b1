import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Caller } from '../context.ts';
import { HttpError } from './http-answer.ts';

/** A caller asks more often than it may. */
class CallerRateError extends HttpError {
  readonly #retryAfterSeconds: number;

  constructor(limit: number, retryAfterSeconds: number, headers: Readonly<Record<string, string>>) {
    super(
      429,
      'RATE_LIMITED',
      `You have begun the ${limit} operations that one caller may begin here in a minute. Try again in ${retryAfterSeconds} s.`,
      { ...headers, 'retry-after': String(retryAfterSeconds) },
    );
    this.#retryAfterSeconds = retryAfterSeconds;
  }

  override get details(): Readonly<Record<string, unknown>> {
    return { retryable: true, retryAfterSeconds: this.#retryAfterSeconds };
  }
}

/** Seconds. */
const span = 60;

/** How often one caller may ask this instance. */
export class CallerRate {
  readonly #limit: number;
  readonly #limiter: RateLimiterMemory;
  readonly #policy: string;

  /** `limit`: operations a minute. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#limiter = new RateLimiterMemory({ points: limit, duration: span });
    this.#policy = `"caller";q=${limit};w=${span}`;
  }

  /**
   * Counts one operation. Resolves to the headers that tell what is left (IETF draft-ietf-httpapi-ratelimit-headers).
   * Throws an error with code RATE_LIMITED.
   */
  async take(caller: Caller, address: string | undefined): Promise<Readonly<Record<string, string>>> {
    // All anonymous callers are one in all else; here one of them would take from all the others.
    const key = caller.anonymous ? `anonymous ${address ?? ''}` : caller.id;
    try {
      return this.#headers(await this.#limiter.consume(key));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1_000));
      throw new CallerRateError(this.#limit, seconds, this.#headers(refused));
    }
  }

  #headers({ remainingPoints, msBeforeNext }: RateLimiterRes): Readonly<Record<string, string>> {
    const seconds = Math.max(0, Math.ceil(msBeforeNext / 1_000));
    return {
      'ratelimit-policy': this.#policy,
      ratelimit: `"caller";r=${Math.max(0, remainingPoints)};t=${seconds}`,
    };
  }
}
