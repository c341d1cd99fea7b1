import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { ask, post, resultType } from '../support/graphql-post.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

const good = '{ __typename }';
const preflight = { 'graphql-require-preflight': '1' };

/** Bodies that hold no GraphQL request. */
const badBodies: readonly (readonly [what: string, body: string, message: RegExp])[] = [
  ['nothing', '', /not JSON/],
  ['blanks', '  \n', /not JSON/],
  ['cut JSON', '{"query":"{ __typena', /not JSON/],
  ['text', 'query { __typename }', /not JSON/],
  ['a batch', JSON.stringify([{ query: good }, { query: good }]), /one each/],
  ['an empty batch', '[]', /one each/],
  ['null', 'null', /JSON object/],
  ['a number', '5', /JSON object/],
  ['a string', JSON.stringify(good), /JSON object/],
  ['no query', '{}', /`query` must be/],
  ['a blank query', '{"query":"  "}', /`query` must be/],
  ['a query of null', '{"query":null}', /`query` must be/],
  ['a query that is no text', '{"query":{"a":1}}', /`query` must be/],
  ['a hash instead of a query', '{"extensions":{"persistedQuery":{"version":1}}}', /`query` must be/],
  ['variables as text', JSON.stringify({ query: good, variables: '{}' }), /`variables` must be/],
  ['variables as a list', JSON.stringify({ query: good, variables: [] }), /`variables` must be/],
  ['a name that is no text', JSON.stringify({ query: good, operationName: 5 }), /`operationName` must be/],
  ['extensions as a list', JSON.stringify({ query: good, extensions: [1] }), /`extensions` must be/],
];

/** Documents that are not executed, and variables that keep one from being. */
const badDocuments: readonly (readonly [what: string, request: object, message: RegExp])[] = [
  ['a syntax error', { query: '{ datasets(' }, /^Syntax Error/],
  ['an empty document', { query: '# nothing' }, /^Syntax Error/],
  ['a lone bracket', { query: '}' }, /^Syntax Error/],
  ['a control character', { query: '{ \u0000 }' }, /^Syntax Error/],
  ['a type definition', { query: 'type Query { a: Int }' }, /not executable/],
  ['an unknown field', { query: '{ dataset_s { id } }' }, /Cannot query field "dataset_s"/],
  ['an unknown argument', { query: '{ datasets(last: 2) { nodes { id } } }' }, /Unknown argument "last"/],
  ['a value of another type', { query: '{ datasets(first: "2") { nodes { id } } }' }, /Int cannot represent/],
  [
    'an unknown enum value',
    { query: '{ datasets(filter: {vendors: [BRAINTRUST]}) { nodes { id } } }' },
    /does not exist in "Vendor"/,
  ],
  ['a field without its selection', { query: '{ datasets }' }, /must have a selection of subfields/],
  ['a selection of a leaf', { query: '{ sources { id { x } } }' }, /must not have a selection/],
  ['a missing argument', { query: '{ dataset { id } }' }, /argument "id" of type "ID!" is required/],
  ['an undefined variable', { query: '{ dataset(id: $id) { id } }' }, /Variable "\$id" is not defined/],
  ['an unused variable', { query: 'query ($id: ID!) { __typename }' }, /is never used/],
  ['an unused fragment', { query: `${good} fragment A on Query { __typename }` }, /is never used/],
  [
    'a fragment within itself',
    { query: '{ ...A } fragment A on Query { ...A }' },
    /Cannot spread fragment "A" within itself/,
  ],
  ['an unknown fragment', { query: '{ ...Nope }' }, /Unknown fragment/],
  ['an unknown directive', { query: '{ __typename @nope }' }, /Unknown directive/],
  [
    'fields in conflict',
    { query: '{ a: sources { id } a: sources { vendor } ... { a: __typename } }' },
    /conflict/,
  ],
  [
    'a variable of another type',
    { query: 'query ($n: String) { datasets(first: $n) { nodes { id } } }' },
    /used in position expecting type "Int"/,
  ],
  [
    'several operations without a name',
    { query: 'query A { __typename } query B { __typename }' },
    /say which one by `operationName`/,
  ],
  ['an unknown name', { query: 'query A { __typename }', operationName: 'B' }, /no operation named "B"/],
  ['a name for an anonymous operation', { query: good, operationName: 'A' }, /no operation named "A"/],
  [
    'two operations of one name',
    { query: 'query A { __typename } query A { __typename }', operationName: 'A' },
    /only one operation named "A"/,
  ],
  [
    'a missing variable',
    { query: 'query ($id: ID!) { dataset(id: $id) { id } }' },
    /"\$id" of required type "ID!" was not provided/,
  ],
  [
    'a variable of null',
    { query: 'query ($id: ID!) { dataset(id: $id) { id } }', variables: { id: null } },
    /non-null type "ID!"/,
  ],
  [
    'a variable that does not fit',
    { query: 'query ($n: Int) { datasets(first: $n) { nodes { id } } }', variables: { n: 1.5 } },
    /Int cannot represent/,
  ],
  [
    'a variable that is too large',
    { query: 'query ($n: Int) { datasets(first: $n) { nodes { id } } }', variables: { n: 2 ** 31 } },
    /Int cannot represent/,
  ],
  [
    'an unknown member of a variable',
    {
      query: 'query ($f: DatasetFilter) { datasets(filter: $f) { nodes { id } } }',
      variables: { f: { nope: 1 } },
    },
    /"nope" is not defined/,
  ],
  [
    'an id that is an object',
    { query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id: { a: 1 } } },
    /ID cannot represent/,
  ],
];

