import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { post } from '../support/graphql-post.ts';
import { followWs } from '../support/stream-client.ts';

const query = '{ __typename }';
const names = ['http', 'events', 'socket', 'download', 'other'] as const;
const as = (name: (typeof names)[number]) => ({ authorization: `Bearer key-of-${name}-0123456789` });
const apiKeys = JSON.stringify(
  names.map((name) => ({ name, key: `key-of-${name}-0123456789`, scopes: ['read'] })),
);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { API_KEYS: apiKeys, CALLER_RATE: '3' } });
});
afterAll(() => gateway?.dispose());

const left = (remaining: number) =>
  expect.stringMatching(new RegExp(`^"caller";r=${remaining};t=([1-9]|[1-5]\\d|60)$`));

describe('a caller that asks more often than it may', () => {
  it('is told what is left with each answer, and then 429 with when to try again; others are served', async () => {
    for (const remaining of [2, 1, 0]) {
      const { status, headers } = await post(gateway.url, { query }, as('http'));
      expect(status).toBe(200);
      expect(headers.get('ratelimit-policy')).toBe('"caller";q=3;w=60');
      expect(headers.get('ratelimit')).toEqual(left(remaining));
    }
    const { status, headers, errors, data } = await post(gateway.url, { query }, as('http'));
    expect([status, data]).toEqual([429, undefined]);
    expect(headers.get('ratelimit')).toEqual(left(0));
    const { extensions } = at(errors, 0);
    expect(extensions).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    expect(headers.get('retry-after')).toBe(String(extensions['retryAfterSeconds']));
    expect((await post(gateway.url, { query }, as('other'))).status).toBe(200);
  });

  it('is told so before its body is read', async () => {
    const headers = as('events');
    for (let turn = 0; turn < 3; turn += 1) await post(gateway.url, { query }, headers);
    const { status } = await post(gateway.url, '[not json', headers);
    expect(status).toBe(429);
  });

  it('is told so for each operation of a WebSocket, and keeps the socket', async () => {
    const ended = async () => {
      const follower = followWs(gateway.url, { query }, { connectionParams: as('socket') });
      const how = await follower.ended;
      await follower.close();
      return how;
    };
    for (let turn = 0; turn < 3; turn += 1) expect(await ended()).toBe('complete');
    expect(await ended()).toMatchObject({ error: [{ extensions: { code: 'RATE_LIMITED' } }] });
  });

  it('is told so for downloads', async () => {
    const ask = () => fetch(`${gateway.origin}/export/datasets/x.csv`, { headers: as('download') });
    for (let turn = 0; turn < 3; turn += 1) expect((await ask()).status).toBe(400);
    expect((await ask()).status).toBe(429);
  });
});
