import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { openWebSocket } from '../support/raw-websocket.ts';
import { vendorsUnderTest } from '../support/vendor-failures.ts';

type Headers = Readonly<Record<string, string>>;

const as = (name: string): Headers => ({ authorization: `Bearer key-of-${name}-0123456789` });
const scopes: Readonly<Record<string, readonly string[]>> = {
  everything: ['read', 'write'],
  reader: ['read'],
  writer: ['write'],
  datadog: ['read:datadog'],
};
const apiKeys = JSON.stringify([
  ...Object.entries(scopes).map(([name, its]) => ({ name, key: `key-of-${name}-0123456789`, scopes: its })),
  { name: 'past', key: 'key-of-past-0123456789', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' },
]);

let gateway: TestGateway;
let ids: KnownIds;
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { API_KEYS: apiKeys } });
  ids = await readKnownIds(gateway, as('everything'));
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  for (const { key } of vendorsUnderTest) gateway.received(key);
});

/** What came of it: the status, or the code that a socket was closed with; and in which words. */
interface Outcome {
  readonly status: number;
  readonly text: string;
}

interface Sent {
  readonly headers: Headers;
  /** A document; left out, one that is of no account. */
  readonly query?: string | undefined;
  readonly method?: string | undefined;
}

async function outcomeOf(response: Response): Promise<Outcome> {
  return { status: response.status, text: await response.text() };
}

const fine = '{ sources { vendor } }';
const guard = { 'graphql-require-preflight': '1' };

function post(accept: string) {
  return async ({ headers, query = fine, method = 'POST' }: Sent, { url } = gateway): Promise<Outcome> =>
    outcomeOf(
      await fetch(url, {
        method,
        headers: { 'content-type': 'application/json', accept, ...headers },
        body: JSON.stringify({ query }),
      }),
    );
}

function get(accept: string) {
  return async ({ headers, query = fine, method = 'GET' }: Sent, { url } = gateway): Promise<Outcome> =>
    outcomeOf(
      await fetch(`${url}?${new URLSearchParams({ query })}`, {
        method,
        headers: { accept, ...guard, ...headers },
      }),
    );
}

async function multipart({ headers, query = fine }: Sent, { url } = gateway): Promise<Outcome> {
  const body = new FormData();
  body.set('operations', JSON.stringify({ query }));
  body.set('map', '{}');
  return outcomeOf(await fetch(url, { method: 'POST', headers: { ...guard, ...headers }, body }));
}

/** Answers are told as by HTTP with status 200, and what closes the socket by its code. */
async function webSocket({ headers, query = fine }: Sent, { url } = gateway): Promise<Outcome> {
  const link = await openWebSocket(url);
  const ended = link.closed.then(({ code, reason }) => ({ status: code, text: reason }));
  const answered = async (...types: readonly string[]): Promise<Outcome> => {
    const message = await Promise.any(types.map((type) => link.message(type)));
    return { status: 200, text: JSON.stringify(message['payload']) };
  };
  link.send({ type: 'connection_init', payload: headers });
  const opened = await answered('connection_ack').catch(() => ended);
  if (opened.status !== 200) return opened;
  link.send({ type: 'subscribe', id: '1', payload: { query } });
  const outcome = await answered('next', 'error').catch(() => ended);
  link.socket.close();
  await link.closed;
  return outcome;
}

function path(of: () => string) {
  return async ({ headers, method = 'GET' }: Sent, { origin } = gateway): Promise<Outcome> =>
    outcomeOf(await fetch(origin + of(), { method, headers }));
}

type Door = (sent: Sent, of?: TestGateway) => Promise<Outcome>;

/** Ways in that take operations. */
const operations: Readonly<Record<string, Door>> = {
  POST: post('application/json'),
  GET: get('application/json'),
  multipart,
  'events by POST': post('text/event-stream'),
  'events by GET': get('text/event-stream'),
  WebSocket: webSocket,
};
const download = path(() => `/export/datasets/${ids.datadogDataset}.csv`);
const metrics = path(() => '/metrics');
const readiness = path(() => '/health/ready');

const unknown: readonly (readonly [string, Headers])[] = [
  ['no key', {}],
  ['a wrong key', as('nobody')],
  ['an expired key', as('past')],
  ["a vendor's key alone", { 'x-humanloop-api-key': 'hl_sk_1' }],
];

const refusals: readonly (readonly [string, Door, Outcome])[] = [
  ...[...Object.entries(operations), ['download', download] as const].map(
    ([name, door]) =>
      [
        name,
        door,
        name === 'WebSocket'
          ? { status: 4403, text: 'Forbidden' }
          : { status: 401, text: expect.stringContaining('UNAUTHENTICATED') },
      ] as const,
  ),
  ['metrics', metrics, { status: 404, text: expect.stringContaining('There is nothing here') }],
  ['readiness', readiness, { status: 200, text: '{"status":"ready"}' }],
];