describe('a body that holds no GraphQL request', () => {
  it.each(badBodies)('is 400 whatever is accepted: %s', async (_what, body, message) => {
    for (const accept of [resultType, 'application/json', '*/*']) {
      const { status, errors, data, headers } = await post(gateway.url, body, { accept });
      expect(status).toBe(400);
      expect(data).toBeUndefined();
      expect(errors).toHaveLength(1);
      expect(at(errors, 0).extensions.code).toBe('INVALID_INPUT');
      expect(at(errors, 0).message).toMatch(message);
      expect(headers.get('content-type')).toContain(accept === resultType ? resultType : 'application/json');
    }
  });
});

describe('a document that cannot be executed', () => {
  it.each(badDocuments)(
    'is 400 as a GraphQL response and 200 as JSON: %s',
    async (_what, request, message) => {
      for (const [accept, expected] of [
        [resultType, 400],
        ['application/json', 200],
        ['*/*', 200],
      ] as const) {
        const { status, errors, data } = await post(gateway.url, request, { accept });
        expect(status).toBe(expected);
        expect(data).toBeUndefined();
        expect(at(errors, 0).message).toMatch(message);
        for (const { extensions } of errors) expect(extensions.code).toBe('INVALID_INPUT');
      }
      for (const key of ['datadog', 'humanloop', 'posthog'] as const)
        expect(gateway.received(key)).toEqual([]);
    },
  );

  it('tells no more than a hundred of its errors', async () => {
    const query = `{ ${Array.from({ length: 900 }, (_, index) => `f${index}`).join(' ')} }`;
    const { status, errors } = await post(gateway.url, { query });
    expect(status).toBe(400);
    expect(errors.length).toBeLessThanOrEqual(101);
  });
});

describe('an operation that is executed', () => {
  it.each([resultType, 'application/json', '*/*', 'application/*', 'text/html, */*;q=0.1', ''])(
    'is 200 although a field fails, in the type that is accepted: %s',
    async (accept) => {
      const { status, data, errors, headers } = await post(
        gateway.url,
        { query: '{ node(id: "x") { id } }' },
        { accept },
      );
      expect(status).toBe(200);
      expect(data).toEqual({ node: null });
      expect(at(errors, 0)).toMatchObject({ path: ['node'], extensions: { code: 'INVALID_INPUT' } });
      expect(headers.get('content-type')).toContain(accept === resultType ? resultType : 'application/json');
    },
  );

  it.each([
    { query: good, operationName: null, variables: null, extensions: null },
    { query: good, operationName: '' },
    { query: `query A ${good} query B ${good}`, operationName: 'B' },
    { query: good, more: { members: 'are ignored' } },
  ])('may leave members out or send null: %o', async (request) => {
    expect(await post(gateway.url, request)).toMatchObject({
      status: 200,
      data: { __typename: 'Query' },
      errors: [],
    });
  });

  it('finds no variable by the names of what every object has', async () => {
    const query =
      'query ($__proto__: ID!, $constructor: Int) { node(id: $__proto__) { id } datasets(first: $constructor) { nodes { id } } }';
    const { errors } = await post(
      gateway.url,
      `{"query":${JSON.stringify(query)},"variables":{"__proto__":"x"}}`,
    );
    for (const { extensions } of errors) expect(extensions.code).toBe('INVALID_INPUT');
    expect(errors.length).toBeGreaterThan(0);
  });
});

describe('the media type of a request', () => {
  it.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
  ])('is taken: %s', async (type) => {
    expect((await post(gateway.url, { query: good }, { 'content-type': type })).status).toBe(200);
  });

  it.each([
    'application/graphql',
    'application/xml',
    'text/csv',
    'application/jsonp',
    'nonsense',
    'text/plain',
    'application/x-www-form-urlencoded',
  ])('is refused with 415 and what is taken: %s', async (type) => {
    const { status, errors, headers } = await post(
      gateway.url,
      { query: good },
      { ...preflight, 'content-type': type },
    );
    expect(status).toBe(415);
    expect(headers.get('accept')).toContain('application/json');
    expect(at(errors, 0).extensions.code).toBe('INVALID_INPUT');
    expect(at(errors, 0).message).toContain('application/json');
  });

  it.each([
    'text/plain',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
  ])(
    'that a page of another site can send is refused without the header that it cannot: %s',
    async (type) => {
      const body = new TextEncoder().encode(JSON.stringify({ query: good }));
      const headers = type === '' ? {} : { 'content-type': type };
      const { status, errors } = await ask(gateway.url, { method: 'POST', headers, body });
      expect(status).toBe(403);
      expect(at(errors, 0).extensions.code).toBe('FORBIDDEN');
      expect(at(errors, 0).message).toContain('graphql-require-preflight');
    },
  );
});

describe('what a client accepts', () => {
  it.each(['text/html', 'image/png', 'application/xml', 'nonsense'])(
    'that is not JSON is 406: %s',
    async (accept) => {
      const { status, errors } = await post(gateway.url, { query: good }, { accept });
      expect(status).toBe(406);
      expect(at(errors, 0).extensions.code).toBe('INVALID_INPUT');
      expect(at(errors, 0).message).toContain(resultType);
    },
  );
});

describe('a method', () => {
  it.each(['PUT', 'PATCH', 'DELETE'])(
    'that is not POST or GET is 405 and says what is: %s',
    async (method) => {
      const { status, errors, headers } = await ask(gateway.url, { method });
      expect(status).toBe(405);
      expect(headers.get('allow')).toBe('GET, POST');
      expect(at(errors, 0).extensions.code).toBe('INVALID_INPUT');
    },
  );

  it('HEAD is 405 too, without a body', async () => {
    const response = await fetch(gateway.url, { method: 'HEAD' });
    expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([
      405,
      'GET, POST',
      '',
    ]);
  });
});
