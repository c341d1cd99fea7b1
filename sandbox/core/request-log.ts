/** One request as the sandbox vendor received it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly receivedAt: number;
  /** Set once answered. */
  status: number | undefined;
  /** True when the client went away before the whole answer was sent. */
  aborted: boolean;
}

/** What a sandbox vendor has received, oldest first, the newest 50,000. */
export class RequestLog {
  static readonly limit = 50_000;
  #received: ReceivedRequest[] = [];
  readonly #listeners = new Set<() => void>();

  add(request: ReceivedRequest): void {
    this.#received.push(request);
    if (this.#received.length > RequestLog.limit) this.#received.shift();
    this.changed();
  }

  /** Tells waiters that an entry was added or has changed. */
  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  get all(): readonly ReceivedRequest[] {
    return this.#received;
  }

  clear(): void {
    this.#received = [];
  }

  /** Resolves once the condition holds over what was received; rejects when the signal aborts. */
  waitFor(condition: (all: readonly ReceivedRequest[]) => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!condition(this.#received)) return;
        this.#listeners.delete(check);
        resolve();
      };
      signal?.addEventListener('abort', () => {
        this.#listeners.delete(check);
        reject(signal.reason);
      });
      this.#listeners.add(check);
      check();
    });
  }
}
