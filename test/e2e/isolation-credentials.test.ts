import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { startGatewayServer } from '../../src/server/http-server.ts';
import { datadogSites } from '../../src/sources/registry.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { at } from '../support/first-of.ts';
import { type AnswerError, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { acmeCaller, type CallerHeaders, globexCaller } from '../support/tenants.ts';
import { vendorsUnderTest } from '../support/vendor-failures.ts';

const everyVendor = '{ datasets(first: 2) { nodes { name } } sources { status } }';
const secret = 'canary-a9f2c4';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  for (const { key } of vendorsUnderTest) gateway.received(key);
});

function without(headers: CallerHeaders, ...names: readonly string[]): CallerHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

const posthogHeaders = { 'x-posthog-api-key': secret, 'x-posthog-project-id': '1' };
const long = secret.padEnd(513, 'x');

const refused: readonly (readonly [what: string, headers: CallerHeaders, named: string])[] = [
  ['an API key of Datadog alone', { 'x-datadog-api-key': secret }, 'x-datadog-application-key'],
  ['an application key of Datadog alone', { 'x-datadog-application-key': secret }, 'x-datadog-api-key'],
  ['a site of Datadog without keys', { 'x-datadog-site': 'datadoghq.eu' }, 'x-datadog-site'],
  [
    'a site beside an API key alone',
    { 'x-datadog-site': 'datadoghq.eu', 'x-datadog-api-key': secret },
    'x-datadog-application-key',
  ],
  ['a project of PostHog without a key', { 'x-posthog-project-id': '1001' }, 'x-posthog-api-key'],
  ['a key of PostHog without a project', { 'x-posthog-api-key': secret }, 'x-posthog-project-id'],
  ['the current project', { ...posthogHeaders, 'x-posthog-project-id': '@current' }, 'x-posthog-project-id'],
  [
    'a project that is a path',
    { ...posthogHeaders, 'x-posthog-project-id': '1/../2' },
    'x-posthog-project-id',
  ],
  ['a project with a query', { ...posthogHeaders, 'x-posthog-project-id': '1?a=b' }, 'x-posthog-project-id'],
  ['a negative project', { ...posthogHeaders, 'x-posthog-project-id': '-1' }, 'x-posthog-project-id'],
  ['a project token', { ...posthogHeaders, 'x-posthog-api-key': `phc_${secret}` }, 'x-posthog-api-key'],
  ['a key that is too long', { 'x-humanloop-api-key': long }, 'x-humanloop-api-key'],
  ['a key with a blank in it', { 'x-humanloop-api-key': `${secret} b` }, 'x-humanloop-api-key'],
  ['a key outside of ASCII', { 'x-humanloop-api-key': `${secret}é` }, 'x-humanloop-api-key'],
  [
    'a key with a tab in it',
    { 'x-datadog-api-key': `${secret}\tb`, 'x-datadog-application-key': secret },
    'x-datadog-api-key',
  ],
  [
    'one complete vendor and half of another',
    { ...without(globexCaller, 'x-datadog-application-key') },
    'x-datadog-application-key',
  ],
];

async function send(url: string, headers: CallerHeaders) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: everyVendor }),
  });
  const text = await response.text();
  // What the gateway sends as JSON has the members of a GraphQL response.
  return {
    status: response.status,
    text,
    body: JSON.parse(text) as { errors?: AnswerError[]; data?: unknown },
  };
}

function expectNoCalls(): void {
  for (const { key } of vendorsUnderTest) expect(gateway.received(key)).toEqual([]);
}

describe('credentials of a caller that are incomplete or malformed', () => {
  it.each(refused)('are refused before any call: %s', async (_what, headers, named) => {
    const { status, body, text } = await send(gateway.url, headers);
    expect(status).toBe(400);
    expect(body.data).toBeUndefined();
    const error = at(body.errors, 0);
    expect(error.extensions).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: [named] }] });
    expect(error.message).toContain(named);
    expect(text).not.toContain(secret);
    expectNoCalls();
  });

  it('are never made whole with those of the gateway', async () => {
    const headers = without(acmeCaller, 'x-datadog-application-key');
    expect((await send(gateway.url, headers)).status).toBe(400);
    expectNoCalls();
  });

  it('count as not sent where they are empty', async () => {
    const empty = Object.fromEntries(Object.keys(globexCaller).map((name) => [name, '']));
    const { body } = await send(gateway.url, empty);
    expect(body.errors).toBeUndefined();
    for (const { key } of vendorsUnderTest) expect(gateway.received(key).length).toBeGreaterThan(0);
  });
});

