import type { GraphQLFormattedError } from 'graphql';
import type { FeedEvent } from '../domain/change.ts';

/** A GraphQL response, its errors shaped for callers. */
export interface ResultBody {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** One result of a subscription; `cursor` goes on right after the event that it shows. */
export interface StreamedResult {
  readonly body: ResultBody;
  readonly cursor: string | undefined;
}

export interface ResultStreamOptions {
  readonly events: AsyncIterator<FeedEvent>;
  /** Executes the document for one event. Must not throw. */
  readonly execute: (event: FeedEvent) => Promise<ResultBody>;
  /** When whoever reads is no longer known: milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
  /** What is told then, and when the events break off. */
  readonly expired: () => ResultBody;
  readonly failed: (error: unknown) => ResultBody;
  /** Called once, when it has ended, also when it was never read. */
  readonly onEnd: () => void;
}

/** The longest that a timer of Node waits. Milliseconds. */
const longestTimer = 2 ** 31 - 1;

type Step = IteratorResult<FeedEvent> | 'expired';

/** The results of a subscription, one at a time, as fast as they are read. */
export class ResultStream implements AsyncIterableIterator<StreamedResult> {
  readonly #options: ResultStreamOptions;
  readonly #expiry = Promise.withResolvers<'expired'>();
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: ResultStreamOptions) {
    this.#options = options;
    if (options.expiresAt !== undefined) this.#waitFor(options.expiresAt);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<StreamedResult>> {
    if (this.#ended) return { done: true, value: undefined };
    const { events, execute, expired, failed } = this.#options;
    let step: Step;
    try {
      step = await Promise.race([events.next(), this.#expiry.promise]);
    } catch (error) {
      await this.#end();
      return { done: false, value: { body: failed(error), cursor: undefined } };
    }
    if (step === 'expired') {
      await this.#end();
      return { done: false, value: { body: expired(), cursor: undefined } };
    }
    if (step.done === true || this.#ended) {
      await this.#end();
      return { done: true, value: undefined };
    }
    return { done: false, value: { body: await execute(step.value), cursor: step.value.cursor } };
  }

  async throw(error: unknown): Promise<IteratorResult<StreamedResult>> {
    await this.#end();
    throw error;
  }

  async return(): Promise<IteratorResult<StreamedResult>> {
    await this.#end();
    return { done: true, value: undefined };
  }

  #waitFor(expiresAt: number): void {
    const left = expiresAt - Date.now();
    this.#timer = setTimeout(
      () => {
        if (left > longestTimer) this.#waitFor(expiresAt);
        else this.#expiry.resolve('expired');
      },
      Math.min(left, longestTimer),
    ).unref();
  }

  async #end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#options.onEnd();
    await this.#options.events.return?.();
  }
}
