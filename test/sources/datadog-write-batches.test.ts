import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { batchLimits } from '../../src/sources/datadog/limits.ts';
import { at } from './datadog-harness.ts';
import { ben, edit, items, startWriteHarness, thrown, type Writers } from './datadog-write-harness.ts';

const Batch = z.object({
  data: z.object({
    attributes: z.object({
      create_new_version: z.boolean(),
      insert_records: z.array(z.unknown()).default([]),
      update_records: z.array(z.unknown()).default([]),
      delete_records: z.array(z.unknown()).default([]),
    }),
  }),
});

/** How many records each batch held, and whether it asked for a version. */
function batches({ sent }: Writers) {
  return sent.map(({ body }) => {
    const { attributes } = Batch.parse(body).data;
    const { insert_records, update_records, delete_records } = attributes;
    const size = insert_records.length + update_records.length + delete_records.length;
    return [size, attributes.create_new_version];
  });
}

describe.each(['spec', 'recorded'] as const)('a large edit in the %s dialect', (dialect) => {
  it('goes in batches, all of one version', async () => {
    const harness = await startWriteHarness({ dialect });
    const writers = harness.writers();
    const base = harness.seeded.currentVersion;
    const [first, second] = [at(harness.recordIds(), 0), at(harness.recordIds(), 1)];
    const count = harness.recordIds().length;
    const written = await writers.datasets.editItems(
      harness.dataset,
      {
        add: items(2_500),
        update: [{ item: harness.itemKey(first), metadata: { last: true } }],
        remove: [harness.itemKey(second)],
      },
      String(base),
    );
    expect(batches(writers)).toEqual([
      [1_000, true],
      [1_000, false],
      [502, false],
    ]);
    expect(written).toMatchObject({
      addedCount: 2_500,
      updatedCount: 1,
      removedCount: 1,
      versionRef: String(base + 1),
      concurrentRef: null,
    });
    expect(new Set(written.added?.map(({ id }) => id)).size).toBe(2_500);
    expect(harness.seeded.currentVersion).toBe(base + 1);
    expect(harness.recordIds()).toHaveLength(count + 2_499);
    expect(harness.seeded.versions.get(base)?.records).toHaveLength(count);
  });

  it('makes a version of its own again once somebody else has made one', async () => {
    const harness = await startWriteHarness({ dialect });
    const writers = harness.writers();
    const base = harness.seeded.currentVersion;
    // Ours is base + 1, theirs base + 2, ours again base + 3.
    writers.happening('after', 0, () => void harness.sandbox.state.addVersion(harness.seeded, ben.user));
    const edited = edit({ add: items(2_500) });
    const written = await writers.datasets.editItems(harness.dataset, edited, String(base));
    expect(batches(writers)).toEqual([
      [1_000, true],
      [1_000, true],
      [500, false],
    ]);
    expect(written).toMatchObject({ versionRef: String(base + 3), concurrentRef: String(base + 2) });
    const { versions } = harness.seeded;
    const count = versions.get(base)?.records.length ?? 0;
    expect(versions.get(base + 2)?.records).toHaveLength(count + 1_001);
    expect(versions.get(base + 3)?.records).toHaveLength(count + 2_501);
  });

  it('tells of a version that was made in the last moment, and goes on in no version of others', async () => {
    const harness = await startWriteHarness({ dialect });
    const writers = harness.writers();
    const base = harness.seeded.currentVersion;
    writers.happening('before', 1, () => void harness.sandbox.state.addVersion(harness.seeded, ben.user));
    const edited = edit({ add: items(2_500) });
    const written = await writers.datasets.editItems(harness.dataset, edited, String(base));
    expect(batches(writers)).toEqual([
      [1_000, true],
      [1_000, false],
      [500, true],
    ]);
    expect(written).toMatchObject({ versionRef: String(base + 3), concurrentRef: String(base + 2) });
  });

  it('says what is done, what is not and what is not known when a batch fails', async () => {
    const harness = await startWriteHarness({ dialect });
    const writers = harness.writers();
    writers.happening('before', 1, () => {
      harness.sandbox.server.faults.add({ path: 'batch_update', effect: { type: 'reset-after' }, times: 1 });
    });
    const base = harness.seeded.currentVersion;
    const edited = edit({ add: items(2_500) });
    const error = await thrown(writers.datasets.editItems(harness.dataset, edited, String(base)));
    expect(writers.sent).toHaveLength(2);
    expect(error).toMatchObject({
      name: 'PartialWriteError',
      message: expect.stringContaining('500 after them were not sent'),
      partial: {
        dataset: { id: harness.dataset.id },
        addedCount: 1_000,
        unknownCount: 1_000,
        completedSteps: [expect.stringContaining('1000 changes')],
      },
    });
    const { failures } = (error as { partial: { failures: { path: string[]; code: string }[] } }).partial;
    expect(failures).toHaveLength(1_500);
    expect(failures[0]).toMatchObject({ path: ['add', '1000'], code: 'OUTCOME_UNKNOWN' });
    expect(failures[1_000]).toMatchObject({ path: ['add', '2000'], code: 'SOURCE_UNAVAILABLE' });
  });

  it('that is refused in the middle keeps what is written', async () => {
    const harness = await startWriteHarness({ dialect });
    const writers = harness.writers();
    writers.happening('before', 1, () => {
      const effect = { type: 'answer', status: 429, headers: { 'x-ratelimit-reset': '9' } } as const;
      harness.sandbox.server.faults.add({ path: 'batch_update', effect });
    });
    const error = await thrown(writers.datasets.editItems(harness.dataset, edit({ add: items(1_200) }), '7'));
    expect(error).toMatchObject({ partial: { addedCount: 1_000, unknownCount: 0 } });
    const { failures } = (error as { partial: { failures: { code: string }[] } }).partial;
    expect(failures.map(({ code }) => code)).toEqual(Array.from({ length: 200 }, () => 'RATE_LIMITED'));
  });
});

