import { CloseCode } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { post } from '../support/graphql-post.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { openWebSocket } from '../support/raw-websocket.ts';
import { followWs } from '../support/stream-client.ts';
import { startLockScene } from './stream-locks.ts';

let gateway: TestGateway;
let ids: KnownIds;
beforeAll(async () => {
  const open = await startTestGateway();
  ids = await readKnownIds(open);
  await open.dispose();
  gateway = await startTestGateway({ environment: { MAX_COST: '40', MAX_MUTATION_BYTES: '65536' } });
});
afterAll(() => gateway?.dispose());

function received(): readonly string[] {
  return (['datadog', 'humanloop', 'posthog'] as const).flatMap((vendor) => gateway.received(vendor));
}

const tooMany = `query ($first: Int) {
  sources { vendor }
  datasets(first: $first, filter: { vendors: [DATADOG] }) { nodes { name lock: draftLock { since } } }
}`;

describe('an operation that may cost too much', () => {
  it('is QUERY_TOO_EXPENSIVE with its cost, the limit and what costs most, and asks nobody', async () => {
    received();
    const { status, errors, data } = await post(gateway.url, { query: tooMany, variables: { first: 30 } });
    expect([status, data]).toEqual([400, undefined]);
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'QUERY_TOO_EXPENSIVE', limit: 40, cost: 1 + 10 + 30 },
    ]);
    const { message } = at(errors, 0);
    for (const part of ['41 calls', 'at most 40', '30, are for `datasets.nodes.draftLock`', '`first`']) {
      expect(message).toContain(part);
    }
    expect(received()).toEqual([]);
  });

  it('is executed where its variables ask for less, and refused again where they ask for more', async () => {
    // Ten projects are assumed, and four there are: by the second time that is known.
    for (const [first, isAllowed] of [
      [30, false],
      [29, true],
      [35, true],
      [36, false],
    ] as const) {
      const { errors } = await gateway.query(tooMany, { first });
      expect([first, errors === undefined]).toEqual([first, isAllowed]);
    }
  });

  it('is refused over a WebSocket as over HTTP', async () => {
    received();
    const variables = { first: 100 };
    const follower = followWs<object>(gateway.url, { query: tooMany, variables });
    const ended = await follower.ended;
    expect(JSON.stringify(ended)).toContain('QUERY_TOO_EXPENSIVE');
    expect(received()).toEqual([]);
  });

  it('is a subscription by what one of its events may cost, however it is followed', async () => {
    const subscription = (first: number) => ({
      query: `subscription ($id: ID!, $first: Int) {
        draftLockChanged(datasetIds: [$id]) {
          ... on DraftLockChange { dataset { versions(first: 1) { nodes { items(first: 1) { nodes { id } } dataset { name } } } } }
          ... on DraftLockChange { dataset { project { datasets(first: $first) { nodes { draftLock { since } } } } } }
        }
      }`,
      variables: { id: ids.datadogDataset, first },
    });
    received();
    const { ended } = followWs<object>(gateway.url, subscription(40));
    const { status, text } = await post(gateway.url, subscription(40), { accept: 'text/event-stream' });
    expect(status).toBe(400);
    for (const told of [JSON.stringify(await ended), text]) {
      expect(told).toContain('QUERY_TOO_EXPENSIVE');
      expect(told).toContain('draftLockChanged.dataset.project.datasets.nodes.draftLock');
    }
    expect(received()).toEqual([]);
  });

  it('is no mutation by what it writes, but by what its answer selects, and then nothing is written', async () => {
    const edit = (count: number, selection: string) => ({
      query: `mutation ($input: EditDatasetItemsInput!) { editDatasetItems(input: $input) { __typename ... on EditDatasetItemsSuccess { ${selection} } } }`,
      variables: {
        input: {
          datasetId: ids.posthogDataset,
          add: Array.from({ length: count }, (_, row) => ({ input: { row } })),
        },
      },
    });
    received();
    const heavy = 'dataset { project { datasets(first: 50) { nodes { draftLock { since } } } } }';
    const { errors } = await post(gateway.url, edit(1, heavy));
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['QUERY_TOO_EXPENSIVE']);
    expect(received()).toEqual([]);
    const written = await post(gateway.url, edit(60, 'addedCount'));
    expect(written.data).toMatchObject({ editDatasetItems: { addedCount: 60 } });
  });

  it('is told to nobody who may not read at all', async () => {
    const keys = [{ name: 'writer', key: 'a-key-that-writes', scopes: ['write'] }];
    const closed = await startTestGateway({ environment: { MAX_COST: '1', API_KEYS: JSON.stringify(keys) } });
    try {
      const request = { query: tooMany, variables: { first: 100 } };
      expect((await post(closed.url, request)).status).toBe(401);
      const { errors } = await post(closed.url, request, { authorization: 'Bearer a-key-that-writes' });
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    } finally {
      await closed.dispose();
    }
  });
});

describe('extensions.cost', () => {
  it('is told with the counts of calls: in production to whoever asks for them', async () => {
    const production = await startTestGateway({ environment: { NODE_ENV: 'production', MAX_COST: '50' } });
    try {
      const query = '{ scoreDefinitions(first: 1) { nodes { id } } }';
      expect((await production.query(query)).text).not.toContain('extensions');
      const told = await production.query(query, {}, { 'x-lockstep-upstream': '1' });
      expect(told.cost).toEqual({ estimate: 3, limit: 50 });
    } finally {
      await production.dispose();
    }
  });

  it('is told with each event of a subscription', async () => {
    const scene = await startLockScene({ environment: { MAX_COST: '40' } });
    const query = `subscription { draftLockChanged(datasetIds: ["${scene.id}"]) { ... on DraftLockChange { dataset { name } } } }`;
    const follower = followWs<object>(scene.gateway.url, { query });
    await scene.subscribers(1);
    await scene.lock();
    const event = await follower.next();
    expect(event.extensions?.cost).toEqual({ estimate: 1, limit: 40 });
    await follower.close();
    await scene.dispose();
  });
});

describe('several operations at once', () => {
  it('are refused over a WebSocket, one message each', async () => {
    const raw = await openWebSocket(gateway.url);
    raw.send({ type: 'connection_init' });
    await raw.message('connection_ack');
    const subscribe = (id: string) => ({ id, type: 'subscribe', payload: { query: '{ __typename }' } });
    raw.send([subscribe('1'), subscribe('2')]);
    expect((await raw.closed).code).toBe(CloseCode.BadRequest);
  });
});
