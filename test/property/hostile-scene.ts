import { channel } from 'node:diagnostics_channel';
import { Agent, request } from 'node:http';
import { expect } from 'vitest';
import { type ErrorCode, errorCodes } from '../../src/domain/error-code.ts';
import { createCapturedLog } from '../support/captured-log.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import type { VendorKey } from '../support/vendor-failures.ts';
import { DocumentedRequests } from './documented-requests.ts';
import { marker } from './hostile-values.ts';
import { type RenamingVendor, startRenamingVendor } from './renaming-vendor.ts';

const keys = ['datadog', 'humanloop', 'posthog'] as const;

/** The names of headers that the gateway sends to each vendor, in alphabetical order. */
const sentHeaders: Readonly<Record<VendorKey, readonly string[]>> = {
  datadog: ['accept', 'connection', 'dd-api-key', 'dd-application-key', 'host'],
  humanloop: ['accept', 'connection', 'host', 'x-api-key'],
  posthog: ['accept', 'authorization', 'connection', 'host'],
};
const bodyHeaders: ReadonlySet<string> = new Set(['content-length', 'content-type']);

/** An answer of the gateway. */
export interface HostileAnswer {
  readonly status: number;
  readonly text: string;
}

/** A gateway whose vendors look at every request that they get. */
export interface HostileScene {
  readonly gateway: TestGateway;
  readonly vendors: Readonly<Record<VendorKey, RenamingVendor>>;
  /** Sends something to the gateway; the answer has to be typed. */
  send(
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: Buffer | string,
  ): Promise<HostileAnswer>;
  query(
    query: string,
    variables?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HostileAnswer>;
  /** Fails when any vendor got what it does not document, or `hostile` anywhere but as one whole value. */
  check(hostile: string): void;
  /** How many requests the vendors got that held the mark of hostile values. */
  readonly marked: number;
  /** Forgets what was received, and other names. */
  clear(): void;
  dispose(): Promise<void>;
}

export async function startHostileScene(
  environment: Readonly<Record<string, string>> = {},
): Promise<HostileScene> {
  const documented = {
    datadog: new DocumentedRequests('datadog'),
    humanloop: new DocumentedRequests('humanloop'),
  };
  const documents = { ...documented, posthog: new DocumentedRequests('posthog') };
  const [datadog, humanloop, posthog] = await Promise.all(keys.map(() => startRenamingVendor()));
  if (datadog === undefined || humanloop === undefined || posthog === undefined)
    throw new Error('three started');
  const vendors = { datadog, humanloop, posthog };
  const log = createCapturedLog();
  const gateway = await startTestGateway({
    logger: log.logger,
    environment: {
      DATADOG_BASE_URL: datadog.origin,
      HUMANLOOP_BASE_URL: `${humanloop.origin}/v5`,
      POSTHOG_BASE_URL: posthog.origin,
      MAX_UPSTREAM_CALLS: '100',
      ...environment,
    },
  });
  for (const key of keys) vendors[key].leadTo(gateway.sandbox[key].server.origin);

  /** Where requests went to from this process, other than by `node:http`, which the gateway does not use. */
  const origins = new Set<string>();
  const onRequest = (message: unknown): void => {
    // As undici's documentation of the channel says.
    const { request: sent } = message as { readonly request: { readonly origin: string | URL } };
    origins.add(String(sent.origin).replace(/\/$/, ''));
  };
  const requests = channel('undici:request:create');
  requests.subscribe(onRequest);

  const agent = new Agent({ keepAlive: true });
  const codes: ReadonlySet<string> = new Set<ErrorCode>(errorCodes);
  let marked = 0;
  /** A call whose operation has failed already may come to its vendor when the next is under way. */
  const said: string[] = [];

  function send(
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: Buffer | string,
  ): Promise<HostileAnswer> {
    const method = body === undefined ? 'GET' : 'POST';
    return new Promise((resolve, reject) => {
      const sent = request(gateway.origin + path, { method, headers, agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => {
          text += String(chunk);
        });
        answer.once('error', reject);
        answer.once('end', () => {
          try {
            // An answer is a GraphQL response, or this fails.
            const { errors = [] } =
              answer.headers['content-type']?.startsWith('text/csv') === true
                ? {}
                : (JSON.parse(text) as { errors?: { extensions: { code: string } }[] });
            for (const { extensions } of errors) {
              expect(codes, text).toContain(extensions.code);
              expect(extensions.code, `${text}\n${log.text()}`).not.toBe('INTERNAL');
            }
            resolve({ status: answer.statusCode ?? 0, text });
          } catch (error) {
            reject(error);
          }
        });
      });
      sent.once('error', reject).end(body);
    });
  }

  return {
    gateway,
    vendors,
    send,
    query: (query, variables = {}, headers = {}) =>
      send(
        '/graphql',
        { 'content-type': 'application/json', ...headers },
        JSON.stringify({ query, variables }),
      ),
    check: (hostile) => {
      said.push(hostile.toWellFormed());
      const allowed = new Set(keys.map((key) => vendors[key].origin));
      const ownOrigins = new Set([gateway.origin, ...keys.map((key) => gateway.sandbox[key].server.origin)]);
      expect([...origins].filter((origin) => !allowed.has(origin) && !ownOrigins.has(origin))).toEqual([]);
      for (const key of keys) {
        for (const { method, url, headers } of vendors[key].received) {
          expect(documents[key].problemOf(method, url), `${method} ${url}`).toBeUndefined();
          const names = headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
          const own = names.filter((name) => !bodyHeaders.has(name)).sort();
          expect(own, `${method} ${url}`).toEqual(sentHeaders[key]);
          expect(headers[headers.findIndex((name) => name.toLowerCase() === 'host') + 1]).toBe(
            new URL(vendors[key].origin).host,
          );
          if (!url.includes(marker)) continue;
          marked += 1;
          const values = documents[key].valuesOf(method, url).filter((value) => value.includes(marker));
          // In one place each, whole.
          expect(url.split(marker), `${method} ${url}`).toHaveLength(values.length + 1);
          for (const value of values) {
            expect(
              said.some((one) => value.toWellFormed().includes(one)),
              value,
            ).toBe(true);
          }
        }
      }
    },
    get marked() {
      return marked;
    },
    clear: () => {
      for (const key of keys) vendors[key].clear();
    },
    dispose: async () => {
      requests.unsubscribe(onRequest);
      agent.destroy();
      await gateway.dispose();
      await Promise.all(keys.map((key) => vendors[key].dispose()));
      expect(log.text()).not.toContain('internal error');
    },
  };
}
