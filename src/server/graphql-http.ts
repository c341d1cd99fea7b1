import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { OperationTypeNode } from 'graphql';
import type { Caller } from '../context.ts';
import type { Gateway } from '../gateway.ts';
import type { CallerInput } from './caller-input.ts';
import { corsHeaders, guardCrossSite, isForeignOrigin, mediaTypeOf, preflightHeaders } from './cross-site.ts';
import type { EngineRequest, EngineResult, GraphQLEngine } from './graphql-engine.ts';
import type { GraphQLParameters } from './graphql-parameters.ts';
import {
  acceptsJson,
  HttpError,
  jsonType,
  resultType,
  sendError,
  sendJson,
  wantsResultType,
} from './http-answer.ts';
import { OperationLifetime } from './operation-lifetime.ts';
import { readMultipart } from './read-multipart.ts';
import { readBody, readQuery } from './read-parameters.ts';
import { readRequestBody } from './read-request-body.ts';
import { acceptsEvents, hasEnded, isSubscription, serveEvents } from './sse.ts';

/** The HTTP status of a result (GraphQL over HTTP): errors in the document are 400 in GraphQL's own media type. */
function statusOfResult(result: EngineResult, tellsByStatus: boolean): number {
  switch (result.refused) {
    case undefined:
      return 200;
    case 'document':
      return tellsByStatus ? 400 : 200;
    case 'method':
      return 405;
    case 'size':
      return 413;
  }
}

export function callerOf(
  request: IncomingMessage,
  caller: Caller,
  requestId: string,
  signal: AbortSignal,
): CallerInput {
  return {
    caller,
    requestId,
    signal,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
  };
}

interface Received {
  readonly operation: Omit<EngineRequest, 'caller' | 'begin'>;
  /** Whether it is answered by events. */
  readonly asEvents: boolean;
}

function readGet({ config, documents, engine }: Gateway, { headers }: IncomingMessage, url: URL): Received {
  if (!acceptsEvents(headers.accept)) guardCrossSite(headers);
  const parameters = { ...readQuery(url.searchParams, documents), bytes: url.search.length };
  if (!answersByEvents(engine, headers, parameters)) {
    guardCrossSite(headers);
    return { operation: { ...parameters, only: OperationTypeNode.QUERY }, asEvents: false };
  }
  // A browser's EventSource can send no header of ours; what it may run changes nothing, and is for its own site.
  if (isForeignOrigin(config.corsOrigins, headers)) {
    throw new HttpError(403, 'FORBIDDEN', 'Pages of other sites may not follow subscriptions here.');
  }
  return { operation: { ...parameters, only: OperationTypeNode.SUBSCRIPTION }, asEvents: true };
}

/** Clients that take both get JSON for what is no subscription: it costs them less, and works with caches. */
function answersByEvents(
  engine: GraphQLEngine,
  { accept }: IncomingHttpHeaders,
  parameters: GraphQLParameters,
): boolean {
  return acceptsEvents(accept) && (!acceptsJson(accept) || isSubscription(engine, parameters));
}

async function readOperation(gateway: Gateway, request: IncomingMessage, url: URL): Promise<Received> {
  const { method, headers } = request;
  if (method === 'GET') return readGet(gateway, request, url);
  const type = mediaTypeOf(headers);
  guardCrossSite(headers);
  if (type !== 'application/json' && type !== 'multipart/form-data') {
    throw new HttpError(
      415,
      'INVALID_INPUT',
      'Send `content-type: application/json`, or `multipart/form-data` for files.',
      { accept: 'application/json, multipart/form-data' },
    );
  }
  const { maxMutationBytes, maxQueryBytes } = gateway.config;
  const body = await readRequestBody(request, Math.max(maxMutationBytes, maxQueryBytes));
  const parameters =
    type === 'application/json'
      ? readBody(body.toString('utf8'), gateway.documents)
      : await readMultipart(body, headers['content-type'] ?? '', gateway.documents);
  return {
    operation: { ...parameters, bytes: body.byteLength },
    asEvents: answersByEvents(gateway.engine, headers, parameters),
  };
}

/** Serves one GraphQL request over HTTP, GET or POST, and answers it whatever happens. */
export async function serveGraphQL(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  requestId: string,
  opened: (end: () => void) => () => void,
): Promise<void> {
  const { engine, config, metrics } = gateway;
  const { headers } = request;
  const cors = corsHeaders(config.corsOrigins, headers);
  for (const name in cors) response.setHeader(name, cors[name] ?? '');
  if (request.method === 'OPTIONS') {
    response.writeHead(204, cors['vary'] === undefined ? {} : preflightHeaders(headers)).end();
    return;
  }

  const ownType = wantsResultType(headers.accept);
  const type = ownType ? resultType : jsonType;
  const lifetime = new OperationLifetime();
  const left = (): void => lifetime.abandon();
  response.once('close', left);
  const startedAt = performance.now();
  /** Undefined: there is nothing to be counted, or to be timed. */
  let outcome: 'ok' | 'errors' | undefined = 'errors';
  try {
    // Who is not known is told so before anything of theirs is read.
    const caller = await gateway.authentication.authenticate(headers.authorization);
    const rate = await gateway.callerRate.take(caller, request.socket.remoteAddress);
    for (const name in rate) response.setHeader(name, rate[name] ?? '');
    if (request.method !== 'GET' && request.method !== 'POST') {
      throw new HttpError(405, 'INVALID_INPUT', 'Send GraphQL by POST or GET.', { allow: 'GET, POST' });
    }
    if (!acceptsJson(headers.accept) && !acceptsEvents(headers.accept)) {
      throw new HttpError(
        406,
        'INVALID_INPUT',
        'Accept application/graphql-response+json or application/json; text/event-stream for subscriptions.',
      );
    }
    if (acceptsEvents(headers.accept) && hasEnded(request)) {
      outcome = undefined;
      response.writeHead(204).end();
      return;
    }
    const received = await readOperation(gateway, request, url);
    const operation: EngineRequest = {
      ...received.operation,
      caller: callerOf(request, caller, requestId, lifetime.signal),
      begin: (isMutation) => lifetime.start(isMutation ? config.mutationTimeout : config.operationTimeout),
    };
    const { heartbeatInterval } = config.streams;
    const result = received.asEvents
      ? await serveEvents({ engine, request, response, operation, heartbeatInterval, opened })
      : await engine.execute(operation);
    if (result === 'stream') {
      outcome = undefined;
      return;
    }
    if ('failed' in result) {
      outcome = result.failed ? 'errors' : 'ok';
      return;
    }
    outcome = result.body.errors === undefined ? 'ok' : 'errors';
    if (response.destroyed) return;
    if (result.refused === 'method' && !received.asEvents && isSubscription(engine, operation)) {
      // No method would help: it is JSON that a subscription cannot be answered with.
      sendJson(response, { status: 406, type, body: result.body });
      return;
    }
    // A client of events looks at the status alone.
    const status = statusOfResult(result, ownType || received.asEvents);
    sendJson(response, { status, type, body: result.body, headers: status === 405 ? { allow: 'POST' } : {} });
  } catch (error) {
    if (response.destroyed) return;
    sendError(response, error, engine.shape(error, requestId), type);
  } finally {
    response.off('close', left);
    lifetime.finish();
    if (outcome !== undefined) metrics.operation(outcome, (performance.now() - startedAt) / 1_000);
  }
}
