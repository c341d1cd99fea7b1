import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createCapturedLog } from '../support/captured-log.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { replaceAt, spoil } from '../support/spoil.ts';
import { acmeCaller, globexCaller } from '../support/tenants.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type Gate, startGate } from './gate.ts';
import { present } from './reading.ts';
import { succeed, takeWrites } from './writing.ts';
import { datasetVendors, itemOf, makeDataset } from './written-datasets.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
let gate: Gate | undefined;
afterEach(async () => {
  await gateway.dispose();
  await gate?.dispose();
  gate = undefined;
});

function pathOf(id: string, versionRef?: string): string {
  return `/export/datasets/${id}.csv${versionRef === undefined ? '' : `?versionRef=${encodeURIComponent(versionRef)}`}`;
}

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(gateway.origin + path, init);
}

async function expectError(response: Response, status: number, code: string): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBeNull();
  expect(await response.json()).toMatchObject({
    errors: [{ message: expect.any(String), extensions: { code } }],
  });
}

const names = { DATADOG: 'datadog', HUMANLOOP: 'humanloop', POSTHOG: 'posthog' } as const;
/** The path of what holds the items at each vendor. */
const itemPaths = { DATADOG: '/records', HUMANLOOP: '/datapoints', POSTHOG: '/dataset_items' } as const;

describe('a download that cannot begin', () => {
  it('is told as JSON, with a status that says what is wrong', async () => {
    gateway = await startTestGateway();
    const made = await Promise.all(datasetVendors.map((vendor) => makeDataset(gateway, vendor, ['a'])));
    const [datadog, humanloop, posthog] = made.map(({ id }) => id);
    await expectError(await get('/export/datasets/bm90IGFuIGlk.csv'), 400, 'INVALID_INPUT');
    await expectError(await get('/export/datasets/%20.csv'), 404, 'NOT_FOUND');
    await expectError(await get('/export/datasets/.csv'), 404, 'NOT_FOUND');
    await expectError(await get(`/export/datasets/${datadog}.tsv`), 404, 'NOT_FOUND');
    await expectError(await get(`/export/datasets/${datadog}.csv/more`), 404, 'NOT_FOUND');
    await expectError(await get(pathOf(present(datadog), '99')), 404, 'NOT_FOUND');
    await expectError(await get(pathOf(present(datadog), 'latest')), 404, 'NOT_FOUND');
    await expectError(await get(pathOf(present(datadog), '')), 404, 'NOT_FOUND');
    await expectError(await get(pathOf(present(humanloop), 'dsv_0000000000000000000000')), 404, 'NOT_FOUND');
    await expectError(await get(pathOf(present(posthog), '1')), 400, 'UNSUPPORTED');
    const { data } = await gateway.query<{ prompts: { nodes: { id: string }[] } }, object>(
      '{ prompts(first: 1) { nodes { id } } }',
    );
    await expectError(await get(pathOf(present(data.prompts.nodes[0]).id)), 400, 'INVALID_INPUT');
    for (const { id } of made) {
      await succeed(gateway, 'deleteDataset', { datasetId: id });
      await expectError(await get(pathOf(id)), 404, 'NOT_FOUND');
    }
  });

  it.each(datasetVendors)('says that %s is down', async (vendor) => {
    gateway = await startTestGateway();
    const { id } = await makeDataset(gateway, vendor, ['a']);
    const { faults } = gateway.sandbox[names[vendor]].server;
    faults.add({ effect: { type: 'answer', status: 503, headers: {}, body: '' } });
    await expectError(await get(pathOf(id)), 502, 'SOURCE_UNAVAILABLE');
    faults.clear();
    faults.add({ path: itemPaths[vendor], effect: { type: 'reset-before' } });
    await expectError(await get(pathOf(id)), 502, 'SOURCE_UNAVAILABLE');
    faults.clear();
    expect((await get(pathOf(id))).status).toBe(200);
  });

  it('is an error and no file that lacks a row, where a row of the first page cannot be read', async () => {
    gateway = await startTestGateway();
    const { id } = await makeDataset(gateway, 'POSTHOG', ['a', 'b']);
    const download = (): Promise<string> => get(pathOf(id)).then((response) => response.text());
    await spoil(gateway, 'posthog', /dataset_items/, download, (json) => replaceAt(json, 'results[1].id', 5));
    await expectError(await get(pathOf(id)), 502, 'SOURCE_CONTRACT_VIOLATION');
  });

  it('is refused to other methods', async () => {
    gateway = await startTestGateway();
    const { id } = await makeDataset(gateway, 'POSTHOG', ['a']);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const response = await get(pathOf(id), { method });
      expect(response.headers.get('allow')).toBe('GET');
      await expectError(response, 405, 'INVALID_INPUT');
    }
    const head = await get(pathOf(id), { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([405, '']);
    expect(takeWrites(gateway).filter((request) => !request.startsWith('POST'))).toEqual([]);
  });

  it('asks for a key where callers have keys, and uses the vendor credentials of the caller', async () => {
    const [reader, writer] = ['a-key-of-the-reader-0123456789', 'a-key-of-the-writer-0123456789'];
    const apiKeys = JSON.stringify([
      { name: 'reader', key: reader, scopes: ['read'] },
      { name: 'writer', key: writer, scopes: ['write'] },
    ]);
    gateway = await startTestGateway({ environment: { API_KEYS: apiKeys } });
    const authorization = `Bearer ${reader}`;
    const { data } = await gateway.query<{ datasets: { nodes: { id: string }[] } }, object>(
      '{ datasets(first: 1, filter: { vendors: [DATADOG] }) { nodes { id } } }',
      {},
      { authorization },
    );
    const path = pathOf(present(data.datasets.nodes[0]).id);
    for (const headers of [{}, { authorization: 'Bearer wrong-wrong-wrong-wrong' }]) {
      const response = await get(path, { headers });
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      await expectError(response, 401, 'UNAUTHENTICATED');
    }
    const mayOnlyWrite = { authorization: `Bearer ${writer}` };
    await expectError(await get(path, { headers: mayOnlyWrite }), 403, 'FORBIDDEN');
    expect((await get(path, { headers: { authorization } })).status).toBe(200);
    expect((await get(path, { headers: { authorization, ...acmeCaller } })).status).toBe(200);
    // Another organisation's keys see nothing of it.
    await expectError(await get(path, { headers: { authorization, ...globexCaller } }), 404, 'NOT_FOUND');
    const half = { authorization, 'x-datadog-api-key': 'half-a-pair' };
    await expectError(await get(path, { headers: half }), 400, 'INVALID_INPUT');
  });
});

/** Small pages, so that a few items take several of them. */
async function startWithSmallPages(
  environment: Readonly<Record<string, string>> = {},
  log = createCapturedLog(),
): Promise<void> {
  gateway = await startTestGateway({ environment, logger: log.logger });
  gateway.sandbox.datadog.switches.pageLimitMaximum = 2;
  gateway.sandbox.humanloop.switches.sizeCap = 2;
}

const texts = Array.from({ length: 9 }, (_, index) => `item ${index}`);

/** What came of a download whose connection was broken: an error, and never the end of a body. */
async function readBroken(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of present(response.body)) text += decoder.decode(chunk, { stream: true });
  } catch {
    return text;
  }
  throw new Error(`the file looks whole: ${text}`);
}

