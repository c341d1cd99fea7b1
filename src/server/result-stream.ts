import type { GraphQLFormattedError } from 'graphql';
import type { FeedEvent } from '../domain/change.ts';
import { setAlarm } from './alarm.ts';

/** A GraphQL response, its errors shaped for callers. */
export interface ResultBody {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** One result of a subscription; `cursor` goes on right after the event that it shows, and is in its extensions too. */
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

/** The results of a subscription, one at a time, as fast as they are read. */
export class ResultStream implements AsyncIterableIterator<StreamedResult> {
  readonly #options: ResultStreamOptions;
  readonly #stopAlarm: () => void;
  #expired = false;
  #ended = false;

  constructor(options: ResultStreamOptions) {
    this.#options = options;
    const { events, expiresAt } = options;
    this.#stopAlarm =
      expiresAt === undefined
        ? () => undefined
        : setAlarm(expiresAt, () => {
            this.#expired = true;
            // Whoever waits for an event hears of it at once.
            void events.return?.();
          });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<StreamedResult>> {
    if (this.#ended) return { done: true, value: undefined };
    const { events, execute, expired, failed, expiresAt } = this.#options;
    let step: IteratorResult<FeedEvent>;
    try {
      step = await events.next();
    } catch (error) {
      await this.#end();
      return { done: false, value: { body: failed(error), cursor: undefined } };
    }
    if (this.#ended) return { done: true, value: undefined };
    // The alarm may be late: an event that can no longer be shown must not take its cursor along.
    if (this.#expired || (expiresAt !== undefined && expiresAt <= Date.now())) {
      await this.#end();
      return { done: false, value: { body: expired(), cursor: undefined } };
    }
    if (step.done === true) {
      await this.#end();
      return { done: true, value: undefined };
    }
    const { cursor } = step.value;
    const body = await execute(step.value);
    return { done: false, value: { body: { ...body, extensions: { ...body.extensions, cursor } }, cursor } };
  }

  async throw(error: unknown): Promise<IteratorResult<StreamedResult>> {
    await this.#end();
    throw error;
  }

  async return(): Promise<IteratorResult<StreamedResult>> {
    await this.#end();
    return { done: true, value: undefined };
  }

  async #end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopAlarm();
    this.#options.onEnd();
    await this.#options.events.return?.();
  }
}
