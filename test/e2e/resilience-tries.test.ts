import { afterEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

const read = `{ prompts(first: 1, filter: { vendors: [POSTHOG] }) { nodes { id } sourceErrors { code message retryAfterSeconds } } }`;
interface Read {
  readonly prompts: {
    readonly nodes: readonly { readonly id: string }[];
    readonly sourceErrors: readonly {
      readonly code: string;
      readonly message: string;
      readonly retryAfterSeconds: number | null;
    }[];
  };
}

let gateway: TestGateway;
afterEach(() => gateway.dispose());

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  gateway = await startTestGateway({ environment: { UPSTREAM_TRIES: '3', ...environment } });
}

const posthog = () => gateway.sandbox.posthog.server;

async function readPrompts() {
  const { data, errors, upstream } = await gateway.query<Read, never>(read);
  expect(errors).toBeUndefined();
  return { ...data.prompts, upstream: upstream?.['POSTHOG'] };
}

describe('a read that fails', () => {
  it.each([
    ['answers 503', { type: 'answer', status: 503 }],
    ['answers 500', { type: 'answer', status: 500 }],
    ['answers 429', { type: 'answer', status: 429 }],
    ['answers 408', { type: 'answer', status: 408 }],
    ['breaks off', { type: 'reset-after' }],
    ['stops in the middle', { type: 'half' }],
  ] as const)('is tried again when the vendor %s, and the tries are told', async (_how, effect) => {
    await start();
    posthog().faults.add({ effect, times: 2 });
    const { nodes, sourceErrors, upstream } = await readPrompts();
    expect(sourceErrors).toEqual([]);
    expect(nodes).toHaveLength(1);
    expect(gateway.received('posthog')).toHaveLength(3);
    expect(upstream).toEqual({ calls: 1, shared: 0, retries: 2 });
  });

  it('is tried no more often than is set', async () => {
    await start();
    posthog().faults.add({ effect: { type: 'answer', status: 503 } });
    expect((await readPrompts()).sourceErrors).toMatchObject([{ code: 'SOURCE_UNAVAILABLE' }]);
    expect(gateway.received('posthog')).toHaveLength(3);
  });

  it.each([400, 401, 403, 404, 409])('is not tried again after %i', async (status) => {
    await start();
    posthog().faults.add({ effect: { type: 'answer', status } });
    expect((await readPrompts()).sourceErrors).toHaveLength(1);
    expect(gateway.received('posthog')).toHaveLength(1);
  });

  it('is not tried again when its answer has another shape, which is counted', async () => {
    await start();
    posthog().faults.add({ effect: { type: 'answer', status: 200, body: '[]' } });
    expect((await readPrompts()).sourceErrors).toMatchObject([{ code: 'SOURCE_CONTRACT_VIOLATION' }]);
    const [request] = gateway.received('posthog');
    expect(request).toBeDefined();
    expect(await gateway.gateway.metrics.registry.metrics()).toMatch(
      /lockstep_contract_drift_total\{vendor="POSTHOG",endpoint="\w+"\} 1/,
    );
  });
});

describe('a read at the limit of its vendor', () => {
  it('waits for a reset that comes in time', async () => {
    await start();
    posthog().faults.add({
      effect: { type: 'answer', status: 429, headers: { 'retry-after': '1' } },
      times: 1,
    });
    expect((await readPrompts()).sourceErrors).toEqual([]);
    const [first, second] = posthog().requests.all.map(({ receivedAt }) => receivedAt);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it.each([
    ['the call', { UPSTREAM_DEADLINE: '5000' }],
    ['its operation', { OPERATION_TIMEOUT: '5000' }],
  ])('is told at once when the reset comes after the time of %s', async (_whose, environment) => {
    await start(environment);
    posthog().faults.add({ effect: { type: 'answer', status: 429, headers: { 'retry-after': '6' } } });
    expect((await readPrompts()).sourceErrors).toMatchObject([
      { code: 'RATE_LIMITED', retryAfterSeconds: 6 },
    ]);
    expect(gateway.received('posthog')).toHaveLength(1);
  });

  it('is not sent while it is known to be refused, and others are', async () => {
    await start({ UPSTREAM_RATE_PAUSE: '60000' });
    const limited = { type: 'answer', status: 429, headers: { 'retry-after': '50' } } as const;
    const lift = posthog().faults.add({ effect: limited });
    await readPrompts();
    lift();
    gateway.received('posthog');
    const { sourceErrors } = await readPrompts();
    expect(sourceErrors).toMatchObject([
      { code: 'RATE_LIMITED', message: expect.stringContaining('was not asked') },
    ]);
    expect(sourceErrors[0]?.retryAfterSeconds).toBeGreaterThan(40);
    expect(gateway.received('posthog')).toEqual([]);
    const others = await gateway.query<{ datasets: { nodes: unknown[] } }, never>(
      '{ datasets(first: 1, filter: { vendors: [HUMANLOOP] }) { nodes { id } } }',
    );
    expect(others.data.datasets.nodes).toHaveLength(1);
  });

  it('that the headers tell is not sent, and `sources` tell why', async () => {
    await start({ UPSTREAM_RATE_PAUSE: '60000' });
    Object.assign(gateway.sandbox.datadog.switches, { rateLimitHeaders: true, rateLimit: 1 });
    const list = '{ datasets(first: 1, filter: { vendors: [DATADOG] }) { sourceErrors { code } } }';
    const sources = '{ sources { vendor status rateLimit { limit remaining } } }';
    await gateway.query(sources);
    gateway.received('datadog');
    const { data } = await gateway.query<{ sources: { vendor: string }[] }, never>(sources);
    expect(data.sources.find(({ vendor }) => vendor === 'DATADOG')).toEqual({
      vendor: 'DATADOG',
      status: 'DEGRADED',
      rateLimit: { limit: 1, remaining: 0 },
    });
    const listed = await gateway.query(list);
    expect(listed.text).toContain('RATE_LIMITED');
    expect(gateway.received('datadog')).toEqual([]);
  });
});