/** What may be wrong with a request besides: none of it may show to who is not known. */
const sendings: readonly Omit<Sent, 'headers'>[] = [
  {},
  { query: '{ nope }' },
  { query: '{' },
  { query: '' },
  { query: 'mutation { nope }' },
  { query: 'subscription { changes(resourceIds: ["a"]) { __typename } }' },
  { query: `{ ${'a '.repeat(5_000)} }` },
];
const others: readonly Headers[] = [
  { accept: 'text/plain' },
  { accept: 'image/*' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'nothing' },
  { 'content-encoding': 'gzip' },
  { 'last-event-id': 'end' },
  { 'x-datadog-api-key': 'half-of-a-pair' },
  { 'x-posthog-project-id': '../1' },
  { 'sec-fetch-site': 'cross-site' },
];

describe.each(refusals)('by %s', (_name, door, told) => {
  it.each(unknown)('a caller who is not known is told so, and no more: %s', async (_what, headers) => {
    expect(await door({ headers })).toEqual(told);
    for (const { key } of vendorsUnderTest) expect(gateway.received(key)).toEqual([]);
  });

  it('a caller who is not known is told the same whatever it sends', async () => {
    const first = await door({ headers: {} });
    for (const sending of sendings)
      expect(await door({ headers: {}, ...sending }), sending.query).toEqual(first);
    for (const headers of others) expect(await door({ headers }), JSON.stringify(headers)).toEqual(first);
    if (door === webSocket || door === multipart) return;
    // A body goes with no GET.
    for (const method of ['PUT', 'DELETE', 'PATCH', 'PURGE'])
      expect(await door({ headers: {}, method }), method).toEqual(first);
  });
});

describe.each(Object.entries(operations))('a caller by %s', (name, door) => {
  const byGet = name === 'GET' || name === 'events by GET';

  it('who may only read may read, and writes nothing', async () => {
    // By GET, events are for subscriptions alone.
    if (name !== 'events by GET')
      expect(await door({ headers: as('reader') })).toEqual({
        status: 200,
        text: expect.stringContaining('DATADOG'),
      });
    const query = `mutation { lockDatasetDraft(input: { datasetId: "${ids.datadogDataset}" }) { __typename } }`;
    const written = await door({ headers: as('reader'), query });
    if (byGet) expect(written.status).toBe(405);
    else expect(written).toEqual({ status: 200, text: expect.stringContaining('FORBIDDEN') });
    expect(gateway.received('datadog').filter((request) => !request.startsWith('GET'))).toEqual([]);
  });

  it('who may only write reads nothing', async () => {
    const query = name.startsWith('events')
      ? `subscription { changes(resourceIds: ["${ids.datadogDataset}"]) { __typename } }`
      : fine;
    const { status, text } = await door({ headers: as('writer'), query });
    expect([status, text]).toEqual([name === 'WebSocket' ? 200 : 403, expect.stringContaining('FORBIDDEN')]);
    expect(gateway.received('datadog')).toEqual([]);
  });

  it('who may read one vendor is told nothing of another', async () => {
    const query =
      byGet && name !== 'GET'
        ? `subscription { changes(resourceIds: ["${ids.humanloopDataset}"]) { __typename } }`
        : `{ dataset(id: "${ids.humanloopDataset}") { name } }`;
    const { text } = await door({ headers: as('datadog'), query });
    expect(text).toContain('FORBIDDEN');
    expect(gateway.received('humanloop')).toEqual([]);
  });
});

describe('a caller of what takes no operations', () => {
  it('downloads what it may read, and nothing else', async () => {
    expect((await download({ headers: as('reader') })).status).toBe(200);
    expect((await download({ headers: as('datadog') })).status).toBe(200);
    const { status, text } = await download({ headers: as('writer') });
    expect([status, text]).toEqual([403, expect.stringContaining('FORBIDDEN')]);
  });

  it('sees the readiness of the vendors that it may read', async () => {
    const vendorsSeen = async (name: string) => {
      const { status, text } = await readiness({ headers: as(name) });
      expect(status).toBe(200);
      return [...text.matchAll(/datadog|humanloop|posthog/g)].map(([vendor]) => vendor);
    };
    expect(await vendorsSeen('reader')).toEqual(['datadog', 'humanloop', 'posthog']);
    expect(await vendorsSeen('datadog')).toEqual(['datadog']);
    expect(await vendorsSeen('writer')).toEqual([]);
  });

  it('sees the numbers of the process, whatever its scopes', async () => {
    for (const name of Object.keys(scopes)) {
      expect((await metrics({ headers: as(name) })).text).toContain('lockstep_operation_duration_seconds');
    }
  });
});

describe('a caller that asks too often', () => {
  const rated = [...Object.entries(operations), ['download', download] as const];

  it.each(rated)('is told so by %s, and what cannot be run is counted like the rest', async (name, door) => {
    const slow = await startTestGateway({ environment: { API_KEYS: apiKeys, CALLER_RATE: '2' } });
    try {
      const bad = name === 'download' ? undefined : '{';
      for (const query of [bad, '{ nope }']) {
        const { text } = await door({ headers: as('everything'), query }, slow);
        expect(text).not.toContain('RATE_LIMITED');
      }
      const { status, text } = await door({ headers: as('everything'), query: bad }, slow);
      expect([status, text]).toEqual([
        name === 'WebSocket' ? 200 : 429,
        expect.stringContaining('RATE_LIMITED'),
      ]);
      // Another caller has its own.
      expect((await door({ headers: as('reader') }, slow)).text).not.toContain('RATE_LIMITED');
    } finally {
      await slow.dispose();
    }
  });
});
