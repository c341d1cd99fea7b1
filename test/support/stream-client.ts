import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { AnswerError, CostExtension } from './gateway.ts';

/** One result of an operation as it came. The type of the data is what the test says it selects. */
export interface StreamedAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly AnswerError[];
  readonly extensions?: { readonly cursor?: string; readonly cost?: CostExtension };
}

export interface StreamRequest {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
}

/** What ended an operation: the server's word, or what went wrong (a close event, errors). */
export type Ended = 'complete' | { readonly error: unknown };

/** A client that follows one operation. */
export interface Follower<Data> {
  /** All that came so far. */
  readonly answers: readonly StreamedAnswer<Data>[];
  /** Never rejects. */
  readonly ended: Promise<Ended>;
  /** The next one that this has not given. Rejects when none can come any more. */
  next(): Promise<StreamedAnswer<Data>>;
  /** Leaves. */
  close(): Promise<void>;
}

interface Sink<Data> {
  next(answer: StreamedAnswer<Data>): void;
  complete(): void;
  error(error: unknown): void;
}

/** Lets a test wait for what a client gives; `follow` begins, and gives what leaves. */
function collect<Data>(follow: (sink: Sink<Data>) => () => Promise<void>): Follower<Data> {
  const answers: StreamedAnswer<Data>[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<Ended>();
  let arrived = Promise.withResolvers<void>();
  let isOver = false;
  let given = 0;
  const tell = (): void => {
    const { resolve } = arrived;
    arrived = Promise.withResolvers();
    resolve();
  };
  const finish = (how: Ended): void => {
    isOver = true;
    end(how);
    tell();
  };
  const leave = follow({
    next: (answer) => {
      answers.push(answer);
      tell();
    },
    complete: () => finish('complete'),
    error: (error) => finish({ error }),
  });
  return {
    answers,
    ended,
    next: async () => {
      while (answers.length <= given) {
        if (isOver) throw new Error('it is over');
        await arrived.promise;
      }
      const answer = answers[given];
      if (answer === undefined) throw new Error('it came and is not there');
      given += 1;
      return answer;
    },
    close: leave,
  };
}

export interface WsOptions {
  readonly connectionParams?: Record<string, unknown>;
  /** Headers of the upgrade. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Runs an operation with the client of graphql-ws, on a socket of its own; it does not try again. */
export function followWs<Data>(
  url: string,
  request: StreamRequest,
  { connectionParams = {}, headers = {} }: WsOptions = {},
): Follower<Data> {
  class WithHeaders extends WebSocket {
    constructor(address: string, protocol: string) {
      super(address, protocol, { headers });
    }
  }
  return collect<Data>((sink) => {
    const client = createWsClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: WithHeaders,
      retryAttempts: 0,
      connectionParams,
    });
    const leave = client.subscribe<Data, never>(request, {
      // What comes is a result of this document, or the test that reads it fails.
      next: (result) => sink.next(result as unknown as StreamedAnswer<Data>),
      error: sink.error,
      complete: sink.complete,
    });
    return async () => {
      leave();
      await client.dispose();
    };
  });
}

/** Runs an operation with the client of graphql-sse, which does not try again. */
export function followSse<Data>(
  url: string,
  request: StreamRequest,
  headers: Record<string, string> = {},
): Follower<Data> {
  return collect<Data>((sink) => {
    const client = createSseClient({ url, retryAttempts: 0, headers });
    const leave = client.subscribe<Data, never>(request, {
      next: (result) => sink.next(result as unknown as StreamedAnswer<Data>), // As above.
      error: sink.error,
      complete: sink.complete,
    });
    return async () => {
      leave();
      client.dispose();
    };
  });
}
