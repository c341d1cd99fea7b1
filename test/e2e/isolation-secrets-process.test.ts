import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createAsker, ways } from '../support/ask-any-way.ts';
import { type EchoingVendor, manners, startEchoingVendor } from '../support/echoing-vendor.ts';
import { type OwnProcess, startProcess } from '../support/own-process.ts';
import { openWebSocket } from '../support/raw-websocket.ts';
import { apiKey, canary, leaksIn, secretSettings, senders } from '../support/secrets.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const leftovers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const dispose of leftovers.splice(0).reverse()) await dispose();
});

interface Scene {
  readonly child: OwnProcess;
  readonly vendor: EchoingVendor;
  readonly issuer: TokenIssuer;
  readonly origin: string;
}

async function start(
  environment: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
): Promise<Scene> {
  const vendor = await startEchoingVendor();
  leftovers.push(() => vendor.dispose());
  const issuer = await startTokenIssuer();
  leftovers.push(() => issuer.dispose());
  const child = startProcess(
    {
      ...secretSettings,
      LOG_LEVEL: 'trace',
      JWT_JWKS: issuer.jwksUrl,
      JWT_ISSUER: issuer.issuer,
      JWT_AUDIENCE: issuer.audience,
      DATADOG_BASE_URL: vendor.origin,
      HUMANLOOP_BASE_URL: `${vendor.origin}/v5`,
      POSTHOG_BASE_URL: vendor.origin,
      UPSTREAM_TIMEOUT: '300',
      UPSTREAM_TRIES: '1',
      UPSTREAM_BREAKER_FAILURES: '1000000',
      WATCH_INTERVAL: '50',
      PROBE_INTERVAL: '0',
      SHUTDOWN_TIMEOUT: '500',
      ...environment,
    },
    options,
  );
  leftovers.push(() => child.dispose());
  return { child, vendor, issuer, origin: await child.find(/serves GraphQL at (http:\/\/\S+)\/graphql/) };
}

const uuid = '6a1c0e7e-6a4e-4f8e-8d5f-0b9a7c1d2e3f';
const datasetId = Buffer.from(`datadog:ds:${uuid}:${uuid}`).toString('base64url');
const query = `{
  datasets(first: 2) { nodes { id } sourceErrors { code message vendorErrors { title detail code source } } }
  traceReviews { nodes { id } sourceErrors { message } }
  dataset(id: "${datasetId}") { id draftLock { since } }
  sources { vendor status statusReason }
}`;
const mutation = `mutation {
  lockDatasetDraft(input: { datasetId: "${datasetId}" }) { __typename ... on UserError { message } }
  createPrompt(input: { vendor: POSTHOG, name: "a", content: { text: "b" } }) { __typename ... on UserError { message } }
}`;
const subscription = `subscription { changes(resourceIds: ["${datasetId}"]) { __typename ... on SourceStatusChange { statusReason } } }`;

