import type { MiddlewareHandler } from 'hono';
import { DatadogFailure } from './datadog-failure.ts';
import type { DatadogSwitches } from './switches.ts';
import type { DatadogContext } from './vendor.ts';

interface Bucket {
  readonly period: number;
  spent: number;
}

/** Counts requests per organisation and API family, in periods aligned to the calendar. */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();

  /** Forgets what was spent. */
  reset(): void {
    this.#buckets.clear();
  }

  /** Spends one request; returns what is left, negative when there was none. */
  spend(name: string, limit: number, period: number): number {
    const bucket = this.#buckets.get(name);
    const current = bucket?.period === period ? bucket : { period, spent: 0 };
    this.#buckets.set(name, current);
    current.spent += 1;
    return limit - current.spent;
  }
}

/**
 * Datadog documentation, "Rate limits": the five headers, with the reset as a duration in seconds. A spent limit
 * is a 429 with the documented list of texts.
 */
export function limitRate(limit: RateLimit, switches: DatadogSwitches): MiddlewareHandler {
  return async (context: DatadogContext, next) => {
    if (!switches.rateLimitHeaders) return next();
    const length = switches.rateLimitPeriod;
    const now = Date.now() / 1_000;
    const name = context.req.path.startsWith('/api/v2/model-lab-api') ? 'model_lab_api' : 'llm_obs_api';
    const left = limit.spend(
      `${context.get('caller').tenant} ${name}`,
      switches.rateLimit,
      Math.floor(now / length),
    );
    context.header('X-RateLimit-Limit', String(switches.rateLimit));
    context.header('X-RateLimit-Period', String(length));
    context.header('X-RateLimit-Remaining', String(Math.max(0, left)));
    context.header('X-RateLimit-Reset', String(Math.ceil(length - (now % length))));
    context.header('X-RateLimit-Name', name);
    if (left < 0) throw new DatadogFailure(429, 'Rate limit of requests exceeded');
    await next();
  };
}
