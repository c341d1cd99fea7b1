import type { IncomingMessage, ServerResponse } from 'node:http';
import { getOperationAST, OperationTypeNode } from 'graphql';
import type { EngineRequest, EngineResult, GraphQLEngine } from './graphql-engine.ts';
import { ResultStream, type StreamedResult } from './result-stream.ts';

/** The media type of a stream of server-sent events. */
const eventStreamType = 'text/event-stream';

/**
 * The id of the event that ends a stream. A browser's EventSource comes back by itself after the end, with the last
 * id that it saw: who comes with this one is told to stay away (204, HTML Standard).
 */
const endId = 'end';

/** Whether a client takes events. One that takes JSON too gets them for subscriptions alone. */
export function acceptsEvents(accept: string | undefined): boolean {
  return accept?.includes(eventStreamType) === true;
}

/** Whether a client comes back after the end of its stream. */
export function hasEnded(request: IncomingMessage): boolean {
  return lastEventId(request) === endId;
}

function lastEventId({ headers }: IncomingMessage): string | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** Resolves when the client has taken enough for more to be written, or has left. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

/** One answer as events (GraphQL over SSE, distinct connections). */
class EventWriter {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  async next({ body, cursor }: StreamedResult): Promise<void> {
    const id = cursor === undefined ? '' : `id: ${cursor}\n`;
    // JSON has no line breaks outside of its strings, and none that are not escaped within.
    await this.#write(`event: next\n${id}data: ${JSON.stringify(body)}\n\n`);
  }

  async complete(): Promise<void> {
    // Without a data line a browser tells nobody of the event.
    await this.#write(`event: complete\nid: ${endId}\ndata:\n\n`);
  }

  async #write(text: string): Promise<void> {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    if (!this.#response.write(text)) await drained(this.#response);
  }
}

export interface EventStreamOptions {
  readonly engine: GraphQLEngine;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly operation: EngineRequest;
  /** Between two comments that show that the stream lives. Milliseconds. */
  readonly heartbeatInterval: number;
  /** Told of the stream when it begins, so that it can be ended; the returned function when it has ended. */
  readonly opened: (end: () => void) => () => void;
}

/** What the client is to do: it waits so long and comes back. Milliseconds. */
const comeBackAfter = 1_000;

/** How an answer of events ended: `stream` is one that went on until it was ended. */
export type Served = 'stream' | { readonly failed: boolean };

/** Serves an operation as events. Resolves to a result where it never began: that is for the caller to send. */
export async function serveEvents(options: EventStreamOptions): Promise<Served | EngineResult> {
  const { engine, request, response, operation } = options;
  const results =
    operation.only === OperationTypeNode.SUBSCRIPTION || isSubscription(engine, operation)
      ? await engine.subscribe({ ...operation, resumeAfter: lastEventId(request) })
      : await engine.execute(operation);
  if (!(results instanceof ResultStream) && results.refused !== undefined) return results;
  response.writeHead(200, {
    'content-type': `${eventStreamType}; charset=utf-8`,
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  const writer = new EventWriter(response);
  if (results instanceof ResultStream) {
    await follow(results, writer, options);
    return 'stream';
  }
  await writer.next({ body: results.body, cursor: undefined });
  await writer.complete();
  response.end();
  return { failed: results.body.errors !== undefined };
}

/**
 * Writes results for as long as there are any. A stream that is ended from here ends without `complete`: its client
 * comes back, to another instance, where it stood.
 */
async function follow(
  results: ResultStream,
  writer: EventWriter,
  options: EventStreamOptions,
): Promise<void> {
  const { response } = options;
  // The head goes out at once, with something to read: proxies hold back what is empty.
  response.write(':\n\n');
  const heartbeat = setInterval(() => {
    // A client that does not read gets no more to not read.
    if (!response.writableNeedDrain) response.write(':\n\n');
  }, options.heartbeatInterval);
  let isComplete = true;
  const closed = options.opened(() => {
    isComplete = false;
    if (!response.writableNeedDrain) response.write(`retry: ${comeBackAfter}\n\n`);
    void results.return();
    response.end();
  });
  const left = (): void => void results.return();
  response.once('close', left);
  // It may have left while the subscription was made.
  if (response.destroyed) left();
  try {
    for await (const result of results) await writer.next(result);
    if (isComplete) await writer.complete();
  } finally {
    clearInterval(heartbeat);
    response.off('close', left);
    closed();
    response.end();
  }
}

export function isSubscription(
  engine: GraphQLEngine,
  { query, operationName }: Pick<EngineRequest, 'query' | 'operationName'>,
): boolean {
  try {
    const operation = getOperationAST(engine.parse(query), operationName);
    return operation?.operation === OperationTypeNode.SUBSCRIPTION;
  } catch {
    // What cannot be parsed is refused in the same words either way.
    return false;
  }
}