async function textOf(response: Response): Promise<string> {
  return `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
}

/** A form as GraphQL clients send files, with these members. */
function formOf(operations: string): FormData {
  const form = new FormData();
  form.set('operations', operations);
  form.set('map', '{"0": ["variables.file"]}');
  form.set('0', new File([canary], 'a.csv'));
  return form;
}

/** Everything that a caller is told by any way in, whatever it does right and wrong. */
async function everythingTold(
  { origin }: Scene,
  headers: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const url = `${origin}/graphql`;
  const asker = createAsker(url, headers);
  const told: string[] = [];
  for (const way of ways) {
    told.push(await asker.ask(way, query));
    if (way !== 'get') told.push(await asker.ask(way, mutation));
    told.push(await asker.ask(way, '{ nothing'), await asker.ask(way, '{ nothing }'));
  }
  for (const path of [
    '/metrics',
    '/health/ready',
    '/health/live',
    '/nowhere',
    `/export/datasets/${datasetId}.csv`,
  ])
    told.push(await textOf(await fetch(origin + path, { headers })));
  const guarded = { ...headers, 'graphql-require-preflight': '1' };
  for (const body of [formOf(JSON.stringify({ query: mutation, variables: { file: null } })), formOf('no')])
    told.push(await textOf(await fetch(url, { method: 'POST', headers: guarded, body })));
  told.push(await textOf(await fetch(url, { method: 'PUT', headers, body: '{' })));
  told.push(await textOf(await fetch(url, { headers: { ...headers, accept: 'text/html' } })));
  const link = await openWebSocket(url, { headers });
  link.send({ type: 'connection_init', payload: headers });
  await link.message('connection_ack');
  link.send({ type: 'subscribe', id: 'events', payload: { query: subscription } });
  link.send(`not JSON, and ${JSON.stringify(headers)}`);
  const { code, reason } = await link.closed;
  told.push(JSON.stringify(link.messages), `${code} ${reason}`);
  await asker.dispose();
  return told;
}

describe('a process whose every secret is marked', () => {
  it('tells none of them to anybody, and writes none, whatever vendors do with them', async () => {
    const scene = await start();
    const { child, vendor, issuer } = scene;
    const token = await issuer.sign({ sub: 'someone', scope: 'read write' });
    const all = { ...senders, token: { authorization: `Bearer ${token}` } };
    const told: string[] = [];
    for (const [, manner] of [...manners, ['no answer', 'hang'] as const]) {
      vendor.behave(manner);
      // In turn: each of the vendor's manners meets credentials from everywhere.
      for (const headers of Object.values(all)) {
        const asker = createAsker(`${scene.origin}/graphql`, headers);
        told.push(await asker.ask('post', query), await asker.ask('post', mutation));
      }
    }
    vendor.behave(manners[0]?.[1] ?? 'reset');
    for (const headers of Object.values(all)) told.push(...(await everythingTold(scene, headers)));
    const wrong = { ...senders.sent, authorization: `Bearer ${canary}-wrong` };
    for (const path of ['/graphql', '/metrics', '/health/ready', `/export/datasets/${datasetId}.csv`])
      told.push(await textOf(await fetch(scene.origin + path, { headers: wrong })));
    const link = await openWebSocket(`${scene.origin}/graphql`);
    link.send({ type: 'connection_init', payload: wrong });
    const { code, reason } = await link.closed;
    told.push(`${code} ${reason}`);

    child.kill('SIGTERM');
    expect(await child.ended).toBe(0);
    expect(vendor.received).toBeGreaterThan(200);
    for (const secret of [canary, token.split('.')[1] ?? '', token.split('.')[2] ?? '']) {
      expect(told.flatMap((text) => leaksIn(text, secret))).toEqual([]);
      expect(leaksIn(child.stdout + child.stderr, secret)).toEqual([]);
    }
  }, 120_000);

  it.each([
    ['an exception', 'tracing went wrong'],
    ['an exception that names a key', 'no good: [secret]'],
    ['a rejection', 'tracing went wrong'],
    ['a rejection of what is no error', 'Lockstep stops at a fault of its own'],
  ])('that ends by %s says where, and nothing of what the error holds', async (how, said) => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-crash-'));
    leftovers.push(async () => rmSync(folder, { recursive: true }));
    const when = join(folder, 'now');
    const scene = await start({ CRASH_WHEN: when, CRASH_HOW: how }, [
      '--import',
      './test/support/crash-at-call.ts',
    ]);
    const { child, vendor, origin } = scene;
    vendor.behave('hang');
    writeFileSync(when, '');
    const asker = createAsker(`${origin}/graphql`, senders.sent);
    await Promise.allSettled([asker.ask('post', query)]);
    expect(await child.ended).toBe(1);
    expect(child.stderr).toContain(said);
    expect(child.stdout).toContain('"level":60');
    expect(leaksIn(child.stdout + child.stderr)).toEqual([]);
  });

  it('that does not start says which setting is wrong, and not what is in it', async () => {
    const child = startProcess({ LOG_LEVEL: 'trace', LOCKSTEP_CONFIG: `{"HUMANLOOP_API_KEY": "${canary}"}` });
    leftovers.push(() => child.dispose());
    expect(await child.ended).toBe(1);
    expect(child.stderr).toContain('LOCKSTEP_CONFIG');
    expect(leaksIn(child.stdout + child.stderr)).toEqual([]);
  });
});

describe('a configuration that cannot be used', () => {
  it.each<readonly [string, Readonly<Record<string, string>>]>([
    ['API_KEYS', { API_KEYS: `[{"name": "a", "key": "${canary}", "scopes": ["read"]}]` }],
    ['API_KEYS', { API_KEYS: apiKey }],
    ['CALLER_CREDENTIALS', { CALLER_CREDENTIALS: `{"key:a": {"x-humanloop-api-key": "${canary}"}` }],
    ['CALLER_CREDENTIALS', { CALLER_CREDENTIALS: `{"jwt:a": {"x-datadog-api-key": "${canary}"}}` }],
    ['DD_APP_KEY', { DD_API_KEY: canary }],
    ['HUMANLOOP_API_KEY', { HUMANLOOP_API_KEY: `${canary} with a blank` }],
    [
      'POSTHOG_PROJECT_ID',
      { POSTHOG_PERSONAL_API_KEY: canary, POSTHOG_PROJECT_ID: `${canary}-in-the-wrong-place` },
    ],
    ['DATADOG_BASE_URL', { DATADOG_BASE_URL: `http://user:${canary}@localhost` }],
    ['HUMANLOOP_BASE_URL', { HUMANLOOP_BASE_URL: `https://api.humanloop.com/v5?key=${canary}` }],
    ['JWT_JWKS', { JWT_JWKS: `https://user:${canary}@login.example.com/keys` }],
    [
      'JWT_JWKS',
      { JWT_JWKS: `{"keys": [{"kty": "oct", "k": "${canary}"}]}`, JWT_ISSUER: 'a', JWT_AUDIENCE: 'b' },
    ],
    ['LOCKSTEP_CONFIG', { LOCKSTEP_CONFIG: `{"HUMANLOOP_API_KEY": "${canary}"}` }],
    ['LOCKSTEP_CONFIG', { LOCKSTEP_CONFIG: `${canary}-in-the-wrong-place` }],
    ['REDIS_URL', { REDIS_URL: `redis://user:${canary}@127.0.0.1:1/none?x=${canary}` }],
    ['REDIS_URL', { REDIS_URL: `${canary}-in-the-wrong-place` }],
    ['SCOPE_KEY', { REDIS_URL: `redis://user:${canary}@127.0.0.1:1` }],
    ['SCOPE_KEY', { SCOPE_KEY: `${canary} too short` }],
    ['TRUSTED_DOCUMENTS', { TRUSTED_DOCUMENTS: `{"a": "${canary}"}` }],
  ])('is refused by the name of the setting, and not by what is in it: %s', (named, environment) => {
    const read = () => readConfig(environment);
    expect(read).toThrow(new RegExp(named));
    expect(read).not.toThrow(new RegExp(canary));
  });
});
