import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { ask, post, resultType } from '../support/graphql-post.ts';
import { readRawAnswer, sendRaw } from '../support/raw-http.ts';

const MiB = 1024 * 1024;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

function expectNoCalls(): void {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) expect(gateway.received(key)).toEqual([]);
}

/** A query of that many bytes. */
function bodyOf(bytes: number, query = '{ __typename }'): string {
  const empty = JSON.stringify({ query, variables: { pad: '' } }).length;
  return JSON.stringify({ query, variables: { pad: 'x'.repeat(bytes - empty) } });
}

function headOf(bytes: number): readonly string[] {
  return [
    'POST /graphql HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    `content-length: ${bytes}`,
  ];
}

function inPieces(body: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(body);
  let sent = 0;
  return new ReadableStream({
    pull: (controller) => {
      controller.enqueue(bytes.subarray(sent, sent + 65_536));
      sent += 65_536;
      if (sent >= bytes.byteLength) controller.close();
    },
  });
}

describe('the size of a body', () => {
  it('may be 1 MiB for a query, and not a byte more', async () => {
    expect((await post(gateway.url, bodyOf(MiB))).status).toBe(200);
    const { status, errors, data } = await post(gateway.url, bodyOf(MiB + 1, '{ sources { status } }'));
    expect(status).toBe(413);
    expect(data).toBeUndefined();
    expect(at(errors, 0).extensions.code).toBe('INVALID_INPUT');
    expect(at(errors, 0).message).toContain(String(MiB));
    expectNoCalls();
  });

  it('is limited where no content length tells it too', async () => {
    const headers = { 'content-type': 'application/json' };
    const send = (bytes: number) =>
      ask(gateway.url, { method: 'POST', headers, body: inPieces(bodyOf(bytes)), duplex: 'half' });
    expect((await send(MiB)).status).toBe(200);
    expect((await send(MiB + 1)).status).toBe(413);
    expect((await send(16 * MiB + 1)).status).toBe(413);
  });

  it('of more than any operation may have is refused by its content length, unread', async () => {
    const head = [...headOf(17 * MiB), 'connection: close', '', ''].join('\r\n');
    const { status, body } = readRawAnswer(await sendRaw(gateway.origin, head));
    expect(status).toBe(413);
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'INVALID_INPUT' } }] });
  });

  it('is told to a client that goes on sending, on a connection that is good for more', async () => {
    const bytes = 40 * MiB;
    const next = ['GET /health/live HTTP/1.1', 'host: localhost', 'connection: close', '', ''].join('\r\n');
    const text = await sendRaw(
      gateway.origin,
      [...headOf(bytes), '', ''].join('\r\n'),
      'x'.repeat(bytes),
      next,
    );
    const [refusal = '', live = ''] = text.split(/(?=HTTP\/1\.1 200)/);
    expect(readRawAnswer(refusal).status).toBe(413);
    expect(readRawAnswer(live)).toEqual({ status: 200, body: { status: 'live' } });
    const headers = { 'content-type': 'application/json' };
    for (const body of ['x'.repeat(bytes), inPieces('x'.repeat(bytes))]) {
      expect((await ask(gateway.url, { method: 'POST', headers, body, duplex: 'half' })).status).toBe(413);
    }
  });

  it('can be set', async () => {
    const small = await startTestGateway({
      environment: { MAX_QUERY_BYTES: '2048', MAX_MUTATION_BYTES: '4096' },
    });
    try {
      expect((await post(small.url, bodyOf(2048))).status).toBe(200);
      expect((await post(small.url, bodyOf(2049))).status).toBe(413);
      expect((await post(small.url, bodyOf(4096, 'mutation { __typename }'))).status).not.toBe(413);
      expect((await post(small.url, bodyOf(4097, 'mutation { __typename }'))).status).toBe(413);
    } finally {
      await small.dispose();
    }
  });
});

