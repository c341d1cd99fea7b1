import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Gateway } from '../gateway.ts';
import { isForeignName } from './cross-site.ts';
import { exportedDataset, serveExport } from './export-csv.ts';
import { createGraphiqlPage, wantsPage } from './graphiql.ts';
import { serveGraphQL } from './graphql-http.ts';
import { serveLive, serveReady, whoLooks } from './health.ts';
import { HttpError, jsonType, sendError } from './http-answer.ts';
import { refuseMalformed } from './malformed-request.ts';
import { securityHeaders } from './security-headers.ts';
import { SlowReaders } from './slow-readers.ts';
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

const foreignName =
  'This gateway serves its own machine, by the name localhost or by an address. For another name set API_KEYS, CORS_ORIGINS or ALLOW_ANONYMOUS=true.';

function tooManyHeaders(limit: number): HttpError {
  return new HttpError(431, 'INVALID_INPUT', `The request has more than the ${limit} headers that are read.`);
}

/** Serves a gateway over HTTP. */
export async function startGatewayServer(gateway: Gateway): Promise<GatewayServer> {
  const { config, engine, logger, metrics } = gateway;
  const serveGraphiql = createGraphiqlPage();
  /** The answers under way on a socket: several where a client does not wait for one before it asks again. */
  const answering = new WeakMap<Duplex, Set<ServerResponse>>();
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

  function comesByForeignName({ headers }: IncomingMessage): boolean {
    return config.localOnly && isForeignName(config.corsOrigins, headers);
  }

  async function route(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const url = addressOf(request);
    if (comesByForeignName(request) && url.pathname !== '/health/live') {
      throw new HttpError(403, 'FORBIDDEN', foreignName);
    }
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
        if ((await whoLooks(gateway, request)) === undefined) break;
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
    for (const name in securityHeaders) response.setHeader(name, securityHeaders[name] ?? '');
    if (draining) response.setHeader('connection', 'close');
    busy.add(response);
    const onSocket = answering.get(request.socket) ?? new Set();
    answering.set(request.socket, onSocket.add(response));
    response.once('close', () => {
      busy.delete(response);
      onSocket.delete(response);
    });
    try {
      if (request.rawHeaders.length > 2 * config.http.maxHeaders)
        throw tooManyHeaders(config.http.maxHeaders);
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
    keepAliveTimeout: config.http.keepAliveTimeout,
    headersTimeout: config.http.headersTimeout,
    requestTimeout: config.http.requestTimeout,
    // How often Node looks for those that are late.
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(config.http.headersTimeout / 4)),
    maxHeaderSize: config.http.maxHeaderBytes,
    // Which host the client thinks it calls does not matter here.
    requireHostHeader: false,
    // Some clients offer HTTP/2 with their first request (`upgrade: h2c`): what is not known is passed over (RFC 9110, 7.8).
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  const server = createServer(options, listener);
  server.maxConnections = config.http.maxConnections;
  // Node would leave out what is over its limit, and a caller's own credentials with it: all are read, and too many refused.
  server.maxHeadersCount = 0;
  const slowReaders = new SlowReaders(config.http.readerTimeout, config.http.readerSpeed);
  server.on('connection', (socket) => slowReaders.watch(socket));
  server.on('drop', () => metrics.connectionRefused());
  // An expectation that is not known is no reason to refuse a request (RFC 9110, 10.1.1).
  server.on('checkExpectation', listener);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const [answer, ...others] = answering.get(socket) ?? [];
    // A body that does not come is told so, where nothing was told yet. In the midst of an answer nothing can be.
    const isUntold = others.length === 0 && answer?.headersSent === false;
    const canTell = answer === undefined || (isUntold && error.code === 'ERR_HTTP_REQUEST_TIMEOUT');
    if (canTell) refuseMalformed(socket, error.code);
    else socket.destroy();
  });
  server.on('upgrade', (request, socket, head) => {
    if (draining) refuseUpgrade(socket, '503 Service Unavailable', 'This instance stops. Try again.');
    else if (comesByForeignName(request)) refuseUpgrade(socket, '403 Forbidden', foreignName);
    else if (request.rawHeaders.length > 2 * config.http.maxHeaders) {
      const { message } = tooManyHeaders(config.http.maxHeaders);
      refuseUpgrade(socket, '431 Request Header Fields Too Large', message);
    } else if (addressOf(request).pathname === '/graphql') webSockets.upgrade(request, socket, head);
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
      slowReaders.dispose();
      await closed;
      await gateway.dispose();
    },
  };
}
