import { afterEach, describe, expect, it } from 'vitest';
import {
  DatasetsWithLocksDocument,
  ListDatasetsDocument,
  ListProjectsDocument,
  ReadNodesDocument,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { takeReceived } from './counting.ts';
import { dataOf, idOf, present } from './reading.ts';

let gateway: TestGateway;
afterEach(() => gateway.dispose());

function idOfSupport(): Promise<string> {
  const { id } = gateway.sandbox.datadog.state.project('acme', 'support-assistant');
  return idOf(gateway, { vendor: 'DATADOG', kind: 'PROJECT', vendorId: id });
}

const tooExpensive = { code: 'QUERY_TOO_EXPENSIVE', limit: 10 };

describe('the ceiling of upstream calls', () => {
  it('stops the rest of an operation with its number, and what was read stays', async () => {
    gateway = await startTestGateway({ environment: { MAX_UPSTREAM_CALLS: '10' } });
    const variables = { first: 25, filter: { projectIds: [await idOfSupport()] } };
    takeReceived(gateway);
    const answer = await gateway.query(DatasetsWithLocksDocument, variables);
    expect(answer.status).toBe(200);
    expect(answer.data.datasets?.nodes).toHaveLength(25);
    expect(takeReceived(gateway).DATADOG).toHaveLength(10);
    expect(answer.upstream).toEqual({ DATADOG: { calls: 10, shared: 0, retries: 0 } });
    // One call for the list and nine for locks: sixteen locks were not asked for.
    expect(answer.errors).toHaveLength(16);
    for (const { path, message, extensions } of present(answer.errors)) {
      expect(path?.slice(0, 2)).toEqual(['datasets', 'nodes']);
      expect(path?.at(-1)).toBe('draftLock');
      expect(extensions).toMatchObject(tooExpensive);
      expect(message).toContain('10');
    }
  });

  it('counts over all vendors and all fields of an operation, and begins anew with the next', async () => {
    gateway = await startTestGateway({ environment: { MAX_UPSTREAM_CALLS: '10' } });
    const { datasets } = dataOf(await gateway.query(ListDatasetsDocument, { first: 100 }));
    const ids = present(datasets).nodes.flatMap(({ vendor, id }) => (vendor === 'HUMANLOOP' ? [id] : []));
    expect(ids.length).toBeGreaterThan(12);
    const reviews = 'traceReviews(first: 1) { nodes { id } }';
    const document = `query ($ids: [ID!]!) { ${reviews} projects { nodes { id } } nodes(ids: $ids) { id } }`;
    for (let turn = 0; turn < 2; turn += 1) {
      takeReceived(gateway);
      const answer = await gateway.query<{ nodes: ({ id: string } | null)[] }, unknown>(document, { ids });
      const received = takeReceived(gateway);
      expect(received.DATADOG.length + received.HUMANLOOP.length + received.POSTHOG.length).toBe(10);
      const missing = answer.data.nodes.filter((node) => node === null);
      expect(answer.errors).toHaveLength(missing.length);
      expect(answer.errors?.every(({ extensions }) => extensions.code === 'QUERY_TOO_EXPENSIVE')).toBe(true);
    }
    // What was refused is had by asking for less.
    const few = await gateway.query(ReadNodesDocument, { ids: ids.slice(-4) });
    expect(dataOf(few).nodes.every((node) => node !== null)).toBe(true);
  });

  it('is an error of the whole list where the list itself cannot be had, never an empty list', async () => {
    gateway = await startTestGateway({ environment: { MAX_UPSTREAM_CALLS: '3' } });
    const answer = await gateway.query(ListDatasetsDocument, {});
    expect(answer.data).toEqual({ datasets: null });
    expect(answer.errors).toMatchObject([
      { path: ['datasets'], extensions: { code: 'QUERY_TOO_EXPENSIVE', limit: 3 } },
    ]);
    const spent = Object.values(present(answer.upstream)).map(({ calls }) => calls);
    expect(spent.reduce((sum, calls) => sum + calls, 0)).toBe(3);
  });

  it('is not spent by what others sent, nor by what is asked twice', async () => {
    gateway = await startTestGateway({ environment: { MAX_UPSTREAM_CALLS: '1' } });
    const list = 'projects(first: 2) { nodes { id } }';
    const answer = await gateway.query(`{ a: ${list} b: ${list} c: ${list} }`);
    expect(answer.errors).toBeUndefined();
    expect(takeReceived(gateway).DATADOG).toHaveLength(1);
  });
});

describe('extensions.upstream', () => {
  const production = { NODE_ENV: 'production' };

  it('is told in production to whoever asks for it, and to nobody else', async () => {
    gateway = await startTestGateway({ environment: production });
    const asked = await gateway.query(ListProjectsDocument, {}, { 'x-lockstep-upstream': '1' });
    expect(asked.upstream).toEqual({ DATADOG: { calls: 1, shared: 0, retries: 0 } });
    for (const headers of [{}, { 'x-lockstep-upstream': '0' }, { 'x-lockstep-upstream': 'true' }]) {
      const answer = await gateway.query(ListProjectsDocument, {}, headers);
      expect(dataOf(answer).projects?.nodes).toHaveLength(4);
      expect(answer.text).not.toContain('extensions');
    }
  });

  it('is told beside errors too, and is empty where nobody was asked', async () => {
    gateway = await startTestGateway({ environment: production });
    const headers = { 'x-lockstep-upstream': '1' };
    gateway.sandbox.datadog.server.faults.add({ effect: { type: 'answer', status: 403 } });
    const failed = await gateway.query('{ modelLabProject(id: "bad") { id } }', {}, headers);
    expect(failed.errors).toHaveLength(1);
    expect(failed.upstream).toEqual({});
    const refused = await gateway.query(ListProjectsDocument, {}, headers);
    expect(refused.upstream).toEqual({ DATADOG: { calls: 1, shared: 0, retries: 0 } });
    expect((await gateway.query('{ __typename }', {}, headers)).upstream).toEqual({});
  });

  it('is always told outside of production', async () => {
    gateway = await startTestGateway({ environment: { NODE_ENV: 'development' } });
    expect((await gateway.query('{ __typename }')).text).toBe(
      '{"data":{"__typename":"Query"},"extensions":{"upstream":{},"cost":{"estimate":0,"limit":1000}}}',
    );
  });
});
