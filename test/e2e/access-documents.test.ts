import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createCapturedLog } from '../support/captured-log.ts';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { ask, post } from '../support/graphql-post.ts';
import { followWs } from '../support/stream-client.ts';

const document = 'query Vendors { sources { vendor } }';
const hash = 'b'.repeat(64);
const folder = mkdtempSync(join(tmpdir(), 'lockstep-'));
const manifest = join(folder, 'manifest.json');
writeFileSync(manifest, JSON.stringify({ [hash]: document, named: '{ __typename }' }));

let gateway: TestGateway;
let open: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { TRUSTED_DOCUMENTS: manifest } });
  open = await startTestGateway();
});
afterAll(async () => {
  await gateway?.dispose();
  await open?.dispose();
  rmSync(folder, { recursive: true });
});

const vendors = { sources: [{ vendor: 'DATADOG' }, { vendor: 'HUMANLOOP' }, { vendor: 'POSTHOG' }] };

describe('with a manifest', () => {
  it.each<readonly [string, object]>([
    ['its text', { query: document }],
    ['its id', { documentId: hash }],
    ['its id with the name of the hash', { documentId: `sha256:${hash}` }],
    [
      "its id as Apollo's clients send it",
      { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
    ],
    ['its id beside an empty text', { query: '', documentId: hash }],
  ])('a document of it runs by %s', async (_what, body) => {
    const { status, data } = await post(gateway.url, body);
    expect([status, data]).toEqual([200, vendors]);
  });

  it.each<readonly [string, object]>([
    ['another text', { query: '{ sources { vendor status } }' }],
    ['the same text otherwise spaced', { query: ` ${document}` }],
    ['another text beside a known id', { query: '{ sources { vendor status } }', documentId: hash }],
    ['an unknown id', { documentId: 'c'.repeat(64) }],
    ['the name of what every object has', { documentId: 'constructor' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['what is no document', { query: '{' }],
  ])('nothing else runs: %s', async (_what, body) => {
    const { status, errors, data } = await post(gateway.url, body);
    expect([status, data]).toEqual([403, undefined]);
    expect(at(errors, 0).extensions.code).toBe('FORBIDDEN');
  });

  it('the same holds for GET and multipart', async () => {
    const headers = { 'graphql-require-preflight': '1' };
    expect((await ask(`${gateway.url}?documentId=${hash}`, { headers })).data).toEqual(vendors);
    expect((await ask(`${gateway.url}?query={__schema{types{name}}}`, { headers })).status).toBe(403);
    const form = new FormData();
    form.set(
      'operations',
      JSON.stringify({ query: 'mutation { translateText(input: { text: "x" }) { __typename } }' }),
    );
    form.set('map', '{}');
    expect((await ask(gateway.url, { method: 'POST', headers, body: form })).status).toBe(403);
  });

  it('the same holds for a WebSocket', async () => {
    const run = async (request: { query: string; extensions?: Record<string, unknown> }) => {
      const follower = followWs(gateway.url, request);
      const ended = await follower.ended;
      await follower.close();
      return { ended, answers: follower.answers };
    };
    expect((await run({ query: document })).answers).toMatchObject([{ data: vendors }]);
    const byId = await run({ query: '', extensions: { persistedQuery: { version: 1, sha256Hash: hash } } });
    expect(byId.answers).toMatchObject([{ data: vendors }]);
    expect((await run({ query: '{ __typename }' })).answers).toMatchObject([
      { data: { __typename: 'Query' } },
    ]);
    expect((await run({ query: '{ sources { id } }' })).ended).toMatchObject({
      error: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });
});

describe('without a manifest', () => {
  it('an id is refused, saying to send the document', async () => {
    const { status, errors } = await post(open.url, { documentId: hash });
    expect(status).toBe(403);
    expect(at(errors, 0).message).toContain('send the document itself');
  });

  it('a request with neither is told that it needs a document', async () => {
    const { status, errors } = await post(open.url, { variables: {} });
    expect([status, at(errors, 0).extensions.code]).toEqual([400, 'INVALID_INPUT']);
  });
});

describe('the command that makes a manifest', () => {
  const script = fileURLToPath(new URL('../../scripts/trusted-documents.ts', import.meta.url));
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [script, ...args], { cwd: folder }).then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
    );

  it('takes each operation with its fragments, out of GraphQL and out of tags in code, and a gateway runs it', async () => {
    writeFileSync(join(folder, 'one.graphql'), 'query One { sources { ...S } }\nquery Two { __typename }');
    writeFileSync(
      join(folder, 'three.tsx'),
      'const s = gql`fragment S on Source { ...T }`;\nconst t = graphql(`fragment T on Source { vendor }\nquery Three { sources { ...S } }`);',
    );
    const made = await run('--out', 'made.json', '*.graphql', '*.tsx');
    expect(made).toEqual({ code: 0, said: '' });
    const byId = Object.entries(
      JSON.parse(readFileSync(join(folder, 'made.json'), 'utf8')) as Record<string, string>,
    );
    expect(byId.map(([, text]) => text.split(' {')[0])).toEqual(['query One', 'query Three', 'query Two']);
    const trusting = await startTestGateway({
      environment: { TRUSTED_DOCUMENTS: join(folder, 'made.json') },
    });
    try {
      for (const [id, text] of byId) {
        expect(createHash('sha256').update(text).digest('hex')).toBe(id);
        const { data } = await post(trusting.url, { documentId: `sha256:${id}` });
        expect(data).toEqual(text.startsWith('query Two') ? { __typename: 'Query' } : vendors);
      }
    } finally {
      await trusting.dispose();
    }
  });

  it.each<readonly [RegExp, string]>([
    [/has no name/, '{ sources { vendor } }'],
    [/Cannot query field "nothing"/, 'query A { nothing }'],
    [/Unknown fragment "F"/, 'query A { sources { ...F } }'],
    [/too/, 'query A { __typename } query A { __typename }'],
    [/neither an operation nor a fragment/, 'type Query { a: Int }'],
    [/Syntax Error/, 'query A {'],
    [/no operation/, 'fragment F on Source { vendor }'],
  ])('says what is wrong, and writes nothing: %s', async (message, text) => {
    writeFileSync(join(folder, 'wrong.gql'), text);
    const { code, said } = await run('--out', 'none.json', 'wrong.gql');
    expect(code).toBe(1);
    expect(said).toMatch(message);
    expect(existsSync(join(folder, 'none.json'))).toBe(false);
  });

  it('a document that no longer fits the schema is told in the log at start', async () => {
    const log = createCapturedLog();
    const path = join(folder, 'old.json');
    writeFileSync(path, JSON.stringify({ old: '{ gone }', broken: '{', fine: '{ __typename }' }));
    const trusting = await startTestGateway({ environment: { TRUSTED_DOCUMENTS: path }, logger: log.logger });
    await trusting.dispose();
    expect(log.text().match(/a trusted document does not fit the schema/g)).toHaveLength(2);
  });
});

describe('a manifest that cannot be used', () => {
  it.each(['[]', '{}', '{"a": 1}', 'no JSON', 'null'])('stops the start: %s', (text) => {
    const path = join(folder, 'wrong.json');
    writeFileSync(path, text);
    expect(() => readConfig({ TRUSTED_DOCUMENTS: path })).toThrow(/TRUSTED_DOCUMENTS/);
  });
});
