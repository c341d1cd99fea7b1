import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { ask, post } from '../support/graphql-post.ts';

const keys = {
  reports: 'reports-key-0123456789',
  editor: 'editor-key-0123456789+/=~',
  hashed: 'hashed-key-0123456789',
  writer: 'writer-key-0123456789',
  expired: 'expired-key-0123456789',
  lasting: 'lasting-key-0123456789',
};
const sha256 = createHash('sha256').update(keys.hashed).digest('hex');
const apiKeys = JSON.stringify([
  { name: 'reports', key: keys.reports, scopes: ['read'] },
  { name: 'editor', key: keys.editor, scopes: ['read', 'write'] },
  { name: 'hashed', sha256, scopes: ['read'] },
  {
    name: 'upper',
    sha256: createHash('sha256').update('upper-case-digest').digest('hex').toUpperCase(),
    scopes: ['read'],
  },
  { name: 'writer', key: keys.writer, scopes: ['write'] },
  { name: 'expired', key: keys.expired, scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' },
  { name: 'lasting', key: keys.lasting, scopes: ['read'], expiresAt: '2999-01-01T00:00:00+02:00' },
]);
const query = '{ sources { vendor status } }';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { API_KEYS: apiKeys } });
});
afterAll(() => gateway.dispose());

function expectNoCalls(): void {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) expect(gateway.received(key)).toEqual([]);
}

const known = Object.entries({ ...keys, upper: 'upper-case-digest' }).filter(
  ([name]) => name !== 'expired' && name !== 'writer',
);

const unknown: readonly (readonly [what: string, headers: Readonly<Record<string, string>>])[] = [
  ['no key', {}],
  ['an empty one', { authorization: '' }],
  ['a scheme alone', { authorization: 'Bearer' }],
  ['a wrong key', { authorization: 'Bearer wrong-key-0123456789' }],
  ['the beginning of a key', { authorization: `Bearer ${keys.reports.slice(0, -1)}` }],
  ['a key and more', { authorization: `Bearer ${keys.reports}x` }],
  ['a key in another case', { authorization: `Bearer ${keys.reports.toUpperCase()}` }],
  ['two keys', { authorization: `Bearer ${keys.reports} ${keys.editor}` }],
  ['the digest in place of the key', { authorization: `Bearer ${sha256}` }],
  ['the name of a key', { authorization: 'Bearer reports' }],
  ['another scheme', { authorization: `Basic ${Buffer.from(`reports:${keys.reports}`).toString('base64')}` }],
  ['a key without a scheme', { authorization: keys.reports }],
  ['an expired key', { authorization: `Bearer ${keys.expired}` }],
  ['a key in another header', { 'x-api-key': keys.reports, cookie: `authorization=${keys.reports}` }],
  ['a vendor key of its own alone', { 'x-humanloop-api-key': 'hl_sk_1' }],
];

