import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { readRawAnswer } from '../support/raw-http.ts';
import { openWebSocket } from '../support/raw-websocket.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type LockScene, startLockScene } from './stream-locks.ts';

forbidUnhandledRejections();

const head = 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

interface Client {
  readonly socket: Socket;
  readonly text: () => string;
  readonly closed: Promise<unknown>;
}

function open(gateway: TestGateway): Client {
  const { hostname, port } = new URL(gateway.origin);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += String(chunk);
  });
  // A reset is one way for it to be closed.
  socket.on('error', () => undefined);
  return { socket, text: () => text, closed: new Promise((resolve) => socket.once('close', resolve)) };
}

describe('a client that takes its time to ask', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      environment: {
        HEADERS_TIMEOUT: '200',
        REQUEST_TIMEOUT: '400',
        KEEP_ALIVE_TIMEOUT: '100',
        MAX_CONNECTIONS: '3',
      },
    });
  });
  afterAll(() => gateway?.dispose());

  it.each([
    ['says nothing', ''],
    ['does not end its head', 'GET /graphql HTTP/1.1\r\nhost: localhost\r\n'],
    [
      'does not end the head of a WebSocket',
      'GET /graphql HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n',
    ],
  ])('is told so and loses its connection when it %s', async (_what, said) => {
    const { socket, text, closed } = open(gateway);
    socket.write(said);
    await closed;
    expect(readRawAnswer(text())).toMatchObject({
      status: 408,
      body: { errors: [{ extensions: { code: 'INVALID_INPUT' } }] },
    });
  });

  it('loses it too when it goes on and on with its head', async () => {
    const { socket, closed } = open(gateway);
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    socket.write('GET /graphql HTTP/1.1\r\n');
    await expect
      .poll(() => {
        if (!isClosed) socket.write('x: y\r\n');
        return isClosed;
      })
      .toBe(true);
  });

  it.each([
    ['a body by its length', `${head}content-length: 1000\r\n\r\n{"query"`],
    ['a body in pieces', `${head}transfer-encoding: chunked\r\n\r\n8\r\n{"query"\r\n`],
  ])('is told so when it does not end %s, and nothing is left of it', async (_what, said) => {
    const { socket, text, closed } = open(gateway);
    socket.write(said);
    await closed;
    expect(readRawAnswer(text())).toMatchObject({
      status: 408,
      body: { errors: [{ extensions: { code: 'INVALID_INPUT' } }] },
    });
  });

  it('and asks nothing more after an answer loses its connection', async () => {
    const { socket, text, closed } = open(gateway);
    socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await closed;
    expect(text()).toContain('"live"');
  });

  it('cannot have more connections than there may be, and others come in when it is gone', async () => {
    const taken = [open(gateway), open(gateway), open(gateway)];
    await Promise.all(taken.map(({ socket }) => once(socket, 'connect')));
    const { closed, text } = open(gateway);
    await closed;
    expect(text()).toBe('');
    await Promise.all(taken.map(async (one) => one.closed));
    const metrics = await fetch(`${gateway.origin}/metrics`);
    expect(await metrics.text()).toMatch(/lockstep_connections_refused_total [1-9]/);
  });
});

