import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import { type Context as Connection, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { LockstepError } from '../domain/errors.ts';
import type { Gateway } from '../gateway.ts';
import { schema } from '../schema/index.ts';
import { authenticate } from './authentication.ts';
import type { CallerInput } from './caller-input.ts';
import { isForeignOrigin } from './cross-site.ts';
import { OperationLifetime } from './operation-lifetime.ts';
import { ResultStream } from './result-stream.ts';

/** Codes with which a socket is closed (RFC 6455, and GraphQL over WebSocket for those from 4400 on). */
const closeCodes = { goingAway: 1001, internal: 1011, forbidden: 4403 } as const;

/** How long a client may take to answer that its socket is closed. Milliseconds. */
const closeTimeout = 1_000;

interface Extra {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  /** Ends with the socket. */
  readonly controller: AbortController;
}

/** What an operation gave, carried through the library's hooks. */
type Outcome = ResultStream | ExecutionResult;

/** GraphQL over WebSocket (`graphql-transport-ws`). */
export interface WebSockets {
  /** Takes over a connection that is to become a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends every client away with 1001: it comes back, to another instance, where it stood. */
  dispose(): Promise<void>;
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Members of `connectionParams` whose value is text, by lower-case name: credentials as HTTP headers have them. */
function readParams(params: Readonly<Record<string, unknown>> | undefined): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const [name, value] of Object.entries(params ?? {})) {
    if (typeof value === 'string') read.set(name.toLowerCase(), value);
  }
  return read;
}

