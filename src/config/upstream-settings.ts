import { flag, type Setting, whole } from './setting.ts';

const MiB = 1024 * 1024;

/** How vendors are called. */
export const upstreamSettings = {
  UPSTREAM_TIMEOUT: whole('Longest that one try of a call to a vendor may take.', 'milliseconds', {
    min: 50,
    max: 600_000,
    default: 10_000,
  }),
  UPSTREAM_CONNECTIONS: whole(
    'Connections to one vendor address, which is how many calls go out side by side.',
    'connections',
    { min: 1, max: 1_024, default: 64 },
  ),
  UPSTREAM_KEEP_ALIVE: whole(
    'How long an unused connection to a vendor is kept; less than the 60 s after which common load balancers close it.',
    'milliseconds',
    { min: 1, max: 600_000, default: 20_000 },
  ),
  UPSTREAM_DEADLINE: whole(
    'Longest that one call to a vendor may take with all its tries and waits; the time of its operation ends it earlier.',
    'milliseconds',
    { min: 50, max: 600_000, default: 20_000 },
  ),
  UPSTREAM_TRIES: whole(
    'How often one call to a vendor is tried, the first time included. Writes that a repeat could harm are sent once.',
    'tries',
    { min: 1, max: 10, default: 3 },
  ),
  UPSTREAM_RETRY_DELAY: whole(
    'About how long the first wait before another try is; later ones double, all with jitter.',
    'milliseconds',
    { min: 1, max: 60_000, default: 200 },
  ),
  UPSTREAM_RETRY_MAX_DELAY: whole(
    'Longest wait before another try, beside what the vendor asks for.',
    'milliseconds',
    { min: 1, max: 600_000, default: 3_000 },
  ),
  UPSTREAM_BREAKER_FAILURES: whole(
    'After so many calls in a row that found a vendor down (5xx, no answer), it is not asked with these credentials.',
    'calls',
    { min: 1, max: 1_000_000, default: 5 },
  ),
  UPSTREAM_BREAKER_PAUSE: whole(
    'How long a vendor that was found down is not asked, until one call tries.',
    'milliseconds',
    { min: 10, max: 3_600_000, default: 5_000 },
  ),
  UPSTREAM_PARALLEL: whole('Calls under way at once at one vendor with the same credentials.', 'calls', {
    min: 1,
    max: 1_024,
    default: 32,
  }),
  UPSTREAM_QUEUE: whole(
    'Most calls that wait for their turn at one vendor with the same credentials; more are refused.',
    'calls',
    { min: 0, max: 1_000_000, default: 1_000 },
  ),
  UPSTREAM_PENDING: whole(
    'Most calls to vendors that are under way or wait in the whole process; more are refused.',
    'calls',
    { min: 1, max: 1_000_000, default: 5_000 },
  ),
  UPSTREAM_RATE_PAUSE: whole(
    'Longest that a vendor is not asked because its limit is used up; then one looks again, whatever it said. 0: each call finds out by itself.',
    'milliseconds',
    { min: 0, max: 86_400_000, default: 300_000 },
  ),
  UPSTREAM_PUBLISHED_RATES: flag(
    'Refuse what is over the limits that a vendor publishes (PostHog) without asking it. It enforces them only where its instance has them on, and what it refuses is heeded in any case. What looks for subscribers keeps to its share of them always.',
    'false',
  ),
  BACKGROUND_SHARE: whole(
    "What looks for subscribers may take of a vendor's limit and of the calls under way, spread evenly; 100 spreads nothing and leaves nothing.",
    'percent',
    { min: 1, max: 100, default: 25 },
  ),
  BACKGROUND_RATE: whole(
    "Calls for such looks, at each vendor with the same credentials, where nothing is known of the vendor's limit. Ours.",
    'calls a second',
    { min: 1, max: 100_000, default: 5 },
  ),
  MAX_RESPONSE_BYTES: whole('Largest answer of a vendor that is read.', 'bytes', {
    min: 1024,
    max: 1024 * MiB,
    default: 64 * MiB,
  }),
} as const satisfies Record<string, Setting<unknown>>;
