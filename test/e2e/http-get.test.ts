import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { ask, type RawAnswer, resultType } from '../support/graphql-post.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

const preflight = { 'graphql-require-preflight': '1' };

function get(
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = preflight,
): Promise<RawAnswer> {
  return ask(`${gateway.url}?${new URLSearchParams(parameters)}`, { headers });
}

describe('a query by GET', () => {
  it('is answered as by POST', async () => {
    const query = 'query ($n: Int!) { scoreDefinitions(first: $n) { nodes { id } } }';
    const { status, data } = await get({ query, variables: '{"n":2}' });
    expect(status).toBe(200);
    expect(data).toEqual((await gateway.query(query, { n: 2 })).data);
  });

  it.each(['graphql-require-preflight', 'x-lockstep-csrf'])(
    'needs a header that no simple request has: %s',
    async (name) => {
      expect((await get({ query: '{ __typename }' }, { [name]: 'yes' })).status).toBe(200);
      gateway.received('posthog');
      const refused = await get({ query: '{ sources { status } }' }, {});
      expect(refused.status).toBe(403);
      expect(at(refused.errors, 0).extensions.code).toBe('FORBIDDEN');
      expect(at(refused.errors, 0).message).toContain('graphql-require-preflight');
      expect(gateway.received('posthog')).toEqual([]);
    },
  );

  it.each([
    ['no query', {}, 400, /`query` must be/],
    ['an empty query', { query: '' }, 400, /`query` must be/],
    [
      'variables that are not JSON',
      { query: '{ __typename }', variables: '{n:1}' },
      400,
      /`variables` must be JSON/,
    ],
    [
      'variables that are a list',
      { query: '{ __typename }', variables: '[1]' },
      400,
      /`variables` must be a JSON object/,
    ],
    [
      'extensions that are not JSON',
      { query: '{ __typename }', extensions: 'x' },
      400,
      /`extensions` must be JSON/,
    ],
    ['a syntax error', { query: '{' }, 400, /^Syntax Error/],
    ['an unknown name', { query: 'query A { __typename }', operationName: 'B' }, 400, /no operation named/],
  ] as const)('is refused with %s', async (_what, parameters, expected, message) => {
    const { status, errors } = await get(parameters, { ...preflight, accept: resultType });
    expect(status).toBe(expected);
    expect(at(errors, 0).extensions.code).toBe('INVALID_INPUT');
    expect(at(errors, 0).message).toMatch(message);
  });

  it('may have the words mutation and subscription in it', async () => {
    const query = 'query mutation { mutation: __typename subscription: __typename # mutation { x }\n }';
    expect((await get({ query })).data).toEqual({ mutation: 'Query', subscription: 'Query' });
  });

  it('may stand in one document with a mutation that is not asked for', async () => {
    const query = 'query A { __typename } mutation B { __typename }';
    expect(await get({ query, operationName: 'A' })).toMatchObject({
      status: 200,
      data: { __typename: 'Query' },
    });
    expect((await get({ query, operationName: 'B' })).status).toBe(405);
    expect((await get({ query })).errors).toHaveLength(1);
  });
});

describe('a mutation by GET', () => {
  it.each(['mutation { __typename }', '# a query\nmutation M { __typename }'])(
    'is 405, and says how to send it: %s',
    async (query) => {
      const { status, errors, headers, data } = await get({ query });
      expect(status).toBe(405);
      expect(headers.get('allow')).toBe('POST');
      expect(data).toBeUndefined();
      expect(at(errors, 0).extensions.code).toBe('INVALID_INPUT');
      expect(at(errors, 0).message).toContain('POST');
    },
  );
});

describe('a subscription by GET that accepts JSON', () => {
  it('is refused', async () => {
    const { status, errors } = await get(
      { query: 'subscription { anything }' },
      { ...preflight, accept: resultType },
    );
    expect([400, 405]).toContain(status);
    expect(at(errors, 0).extensions.code).toBe('INVALID_INPUT');
  });
});
