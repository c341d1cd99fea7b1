import { afterEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

/** Reads of different pages are different calls: nothing of them is shared. */
function read(first: number): string {
  return `{ prompts(first: ${first}, filter: { vendors: [POSTHOG] }) { sourceErrors { code message retryAfterSeconds } } }`;
}
interface Read {
  readonly prompts: {
    readonly sourceErrors: readonly { readonly code: string; readonly message: string }[];
  };
}

const keys = [
  { name: 'many', key: 'key-of-many-0000', scopes: ['read'] },
  { name: 'one', key: 'key-of-one-000000', scopes: ['read'] },
];
const many = { authorization: `Bearer ${keys[0]?.key}` };
const one = { authorization: `Bearer ${keys[1]?.key}` };

let gateway: TestGateway;
afterEach(() => gateway.dispose());

async function start(environment: Readonly<Record<string, string>>): Promise<void> {
  gateway = await startTestGateway({ environment: { API_KEYS: JSON.stringify(keys), ...environment } });
}

const posthog = () => gateway.sandbox.posthog.server;
const asked = () => posthog().requests.all.map(({ url }) => Number(/limit=(\d+)/.exec(url)?.[1]));

async function failuresOf(first: number, headers: Readonly<Record<string, string>>) {
  return (await gateway.query<Read, never>(read(first), undefined, headers)).data.prompts.sourceErrors;
}

describe('calls that wait for their turn at a vendor', () => {
  it('of one caller do not keep those of another waiting', async () => {
    await start({ UPSTREAM_PARALLEL: '1' });
    posthog().faults.add({ effect: { type: 'latency', milliseconds: 40 } });
    const ofMany = Array.from({ length: 20 }, (_, index) => failuresOf(index + 2, many));
    await posthog().requests.waitFor((all) => all.length > 0);
    expect(await failuresOf(99, one)).toEqual([]);
    // The one that is under way, the one whose turn is next, and what came before this one did.
    expect(asked().length).toBeLessThan(15);
    for (const failures of await Promise.all(ofMany)) expect(failures).toEqual([]);
    expect(asked()).toHaveLength(21);
  });

  it('are refused at once where more wait than are kept, and the vendor is not asked for them', async () => {
    await start({ UPSTREAM_PARALLEL: '1', UPSTREAM_QUEUE: '2' });
    posthog().faults.add({ effect: { type: 'hang' } });
    const hanging = new AbortController();
    const waiting = [2, 3, 4].map((first) =>
      fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...many },
        body: JSON.stringify({ query: read(first) }),
        signal: hanging.signal,
      }).catch(() => undefined),
    );
    await posthog().requests.waitFor((all) => all.length > 0);
    const others = await Promise.race([
      failuresOf(5, many),
      Promise.all([6, 7, 8].map((first) => failuresOf(first, many))).then((all) => all[0]),
    ]);
    expect(others).toMatchObject([
      { code: 'RATE_LIMITED', message: expect.stringContaining('was not asked') },
    ]);
    expect(asked()).toHaveLength(1);
    posthog().faults.clear();
    hanging.abort();
    await Promise.all(waiting);
    await posthog().requests.waitFor((all) => all[0]?.aborted === true);
    expect(await failuresOf(9, many)).toEqual([]);
  });

  it('are refused at once where the process has as many under way as it may have, at whatever vendor', async () => {
    await start({ UPSTREAM_PENDING: '2' });
    const lift = posthog().faults.add({ effect: { type: 'hang' } });
    const hanging = new AbortController();
    const waiting = [2, 3].map((first) =>
      fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...many },
        body: JSON.stringify({ query: read(first) }),
        signal: hanging.signal,
      }).catch(() => undefined),
    );
    await posthog().requests.waitFor((all) => all.length === 2);
    const refused = [{ code: 'RATE_LIMITED', message: expect.stringContaining('was not asked') }];
    expect(await failuresOf(4, one)).toMatchObject(refused);
    const elsewhere = await gateway.query<Read, never>(
      read(5).replace('POSTHOG', 'HUMANLOOP'),
      undefined,
      one,
    );
    expect(elsewhere.data.prompts.sourceErrors).toMatchObject(refused);
    expect(gateway.received('humanloop')).toEqual([]);
    expect(asked()).toHaveLength(2);
    // What asks no vendor is served all the while.
    expect((await gateway.query('{ __typename }', undefined, one)).status).toBe(200);
    lift();
    hanging.abort();
    await Promise.all(waiting);
    await posthog().requests.waitFor((all) => all.every(({ aborted }) => aborted));
    await expect.poll(() => failuresOf(9, one)).toEqual([]);
  });

  it('are not sent when their caller has left, and the vendor sees that what was sent is ended', async () => {
    await start({ UPSTREAM_PARALLEL: '1' });
    const lift = posthog().faults.add({ effect: { type: 'hang' } });
    const leaving = new AbortController();
    const gone = [2, 3].map((first) =>
      fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...many },
        body: JSON.stringify({ query: read(first) }),
        signal: leaving.signal,
      }).catch(() => 'gone'),
    );
    await posthog().requests.waitFor((all) => all.length === 1);
    lift();
    leaving.abort();
    expect(await Promise.all(gone)).toEqual(['gone', 'gone']);
    await posthog().requests.waitFor((all) => all[0]?.aborted === true);
    expect(await failuresOf(9, one)).toEqual([]);
    expect(asked()).toHaveLength(2);
  });

  it('end with the time of their operation, those that were sent and those that were not', async () => {
    await start({ UPSTREAM_PARALLEL: '1', OPERATION_TIMEOUT: '300' });
    posthog().faults.add({ effect: { type: 'hang' } });
    const [sent, unsent] = await Promise.all([failuresOf(2, many), failuresOf(3, one)]);
    expect([sent, unsent]).toMatchObject([[{ code: 'SOURCE_TIMEOUT' }], [{ code: 'SOURCE_TIMEOUT' }]]);
    await posthog().requests.waitFor((all) => all.every(({ aborted }) => aborted));
    expect(asked()).toHaveLength(1);
  });
});
