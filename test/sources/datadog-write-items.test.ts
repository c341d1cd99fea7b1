import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/domain/identity.ts';
import { parseInstant } from '../../src/domain/instant.ts';
import type { ItemEdit } from '../../src/sources/writes.ts';
import { at, only, readAll, source, unknownId } from './datadog-harness.ts';
import { ben, edit, items, startWriteHarness, thrown, type WriteHarness } from './datadog-write-harness.ts';

function recordOf({ seeded }: WriteHarness, id: string) {
  return seeded.versions.get(seeded.currentVersion)?.records.find((record) => record.id === id);
}

function baseOf({ seeded }: WriteHarness): string {
  return String(seeded.currentVersion);
}

describe.each(['spec', 'recorded'] as const)('an edit of items in the %s dialect', (dialect) => {
  it('adds, changes and removes in one request, and makes one version', async () => {
    const harness = await startWriteHarness({ dialect });
    const { datasets, sent } = harness.writers();
    const [first, second, third] = [0, 1, 2].map((index) => at(harness.recordIds(), index));
    if (!first || !second || !third) throw new Error('there are records');
    const base = baseOf(harness);
    const count = harness.recordIds().length;
    const written = await datasets.editItems(
      harness.dataset,
      {
        add: [
          { input: { q: 1 }, expectedOutput: 'one', metadata: { m: true }, tags: ['a', 'b'] },
          { input: null, expectedOutput: null, metadata: null, tags: null, messages: null },
        ],
        update: [
          { item: harness.itemKey(first), input: 'changed', tags: ['only'] },
          { item: harness.itemKey(second, '3'), metadata: null, tags: null, sourceId: null },
        ],
        remove: [harness.itemKey(third)],
      },
      base,
    );
    const next = String(Number(base) + 1);
    expect(written).toMatchObject({
      addedCount: 2,
      updatedCount: 2,
      removedCount: 1,
      versionRef: next,
      concurrentRef: null,
    });
    expect(harness.seeded.currentVersion).toBe(Number(next));
    const [added, bare] = (written.added ?? []).map(({ address }) => at(address.parts, 2));
    expect(only(sent)).toEqual({
      endpoint: 'BatchUpdateLLMObsDataset',
      body: {
        data: {
          id: harness.seeded.id,
          type: 'datasets',
          attributes: {
            create_new_version: true,
            deduplicate: false,
            insert_records: [
              { id: added, input: { q: 1 }, expected_output: 'one', metadata: { m: true }, tags: ['a', 'b'] },
              { id: bare, input: null },
            ],
            update_records: [
              { id: first, input: 'changed', tag_operations: { set: ['only'] } },
              { id: second, metadata: {}, tag_operations: { set: [] } },
            ],
            delete_records: [third],
          },
        },
      },
    });
    expect(recordOf(harness, added ?? '')).toMatchObject({ input: { q: 1 }, tags: ['a', 'b'] });
    expect(recordOf(harness, first)).toMatchObject({ input: 'changed', tags: ['only'] });
    expect(recordOf(harness, second)).toMatchObject({ metadata: {}, tags: [] });
    expect(recordOf(harness, third)).toBeUndefined();
    const { items: all } = await readAll(harness.connect().datasets.listItems(harness.dataset, next), 100);
    expect(all).toHaveLength(count + 1);
    const isThere = (id: string | undefined) => all.some(({ vendorId }) => vendorId === id);
    expect([added, bare, first, third].map(isThere)).toEqual([true, true, true, false]);
  });

  it('costs one request where the answer tells the version, else one to read it back', async () => {
    const harness = await startWriteHarness({ dialect });
    await harness.writers().datasets.editItems(harness.dataset, edit({ add: items(1) }), baseOf(harness));
    const [batch, ...more] = harness.asked();
    expect(batch).toContain('batch_update');
    expect(more).toHaveLength(dialect === 'recorded' ? 0 : 1);
  });

  it('adds what is alike, whatever the vendor does by itself', async () => {
    const harness = await startWriteHarness({ dialect, batchUpdateDeduplicates: true });
    const add = [...items(1), ...items(1)];
    const { added } = await harness.writers().datasets.editItems(harness.dataset, edit({ add }), '7');
    expect(new Set(added?.map(({ id }) => id)).size).toBe(2);
    for (const { address } of added ?? []) expect(recordOf(harness, at(address.parts, 2))).toBeDefined();
  });

  it('of metadata alone makes no version and names the one that it is in', async () => {
    const harness = await startWriteHarness({ dialect });
    const id = at(harness.recordIds(), 0);
    const base = baseOf(harness);
    const update = [{ item: harness.itemKey(id), metadata: { seen: true } }];
    const written = await harness.writers().datasets.editItems(harness.dataset, edit({ update }), base);
    expect(written).toMatchObject({ updatedCount: 1, versionRef: base, concurrentRef: null, added: [] });
    expect(recordOf(harness, id)).toMatchObject({ metadata: { seen: true } });
  });

  it('to records that are not there is not found, and nothing is written', async () => {
    const harness = await startWriteHarness({ dialect });
    const { datasets } = harness.writers();
    const ids = harness.recordIds();
    const missing = harness.itemKey('no-such');
    const edits: Partial<ItemEdit>[] = [
      { update: [{ item: missing, input: 1 }], add: items(1) },
      { remove: [missing] },
    ];
    for (const one of edits) {
      await expect(datasets.editItems(harness.dataset, edit(one), baseOf(harness))).rejects.toMatchObject({
        name: 'NotFoundError',
        message: expect.stringMatching(/no-such|remove\.0/),
      });
    }
    expect(harness.recordIds()).toEqual(ids);
  });

  it('that removes what is not there among others says which', async () => {
    const harness = await startWriteHarness({ dialect });
    const { datasets } = harness.writers();
    const remove = [at(harness.recordIds(), 0), 'no-such', at(harness.recordIds(), 1)].map((id) =>
      harness.itemKey(id),
    );
    const error = await thrown(datasets.editItems(harness.dataset, edit({ remove }), baseOf(harness)));
    expect(error).toMatchObject({
      name: 'PartialWriteError',
      message: expect.stringContaining('remove.1'),
      partial: {
        removedCount: 2,
        unknownCount: 0,
        failures: [{ path: ['remove', '1'], code: 'NOT_FOUND' }],
        completedSteps: [expect.stringContaining('3 changes')],
      },
    });
  });

  it('names the version that somebody else made since it was based on', async () => {
    const harness = await startWriteHarness({ dialect });
    const base = baseOf(harness);
    harness.sandbox.state.addVersion(harness.seeded, ben.user);
    const written = await harness
      .writers()
      .datasets.editItems(harness.dataset, edit({ add: items(1) }), base);
    const [theirs, ours] = [Number(base) + 1, Number(base) + 2].map(String);
    expect(written).toMatchObject(
      dialect === 'recorded'
        ? { versionRef: ours, concurrentRef: theirs }
        : // Which of the two is which nothing tells.
          { versionRef: null, concurrentRef: ours },
    );
  });
});

