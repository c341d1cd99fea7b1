import { describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import {
  createDatadogDefinition,
  type DatadogOptions,
  datadogSites,
  defaultDatadogSite,
} from '../../src/sources/datadog/index.ts';
import {
  headersOf,
  newestFirst,
  readAll,
  scopeKey,
  source,
  startHarness,
  unknownId,
} from './datadog-harness.ts';

const { gia } = datadogCredentials.globex;
const ofGia = { 'x-datadog-api-key': gia.apiKey, 'x-datadog-application-key': gia.applicationKey };

function define(options: Partial<DatadogOptions> = {}) {
  return createDatadogDefinition({
    site: undefined,
    baseUrl: undefined,
    apiKey: 'own-api',
    appKey: 'own-app',
    sandbox: false,
    scopeKey,
    ...options,
  });
}

describe('the account of a caller', () => {
  it('is the gateway’s where the caller sends no credentials', () => {
    const account = define().accountFor(headersOf({}));
    expect(account).toMatchObject({
      source: 'datadog',
      origin: 'https://api.datadoghq.com',
      headers: { 'dd-api-key': 'own-api', 'dd-application-key': 'own-app', accept: 'application/json' },
      secrets: ['own-api', 'own-app'],
      ofCaller: false,
    });
    expect(define({ site: 'datadoghq.eu' }).accountFor(headersOf({}))?.origin).toBe(
      'https://api.datadoghq.eu',
    );
    expect(define({ appKey: undefined }).accountFor(headersOf({}))).toBeUndefined();
  });

  it('is its own where it sends both keys, on the site that it names', () => {
    const eu = define({ site: 'us5.datadoghq.com' });
    expect(eu.accountFor(headersOf(ofGia))).toMatchObject({
      origin: 'https://api.us5.datadoghq.com',
      headers: { 'dd-api-key': gia.apiKey, 'dd-application-key': gia.applicationKey },
      ofCaller: true,
    });
    for (const site of ['ddog-gov.com', 'GOV', 'Ddog-Gov.com']) {
      const account = eu.accountFor(headersOf({ ...ofGia, 'x-datadog-site': site }));
      expect(account?.origin).toBe('https://api.ddog-gov.com');
    }
    const scopes = ['datadoghq.eu', 'datadoghq.com'].map(
      (site) => eu.accountFor(headersOf({ ...ofGia, 'x-datadog-site': site }))?.scope,
    );
    expect(new Set(scopes).size).toBe(2);
  });

  it.each([
    ['an API key alone', { 'x-datadog-api-key': 'k' }, 'x-datadog-application-key'],
    ['an application key alone', { 'x-datadog-application-key': 'k' }, 'x-datadog-api-key'],
    ['a site without keys', { 'x-datadog-site': 'datadoghq.eu' }, 'x-datadog-site'],
    ['a host that is no site', { ...ofGia, 'x-datadog-site': 'evil.example' }, 'x-datadog-site'],
    ['a key with a blank inside', { ...ofGia, 'x-datadog-api-key': 'a b' }, 'x-datadog-api-key'],
  ])('is refused for %s', (_name, headers: Record<string, string>, header) => {
    expect(() => define().accountFor(headersOf(headers))).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        issues: [expect.objectContaining({ path: [header] })],
      }),
    );
  });

  it('is at the address that the gateway was given, which no site moves', () => {
    const proxied = define({ baseUrl: 'http://proxy.internal:8080/datadog/', site: 'datadoghq.eu' });
    const same = proxied.accountFor(headersOf({ ...ofGia, 'x-datadog-site': 'EU1' }));
    expect(same).toMatchObject({ origin: 'http://proxy.internal:8080', pathPrefix: '/datadog' });
    const other = headersOf({ ...ofGia, 'x-datadog-site': 'datadoghq.com' });
    expect(() => proxied.accountFor(other)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    const played = define({ baseUrl: 'http://127.0.0.1:1', sandbox: true });
    expect(played.accountFor(other)?.origin).toBe('http://127.0.0.1:1');
  });
});

