import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { readKnownIds } from '../support/ids-of-each-vendor.ts';
import { readRawAnswer, sendRaw } from '../support/raw-http.ts';
import { openWebSocket } from '../support/raw-websocket.ts';

/** What each answer says to browsers, whatever it is. */
const ofEach = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { GRAPHIQL: 'true' } });
});
afterAll(() => gateway?.dispose());

/** The headers of an answer as text. */
function headersIn(text: string): Readonly<Record<string, string>> {
  const [head = ''] = text.split('\r\n\r\n', 1);
  const lines = head.split('\r\n').slice(1);
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(': ');
      return [name.toLowerCase(), value.join(': ')];
    }),
  );
}

const closing = 'host: localhost\r\nconnection: close\r\n';
const json = (body: string): string =>
  `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const socketKey = 'upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n';

describe('the headers of an answer', () => {
  it.each([
    ['data', `POST /graphql HTTP/1.1\r\n${closing}${json('{"query":"{ __typename }"}')}`, 200],
    ['an error in the document', `POST /graphql HTTP/1.1\r\n${closing}${json('{"query":"{"}')}`, 200],
    ['a refusal', `POST /graphql HTTP/1.1\r\n${closing}content-length: 0\r\n\r\n`, 403],
    ['a preflight', `OPTIONS /graphql HTTP/1.1\r\n${closing}\r\n`, 204],
    ['nothing there', `GET /nowhere HTTP/1.1\r\n${closing}\r\n`, 404],
    ['the health', `GET /health/live HTTP/1.1\r\n${closing}\r\n`, 200],
    ['the readiness', `GET /health/ready HTTP/1.1\r\n${closing}\r\n`, 200],
    ['the metrics', `GET /metrics HTTP/1.1\r\n${closing}\r\n`, 200],
    ['the way to GraphiQL', `GET / HTTP/1.1\r\naccept: text/html\r\n${closing}\r\n`, 302],
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a head without end', `GET / HTTP/1.1\r\nx: ${'x'.repeat(40_000)}\r\n${closing}\r\n`, 431],
    ['a WebSocket elsewhere', `GET /nowhere HTTP/1.1\r\nhost: localhost\r\n${socketKey}\r\n`, 404],
    [
      'a WebSocket of another site',
      `GET /graphql HTTP/1.1\r\nhost: localhost\r\norigin: http://x\r\n${socketKey}\r\n`,
      403,
    ],
    [
      'events that end',
      `POST /graphql HTTP/1.1\r\naccept: text/event-stream\r\n${closing}${json('{"query":"{ __typename }"}')}`,
      200,
    ],
  ])('say that nobody keeps, frames, sniffs or loads it: %s', async (_what, request, status) => {
    const text = await sendRaw(gateway.origin, request);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const headers = headersIn(text);
    const isStream = headers['content-type']?.startsWith('text/event-stream') === true;
    expect(headers).toMatchObject(
      isStream ? { ...ofEach, 'cache-control': 'no-store, no-transform' } : ofEach,
    );
    // What it runs on is nobody's affair; and whether there is TLS before it, it does not know.
    for (const name of ['server', 'x-powered-by', 'strict-transport-security'])
      expect(headers).not.toHaveProperty(name);
  });

  it('say so of a subscription and of a download', async () => {
    const { posthogDataset, posthogPrompt } = await readKnownIds(gateway);
    const stream = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({
        query: 'subscription ($ids: [ID!]!) { promptVersionChanged(promptIds: $ids) { __typename } }',
        variables: { ids: [posthogPrompt] },
      }),
    });
    expect(Object.fromEntries(stream.headers)).toMatchObject({
      ...ofEach,
      'cache-control': 'no-store, no-transform',
    });
    await stream.body?.cancel();
    const file = await fetch(`${gateway.origin}/export/datasets/${posthogDataset}.csv`);
    expect([file.status, Object.fromEntries(file.headers)]).toEqual([200, expect.objectContaining(ofEach)]);
    await file.body?.cancel();
  });

  it('let GraphiQL run its own scripts by their digests, and no other', async () => {
    const page = await fetch(gateway.url, { headers: { accept: 'text/html' } });
    await page.body?.cancel();
    const { 'content-security-policy': policy = '', ...others } = Object.fromEntries(page.headers);
    const { 'content-security-policy': _, ...same } = ofEach;
    expect(others).toMatchObject(same);
    expect(policy).toMatch(/script-src( 'sha256-[\w+/]{43}=')+;/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*(unsafe|http|\*|data:|blob:)/);
  });
});

describe('the number of headers', () => {
  const lines = (count: number): string => Array.from({ length: count }, (_, n) => `x-${n}: a\r\n`).join('');

  it('may be a hundred, and not one more', async () => {
    // With `host` and `connection`.
    const request = (count: number): string => `GET /health/live HTTP/1.1\r\n${closing}${lines(count)}\r\n`;
    expect(readRawAnswer(await sendRaw(gateway.origin, request(98))).status).toBe(200);
    const { status, body } = readRawAnswer(await sendRaw(gateway.origin, request(99)));
    expect(status).toBe(431);
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'INVALID_INPUT' } }] });
    // None is left out without a word, as Node would from its two thousandth on.
    expect(readRawAnswer(await sendRaw(gateway.origin, request(1_500))).status).toBe(431);
  });

  it('is limited for a WebSocket too', async () => {
    const headers = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`x-${n}`, 'a']));
    await expect(openWebSocket(gateway.url, { headers })).rejects.toThrow('431');
  });
});

describe('the name that a gateway is called by', () => {
  const named = (host: string, more = ''): string =>
    `POST /graphql HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${more}${json('{"query":"{ __typename }"}')}`;

  it.each(['localhost', 'LOCALHOST:4000', 'a.localhost', '127.0.0.1', '[::1]:4000', '10.1.2.3:80'])(
    'may be one that nobody can give to another machine, where nobody is asked who they are: %s',
    async (host) => {
      expect(readRawAnswer(await sendRaw(gateway.origin, named(host))).status).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'evil.example:4000',
    'localhost.evil.example',
    'evil-localhost',
    '127.0.0.1.evil.example',
    '%',
  ])('may be no other, which any page could make its own: %s', async (host) => {
    const refused = await sendRaw(gateway.origin, named(host, `origin: http://${host}\r\n`));
    expect(readRawAnswer(refused)).toMatchObject({
      status: 403,
      body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
    });
    for (const path of [
      '/metrics',
      '/health/ready',
      '/graphql?query={__typename}',
      '/export/datasets/x.csv',
    ]) {
      const request = `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
      expect(readRawAnswer(await sendRaw(gateway.origin, request)).status).toBe(403);
    }
    await expect(openWebSocket(gateway.url, { headers: { host } })).rejects.toThrow('403');
  });

  it.each([
    ['ALLOW_ANONYMOUS', { ALLOW_ANONYMOUS: 'true' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: 'https://evil.example' }],
    ['API_KEYS', { API_KEYS: JSON.stringify([{ name: 'a', key: 'key-of-a-0123456789', scopes: ['read'] }]) }],
  ])('may be any that %s allows', async (_name, environment) => {
    const open = await startTestGateway({ environment });
    try {
      const key = 'authorization: Bearer key-of-a-0123456789\r\n';
      expect(readRawAnswer(await sendRaw(open.origin, named('evil.example', key))).status).toBe(200);
    } finally {
      await open.dispose();
    }
  });
});
