import { describe, expect, test } from 'vitest';
import { datasetKey, startHarness } from './humanloop-harness.ts';
import { errorOf, newestOf, plantDataset, watchWrites, writersFor } from './humanloop-write-harness.ts';

describe('cloning', () => {
  test('copies the newest version, with its attributes, into the same directory', async () => {
    const harness = await startHarness({ sizeCap: 3 });
    const file = plantDataset(harness);
    const copy = await writersFor(harness).datasets.clone(datasetKey(file.id), { name: 'Copy' });
    const copied = harness.sandbox.state.dataset('Writes/Copy');
    expect(copy).toEqual(datasetKey(copied.id));
    expect(copied.versions).toHaveLength(1);
    const contents = (of: typeof file) =>
      newestOf(of).content.datapoints.map(({ inputs, target, messages }) => ({ inputs, target, messages }));
    expect(contents(copied)).toEqual(contents(file));
    expect(newestOf(copied).content.attributes).toEqual({ team: 'writes' });
  });

  test('refuses a name that is taken, even by an equal one, and a description', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const sent = watchWrites(harness);
    const { datasets } = writersFor(harness);
    expect(await errorOf(datasets.clone(datasetKey(file.id), { name: 'Planted' }))).toMatchObject({
      name: 'AlreadyExistsError',
      existing: datasetKey(file.id),
    });
    const described = datasets.clone(datasetKey(file.id), { name: 'New', description: 'x' });
    expect(await errorOf(described)).toMatchObject({ issues: [{ path: ['description'] }] });
    expect(sent).toEqual([]);
  });
});

test('a deleted dataset is gone', async () => {
  const harness = await startHarness();
  const file = plantDataset(harness);
  await writersFor(harness).datasets.delete(datasetKey(file.id));
  expect(harness.sandbox.state.acme.datasets.has(file.id)).toBe(false);
  expect((await harness.connect().datasets.getDatasets([datasetKey(file.id)])).size).toBe(0);
});

describe('the newest ref', () => {
  test('is that of the newest version, in one read, in whatever order they come', async () => {
    const harness = await startHarness({ versionsOrder: 'oldest-first' });
    const file = plantDataset(harness);
    expect(await writersFor(harness).datasets.latestRef(datasetKey(file.id))).toBe(newestOf(file).id);
    expect(harness.asked()).toEqual([`GET /datasets/${file.id}/versions`]);
  });

  test('is null without versions, and not guessed when one cannot be read', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    await harness.spoil(`/datasets/${file.id}/versions`, (body) => ({
      records: body.records.map((row, index) => (index === 0 ? { ...row, version_id: 7 } : row)),
    }));
    expect(await errorOf(writersFor(harness).datasets.latestRef(datasetKey(file.id)))).toMatchObject({
      code: 'SOURCE_CONTRACT_VIOLATION',
    });
    harness.sandbox.server.faults.clear();
    file.versions = [];
    expect(await writersFor(harness).datasets.latestRef(datasetKey(file.id))).toBeNull();
  });
});

test('there is no draft lock to take', async () => {
  const harness = await startHarness();
  const writer = harness.connect().datasets.writer;
  expect(writer).not.toHaveProperty('lock');
  expect(writer).not.toHaveProperty('unlock');
});
