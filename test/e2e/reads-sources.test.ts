import { afterEach, describe, expect, it } from 'vitest';
import { humanloopCredentials } from '../../sandbox/humanloop/index.ts';
import {
  ListDatasetsDocument,
  ListPromptsDocument,
  ReadDatasetDocument,
  ReadFeedDocument,
  ReadSourcesDocument,
  type Vendor,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, present } from './reading.ts';

const keysOf = {
  DATADOG: { DD_API_KEY: undefined, DD_APP_KEY: undefined },
  HUMANLOOP: { HUMANLOOP_API_KEY: undefined },
  POSTHOG: { POSTHOG_PERSONAL_API_KEY: undefined, POSTHOG_PROJECT_ID: undefined },
} as const satisfies Record<Vendor, object>;
const vendors = ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const;
const nameInSandbox = { DATADOG: 'datadog', HUMANLOOP: 'humanloop', POSTHOG: 'posthog' } as const;

const capabilities = {
  DATADOG: ['DRAFT_LOCK', 'VERSIONS', 'RESTORE', 'EDIT_ITEMS', 'CLONE', 'CSV_UPLOAD'],
  HUMANLOOP: [
    'VERSIONS',
    'RESTORE',
    'RENAME_VERSION',
    'DELETE_VERSION',
    'DEPLOY',
    'EDIT_ITEMS',
    'MOVE',
    'CLONE',
    'CSV_UPLOAD',
  ],
  POSTHOG: ['EDIT_ITEMS', 'CSV_UPLOAD'],
} as const;

let gateway: TestGateway;
afterEach(() => gateway.dispose());

async function readSources(headers?: Readonly<Record<string, string>>) {
  return dataOf(await gateway.query(ReadSourcesDocument, {}, headers)).sources;
}

async function sourceOf(vendor: Vendor, headers?: Readonly<Record<string, string>>) {
  return present((await readSources(headers)).find((source) => source.vendor === vendor));
}