/** What a caller sends beside its operations: `connectionParams`, else headers of the upgrade, which browsers cannot set. */
function headersOf(
  connection: Connection<Record<string, unknown> | undefined, Extra>,
): CallerInput['header'] {
  const params = readParams(connection.connectionParams);
  const { headers } = connection.extra.request;
  return (name) => {
    const value = params.get(name) ?? headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
}

/** The payload of an `error` message: the library checks for errors, and sends them as they are. */
function refusal(errors: readonly GraphQLFormattedError[]): readonly GraphQLError[] {
  return errors.map(
    ({ message, extensions }) => new GraphQLError(message, { extensions: extensions ?? null }),
  );
}

/** Serves WebSockets at one address. */
export function createWebSockets(gateway: Gateway): WebSockets {
  const { config, engine, logger } = gateway;
  const { maxMessageBytes, initTimeout, heartbeatInterval, maxPerConnection } = config.streams;
  const outcomes = new WeakMap<ExecutionArgs, Outcome>();
  const lifetimes = new WeakMap<Extra, Map<string, OperationLifetime>>();

  function outcomeOf(args: ExecutionArgs): Outcome {
    const outcome = outcomes.get(args);
    if (outcome === undefined) throw new TypeError('an operation that was never run');
    return outcome;
  }

  /** Runs an operation here, so that one engine serves every transport; the library asks for the outcome. */
  async function run(
    connection: Connection<Record<string, unknown> | undefined, Extra>,
    id: string,
    payload: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const requestId = randomUUID();
    try {
      if (Object.keys(connection.subscriptions).length > maxPerConnection) {
        throw new GraphQLError(
          `This connection has ${maxPerConnection} operations under way, which is the most it may have. Complete one first.`,
          { extensions: { code: 'QUERY_TOO_EXPENSIVE' } },
        );
      }
      const query = payload.query;
      const operationName = payload.operationName ?? undefined;
      const variables = payload.variables ?? undefined;
      const document = engine.parse(query);
      const type = getOperationAST(document, operationName)?.operation;
      const lifetime = new OperationLifetime();
      lifetimes.get(connection.extra)?.set(id, lifetime);
      const caller: CallerInput = { requestId, signal: lifetime.signal, header: headersOf(connection) };
      const request = { query, operationName, variables, caller, bytes: Buffer.byteLength(query) };
      const result =
        type === OperationTypeNode.SUBSCRIPTION
          ? await engine.subscribe(request)
          : await engine.execute({
              ...request,
              begin: (isMutation) =>
                lifetime.start(isMutation ? config.mutationTimeout : config.operationTimeout),
            });
      if (!(result instanceof ResultStream) && result.refused !== undefined) {
        return refusal(result.body.errors ?? []);
      }
      const args: ExecutionArgs = { schema, document, operationName, contextValue: {} };
      // What was executed is a result; its errors are formatted already, which is all that is done with them.
      outcomes.set(args, result instanceof ResultStream ? result : (result.body as ExecutionResult));
      return args;
    } catch (error) {
      return refusal([engine.shape(error, requestId)]);
    }
  }

  const protocol = makeServer<Record<string, unknown> | undefined, Extra>({
    schema,
    connectionInitWaitTimeout: initTimeout,
    onConnect: (connection) => {
      try {
        const { expiresAt } = authenticate(
          config.apiKeys,
          headersOf(connection)('authorization'),
          Date.now(),
        );
        if (expiresAt !== undefined) closeAt(connection.extra, expiresAt);
        return true;
      } catch (error) {
        if (error instanceof LockstepError) return false;
        throw error;
      }
    },
    onSubscribe: run,
    execute: (args) => outcomeOf(args) as ExecutionResult, // Only what is no subscription is executed.
    subscribe: (args) => streamOf(outcomeOf(args)),
    onComplete: (connection, id) => {
      const running = lifetimes.get(connection.extra);
      running?.get(id)?.abandon();
      running?.delete(id);
    },
  });

  /** A caller who is no longer known has nothing to do here: each stream has said why by then. */
  function closeAt({ socket, controller }: Extra, expiresAt: number): void {
    const timer = setTimeout(
      () => socket.close(closeCodes.forbidden, 'Key expired'),
      // Right after the streams have ended; a timer of Node waits so long at most.
      Math.min(expiresAt - Date.now() + 100, 2 ** 31 - 1),
    );
    timer.unref();
    controller.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    handleProtocols,
    perMessageDeflate: false,
    clientTracking: true,
  });

  function serve(socket: WebSocket, request: IncomingMessage): void {
    const extra: Extra = { request, socket, controller: new AbortController() };
    lifetimes.set(extra, new Map());
    let isAlive = true;
    socket.on('pong', () => {
      isAlive = true;
    });
    const heartbeat = setInterval(() => {
      if (!isAlive) return socket.terminate();
      isAlive = false;
      socket.ping();
    }, heartbeatInterval);
    // What a client does wrong on its socket closes it, by the library that reads it, with the code that says why.
    socket.on('error', (error) => logger.debug({ err: error }, 'a WebSocket was broken off'));
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) =>
          new Promise((resolve) => {
            // The next result is asked for when this one is out: what is not read stays where it is.
            if (socket.readyState === socket.OPEN) socket.send(data, () => resolve());
            else resolve();
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => {
          socket.on('message', (data) => {
            handle(String(data)).catch((error: unknown) => {
              logger.error({ err: error }, 'a message of a WebSocket could not be handled');
              socket.close(closeCodes.internal, 'Internal error');
            });
          });
        },
      },
      extra,
    );
    socket.once('close', (code, reason) => {
      clearInterval(heartbeat);
      extra.controller.abort();
      for (const lifetime of lifetimes.get(extra)?.values() ?? []) lifetime.abandon();
      void closed(code, String(reason));
    });
  }

  function streamOf(outcome: Outcome): AsyncIterableIterator<ExecutionResult> | ExecutionResult {
    if (!(outcome instanceof ResultStream)) return outcome;
    const stream: AsyncIterableIterator<ExecutionResult> = {
      [Symbol.asyncIterator]: () => stream,
      next: async () => {
        const step = await outcome.next();
        // As above: formatted errors are all that is done with them.
        return step.done === true ? step : { done: false, value: step.value.body as ExecutionResult };
      },
      return: async () => {
        await outcome.return();
        return { done: true, value: undefined };
      },
    };
    return stream;
  }

  return {
    upgrade: (request, socket, head) => {
      if (isForeignOrigin(config.corsOrigins, request.headers)) return refuseUpgrade(socket, '403 Forbidden');
      server.handleUpgrade(request, socket, head, serve);
    },
    dispose: async () => {
      for (const client of server.clients) client.close(closeCodes.goingAway, 'Going away');
      const timer = setTimeout(() => {
        for (const client of server.clients) client.terminate();
      }, closeTimeout);
      await Promise.all(
        Array.from(server.clients, (client) =>
          client.readyState === client.CLOSED
            ? undefined
            : new Promise<void>((resolve) => client.once('close', () => resolve())),
        ),
      );
      clearTimeout(timer);
      server.close();
    },
  };
}
