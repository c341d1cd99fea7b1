import { afterEach, describe, expect, it } from 'vitest';
import { openEvents } from '../support/event-stream.ts';
import { openWebSocket, type RawWebSocket } from '../support/raw-websocket.ts';
import { keysFor, type LockScene, passing, startLockScene, staying } from './stream-locks.ts';

let scene: LockScene | undefined;
afterEach(async () => {
  await scene?.dispose();
  scene = undefined;
});

async function greeted(url: string, connectionParams: object = {}): Promise<RawWebSocket> {
  const raw = await openWebSocket(url);
  raw.send({ type: 'connection_init', payload: connectionParams });
  await raw.message('connection_ack');
  return raw;
}

describe('a key that expires', () => {
  it('ends the streams of its caller with the reason, and no others', async () => {
    const started = await startLockScene({ environment: { API_KEYS: keysFor(4_000) } }, staying);
    scene = started;
    const { gateway } = started;
    const [idle, following, stays] = [
      await greeted(gateway.url, passing),
      await greeted(gateway.url, passing),
      await greeted(gateway.url, staying),
    ];
    for (const raw of [following, stays])
      raw.send({ id: 'a', type: 'subscribe', payload: started.request() });
    const events = await openEvents(started.address(), { headers: passing });
    await started.subscribers(3);

    const expired = { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] };
    expect(JSON.parse((await events.next())?.['data'] ?? '')).toMatchObject(expired);
    expect(await events.next()).toMatchObject({ event: 'complete' });
    expect(await events.next()).toBeUndefined();
    expect(await following.closed).toEqual({ code: 4403, reason: 'Key expired' });
    expect(following.messages.slice(1)).toMatchObject([
      { id: 'a', type: 'next', payload: expired },
      { id: 'a', type: 'complete' },
    ]);
    // It told of nothing, and is closed all the same.
    expect(await idle.closed).toEqual({ code: 4403, reason: 'Key expired' });

    await started.subscribers(1);
    await started.lock();
    expect(await stays.message('next')).toMatchObject({ id: 'a', payload: { data: {} } });
    stays.socket.close();
  });
});

describe('a gateway that stops', () => {
  it('sends everybody away so that they come back, and ends', async () => {
    const started = await startLockScene();
    const raw = await greeted(started.gateway.url);
    raw.send({ id: 'a', type: 'subscribe', payload: started.request() });
    const idle = await openWebSocket(started.gateway.url);
    const events = await openEvents(started.address());
    await started.subscribers(2);
    await started.dispose();
    // Without `complete`, which would tell clients not to come back.
    expect(await events.next()).toEqual({ retry: '1000' });
    expect(await events.next()).toBeUndefined();
    expect(await raw.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(await idle.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(raw.messages.map(({ type }) => type)).toEqual(['connection_ack']);
  });

  it('answers what a WebSocket has under way first', async () => {
    const started = await startLockScene({ environment: { SHUTDOWN_TIMEOUT: '20000' } });
    const { server } = started.gateway.sandbox.datadog;
    const raw = await greeted(started.gateway.url);
    started.gateway.received('datadog');
    server.faults.add({ effect: { type: 'latency', milliseconds: 300 }, times: 1 });
    const query = 'mutation ($id: ID!) { lockDatasetDraft(input: { datasetId: $id }) { __typename } }';
    raw.send({ id: 'a', type: 'subscribe', payload: { query, variables: { id: started.id } } });
    await server.requests.waitFor((all) => all.length === 1);
    await started.dispose();
    expect(await raw.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(raw.messages.slice(1)).toMatchObject([
      { type: 'next', payload: { data: { lockDatasetDraft: { __typename: 'LockDatasetDraftSuccess' } } } },
      { type: 'complete' },
    ]);
  });

  it('waits for no client that does not read', async () => {
    const started = await startLockScene({ environment: { HEARTBEAT_INTERVAL: '600000' } });
    const raw = await greeted(started.gateway.url);
    raw.socket.pause();
    const events = await openEvents(started.address());
    await started.dispose();
    raw.socket.terminate();
    events.close();
  });
});