describe('an edit of items', () => {
  it.each<[string, (harness: WriteHarness) => Partial<ItemEdit>]>([
    ['add.0.input', () => ({ add: [{ expectedOutput: 1 }] })],
    ['add.1.messages', () => ({ add: [...items(1), { input: 1, messages: [{ role: 'user' }] }] })],
    ['add.0.sourceTraceId', () => ({ add: [{ input: 1, sourceTraceId: 't' }] })],
    [
      'add.0.sourceTimestamp',
      () => ({ add: [{ input: 1, sourceTimestamp: parseInstant('2026-01-01T00:00:00Z') }] }),
    ],
    ['add.0.input', () => ({ add: [{ input: [1, null] }] })],
    ['add.0.expectedOutput', () => ({ add: [{ input: 1, expectedOutput: [[1]] }] })],
    ['add.0.metadata', () => ({ add: [{ input: 1, metadata: 'text' }] })],
    ['update.0.input', ({ itemKey }) => ({ update: [{ item: itemKey('a'), input: null }] })],
    [
      'update.0.expectedOutput',
      ({ itemKey }) => ({ update: [{ item: itemKey('a'), expectedOutput: null }] }),
    ],
    ['update.0.metadata', ({ itemKey }) => ({ update: [{ item: itemKey('a'), metadata: [1] }] })],
    ['update.0.sourceId', ({ itemKey }) => ({ update: [{ item: itemKey('a'), sourceId: 's' }] })],
    ['update.0.deleted', ({ itemKey }) => ({ update: [{ item: itemKey('a'), deleted: false }] })],
    ['update.0.datasetId', ({ itemKey, dataset }) => ({ update: [{ item: itemKey('a'), dataset }] })],
    [
      'update.0.id',
      ({ seeded }) => ({
        update: [{ item: keyOf(source, 'DATASET_ITEM', seeded.projectId, unknownId, 'a') }],
      }),
    ],
    ['remove.0', () => ({ remove: [keyOf(source, 'DATASET_ITEM', unknownId, unknownId, 'a')] })],
    ['remove.0', ({ itemKey }) => ({ update: [{ item: itemKey('a') }], remove: [itemKey('a', '3')] })],
  ])('is refused for %s before anything is sent', async (path, partOf) => {
    const harness = await startWriteHarness();
    const { datasets } = harness.writers();
    const error = await thrown(datasets.editItems(harness.dataset, edit(partOf(harness)), '7'));
    expect(error).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: path.split('.') }] });
    expect(harness.asked()).toEqual([]);
  });

  it('is refused with a path for what the vendor points at', async () => {
    const harness = await startWriteHarness();
    const pointers = [
      'insert_records/1/expected_output',
      'update_records/0/tag_operations',
      'delete_records/0',
      'tags',
    ];
    const errors = pointers.map((pointer) => ({
      detail: 'no good',
      source: { pointer: `/data/attributes/${pointer}` },
    }));
    const effect = { type: 'answer', status: 400, body: JSON.stringify({ errors }) } as const;
    harness.sandbox.server.faults.add({ path: 'batch_update', effect });
    const [first, second, third] = ['a', 'b', 'c'].map((id) => harness.itemKey(id));
    if (!first || !second || !third) throw new Error('there are three');
    const error = await thrown(
      harness.writers().datasets.editItems(
        harness.dataset,
        {
          add: items(2),
          // What makes a version goes first: the second of these is the first that is sent.
          update: [
            { item: first, metadata: {} },
            { item: second, tags: ['x'] },
          ],
          remove: [third],
        },
        '7',
      ),
    );
    expect(error).toMatchObject({
      name: 'InvalidInputError',
      issues: [
        { path: ['add', '1', 'expectedOutput'], message: 'no good' },
        { path: ['update', '1', 'tags'] },
        { path: ['remove', '0'] },
      ],
    });
  });

  it('without a base reads the one that there is', async () => {
    const harness = await startWriteHarness();
    const base = harness.seeded.currentVersion;
    const { datasets } = harness.writers();
    const written = await datasets.editItems(harness.dataset, edit({ add: items(1) }), null);
    expect(written).toMatchObject({ versionRef: String(base + 1), concurrentRef: null });
  });

  it('stays done though nothing can be read back', async () => {
    const harness = await startWriteHarness();
    harness.sandbox.server.faults.add({ method: 'GET', effect: { type: 'answer', status: 500 } });
    const base = harness.seeded.currentVersion;
    const remove = [harness.itemKey(at(harness.recordIds(), 0)), harness.itemKey('no-such')];
    const { datasets } = harness.writers();
    const written = await datasets.editItems(harness.dataset, edit({ remove }), String(base));
    expect(written).toMatchObject({ versionRef: null, concurrentRef: null });
    expect(harness.seeded.currentVersion).toBe(base + 1);
  });

  it('does not name what it added where the vendor gives ids of its own', async () => {
    const harness = await startWriteHarness();
    const body = '{"data":[{"records":[{"id":"rec-1","input":1},{"id":5},null]},7]}';
    harness.sandbox.server.faults.add({ path: 'batch_update', effect: { type: 'replace-body', body } });
    const { datasets } = harness.writers();
    const written = await datasets.editItems(harness.dataset, edit({ add: items(1) }), '7');
    expect(written).toMatchObject({ addedCount: 1, added: null });
  });

  it.each(['{"data":null}', '{"data":[]}', '{}'])('looks for itself where the answer is %s', async (body) => {
    const harness = await startWriteHarness();
    const base = baseOf(harness);
    const [there] = harness.recordIds();
    harness.sandbox.server.faults.add({
      path: 'batch_update',
      effect: { type: 'answer', status: 200, body },
    });
    const update = [there ?? '', 'no-such'].map((id) => ({ item: harness.itemKey(id), input: 1 }));
    const error = await thrown(harness.writers().datasets.editItems(harness.dataset, edit({ update }), base));
    expect(error).toMatchObject({
      partial: { updatedCount: 1, failures: [{ path: ['update', '1'], code: 'NOT_FOUND' }] },
    });
  });
});
