import { describe, expect, test } from 'vitest';
import type { DatasetFile } from '../../sandbox/humanloop/index.ts';
import { PartialWriteError } from '../../src/domain/write-errors.ts';
import { datasetKey, startHarness } from './humanloop-harness.ts';
import {
  edit,
  errorOf,
  itemKey,
  newestOf,
  plantDataset,
  watchWrites,
  writersFor,
} from './humanloop-write-harness.ts';

function idOf(file: DatasetFile, q: string): string {
  const found = newestOf(file).content.datapoints.find(({ inputs }) => inputs['q'] === q);
  if (found === undefined) throw new Error(`there is no ${q}`);
  return found.id;
}

function questionsOf(file: DatasetFile): unknown[] {
  return newestOf(file).content.datapoints.map(({ inputs }) => inputs['q']);
}

const none = { concurrentRef: null, added: null, addedCount: 0, updatedCount: 0, removedCount: 0 };

describe('what is true after the write', () => {
  test('a version that somebody made since the base is named', async () => {
    for (const timesOf of ['version', 'file'] as const) {
      const harness = await startHarness({ timesOf });
      const file = plantDataset(harness);
      const { datasets } = writersFor(harness);
      const base = newestOf(file).id;
      // What is known before the write is what told the base.
      if (timesOf === 'file') await datasets.latestRef(datasetKey(file.id));
      const theirs = harness.sandbox.state.createDatasetVersion(file.id, {
        datapoints: [{ inputs: { q: 'x' } }],
      });
      const add = [{ input: { q: 'five' } }];
      const written = await datasets.editItems(datasetKey(file.id), edit({ add }), base);
      expect(written.concurrentRef).toBe(theirs.id);
      expect(written.versionRef).toBe(newestOf(file).id);
      expect(questionsOf(file)).not.toContain('x');
    }
  });

  test('an older version that the vendor gives back is told, and hides no other', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const [oldest] = file.versions;
    const remove = [itemKey(file.id, idOf(file, 'four'))];
    const base = newestOf(file).id;
    const written = await writersFor(harness).datasets.editItems(datasetKey(file.id), edit({ remove }), base);
    expect(written).toMatchObject({ versionRef: oldest?.id, concurrentRef: null, removedCount: 1 });
    const theirs = harness.sandbox.state.createDatasetVersion(file.id, {
      datapoints: [{ inputs: { q: 'x' } }],
    });
    const again = await writersFor(harness).datasets.editItems(datasetKey(file.id), edit({ remove }), base);
    expect(again).toMatchObject({ versionRef: oldest?.id, concurrentRef: theirs.id });
  });

  test('is a success though the versions cannot be read back', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const { datasets } = writersFor(harness);
    const base = await datasets.latestRef(datasetKey(file.id));
    harness.sandbox.server.faults.add({ path: '/versions', effect: { type: 'answer', status: 503 } });
    const add = [{ input: { q: 'five' } }];
    expect(await datasets.editItems(datasetKey(file.id), edit({ add }), base)).toEqual({
      ...none,
      ...{ versionRef: newestOf(file).id, addedCount: 1 },
    });
  });

  test('items that the vendor merged against our reading are said to be lost', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const body = JSON.stringify({
      ...{ id: file.id, name: 'Planted', path: file.path, version_id: 'dsv_less', datapoints_count: 3 },
      ...{ created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' },
    });
    harness.sandbox.server.faults.add({ method: 'POST', effect: { type: 'replace-body', body } });
    const update = [{ item: itemKey(file.id, idOf(file, 'one')), input: { q: 'ONE' } }];
    const editing = writersFor(harness).datasets.editItems(
      datasetKey(file.id),
      edit({ update }),
      newestOf(file).id,
    );
    const error = await errorOf(editing);
    expect(error).toBeInstanceOf(PartialWriteError);
    expect(error).toMatchObject({
      message: expect.stringContaining('holds 1 fewer items than it should'),
      partial: { completedSteps: ['version dsv_less was written'], updatedCount: 1 },
    });
  });

  test('nothing is written from a base that came in part', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const base = newestOf(file).id;
    const sent = watchWrites(harness);
    const remove = [itemKey(file.id, idOf(file, 'one'))];
    const page = `/datasets/${file.id}/datapoints?version_id=${base}&page=1&size=1000`;
    for (const change of [
      (body: { records: unknown[] }) => ({ ...body, records: body.records.slice(1) }),
      (body: { records: unknown[] }) => ({ ...body, records: [{ id: 7 }, ...body.records.slice(1)] }),
    ]) {
      await harness.spoil(page, change);
      const editing = writersFor(harness).datasets.editItems(datasetKey(file.id), edit({ remove }), base);
      expect(await errorOf(editing)).toMatchObject({ code: 'SOURCE_CONTRACT_VIOLATION' });
      harness.sandbox.server.faults.clear();
    }
    expect(sent).toEqual([]);
  });
});

