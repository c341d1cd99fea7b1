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

/** The clock of the server that instances share, as far as it is known here. Never goes back. All in milliseconds. */
export class SharedClock {
  readonly #local: () => number;
  #samples: Sample[] = [];
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
    this.#samples.push({ offset: time - (sentAt + half), error: half, at });
    if (this.#samples.length > longestSamples) this.#samples.shift();
  }

  /** Another server may have another time. */
  forget(): void {
    this.#samples = [];
  }

  now(): number {
    const best = this.#best();
    const time = this.#local() + (best?.offset ?? 0);
    // To the microsecond, as cursors have it.
    this.#last = Math.max(this.#last, Math.floor(time * 1_000) / 1_000);
    return this.#last;
  }

  /** How far off `now` may be. */
  get error(): number {
    const best = this.#best();
    return best === undefined ? 0 : this.#errorOf(best) + 0.001;
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
