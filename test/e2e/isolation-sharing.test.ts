import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { acmeCaller, type CallerHeaders, globexCaller } from '../support/tenants.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { vendorsUnderTest } from '../support/vendor-failures.ts';

let gateway: TestGateway;

forbidUnhandledRejections();
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { PROBE_INTERVAL: '3600000' } });
});
afterAll(() => gateway.dispose());
afterEach(() => {
  for (const { key } of vendorsUnderTest) {
    gateway.sandbox[key].server.faults.clear();
    gateway.received(key);
  }
});

const own: CallerHeaders = {};

describe('a read that is in flight', () => {
  it.each([
    [
      'datadog',
      '{ projects(first: 3) { nodes { name } } }',
      ({ headers }: Seen) => headers['dd-application-key'],
    ],
    [
      'humanloop',
      '{ prompts(filter: { vendors: [HUMANLOOP] }) { nodes { name } } }',
      ({ headers }: Seen) => headers['x-api-key'],
    ],
    [
      'posthog',
      '{ scoreDefinitions(first: 9) { nodes { name } } }',
      ({ headers }: Seen) => headers['authorization'],
    ],
  ] as const)(
    'is shared by operations of one credential and of no other: %s',
    async (vendor, document, keyOf) => {
      const { server } = gateway.sandbox[vendor];
      server.faults.add({ effect: { type: 'latency', milliseconds: 1_500 } });
      const credentials = [own, acmeCaller, globexCaller];
      const first = credentials.map((headers) => gateway.query(document, {}, headers));
      await server.requests.waitFor((all) => all.length === 3);
      const others = credentials.flatMap((headers) =>
        Array.from({ length: 4 }, () => gateway.query(document, {}, headers)),
      );
      const answers = await Promise.all([...first, ...others]);

      expect(server.requests.all).toHaveLength(3);
      expect(new Set(server.requests.all.map(keyOf)).size).toBe(3);
      const counts = answers.map(({ upstream }) => upstream?.[vendor.toUpperCase()]);
      expect(counts.slice(0, 3)).toEqual(Array(3).fill({ calls: 1, shared: 0, retries: 0 }));
      expect(counts.slice(3)).toEqual(Array(12).fill({ calls: 0, shared: 1, retries: 0 }));
      // What was shared is the same for all who shared it, and no tenant's is another's.
      const distinct = new Set(answers.map(({ data }) => JSON.stringify(data)));
      expect(distinct.size).toBe(2);
      expect(JSON.stringify(answers[2]?.data)).toContain('Globex');
      expect(JSON.stringify(answers[1]?.data)).not.toContain('Globex');
    },
  );

  it('is not shared between two projects of one key, and fails for its own sharers only', async () => {
    const { server } = gateway.sandbox.posthog;
    server.faults.add({ path: '/2002/', effect: { type: 'answer', status: 403 } });
    const document =
      '{ prompts(first: 2, filter: { vendors: [POSTHOG] }) { nodes { name } sourceErrors { code } } }';
    const foreign = { ...acmeCaller, 'x-posthog-project-id': '2002' };
    const [mine, theirs] = await Promise.all([
      gateway.query<{ prompts: { sourceErrors: object[] } }, object>(document, {}, acmeCaller),
      gateway.query<{ prompts: { sourceErrors: object[] } }, object>(document, {}, foreign),
    ]);
    expect(mine?.data.prompts.sourceErrors).toEqual([]);
    expect(theirs?.data.prompts.sourceErrors).toEqual([{ code: 'FORBIDDEN' }]);
  });
});

interface Seen {
  readonly headers: Readonly<Record<string, string>>;
}

