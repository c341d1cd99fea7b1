import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gateway } from '../gateway.ts';
import { authenticate } from './authentication.ts';
import type { CallerInput } from './caller-input.ts';
import { corsHeaders, guardCrossSite, mediaTypeOf, preflightHeaders } from './cross-site.ts';
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
  if (method === 'GET') {
    guardCrossSite(headers);
    return { ...readQuery(url.searchParams), bytes: url.search.length, queriesOnly: true };
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
  return { ...parameters, bytes: body.byteLength, queriesOnly: false };
}

/** Serves one GraphQL request over HTTP, GET or POST, and answers it whatever happens. */
export async function serveGraphQL(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  requestId: string,
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
    if (!acceptsJson(headers.accept)) {
      throw new HttpError(
        406,
        'INVALID_INPUT',
        'Accept application/graphql-response+json or application/json.',
      );
    }
    // Who is not known is told so before anything of theirs is read.
    authenticate(config.apiKeys, headers.authorization, Date.now());
    const operation = await readOperation(gateway, request, url);
    const result = await engine.execute({
      ...operation,
      caller: callerOf(request, requestId, lifetime.signal),
      begin: (isMutation) => lifetime.start(isMutation ? config.mutationTimeout : config.operationTimeout),
    });
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
