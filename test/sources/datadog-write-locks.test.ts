import { describe, expect, it } from 'vitest';
import { ada, ben, startWriteHarness, thrown } from './datadog-write-harness.ts';

const refusals = [400, 403, 404, 409, 423] as const;
const unlockedShapes = ['404', 'null-data', 'missing-user', 'null-attributes', 'empty-user'] as const;
const ofBen = { holder: { vendorId: ben.user.id, name: ben.user.name } };

describe('locking', () => {
  it.each(unlockedShapes)('takes a lock that nobody holds, said by %s', async (unlockedDraftState) => {
    for (const self of [undefined, ada.user.id]) {
      const harness = await startWriteHarness({ unlockedDraftState });
      const lock = await harness.writers().datasets.lock(harness.dataset, self);
      expect(lock).toMatchObject({
        holder: { vendorId: ada.user.id, name: ada.user.name, email: ada.user.email },
        since: expect.stringMatching(/^\d{4}-/),
        heldByCaller: true,
        kind: 'VENDOR',
      });
      expect(harness.seeded.lock?.userId).toBe(ada.user.id);
    }
  });

  it('reads the state, sends no body, and reads no more', async () => {
    const harness = await startWriteHarness({ unlockedDraftState: 'null-data' });
    const { datasets, sent } = harness.writers();
    await datasets.lock(harness.dataset, undefined);
    const base = `/${harness.seeded.projectId}/datasets/${harness.seeded.id}/draft_state`;
    expect(harness.asked()).toEqual([base, `${base}/lock`]);
    expect(sent).toEqual([{ endpoint: 'LockLLMObsDatasetDraftState', body: undefined }]);
  });

  it.each([...refusals, '200-with-holder'] as const)(
    'is refused with the holder where somebody else has it, said by %s',
    async (lockHeldByOther) => {
      for (const self of [undefined, ada.user.id]) {
        const harness = await startWriteHarness({ lockHeldByOther });
        harness.sandbox.state.lock(harness.seeded, ben.user);
        await expect(harness.writers().datasets.lock(harness.dataset, self)).rejects.toMatchObject({
          code: 'DRAFT_LOCKED',
          message: expect.stringContaining(ben.user.name),
          lock: ofBen,
        });
        expect(harness.seeded.lock?.userId).toBe(ben.user.id);
      }
    },
  );

  it('again by its holder is one where the caller is known, and cannot be told apart where not', async () => {
    const harness = await startWriteHarness();
    const { datasets } = harness.writers();
    const taken = await datasets.lock(harness.dataset, undefined);
    expect(await datasets.lock(harness.dataset, ada.user.id)).toEqual(taken);
    await expect(datasets.lock(harness.dataset, undefined)).rejects.toMatchObject({
      code: 'DRAFT_LOCKED',
      lock: { holder: { vendorId: ada.user.id } },
    });
    // A vendor that refuses the holder: it is the holder's all the same.
    harness.sandbox.server.faults.add({ path: '/lock$', effect: { type: 'answer', status: 409 } });
    expect(await datasets.lock(harness.dataset, ada.user.id)).toEqual(taken);
  });

  it('by whom the draft was handed to in between is one', async () => {
    const harness = await startWriteHarness();
    harness.sandbox.state.lock(harness.seeded, ben.user);
    const { datasets, happening } = harness.writers();
    happening('before', 0, () => harness.sandbox.state.unlock(harness.seeded));
    const lock = await datasets.lock(harness.dataset, undefined);
    expect(lock.holder.vendorId).toBe(ada.user.id);
  });

  it.each([400, '200-with-holder'] as const)(
    'that somebody else wins is theirs, said by %s',
    async (lockHeldByOther) => {
      const harness = await startWriteHarness({ lockHeldByOther });
      const { datasets, happening } = harness.writers();
      happening('before', 0, () => harness.sandbox.state.lock(harness.seeded, ben.user));
      await expect(datasets.lock(harness.dataset, ada.user.id)).rejects.toMatchObject({ lock: ofBen });
    },
  );

  it.each([400, 403, 404, 409])('that is refused although nobody holds it stays a %d', async (status) => {
    const harness = await startWriteHarness();
    harness.sandbox.server.faults.add({ path: '/lock$', effect: { type: 'answer', status } });
    await expect(harness.writers().datasets.lock(harness.dataset, undefined)).rejects.toMatchObject({
      name: 'SourceError',
      httpStatus: status,
    });
  });

  it.each([401, 429])('that is refused for %d is not looked into', async (status) => {
    const harness = await startWriteHarness();
    harness.sandbox.state.lock(harness.seeded, ben.user);
    harness.sandbox.server.faults.add({ path: '/lock$', effect: { type: 'answer', status } });
    await expect(harness.writers().datasets.lock(harness.dataset, undefined)).rejects.toMatchObject({
      httpStatus: status,
    });
    expect(harness.asked()).toHaveLength(2);
  });

  it('that is refused and cannot be looked into is locked only where the status says so', async () => {
    for (const [status, code] of [
      [423, 'DRAFT_LOCKED'],
      [403, 'FORBIDDEN'],
    ] as const) {
      const harness = await startWriteHarness({ unlockedDraftState: 'null-data' });
      const { datasets, happening } = harness.writers();
      const { faults } = harness.sandbox.server;
      faults.add({ path: '/lock$', effect: { type: 'answer', status } });
      happening('before', 0, () => {
        faults.add({ path: 'draft_state$', effect: { type: 'answer', status: 500 } });
      });
      const error = await thrown(datasets.lock(harness.dataset, undefined));
      expect(error).toMatchObject(status === 423 ? { code, lock: null } : { code });
    }
  });

  it('of which the answer names nobody is read back', async () => {
    const harness = await startWriteHarness();
    const effect = { type: 'replace-body', body: '{"data":null}' } as const;
    harness.sandbox.server.faults.add({ path: '/lock$', effect });
    const lock = await harness.writers().datasets.lock(harness.dataset, undefined);
    expect(lock.holder.vendorId).toBe(ada.user.id);
    harness.sandbox.state.unlock(harness.seeded);
    harness.sandbox.server.faults.clear();
    const nothing = { ...effect, type: 'answer', status: 200 } as const;
    harness.sandbox.server.faults.add({ path: '/lock$', effect: nothing });
    await expect(harness.writers().datasets.lock(harness.dataset, undefined)).rejects.toMatchObject({
      code: 'SOURCE_CONTRACT_VIOLATION',
    });
  });

  it('does not begin where the state cannot be read', async () => {
    const harness = await startWriteHarness();
    harness.sandbox.server.faults.add({ path: 'draft_state$', effect: { type: 'answer', status: 500 } });
    const { datasets, sent } = harness.writers();
    for (const task of [datasets.lock, datasets.unlock]) {
      await expect(task(harness.dataset, undefined)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    }
    expect(sent).toEqual([]);
  });
});

describe('unlocking', () => {
  it('releases what the caller holds', async () => {
    for (const self of [undefined, ada.user.id]) {
      const harness = await startWriteHarness();
      harness.sandbox.state.lock(harness.seeded, ada.user);
      const { datasets, sent } = harness.writers();
      await datasets.unlock(harness.dataset, self);
      expect(harness.seeded.lock).toBeUndefined();
      expect(sent).toEqual([{ endpoint: 'UnlockLLMObsDatasetDraftState', body: undefined }]);
    }
  });

  it.each([...refusals, 200] as const)(
    'what nobody holds is done already, said by %d',
    async (unlockNotHeld) => {
      for (const unlockedDraftState of unlockedShapes) {
        const harness = await startWriteHarness({ unlockNotHeld, unlockedDraftState });
        await harness.writers().datasets.unlock(harness.dataset, undefined);
        expect(harness.seeded.lock).toBeUndefined();
      }
    },
  );

  it.each([...refusals, 200] as const)(
    'what somebody else holds is refused with the holder, said by %d',
    async (unlockHeldByOther) => {
      for (const self of [undefined, ada.user.id]) {
        const harness = await startWriteHarness({ unlockHeldByOther });
        harness.sandbox.state.lock(harness.seeded, ben.user);
        await expect(harness.writers().datasets.unlock(harness.dataset, self)).rejects.toMatchObject({
          code: 'DRAFT_LOCKED',
          lock: ofBen,
        });
        expect(harness.seeded.lock?.userId).toBe(ben.user.id);
      }
    },
  );

  it('is done although somebody else takes it right after', async () => {
    const harness = await startWriteHarness();
    harness.sandbox.state.lock(harness.seeded, ada.user);
    const { datasets, happening } = harness.writers();
    happening('after', 0, () => harness.sandbox.state.lock(harness.seeded, ben.user));
    await datasets.unlock(harness.dataset, undefined);
    expect(harness.seeded.lock?.userId).toBe(ben.user.id);
  });

  it('stays done though it cannot be read back', async () => {
    const harness = await startWriteHarness();
    harness.sandbox.state.lock(harness.seeded, ada.user);
    const { datasets, happening } = harness.writers();
    happening('before', 0, () => {
      harness.sandbox.server.faults.add({ method: 'GET', effect: { type: 'answer', status: 500 } });
    });
    await datasets.unlock(harness.dataset, undefined);
    expect(harness.seeded.lock).toBeUndefined();
  });

  it('that is refused to the holder stays what it was refused for', async () => {
    const harness = await startWriteHarness();
    harness.sandbox.state.lock(harness.seeded, ada.user);
    harness.sandbox.server.faults.add({ path: '/unlock$', effect: { type: 'answer', status: 403 } });
    const unlock = harness.writers().datasets.unlock(harness.dataset, ada.user.id);
    await expect(unlock).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

it('two users who fight for a lock: one has it, the other is told who', async () => {
  const harness = await startWriteHarness({ lockHeldByOther: '200-with-holder' });
  const [mine, theirs] = [harness.writers(), harness.writers(ben)];
  await mine.datasets.lock(harness.dataset, undefined);
  const refused = { code: 'DRAFT_LOCKED', lock: { holder: { vendorId: ada.user.id } } };
  await expect(theirs.datasets.lock(harness.dataset, undefined)).rejects.toMatchObject(refused);
  await expect(theirs.datasets.unlock(harness.dataset, ben.user.id)).rejects.toMatchObject(refused);
  await mine.datasets.unlock(harness.dataset, undefined);
  const lock = await theirs.datasets.lock(harness.dataset, undefined);
  expect(lock.holder.vendorId).toBe(ben.user.id);
});
