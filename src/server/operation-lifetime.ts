/** How long one operation may go on: until its caller leaves, its time is over, or it is done. */
export class OperationLifetime {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Its time begins. Milliseconds. */
  start(timeout: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), timeout);
  }

  /** The caller has left: what nobody else shares is ended. */
  abandon(): void {
    this.#controller.abort();
    clearTimeout(this.#timer);
  }

  /** The operation has its answer. */
  finish(): void {
    clearTimeout(this.#timer);
  }
}
