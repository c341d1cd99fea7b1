import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventStream, openEvents } from '../support/event-stream.ts';
import { at } from '../support/first-of.ts';
import { ask } from '../support/graphql-post.ts';
import { followSse } from '../support/stream-client.ts';
import {
  keysFor,
  type LockData,
  type LockScene,
  lockDocument,
  startLockScene,
  staying,
} from './stream-locks.ts';

const allowed = 'https://app.example.com';

let scene: LockScene;
let closed: LockScene;

beforeAll(async () => {
  scene = await startLockScene({ environment: { HEARTBEAT_INTERVAL: '50' } });
  closed = await startLockScene(
    { environment: { API_KEYS: keysFor(3_600_000), CORS_ORIGINS: allowed } },
    staying,
  );
});
afterAll(async () => {
  await scene?.dispose();
  await closed?.dispose();
});

const asEvents = { accept: 'text/event-stream' };

function postEvents(body: object, headers: Record<string, string> = {}): Promise<EventStream> {
  return openEvents(scene.gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function cursorIn(data: string | undefined): string {
  // What comes is a result of the document that is followed.
  const { event } = (JSON.parse(data ?? '') as { data: LockData }).data;
  return event.cursor;
}

describe('a subscription by server-sent events', () => {
  it('has its head at once, before anything has happened', async () => {
    const events = await openEvents(scene.address());
    expect(events.status).toBe(200);
    expect(Object.fromEntries(events.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    expect(events.headers.has('content-encoding')).toBe(false);
    expect(await events.comment()).toEqual({ '': '' });
    events.close();
    await scene.subscribers(0);
  });

  it.each(['GET', 'POST'])('by %s gives each change with its cursor as id', async (method) => {
    const events = await (method === 'GET' ? openEvents(scene.address()) : postEvents(scene.request()));
    await scene.subscribers(1);
    await scene.lock();
    const block = await events.next();
    expect(Object.keys(block ?? {})).toEqual(['event', 'id', 'data']);
    expect(block?.['event']).toBe('next');
    expect(block?.['id']).toBe(cursorIn(block?.['data']));
    events.close();
    await scene.unlock();
    await scene.subscribers(0);
  });

  it('shows that it lives while nothing happens', async () => {
    const events = await openEvents(scene.address());
    for (let beats = 0; beats < 3; beats += 1) expect(await events.comment()).toEqual({ '': '' });
    events.close();
    await scene.subscribers(0);
  });

  it('works with the client of GraphQL over SSE', async () => {
    const follower = followSse<LockData>(scene.gateway.url, scene.request());
    await scene.subscribers(1);
    await scene.lock();
    const answer = await follower.next();
    expect(answer.data?.event.__typename).toBe('DraftLockChange');
    expect(answer.extensions?.cursor).toBe(answer.data?.event.cursor);
    await scene.unlock();
    expect((await follower.next()).data?.event.current).toBeNull();
    await follower.close();
    await scene.subscribers(0);
  });

  it('goes on after `Last-Event-ID`, whatever the document says', async () => {
    const events = await openEvents(scene.address());
    await scene.subscribers(1);
    await scene.lock();
    const first = cursorIn((await events.next())?.['data']);
    await scene.unlock();
    const second = cursorIn((await events.next())?.['data']);
    await scene.lock();
    const third = cursorIn((await events.next())?.['data']);
    events.close();
    await scene.subscribers(0);
    const again = await openEvents(scene.address(first), { headers: { 'last-event-id': second } });
    expect(cursorIn((await again.next())?.['data'])).toBe(third);
    again.close();
    await scene.unlock();
    await scene.subscribers(0);
  });
});

describe('what is no subscription', () => {
  it('is one event and the end, by POST', async () => {
    const events = await postEvents({ query: '{ __typename }' });
    const next = await events.next();
    expect(next).toEqual({ event: 'next', data: expect.any(String) });
    expect(JSON.parse(next?.['data'] ?? '')).toMatchObject({ data: { __typename: 'Query' } });
    expect(await events.next()).toEqual({ event: 'complete', id: 'end', data: '' });
    expect(await events.next()).toBeUndefined();
  });

  it('has the errors of its fields in the event', async () => {
    const { faults } = scene.gateway.sandbox.datadog.server;
    faults.add({ effect: { type: 'answer', status: 500 } });
    const query = 'query ($id: ID!) { dataset(id: $id) { name } }';
    const events = await postEvents({ query, variables: { id: scene.id } });
    const next = await events.next();
    faults.clear();
    expect(JSON.parse(next?.['data'] ?? '')).toMatchObject({
      data: { dataset: null },
      errors: [{ extensions: { code: 'SOURCE_UNAVAILABLE' } }],
    });
    events.close();
  });

  it('may be a mutation, by POST', async () => {
    const query = 'mutation ($id: ID!) { lockDatasetDraft(input: { datasetId: $id }) { __typename } }';
    const { next, ended } = followSse<object>(scene.gateway.url, { query, variables: { id: scene.id } });
    expect((await next()).data).toEqual({ lockDatasetDraft: { __typename: 'LockDatasetDraftSuccess' } });
    expect(await ended).toBe('complete');
    await scene.unlock();
  });

  it.each(['{ __typename }', 'mutation { __typename }'])('is refused by GET: %s', async (query) => {
    const url = `${scene.gateway.url}?${new URLSearchParams({ query })}`;
    const { status, headers, errors } = await ask(url, { headers: asEvents });
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
    expect(at(errors, 0).message).toContain('send it by POST');
  });
});

describe('a client that takes JSON too', () => {
  const both = 'application/graphql-response+json, application/json, text/event-stream';

  it('gets JSON for what is no subscription', async () => {
    const { gateway } = scene;
    const headers = { accept: both, 'content-type': 'application/json' };
    const posted = await ask(gateway.url, { method: 'POST', headers, body: '{"query":"{ __typename }"}' });
    expect(posted.data).toEqual({ __typename: 'Query' });
    const url = `${gateway.url}?query={__typename}`;
    const got = await ask(url, { headers: { accept: both, 'graphql-require-preflight': '1' } });
    expect(got.data).toEqual({ __typename: 'Query' });
    // It is what a page could do unasked, as without events.
    expect((await ask(url, { headers: { accept: both } })).status).toBe(403);
  });

  it('gets events for a subscription', async () => {
    for (const events of [
      await postEvents(scene.request(), { accept: both }),
      await openEvents(scene.address(), { headers: { accept: both } }),
    ]) {
      expect(await events.comment()).toEqual({ '': '' });
      events.close();
    }
    await scene.subscribers(0);
  });
});

describe('what keeps a stream from beginning is JSON, with a status', () => {
  it.each([
    ['what is no GraphQL', 400, 'subscription {', {}],
    ['what does not fit the schema', 400, 'subscription { nothing }', {}],
    ['a variable that is missing', 400, lockDocument, {}],
    ['an id that is none', 400, lockDocument, { ids: ['what?'] }],
    ['a cursor that is none', 400, lockDocument, { ids: ['of the draft'], after: 'what?' }],
  ])('%s: %i', async (_what, status, query, variables) => {
    const body = JSON.stringify({ query, variables: { ...variables, ...idsOf(variables) } });
    const headers = { ...asEvents, 'content-type': 'application/json' };
    const answer = await ask(scene.gateway.url, { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    expect(at(answer.errors, 0).extensions.code).toBe('INVALID_INPUT');
  });

  function idsOf(variables: object): object {
    return 'after' in variables ? { ids: [scene.id] } : {};
  }

  it('a cursor in `Last-Event-ID` that is none: 400', async () => {
    const answer = await ask(scene.address(), { headers: { ...asEvents, 'last-event-id': 'what?' } });
    expect(answer.status).toBe(400);
  });

  it('a caller that is not known: 401', async () => {
    const answer = await ask(closed.address(), { headers: asEvents });
    expect([answer.status, at(answer.errors, 0).extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('a client that takes JSON alone: 406, by any method', async () => {
    const json = { accept: 'application/json', 'graphql-require-preflight': '1' };
    const body = JSON.stringify(scene.request());
    const headers = { ...json, 'content-type': 'application/json' };
    for (const answer of [
      await ask(scene.address(), { headers: json }),
      await ask(scene.gateway.url, { method: 'POST', headers, body }),
    ]) {
      expect([answer.status, answer.headers.get('allow')]).toEqual([406, null]);
      expect(at(answer.errors, 0).message).toContain('text/event-stream');
    }
  });
});

describe('a stream for a page', () => {
  it.each([
    { origin: 'https://evil.example.com', 'sec-fetch-site': 'cross-site' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('of another site is refused: %j', async (headers) => {
    const answer = await ask(scene.address(), { headers: { ...asEvents, ...headers } });
    expect([answer.status, at(answer.errors, 0).extensions.code]).toEqual([403, 'FORBIDDEN']);
  });

  it('of the gateway needs no header of ours, and one of an allowed origin may read it', async () => {
    const own = { origin: scene.gateway.origin, 'sec-fetch-site': 'same-origin' };
    (await openEvents(scene.address(), { headers: own })).close();
    const headers = { ...staying, origin: allowed, 'sec-fetch-site': 'cross-site' };
    const events = await openEvents(closed.address(), { headers });
    expect(events.headers.get('access-control-allow-origin')).toBe(allowed);
    events.close();
    await scene.subscribers(0);
    await closed.subscribers(0);
  });

  it('that comes back by itself after the end is told to stay away', async () => {
    const headers = { ...asEvents, 'last-event-id': 'end' };
    const answer = await fetch(scene.address(), { headers });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    // Who is not known is told nothing.
    expect((await ask(closed.address(), { headers })).status).toBe(401);
  });
});
