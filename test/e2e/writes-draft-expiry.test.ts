import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../../sandbox/datadog/index.ts';
import { createCapturedLog } from '../support/captured-log.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import {
  ada,
  apiKeys,
  asCaller,
  ben,
  freeDataset,
  idOfDraft,
  leaseOf,
  lockDraft,
  lockOf,
  readLock,
  unlockDraft,
} from './drafts.ts';

const [alice, bob] = [asCaller('alice'), asCaller('bob')];
const shortest = 1_000;

let log: ReturnType<typeof createCapturedLog>;
let gateway: TestGateway;
let dataset: Dataset;
let id: string;
async function start(duration: number): Promise<void> {
  const environment = { API_KEYS: apiKeys, DRAFT_LEASE: String(duration) };
  gateway = await startTestGateway({ environment, logger: log.logger });
  dataset = freeDataset(gateway);
  id = await idOfDraft(gateway, dataset, alice);
}
beforeEach(() => {
  log = createCapturedLog();
  return start(shortest);
});
afterEach(() => gateway.dispose());

/** Resolves once Datadog has answered a request on the draft state whose path ends so. */
function answered(end: string): Promise<void> {
  const { requests } = gateway.sandbox.datadog.server;
  return requests.waitFor((all) => all.some(({ url, status }) => url.endsWith(end) && status !== undefined));
}

function unlocks(): readonly string[] {
  return gateway.received('datadog').filter((request) => request.endsWith('/unlock'));
}

describe('a lease that is not renewed', () => {
  it('ends, and the gateway releases the draft at the vendor', async () => {
    const from = Date.now();
    await lockDraft(gateway, id, alice);
    await answered('/unlock');
    expect(Date.now() - from).toBeGreaterThanOrEqual(shortest);
    expect(dataset.lock).toBeUndefined();
    expect(await readLock(gateway, id, alice)).toBeNull();
    expect(await lockDraft(gateway, id, bob)).toMatchObject({ taken: leaseOf('bob', true) });
  });

  it('goes on for as long as it is locked again', async () => {
    await gateway.dispose();
    const duration = 2_500;
    await start(duration);
    // Each lock takes a fifth of the time that a lease lasts, so that six of them take longer.
    const effect = { type: 'latency', milliseconds: duration / 5 } as const;
    gateway.sandbox.datadog.server.faults.add({ path: '/lock$', effect });
    const from = Date.now();
    for (let turn = 0; turn < 6; turn += 1) {
      expect(await lockDraft(gateway, id, alice)).toMatchObject({ taken: leaseOf('alice', true) });
    }
    expect(Date.now() - from).toBeGreaterThan(duration);
    expect(unlocks()).toEqual([]);
    expect(await readLock(gateway, id, bob)).toMatchObject(leaseOf('alice', false));
    await answered('/unlock');
    expect(dataset.lock).toBeUndefined();
  });

  it('of a lock that was released before releases nothing', async () => {
    await lockDraft(gateway, id, alice);
    await unlockDraft(gateway, id, alice);
    await lockDraft(gateway, id, bob);
    gateway.received('datadog');
    await answered('/unlock');
    // One lease was left to end: that of the second.
    expect(unlocks()).toHaveLength(1);
    expect(dataset.lock).toBeUndefined();
  });

  it('leaves a lock alone that somebody else has taken over', async () => {
    await lockDraft(gateway, id, alice);
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    gateway.received('datadog');
    // What the gateway looks at when the lease ends.
    await answered('/draft_state');
    // Whoever writes waits until it has done all that it does.
    expect(await lockDraft(gateway, id, bob)).toMatchObject({ lock: lockOf(ben, false) });
    expect(unlocks()).toEqual([]);
  });

  it('leaves a lock alone that the person of the key has taken anew', async () => {
    await lockDraft(gateway, id, alice);
    gateway.sandbox.datadog.state.unlock(dataset);
    gateway.sandbox.datadog.state.lock(dataset, ada.user);
    gateway.received('datadog');
    await answered('/draft_state');
    await lockDraft(gateway, id, bob);
    expect(unlocks()).toEqual([]);
    expect(dataset.lock?.userId).toBe(ada.user.id);
  });

  it('whose lock cannot be released leaves the service user’s lock, which any caller may release', async () => {
    await lockDraft(gateway, id, alice);
    const lift = gateway.sandbox.datadog.server.faults.add({
      path: '/unlock$',
      effect: { type: 'answer', status: 500 },
    });
    await answered('/unlock');
    lift();
    expect(await readLock(gateway, id, alice)).toMatchObject(lockOf(ada, null));
    expect(await unlockDraft(gateway, id, bob)).toMatchObject({ __typename: 'UnlockDatasetDraftSuccess' });
    expect(dataset.lock).toBeUndefined();
    expect(log.text()).toMatch(/"level":40.*a draft lease ended, and its lock could not be released/);
  });
});
