import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCapturedLog } from '../support/captured-log.ts';
import type { AnswerError } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { plantedWords, plantFault } from '../support/planted-fault.ts';
import { openWebSocket } from '../support/raw-websocket.ts';
import { type Follower, followSse, followWs } from '../support/stream-client.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type LockScene, startLockScene } from './stream-locks.ts';
import { makeDataset } from './written-datasets.ts';

const log = createCapturedLog();
let scene: LockScene;
let ids: KnownIds;

forbidUnhandledRejections();
beforeAll(async () => {
  scene = await startLockScene({ logger: log.logger });
  ids = await readKnownIds(scene.gateway);
});
afterAll(() => scene?.dispose());
let lift = (): void => undefined;
beforeEach(() => {
  lift = plantFault((endpoint) => endpoint === 'datasets_list' || endpoint === 'ListLLMObsDatasetRecords');
});
afterEach(() => {
  lift();
});

const query = '{ datasets(first: 1, filter: { vendors: [POSTHOG] }) { nodes { metadata } } }';

interface LoggedLine {
  readonly level: number;
  readonly msg: string;
  readonly requestId?: string;
  readonly err?: { readonly message: string; readonly stack: string };
}

function logged(): readonly LoggedLine[] {
  // The log is lines of JSON with these members, or what is looked for is not found.
  return log
    .text()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LoggedLine);
}

/** Holds that an error tells nothing but an id, and that the log has the fault under it. */
function expectMasked(error: unknown, requestId?: string): void {
  // What the client of a transport gives for an error is one, or none of the below holds.
  const { message, extensions, ...place } = error as AnswerError;
  const id = String(extensions['requestId']);
  if (requestId !== undefined) expect(id).toBe(requestId);
  expect(id).toMatch(/^[\w.:-]{1,100}$/);
  expect(message).toBe(`Internal error. The log of this gateway has it under ${id}.`);
  expect(extensions).toEqual({ code: 'INTERNAL', requestId: id });
  expect(Object.keys(place).every((member) => member === 'path' || member === 'locations')).toBe(true);
  const lines = logged().filter((line) => line.requestId === id);
  // A subscription has one id for all of its events.
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    expect(line).toMatchObject({ level: 50, msg: 'internal error', err: { message: plantedWords } });
  expect(lines[0]?.err?.stack).toMatch(/TypeError: planted.*\n +at .*\.ts:\d+/s);
}

async function firstError(follower: Follower<unknown>): Promise<unknown> {
  const { errors } = await follower.next();
  await follower.close();
  return errors?.[0];
}

describe('a fault of the gateway is "Internal error" with an id that is in the log', () => {
  it('over HTTP, by POST and by GET', async () => {
    const headers = { 'content-type': 'application/json', 'graphql-require-preflight': '1' };
    const { url } = scene.gateway;
    const requests: readonly [id: string, url: string, init: RequestInit][] = [
      ['by-post', url, { method: 'POST', body: JSON.stringify({ query }) }],
      ['by-get', `${url}?${new URLSearchParams({ query })}`, {}],
    ];
    for (const [id, address, init] of requests) {
      const answer = await fetch(address, { ...init, headers: { ...headers, 'x-request-id': id } });
      const { errors, ...others } = (await answer.json()) as { errors: readonly unknown[] }; // As for each answer.
      expect([answer.status, errors.length]).toEqual([200, 1]);
      expect(others).toMatchObject({ data: { datasets: null } });
      expectMasked(errors[0], id);
    }
  });

  it('over server-sent events', async () => {
    const answer = await fetch(scene.gateway.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'x-request-id': 'by-events',
      },
      body: JSON.stringify({ query }),
    });
    const text = await answer.text();
    const data = /"errors":\[(.*)\]/.exec(text)?.[1];
    expectMasked(JSON.parse(data ?? text), 'by-events');
  });

  it('over a WebSocket, which stays open', async () => {
    const raw = await openWebSocket(scene.gateway.url);
    raw.send({ type: 'connection_init' });
    await raw.message('connection_ack');
    raw.send({ id: 'a', type: 'subscribe', payload: { query } });
    // What comes is a result, or the members that are looked at are not there.
    const { payload } = (await raw.message('next')) as { payload?: { errors?: readonly unknown[] } };
    expect(payload?.errors).toHaveLength(1);
    expectMasked(payload?.errors?.[0]);
    await raw.message('complete');
    expect(raw.socket.readyState).toBe(raw.socket.OPEN);
    raw.socket.close();
    await raw.closed;
  });

  it.each([
    ['server-sent events', followSse],
    ['a WebSocket', followWs],
  ] as const)('in an event of a subscription over %s', async (_name, follow) => {
    const document = `subscription ($ids: [ID!]!) { draftLockChanged(datasetIds: $ids) {
      ... on DraftLockChange { dataset { items(first: 1) { nodes { input } } } }
    } }`;
    const follower = follow<unknown>(scene.gateway.url, { query: document, variables: { ids: [scene.id] } });
    await scene.subscribers(1);
    await scene.lock();
    expectMasked(await firstError(follower));
    await scene.subscribers(0);
    await scene.unlock();
  });

  it('in a download, before its first row', async () => {
    const answer = await fetch(`${scene.gateway.origin}/export/datasets/${ids.datadogDataset}.csv`, {
      headers: { 'x-request-id': 'by-download' },
    });
    const { errors } = (await answer.json()) as { errors: readonly unknown[] }; // As for each answer.
    expect([answer.status, errors.length]).toEqual([500, 1]);
    expectMasked(errors[0], 'by-download');
  });

  it('in a download under way, which breaks off', async () => {
    lift();
    const { gateway } = scene;
    // Its items do not come in one answer.
    const names = Array.from({ length: 1_100 }, (_, n) => `item ${n}`);
    const { id } = await makeDataset(gateway, 'DATADOG', names);
    lift = plantFault(
      (endpoint, { 'page[cursor]': cursor }) =>
        endpoint === 'ListLLMObsDatasetRecords' && cursor !== undefined,
    );
    const answer = await fetch(`${scene.gateway.origin}/export/datasets/${id}.csv`, {
      headers: { 'x-request-id': 'breaks-off' },
    });
    expect(answer.status).toBe(200);
    await expect(answer.text().then((text) => text.slice(0, 100))).rejects.toThrow();
    expect(logged().filter(({ requestId }) => requestId === 'breaks-off')).toMatchObject([
      { level: 50, msg: 'internal error', err: { message: plantedWords } },
    ]);
  });
});
