import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCapturedLog } from '../support/captured-log.ts';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { ask, post } from '../support/graphql-post.ts';
import { readRawAnswer, sendRaw } from '../support/raw-http.ts';

const log = createCapturedLog();
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ logger: log.logger });
});
afterAll(async () => {
  await gateway.dispose();
  // Nothing that a client sends is a fault of the gateway.
  expect(log.text()).not.toContain('internal error');
});

const closing = 'host: localhost\r\nconnection: close\r\n\r\n';

describe('a path where nothing is', () => {
  it.each([
    '/graphq',
    '/graphql/',
    '/GraphQL',
    '/graphql/x',
    '/health',
    '/health/',
    '/metrics/x',
    '/.env',
    '/%00',
    '/%',
    '/favicon.ico',
  ])('is 404: %s', async (path) => {
    for (const method of ['GET', 'POST']) {
      const { status, errors, data } = await ask(gateway.origin + path, { method });
      expect([status, data]).toEqual([404, undefined]);
      expect(at(errors, 0)).toMatchObject({
        message: expect.stringContaining('/graphql'),
        extensions: { code: 'NOT_FOUND' },
      });
    }
  });

  it.each([
    '//',
    '//x',
    '//graphql',
    '//evil.example/graphql',
    '/\\evil.example',
    'http://[',
    '*',
    '/?',
    '/..;/graphql',
  ])('is 404 however it is written: %s', async (target) => {
    const { status, body } = readRawAnswer(
      await sendRaw(gateway.origin, `GET ${target} HTTP/1.1\r\n${closing}`),
    );
    expect(status).toBe(404);
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });
});

