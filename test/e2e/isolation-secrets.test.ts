import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCapturedLog } from '../support/captured-log.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { plantFault } from '../support/planted-fault.ts';
import {
  apiKey,
  canary,
  leaksIn,
  ownKeys,
  secretSettings,
  senders,
  sentKeys,
  type VendorKeys,
} from '../support/secrets.ts';
import { type VendorKey, vendorsUnderTest } from '../support/vendor-failures.ts';

const own: Readonly<Record<VendorKey, readonly string[]>> = secretsOf(ownKeys);
const callers: Readonly<Record<VendorKey, readonly string[]>> = secretsOf(sentKeys);
const authorization = senders["the gateway's own"];
const callerHeaders = senders.sent;

function secretsOf(keys: VendorKeys): Readonly<Record<VendorKey, readonly string[]>> {
  return {
    datadog: [keys['x-datadog-api-key'], keys['x-datadog-application-key']],
    humanloop: [keys['x-humanloop-api-key']],
    posthog: [keys['x-posthog-api-key']],
  };
}

const log = createCapturedLog();
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    logger: log.logger,
    environment: { NODE_ENV: 'development', ...secretSettings },
  });
});
afterAll(() => gateway.dispose());
afterEach(() => {
  for (const { key } of vendorsUnderTest) gateway.sandbox[key].server.faults.clear();
});

const document = `{
  datasets(first: 3) { nodes { id } sourceErrors { ...all } }
  prompts(first: 3) { nodes { id } sourceErrors { ...all } }
  traceReviews { nodes { id } sourceErrors { ...all } }
  modelLabProjects { nodes { id } sourceErrors { ...all } }
  project: resource(ref: { vendor: DATADOG, kind: PROJECT, vendorId: "6a1c0e7e-6a4e-4f8e-8d5f-0b9a7c1d2e3f" }) { id }
  prompt: resource(ref: { vendor: HUMANLOOP, kind: PROMPT, vendorId: "pr_1" }) { id }
  review: resource(ref: { vendor: POSTHOG, kind: TRACE_REVIEW, vendorId: "6a1c0e7e-6a4e-4f8e-8d5f-0b9a7c1d2e3f" }) { id }
  sources { vendor status statusReason }
}
fragment all on SourceError {
  code message resource vendorRequestId httpStatus vendorErrors { title detail code source }
}`;

interface Echo {
  readonly name: string;
  readonly status: number;
  headers?(secret: string): Readonly<Record<string, string>>;
  body(secret: string): string;
}

