import type { ResilienceOptions } from './resilience.ts';
import type { SeenRateLimit } from './seen-rate-limit.ts';

export type QuotaOptions = Pick<ResilienceOptions, 'rateLimitPause' | 'backgroundShare'>;

/** Calls that are left to those whom somebody waits for, where it is not known of how many. */
const leastReserve = 10;

/** How far apart two answers of one period may put its end: it is told in whole seconds. Milliseconds. */
const samePeriod = 1_500;

/** What is left of one limit of a vendor, as its answers tell it. All times are milliseconds since the epoch. */
export class Quota {
  readonly #options: QuotaOptions;
  #seen: SeenRateLimit | undefined;
  #seenAt = 0;
  /** The vendor has refused calls: until then as it says, and until when it is believed without looking. */
  #refusedUntil = 0;
  #keptUntil = 0;
  /** Background calls of the period that the headers speak of. */
  #backgroundCalls = 0;

  constructor(options: QuotaOptions) {
    this.#options = options;
  }

  learn(seen: SeenRateLimit, now: number): void {
    const before = this.#current(now);
    const isSame =
      before?.resetsAt != null &&
      seen.resetsAt !== null &&
      Math.abs(seen.resetsAt - before.resetsAt) < samePeriod;
    // Answers overtake one another, and calls under way are not in them yet: within a period less is truer.
    const remaining =
      isSame && before.remaining !== null && seen.remaining !== null
        ? Math.min(before.remaining, seen.remaining)
        : seen.remaining;
    if (!isSame) this.#backgroundCalls = 0;
    this.#seen = { ...seen, remaining };
    this.#seenAt = now;
  }

  refused(seconds: number, now: number): void {
    const until = now + seconds * 1000;
    this.#refusedUntil = Math.max(this.#refusedUntil, until);
    this.#keptUntil = Math.max(this.#keptUntil, Math.min(until, now + this.#options.rateLimitPause));
  }

  /** When there is some left again, as the vendor says; undefined when it may be asked now. */
  usedUpUntil(now: number): number | undefined {
    if (this.#keptUntil > now) return this.#refusedUntil;
    const seen = this.#current(now);
    if (seen?.remaining !== 0 || seen.resetsAt === null) return undefined;
    return this.#seenAt + this.#options.rateLimitPause > now ? seen.resetsAt : undefined;
  }

  /** What the vendor said last, and what we make of it: nothing is left while it is not asked. */
  told(now: number): SeenRateLimit | undefined {
    const until = this.usedUpUntil(now);
    if (until === undefined) return this.#seen;
    return { limit: this.#seen?.limit ?? null, remaining: 0, resetsAt: until };
  }

  spend(now: number, background: boolean): void {
    const seen = this.#current(now);
    if (seen?.remaining != null) this.#seen = { ...seen, remaining: Math.max(0, seen.remaining - 1) };
    if (background) this.#backgroundCalls += 1;
  }

  /** Milliseconds until it has some left that nobody's call may need; 0: now. */
  spareIn(now: number): number {
    const until = this.usedUpUntil(now);
    if (until !== undefined) return until - now;
    const seen = this.#current(now);
    if (seen?.remaining == null || seen.resetsAt === null) return 0;
    return seen.remaining > reserveOf(seen.limit, this.#options.backgroundShare) ? 0 : seen.resetsAt - now;
  }

  /** Milliseconds between two background calls, so that their share lasts; undefined where nothing is told. */
  backgroundInterval(now: number): number | undefined {
    const seen = this.#current(now);
    if (seen?.limit == null || seen.resetsAt === null) return undefined;
    const { backgroundShare } = this.#options;
    if (backgroundShare >= 1) return 0;
    const left = seen.limit * backgroundShare - this.#backgroundCalls;
    const period = seen.resetsAt - now;
    return left <= 1 ? period : period / left;
  }

  /** What was seen, while its period lasts. */
  #current(now: number): SeenRateLimit | undefined {
    const seen = this.#seen;
    return seen?.resetsAt != null && seen.resetsAt <= now ? undefined : seen;
  }
}

/** What background calls leave of a limit: half of it, unless they may take more than that. */
export function reserveOf(limit: number | null, backgroundShare: number): number {
  if (limit === null) return backgroundShare >= 1 ? 0 : leastReserve;
  return Math.min(Math.max(leastReserve, limit / 2), limit * (1 - backgroundShare));
}
