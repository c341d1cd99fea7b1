import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import { type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { Caller } from '../context.ts';
import { LockstepError, TooExpensiveError } from '../domain/errors.ts';
import type { Gateway } from '../gateway.ts';
import { schema } from '../schema/index.ts';
import { setAlarm } from './alarm.ts';
import type { CallerInput } from './caller-input.ts';
import { isForeignOrigin } from './cross-site.ts';
import { HttpError } from './http-answer.ts';
import { OperationLifetime } from './operation-lifetime.ts';
import { readMembers } from './read-parameters.ts';
import { ResultStream } from './result-stream.ts';
import { securityHeaderLines } from './security-headers.ts';
import { WebSocketLink } from './websocket-link.ts';

/** The instance stops: the client is to come back, to another. */
const goingAway = { code: 1001, reason: 'Going away' } as const;
/** Who called is no longer known. As with a key that never was known: coming back with it is of no use. */
const keyExpired = { code: 4403, reason: 'Key expired' } as const;
const internalError = 1011;
const tryAgainLater = 1013;

/** How long a client may take to answer that its socket is closed, and streams to say why. Milliseconds. */
const closeTimeout = 1_000;

type Params = Record<string, unknown> | undefined;
type Connection = Context<Params, WebSocketLink>;

/** What an operation gave, carried through the library's hooks. */
type Outcome = ResultStream | ExecutionResult;

/** GraphQL over WebSocket (`graphql-transport-ws`). */
export interface WebSockets {
  /** Takes over a connection that is to become a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends every client away with 1001, once its queries and mutations are answered, and waits for that. */
  dispose(): Promise<void>;
}

/** Answers a request for a WebSocket that is not going to be one. */
export function refuseUpgrade(socket: Duplex, status: string, message: string): void {
  // Nobody else listens any more: a client that is gone already must not bring the process down.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  const text = `${message}\n`;
  const head = `content-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(text)}`;
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n${head}\r\n${securityHeaderLines}\r\n${text}`);
}

/** Members of `connectionParams` by lower-case name, as HTTP headers have them: text, and numbers such as ids. */
function readParams(params: Params): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const [name, value] of Object.entries(params ?? {})) {
    if (typeof value === 'string' || typeof value === 'number') read.set(name.toLowerCase(), String(value));
  }
  return read;
}

/**
 * What a caller sends beside its operations: each member of `connectionParams`, and where there is none of that name, the
 * header of the upgrade. A browser's page can set no such header; other clients and proxies can, and need no second way.
 */
function headersOf({ connectionParams, extra }: Connection): CallerInput['header'] {
  const params = readParams(connectionParams);
  return (name) => {
    const value = params.get(name) ?? extra.request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
}

/** An error that is shaped for callers already. */
class ShapedError extends GraphQLError {
  readonly #shaped: GraphQLFormattedError;

  constructor(shaped: GraphQLFormattedError) {
    super(shaped.message);
    this.#shaped = shaped;
  }

  override toJSON(): GraphQLFormattedError {
    return this.#shaped;
  }
}

function streamOf(results: ResultStream): AsyncIterableIterator<ExecutionResult> {
  const stream: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => stream,
    next: async () => {
      const step = await results.next();
      // Its errors are shaped already, and `onNext` has them sent as they are.
      return step.done === true ? step : { done: false, value: step.value.body as ExecutionResult };
    },
    return: async () => {
      await results.return();
      return { done: true, value: undefined };
    },
  };
  return stream;
}

/** Serves WebSockets at one address. */
export function createWebSockets(gateway: Gateway): WebSockets {
  const { authentication, callerRate, config, documents, engine, logger, metrics } = gateway;
  const { maxMessageBytes, initTimeout, heartbeatInterval, maxPerConnection } = config.streams;
  const outcomes = new WeakMap<ExecutionArgs, Outcome>();
  const connections = new WeakMap<WebSocketLink, Connection>();
  const callers = new WeakMap<WebSocketLink, Caller>();
  const links = new Map<WebSocket, WebSocketLink>();

  /** Who has opened a connection: nothing runs on one whose caller is not known. */
  function callerOf(link: WebSocketLink): Caller {
    const caller = callers.get(link);
    if (caller === undefined) throw new TypeError('an operation on a connection that was never taken');
    return caller;
  }

  function outcomeOf(args: ExecutionArgs): Outcome {
    const outcome = outcomes.get(args);
    if (outcome === undefined) throw new TypeError('an operation that was never run');
    return outcome;
  }

  /** Runs an operation here, so that one engine serves every transport; the library then asks for the outcome. */
  async function run(
    connection: Connection,
    id: string,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const requestId = randomUUID();
    const lifetime = new OperationLifetime();
    let isAnswered = false;
    let isStream = false;
    const end = (): void => (isAnswered ? lifetime.finish() : lifetime.abandon());
    connection.extra.begin(id, {
      end,
      get isStream() {
        return isStream;
      },
    });
    try {
      // As over HTTP, whatever it asks is counted before anything of it is read.
      const known = callerOf(connection.extra);
      await callerRate.take(known, connection.extra.request.socket.remoteAddress);
      const { query, operationName, variables } = readMembers({ ...payload }, documents);
      if (Object.keys(connection.subscriptions).length > maxPerConnection) {
        throw new TooExpensiveError(
          `This connection has ${maxPerConnection} operations under way, which is the most it may have. Complete one first.`,
          maxPerConnection,
        );
      }
      const document = engine.parse(query);
      const type = getOperationAST(document, operationName)?.operation;
      isStream = type === OperationTypeNode.SUBSCRIPTION;
      const caller: CallerInput = {
        caller: known,
        requestId,
        signal: lifetime.signal,
        header: headersOf(connection),
      };
      const request = { query, operationName, variables, caller, bytes: Buffer.byteLength(query) };
      const startedAt = performance.now();
      const result = isStream
        ? await engine.subscribe(request)
        : await engine.execute({
            ...request,
            begin: (isMutation) =>
              lifetime.start(isMutation ? config.mutationTimeout : config.operationTimeout),
          });
      if (!(result instanceof ResultStream)) isAnswered = true;
      lifetime.finish();
      if (!isStream && !(result instanceof ResultStream)) {
        const outcome = result.body.errors === undefined ? 'ok' : 'errors';
        metrics.operation(outcome, (performance.now() - startedAt) / 1_000);
      }
      if (!(result instanceof ResultStream) && result.refused !== undefined) {
        return (result.body.errors ?? []).map((error) => new ShapedError(error));
      }
      const args: ExecutionArgs = { schema, document, operationName, contextValue: {} };
      // As in `streamOf`.
      outcomes.set(args, result instanceof ResultStream ? result : (result.body as ExecutionResult));
      return args;
    } catch (error) {
      isAnswered = true;
      lifetime.finish();
      return [new ShapedError(engine.shape(error, requestId))];
    }
  }

  const protocol = makeServer<Params, WebSocketLink>({
    schema,
    connectionInitWaitTimeout: initTimeout,
    onConnect: async (connection) => {
      const link = connection.extra;
      connections.set(link, connection);
      try {
        const authorization = headersOf(connection)('authorization');
        const caller = await authentication.authenticate(authorization);
        callers.set(link, caller);
        const { expiresAt } = caller;
        if (expiresAt !== undefined) {
          // Each stream ends by itself then, with the reason, which is waited for.
          link.setAlarm(setAlarm(expiresAt, () => link.leave(keyExpired, 'everything', closeTimeout)));
        }
        return true;
      } catch (error) {
        if (error instanceof HttpError) {
          link.close(tryAgainLater, error.message);
          // The connection is closed already: what else the library would do to it comes to nothing.
          return false;
        }
        if (error instanceof LockstepError) return false;
        throw error;
      }
    },
    onSubscribe: run,
    // Only what is no subscription is executed, and only what is one is subscribed to.
    execute: (args) => outcomeOf(args) as ExecutionResult,
    subscribe: (args) => {
      const outcome = outcomeOf(args);
      return outcome instanceof ResultStream ? streamOf(outcome) : outcome;
    },
    // As it is, since its errors are formatted already: the library would do so once more.
    onNext: (_connection, _id, _payload, _args, result) => result as FormattedExecutionResult,
  });

  // The types of ws do not know of `closeTimeout` yet.
  const options: ServerOptions & { readonly closeTimeout: number } = {
    noServer: true,
    maxPayload: maxMessageBytes,
    handleProtocols,
    perMessageDeflate: false,
    clientTracking: false,
    closeTimeout,
  };
  const server = new WebSocketServer(options);

  async function take(
    link: WebSocketLink,
    handle: (data: string) => Promise<void>,
    data: string,
  ): Promise<void> {
    try {
      await handle(data);
    } catch (error) {
      logger.error({ err: error }, 'a message of a WebSocket could not be handled');
      link.close(internalError, 'Internal error');
    }
    // An operation has ended, or its client has called it off: of both the library tells in no other way.
    link.sweep((id) => id in (connections.get(link)?.subscriptions ?? {}));
  }

  function serve(socket: WebSocket, request: IncomingMessage): void {
    const link = new WebSocketLink(socket, request, heartbeatInterval);
    links.set(socket, link);
    // What a client does wrong on its socket closes it, by the library that reads it, with the code that says why.
    socket.on('error', (error) => logger.debug({ err: error }, 'a WebSocket was broken off'));
    socket.on('ping', () => link.holdBack());
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: link.send,
        close: link.close,
        onMessage: (handle) => {
          socket.on('message', (data) => {
            link.holdBack();
            void take(link, handle, String(data));
          });
        },
      },
      link,
    );
    socket.once('close', (code, reason) => {
      links.delete(socket);
      link.end();
      void closed(code, String(reason));
    });
  }

  return {
    upgrade: (request, socket, head) => {
      if (isForeignOrigin(config.corsOrigins, request.headers)) {
        refuseUpgrade(socket, '403 Forbidden', 'Pages of other sites may not open a WebSocket here.');
      } else server.handleUpgrade(request, socket, head, serve);
    },
    dispose: async () => {
      await Promise.all(
        Array.from(links, async ([socket, link]) => {
          const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
          link.leave(goingAway, 'answers', config.shutdownTimeout);
          await closed;
        }),
      );
      server.close();
    },
  };
}