describe('a download that breaks in the middle', () => {
  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'breaks the connection off when %s fails on a later page',
    async (vendor) => {
      const log = createCapturedLog();
      await startWithSmallPages({}, log);
      const { id } = await makeDataset(gateway, vendor, texts);
      const { faults } = gateway.sandbox[names[vendor]].server;
      const later = vendor === 'DATADOG' ? 'records\\?.*cursor' : 'datapoints\\?.*page=3';
      faults.add({ path: later, effect: { type: 'answer', status: 500, headers: {}, body: '' } });
      const response = await get(pathOf(id));
      expect(response.status).toBe(200);
      expect(await readBroken(response)).toContain('id,input');
      // The caller cannot be told why; whoever runs the gateway is.
      expect(log.text()).toContain('a download broke off');
      expect(log.text()).toContain(present(response.headers.get('x-request-id')));
      expect(log.text()).not.toContain('internal error');
      // Over a plain socket: no last chunk comes.
      const { hostname, port } = new URL(gateway.origin);
      const raw = await new Promise<string>((resolve, reject) => {
        const socket = connect(Number(port), hostname);
        let received = '';
        socket.on('data', (chunk) => {
          received += String(chunk);
        });
        socket.on('error', reject);
        socket.on('close', () => resolve(received));
        socket.write(`GET ${pathOf(id)} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
      });
      expect(raw.toLowerCase()).toContain('transfer-encoding: chunked');
      expect(raw).not.toContain('\r\n0\r\n\r\n');
    },
  );

  it('breaks the connection off at a row that cannot be read, rather than leave it out', async () => {
    await startWithSmallPages();
    const { id } = await makeDataset(gateway, 'DATADOG', texts);
    const download = (): Promise<string> => get(pathOf(id)).then((response) => response.text());
    await spoil(gateway, 'datadog', /records\?.*cursor/, download, (json) =>
      replaceAt(json, 'data[0].id', 5),
    );
    const response = await get(pathOf(id));
    expect(response.status).toBe(200);
    expect(await readBroken(response)).toContain('id,input');
  });

  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'streams: the first rows of %s are there while the next are still asked for',
    async (vendor) => {
      const later = vendor === 'DATADOG' ? /records\?.*cursor/ : /datapoints\?.*page=[2-9]/;
      gate = await startGate(later);
      const setting = vendor === 'DATADOG' ? 'DATADOG_BASE_URL' : 'HUMANLOOP_BASE_URL';
      await startWithSmallPages({ [setting]: `${gate.origin}${vendor === 'DATADOG' ? '' : '/v5'}` });
      gate.leadTo(gateway.sandbox[names[vendor]].server.origin);
      const { id } = await makeDataset(gateway, vendor, texts);
      const response = await get(pathOf(id));
      const reader = present(response.body).getReader();
      const decoder = new TextDecoder();
      let text = decoder.decode((await reader.read()).value);
      expect(text).toContain('id,input');
      await gate.waitFor(1);
      expect(texts.filter((one) => text.includes(one)).length).toBeLessThan(texts.length);
      gate.open();
      for (let part = await reader.read(); !part.done; part = await reader.read())
        text += decoder.decode(part.value);
      expect(texts.filter((one) => text.includes(one))).toEqual(texts);
    },
  );

  it('keeps to the version that it began with, though another is written meanwhile', async () => {
    gate = await startGate(/records\?.*cursor/);
    await startWithSmallPages({ DATADOG_BASE_URL: gate.origin });
    gate.leadTo(gateway.sandbox.datadog.server.origin);
    const { id } = await makeDataset(gateway, 'DATADOG', texts);
    const response = await get(pathOf(id));
    await gate.waitFor(1);
    await succeed(gateway, 'editDatasetItems', { datasetId: id, add: [itemOf('written meanwhile')] });
    gate.open();
    const text = await response.text();
    expect(text).not.toContain('written meanwhile');
    expect(text.trimEnd().split('\n')).toHaveLength(1 + texts.length);
  });

  it('has no end at the ceiling of one operation: a large dataset takes many calls', async () => {
    await startWithSmallPages({ MAX_UPSTREAM_CALLS: '5' });
    for (const vendor of ['DATADOG', 'HUMANLOOP'] as const) {
      const add = Array.from({ length: 25 }, (_, index) => itemOf(`row ${index}`));
      const { id } = await makeDataset(gateway, vendor, []);
      const { versionRef } = await succeed<{ versionRef: string }>(
        gateway,
        'editDatasetItems',
        { datasetId: id, add },
        'versionRef',
      );
      const text = await (await get(pathOf(id, versionRef))).text();
      expect(text.trimEnd().split('\n')).toHaveLength(26);
    }
  });

  it('asks for no more when the caller has left, and logs nothing of it as a fault of ours', async () => {
    gate = await startGate(/records\?.*cursor/);
    const log = createCapturedLog();
    await startWithSmallPages({ DATADOG_BASE_URL: gate.origin }, log);
    gate.leadTo(gateway.sandbox.datadog.server.origin);
    const { id } = await makeDataset(gateway, 'DATADOG', texts);
    const caller = new AbortController();
    const response = await get(pathOf(id), { signal: caller.signal });
    expect(response.status).toBe(200);
    await gate.waitFor(1);
    gateway.sandbox.datadog.server.requests.clear();
    caller.abort();
    await expect(response.text()).rejects.toThrow();
    // The gateway has noticed once it can tell all of its work done.
    await gateway.dispose();
    gate.open();
    expect(gateway.received('datadog')).toEqual([]);
    expect(log.text()).not.toContain('internal error');
    gateway = await startTestGateway();
  });
});
