interface Remembered {
  readonly outcome: Promise<void>;
  readonly at: number;
}

/** Keeps what a probe found for a while, so that looking at `sources` often costs vendors next to nothing. */
export class ProbeMemory<Key> {
  readonly #interval: number;
  readonly #remembered = new Map<Key, Remembered>();

  /** `interval`: how long an outcome stands. Milliseconds. */
  constructor(interval: number) {
    this.#interval = interval;
  }

  /**
   * What was last found, or what `probe` finds now. `stands` says in the end whether that is the vendor's doing: an
   * outcome that its own caller cut short tells nobody else anything.
   */
  run(key: Key, probe: () => Promise<void>, stands: () => boolean): Promise<void> {
    const now = Date.now();
    const known = this.#remembered.get(key);
    if (known !== undefined && now - known.at < this.#interval) return known.outcome;
    for (const [old, { at }] of this.#remembered) {
      if (now - at >= this.#interval) this.#remembered.delete(old);
    }
    const outcome = probe();
    const remember = (): void => {
      if (stands()) this.#remembered.set(key, { outcome, at: Date.now() });
    };
    // Whoever asked sees a failure; remembering it must not end the process.
    outcome.then(remember, remember);
    return outcome;
  }
}