describe('a client that takes no answer', () => {
  // So large that what the kernel holds for a connection is full after a few.
  const aliases = Array.from({ length: 4_000 }, (_, n) => `a${n}_${'x'.repeat(2_000)}: __typename`).join(
    '\n',
  );
  let scene: LockScene;
  /** The gateway's ends of connections, by the port of the client's. */
  const sockets = new Map<number, Socket>();
  const onSocket = (message: unknown): void => {
    const { socket } = message as { socket: Socket }; // As Node's documentation of the channel says.
    if (socket.remotePort !== undefined) sockets.set(socket.remotePort, socket);
  };

  beforeAll(async () => {
    channel('net.server.socket').subscribe(onSocket);
    scene = await startLockScene({
      environment: {
        MAX_ALIASES: '10000',
        MAX_TOKENS: '100000',
        MAX_QUERY_BYTES: '20000000',
        MAX_MESSAGE_BYTES: '20000000',
        READER_TIMEOUT: '300',
        READER_SPEED: '1000000000',
        HEARTBEAT_INTERVAL: '600000',
      },
    });
  });
  afterAll(async () => {
    channel('net.server.socket').unsubscribe(onSocket);
    await scene?.dispose();
  });

  async function cutOff(port: number | undefined): Promise<void> {
    await expect.poll(() => sockets.get(port ?? 0)?.destroyed, { timeout: 20_000 }).toBe(true);
  }

  function ask(body: string, accept: string, gateway = scene.gateway): Client {
    const client = open(gateway);
    client.socket.removeAllListeners('data').pause();
    client.socket.write(`${head}accept: ${accept}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    return client;
  }

  const event = `subscription ($ids: [ID!]!) {
    event: draftLockChanged(datasetIds: $ids) { __typename ... on Change { cursor ${aliases} } }
  }`;

  it('is cut off', async () => {
    const { socket } = ask(JSON.stringify({ query: `{ ${aliases} }` }), 'application/json');
    await once(socket, 'connect');
    await cutOff(socket.localPort);
    socket.destroy();
  });

  it('is cut off although it asks on and on', async () => {
    const { socket } = ask(JSON.stringify({ query: `{ ${aliases} }` }), 'application/json');
    await once(socket, 'connect');
    const held = sockets.get(socket.localPort ?? 0);
    await expect
      .poll(
        () => {
          if (!socket.destroyed) socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
          return held?.destroyed;
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    socket.destroy();
  });

  it('is cut off from a subscription by server-sent events, which ends', async () => {
    const body = JSON.stringify({ ...scene.request(), query: event });
    const { socket } = ask(body, 'text/event-stream');
    await scene.subscribers(1);
    await scene.lock();
    await cutOff(socket.localPort);
    await scene.subscribers(0);
    await scene.unlock();
    socket.destroy();
  });

  it('is cut off from a WebSocket, whose subscription ends', async () => {
    let port: number | undefined;
    const raw = await openWebSocket(scene.gateway.url, {
      createConnection: (options) => {
        const socket = connect(options as { host: string; port: number }); // What an HTTP client connects to.
        socket.once('connect', () => {
          port = socket.localPort;
        });
        return socket;
      },
    });
    raw.send({ type: 'connection_init' });
    await raw.message('connection_ack');
    raw.send({ id: 'a', type: 'subscribe', payload: { ...scene.request(), query: event } });
    await scene.subscribers(1);
    raw.socket.pause();
    await scene.lock();
    await cutOff(port);
    await scene.subscribers(0);
    await scene.unlock();
    raw.socket.terminate();
  });

  it('is not cut off where it takes a long answer slowly', async () => {
    const patient = await startTestGateway({
      environment: {
        ...{ MAX_ALIASES: '10000', MAX_TOKENS: '100000', MAX_QUERY_BYTES: '20000000' },
        ...{ READER_TIMEOUT: '100', READER_SPEED: '1000000' },
      },
    });
    const { socket } = ask(JSON.stringify({ query: `{ ${aliases} }` }), 'application/json', patient);
    let taken = 0;
    const startedAt = performance.now();
    const cut = once(socket, 'close').then(() => 'cut off');
    // Much longer than the timeout, all in all, with most of it waiting in the gateway.
    const all = expect.poll(
      () => {
        socket.once('data', (chunk) => {
          taken += chunk.length;
          socket.pause();
        });
        socket.resume();
        return performance.now() - startedAt > 1_000 && taken > 8_000_000 ? 'taken' : 'waiting';
      },
      { timeout: 20_000, interval: 10 },
    );
    expect(await Promise.race([all.toBe('taken').then(() => 'taken'), cut])).toBe('taken');
    socket.destroy();
    await patient.dispose();
  });
});
