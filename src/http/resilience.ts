/** How calls are kept from harming a vendor, each other and the gateway. The settings have the same numbers. */
export interface ResilienceOptions {
  /** Longest that one call may take with all its tries and waits. Milliseconds. */
  readonly callDeadline: number;
  /** How often one call is tried, the first time included. */
  readonly tries: number;
  /** About how long the first wait between two tries is; later ones double. Milliseconds. */
  readonly retryDelay: number;
  /** Longest wait between two tries that the vendor did not ask for. Milliseconds. */
  readonly retryMaxDelay: number;
  /** After so many calls in a row that found the vendor down, it is not asked. */
  readonly breakerFailures: number;
  /** How long it is not asked then, until one call tries. Milliseconds. */
  readonly breakerPause: number;
  /** Calls under way at once with one credential. */
  readonly parallel: number;
  /** Calls that wait for their turn with one credential; likewise those that wait to be tried again. */
  readonly maxQueued: number;
  /** Calls that are under way or wait, over all vendors and credentials. */
  readonly maxPending: number;
  /** Longest that a vendor which is at its limit is left alone before one looks again. Milliseconds. */
  readonly rateLimitPause: number;
  /** Whether what a vendor publishes of its limits is kept to where its answers tell nothing of them. */
  readonly keepToPublished: boolean;
  /** The part of a vendor's limit, and of the calls under way, that looks on our own account may take: 0 to 1. */
  readonly backgroundShare: number;
  /** Such looks a second, where nothing is known of a vendor's limit. Ours. */
  readonly backgroundRate: number;
}

/** Each call goes out at once, and once. */
export const withoutResilience: ResilienceOptions = {
  callDeadline: Number.POSITIVE_INFINITY,
  tries: 1,
  retryDelay: 0,
  retryMaxDelay: 0,
  breakerFailures: Number.POSITIVE_INFINITY,
  breakerPause: 0,
  parallel: Number.POSITIVE_INFINITY,
  maxQueued: 0,
  maxPending: Number.POSITIVE_INFINITY,
  rateLimitPause: 0,
  keepToPublished: false,
  backgroundShare: 1,
  backgroundRate: Number.POSITIVE_INFINITY,
};
