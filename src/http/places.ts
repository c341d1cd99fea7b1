/** A number of places that are taken and given back. */
export class Places {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a place, and gives what returns it, once; undefined when all are taken. */
  take(): (() => void) | undefined {
    if (this.#taken >= this.#most) return undefined;
    this.#taken += 1;
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      this.#taken -= 1;
    };
  }
}
