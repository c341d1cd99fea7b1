import { inspect } from 'node:util';
import { execute, parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/context.ts';
import { LockstepError } from '../../src/domain/errors.ts';
import { schema } from '../../src/schema/index.ts';
import { createCapturedLog } from '../support/captured-log.ts';
import { type EchoingVendor, type Manner, manners, startEchoingVendor } from '../support/echoing-vendor.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { leaksIn, secretSettings, senders } from '../support/secrets.ts';

const { logger: captured, text: logged } = createCapturedLog();
/** What was given to the logger, as it was. */
const reported: unknown[] = [];
const logger = pino(
  {
    level: 'trace',
    hooks: {
      logMethod(given, method) {
        reported.push(given);
        method.apply(this, given);
      },
    },
  },
  { write: (line: string) => captured.info(line) },
);

let vendor: EchoingVendor;
let gateway: TestGateway;
beforeAll(async () => {
  vendor = await startEchoingVendor();
  gateway = await startTestGateway({
    logger,
    environment: {
      ...secretSettings,
      DATADOG_BASE_URL: vendor.origin,
      HUMANLOOP_BASE_URL: `${vendor.origin}/v5`,
      POSTHOG_BASE_URL: vendor.origin,
      UPSTREAM_TIMEOUT: '250',
      UPSTREAM_TRIES: '1',
    },
  });
});
afterAll(async () => {
  await gateway?.dispose();
  await vendor?.dispose();
});

/** All of it, what does not show in a log included: hidden members, and the causes of causes. */
function lookInto(value: unknown): string {
  return inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null });
}

const dataset = (source: string, parts: readonly string[]): string =>
  Buffer.from([source, 'ds', ...parts].join(':')).toString('base64url');
const uuid = '6a1c0e7e-6a4e-4f8e-8d5f-0b9a7c1d2e3f';
const datadogId = dataset('datadog', [uuid, uuid]);
const reads = `{
  datasets(first: 3) { nodes { id } sourceErrors { message vendorErrors { detail } } }
  prompts(first: 3) { nodes { id } sourceErrors { message } }
  traceReviews { nodes { id } }
  modelLabProjects { nodes { id } }
  project: resource(ref: { vendor: DATADOG, kind: PROJECT, vendorId: "${uuid}" }) { id }
  prompt: resource(ref: { vendor: HUMANLOOP, kind: PROMPT, vendorId: "pr_1" }) { id }
  review: resource(ref: { vendor: POSTHOG, kind: TRACE_REVIEW, vendorId: "${uuid}" }) { id }
  sources { status statusReason }
}`;
const writes = `mutation {
  lockDatasetDraft(input: { datasetId: "${datadogId}" }) { __typename }
  createPrompt(input: { vendor: POSTHOG, name: "a", content: { text: "b" } }) { __typename ... on UserError { message } }
  createDataset(input: { vendor: HUMANLOOP, name: "a" }) { __typename ... on UserError { message } }
}`;

/** The errors of an operation as resolvers have thrown them, before anything of them is shaped or masked. */
async function errorsOf(document: string, sender: keyof typeof senders): Promise<readonly unknown[]> {
  const headers: Readonly<Record<string, string>> = senders[sender];
  const caller: Caller = await gateway.gateway.authentication.authenticate(headers['authorization']);
  const context = gateway.gateway.createContext(
    { caller, requestId: 'r', signal: new AbortController().signal, header: (name) => headers[name] },
    { type: document.startsWith('mutation') ? 'mutation' : 'query' },
  );
  const result = await execute({ schema, document: parse(document), contextValue: context });
  // Around them graphql-js puts where they came about: the whole document, in every token.
  for (const { originalError } of result.errors ?? []) expect(originalError).toBeInstanceOf(LockstepError);
  const thrown = (result.errors ?? []).map(({ message, originalError }) => [message, originalError]);
  return [...thrown, result.data];
}

const all: readonly (readonly [string, Manner])[] = [...manners, ['no answer in time', 'hang']];

describe('an error that comes of a vendor that says back what it was sent', () => {
  it.each(all)('holds no secret, however deep one looks: %s', async (_name, manner) => {
    vendor.behave(manner);
    const before = vendor.received;
    for (const sender of ["the gateway's own", 'mapped', 'sent'] as const) {
      for (const document of [reads, writes]) {
        const errors = await errorsOf(document, sender);
        expect(lookInto(errors)).toMatch(/Error|Failure/);
        expect(leaksIn(lookInto(errors))).toEqual([]);
      }
    }
    expect(vendor.received).toBeGreaterThan(before);
    expect(leaksIn(lookInto(reported.splice(0)))).toEqual([]);
    expect(leaksIn(logged())).toEqual([]);
  });

  it('is looked into deep enough: one that holds the headers of a call would be found', () => {
    const held = new Error('outer', { cause: Object.assign(new Error('inner'), { request: senders.sent }) });
    expect(leaksIn(lookInto([held])).length).toBeGreaterThan(0);
  });
});