describe('what is not HTTP', () => {
  it.each([
    ['no request at all', 'hello\r\n\r\n', 400],
    ['another protocol', '\u0016\u0003\u0001\u0002\u0000\u0001', 400],
    ['a header without a colon', `GET /graphql HTTP/1.1\r\nnonsense\r\n${closing}`, 400],
    [
      'two lengths that differ',
      `POST /graphql HTTP/1.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n${closing}`,
      400,
    ],
    [
      'a length and pieces',
      `POST /graphql HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n${closing}`,
      400,
    ],
    ['a length that is none', `POST /graphql HTTP/1.1\r\ncontent-length: five\r\n${closing}`, 400],
    ['an unknown method', `STEAL /graphql HTTP/1.1\r\n${closing}`, 400],
    ['headers without end', `GET /graphql HTTP/1.1\r\nx: ${'x'.repeat(40_000)}\r\n${closing}`, 431],
    ['an address without end', `GET /graphql?query=${'x'.repeat(40_000)} HTTP/1.1\r\n${closing}`, 431],
  ])('is refused in JSON with a code: %s', async (_what, request, expected) => {
    const text = await sendRaw(gateway.origin, request);
    const { status, body } = readRawAnswer(text);
    expect(status).toBe(expected);
    expect(text).toMatch(/content-type: application\/json/);
    expect(body).toMatchObject({
      errors: [{ message: expect.any(String), extensions: { code: 'INVALID_INPUT' } }],
    });
  });

  it.each([
    ['without a host', 'GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ['of HTTP/1.0', 'GET /health/live HTTP/1.0\r\n\r\n'],
    ['with an expectation that nobody knows', `GET /health/live HTTP/1.1\r\nexpect: wonders\r\n${closing}`],
    ['in absolute form', `GET http://other.example/health/live HTTP/1.1\r\n${closing}`],
    [
      'to upgrade to what is not there',
      `GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close, upgrade\r\nupgrade: h2c\r\n\r\n`,
    ],
  ])('is not meant by a request %s', async (_what, request) => {
    expect(readRawAnswer(await sendRaw(gateway.origin, request))).toEqual({
      status: 200,
      body: { status: 'live' },
    });
  });
});

describe('the request id', () => {
  it.each(['abc', 'A-1_b.c:d', '0'.repeat(100)])('of a caller is taken over: %s', async (id) => {
    for (const body of [{ query: '{ __typename }' }, '{']) {
      expect((await post(gateway.url, body, { 'x-request-id': id })).headers.get('x-request-id')).toBe(id);
    }
    expect(
      (await ask(`${gateway.origin}/nowhere`, { headers: { 'x-request-id': id } })).headers.get(
        'x-request-id',
      ),
    ).toBe(id);
  });

  it.each(['', ' ', '0'.repeat(101), 'a b', '{"a":1}', '<script>', 'a,b', '../../x', 'é'])(
    'that could harm a log is replaced: %s',
    async (id) => {
      const { headers } = await post(gateway.url, { query: '{ __typename }' }, { 'x-request-id': id });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    },
  );

  it('is another for each request', async () => {
    const ids = new Set<string | null>();
    for (let turn = 0; turn < 5; turn += 1)
      ids.add((await post(gateway.url, { query: '{ __typename }' })).headers.get('x-request-id'));
    expect(ids.size).toBe(5);
  });
});

describe('health', () => {
  it('is ready whatever the vendors do, and tells how each does', async () => {
    gateway.sandbox.posthog.server.faults.add({ effect: { type: 'reset-before' } });
    gateway.sandbox.humanloop.server.faults.add({ effect: { type: 'answer', status: 401, body: '{}' } });
    try {
      const response = await fetch(`${gateway.origin}/health/ready`);
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toMatchObject({
        status: 'ready',
        sources: {
          datadog: { status: 'UP' },
          humanloop: { status: expect.stringMatching(/DOWN|DEGRADED/), code: 'UNAUTHENTICATED' },
          posthog: { status: 'DOWN', code: 'SOURCE_UNAVAILABLE' },
        },
      });
    } finally {
      gateway.sandbox.posthog.server.faults.clear();
      gateway.sandbox.humanloop.server.faults.clear();
    }
  });

  it('is live without a word to any vendor', async () => {
    for (const key of ['datadog', 'humanloop', 'posthog'] as const) gateway.received(key);
    expect(await (await fetch(`${gateway.origin}/health/live`)).json()).toEqual({ status: 'live' });
    for (const key of ['datadog', 'humanloop', 'posthog'] as const) expect(gateway.received(key)).toEqual([]);
  });
});

describe('metrics', () => {
  it('count operations and calls by vendor, endpoint and status, and name nothing else', async () => {
    gateway.sandbox.posthog.server.faults.add({
      effect: { type: 'answer', status: 418, body: '' },
      times: 1,
    });
    await gateway.query(
      '{ scoreDefinitions(filter: { search: "only-in-my-query" }) { nodes { id } sourceErrors { code } } }',
    );
    const response = await fetch(`${gateway.origin}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await response.text();
    expect(text).toMatch(
      /lockstep_upstream_call_duration_seconds_count\{vendor="POSTHOG",endpoint="llm_analytics_score_definitions_list",status="418"\} 1/,
    );
    expect(text).toMatch(/lockstep_operation_duration_seconds_count\{outcome="ok"\} [1-9]/);
    expect(text).not.toContain('only-in-my-query');
    const endpoints = [...text.matchAll(/endpoint="([^"]+)"/g)].map(([, endpoint]) => endpoint);
    for (const endpoint of endpoints) expect(endpoint).toMatch(/^\w+$/);
  });
});

describe('GraphiQL', () => {
  it('is what a browser gets at / and /graphql, and nobody else', async () => {
    const browser = { accept: 'text/html,*/*;q=0.8' };
    const root = await fetch(gateway.origin, { headers: browser, redirect: 'manual' });
    expect([root.status, root.headers.get('location')]).toEqual([302, '/graphql']);
    const page = await fetch(gateway.url, { headers: browser });
    expect(page.status).toBe(200);
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await page.text()).trimStart().slice(0, 15)).toBe('<!doctype html>');
    expect((await ask(gateway.origin)).status).toBe(404);
    expect((await ask(gateway.url)).status).toBe(403);
  });
});