describe('with API_KEYS a caller', () => {
  it.each(known)('is known by its key: %s', async (_name, key) => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const { status, errors } = await post(gateway.url, { query }, { authorization: `${scheme} ${key}` });
      expect([status, errors]).toEqual([200, []]);
    }
  });

  it.each(unknown)(
    'is refused before anything is asked, always in the same words: %s',
    async (_what, headers) => {
      gateway.received('datadog');
      gateway.received('humanloop');
      gateway.received('posthog');
      const answer = await post(gateway.url, { query }, headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(answer.data).toBeUndefined();
      expect(answer.errors).toEqual([
        {
          message: 'Send a valid key of this gateway in the header `authorization: Bearer <key>`.',
          extensions: { code: 'UNAUTHENTICATED' },
        },
      ]);
      expectNoCalls();
    },
  );

  it('that is not known learns nothing from its document, its body or its size', async () => {
    const bodies = [
      { query },
      { query: '{ nope }' },
      { query: '{' },
      { query: '{ __schema { types { name } } }' },
      '[not json',
      JSON.stringify({ query, variables: { pad: 'x'.repeat(2_000_000) } }),
    ];
    const texts = new Set<string>();
    for (const body of bodies) texts.add((await post(gateway.url, body)).text);
    const get = await ask(`${gateway.url}?query={nope}`, { headers: { 'graphql-require-preflight': '1' } });
    expect(get.status).toBe(401);
    texts.add(get.text);
    expect(texts.size).toBe(1);
  });

  it('whose key has no scope `read` may not query', async () => {
    const { status, errors, data } = await post(
      gateway.url,
      { query },
      { authorization: `Bearer ${keys.writer}` },
    );
    expect(status).toBe(403);
    expect(data).toBeUndefined();
    expect(at(errors, 0).extensions.code).toBe('FORBIDDEN');
    expect(at(errors, 0).message).toContain('`read`');
    expectNoCalls();
  });

  it('is asked for its key by metrics, and sees no more of readiness than that without one', async () => {
    const authorization = `Bearer ${keys.reports}`;
    for (const headers of [
      {},
      { authorization: `Bearer ${keys.expired}` },
      { authorization: 'Bearer nope' },
    ]) {
      const metrics = await ask(`${gateway.origin}/metrics`, { headers });
      expect(metrics.status).toBe(404);
      const ready = await fetch(`${gateway.origin}/health/ready`, { headers });
      expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
      expectNoCalls();
    }
    const metrics = await fetch(`${gateway.origin}/metrics`, { headers: { authorization } });
    expect(metrics.status).toBe(200);
    expect(await metrics.text()).toContain('lockstep_operation_duration_seconds_count');
    const ready = await fetch(`${gateway.origin}/health/ready`, { headers: { authorization } });
    expect(await ready.json()).toEqual({
      status: 'ready',
      sources: {
        datadog: { status: 'UP', sandbox: false },
        humanloop: { status: 'UP', sandbox: false },
        posthog: { status: 'UP', sandbox: false },
      },
    });
    const live = await fetch(`${gateway.origin}/health/live`);
    expect([live.status, await live.json()]).toEqual([200, { status: 'live' }]);
  });

  it('loses its access at the moment its key expires', async () => {
    const expiresAt = new Date(Date.now() + 4_000).toISOString();
    const short = await startTestGateway({
      environment: {
        API_KEYS: JSON.stringify([{ name: 'short', key: keys.reports, scopes: ['read'], expiresAt }]),
      },
    });
    try {
      const headers = { authorization: `Bearer ${keys.reports}` };
      expect((await post(short.url, { query: '{ __typename }' }, headers)).status).toBe(200);
      await expect
        .poll(async () => (await post(short.url, { query: '{ __typename }' }, headers)).status, {
          timeout: 20_000,
        })
        .toBe(401);
      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    } finally {
      await short.dispose();
    }
  });
});

describe('without API_KEYS', () => {
  it('everybody who reaches a loopback bind may call, whatever key is sent', async () => {
    const open = await startTestGateway();
    try {
      for (const headers of [{}, { authorization: 'Bearer anything' }, { authorization: 'nonsense' }]) {
        expect((await post(open.url, { query }, headers)).errors).toEqual([]);
        expect((await fetch(`${open.origin}/metrics`, { headers })).status).toBe(200);
      }
    } finally {
      await open.dispose();
    }
  });

  it.each(['0.0.0.0', '::', '10.1.2.3', 'gateway.internal', '127.0.0.1.example.com'])(
    'a bind that others can reach is refused at start: %s',
    (host) => {
      expect(() => readConfig({ HOST: host })).toThrow(
        /others can reach.*set API_KEYS.*127\.0\.0\.1.*ALLOW_ANONYMOUS=true/,
      );
      expect(() => readConfig({ HOST: host, ALLOW_ANONYMOUS: 'false' })).toThrow(/others can reach/);
      expect(readConfig({ HOST: host, ALLOW_ANONYMOUS: 'true' }).host).toBe(host);
      expect(readConfig({ HOST: host, API_KEYS: apiKeys }).host).toBe(host);
    },
  );

  it.each(['127.0.0.1', '::1', 'localhost'])('a loopback bind is open: %s', (host) => {
    expect(readConfig({ HOST: host }).apiKeys).toEqual([]);
  });
});