function nested(depth: number): string {
  // datasets > nodes > project > datasets > nodes > …, three fields a turn.
  const fields = Array.from(
    { length: depth - 1 },
    (_, level) => ['datasets', 'nodes', 'project'][level % 3] ?? '',
  );
  return `{ ${fields.map((field) => `${field} {`).join(' ')} __typename ${'}'.repeat(depth)}`;
}

const bomb = [
  '{ ...f0 }',
  ...Array.from(
    { length: 24 },
    (_, level) => `fragment f${level} on Query { ...f${level + 1} ...f${level + 1} }`,
  ),
  'fragment f24 on Query { __typename }',
].join(' ');

const aliasBomb = [
  '{ ...f0 }',
  ...Array.from(
    { length: 12 },
    (_, level) =>
      `fragment f${level} on Query { ...f${level + 1} a${level}: __typename ... { ...f${level + 1} } b${level}: __typename }`,
  ),
  'fragment f12 on Query { __typename }',
].join(' ');

const directiveBomb = [
  '{ ...f0 }',
  ...Array.from(
    { length: 7 },
    (_, level) =>
      `fragment f${level} on Query { ...f${level + 1} @skip(if: false) ... { ...f${level + 1} } }`,
  ),
  'fragment f7 on Query { __typename @include(if: true) }',
].join(' ');

const tooExpensive: readonly (readonly [
  what: string,
  query: string,
  limit: number | undefined,
  actual: RegExp,
])[] = [
  ['13 fields deep', nested(13), 12, /13 fields deep/],
  ['1,600 fields deep', nested(1_600), 12, /1600 fields deep/],
  [
    'deep by its fragments',
    `{ ...a } fragment a on Query { datasets { nodes { ...b } } } fragment b on Dataset { project { datasets { nodes { ...c } } } }
     fragment c on Dataset { project { datasets { nodes { ...d } } } } fragment d on Dataset { project { datasets { nodes { project { name } } } } }`,
    12,
    /13 fields deep/,
  ],
  ['deep in one of two operations', `query A { __typename } query B ${nested(13)}`, 12, /13 fields deep/],
  [
    '61 aliases',
    `{ ${Array.from({ length: 61 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
    60,
    /61 aliases/,
  ],
  ['aliases that fragments multiply', aliasBomb, 60, /aliases/],
  [
    '101 directives',
    `{ ${Array.from({ length: 101 }, () => '__typename @skip(if: false)').join(' ')} }`,
    100,
    /101 directives/,
  ],
  ['directives that fragments multiply', directiveBomb, 100, /directives/],
  ['5,001 tokens', `{ ${'__typename '.repeat(4_999)} }`, 5_000, /5000 tokens/],
  ['100,000 tokens', `{ ${'__typename '.repeat(100_000)} }`, 5_000, /5000 tokens/],
  ['a list of 5,000 values', `{ nodes(ids: [${'"" '.repeat(5_000)}]) { id } }`, 5_000, /5000 tokens/],
  ['one field 2,000 times', `{ ${'__typename '.repeat(2_000)} }`, undefined, /names fields so often/],
  [
    'brackets without end',
    `{ nodes(ids: ${'['.repeat(20_000)}`,
    undefined,
    /nested too deep|more than the 5000 tokens/,
  ],
  [
    'braces without end',
    '{ datasets '.repeat(20_000),
    undefined,
    /nested too deep|more than the 5000 tokens/,
  ],
  [
    'fragments within one another',
    '{ ... '.repeat(20_000),
    undefined,
    /nested too deep|more than the 5000 tokens/,
  ],
];

describe('an operation over a limit', () => {
  it.each(tooExpensive)(
    'is QUERY_TOO_EXPENSIVE with the limit, before anything is asked: %s',
    async (_what, query, limit, actual) => {
      const { status, errors, data } = await post(gateway.url, {
        query,
        operationName: query.startsWith('query A') ? 'A' : null,
      });
      expect(status).toBe(400);
      expect(data).toBeUndefined();
      const error = errors.find(({ extensions }) => extensions.code === 'QUERY_TOO_EXPENSIVE');
      // Whether the parser runs out of stack or of tokens first is the machine's affair.
      if (limit !== undefined) expect(error?.extensions['limit']).toBe(limit);
      expect(error?.message).toMatch(actual);
      expect((await post(gateway.url, { query }, { accept: 'application/json' })).status).toBe(200);
      expectNoCalls();
    },
  );

  it.each([
    ['12 fields deep', nested(12).replaceAll('datasets', 'datasets(first: 1)')],
    ['100 directives', `{ ${'__typename @skip(if: false) '.repeat(100)} }`],
    ['60 aliases', `{ ${Array.from({ length: 60 }, (_, index) => `a${index}: __typename`).join(' ')} }`],
    ['5,000 tokens', `{ traceReviews(filter: { traceIds: [${'"" '.repeat(4_980)}] }) { nodes { id } } }`],
    ['fragments that spread one another twice, 24 times over', bomb],
  ])('is none where it is just within it: %s', async (_what, query) => {
    const startedAt = performance.now();
    const { status, errors } = await post(gateway.url, { query });
    expect(errors).toEqual([]);
    expect(status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    for (const key of ['datadog', 'humanloop', 'posthog'] as const) gateway.received(key);
  });

  it('does not count what introspection asks of the schema', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    const { errors, status } = await post(gateway.url, { query: getIntrospectionQuery() });
    expect([status, errors]).toEqual([200, []]);
  });

  it('is told with the limits that are set', async () => {
    const strict = await startTestGateway({
      environment: { MAX_DEPTH: '2', MAX_ALIASES: '0', MAX_DIRECTIVES: '0', MAX_TOKENS: '100' },
    });
    try {
      const refusals = [
        '{ datasets { nodes { id } } }',
        '{ a: __typename }',
        '{ __typename @skip(if: false) }',
        `{ ${'__typename '.repeat(100)} }`,
      ];
      for (const query of refusals) {
        const { errors } = await post(strict.url, { query });
        expect(errors.map(({ extensions }) => extensions.code)).toEqual(['QUERY_TOO_EXPENSIVE']);
      }
      expect((await post(strict.url, { query: '{ sources { id } }' })).errors).toEqual([]);
    } finally {
      await strict.dispose();
    }
  });
});

describe('an operation that causes more calls than it may', () => {
  it('is stopped at the ceiling, and what was read stays', async () => {
    const strict = await startTestGateway({ environment: { MAX_UPSTREAM_CALLS: '9' } });
    try {
      const query = `{
        scoreDefinitions(first: 1) { nodes { id } }
        datasets(first: 20, filter: { vendors: [DATADOG] }) { nodes { name draftLock { since } } sourceErrors { code } }
      }`;
      const { status, data, errors } = await post(strict.url, { query });
      expect(status).toBe(200);
      const refused = errors.filter(({ extensions }) => extensions.code === 'QUERY_TOO_EXPENSIVE');
      expect(refused.length).toBeGreaterThan(0);
      expect(errors).toEqual(refused);
      expect(at(refused, 0).extensions['limit']).toBe(9);
      expect(at(refused, 0).message).toContain('9 upstream calls');
      expect(data).toMatchObject({ scoreDefinitions: { nodes: [{ id: expect.any(String) }] } });
      expect(JSON.stringify(data).match(/"name":/g)).toHaveLength(20);
      expect(strict.received('datadog').length + strict.received('posthog').length).toBe(9);
    } finally {
      await strict.dispose();
    }
  });

  it('of a list is an error of that list, not of a vendor', async () => {
    const strict = await startTestGateway({ environment: { MAX_UPSTREAM_CALLS: '3' } });
    try {
      const answer = await strict.query(
        '{ datasets(first: 5) { nodes { id } sourceErrors { code } } sources { vendor } }',
        {},
        { accept: resultType },
      );
      expect(answer.status).toBe(200);
      expect(answer.data).toMatchObject({ datasets: null });
      expect(answer.errors).toMatchObject([
        { path: ['datasets'], extensions: { code: 'QUERY_TOO_EXPENSIVE', limit: 3 } },
      ]);
    } finally {
      await strict.dispose();
    }
  });
});