function everyWay(secret: string): string {
  const json = JSON.stringify(secret);
  return [secret, json, encodeURIComponent(secret), encodeURI(secret), escapeHtml(secret)].join(' ');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A body that each of the three vendors' words is found in. */
function errorBody(secret: string): string {
  const text = everyWay(secret);
  const detail = [
    { loc: ['header', text], msg: text, type: text },
    { odd: secret, message: { deep: secret } },
    text,
  ];
  const error = { title: text, detail: text, code: text, source: { header: text } };
  return JSON.stringify({ errors: [error, text], detail, type: text, code: text, attr: text });
}

const json = { 'content-type': 'application/json' };

const echoes: readonly Echo[] = [
  ...[400, 401, 403, 404, 409, 422, 429, 500].map((status) => ({
    name: `an error body of status ${status}`,
    status,
    headers: () => json,
    body: errorBody,
  })),
  {
    name: 'an error as one text',
    status: 403,
    headers: () => json,
    body: (secret) => JSON.stringify({ detail: everyWay(secret) }),
  },
  { name: 'a page of an error', status: 502, body: (secret) => `<html>${everyWay(secret)}</html>` },
  {
    name: 'a long page that ends within a secret',
    status: 502,
    body: (secret) => `${'x'.repeat(500 - (canary.length + 4))}${secret}${secret}`,
  },
  {
    name: 'request ids',
    status: 403,
    headers: (secret) => ({ ...json, 'x-request-id': secret, 'x-datadog-request-id': `id ${secret}` }),
    body: () => '{}',
  },
  {
    name: 'a content type',
    status: 200,
    headers: (secret) => ({ 'content-type': `text/${secret}` }),
    body: () => '<p>',
  },
  { name: 'text where JSON should be', status: 200, body: everyWay },
  {
    name: 'a redirect',
    status: 307,
    headers: (secret) => ({ location: `http://127.0.0.1:9/?key=${encodeURIComponent(secret)}` }),
    body: everyWay,
  },
  {
    name: 'an unexpected shape',
    status: 200,
    headers: () => json,
    body: (secret) => JSON.stringify({ [secret]: secret, data: secret, records: secret, results: secret }),
  },
  {
    name: 'rows of an unexpected shape',
    status: 200,
    headers: () => json,
    body: (secret) => {
      const rows = [{ id: 'r1', name: { [secret]: secret }, attributes: { [secret]: secret } }, secret, null];
      return JSON.stringify({
        data: rows,
        records: rows,
        results: rows,
        count: 3,
        total: 3,
        size: 25,
        meta: { page: {} },
      });
    },
  },
];

/** Everything that somebody can see from outside. */
async function everythingSeen(headers: Readonly<Record<string, string>>): Promise<string> {
  const answer = await gateway.query(document, {}, headers);
  expect(answer.status).toBe(200);
  const health = await fetch(`${gateway.origin}/health/ready`, { headers: authorization });
  const metrics = await fetch(`${gateway.origin}/metrics`, { headers: authorization });
  expect(metrics.status).toBe(200);
  const heads = [answer.headers, health.headers, metrics.headers].map((head) => JSON.stringify([...head]));
  return [answer.text, ...heads, await health.text(), await metrics.text()].join('\n');
}

describe('a secret that a vendor echoes', () => {
  it.each(echoes)('is cut out wherever it would be shown: $name', async ({ status, headers, body }) => {
    for (const [secrets, sent] of [
      [own, authorization],
      [callers, callerHeaders],
    ] as const) {
      // A vendor knows of no secret but those of the credential that it is called with.
      for (const secret of [0, 1]) {
        for (const { key } of vendorsUnderTest) {
          const echoed = secrets[key][secret] ?? secrets[key][0] ?? '';
          gateway.sandbox[key].server.faults.clear();
          gateway.sandbox[key].server.faults.add({
            effect: { type: 'answer', status, headers: headers?.(echoed) ?? {}, body: body(echoed) },
          });
        }
        const seen = await everythingSeen(sent);
        expect(seen).toContain('sourceErrors');
        expect(leaksIn(seen)).toEqual([]);
      }
    }
    expect(leaksIn(log.text())).toEqual([]);
  });

  it('is not in the address of any request', () => {
    for (const { key } of vendorsUnderTest) {
      const { all } = gateway.sandbox[key].server.requests;
      expect(all.length).toBeGreaterThan(0);
      for (const { url, headers } of all) {
        expect(leaksIn(url)).toEqual([]);
        const held = Object.entries(headers).filter(([, value]) => value.includes(canary));
        // Where it belongs, and nowhere else: nothing of the gateway's own callers is sent on.
        for (const [name] of held)
          expect(['dd-api-key', 'dd-application-key', 'x-api-key', 'authorization']).toContain(name);
        expect(JSON.stringify(headers)).not.toContain(apiKey);
      }
    }
  });
});

describe('the log', () => {
  it('of a fault within holds its stack and request id, and no secret', async () => {
    const lift = plantFault((endpoint) => endpoint === 'datasets_list');
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'find-me-7', ...callerHeaders },
      body: JSON.stringify({ query: '{ datasets(filter: { vendors: [POSTHOG] }) { nodes { metadata } } }' }),
    });
    lift();
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      errors: [
        {
          message: 'Internal error. The log of this gateway has it under find-me-7.',
          extensions: { code: 'INTERNAL', requestId: 'find-me-7' },
        },
      ],
    });
    expect(log.text()).toContain('"requestId":"find-me-7"');
    expect(log.text()).toMatch(/"stack":"\w*Error: .*\.ts:\d+/);
    expect(leaksIn(log.text())).toEqual([]);
  });
});

describe('a refused key of the gateway', () => {
  it.each([
    ['a wrong one', `Bearer ${canary}-wrong`],
    ['another scheme', `Basic ${Buffer.from(`user:${canary}`).toString('base64')} ${canary}`],
    ['none at all', canary],
  ])('is not repeated: %s', async (_what, value) => {
    const answer = await gateway.query(document, {}, { ...callerHeaders, authorization: value });
    expect(answer.status).toBe(401);
    expect(answer.text + JSON.stringify([...answer.headers])).not.toContain(canary);
    expect(leaksIn(log.text())).toEqual([]);
  });
});
