import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** What it does with a request, whose head it has read: the bytes of an answer, or how it leaves. */
export type Manner = 'hang' | 'reset' | ((head: string) => string);

/** A vendor that says back all that it was sent, as the worst of vendors would. Plays all three. */
export interface EchoingVendor {
  readonly origin: string;
  /** How many requests it has read. */
  readonly received: number;
  behave(manner: Manner): void;
  dispose(): Promise<void>;
}

/** A whole answer of HTTP. */
export function answerOf(status: number, headers: Readonly<Record<string, string>>, body: string): string {
  const head = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) });
  return `HTTP/1.1 ${status} Told\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

export async function startEchoingVendor(): Promise<EchoingVendor> {
  let manner: Manner = 'hang';
  let received = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let text = '';
    socket.setEncoding('latin1').on('data', (piece) => {
      text += String(piece);
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = text.slice(0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      text = '';
      received += 1;
      if (manner === 'reset') socket.resetAndDestroy();
      else if (manner !== 'hang') socket.end(manner(head), 'latin1');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server's address is an AddressInfo once it listens (Node's documentation of server.address()).
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    get received() {
      return received;
    },
    behave: (next) => {
      manner = next;
    },
    dispose: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function oneLine(head: string): string {
  return head.replaceAll(/[\r\n]+/g, ' | ');
}

const json = { 'content-type': 'application/json' };

/** An error body that each of the three vendors' words is found in. */
function errorBody(head: string): string {
  const text = oneLine(head);
  const error = { title: text, detail: text, code: text, source: { header: text } };
  return JSON.stringify({ errors: [error, text], detail: text, type: text, code: text, attr: text });
}

/** Every way in which it says something back, or does not answer. */
export const manners: readonly (readonly [name: string, manner: Manner])[] = [
  ...[400, 401, 403, 404, 409, 422, 429, 500, 503].map(
    (status) => [`an error of ${status}`, (head: string) => answerOf(status, json, errorBody(head))] as const,
  ),
  ['a page of an error', (head) => answerOf(502, { 'content-type': 'text/html' }, `<pre>${head}</pre>`)],
  [
    'headers',
    (head) => answerOf(403, { ...json, 'x-request-id': oneLine(head), 'retry-after': oneLine(head) }, '{}'),
  ],
  ['a reason phrase', (head) => answerOf(400, json, '{}').replace('Told', oneLine(head))],
  ['a content type', (head) => answerOf(200, { 'content-type': `text/${oneLine(head)}` }, '<p>')],
  ['a redirect', (head) => answerOf(302, { location: `/?${encodeURIComponent(head)}` }, head)],
  ['broken JSON', (head) => answerOf(200, json, `{"data": [${JSON.stringify(oneLine(head))}`)],
  [
    'another shape',
    (head) => answerOf(200, json, JSON.stringify({ data: head, records: head, results: head })),
  ],
  ['what is not HTTP', (head) => head],
  ['a header that is none', (head) => `HTTP/1.1 200 OK\r\n${oneLine(head)} \u0001\r\n\r\n`],
  ['a broken chunk', (head) => `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${head}\r\n`],
  ['half of an answer', (head) => answerOf(200, json, `{"data": "${oneLine(head)}`).slice(0, -3)],
  ['a reset', 'reset'],
];
