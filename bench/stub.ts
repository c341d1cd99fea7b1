import { createServer, type Socket } from 'node:net';
import { answerOf, firstVersion } from './vendor-data.ts';

/**
 * The three vendors in one process, with answers that are made once. It reads requests by hand: it shares a core with
 * the load, and must not be what is measured. Told by its parent over IPC what to do, and answers with what it counted.
 */

export type StubOrder =
  | { readonly do: 'latency'; readonly milliseconds: number }
  /** Some datasets of this tenant have a new version. */
  | { readonly do: 'bump'; readonly tenant: number }
  | { readonly do: 'count' };

export type StubReport =
  | { readonly is: 'ready'; readonly ports: readonly number[] }
  /** Calls since it was asked last. */
  | { readonly is: 'count'; readonly calls: number }
  | { readonly is: 'done' };

const made = new Map<string, Buffer>();
const versions = new Map<number, number>();
let latency = 0;
let calls = 0;

function make(target: string): Buffer {
  const answer = answerOf(target, (tenant) => versions.get(tenant) ?? firstVersion);
  const body = Buffer.from(JSON.stringify(answer ?? { detail: 'Not found.' }));
  const head = [
    `HTTP/1.1 ${answer === undefined ? '404 Not Found' : '200 OK'}`,
    'content-type: application/json',
    `content-length: ${body.byteLength}`,
    'x-request-id: 4f1c2a3b-0001-4c00-8000-00000000beef',
    'x-ratelimit-limit: 1000000',
    'x-ratelimit-remaining: 999999',
    'x-ratelimit-reset: 60',
    'connection: keep-alive',
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

function answerTo(head: string): Buffer {
  const target = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/1.1'));
  let answer = made.get(target);
  if (answer === undefined) {
    answer = make(target);
    made.set(target, answer);
  }
  return answer;
}

function serve(socket: Socket): void {
  let unread = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    unread += chunk.toString('latin1');
    for (let end = unread.indexOf('\r\n\r\n'); end !== -1; end = unread.indexOf('\r\n\r\n')) {
      const answer = answerTo(unread.slice(0, end));
      unread = unread.slice(end + 4);
      calls += 1;
      if (latency === 0) socket.write(answer);
      else setTimeout(() => socket.writable && socket.write(answer), latency);
    }
  });
}

function report(what: StubReport): void {
  process.send?.(what);
}

function obey(order: StubOrder): StubReport {
  switch (order.do) {
    case 'latency':
      latency = order.milliseconds;
      return { is: 'done' };
    case 'bump':
      versions.set(order.tenant, (versions.get(order.tenant) ?? firstVersion) + 1);
      made.clear();
      return { is: 'done' };
    case 'count': {
      const counted = calls;
      calls = 0;
      return { is: 'count', calls: counted };
    }
  }
}

const ports = await Promise.all(
  [0, 1, 2].map(
    () =>
      new Promise<number>((resolve) => {
        const server = createServer(serve);
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : 0);
        });
      }),
  ),
);
// Orders are sent by main.ts alone, as values of the type.
process.on('message', (order: StubOrder) => report(obey(order)));
process.once('disconnect', () => process.exit(0));
report({ is: 'ready', ports });
