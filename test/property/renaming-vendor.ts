import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly url: string;
  /** Names and values in turn, as sent. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/**
 * A vendor that knows one thing by another name: what is called `from` at the sandbox behind it is called `to` here, in
 * paths, queries, bodies and answers. So what a caller forges is found, and everything that follows happens.
 */
export interface RenamingVendor {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly received: readonly WireRequest[];
  leadTo(origin: string): void;
  rename(from: string, to: string): void;
  /** Forgets what was received, and the other name. */
  clear(): void;
  dispose(): Promise<void>;
}

function renamed(value: unknown, from: string, to: string): unknown {
  if (value === from) return to;
  if (Array.isArray(value)) return value.map((one) => renamed(one, from, to));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, renamed(one, from, to)]));
}

function renamedJson(body: Buffer, from: string, to: string): Buffer {
  try {
    return Buffer.from(JSON.stringify(renamed(JSON.parse(body.toString('utf8')), from, to)));
  } catch {
    return body;
  }
}

function renamedPart(encoded: string, from: string, to: string): string {
  try {
    const parts = decodeURIComponent(encoded).split(',');
    if (parts.includes(from)) return parts.map((one) => encodeURIComponent(one === from ? to : one)).join();
    return parts.join() === from ? encodeURIComponent(to) : encoded;
  } catch {
    return encoded;
  }
}

function renamedUrl(url: string, from: string, to: string): string {
  return url.replaceAll(/[^/?&=]+/g, (part) => renamedPart(part, from, to));
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // Without an encoding set, a request gives Buffers (Node's documentation of readable streams).
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function startRenamingVendor(): Promise<RenamingVendor> {
  let target = '';
  let names: { readonly from: string; readonly to: string } | undefined;
  const received: WireRequest[] = [];
  const agent = new Agent({ keepAlive: true });

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', rawHeaders: headers } = incoming;
    const body = await readAll(incoming);
    received.push({ method, url, headers, body });
    const there = names === undefined ? undefined : { from: names.to.toWellFormed(), to: names.from };
    const sent = there === undefined ? body : renamedJson(body, there.from, there.to);
    const path = there === undefined ? url : renamedUrl(url, there.from, there.to);
    const onward = { ...incoming.headers, 'content-length': String(sent.byteLength) };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${target}${path}`, { method, headers: onward, agent }, resolve)
        .once('error', reject)
        .end(sent);
    });
    const text = await readAll(answer);
    const back = names === undefined ? text : renamedJson(text, names.from, names.to);
    const { 'transfer-encoding': _encoding, ...kept } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, { ...kept, 'content-length': back.byteLength }).end(back);
  }

  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server's address is an AddressInfo once it listens (Node's documentation of server.address()).
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    leadTo: (origin) => {
      target = origin;
    },
    rename: (from, to) => {
      names = { from, to };
    },
    clear: () => {
      names = undefined;
      received.length = 0;
    },
    dispose: async () => {
      agent.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
