import { Quota, type QuotaOptions, reserveOf } from './quota.ts';
import { type PublishedRate, RateWindow } from './rate-window.ts';
import type { ResilienceOptions } from './resilience.ts';
import type { SeenRateLimit } from './seen-rate-limit.ts';

export type RateOptions = QuotaOptions & Pick<ResilienceOptions, 'keepToPublished' | 'backgroundRate'>;

/** Limits of one vendor that are told apart, at most; a vendor that names more has them counted as one. */
const mostQuotas = 50;

/** What an answer tells of the vendor's limits. */
export interface RateFacts {
  readonly seen: SeenRateLimit | undefined;
  /** How long it is not to be asked, for an answer that refuses a call for the limit's sake. */
  readonly refusedSeconds: number | undefined;
}

/**
 * What one credential may still ask of its vendor: learned from the vendor's answers, else from what it publishes.
 * A vendor may have several limits, each for some of its endpoints. Calls that nobody waits for get a share, evenly
 * spread. All times are milliseconds since the epoch.
 */
export class RateBudget {
  readonly #options: RateOptions;
  readonly #windows: readonly RateWindow[];
  readonly #quotas = new Map<string, Quota>();
  /** The limit that an endpoint counts towards, where its answers have told. */
  readonly #limitOf = new Map<string, string>();
  #latest: Quota | undefined;
  #nextBackgroundAt = 0;

  constructor(options: RateOptions, published: readonly PublishedRate[]) {
    this.#options = options;
    this.#windows = published.map((rate) => new RateWindow(rate));
  }

  /** What the vendor's answers told last of their limit; else what it publishes and this process has left of it. */
  seen(now: number): SeenRateLimit | undefined {
    return this.#latest?.told(now) ?? this.#published(now);
  }

  /** The published limit that is nearest to its end. */
  #published(now: number): SeenRateLimit | undefined {
    const counted = this.#windows.map((window) => ({ window, left: window.left(now) }));
    const [nearest] = counted.sort((a, b) => a.left - b.left);
    if (nearest === undefined) return undefined;
    const { rate } = nearest.window;
    const resetsAt = nearest.left === rate.requests ? null : now + nearest.window.nextIn(now);
    return { limit: rate.requests, remaining: nearest.left, resetsAt };
  }

  learn(endpoint: string, { seen, refusedSeconds }: RateFacts, now: number): void {
    // Headers that do not name their limit are taken to speak of all that the credential may ask.
    if (seen !== undefined) this.#limitOf.set(endpoint, seen.name ?? '');
    if (seen === undefined && refusedSeconds === undefined) return;
    const quota = this.#quota(endpoint) ?? this.#newQuota(endpoint);
    if (seen !== undefined) quota.learn(seen, now);
    if (refusedSeconds !== undefined) quota.refused(refusedSeconds, now);
    this.#latest = quota;
  }

  /** When the vendor can take this again; undefined when it may be asked now. */
  usedUpUntil(endpoint: string, now: number): number | undefined {
    const until = this.#quota(endpoint)?.usedUpUntil(now);
    // A vendor may publish what it does not enforce: people's calls are refused by it alone, unless that is asked for.
    if (!this.#options.keepToPublished) return until;
    return this.#windows.reduce(
      (latest, window) => (window.left(now) > 0 ? latest : Math.max(latest ?? now, now + window.nextIn(now))),
      until,
    );
  }

  /** A call goes out. */
  spend(endpoint: string, now: number, background: boolean): void {
    if (background) {
      const interval = this.#backgroundInterval(endpoint, now);
      this.#nextBackgroundAt = Math.max(now, this.#nextBackgroundAt) + interval;
    }
    for (const window of this.#windows) window.add(now);
    this.#quota(endpoint)?.spend(now, background);
  }

  /** Milliseconds until a call may go out that nobody waits for; 0: now. */
  spareIn(now: number): number {
    const { backgroundShare } = this.#options;
    return Math.max(
      0,
      this.#nextBackgroundAt - now,
      ...[...this.#quotas.values()].map((quota) => quota.spareIn(now)),
      ...this.#windows.map((window) =>
        backgroundShare >= 1 || window.left(now) > reserveOf(window.rate.requests, backgroundShare)
          ? 0
          : window.nextIn(now),
      ),
    );
  }

  #backgroundInterval(endpoint: string, now: number): number {
    const told = this.#quota(endpoint)?.backgroundInterval(now);
    if (told !== undefined) return told;
    const { backgroundShare, backgroundRate } = this.#options;
    if (this.#windows.length === 0) return 1000 / backgroundRate;
    if (backgroundShare >= 1) return 0;
    return Math.max(
      ...this.#windows.map(({ rate }) => (rate.seconds * 1000) / (rate.requests * backgroundShare)),
    );
  }

  /** A refusal without a word on limits is taken to concern its endpoint alone. */
  #limit(endpoint: string): string {
    return this.#limitOf.get(endpoint) ?? `only ${endpoint}`;
  }

  #quota(endpoint: string): Quota | undefined {
    return this.#quotas.get(this.#limit(endpoint)) ?? (this.#isFull ? this.#quotas.get('') : undefined);
  }

  get #isFull(): boolean {
    return this.#quotas.size >= mostQuotas;
  }

  #newQuota(endpoint: string): Quota {
    const quota = new Quota(this.#options);
    this.#quotas.set(this.#isFull ? '' : this.#limit(endpoint), quota);
    return quota;
  }
}
