import { channel } from 'node:diagnostics_channel';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWebSocket } from '../support/raw-websocket.ts';
import { followSse } from '../support/stream-client.ts';
import { type LockData, type LockScene, startLockScene } from './stream-locks.ts';

// So large that what the kernel holds for a connection is full after a few.
const aliases = Array.from({ length: 2_000 }, (_, n) => `a${n}_${'x'.repeat(500)}: __typename`).join('\n');
const largeDocument = `subscription ($ids: [ID!]!) {
  event: draftLockChanged(datasetIds: $ids) { __typename ... on Change { cursor ${aliases} } }
}`;
const eventBytes = aliases.length;
const changes = 20;

let scene: LockScene;
/** The gateway's ends of connections, by the port of the client's. */
const sockets = new Map<number, Socket>();
const onSocket = (message: unknown): void => {
  const { socket } = message as { socket: Socket }; // As Node's documentation of the channel says.
  if (socket.remotePort !== undefined) sockets.set(socket.remotePort, socket);
};
let mostHeld = 0;

beforeAll(async () => {
  scene = await startLockScene({
    environment: {
      MAX_ALIASES: '10000',
      MAX_TOKENS: '100000',
      MAX_QUERY_BYTES: '4000000',
      MAX_MESSAGE_BYTES: '4000000',
      HEARTBEAT_INTERVAL: '600000',
    },
  });
  channel('net.server.socket').subscribe(onSocket);
});
afterAll(async () => {
  channel('net.server.socket').unsubscribe(onSocket);
  await scene?.dispose();
});

/** Locks and unlocks, and looks after each at what the gateway holds for a client. */
async function changeALot(port: number | undefined): Promise<void> {
  const socket = sockets.get(port ?? 0);
  if (socket === undefined) throw new Error('the client has no connection');
  mostHeld = 0;
  const quick = followSse<LockData>(scene.gateway.url, scene.request());
  await scene.subscribers(2);
  for (let change = 0; change < changes; change += 1) {
    await (change % 2 === 0 ? scene.lock() : scene.unlock());
    // Somebody who reads is told of each, however slow another is.
    expect((await quick.next()).data?.event.current === null).toBe(change % 2 === 1);
    mostHeld = Math.max(mostHeld, socket.writableLength);
  }
  // More than the kernel takes, and one event at most of it in the gateway.
  expect(socket.writableNeedDrain).toBe(true);
  expect(mostHeld).toBeLessThan(2 * eventBytes);
  await quick.close();
}

it('holds one event for a reader of server-sent events that stops, and gives it all when it goes on', async () => {
  const { hostname, port } = new URL(scene.gateway.url);
  const client = connect(Number(port), hostname);
  const body = JSON.stringify({ ...scene.request(), query: largeDocument });
  const head = `POST /graphql HTTP/1.1\r\nhost: ${hostname}\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  client.write(head + body);
  client.pause();
  await scene.subscribers(1);
  await changeALot(client.localPort);

  let told = 0;
  let rest = '';
  const all = new Promise<void>((resolve) => {
    client.on('data', (data) => {
      const blocks = (rest + String(data)).split('event: next');
      told += blocks.length - 1;
      rest = (blocks.at(-1) ?? '').slice(-20);
      if (told === changes) resolve();
    });
  });
  client.resume();
  await all;
  client.destroy();
  await scene.subscribers(0);
});

it('holds one event for a reader of a WebSocket that stops, and gives it all when it goes on', async () => {
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
  raw.send({ id: 'a', type: 'subscribe', payload: { ...scene.request(), query: largeDocument } });
  await scene.subscribers(1);
  raw.socket.pause();
  await changeALot(port);
  raw.socket.resume();
  await expect.poll(() => raw.messages.length, { timeout: 20_000 }).toBe(1 + changes);
  raw.socket.close();
  await scene.subscribers(0);
});

it('reads no more from who asks on a WebSocket and takes no answer', async () => {
  let port: number | undefined;
  const raw = await openWebSocket(scene.gateway.url, {
    createConnection: (options) => {
      const socket = connect(options as { host: string; port: number }); // As above.
      socket.once('connect', () => {
        port = socket.localPort;
      });
      return socket;
    },
  });
  raw.send({ type: 'connection_init' });
  await raw.message('connection_ack');
  raw.socket.pause();
  const pings = 3_000;
  const payload = { filling: 'x'.repeat(10_000) };
  for (let ping = 0; ping < pings; ping += 1) raw.send({ type: 'ping', payload });
  const held = sockets.get(port ?? 0);
  await expect.poll(() => held?.writableNeedDrain, { timeout: 20_000 }).toBe(true);
  expect(held?.writableLength).toBeLessThan(4_000_000);
  // Nothing of it is lost.
  raw.socket.resume();
  await expect.poll(() => raw.messages.length, { timeout: 20_000 }).toBe(1 + pings);
  raw.socket.close();
  await raw.closed;
});