test('10,000 items are read in pages side by side, and edited by one upsert', async () => {
  const harness = await startHarness();
  const file = plantDataset(harness);
  const datapoints = Array.from({ length: 10_000 }, (_, index) => ({ inputs: { q: `q${index}` } }));
  harness.sandbox.state.createDatasetVersion(file.id, { action: 'set', datapoints });
  const keys = newestOf(file).content.datapoints.map(({ id }) => itemKey(file.id, id));
  const base = newestOf(file).id;
  const { datasets } = writersFor(harness);
  harness.asked();
  const written = await datasets.editItems(
    datasetKey(file.id),
    edit({
      add: Array.from({ length: 1000 }, (_, index) => ({ input: { q: `new${index}` } })),
      update: keys.slice(0, 5000).map((item, index) => ({ item, expectedOutput: { index } })),
      remove: keys.slice(5000, 7000),
    }),
    base,
  );
  expect(written).toMatchObject({ addedCount: 1000, updatedCount: 5000, removedCount: 2000 });
  expect(newestOf(file).content.datapoints).toHaveLength(9000);
  const asked = harness.asked();
  expect(asked.filter((line) => line.includes('/datapoints?'))).toHaveLength(10);
  expect(asked.filter((line) => line.startsWith('POST'))).toHaveLength(1);
});

describe('uploading a CSV file', () => {
  const upload = (text: string) => ({ name: 'new "rows".csv', bytes: Buffer.from(text) });

  test("goes to the vendor's own endpoint, on the pinned base", async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const base = newestOf(file).id;
    const sent = watchWrites(harness);
    const written = await writersFor(harness).datasets.uploadCsv(
      datasetKey(file.id),
      upload('q,target\nfive,"{""a"":1}"\nfour,\nfive,"{""a"":1}"\nsix,\n'),
      base,
      { name: 'from csv', description: 'three rows' },
    );
    expect(written).toEqual({ versionRef: newestOf(file).id, concurrentRef: null, addedCount: 2 });
    expect(sent).toMatchObject([
      { method: 'POST', path: `/datasets/${file.id}/datapoints/csv?version_id=${base}` },
    ]);
    expect(sent[0]?.contentType).toMatch(/^multipart\/form-data; boundary=/);
    expect(newestOf(file)).toMatchObject({ name: 'from csv', description: 'three rows' });
    expect(questionsOf(file)).toEqual(['one', 'two', 'three', 'four', 'five', 'six']);
  });

  test('without a name or description sends none', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const sent = watchWrites(harness);
    await writersFor(harness).datasets.uploadCsv(
      datasetKey(file.id),
      upload('q\nfive\n'),
      newestOf(file).id,
      {},
    );
    expect(newestOf(file)).toMatchObject({ name: null, description: null });
    expect(String(sent[0]?.body)).not.toContain('version_');
  });

  test('is refused with the place: the file, the version name, the dataset', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const { datasets } = writersFor(harness);
    const base = newestOf(file).id;
    const bad = datasets.uploadCsv(datasetKey(file.id), upload('q\na,b\n'), base, {});
    expect(await errorOf(bad)).toMatchObject({
      name: 'InvalidInputError',
      issues: [{ path: ['file'], message: 'row 2 has more cells than the header' }],
    });
    const named = datasets.uploadCsv(datasetKey(file.id), upload('q\nfive\n'), file.versions[0]?.id ?? '', {
      name: 'v2',
    });
    expect(await errorOf(named)).toMatchObject({
      name: 'InvalidInputError',
      issues: [{ path: ['versionName'] }],
    });
    file.versions = [];
    const empty = datasets.uploadCsv(datasetKey(file.id), upload('q\nfive\n'), null, {});
    expect(await errorOf(empty)).toMatchObject({ name: 'NotFoundError' });
  });
});
