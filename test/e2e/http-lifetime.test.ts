import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCapturedLog } from '../support/captured-log.ts';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';

const log = createCapturedLog();
let gateway: TestGateway;

forbidUnhandledRejections();
beforeAll(async () => {
  gateway = await startTestGateway({ logger: log.logger });
});
afterAll(async () => {
  await gateway.dispose();
  expect(log.text()).not.toContain('internal error');
});
beforeEach(() => {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) {
    gateway.sandbox[key].server.faults.clear();
    gateway.received(key);
  }
});

const scorers = '{ scoreDefinitions(first: 3) { nodes { name } sourceErrors { code } } }';

/** An operation whose caller can leave. */
function begin(
  query: string,
  url = gateway.url,
): { readonly answer: Promise<unknown>; leave(): Promise<void> } {
  const leaving = new AbortController();
  const answer = fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: leaving.signal,
  }).then((response) => response.json());
  return {
    answer,
    leave: async () => {
      const left = expect(answer).rejects.toThrow();
      leaving.abort();
      await left;
    },
  };
}

describe('a caller that leaves', () => {
  it('takes its upstream calls with it, and causes no more', async () => {
    const { datadog, humanloop, posthog } = gateway.sandbox;
    for (const { server } of [datadog, humanloop, posthog]) server.faults.add({ effect: { type: 'hang' } });
    const { leave } = begin('{ datasets(first: 9) { nodes { name draftLock { since } } } }');
    await Promise.all(
      [datadog, humanloop, posthog].map(({ server }) => server.requests.waitFor((all) => all.length === 1)),
    );
    await leave();
    for (const { server } of [datadog, humanloop, posthog]) {
      await server.requests.waitFor((all) => at(all, 0).aborted);
      server.faults.clear();
    }
    // The gateway is as well as before, and what the operation would have asked next was never sent.
    expect(
      (await gateway.query<{ datasets: object }, object>('{ datasets(first: 1) { sourceErrors { code } } }'))
        .data.datasets,
    ).toEqual({ sourceErrors: [] });
    expect(humanloop.server.requests.all).toHaveLength(2);
    expect(posthog.server.requests.all).toHaveLength(2);
  });

  it('leaves the calls that another operation shares', async () => {
    const { server } = gateway.sandbox.posthog;
    server.faults.add({ effect: { type: 'latency', milliseconds: 1_000 } });
    const first = begin(scorers);
    await server.requests.waitFor((all) => all.length === 1);
    const second = begin(scorers.replace('{ scoreDefinitions', '{ __typename scoreDefinitions'));
    // It takes part once it has asked: a call of its own beside it says that it is so far.
    const third = begin(
      '{ projects(first: 1) { nodes { name } } scoreDefinitions(first: 3) { nodes { name } sourceErrors { code } } }',
    );
    await gateway.sandbox.datadog.server.requests.waitFor((all) => all.length === 1);
    await first.leave();
    for (const { answer } of [second, third]) {
      expect(await answer).toMatchObject({ data: { scoreDefinitions: { sourceErrors: [] } } });
    }
    expect(server.requests.all).toHaveLength(1);
    expect(at(server.requests.all, 0)).toMatchObject({ aborted: false, status: 200 });
  });

  it('ends a shared call when the last of those who share it has left', async () => {
    const { server } = gateway.sandbox.posthog;
    server.faults.add({ effect: { type: 'hang' } });
    const first = begin(scorers);
    await server.requests.waitFor((all) => all.length === 1);
    const second = begin(`{ projects(first: 1) { nodes { name } } ${scorers.slice(1)}`);
    await gateway.sandbox.datadog.server.requests.waitFor((all) => all.length === 1);
    await first.leave();
    expect(at(server.requests.all, 0).aborted).toBe(false);
    await second.leave();
    await server.requests.waitFor((all) => at(all, 0).aborted);
    server.faults.clear();
    expect((await gateway.query(scorers)).errors).toBeUndefined();
  });

  it('in the middle of its own body is no fault', async () => {
    const { hostname, port } = new URL(gateway.origin);
    for (const part of ['{"query":"', '']) {
      await new Promise<void>((resolve, reject) => {
        const socket = connect(Number(port), hostname);
        socket.on('error', reject);
        socket.on('close', () => resolve());
        const head =
          'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n';
        socket.write(head + part, () => socket.destroy());
      });
    }
    expect((await gateway.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect(log.text()).not.toContain('internal error');
  });
});

describe('shutdown', () => {
  it('lets an operation under way finish and refuses new connections', async () => {
    const own = await startTestGateway({ environment: { SHUTDOWN_TIMEOUT: '20000' } });
    const { server } = own.sandbox.posthog;
    server.faults.add({ effect: { type: 'latency', milliseconds: 1_200 } });
    const { answer } = begin(scorers, own.url);
    await server.requests.waitFor((all) => all.length === 1);
    const disposed = own.dispose();
    await expect
      .poll(() =>
        fetch(`${own.origin}/health/live`).then(
          () => 'open',
          () => 'refused',
        ),
      )
      .toBe('refused');
    expect(await answer).toMatchObject({ data: { scoreDefinitions: { sourceErrors: [] } } });
    await disposed;
  });

  it('tells those that are still connected that it drains, and closes their connections', async () => {
    const own = await startTestGateway({ environment: { SHUTDOWN_TIMEOUT: '20000' } });
    const { server } = own.sandbox.posthog;
    server.faults.add({ effect: { type: 'latency', milliseconds: 1_500 } });
    const { answer } = begin(scorers, own.url);
    await server.requests.waitFor((all) => all.length === 1);

    // A connection that is not idle when the shutdown begins: half of its request is there.
    const { hostname, port } = new URL(own.origin);
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.setEncoding('utf8').on('data', (text) => {
      received += String(text);
    });
    const closed = new Promise((resolve) => socket.on('close', resolve));
    await new Promise<void>((resolve) =>
      socket.write('GET /health/ready HTTP/1.1\r\nhost: localhost\r\n', () => resolve()),
    );
    await fetch(`${own.origin}/health/live`);

    const disposed = own.dispose();
    socket.write('\r\n');
    await closed;
    expect(received).toMatch(/^HTTP\/1\.1 503/);
    expect(received.toLowerCase()).toContain('connection: close');
    expect(received).toContain('"status":"draining"');
    expect(await answer).toMatchObject({ data: { scoreDefinitions: { sourceErrors: [] } } });
    await disposed;
  });

  it('cuts off what does not finish in time, says so in the log, and leaves no call behind', async () => {
    const cut = createCapturedLog();
    const own = await startTestGateway({ logger: cut.logger, environment: { SHUTDOWN_TIMEOUT: '300' } });
    const { server } = own.sandbox.posthog;
    server.faults.add({ effect: { type: 'hang' } });
    const { answer } = begin(scorers, own.url);
    const broken = expect(answer).rejects.toThrow();
    await server.requests.waitFor((all) => all.length === 1);
    await own.dispose();
    await broken;
    expect(cut.text()).toContain('operations are cut off at shutdown');
    expect(at(server.requests.all, 0).aborted).toBe(true);
  });
});
