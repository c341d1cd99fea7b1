/** So many requests in so many seconds, whenever these begin. */
export interface PublishedRate {
  readonly requests: number;
  readonly seconds: number;
}

/** Parts of a window in which calls are counted together: it is kept to within a sixtieth. */
const parts = 60;

/** Counts calls of the last so many seconds. A call counts until it has left the window for sure. */
export class RateWindow {
  readonly rate: PublishedRate;
  readonly #width: number;
  /** Oldest first. */
  readonly #counts: { readonly part: number; count: number }[] = [];
  #total = 0;

  constructor(rate: PublishedRate) {
    this.rate = rate;
    this.#width = (rate.seconds * 1000) / parts;
  }

  add(now: number): void {
    const part = Math.floor(now / this.#width);
    const last = this.#counts.at(-1);
    if (last?.part === part) last.count += 1;
    else this.#counts.push({ part, count: 1 });
    this.#total += 1;
  }

  /** Calls that may still go out. */
  left(now: number): number {
    this.#forget(now);
    return Math.max(0, this.rate.requests - this.#total);
  }

  /** Milliseconds until one more than now may go out. */
  nextIn(now: number): number {
    this.#forget(now);
    const oldest = this.#counts[0];
    return oldest === undefined ? 0 : (oldest.part + parts + 1) * this.#width - now;
  }

  #forget(now: number): void {
    const gone = this.#counts.findIndex(({ part }) => (part + parts + 1) * this.#width > now);
    const count = gone === -1 ? this.#counts.length : gone;
    if (count === 0) return;
    for (const old of this.#counts.splice(0, count)) this.#total -= old.count;
  }
}
