import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/domain/identity.ts';
import { foundIn, source, unknownId } from './datadog-harness.ts';
import {
  ada,
  ben,
  datasetsNamed,
  items,
  projectOf,
  startWriteHarness,
  thrown,
} from './datadog-write-harness.ts';

const unknownDataset = keyOf(source, 'DATASET', unknownId, unknownId);

describe('a change of a dataset', () => {
  it('sends what is given, clears by null, and leaves the rest', async () => {
    const harness = await startWriteHarness();
    const { datasets, sent } = harness.writers();
    const { seeded, dataset } = harness;
    const before = { description: seeded.description, metadata: seeded.metadata };
    await datasets.update(dataset, { name: 'renamed' });
    expect(seeded).toMatchObject({ name: 'renamed', ...before });
    await datasets.update(dataset, { description: 'new', metadata: { a: 1 } });
    expect(seeded).toMatchObject({ name: 'renamed', description: 'new', metadata: { a: 1 } });
    await datasets.update(dataset, { description: null, metadata: null });
    expect(seeded).toMatchObject({ name: 'renamed', description: '', metadata: {} });
    expect(sent.map(({ body }) => body)).toEqual(
      [
        { name: 'renamed' },
        { description: 'new', metadata: { a: 1 } },
        { description: '', metadata: {} },
      ].map((attributes) => ({ data: { type: 'datasets', attributes } })),
    );
    const read = foundIn(await harness.connect().datasets.getDatasets([dataset]), dataset.id);
    expect(read).toMatchObject({ name: 'renamed', description: null, metadata: {} });
    expect(read.latestVersion?.ref).toBe(String(seeded.currentVersion));
  });

  it.each(['spec', 'recorded'] as const)('to a name that is taken names who has it (%s)', async (dialect) => {
    const harness = await startWriteHarness({ dialect });
    const other = [...projectOf(harness).datasets.values()].find(({ id }) => id !== harness.seeded.id);
    if (other === undefined) throw new Error('there are more');
    const { datasets } = harness.writers();
    await expect(datasets.update(harness.dataset, { name: other.name })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      existing: { id: harness.keyOf(other).id },
    });
    await expect(datasets.clone(harness.dataset, { name: other.name })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      existing: { id: harness.keyOf(other).id },
    });
  });

  it('of which the answer shows something else is not passed over', async () => {
    const harness = await startWriteHarness();
    const attributes = {
      name: 'n',
      current_version: 1,
      created_at: '2026-01-01T00:00:00Z',
      metadata: { a: 1, b: 2 },
    };
    const body = JSON.stringify({ data: { id: harness.seeded.id, type: 'datasets', attributes } });
    harness.sandbox.server.faults.add({ method: 'PATCH', effect: { type: 'replace-body', body } });
    const { datasets } = harness.writers();
    await expect(datasets.update(harness.dataset, { metadata: { b: 2 } })).rejects.toMatchObject({
      code: 'SOURCE_CONTRACT_VIOLATION',
      message: expect.stringContaining('metadata'),
    });
    await datasets.update(harness.dataset, { metadata: { b: 2, a: 1 } });
  });

  it('to metadata that is no object is refused, and of a missing dataset is not found', async () => {
    const harness = await startWriteHarness();
    const { datasets } = harness.writers();
    await expect(datasets.update(harness.dataset, { metadata: 'text' })).rejects.toMatchObject({
      issues: [{ path: ['metadata'] }],
    });
    expect(harness.asked()).toEqual([]);
    const writes = [
      datasets.update(unknownDataset, { name: 'x' }),
      datasets.clone(unknownDataset, { name: 'x' }),
      datasets.delete(unknownDataset),
      datasets.latestRef(unknownDataset),
      datasets.editItems(unknownDataset, { add: items(1), update: [], remove: [] }, '0'),
      datasets.restore(unknownDataset, '0', '0'),
      datasets.lock(unknownDataset, undefined),
      datasets.unlock(unknownDataset, undefined),
    ];
    for (const error of await Promise.all(writes.map(thrown))) {
      expect(error).toMatchObject({ name: 'NotFoundError' });
    }
  });

  it('that a lock of somebody else keeps away is told with who holds it', async () => {
    const harness = await startWriteHarness({ lockBlocksWrites: true });
    harness.sandbox.state.lock(harness.seeded, ben.user);
    const { datasets } = harness.writers();
    const { dataset } = harness;
    const writes = [
      () => datasets.update(dataset, { name: 'x' }),
      () => datasets.delete(dataset),
      () => datasets.editItems(dataset, { add: items(1), update: [], remove: [] }, '7'),
      () => datasets.restore(dataset, '1', '7'),
    ];
    for (const write of writes) {
      const locked = { code: 'DRAFT_LOCKED', lock: { holder: { vendorId: ben.user.id }, kind: 'VENDOR' } };
      await expect(write()).rejects.toMatchObject(locked);
    }
    const { name } = harness.seeded;
    harness.sandbox.state.unlock(harness.seeded);
    const refusal = { type: 'answer', status: 403 } as const;
    harness.sandbox.server.faults.add({ method: 'PATCH', effect: refusal, times: 1 });
    await expect(datasets.update(dataset, { name: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    harness.sandbox.server.faults.add({ method: 'PATCH', effect: { ...refusal, status: 423 } });
    harness.sandbox.server.faults.add({ path: 'draft_state', effect: { ...refusal, status: 500 } });
    await expect(datasets.update(dataset, { name: 'x' })).rejects.toMatchObject({
      code: 'DRAFT_LOCKED',
      lock: null,
    });
    expect(harness.seeded.name).toBe(name);
  });
});

describe('a clone', () => {
  it('has the records and the given name', async () => {
    const harness = await startWriteHarness();
    const { datasets, sent } = harness.writers();
    const clone = await datasets.clone(harness.dataset, { name: 'copy', description: 'of it' });
    const [copy] = datasetsNamed(harness, 'copy');
    expect(clone.id).toBe(copy === undefined ? undefined : harness.keyOf(copy).id);
    expect(copy).toMatchObject({ description: 'of it', currentVersion: 0 });
    expect(copy?.versions.get(0)?.records).toHaveLength(harness.recordIds().length);
    expect(sent).toEqual([
      {
        endpoint: 'CloneLLMObsDataset',
        body: {
          data: {
            id: harness.seeded.id,
            type: 'datasets',
            attributes: { name: 'copy', description: 'of it' },
          },
        },
      },
    ]);
    await expect(datasets.clone(harness.dataset, { name: 'copy' })).rejects.toMatchObject({
      existing: { id: clone.id },
    });
    await expect(datasets.clone(harness.dataset, { name: harness.seeded.name })).rejects.toMatchObject({
      existing: { id: harness.dataset.id },
    });
  });

  it('to a name that is taken in between is refused by the vendor', async () => {
    const harness = await startWriteHarness();
    const { datasets, happening } = harness.writers();
    happening('before', 0, () => {
      const { datasets: all } = projectOf(harness);
      all.set('other', { ...harness.seeded, id: unknownId, name: 'copy' });
    });
    await expect(datasets.clone(harness.dataset, { name: 'copy' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      existing: { address: { parts: [harness.seeded.projectId, unknownId] } },
    });
  });
});

describe('a deletion', () => {
  it.each(['ignore', '404'] as const)(
    'deletes what is there and finds what is not (%s)',
    async (deleteUnknown) => {
      const harness = await startWriteHarness({ deleteUnknown });
      const { datasets, sent } = harness.writers();
      await datasets.delete(harness.dataset);
      expect(datasetsNamed(harness, harness.seeded.name)).toEqual([]);
      expect(sent).toEqual([
        {
          endpoint: 'DeleteLLMObsDatasets',
          body: { data: { type: 'datasets', attributes: { dataset_ids: [harness.seeded.id] } } },
        },
      ]);
      await expect(datasets.delete(harness.dataset)).rejects.toMatchObject({ name: 'NotFoundError' });
      expect(sent).toHaveLength(1);
    },
  );

  it('that finds it gone in between is one all the same', async () => {
    const harness = await startWriteHarness({ deleteUnknown: '404' });
    const { datasets, happening } = harness.writers();
    happening('before', 0, () => void projectOf(harness).datasets.delete(harness.seeded.id));
    await datasets.delete(harness.dataset);
  });
});

describe('the newest ref', () => {
  it('is read anew each time, and 0 is one', async () => {
    const harness = await startWriteHarness();
    const { datasets } = harness.writers();
    const before = harness.seeded.currentVersion;
    expect(await datasets.latestRef(harness.dataset)).toBe(String(before));
    harness.sandbox.state.addVersion(harness.seeded, ada.user);
    expect(await datasets.latestRef(harness.dataset)).toBe(String(before + 1));
    expect(harness.asked()).toHaveLength(2);
    const { dataset } = await datasets.create({ name: 'empty', project: harness.project, items: [] });
    expect(await datasets.latestRef(dataset)).toBe('0');
  });
});

it('has no methods that Datadog has nothing for', async () => {
  const harness = await startWriteHarness();
  const { writer } = harness.connect().datasets;
  expect(Object.keys(writer ?? {}).toSorted()).toEqual(
    ['clone', 'create', 'delete', 'editItems', 'latestRef', 'lock', 'restore', 'unlock', 'update'].toSorted(),
  );
});
