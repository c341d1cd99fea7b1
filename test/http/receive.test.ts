import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, expect, it } from 'vitest';
import { type Received, receive, TooLate } from '../../src/http/receive.ts';

let server: Server;
let agent: Agent;
/** Paths of the requests that came, in their order. */
let came: string[];

async function serve(answer: (path: string, response: ServerResponse) => void): Promise<void> {
  came = [];
  server = createServer((request, response) => {
    came.push(request.url ?? '');
    answer(request.url ?? '', response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  agent = new Agent({ connections: 1, pipelining: 1 });
}

function get(path: string, options: { timeout?: number; signal?: AbortSignal } = {}): Promise<Received> {
  // A TCP server's address is an AddressInfo once it listens (Node's documentation of server.address()).
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { timeout = 10_000, signal } = options;
  return receive({ dispatcher: agent, request: { origin, path, method: 'GET' }, timeout, signal });
}

afterEach(async () => {
  await agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('gives an answer whole, whatever its pieces are', async () => {
  const bytes = Buffer.from('{"name":"Zoë"}');
  await serve((_path, response) => {
    response.writeHead(200, { 'x-seen': 'yes' });
    response.write(bytes.subarray(0, 12), () => response.end(bytes.subarray(12)));
  });
  expect(await get('/')).toMatchObject({ status: 200, headers: { 'x-seen': 'yes' }, text: '{"name":"Zoë"}' });
});

it('leaves out the mark that some put before their JSON', async () => {
  await serve((_path, response) => response.end('\ufeff{}'));
  expect((await get('/')).text).toBe('{}');
});

it('passes over what is told before the answer', async () => {
  await serve((_path, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.writeHead(201).end('made');
  });
  expect(await get('/')).toMatchObject({ status: 201, text: 'made' });
});

it('says at once that the time is over, and sends nothing for what waits for a connection', async () => {
  let finish = (): void => undefined;
  await serve((path, response) => {
    if (path === '/slow') finish = () => response.end('late');
    else response.end();
  });
  const slow = get('/slow');
  await expect(get('/waits', { timeout: 50 })).rejects.toThrow(TooLate);
  await expect.poll(() => came).toEqual(['/slow']);
  finish();
  expect((await slow).text).toBe('late');
  await get('/next');
  expect(came).toEqual(['/slow', '/next']);
});

it('ends with its signal, and closes the connection that it held', async () => {
  let closed = false;
  const caller = new AbortController();
  const reason = new Error('the caller has left');
  await serve((_path, response) => {
    response.once('close', () => {
      closed = true;
    });
    response.write('a part');
    caller.abort(reason);
  });
  await expect(get('/', { signal: caller.signal })).rejects.toBe(reason);
  await expect.poll(() => closed).toBe(true);
});

it('sends nothing when its signal has ended before', async () => {
  await serve((_path, response) => response.end());
  await expect(get('/', { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  await get('/next');
  expect(came).toEqual(['/next']);
});
