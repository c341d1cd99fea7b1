import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import {
  ada,
  asAda,
  asBen,
  ben,
  freeDataset,
  idOfDraft,
  lockDraft,
  lockOf,
  readLock,
  unlockDraft,
} from './drafts.ts';
import { present } from './reading.ts';
import { takeWrites } from './writing.ts';

const refusals = [400, 403, 404, 409, 423] as const;
const unlockedShapes = ['404', 'null-data', 'missing-user', 'null-attributes', 'empty-user'] as const;

let gateway: TestGateway;
let dataset: Dataset;
let id: string;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

// Whom Datadog takes a key for stays known to a gateway: what a stranger is told needs one that has seen nothing.
async function startAnew(): Promise<void> {
  await gateway.dispose();
  gateway = await startTestGateway();
}

async function reset(): Promise<void> {
  gateway.sandbox.datadog.reset();
  dataset = freeDataset(gateway);
  id = await idOfDraft(gateway, dataset);
  takeWrites(gateway);
}
beforeEach(reset);

const holderNow = (): string | undefined => dataset.lock?.userId;

describe.each(['spec', 'recorded'] as const)('a draft between two people, in the %s dialect', (dialect) => {
  beforeEach(() => {
    gateway.sandbox.datadog.switches.dialect = dialect;
  });

  it('is the one’s who locks it, and the other is told so until it is released', async () => {
    const taken = await lockDraft(gateway, id, asAda);
    expect(taken).toMatchObject({
      __typename: 'LockDatasetDraftSuccess',
      datasetId: id,
      taken: lockOf(ada, true),
      dataset: { draftLock: lockOf(ada, true) },
    });
    expect(holderNow()).toBe(ada.user.id);
    expect(await lockDraft(gateway, id, asBen)).toMatchObject({
      __typename: 'DraftLockedError',
      code: 'DRAFT_LOCKED',
      message: expect.stringContaining(ada.user.name),
      lock: { kind: 'VENDOR', holder: { vendorId: ada.user.id } },
    });
    expect(await unlockDraft(gateway, id, asBen)).toMatchObject({
      __typename: 'DraftLockedError',
      lock: { holder: { vendorId: ada.user.id } },
    });
    expect(holderNow()).toBe(ada.user.id);
    expect(await readLock(gateway, id, asAda)).toMatchObject(lockOf(ada, true));

    const released = await unlockDraft(gateway, id, asAda);
    expect(released).toMatchObject({ __typename: 'UnlockDatasetDraftSuccess', dataset: { draftLock: null } });
    expect(holderNow()).toBeUndefined();
    expect(await lockDraft(gateway, id, asBen)).toMatchObject({ taken: lockOf(ben, true) });
    // Both are known by now.
    expect(await readLock(gateway, id, asAda)).toMatchObject(lockOf(ben, false));
    expect(await readLock(gateway, id, asBen)).toMatchObject(lockOf(ben, true));
  });

  it('stays the holder’s who locks it again, since the same moment', async () => {
    const first = await lockDraft(gateway, id, asAda);
    const again = await lockDraft(gateway, id, asAda);
    expect(again.__typename).toBe('LockDatasetDraftSuccess');
    expect(again.taken).toEqual(present(first.taken));
  });

  it('goes to exactly one of many who lock it at the same time', async () => {
    const results = await Promise.all(
      [asAda, asBen, asAda, asBen, asAda, asBen].map((headers) => lockDraft(gateway, id, headers)),
    );
    const winner = present([ada, ben].find(({ user }) => user.id === holderNow()));
    const loser = winner === ada ? ben : ada;
    const outcomes = results.map(({ __typename, taken, lock }, index) => {
      const who = index % 2 === 0 ? ada : ben;
      return `${who.user.name}: ${__typename} ${(taken ?? lock)?.holder.name}`;
    });
    expect(new Set(outcomes)).toEqual(
      new Set([
        `${winner.user.name}: LockDatasetDraftSuccess ${winner.user.name}`,
        `${loser.user.name}: DraftLockedError ${winner.user.name}`,
      ]),
    );
  });
});

