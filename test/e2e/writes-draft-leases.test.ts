import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import {
  ada,
  apiKeys,
  asBen,
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
import { dataOf } from './reading.ts';
import { mutate, takeWrites } from './writing.ts';

const [alice, bob, reader] = [asCaller('alice'), asCaller('bob'), asCaller('reader')];
const locked = { __typename: 'DraftLockedError', code: 'DRAFT_LOCKED' };
const released = { __typename: 'UnlockDatasetDraftSuccess', dataset: { draftLock: null } };

let gateway: TestGateway;
let dataset: Dataset;
let id: string;

beforeAll(async () => {
  gateway = await startTestGateway({ environment: { API_KEYS: apiKeys } });
});
afterAll(() => gateway.dispose());
beforeEach(async () => {
  gateway.sandbox.datadog.reset();
  dataset = freeDataset(gateway);
  id = await idOfDraft(gateway, dataset, alice);
  // Whatever the test before has left ends with the vendor's lock.
  expect(await readLock(gateway, id, alice)).toBeNull();
  takeWrites(gateway);
});

const holderNow = (): string | undefined => dataset.lock?.userId;

describe('two callers who share the gateway’s own key', () => {
  it('are kept apart: the second is refused with the first one’s name', async () => {
    expect(await lockDraft(gateway, id, alice)).toMatchObject({
      __typename: 'LockDatasetDraftSuccess',
      taken: leaseOf('alice', true),
      dataset: { draftLock: leaseOf('alice', true) },
    });
    expect(holderNow()).toBe(ada.user.id);
    takeWrites(gateway);

    for (const act of [lockDraft, unlockDraft]) {
      expect(await act(gateway, id, bob)).toMatchObject({
        ...locked,
        message: expect.stringMatching(/^alice is editing the draft through this gateway since \d{4}-/),
        lock: leaseOf('alice', false),
      });
    }
    // It is the gateway that refuses: the vendor would have said yes.
    expect(takeWrites(gateway)).toEqual([]);
    expect(holderNow()).toBe(ada.user.id);
  });

  it('each read who holds it, and whether they do', async () => {
    await lockDraft(gateway, id, alice);
    expect(await readLock(gateway, id, alice)).toMatchObject(leaseOf('alice', true));
    expect(await readLock(gateway, id, bob)).toMatchObject(leaseOf('alice', false));
    expect(await readLock(gateway, id, reader)).toMatchObject(leaseOf('alice', false));
  });

  it('may lock anew what they hold, since the same moment', async () => {
    const first = await lockDraft(gateway, id, alice);
    const again = await lockDraft(gateway, id, alice);
    expect(again).toMatchObject({ __typename: 'LockDatasetDraftSuccess', taken: leaseOf('alice', true) });
    expect(again.taken).toEqual(first.taken);
  });

  it('take turns', async () => {
    await lockDraft(gateway, id, alice);
    expect(await unlockDraft(gateway, id, alice)).toMatchObject(released);
    expect(holderNow()).toBeUndefined();
    expect(await lockDraft(gateway, id, bob)).toMatchObject({ taken: leaseOf('bob', true) });
    expect(await lockDraft(gateway, id, alice)).toMatchObject({ ...locked, lock: leaseOf('bob', false) });
    expect(await unlockDraft(gateway, id, alice)).toMatchObject({ ...locked, lock: leaseOf('bob', false) });
    expect(await unlockDraft(gateway, id, bob)).toMatchObject(released);
    expect(await unlockDraft(gateway, id, alice)).toMatchObject(released);
  });

  it('who lock it at the same time get one lock between them', async () => {
    const results = await Promise.all(
      [alice, bob, alice, bob, alice, bob].map((headers) => lockDraft(gateway, id, headers)),
    );
    const winners = results.flatMap(({ taken }) => (taken === undefined ? [] : [taken.holder.name]));
    expect(new Set(winners).size).toBe(1);
    expect(winners).toHaveLength(3);
    for (const { lock } of results.filter(({ __typename }) => __typename === 'DraftLockedError')) {
      expect(lock).toMatchObject(leaseOf(String(winners[0]), false));
    }
  });

  it('are both shown and refused what somebody holds in the vendor’s own page', async () => {
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    for (const headers of [alice, bob]) {
      expect(await readLock(gateway, id, headers)).toMatchObject({
        kind: 'VENDOR',
        holder: { name: 'Ben Okafor' },
      });
      for (const act of [lockDraft, unlockDraft]) {
        expect(await act(gateway, id, headers)).toMatchObject({ ...locked, lock: { kind: 'VENDOR' } });
      }
    }
    expect(holderNow()).toBe(ben.user.id);
  });

  it('meet the lock as the vendor’s when they come with a key of their own', async () => {
    await lockDraft(gateway, id, alice);
    const bobAsBen = asCaller('bob', asBen);
    expect(await readLock(gateway, id, bobAsBen)).toMatchObject({
      kind: 'VENDOR',
      holder: { name: ada.user.name },
    });
    expect(await lockDraft(gateway, id, bobAsBen)).toMatchObject({ ...locked, lock: { kind: 'VENDOR' } });
    expect(holderNow()).toBe(ada.user.id);
  });
});

describe('a lease never outlives the vendor’s lock', () => {
  beforeEach(() => lockDraft(gateway, id, alice));

  it('that is gone by the first one’s look', async () => {
    gateway.sandbox.datadog.state.unlock(dataset);
    expect(await readLock(gateway, id, alice)).toBeNull();
    expect(await lockDraft(gateway, id, bob)).toMatchObject({ taken: leaseOf('bob', true) });
    expect(await readLock(gateway, id, alice)).toMatchObject(leaseOf('bob', false));
  });

  it('that is gone when the second one comes for it', async () => {
    gateway.sandbox.datadog.state.unlock(dataset);
    expect(await lockDraft(gateway, id, bob)).toMatchObject({ taken: leaseOf('bob', true) });
    expect(holderNow()).toBe(ada.user.id);
  });

  it('that is gone when the second one releases it', async () => {
    gateway.sandbox.datadog.state.unlock(dataset);
    expect(await unlockDraft(gateway, id, bob)).toMatchObject(released);
  });

  it('that somebody else has taken over', async () => {
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    for (const headers of [alice, bob]) {
      expect(await readLock(gateway, id, headers)).toMatchObject(lockOf(ben, false));
      for (const act of [lockDraft, unlockDraft]) {
        expect(await act(gateway, id, headers)).toMatchObject({ ...locked, lock: lockOf(ben, false) });
      }
    }
    expect(holderNow()).toBe(ben.user.id);
    // What Ben gives back is nobody's: not the first one's of before.
    gateway.sandbox.datadog.state.lock(dataset, ada.user);
    expect(await readLock(gateway, id, alice)).toMatchObject(lockOf(ada, null));
  });

  it('that somebody else has taken over and the holder comes for first', async () => {
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    expect(await lockDraft(gateway, id, alice)).toMatchObject({ ...locked, lock: lockOf(ben, false) });
    gateway.sandbox.datadog.state.unlock(dataset);
    expect(await lockDraft(gateway, id, bob)).toMatchObject({ taken: leaseOf('bob', true) });
  });

  it('that was given up and taken anew by the person of the key', async () => {
    gateway.sandbox.datadog.state.unlock(dataset);
    gateway.sandbox.datadog.state.lock(dataset, ada.user);
    expect(await readLock(gateway, id, alice)).toMatchObject(lockOf(ada, null));
    expect(await readLock(gateway, id, bob)).toMatchObject(lockOf(ada, null));
  });

  it('that is released with a key of the caller’s own', async () => {
    const keys = { 'x-datadog-api-key': ada.apiKey, 'x-datadog-application-key': ada.applicationKey };
    expect(await unlockDraft(gateway, id, asCaller('bob', keys))).toMatchObject(released);
    expect(await lockDraft(gateway, id, bob)).toMatchObject({ taken: leaseOf('bob', true) });
  });

  it('of a dataset that is deleted through the gateway', async () => {
    await mutate(gateway, 'deleteDataset', { datasetId: id }, 'datasetId', alice);
    expect(await lockDraft(gateway, id, bob)).toMatchObject({ __typename: 'NotFoundError' });
    expect(await lockDraft(gateway, id, alice)).toMatchObject({ __typename: 'NotFoundError' });
  });
});

describe('a read of the draft that is answered from before it was locked', () => {
  it('does not end the lease', async () => {
    const { faults, requests } = gateway.sandbox.datadog.server;
    const effect = { type: 'drip', milliseconds: 50 } as const;
    requests.clear();
    faults.add({ method: 'GET', path: '/draft_state$', times: 1, effect });
    const early = readLock(gateway, id, bob);
    const isHeld = (url: string): boolean => url.endsWith('/draft_state');
    await requests.waitFor((all) => all.some(({ url }) => isHeld(url)));
    await lockDraft(gateway, id, alice);
    expect(requests.all.find(({ url }) => isHeld(url))?.status).toBeUndefined();
    expect(await early).toBeNull();
    expect(await readLock(gateway, id, alice)).toMatchObject(leaseOf('alice', true));
    expect(await lockDraft(gateway, id, bob)).toMatchObject({ ...locked, lock: leaseOf('alice', false) });
  });
});

describe('a gateway that did not take the lock', () => {
  it('shows it as the service user’s, and lets any caller who may write release it', async () => {
    await lockDraft(gateway, id, alice);
    const environment = { ...gateway.sandbox.environment, API_KEYS: apiKeys };
    const after = await startTestGateway({ environment });
    try {
      for (const headers of [alice, bob]) {
        expect(await readLock(after, id, headers)).toMatchObject(lockOf(ada, null));
        expect(await lockDraft(after, id, headers)).toMatchObject({ ...locked, lock: lockOf(ada, null) });
      }
      const forbidden = await mutate(after, 'unlockDatasetDraft', { datasetId: id }, 'datasetId', reader);
      expect(forbidden.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(holderNow()).toBe(ada.user.id);

      expect(await unlockDraft(after, id, bob)).toMatchObject(released);
      expect(await lockDraft(after, id, bob)).toMatchObject({ taken: leaseOf('bob', true) });
      // The gateway that took it before sees the same person at the vendor, and another lock.
      expect(await readLock(gateway, id, alice)).toMatchObject(lockOf(ada, null));
    } finally {
      await after.dispose();
    }
  });
});

describe('callers without a name', () => {
  it('are one holder', async () => {
    const open = await startTestGateway({ environment: gateway.sandbox.environment });
    try {
      expect(await lockDraft(open, id)).toMatchObject({ taken: leaseOf('anonymous', true) });
      expect(await lockDraft(open, id)).toMatchObject({ taken: leaseOf('anonymous', true) });
      expect(await readLock(open, id)).toMatchObject(leaseOf('anonymous', true));
      expect(await unlockDraft(open, id)).toMatchObject(released);
    } finally {
      await open.dispose();
    }
  });
});

describe('a caller who may only read', () => {
  it.each(['lockDatasetDraft', 'unlockDatasetDraft', 'deleteDataset'])('is forbidden %s', async (name) => {
    gateway.sandbox.datadog.server.requests.clear();
    const answer = await mutate(gateway, name, { datasetId: id }, 'datasetId', reader);
    expect(answer.data).toEqual({ [name]: null });
    expect(answer.errors).toMatchObject([
      { path: [name], message: expect.stringContaining('reader'), extensions: { code: 'FORBIDDEN' } },
    ]);
    expect(gateway.received('datadog')).toEqual([]);
    expect(dataOf(await gateway.query('{ __typename }', {}, reader))).toEqual({ __typename: 'Query' });
  });
});