describe('what is remembered of a vendor', () => {
  type Sources = { sources: { vendor: string; status: string; rateLimit: { remaining: number } | null }[] };
  const document = '{ sources { vendor status rateLimit { remaining } } }';
  const ask = async (headers: CallerHeaders) =>
    (await gateway.query<Sources, object>(document, {}, headers)).data.sources;
  const wrong = { ...acmeCaller, 'x-posthog-api-key': 'phx_nobodys', 'x-datadog-api-key': 'nobodys' };

  it('is the status that its own credentials met', async () => {
    const statuses = async (headers: CallerHeaders) => (await ask(headers)).map(({ status }) => status);
    expect(await statuses(own)).toEqual(['UP', 'UP', 'UP']);
    expect(await statuses(wrong)).toEqual(['DEGRADED', 'UP', 'DEGRADED']);
    expect(await statuses(own)).toEqual(['UP', 'UP', 'UP']);
    expect(await statuses(acmeCaller)).toEqual(['UP', 'UP', 'UP']);
    // Remembered for each: who asks again costs no call.
    for (const { key } of vendorsUnderTest) gateway.received(key);
    expect(await statuses(wrong)).toEqual(['DEGRADED', 'UP', 'DEGRADED']);
    expect(await statuses(own)).toEqual(['UP', 'UP', 'UP']);
    for (const { key } of vendorsUnderTest) expect(gateway.received(key)).toEqual([]);
  });

  it('is the quota that its own credentials have left', async () => {
    for (const headers of [own, globexCaller]) await ask(headers);
    gateway.sandbox.datadog.switches.rateLimitHeaders = true;
    gateway.sandbox.datadog.switches.rateLimit = 100;
    try {
      const spend = (headers: CallerHeaders) => gateway.query('{ projects { nodes { id } } }', {}, headers);
      const left = async (headers: CallerHeaders) => at(await ask(headers), 0).rateLimit?.remaining ?? null;
      await spend(globexCaller);
      expect(await left(globexCaller)).toBe(99);
      expect(await left(own)).toBeNull();
      for (let times = 0; times < 5; times += 1) await spend(own);
      expect(await left(own)).toBe(95);
      expect(await left(globexCaller)).toBe(99);
    } finally {
      gateway.sandbox.datadog.switches.rateLimitHeaders = false;
    }
  });

  it('does not come from an operation whose caller has left', async () => {
    const fresh = await startTestGateway({ environment: { PROBE_INTERVAL: '3600000' } });
    try {
      const { server } = fresh.sandbox.humanloop;
      server.faults.add({ effect: { type: 'latency', milliseconds: 1_000 } });
      const leaving = new AbortController();
      const left = fetch(fresh.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: document }),
        signal: leaving.signal,
      });
      await server.requests.waitFor((all) => all.length === 1);
      const staying = fresh.query<Sources, object>(document);
      // It has asked the vendors too, or takes part in what the first one asked.
      await fresh.sandbox.posthog.server.requests.waitFor((all) => all.length > 0);
      leaving.abort();
      await expect(left).rejects.toThrow();
      expect((await staying).data.sources.map(({ status }) => status)).toEqual(['UP', 'UP', 'UP']);
      expect((await fresh.query<Sources, object>(document)).data.sources.map(({ status }) => status)).toEqual(
        ['UP', 'UP', 'UP'],
      );
    } finally {
      await fresh.dispose();
    }
  });

  it('of readiness does not come from a caller who has left either', async () => {
    const fresh = await startTestGateway({ environment: { PROBE_INTERVAL: '3600000' } });
    try {
      const { server } = fresh.sandbox.humanloop;
      server.faults.add({ effect: { type: 'latency', milliseconds: 600 } });
      const leaving = new AbortController();
      const left = fetch(fresh.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: document }),
        signal: leaving.signal,
      });
      await server.requests.waitFor((all) => all.length === 1);
      leaving.abort();
      await expect(left).rejects.toThrow();
      await server.requests.waitFor((all) => all[0]?.aborted === true);
      const ready: unknown = await (await fetch(`${fresh.origin}/health/ready`)).json();
      expect(ready).toMatchObject({ sources: { humanloop: { status: 'UP' } } });
    } finally {
      await fresh.dispose();
    }
  });
});