describe('the definition', () => {
  it('says what Datadog is and has', () => {
    expect(define({ key: sourceKey('datadog-eu') }).key).toBe('datadog-eu');
    expect(define()).toMatchObject({
      vendor: 'DATADOG',
      sandbox: false,
      datasetCapabilities: ['DRAFT_LOCK', 'VERSIONS', 'RESTORE', 'EDIT_ITEMS', 'CLONE', 'CSV_UPLOAD'],
      credentialHeaders: ['x-datadog-api-key', 'x-datadog-application-key', 'x-datadog-site'],
    });
    expect(Object.keys(datadogSites)).toHaveLength(9);
    expect(defaultDatadogSite).toBe('datadoghq.com');
  });

  it('connects a caller to its own organisation', async () => {
    const { connect } = await startHarness();
    const streams = await connect(headersOf(ofGia)).datasets.listDatasets({}, newestFirst);
    const read = await Promise.all(streams.map((stream) => readAll(stream, 50)));
    const names = read.flatMap(({ items }) => items.map(({ name }) => name));
    expect(names.length).toBeGreaterThan(0);
    expect(names.every((name) => name.startsWith('Globex'))).toBe(true);
  });

  it('probes with one cheap call, which wrong keys fail', async () => {
    const { connect, asked } = await startHarness();
    const source = connect();
    await source.probe();
    expect(asked()).toEqual(['/projects?page[limit]=1']);
    expect(source.publishedRateLimit).toEqual({ limit: null, remaining: null, resetsAt: null });
    const wrong = headersOf({ ...ofGia, 'x-datadog-application-key': 'wrong' });
    await expect(connect(wrong).probe()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('a thing by its vendor’s id', () => {
  it('is found without a request where its address holds no more', async () => {
    const { connect, asked } = await startHarness();
    const { resolve } = connect();
    const of = [
      [await resolve('PROJECT', 'p', undefined), keyOf(source, 'PROJECT', 'p')],
      [await resolve('DATASET', 'd', 'p'), keyOf(source, 'DATASET', 'p', 'd')],
      [await resolve('DATASET_VERSION', '3', 'p/d'), keyOf(source, 'DATASET_VERSION', 'p', 'd', '3')],
      [await resolve('DATASET_ITEM', 'r', 'p/d'), keyOf(source, 'DATASET_ITEM', 'p', 'd', 'r')],
      [await resolve('PROMPT', 'a/b', undefined), keyOf(source, 'PROMPT', 'a/b')],
      [await resolve('PROMPT_VERSION', '2', 'a/b'), keyOf(source, 'PROMPT_VERSION', 'a/b', '2')],
      [await resolve('MODEL_LAB_PROJECT', '7', undefined), keyOf(source, 'MODEL_LAB_PROJECT', '7')],
      [await resolve('TRACE_REVIEW', 'x', undefined), undefined],
      [await resolve('SCORE_DEFINITION', 'x', undefined), undefined],
    ];
    for (const [found, expected] of of) expect(found).toEqual(expected);
    expect(asked()).toEqual([]);
  });

  it('is looked for in every project where the dataset’s own is not told', async () => {
    const { sandbox, connect, asked } = await startHarness();
    const { id, projectId } = sandbox.state.dataset('acme', datadogSeed.largestDataset);
    const { resolve } = connect();
    const key = keyOf(source, 'DATASET_ITEM', projectId, id, 'r');
    expect(await resolve('DATASET_ITEM', 'r', id)).toEqual(key);
    expect(asked()).toHaveLength(1 + sandbox.state.tenant('acme').projects.size);
    await expect(resolve('DATASET_VERSION', '1', unknownId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    sandbox.server.faults.add({ path: `/${projectId}/`, effect: { type: 'answer', status: 500 } });
    const unsure = connect().resolve('DATASET_VERSION', '1', unknownId);
    await expect(unsure).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });

  it.each([
    ['DATASET', undefined],
    ['DATASET_VERSION', undefined],
    ['DATASET_ITEM', 'p/d/x'],
    ['DATASET_ITEM', '/d'],
    ['PROMPT_VERSION', undefined],
  ] as const)('of kind %s is refused with the parent %s', async (kind, parent) => {
    const { connect } = await startHarness();
    const refused = { code: 'INVALID_INPUT', issues: [{ path: ['ref', 'parentVendorId'] }] };
    await expect(connect().resolve(kind, 'x', parent)).rejects.toMatchObject(refused);
  });
});
