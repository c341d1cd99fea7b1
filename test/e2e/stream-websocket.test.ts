import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { readRawAnswer, sendRaw } from '../support/raw-http.ts';
import { openWebSocket, type RawWebSocket } from '../support/raw-websocket.ts';
import { followWs } from '../support/stream-client.ts';
import { type LockData, type LockScene, lockDocument, startLockScene } from './stream-locks.ts';

let scene: LockScene;

beforeAll(async () => {
  scene = await startLockScene({
    environment: {
      CONNECTION_INIT_TIMEOUT: '1000',
      MAX_MESSAGE_BYTES: '4096',
      MAX_CONNECTION_SUBSCRIPTIONS: '2',
    },
  });
});
afterAll(async () => {
  await scene?.dispose();
});

/** A socket that has said hello. */
async function greeted(): Promise<RawWebSocket> {
  const raw = await openWebSocket(scene.gateway.url);
  raw.send({ type: 'connection_init' });
  await raw.message('connection_ack');
  return raw;
}

function subscribe(id: string, query = lockDocument): object {
  return { id, type: 'subscribe', payload: { ...scene.request(), query } };
}

describe('a subscription over a WebSocket', () => {
  it('gives each change as it happens, with its cursor beside the data', async () => {
    const follower = followWs<LockData>(scene.gateway.url, scene.request());
    await scene.subscribers(1);
    await scene.lock();
    const locked = await follower.next();
    expect(locked.data?.event).toMatchObject({ __typename: 'DraftLockChange', current: { holder: {} } });
    expect(locked.extensions?.cursor).toBe(locked.data?.event.cursor);
    await scene.unlock();
    expect((await follower.next()).data?.event.current).toBeNull();
    expect(follower.answers).toHaveLength(2);
    await follower.close();
    expect(await follower.ended).toBe('complete');
    await scene.subscribers(0);
  });

  it('goes on after the cursor of the last event that was seen', async () => {
    const first = followWs<LockData>(scene.gateway.url, scene.request());
    await scene.subscribers(1);
    await scene.lock();
    const { cursor } = (await first.next()).data?.event ?? {};
    await first.close();
    await scene.subscribers(0);
    await scene.unlock();
    const second = followWs<LockData>(scene.gateway.url, scene.request(cursor));
    expect((await second.next()).data?.event.current).toBeNull();
    await second.close();
    await scene.subscribers(0);
  });

  it('ends when its client completes it, and the socket lives on', async () => {
    const raw = await greeted();
    raw.send(subscribe('a'));
    await scene.subscribers(1);
    raw.send({ id: 'a', type: 'complete' });
    await scene.subscribers(0);
    raw.send(subscribe('b', 'query Locks { __typename }'));
    expect(await raw.message('next')).toMatchObject({ id: 'b', payload: { data: { __typename: 'Query' } } });
    raw.socket.close();
    await raw.closed;
  });

  it('ends when its socket is torn', async () => {
    const raw = await greeted();
    raw.send(subscribe('a'));
    await scene.subscribers(1);
    raw.socket.terminate();
    await scene.subscribers(0);
  });

  it('is refused in words where it cannot begin', async () => {
    const raw = await greeted();
    raw.send({ id: 'a', type: 'subscribe', payload: { query: lockDocument, variables: { ids: ['what?'] } } });
    const { id, payload } = await raw.message('error');
    expect(id).toBe('a');
    expect(payload).toMatchObject([{ message: expect.any(String), extensions: { code: 'INVALID_INPUT' } }]);
    raw.socket.close();
    await raw.closed;
  });
});

describe('queries and mutations over a WebSocket', () => {
  it('are answered once, and then complete', async () => {
    const query = followWs<{ sources: object[] }>(scene.gateway.url, { query: '{ sources { vendor } }' });
    expect((await query.next()).data?.sources).toHaveLength(3);
    expect(await query.ended).toBe('complete');
    await query.close();
    const mutation = followWs<{ lockDatasetDraft: object }>(scene.gateway.url, {
      query: `mutation ($id: ID!) { lockDatasetDraft(input: { datasetId: $id }) { __typename } }`,
      variables: { id: scene.id },
    });
    expect((await mutation.next()).data?.lockDatasetDraft).toEqual({ __typename: 'LockDatasetDraftSuccess' });
    await mutation.close();
    await scene.unlock();
  });

  it('have the errors of their fields beside their data', async () => {
    const { faults } = scene.gateway.sandbox.datadog.server;
    faults.add({ effect: { type: 'answer', status: 500 } });
    const query = followWs<object>(scene.gateway.url, {
      query: `query ($id: ID!) { sources { vendor } dataset(id: $id) { name } }`,
      variables: { id: scene.id },
    });
    const answer = await query.next();
    faults.clear();
    expect(answer.data).toMatchObject({ sources: [{}, {}, {}], dataset: null });
    expect(at(answer.errors, 0)).toMatchObject({
      path: ['dataset'],
      extensions: { code: 'SOURCE_UNAVAILABLE', vendor: 'DATADOG' },
    });
    expect(await query.ended).toBe('complete');
    await query.close();
  });

  it.each([
    ['what is no GraphQL', '{ sources {'],
    ['what does not fit the schema', '{ nothing }'],
    ['what does not say which operation', 'query A { __typename } query B { __typename }'],
  ])('are refused in words: %s', async (_what, query) => {
    const { ended, close, answers } = followWs(scene.gateway.url, { query });
    expect(await ended).toMatchObject({ error: [{ message: expect.any(String), extensions: {} }] });
    expect(answers).toEqual([]);
    await close();
  });

  it('take their calls to vendors with them when their client completes them', async () => {
    const { faults, requests } = scene.gateway.sandbox.posthog.server;
    const raw = await greeted();
    scene.gateway.received('posthog');
    faults.add({ effect: { type: 'hang' } });
    raw.send(subscribe('a', 'query Locks { traceReviews(first: 1) { nodes { id } } }'));
    await requests.waitFor((all) => all.length === 1);
    raw.send({ id: 'a', type: 'complete' });
    await requests.waitFor((all) => at(all, 0).aborted);
    faults.clear();
    raw.socket.close();
    await raw.closed;
  });
});