describe('a large edit', () => {
  it('whose first batch is not answered may be written in that part alone', async () => {
    const harness = await startWriteHarness();
    const writers = harness.writers();
    harness.sandbox.server.faults.add({ path: 'batch_update', effect: { type: 'reset-after' } });
    const edited = edit({ add: items(1_001) });
    await expect(writers.datasets.editItems(harness.dataset, edited, '7')).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining('first 1000 of 1001'),
    });
    expect(writers.sent).toHaveLength(1);
  });

  it('is cut smaller until the vendor takes it', async () => {
    const harness = await startWriteHarness({ batchUpdateMaximumRecords: 300 });
    const writers = harness.writers();
    const base = harness.seeded.currentVersion;
    const edited = edit({ add: items(1_100) });
    const written = await writers.datasets.editItems(harness.dataset, edited, String(base));
    const [first, second, third, ...others] = batches(writers);
    expect([first, second, third]).toEqual([
      [1_000, true],
      [500, true],
      [250, true],
    ]);
    // Half as many, and half as large.
    for (const [size, asNew] of others) {
      expect(size).toBeLessThanOrEqual(250);
      expect(asNew).toBe(false);
    }
    expect(others).toHaveLength(4);
    expect(written).toMatchObject({ addedCount: 1_100, versionRef: String(base + 1) });
    expect(new Set(harness.recordIds()).size).toBe(harness.recordIds().length);
  });

  it('is refused for the one record that no batch can hold', async () => {
    const harness = await startWriteHarness({ batchUpdateMaximumRecords: 1 });
    harness.sandbox.server.faults.add({ path: 'batch_update', effect: { type: 'answer', status: 413 } });
    const edited = edit({ add: items(3) });
    const ids = harness.recordIds();
    const error = await thrown(harness.writers().datasets.editItems(harness.dataset, edited, '7'));
    expect(error).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['add', '0'], code: 'TOO_LARGE' }],
    });
    expect(harness.recordIds()).toEqual(ids);
  });

  it('is cut by its size in bytes too', async () => {
    const harness = await startWriteHarness();
    const writers = harness.writers();
    const add = Array.from({ length: 4 }, (_, index) => ({ input: `${index}${'é'.repeat(1_000_000)}` }));
    const huge = { input: 'x'.repeat(batchLimits.bytes + 10) };
    await writers.datasets.editItems(harness.dataset, edit({ add: [...add, huge] }), '7');
    expect(batches(writers).map(([size]) => size)).toEqual([2, 2, 1]);
  });

  it('puts what makes a version first, so that metadata is not written into an old one', async () => {
    const harness = await startWriteHarness({ dialect: 'recorded', batchUpdateMaximumRecords: 5_000 });
    const { sandbox, seeded } = harness;
    const insert = items(1_100).map(({ input = null }) => ({ input }));
    sandbox.state.addVersion(seeded, ben.user, { insert });
    const base = seeded.currentVersion;
    const before = seeded.versions.get(base)?.records;
    const ids = harness.recordIds().slice(0, 1_100);
    const update = ids.map((id, index) =>
      index === 1_050
        ? { item: harness.itemKey(id), input: 1 }
        : { item: harness.itemKey(id), metadata: { m: 1 } },
    );
    const writers = harness.writers();
    const written = await writers.datasets.editItems(harness.dataset, edit({ update }), String(base));
    expect(written).toMatchObject({ updatedCount: 1_100, versionRef: String(base + 1), concurrentRef: null });
    expect(seeded.versions.get(base)?.records).toBe(before);
  });

  it('of 10,000 items works', async () => {
    const harness = await startWriteHarness({ dialect: 'recorded' });
    const base = harness.seeded.currentVersion;
    const edited = edit({ add: items(10_000) });
    const writers = harness.writers();
    const written = await writers.datasets.editItems(harness.dataset, edited, String(base));
    expect(written).toMatchObject({ addedCount: 10_000, versionRef: String(base + 1) });
    expect(writers.sent).toHaveLength(10);
  });
});
