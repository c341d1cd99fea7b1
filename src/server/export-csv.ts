import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AccessError, LockstepError } from '../domain/errors.ts';
import { parseIdOf } from '../domain/identity.ts';
import type { Gateway } from '../gateway.ts';
import { exportItems } from '../resolvers/export-items.ts';
import { callerOf } from './graphql-http.ts';
import { HttpError } from './http-answer.ts';
import { OperationLifetime } from './operation-lifetime.ts';

const pathPattern = /^\/export\/datasets\/([\w-]{1,4096})\.csv$/;

/** The dataset that a path asks for, undefined for another path. */
export function exportedDataset(path: string): string | undefined {
  return pathPattern.exec(path)?.[1];
}

async function* resumed(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done !== true) yield first.value;
  yield* rest;
}

/** Whether a stream broke because whoever it went to closed it. */
function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/**
 * Streams the items of a dataset, or of one of its versions, as CSV. What is wrong before the first row is an error
 * as JSON; what breaks later breaks the connection off, so that half a file is never taken for the whole.
 */
export async function serveExport(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  requestId: string,
  id: string,
): Promise<void> {
  // Who is not known is told so before anything else.
  const caller = await gateway.authentication.authenticate(request.headers.authorization);
  const rate = await gateway.callerRate.take(caller, request.socket.remoteAddress);
  for (const name in rate) response.setHeader(name, rate[name] ?? '');
  if (request.method !== 'GET') {
    throw new HttpError(405, 'INVALID_INPUT', 'Send GET for a download.', { allow: 'GET' });
  }
  // A link of one's own pages may lead here; another site's page has no business to.
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    throw new HttpError(403, 'FORBIDDEN', 'Downloads are not for pages of other sites.');
  }
  const lifetime = new OperationLifetime();
  lifetime.start(gateway.config.exportTimeout);
  const left = (): void => lifetime.abandon();
  response.once('close', left);
  try {
    // A large dataset takes many calls, one after the other: its time is what bounds a download.
    const context = gateway.createContext(callerOf(request, caller, requestId, lifetime.signal), {
      maxCalls: Number.POSITIVE_INFINITY,
      timeout: gateway.config.exportTimeout,
    });
    if (caller.permissions.read.size === 0) {
      const message = `${caller.name} has no scope \`read\` at this gateway: downloads need it.`;
      throw new AccessError('FORBIDDEN', message);
    }
    const dataset = parseIdOf('DATASET', id, ['id']);
    const rows = exportItems(context, dataset, url.searchParams.get('versionRef') ?? undefined);
    const first = await rows.next();
    response.writeHead(200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="dataset.csv"',
    });
    await pipeline(Readable.from(resumed(first, rows)), response);
  } catch (error) {
    // A caller who has left needs no answer, and it is nobody's fault.
    if (isPrematureClose(error)) return;
    if (response.headersSent && error instanceof LockstepError) {
      // The caller sees a broken connection and no reason.
      gateway.logger.warn({ requestId, code: error.code }, `a download broke off: ${error.message}`);
    }
    throw error;
  } finally {
    response.off('close', left);
    lifetime.finish();
  }
}
