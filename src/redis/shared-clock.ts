interface Sample {
  /** What is to be added to the local clock. Milliseconds. */
  readonly offset: number;
  /** How far off that may be. Milliseconds. */
  readonly error: number;
  /** By the local clock. */
  readonly at: number;
}

/** How much two clocks may drift apart, as a part of the time that has passed; far more than they do. */
const drift = 0.0002;
const longestSamples = 20;

/** Ten years: until a server was heard of, the clock goes on far behind any, since what is early promises less. */
const unheard = -10 * 365 * 86_400_000;

/**
 * The clock of the server that instances share, as far as it is known here. Never goes back: where another server is
 * behind the one before, it stands until that one has come so far, and counts as that much off. All in milliseconds.
 */
export class SharedClock {
  readonly #local: () => number;
  #samples: Sample[] = [];
  /** Whether the samples are of a server that may not be there any more. */
  #isStale = false;
  #knownSince = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  /** `local`: a clock that never goes back. */
  constructor(local: () => number) {
    this.#local = local;
  }

  get local(): number {
    return this.#local();
  }

  /** The server said its time; it was asked at `sentAt` by the local clock, and has answered just now. */
  learn(time: number, sentAt: number): void {
    const at = this.#local();
    const half = (at - sentAt) / 2;
    if (this.#isStale) this.#samples = [];
    if (this.#isStale || this.#samples.length === 0) this.#knownSince = time;
    this.#isStale = false;
    this.#samples.push({ offset: time - (sentAt + half), error: half, at });
    if (this.#samples.length > longestSamples) this.#samples.shift();
  }

  /** Another server may have another time; until it is heard of, the last one's goes on. */
  forget(): void {
    this.#isStale = true;
    this.#knownSince = Number.POSITIVE_INFINITY;
  }

  /** What was told of `now` before this was not by the time of the server that there is. */
  get knownSince(): number {
    return this.#knownSince;
  }

  now(): number {
    const time = this.#local() + (this.#best()?.offset ?? unheard);
    // To the microsecond, as cursors have it.
    this.#last = Math.max(this.#last, Math.floor(time * 1_000) / 1_000);
    return this.#last;
  }

  /** How far off `now` may be. */
  get error(): number {
    const best = this.#best();
    if (best === undefined) return 0;
    const ahead = Math.max(0, this.#last - (this.#local() + best.offset));
    return this.#errorOf(best) + ahead + 0.001;
  }

  #errorOf({ error, at }: Sample): number {
    return error + (this.#local() - at) * drift;
  }

  #best(): Sample | undefined {
    let best: Sample | undefined;
    for (const sample of this.#samples) {
      if (best === undefined || this.#errorOf(sample) < this.#errorOf(best)) best = sample;
    }
    return best;
  }
}
