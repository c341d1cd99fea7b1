import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { ask, post } from '../support/graphql-post.ts';

const allowed = 'https://app.example.com';
const query = '{ __typename }';

let closed: TestGateway;
let open: TestGateway;
beforeAll(async () => {
  closed = await startTestGateway();
  open = await startTestGateway({
    environment: {
      CORS_ORIGINS: `${allowed},http://localhost:3000`,
      API_KEYS: JSON.stringify([{ name: 'app', key: '0123456789abcdef', scopes: ['read'] }]),
    },
  });
});
afterAll(async () => {
  await closed.dispose();
  await open.dispose();
});

function corsOf(headers: Headers): readonly string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'));
}

function preflight(url: string, origin: string): Promise<Response> {
  return fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-datadog-api-key',
    },
  });
}

describe('CORS', () => {
  it.each([allowed, 'null', 'http://127.0.0.1'])(
    'is closed when no origin is configured: %s',
    async (origin) => {
      const answer = await preflight(closed.url, origin);
      expect([answer.status, await answer.text(), corsOf(answer.headers)]).toEqual([204, '', []]);
      const { status, headers } = await post(closed.url, { query }, { origin });
      expect([status, corsOf(headers)]).toEqual([200, []]);
    },
  );

  it.each([allowed, 'http://localhost:3000'])(
    'is open for an origin that is configured: %s',
    async (origin) => {
      const answer = await preflight(open.url, origin);
      expect(answer.status).toBe(204);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'content-type,x-datadog-api-key',
        'access-control-max-age': '600',
      });
      expect(answer.headers.get('vary')).toContain('origin');
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();

      const { headers } = await post(
        open.url,
        { query },
        { origin, authorization: 'Bearer 0123456789abcdef' },
      );
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-expose-headers')).toContain('x-request-id');
      expect(headers.get('vary')).toContain('origin');
    },
  );

  it.each([
    'https://evil.example',
    'https://app.example.com.evil.example',
    'https://app.example.co',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://APP.example.com',
    'null',
    '*',
    `${allowed},http://localhost:3000`,
  ])('is closed for any other origin: %s', async (origin) => {
    const answer = await preflight(open.url, origin);
    expect([answer.status, corsOf(answer.headers)]).toEqual([204, []]);
    await answer.body?.cancel();
    const { headers } = await post(open.url, { query }, { origin, authorization: 'Bearer 0123456789abcdef' });
    expect(corsOf(headers)).toEqual([]);
  });

  it('lets the pages of allowed origins read errors too, and no other page', async () => {
    const json = { 'content-type': 'application/json' };
    const refusals = [
      ask(open.url, { method: 'POST', headers: { ...json, origin: allowed }, body: '{}' }),
      ask(open.url, {
        method: 'POST',
        headers: { ...json, origin: allowed, authorization: 'Bearer x' },
        body: '[',
      }),
      ask(open.url, { method: 'DELETE', headers: { origin: allowed } }),
      ask(`${open.url}?query={__typename}`, {
        headers: { origin: allowed, authorization: 'Bearer 0123456789abcdef' },
      }),
    ];
    for (const { status, headers } of await Promise.all(refusals)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(headers.get('access-control-allow-origin')).toBe(allowed);
    }
  });

  it('needs no key for a preflight, and answers nothing to it', async () => {
    const answer = await preflight(open.url, allowed);
    expect(await answer.text()).toBe('');
    expect(answer.headers.get('content-type')).toBeNull();
  });

  it("is for GraphQL only: metrics and health are no page of another site's affair", async () => {
    for (const path of ['/metrics', '/health/ready', '/health/live']) {
      const response = await fetch(open.origin + path, {
        headers: { origin: allowed, authorization: 'Bearer 0123456789abcdef' },
      });
      expect(corsOf(response.headers)).toEqual([]);
      await response.body?.cancel();
    }
  });
});