describe('sources', () => {
  it('watch nothing where nobody follows, and a change cursor is there all the same', async () => {
    gateway = await startTestGateway({ environment: keysOf.HUMANLOOP });
    const { changeCursor, sources } = dataOf(await gateway.query(ReadFeedDocument));
    expect(changeCursor).toMatch(/^[\w-]+$/);
    const nothing = { resources: 0, intervalSeconds: null };
    expect(sources).toEqual([
      { vendor: 'DATADOG', watching: nothing },
      { vendor: 'HUMANLOOP', watching: null },
      { vendor: 'POSTHOG', watching: nothing },
    ]);
    for (const vendor of ['datadog', 'posthog'] as const) expect(gateway.received(vendor)).toEqual([]);
  });

  it('are all vendors with what each can do and what is left of its quota, for one call each', async () => {
    gateway = await startTestGateway();
    const sources = await readSources();
    expect(sources).toEqual(
      vendors.map((vendor) => ({
        id: expect.any(String),
        vendor,
        status: 'UP',
        statusReason: null,
        datasetCapabilities: capabilities[vendor],
        rateLimit: {
          DATADOG: { limit: null, remaining: null, resetsAt: null },
          HUMANLOOP: null,
          POSTHOG: { limit: 480, remaining: 479, resetsAt: expect.any(String) },
        }[vendor],
        sandbox: false,
      })),
    );
    expect(new Set(sources.map(({ id }) => id)).size).toBe(3);
    for (const vendor of vendors) expect(gateway.received(nameInSandbox[vendor])).toHaveLength(1);
  });

  it('tell the quota that the vendor tells in its headers', async () => {
    gateway = await startTestGateway();
    gateway.sandbox.datadog.switches.rateLimitHeaders = true;
    const before = Date.now();
    const first = present((await sourceOf('DATADOG')).rateLimit);
    const second = present((await sourceOf('DATADOG')).rateLimit);
    expect([first.limit, second.limit]).toEqual([300, 300]);
    expect(present(first.remaining) - present(second.remaining)).toBe(1);
    const resetsAt = Date.parse(present(second.resetsAt));
    expect(resetsAt).toBeGreaterThanOrEqual(before);
    expect(resetsAt).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it('tell of a published limit what is left of it here with the same credentials', async () => {
    gateway = await startTestGateway();
    const first = present((await sourceOf('POSTHOG')).rateLimit);
    await gateway.query('{ prompts(first: 1, filter: { vendors: [POSTHOG] }) { nodes { id } } }');
    const second = present((await sourceOf('POSTHOG')).rateLimit);
    const spent = gateway.received('posthog').length;
    expect([first.limit, first.remaining, second.remaining]).toEqual([480, 479, 480 - spent]);
    expect(spent).toBe(3);
    expect(Date.parse(present(second.resetsAt))).toBeGreaterThan(Date.now());
  });

  it.each(vendors)('say of %s without credentials what to set, and ask it nothing', async (vendor) => {
    gateway = await startTestGateway({ environment: keysOf[vendor] });
    const source = await sourceOf(vendor);
    expect(source).toMatchObject({
      status: 'UNCONFIGURED',
      datasetCapabilities: capabilities[vendor],
      rateLimit: null,
    });
    for (const name of Object.keys(keysOf[vendor])) expect(source.statusReason).toContain(name);
    const others = (await readSources()).filter((other) => other.vendor !== vendor);
    expect(others.map(({ status }) => status)).toEqual(['UP', 'UP']);

    const everything = dataOf(await gateway.query(ListDatasetsDocument, { first: 100 })).datasets;
    expect(new Set(everything?.nodes.map((node) => node.vendor))).toEqual(
      new Set(vendors.filter((other) => other !== vendor)),
    );
    expect(everything?.sourceErrors).toEqual([]);
    const variables = { filter: { vendors: [vendor] } };
    const missing = { nodes: [], sourceErrors: [{ vendor, code: 'UNAUTHENTICATED' }] };
    const { datasets } = dataOf(await gateway.query(ListDatasetsDocument, variables));
    expect(datasets).toMatchObject(missing);
    const { prompts } = dataOf(await gateway.query(ListPromptsDocument, variables));
    expect(prompts).toMatchObject(missing);
    expect(gateway.received(nameInSandbox[vendor])).toEqual([]);
  });

  it('of which none has credentials leave nothing to list, and say so', async () => {
    const environment = { ...keysOf.DATADOG, ...keysOf.HUMANLOOP, ...keysOf.POSTHOG };
    gateway = await startTestGateway({ environment });
    expect((await readSources()).map(({ status }) => status)).toEqual(vendors.map(() => 'UNCONFIGURED'));
    const { datasets } = dataOf(
      await gateway.query(ListDatasetsDocument, { filter: { vendors: [...vendors] } }),
    );
    expect(datasets?.nodes).toEqual([]);
    expect(datasets?.sourceErrors.map(({ vendor, code }) => [vendor, code])).toEqual(
      vendors.map((vendor) => [vendor, 'UNAUTHENTICATED']),
    );
  });

  it('without credentials work for a caller who brings some', async () => {
    gateway = await startTestGateway({ environment: keysOf.HUMANLOOP });
    const headers = { 'x-humanloop-api-key': humanloopCredentials.acme.tomas.apiKey };
    expect((await sourceOf('HUMANLOOP', headers)).status).toBe('UP');
    expect((await sourceOf('HUMANLOOP')).status).toBe('UNCONFIGURED');
    const filter = { vendors: ['HUMANLOOP' as const] };
    const listed = dataOf(await gateway.query(ListDatasetsDocument, { first: 1, filter }, headers)).datasets;
    const id = present(listed?.nodes[0]).id;
    expect(dataOf(await gateway.query(ReadDatasetDocument, { id }, headers)).dataset?.id).toBe(id);
    const without = await gateway.query(ReadDatasetDocument, { id });
    expect(without.data).toEqual({ dataset: null });
    expect(without.errors).toMatchObject([
      { path: ['dataset'], extensions: { code: 'UNAUTHENTICATED', vendor: 'HUMANLOOP' } },
    ]);
  });

  it.each([
    ['answers 401', { type: 'answer', status: 401 }, 'DEGRADED', /401/],
    ['answers 403', { type: 'answer', status: 403 }, 'DEGRADED', /403/],
    ['answers 429', { type: 'answer', status: 429, headers: { 'retry-after': '7' } }, 'DEGRADED', /7 s/],
    ['answers 500', { type: 'answer', status: 500 }, 'DOWN', /500/],
    ['answers HTML', { type: 'answer', status: 200, body: '<html></html>' }, 'DOWN', /not JSON/],
    ['cuts its answers', { type: 'cut-json' }, 'DOWN', /not JSON/],
    ['closes connections', { type: 'reset-before' }, 'DOWN', /could not be reached/],
    ['breaks off', { type: 'half' }, 'DOWN', /broke off/],
    ['never answers', { type: 'hang' }, 'DOWN', /within 300 ms/],
  ] as const)(
    'show a vendor that %s as it is, and the others as up',
    async (_how, effect, status, reason) => {
      gateway = await startTestGateway({ environment: { UPSTREAM_TIMEOUT: '300' } });
      for (const vendor of vendors) {
        const { faults } = gateway.sandbox[nameInSandbox[vendor]].server;
        faults.add({ effect });
        const sources = await readSources();
        expect(sources.map((source) => [source.vendor, source.status])).toEqual(
          vendors.map((other) => [other, other === vendor ? status : 'UP']),
        );
        expect(sources.find((source) => source.vendor === vendor)?.statusReason).toMatch(reason);
        faults.clear();
        expect((await sourceOf(vendor)).status).toBe('UP');
      }
    },
  );
});
