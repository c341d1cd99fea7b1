import { describe, expect, it } from 'vitest';
import { ben, startWriteHarness } from './datadog-write-harness.ts';

describe.each(['spec', 'recorded'] as const)('a restore in the %s dialect', (dialect) => {
  it('makes a version of the old records, and reads its number back', async () => {
    const harness = await startWriteHarness({ dialect });
    const { seeded } = harness;
    const base = seeded.currentVersion;
    const { datasets, sent } = harness.writers();
    const written = await datasets.restore(harness.dataset, '4', String(base));
    expect(written).toEqual({ versionRef: String(base + 1), concurrentRef: null });
    expect(seeded.currentVersion).toBe(base + 1);
    expect(seeded.versions.get(base + 1)?.records).toEqual(seeded.versions.get(4)?.records);
    expect(sent).toEqual([
      {
        endpoint: 'RestoreLLMObsDatasetVersion',
        body: { data: { id: seeded.id, type: 'datasets', attributes: { dataset_version: 4 } } },
      },
    ]);
    expect(harness.asked()).toHaveLength(2);
    expect(await datasets.restore(harness.dataset, String(base + 1), null)).toMatchObject({
      versionRef: String(base + 2),
    });
  });

  it('of a version that is not there is not found', async () => {
    const harness = await startWriteHarness({ dialect });
    const { seeded, dataset } = harness;
    const base = seeded.currentVersion;
    harness.sandbox.state.retireVersion(seeded, 4);
    const { datasets } = harness.writers();
    for (const ref of [String(base + 1), '4', '-1', 'x', '2147483648', '']) {
      await expect(datasets.restore(dataset, ref, String(base))).rejects.toMatchObject({
        name: 'NotFoundError',
        message: expect.stringContaining(`no version ${ref}`),
      });
    }
    expect(seeded.currentVersion).toBe(base);
  });

  it('names no version of its own once somebody else has made one', async () => {
    const harness = await startWriteHarness({ dialect });
    const base = harness.seeded.currentVersion;
    for (const when of ['before', 'after'] as const) {
      const { datasets, happening } = harness.writers();
      happening(when, 0, () => void harness.sandbox.state.addVersion(harness.seeded, ben.user));
      const now = harness.seeded.currentVersion;
      const written = await datasets.restore(harness.dataset, '4', String(now));
      expect(written).toEqual({ versionRef: null, concurrentRef: String(now + 2) });
    }
    expect(harness.seeded.currentVersion).toBe(base + 4);
  });

  it('stays done though it cannot be read back', async () => {
    const harness = await startWriteHarness({ dialect });
    const base = harness.seeded.currentVersion;
    harness.sandbox.server.faults.add({ method: 'GET', effect: { type: 'answer', status: 503 } });
    const written = await harness.writers().datasets.restore(harness.dataset, '4', String(base));
    expect(written).toEqual({ versionRef: null, concurrentRef: null });
    expect(harness.seeded.currentVersion).toBe(base + 1);
  });

  it('that is refused for the number says so', async () => {
    const harness = await startWriteHarness({ dialect });
    const error = { detail: 'is archived', source: { pointer: '/data/attributes/dataset_version' } };
    const effect = { type: 'answer', status: 400, body: JSON.stringify({ errors: [error] }) } as const;
    harness.sandbox.server.faults.add({ path: 'restore', effect });
    await expect(harness.writers().datasets.restore(harness.dataset, '4', '7')).rejects.toMatchObject({
      name: 'InvalidInputError',
      issues: [{ path: ['versionRef'], message: 'is archived' }],
    });
  });
});
