import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Gateway } from '../gateway.ts';
import { exportedDataset, serveExport } from './export-csv.ts';
import { createGraphiqlPage, wantsPage } from './graphiql.ts';
import { serveGraphQL } from './graphql-http.ts';
import { mayLook, serveLive, serveReady } from './health.ts';
import { HttpError, jsonType, sendError } from './http-answer.ts';
import { refuseMalformed } from './malformed-request.ts';
import { createWebSockets, refuseUpgrade } from './websocket.ts';

/** A gateway that listens. */
export interface GatewayServer {
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string;
  /** Takes no new connection, lets what is under way finish for a while, then closes everything. */
  dispose(): Promise<void>;
}

/** A caller's own id is taken over when it is harmless in a log line. */
const requestIdPattern = /^[\w.:-]{1,100}$/;

function requestIdOf(request: IncomingMessage): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && requestIdPattern.test(sent) ? sent : randomUUID();
}

/** Where nearly every request goes. */
const graphqlAddress = new URL('http://gateway.invalid/graphql');

/** Where a request goes; what is no address goes to a path that nothing is at. */
function addressOf({ url = '/' }: IncomingMessage): URL {
  if (url === '/graphql') return graphqlAddress;
  // Put after an origin as text: resolved against one, `//host/path` would name another host.
  const address = URL.parse(url.startsWith('/') ? `http://gateway.invalid${url}` : url);
  return address ?? new URL('http://gateway.invalid/nowhere');
}

/** Serves a gateway over HTTP. */
export async function startGatewayServer(gateway: Gateway): Promise<GatewayServer> {
  const { config, engine, logger, metrics } = gateway;
  const serveGraphiql = createGraphiqlPage();
  /** Sockets with an answer under way. */
  const answering = new WeakSet<Duplex>();
  /** Ends the streams of events that are open. */
  const streams = new Set<() => void>();
  const webSockets = createWebSockets(gateway);
  let draining = false;
  /** Answers under way that shutdown waits for. */
  const busy = new Set<ServerResponse>();

  /** A stream goes on for as long as it may: it is ended at shutdown, and waited for no longer. */
  function openedBy(response: ServerResponse): (end: () => void) => () => void {
    return (end) => {
      busy.delete(response);
      streams.add(end);
      if (draining) end();
      return () => streams.delete(end);
    };
  }

  async function route(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const url = addressOf(request);
    switch (url.pathname) {
      case '/graphql':
        // GraphiQL keeps what is edited in the page's address: a reload brings its `query` along.
        if (config.graphiql && wantsPage(request)) return serveGraphiql(response);
        return serveGraphQL(gateway, request, response, url, requestId, openedBy(response));
      case '/health/live':
        return serveLive(response);
      case '/health/ready':
        return serveReady(gateway, request, response, draining);
      case '/metrics': {
        if (!mayLook(gateway, request)) break;
        const text = await metrics.registry.metrics();
        response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
        return;
      }
      case '/':
        if (!config.graphiql || !wantsPage(request)) break;
        response.writeHead(302, { location: '/graphql' }).end();
        return;
    }
    const exported = exportedDataset(url.pathname);
    if (exported !== undefined) return serveExport(gateway, request, response, url, requestId, exported);
    const error = new HttpError(404, 'NOT_FOUND', 'There is nothing here. GraphQL is at /graphql.');
    sendError(response, error, engine.shape(error, requestId), jsonType);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = requestIdOf(request);
    response.setHeader('x-request-id', requestId);
    response.setHeader('x-content-type-options', 'nosniff');
    if (draining) response.setHeader('connection', 'close');
    busy.add(response);
    answering.add(request.socket);
    response.once('close', () => {
      busy.delete(response);
      answering.delete(request.socket);
    });
    try {
      await route(request, response, requestId);
    } catch (error) {
      const shaped = engine.shape(error, requestId);
      if (response.headersSent) response.destroy();
      else sendError(response, error, shaped, jsonType);
    }
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void handle(request, response);
  };
  const options: ServerOptions = {
    keepAliveTimeout: 65_000,
    requestTimeout: 60_000,
    // Which host the client thinks it calls does not matter here.
    requireHostHeader: false,
    // Some clients offer HTTP/2 with their first request (`upgrade: h2c`): what is not known is passed over (RFC 9110, 7.8).
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  const server = createServer(options, listener);
  // An expectation that is not known is no reason to refuse a request (RFC 9110, 10.1.1).
  server.on('checkExpectation', listener);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (answering.has(socket)) socket.destroy();
    else refuseMalformed(socket, error.code);
  });
  server.on('upgrade', (request, socket, head) => {
    if (draining) refuseUpgrade(socket, '503 Service Unavailable', 'This instance stops. Try again.');
    else if (addressOf(request).pathname === '/graphql') webSockets.upgrade(request, socket, head);
    else refuseUpgrade(socket, '404 Not Found', 'There is no WebSocket here. It is at /graphql.');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // A TCP server's address is an AddressInfo once it listens (Node's documentation of server.address()).
  const { port } = server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;

  return {
    origin: `http://${host}:${port}`,
    dispose: async () => {
      draining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const end of [...streams]) end();
      const left = webSockets.dispose();
      server.closeIdleConnections();
      const deadline = Date.now() + config.shutdownTimeout;
      while (busy.size > 0 && Date.now() < deadline) await delay(10);
      if (busy.size > 0) logger.warn({ busy: busy.size }, 'operations are cut off at shutdown');
      await left;
      server.closeAllConnections();
      await closed;
      await gateway.dispose();
    },
  };
}
