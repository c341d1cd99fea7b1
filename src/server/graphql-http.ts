import type { IncomingMessage, ServerResponse } from 'node:http';
import { OperationTypeNode } from 'graphql';
import type { Gateway } from '../gateway.ts';
import { authenticate } from './authentication.ts';
import type { CallerInput } from './caller-input.ts';
import { corsHeaders, guardCrossSite, isForeignOrigin, mediaTypeOf, preflightHeaders } from './cross-site.ts';
import type { EngineRequest, EngineResult } from './graphql-engine.ts';
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
import { hasEnded, serveEvents, wantsEvents } from './sse.ts';

/** The HTTP status of a result (GraphQL over HTTP): errors in the document are 400 in GraphQL's own media type. */
function statusOfResult(result: EngineResult, ownType: boolean): number {
  switch (result.refused) {
    case undefined:
      return 200;
    case 'document':
      return ownType ? 400 : 200;
    case 'method':
      return 405;
    case 'size':
      return 413;
  }
}

export function callerOf(request: IncomingMessage, requestId: string, signal: AbortSignal): CallerInput {
  return {
    requestId,
    signal,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
  };
}

async function readOperation(
  gateway: Gateway,
  request: IncomingMessage,
  url: URL,
): Promise<Omit<EngineRequest, 'caller' | 'begin'>> {
  const { method, headers } = request;
  if (method === 'GET' && wantsEvents(headers.accept)) {
    // A browser's EventSource can send no header of ours; what it may run changes nothing, and is for its own site.
    if (isForeignOrigin(gateway.config.corsOrigins, headers)) {
      throw new HttpError(403, 'FORBIDDEN', 'Pages of other sites may not follow subscriptions here.');
    }
    const only = OperationTypeNode.SUBSCRIPTION;
    return { ...readQuery(url.searchParams), bytes: url.search.length, only };
  }
  if (method === 'GET') {
    guardCrossSite(headers);
    return { ...readQuery(url.searchParams), bytes: url.search.length, only: OperationTypeNode.QUERY };
  }
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
      ? readBody(body.toString('utf8'))
      : await readMultipart(body, headers['content-type'] ?? '');
  return { ...parameters, bytes: body.byteLength };
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
  let failed = true;
  try {
    if (request.method !== 'GET' && request.method !== 'POST') {
      throw new HttpError(405, 'INVALID_INPUT', 'Send GraphQL by POST or GET.', { allow: 'GET, POST' });
    }
    if (!acceptsJson(headers.accept) && !wantsEvents(headers.accept)) {
      throw new HttpError(
        406,
        'INVALID_INPUT',
        'Accept application/graphql-response+json or application/json; text/event-stream for subscriptions.',
      );
    }
    // Who is not known is told so before anything of theirs is read.
    authenticate(config.apiKeys, headers.authorization, Date.now());
    if (wantsEvents(headers.accept) && hasEnded(request)) {
      response.writeHead(204).end();
      failed = false;
      return;
    }
    const operation: EngineRequest = {
      ...(await readOperation(gateway, request, url)),
      caller: callerOf(request, requestId, lifetime.signal),
      begin: (isMutation) => lifetime.start(isMutation ? config.mutationTimeout : config.operationTimeout),
    };
    const result = wantsEvents(headers.accept)
      ? await serveEvents({
          engine,
          request,
          response,
          operation,
          heartbeatInterval: config.streams.heartbeatInterval,
          opened,
        })
      : await engine.execute(operation);
    if (result === undefined) {
      failed = false;
      return;
    }
    failed = result.body.errors !== undefined;
    if (response.destroyed) return;
    const status = statusOfResult(result, ownType);
    sendJson(response, { status, type, body: result.body, headers: status === 405 ? { allow: 'POST' } : {} });
  } catch (error) {
    if (response.destroyed) return;
    sendError(response, error, engine.shape(error, requestId), type);
  } finally {
    response.off('close', left);
    lifetime.finish();
    metrics.operation(failed ? 'errors' : 'ok', (performance.now() - startedAt) / 1000);
  }
}