describe('what a client does wrong closes its socket, with the code that says why', () => {
  it('another subprotocol, or none', async () => {
    for (const protocol of ['', 'graphql-ws']) {
      const raw = openWebSocket(scene.gateway.url, { protocol });
      // The client itself gives up where the server takes none of its protocols.
      if (protocol === '') expect((await (await raw).closed).code).toBe(4406);
      else await expect(raw).rejects.toThrow('Server sent no subprotocol');
    }
  });

  it('no hello in time', async () => {
    const raw = await openWebSocket(scene.gateway.url);
    expect(await raw.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  it('two hellos', async () => {
    const raw = await greeted();
    raw.send({ type: 'connection_init' });
    expect((await raw.closed).code).toBe(4429);
  });

  it('an operation before hello', async () => {
    const raw = await openWebSocket(scene.gateway.url);
    raw.send(subscribe('a'));
    expect((await raw.closed).code).toBe(4401);
  });

  it('two operations of one id', async () => {
    const raw = await greeted();
    raw.send(subscribe('a'));
    raw.send(subscribe('a'));
    expect((await raw.closed).code).toBe(4409);
    await scene.subscribers(0);
  });

  it.each(['{', '[]', '{"type":"start"}', '{"type":"subscribe","id":"a","payload":{"query":7}}'])(
    'what is no message: %s',
    async (text) => {
      const raw = await greeted();
      raw.send(text);
      expect((await raw.closed).code).toBe(4400);
    },
  );

  it('a message that is too large', async () => {
    const raw = await greeted();
    raw.send(subscribe('a', `# ${'x'.repeat(5_000)}\n${lockDocument}`));
    expect((await raw.closed).code).toBe(1009);
  });
});

describe('a WebSocket', () => {
  it('carries so many operations at once and no more', async () => {
    const raw = await greeted();
    raw.send(subscribe('a'));
    raw.send(subscribe('b'));
    await scene.subscribers(2);
    raw.send(subscribe('c'));
    expect(await raw.message('error')).toMatchObject({
      id: 'c',
      payload: [
        {
          message: expect.stringContaining('2 operations'),
          extensions: { code: 'QUERY_TOO_EXPENSIVE', limit: 2 },
        },
      ],
    });
    raw.send({ id: 'a', type: 'complete' });
    await scene.subscribers(1);
    raw.send(subscribe('d'));
    await scene.subscribers(2);
    raw.socket.close();
    await scene.subscribers(0);
  });

  it('is pinged, and cut where no answer comes', async () => {
    const beating = await startLockScene({ environment: { HEARTBEAT_INTERVAL: '1000' } });
    const lively = await openWebSocket(beating.gateway.url);
    lively.send({ type: 'connection_init' });
    const silent = await openWebSocket(beating.gateway.url, { autoPong: false });
    silent.send({ type: 'connection_init' });
    expect(await silent.closed).toEqual({ code: 1006, reason: '' });
    expect(lively.socket.readyState).toBe(lively.socket.OPEN);
    lively.socket.close();
    await beating.dispose();
  });

  it('answers the pings of the protocol', async () => {
    const raw = await greeted();
    raw.send({ type: 'ping', payload: { n: 1 } });
    expect(await raw.message('pong')).toEqual({ type: 'pong', payload: { n: 1 } });
    raw.socket.close();
    await raw.closed;
  });

  it('is all that a connection can become: an offer of another protocol is passed over', async () => {
    const offer = 'connection: Upgrade, HTTP2-Settings, close\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk';
    const body = JSON.stringify({ query: '{ __typename }' });
    const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\n${offer}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
    const answer = readRawAnswer(await sendRaw(scene.gateway.origin, `${head}\r\n\r\n${body}`));
    expect(answer).toMatchObject({ status: 200, body: { data: { __typename: 'Query' } } });
  });

  it('is at /graphql alone', async () => {
    await expect(openWebSocket(`${scene.gateway.origin}/health/live`)).rejects.toThrow('404');
  });
});
