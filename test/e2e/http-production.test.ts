import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { ask, post } from '../support/graphql-post.ts';

const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { NODE_ENV: 'production' } });
});
afterAll(() => gateway.dispose());

describe('in production', () => {
  it.each([
    getIntrospectionQuery(),
    '{ __schema { queryType { name } } }',
    '{ __type(name: "Dataset") { fields { name } } }',
    '{ ...A } fragment A on Query { a: __schema { types { name } } }',
  ])('introspection is off: %s', async (query) => {
    const { status, errors, data } = await post(gateway.url, { query });
    expect(status).toBe(400);
    expect(data).toBeUndefined();
    for (const { extensions, message } of errors) {
      expect(extensions.code).toBe('INVALID_INPUT');
      expect(message).toContain('introspection has been disabled');
    }
  });

  it('__typename is no introspection', async () => {
    const { errors, data } = await post(gateway.url, { query: '{ __typename sources { __typename } }' });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ __typename: 'Query' });
  });

  it.each([
    ['a field', { query: '{ datset(id: "x") { id } }' }, 'dataset'],
    ['an argument', { query: '{ datasets(frst: 1) { nodes { id } } }' }, 'first'],
    ['a type', { query: '{ node(id: "x") { ... on Datset { id } } }' }, 'Dataset'],
    ['an enum value', { query: '{ datasets(filter: { vendors: [DATADO] }) { nodes { id } } }' }, 'DATADOG'],
    ['a member of an input', { query: '{ datasets(filter: { serch: "x" }) { nodes { id } } }' }, '"search"'],
    ['a field of another type', { query: '{ node(id: "x") { versionCount } }' }, 'Prompt'],
    [
      'an enum value in a variable',
      {
        query: 'query ($v: [Vendor!]) { datasets(filter: { vendors: $v }) { nodes { id } } }',
        variables: { v: ['DATADO'] },
      },
      'DATADOG',
    ],
    [
      'a member of a variable',
      {
        query: 'query ($f: DatasetFilter) { datasets(filter: $f) { nodes { id } } }',
        variables: { f: { serch: 'x' } },
      },
      '"search"',
    ],
  ])('no message suggests what there is: %s', async (_what, request, hidden) => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const { errors, text } = await post(gateway.url, request, { accept });
      expect(errors.length).toBeGreaterThan(0);
      expect(text).not.toContain('Did you mean');
      expect(errors.map(({ message }) => message).join()).not.toContain(hidden);
      // Not on a second time either, when the document is known.
      expect((await post(gateway.url, request, { accept })).text).toBe(text);
    }
  });

  it('GraphiQL is off', async () => {
    for (const path of ['/', '/graphql']) {
      const { status, headers } = await ask(gateway.origin + path, { headers: browser, redirect: 'manual' });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(headers.get('location')).toBeNull();
    }
  });

  it('upstream counts are told when they are asked for, and not otherwise', async () => {
    const query = '{ scoreDefinitions(first: 1) { nodes { id } } }';
    expect((await gateway.query(query)).upstream).toBeUndefined();
    expect((await gateway.query(query, {}, { 'x-lockstep-upstream': '0' })).upstream).toBeUndefined();
    const told = await gateway.query(query, {}, { 'x-lockstep-upstream': '1' });
    expect(told.upstream).toEqual({ POSTHOG: { calls: 1, shared: 0, retries: 0 } });
  });

  it('each of them can be asked for', async () => {
    const open = await startTestGateway({
      environment: { NODE_ENV: 'production', INTROSPECTION: 'true', GRAPHIQL: 'true' },
    });
    try {
      expect((await post(open.url, { query: getIntrospectionQuery() })).errors).toEqual([]);
      const { errors } = await post(open.url, { query: '{ datset { id } }' });
      expect(at(errors, 0).message).toContain('Did you mean "dataset"');
      const page = await fetch(open.url, { headers: browser });
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      await page.body?.cancel();
    } finally {
      await open.dispose();
    }
  });
});

describe('outside of production', () => {
  it('introspection, suggestions and upstream counts are given, and can be switched off', async () => {
    const development = await startTestGateway({ environment: { NODE_ENV: 'development' } });
    const closed = await startTestGateway({
      environment: { NODE_ENV: 'development', INTROSPECTION: 'false', GRAPHIQL: 'false' },
    });
    try {
      expect((await post(development.url, { query: getIntrospectionQuery() })).errors).toEqual([]);
      expect((await development.query('{ __typename }')).upstream).toEqual({});
      expect(at((await post(closed.url, { query: getIntrospectionQuery() })).errors, 0).extensions.code).toBe(
        'INVALID_INPUT',
      );
      expect((await post(closed.url, { query: '{ datset { id } }' })).text).not.toContain('Did you mean');
      expect((await ask(closed.origin, { headers: browser })).status).toBe(404);
    } finally {
      await development.dispose();
      await closed.dispose();
    }
  });
});