describe('a lock that was taken in the vendor’s own page', () => {
  it('is shown, and neither taken over nor released by another', async () => {
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    expect(await readLock(gateway, id, asAda)).toMatchObject({ holder: { name: ben.user.name } });
    for (const act of [lockDraft, unlockDraft]) {
      expect(await act(gateway, id, asAda)).toMatchObject({
        __typename: 'DraftLockedError',
        message: expect.stringContaining(ben.user.name),
        lock: { holder: { vendorId: ben.user.id } },
      });
    }
    expect(holderNow()).toBe(ben.user.id);
  });

  it('in place of the caller’s own is the other’s', async () => {
    await lockDraft(gateway, id, asAda);
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    expect(await readLock(gateway, id, asAda)).toMatchObject(lockOf(ben, false));
    expect(await lockDraft(gateway, id, asAda)).toMatchObject({
      __typename: 'DraftLockedError',
      lock: lockOf(ben, false),
    });
    expect(await unlockDraft(gateway, id, asAda)).toMatchObject({ __typename: 'DraftLockedError' });
    expect(holderNow()).toBe(ben.user.id);
  });

  it('by the caller may be the caller’s: a stranger is told to release it first, and can', async () => {
    await startAnew();
    await reset();
    gateway.sandbox.datadog.state.lock(dataset, ada.user);
    const refused = await lockDraft(gateway, id, asAda);
    expect(refused).toMatchObject({
      __typename: 'DraftLockedError',
      message: expect.stringMatching(/Ada Marsh.*does not tell whether that is you.*release it first/),
      lock: lockOf(ada, null),
    });
    expect(await unlockDraft(gateway, id, asAda)).toMatchObject({ __typename: 'UnlockDatasetDraftSuccess' });
    expect(await lockDraft(gateway, id, asAda)).toMatchObject({ taken: lockOf(ada, true) });
  });

  it('is found released by whoever locks next', async () => {
    await lockDraft(gateway, id, asAda);
    gateway.sandbox.datadog.state.unlock(dataset);
    expect(await readLock(gateway, id, asAda)).toBeNull();
    expect(await unlockDraft(gateway, id, asAda)).toMatchObject({ __typename: 'UnlockDatasetDraftSuccess' });
    expect(await lockDraft(gateway, id, asBen)).toMatchObject({ taken: lockOf(ben, true) });
  });
});

describe('what Datadog does not document of a draft lock', () => {
  it.each([...refusals, '200-with-holder'] as const)(
    'is told as locked: %s to a lock of another’s',
    async (how) => {
      gateway.sandbox.datadog.switches.lockHeldByOther = how;
      gateway.sandbox.datadog.state.lock(dataset, ben.user);
      expect(await lockDraft(gateway, id, asAda)).toMatchObject({
        __typename: 'DraftLockedError',
        lock: { holder: { vendorId: ben.user.id, name: ben.user.name } },
      });
      expect(holderNow()).toBe(ben.user.id);
    },
  );

  it.each([...refusals, 200] as const)('is a success: %s to an unlock of nobody’s', async (how) => {
    gateway.sandbox.datadog.switches.unlockNotHeld = how;
    expect(await unlockDraft(gateway, id, asAda)).toMatchObject({
      __typename: 'UnlockDatasetDraftSuccess',
      datasetId: id,
      dataset: { draftLock: null },
    });
  });

  it.each([...refusals, 200] as const)('is told as locked: %s to an unlock of another’s', async (how) => {
    gateway.sandbox.datadog.switches.unlockHeldByOther = how;
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    expect(await unlockDraft(gateway, id, asAda)).toMatchObject({
      __typename: 'DraftLockedError',
      lock: { holder: { vendorId: ben.user.id } },
    });
    expect(holderNow()).toBe(ben.user.id);
  });

  it.each(unlockedShapes)('is an unlocked draft: %s', async (shape) => {
    gateway.sandbox.datadog.switches.unlockedDraftState = shape;
    expect(await readLock(gateway, id, asAda)).toBeNull();
    expect(await lockDraft(gateway, id, asAda)).toMatchObject({ taken: lockOf(ada, true) });
    expect(await unlockDraft(gateway, id, asAda)).toMatchObject({
      __typename: 'UnlockDatasetDraftSuccess',
      dataset: { draftLock: null },
    });
    expect(await unlockDraft(gateway, id, asAda)).toMatchObject({ __typename: 'UnlockDatasetDraftSuccess' });
  });
});

describe('there is no draft to lock', () => {
  it.each(unlockedShapes)('of a dataset that is gone, said by %s', async (shape) => {
    gateway.sandbox.datadog.switches.unlockedDraftState = shape;
    gateway.sandbox.datadog.state.project('acme', dataset.projectId).datasets.delete(dataset.id);
    for (const act of [lockDraft, unlockDraft]) {
      expect(await act(gateway, id, asAda)).toMatchObject({
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
        message: expect.stringContaining(dataset.id),
      });
    }
  });

  it('at a vendor without one, which is told together with the one that has it', async () => {
    for (const [vendor, name] of [
      ['HUMANLOOP', 'Humanloop'],
      ['POSTHOG', 'PostHog'],
    ] as const) {
      const listed = await gateway.query<{ datasets: { nodes: readonly { id: string }[] } }, object>(
        'query ($vendors: [Vendor!]) { datasets(first: 1, filter: { vendors: $vendors }) { nodes { id } } }',
        { vendors: [vendor] },
      );
      const other = present(listed.data.datasets.nodes[0]).id;
      for (const act of [lockDraft, unlockDraft]) {
        expect(await act(gateway, other)).toEqual({
          __typename: 'UnsupportedError',
          code: 'UNSUPPORTED',
          message: `${name} has no draft lock. Datadog can.`,
          vendor,
        });
      }
    }
    expect(takeWrites(gateway)).toEqual([]);
  });
});
