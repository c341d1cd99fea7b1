import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Follower, follow } from './changes-following.ts';
import { dataOf, present } from './reading.ts';

const { ben } = datadogCredentials.acme;
let gateway: TestGateway;
let follower: Follower | undefined;

beforeEach(async () => {
  gateway = await startTestGateway({
    environment: {
      WATCH_INTERVAL: '20',
      WATCH_MAX_INTERVAL: '40',
      WATCH_LINGER: '0',
      // As where people work: watching has its share and no more.
      BACKGROUND_SHARE: undefined,
      UPSTREAM_RATE_PAUSE: undefined,
    },
  });
});
afterEach(async () => {
  await follower?.stop();
  await gateway.dispose();
});

/** The first so many datasets of the vendor. */
async function readDatasets(count: number): Promise<readonly Listed[]> {
  const listed: Listed[] = [];
  for (let after: string | null = null; ; ) {
    const answer: {
      datasets: { nodes: readonly Listed[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    } = dataOf(
      await gateway.query(
        'query ($after: String) { datasets(first: 100, after: $after, filter: { vendors: [DATADOG] }) { nodes { id name } pageInfo { hasNextPage endCursor } } }',
        { after },
      ),
    );
    listed.push(...answer.datasets.nodes);
    if (!answer.datasets.pageInfo.hasNextPage || listed.length >= count) return listed.slice(0, count);
    after = answer.datasets.pageInfo.endCursor;
  }
}

interface Listed {
  readonly id: string;
  readonly name: string;
}

interface Watching {
  readonly resources: number;
  readonly intervalSeconds: number;
}

async function watching(): Promise<Watching> {
  const answer = await gateway.query<{ sources: readonly { vendor: string; watching: Watching }[] }, object>(
    '{ sources { vendor watching { resources intervalSeconds } } }',
  );
  return present(dataOf(answer).sources.find(({ vendor }) => vendor === 'DATADOG')).watching;
}

describe('watching with a small budget', () => {
  it('looks less often, says so, and has no query refused for its sake', { timeout: 60_000 }, async () => {
    const { datadog } = gateway.sandbox;
    const project = gateway.sandbox.datadog.state.project('acme', 'support-assistant');
    const [first] = project.datasets.values();
    const some = present(first);
    for (let copy = 0; copy < 500; copy += 1) {
      const id = datadog.state.uuid();
      project.datasets.set(id, {
        ...some,
        id,
        name: `copy ${copy}`,
        versions: new Map(some.versions),
        lock: undefined,
      });
    }
    const listed = await readDatasets(500);
    const ids = listed.map(({ id }) => id);
    expect(ids).toHaveLength(500);
    Object.assign(datadog.switches, { rateLimitHeaders: true, rateLimit: 4_000, rateLimitPeriod: 10 });
    // So that the gateway knows of the budget.
    await gateway.query('query ($id: ID!) { dataset(id: $id) { name } }', { id: ids[0] });
    follower = await follow(gateway, { field: 'draftLockChanged', ids });
    const event = follower.next();
    event.catch(() => undefined);
    while ((await watching()).resources < 500);
    const { requests } = datadog.server;
    let stretched = 0;
    for (let asked = 0; asked < 10; asked += 1) {
      // While what is watched is looked at, over several periods of the budget.
      const before = requests.all.length;
      await requests.waitFor((all) => all.length > before + 20);
      const answer = await gateway.query('query ($id: ID!) { dataset(id: $id) { name } }', {
        id: ids[asked],
      });
      expect(answer.errors).toBeUndefined();
      stretched = Math.max(stretched, (await watching()).intervalSeconds);
    }
    expect(stretched).toBeGreaterThan(0.04);
    const refused = requests.all.filter(({ status }) => status === 429);
    expect(refused.length).toBe(0);
    // And still finds out what changes.
    const copy = present(listed.find(({ name }) => name.startsWith('copy')));
    datadog.state.lock(datadog.state.dataset('acme', copy.name), ben.user);
    expect(await event).toMatchObject({ __typename: 'DraftLockChange' });
  });
});