const notSites = [
  'evil.example',
  'datadoghq.com.evil.example',
  'evil.example/datadoghq.com',
  'datadoghq.com/',
  'datadoghq.com:443',
  'datadoghq.com@evil.example',
  'https://datadoghq.com',
  'api.datadoghq.com',
  'datadoghq.com#',
  '127.0.0.1',
  '[::1]',
  'US9',
  '__proto__',
  'constructor',
];

describe('the header x-datadog-site', () => {
  it.each(notSites)('that names no site of Datadog is refused: %s', async (site) => {
    const { status, body } = await send(gateway.url, { ...acmeCaller, 'x-datadog-site': site });
    expect(status).toBe(400);
    expect(at(body.errors, 0).extensions).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['x-datadog-site'] }],
    });
    for (const known of Object.values(datadogSites)) expect(at(body.errors, 0).message).toContain(known);
    expectNoCalls();
  });

  it('that names another site than the address of this gateway serves sends the keys nowhere', async () => {
    const { status, body } = await send(gateway.url, { ...acmeCaller, 'x-datadog-site': 'datadoghq.eu' });
    expect(status).toBe(400);
    expect(at(body.errors, 0).message).toContain('datadoghq.com');
    expectNoCalls();
    expect((await send(gateway.url, { ...acmeCaller, 'x-datadog-site': 'US1' })).status).toBe(200);
  });

  it('may name each of the nine where the sandbox plays them, by address or by name', async () => {
    const sandbox = await startSandbox();
    const config = readConfig({
      PORT: '0',
      LOG_LEVEL: 'silent',
      PROBE_INTERVAL: '0',
      ...sandbox.environment,
    });
    const sources = { ...config.sources, datadog: { ...config.sources.datadog, sandbox: true } };
    const own = createGateway({ config: { ...config, sources }, logger: createLogger('silent') });
    const server = await startGatewayServer(own);
    try {
      const sites = Object.entries(datadogSites).flat();
      expect(sites).toHaveLength(18);
      for (const site of [...sites, 'us1', 'DATADOGHQ.EU']) {
        sandbox.datadog.server.requests.clear();
        const headers = { ...acmeCaller, 'x-datadog-site': site };
        const { status, body } = await send(`${server.origin}/graphql`, headers);
        expect([site, status, body.errors]).toEqual([site, 200, undefined]);
        expect(sandbox.datadog.server.requests.all.length).toBeGreaterThan(0);
      }
    } finally {
      await server.dispose();
      await sandbox.dispose();
    }
  });
});

describe('credentials that a vendor does not accept', () => {
  it.each([
    ['DATADOG', { 'x-datadog-api-key': secret, 'x-datadog-application-key': secret }, 'FORBIDDEN'],
    ['HUMANLOOP', { 'x-humanloop-api-key': secret }, 'UNAUTHENTICATED'],
    ['POSTHOG', { 'x-posthog-api-key': secret, 'x-posthog-project-id': '1001' }, 'UNAUTHENTICATED'],
    ['POSTHOG', { ...without(acmeCaller), 'x-posthog-project-id': '2002' }, 'FORBIDDEN'],
  ] as const)(
    "cost the part of %s and are not replaced by the gateway's own",
    async (vendor, headers, code) => {
      const document = `{
      datasets(first: 20) { nodes { vendor } sourceErrors { vendor code message } }
      sources { vendor status statusReason }
    }`;
      type Data = {
        datasets: { nodes: { vendor: string }[]; sourceErrors: object[] };
        sources: { vendor: string; status: string }[];
      };
      const { data, text } = await gateway.query<Data, object>(document, {}, headers);
      expect(data.datasets.sourceErrors).toEqual([
        { vendor, code, message: expect.stringContaining('credentials') },
      ]);
      expect(new Set(data.datasets.nodes.map((node) => node.vendor)).size).toBe(2);
      expect(data.datasets.nodes.map((node) => node.vendor)).not.toContain(vendor);
      expect(data.sources.map(({ status }) => status).toSorted()).toEqual(['DEGRADED', 'UP', 'UP']);
      expect(text).not.toContain(secret);
    },
  );
});
