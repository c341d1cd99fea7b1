import { print } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ListProjectsDocument, TwoThingsDocument, type TwoThingsQuery } from '../generated/graphql.ts';
import { type Answer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Gate, startGate } from './gate.ts';
import { dataOf } from './reading.ts';

let gate: Gate;
let gateway: TestGateway;
beforeEach(async () => {
  gate = await startGate(/\/projects\?/);
  gateway = await startTestGateway({ environment: { DATADOG_BASE_URL: gate.origin } });
  gate.leadTo(gateway.sandbox.datadog.baseUrl);
});
afterEach(async () => {
  await gateway.dispose();
  await gate.dispose();
});

/** Resolves once PostHog has received a request for a page of this size. */
function receivedMarker(marker: number): Promise<void> {
  return gateway.sandbox.posthog.server.requests.waitFor((all) =>
    all.some(({ url }) => url.endsWith(`limit=${marker}`)),
  );
}

/**
 * Starts operations that all ask Datadog for its projects and, in the same breath, PostHog for something that no
 * other asks for: once PostHog has received that, the operation has asked for the projects too.
 */
async function startAsking(markers: readonly number[]): Promise<readonly Promise<Answer<TwoThingsQuery>>[]> {
  const answers: Promise<Answer<TwoThingsQuery>>[] = [];
  for (const marker of markers) {
    answers.push(gateway.query(TwoThingsDocument, { shared: 3, marker }));
    await receivedMarker(marker);
  }
  return answers;
}

describe('what several operations ask at the same moment', () => {
  it('is asked once, and counted for the one that sent it', async () => {
    const answers = await startAsking([11, 12, 13, 14]);
    await gate.waitFor(1);
    expect(gate.waiting).toBe(1);
    gate.open();
    const done = await Promise.all(answers);
    expect(done.map(({ upstream }) => upstream?.['DATADOG'])).toEqual([
      { calls: 1, shared: 0, retries: 0 },
      { calls: 0, shared: 1, retries: 0 },
      { calls: 0, shared: 1, retries: 0 },
      { calls: 0, shared: 1, retries: 0 },
    ]);
    const projects = done.map((answer) => dataOf(answer).projects?.nodes);
    expect(projects[0]).toHaveLength(3);
    expect(projects).toEqual(projects.map(() => projects[0]));
    expect(gateway.received('datadog')).toHaveLength(1);
  });

  it('is asked anew once it was answered', async () => {
    gate.open();
    for (let turn = 0; turn < 3; turn += 1) {
      const { upstream } = await gateway.query(ListProjectsDocument, { first: 3 });
      expect(upstream).toEqual({ DATADOG: { calls: 1, shared: 0, retries: 0 } });
    }
    expect(gateway.received('datadog')).toHaveLength(3);
  });

  it('fails for all of them when it fails, each with an error of its own', async () => {
    gateway.sandbox.datadog.server.faults.add({ effect: { type: 'answer', status: 500 }, times: 1 });
    const answers = await startAsking([11, 12]);
    gate.open();
    for (const { data, errors } of await Promise.all(answers)) {
      expect(errors).toBeUndefined();
      expect(data.projects).toEqual({
        nodes: [],
        sourceErrors: [{ vendor: 'DATADOG', code: 'SOURCE_UNAVAILABLE', httpStatus: 500 }],
      });
    }
    expect(gateway.received('datadog')).toHaveLength(1);
  });

  it('reaches those who stay when the one that sent it leaves', async () => {
    const leaving = new AbortController();
    const left = fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: print(TwoThingsDocument), variables: { shared: 3, marker: 11 } }),
      signal: leaving.signal,
    });
    await receivedMarker(11);
    await gate.waitFor(1);
    const [answer] = await startAsking([12]);
    leaving.abort();
    await expect(left).rejects.toThrow();
    gate.open();
    const stayed = await answer;
    expect(stayed?.data.projects?.nodes).toHaveLength(3);
    expect(stayed?.upstream?.['DATADOG']).toEqual({ calls: 0, shared: 1, retries: 0 });
    expect(gateway.received('datadog')).toHaveLength(1);
  });
});

describe('a call that nobody waits for any more', () => {
  it('is ended at the vendor', async () => {
    gate.open();
    const { requests, faults } = gateway.sandbox.posthog.server;
    faults.add({ effect: { type: 'hang' } });
    const leaving = new AbortController();
    const left = fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ traceReviews(first: 7) { nodes { id } } }' }),
      signal: leaving.signal,
    });
    await receivedMarker(7);
    leaving.abort();
    await expect(left).rejects.toThrow();
    await requests.waitFor((all) => all.length === 1 && all.every(({ aborted }) => aborted));
  });
});
