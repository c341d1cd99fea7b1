import { ApiFailure, errorBody } from './api-error.ts';
import type { ThrottleGroup } from './call.ts';
import type { PostHogSwitches } from './switches.ts';

interface Rate {
  readonly name: string;
  readonly requests: number;
  readonly seconds: number;
}

function ratesOf(group: ThrottleGroup, switches: PostHogSwitches): readonly Rate[] {
  if (group === 'translate') {
    return [
      { name: 'translate-burst', requests: switches.translationsPerMinute, seconds: 60 },
      { name: 'translate-sustained', requests: switches.translationsPerHour, seconds: 3600 },
      { name: 'translate-daily', requests: switches.translationsPerDay, seconds: 86_400 },
    ];
  }
  const general = [
    { name: 'burst', requests: switches.requestsPerMinute, seconds: 60 },
    { name: 'sustained', requests: switches.requestsPerHour, seconds: 3600 },
  ];
  const publish = { name: 'publish-burst', requests: switches.publishesPerMinute, seconds: 60 };
  return group === 'publish' ? [...general, publish] : general;
}

/** Counts each key's requests in sliding windows, as the framework does (its public source). */
export class Throttle {
  readonly #history = new Map<string, number[]>();

  clear(): void {
    this.#history.clear();
  }

  /** Counts one request, or refuses it; a refused one is not counted. */
  check(apiKey: string, group: ThrottleGroup, switches: PostHogSwitches): void {
    const now = Date.now();
    let wait: number | undefined;
    for (const rate of ratesOf(group, switches)) {
      const id = `${rate.name} ${apiKey}`;
      const recent = (this.#history.get(id) ?? []).filter((at) => at > now - rate.seconds * 1000);
      this.#history.set(id, recent);
      const [oldest] = recent;
      if (oldest !== undefined && recent.length >= rate.requests) {
        wait = Math.max(wait ?? 1, Math.ceil(rate.seconds - (now - oldest) / 1000));
      } else {
        recent.push(now);
      }
    }
    if (wait === undefined) return;
    const detail = `Request was throttled. Expected available in ${wait} second${wait === 1 ? '' : 's'}.`;
    throw new ApiFailure(429, errorBody('throttled_error', 'throttled', detail), {
      'retry-after': String(wait),
    });
  }
}
