import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as delay } from 'node:timers/promises';
import type { Hono } from 'hono';
import { type FaultEffect, FaultPlan } from './fault.ts';
import { type ReceivedRequest, RequestLog } from './request-log.ts';

export interface VendorServerOptions {
  /** The vendor's own routes. */
  readonly app: Hono;
  /** 0 takes a free port. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
}

/** A sandbox vendor that listens: its address, its faults, what it received. */
export interface VendorServer {
  /** Scheme, host and port, without a slash at the end. */
  readonly origin: string;
  readonly faults: FaultPlan;
  readonly requests: RequestLog;
  /** Stops listening and closes every connection. */
  dispose(): Promise<void>;
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  return headers;
}

async function requestOf(incoming: IncomingMessage, origin: string): Promise<Request> {
  const method = incoming.method ?? 'GET';
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const bodied = method !== 'GET' && method !== 'HEAD' && body.byteLength > 0;
  return new Request(new URL(incoming.url ?? '/', origin), {
    method,
    headers: headersOf(incoming),
    ...(bodied ? { body } : {}),
  });
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) {
    outgoing.end();
    return;
  }
  // The DOM's and Node's declarations of the same stream class differ.
  for await (const chunk of Readable.fromWeb(response.body as ReadableStream)) {
    if (outgoing.destroyed) return;
    outgoing.write(chunk);
  }
  outgoing.end();
}

async function sendBroken(effect: FaultEffect, response: Response, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const head = Object.fromEntries(response.headers);
  switch (effect.type) {
    case 'half':
      outgoing.writeHead(response.status, { ...head, 'content-length': String(body.byteLength) });
      outgoing.write(body.subarray(0, body.byteLength >> 1), () => outgoing.destroy());
      return;
    case 'cut-json': {
      const cut = body.subarray(0, Math.max(1, body.byteLength >> 1));
      outgoing.writeHead(response.status, { ...head, 'content-length': String(cut.byteLength) }).end(cut);
      return;
    }
    case 'drip':
      outgoing.writeHead(response.status, { ...head, 'content-length': String(body.byteLength) });
      for (const byte of body) {
        if (outgoing.destroyed) return;
        outgoing.write(Uint8Array.of(byte));
        await delay(effect.milliseconds);
      }
      outgoing.end();
      return;
    case 'replace-body': {
      const kept = Object.fromEntries(Object.entries(head).filter(([name]) => name !== 'content-length'));
      outgoing.writeHead(effect.status ?? response.status, { ...kept, ...effect.headers }).end(effect.body);
      return;
    }
    case 'reset-after':
      outgoing.destroy();
      return;
    case 'hang':
    case 'latency':
    case 'answer':
    case 'reset-before':
      return;
  }
}

/** Serves a vendor's routes over a real socket, with its faults in between. */
export async function startVendorServer(options: VendorServerOptions): Promise<VendorServer> {
  const faults = new FaultPlan();
  const requests = new RequestLog();
  const host = options.host ?? '127.0.0.1';

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = incoming.url ?? '/';
    const entry: ReceivedRequest = {
      method: incoming.method ?? 'GET',
      url,
      headers: Object.fromEntries(headersOf(incoming)),
      receivedAt: Date.now(),
      status: undefined,
      aborted: false,
    };
    const controlled = url.startsWith('/_sandbox');
    if (!controlled) requests.add(entry);
    outgoing.on('close', () => {
      entry.aborted = !outgoing.writableFinished;
      entry.status = outgoing.headersSent ? outgoing.statusCode : undefined;
      requests.changed();
    });

    const effect = controlled ? undefined : faults.take(entry.method, url);
    if (effect?.type === 'reset-before') {
      outgoing.destroy();
      return;
    }
    if (effect?.type === 'answer') {
      incoming.resume();
      outgoing.writeHead(effect.status, effect.headers).end(effect.body);
      return;
    }
    if (effect?.type === 'latency') await delay(effect.milliseconds, undefined, { ref: false });
    const response = await options.app.fetch(await requestOf(incoming, origin));
    if (effect === undefined || effect.type === 'latency') await send(response, outgoing);
    else await sendBroken(effect, response, outgoing);
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // A TCP server's address is an AddressInfo once it listens (Node's documentation of server.address()).
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    faults,
    requests,
    dispose: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
