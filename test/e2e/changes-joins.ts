import { createClient } from 'graphql-ws';
import { datadogSeed } from '../../sandbox/datadog/index.ts';
import { startTestGateway } from '../support/gateway.ts';

/*
 * Joins and leaves, many times, in a process of its own (`--expose-gc`), and writes what is there before and after as
 * JSON to standard output.
 */

export interface Left {
  readonly resources: Readonly<Record<string, number>>;
  /** Bytes, after a collection. */
  readonly heap: number;
  readonly subscribers: number;
  readonly loops: number;
}

const gateway = await startTestGateway({
  environment: { WATCH_INTERVAL: '20', WATCH_MAX_INTERVAL: '20', WATCH_LINGER: '5' },
});
const dataset = gateway.sandbox.datadog.state.dataset('acme', datadogSeed.largestDataset);
const ref = { vendor: 'DATADOG', kind: 'DATASET', vendorId: dataset.id, parentVendorId: dataset.projectId };
const answer = await gateway.query<{ resource: { id: string } }, object>(
  'query ($ref: VendorRef!) { resource(ref: $ref) { id } }',
  { ref },
);
const variables = { ids: [answer.data.resource.id] };
const query = 'subscription ($ids: [ID!]!) { changes(resourceIds: $ids) { __typename } }';

const caller = await gateway.gateway.authentication.authenticate(undefined);

/** Joins; leaves without having been told anything, in each of the ways there are. */
async function join(turn: number): Promise<void> {
  const controller = new AbortController();
  const stream = await gateway.gateway.engine.subscribe({
    caller: { caller, header: () => undefined, requestId: `join-${turn}`, signal: controller.signal },
    query,
    operationName: undefined,
    variables,
    bytes: query.length,
  });
  if ('body' in stream) throw new Error(JSON.stringify(stream.body));
  const waits = turn % 3 === 0 ? undefined : stream.next();
  if (turn % 2 === 0) controller.abort();
  await stream.return();
  await waits;
}

async function joinOverSockets(count: number): Promise<void> {
  const client = createClient({ url: gateway.url.replace('http', 'ws'), retryAttempts: 0 });
  for (let turn = 0; turn < count; turn += 1) {
    const results = client.iterate({ query, variables });
    const waits = results.next();
    await results.return?.();
    await waits;
  }
  await client.dispose();
}

async function joinAll(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, index) => join(turn + index)));
  }
}

async function metric(name: string): Promise<number> {
  const text = await gateway.gateway.metrics.registry.metrics();
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
}

async function look(): Promise<Left> {
  while ((await metric('lockstep_watch_loops')) > 0 || (await metric('lockstep_subscribers')) > 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  gateway.sandbox.datadog.server.requests.clear();
  globalThis.gc?.();
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc?.();
  const resources: Record<string, number> = {};
  for (const type of process.getActiveResourcesInfo()) resources[type] = (resources[type] ?? 0) + 1;
  return {
    resources,
    heap: process.memoryUsage().heapUsed,
    subscribers: await metric('lockstep_subscribers'),
    loops: await metric('lockstep_watch_loops'),
  };
}

await joinAll(1_000);
await joinOverSockets(50);
const before = await look();
await joinAll(10_000);
await joinOverSockets(200);
const after = await look();
await gateway.dispose();
process.stdout.write(JSON.stringify({ before, after }));
