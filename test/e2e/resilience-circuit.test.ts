import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { acmeCaller } from '../support/tenants.ts';

const pause = 300;
const read =
  '{ prompts(first: 1, filter: { vendors: [POSTHOG] }) { nodes { id } sourceErrors { code message retryAfterSeconds } } }';
interface Failure {
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds: number | null;
}
interface Read {
  readonly prompts: { readonly nodes: readonly unknown[]; readonly sourceErrors: readonly Failure[] };
}

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway({
    environment: { UPSTREAM_BREAKER_FAILURES: '3', UPSTREAM_BREAKER_PAUSE: String(pause) },
  });
});
afterEach(() => gateway.dispose());

const posthog = () => gateway.sandbox.posthog.server;

async function readPrompts(headers?: Readonly<Record<string, string>>) {
  return (await gateway.query<Read, never>(read, undefined, headers)).data.prompts;
}

async function readFailing(status: number, times: number): Promise<void> {
  const lift = posthog().faults.add({ effect: { type: 'answer', status } });
  for (let index = 0; index < times; index += 1) await readPrompts();
  lift();
  gateway.received('posthog');
}

interface Ready {
  readonly sources: { readonly posthog: { readonly status: string; readonly circuit?: string } };
}

async function ready(): Promise<Ready['sources']['posthog']> {
  const response = await fetch(`${gateway.origin}/health/ready`);
  expect(response.status).toBe(200);
  // What a server sends as JSON has these members, or the test that reads them fails.
  return ((await response.json()) as Ready).sources.posthog;
}

/** Asks until the vendor is asked again. */
async function untilAsked(): Promise<Read['prompts']> {
  for (;;) {
    const read = await readPrompts();
    if (posthog().requests.all.length > 0) return read;
  }
}

describe('a vendor that is down', () => {
  it('is not asked after some failures, and that is told everywhere; the others answer', async () => {
    await readFailing(503, 3);
    const { sourceErrors } = await readPrompts();
    expect(sourceErrors).toMatchObject([{ code: 'SOURCE_UNAVAILABLE', retryAfterSeconds: 1 }]);
    expect(sourceErrors[0]?.message).toContain('was not asked');
    expect(await ready()).toMatchObject({ status: 'DOWN', circuit: 'OPEN' });
    const { data } = await gateway.query<
      { sources: readonly { vendor: string; status: string; statusReason: string | null }[] },
      never
    >('{ sources { vendor status statusReason } }');
    expect(data.sources.map(({ vendor, status }) => [vendor, status])).toEqual([
      ['DATADOG', 'UP'],
      ['HUMANLOOP', 'UP'],
      ['POSTHOG', 'DOWN'],
    ]);
    expect(data.sources[2]?.statusReason).toContain('was not asked');
    expect(gateway.received('posthog')).toEqual([]);
  });

  it('is asked again after the pause, and answers', async () => {
    await readFailing(503, 3);
    expect((await untilAsked()).sourceErrors).toEqual([]);
    expect((await readPrompts()).sourceErrors).toEqual([]);
    expect(await ready()).toMatchObject({ status: 'UP' });
  });

  it('is tried by one call at a time until it is back', async () => {
    await readFailing(503, 3);
    const lift = posthog().faults.add({ effect: { type: 'answer', status: 503 } });
    await untilAsked();
    await readPrompts();
    expect(gateway.received('posthog')).toHaveLength(1);
    lift();
    expect((await untilAsked()).sourceErrors).toEqual([]);
  });

  it('is still asked with other credentials', async () => {
    await readFailing(503, 3);
    expect((await readPrompts(acmeCaller)).sourceErrors).toEqual([]);
    expect((await readPrompts()).sourceErrors).toMatchObject([{ code: 'SOURCE_UNAVAILABLE' }]);
    expect(gateway.received('posthog')).toHaveLength(1);
  });
});

it.each([400, 401, 404, 429])('a vendor that answers %i is there, however often', async (status) => {
  await readFailing(status, 5);
  expect((await readPrompts()).sourceErrors).toEqual([]);
});
