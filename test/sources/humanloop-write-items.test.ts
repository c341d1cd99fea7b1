import { describe, expect, test } from 'vitest';
import type { DatasetFile } from '../../sandbox/humanloop/index.ts';
import { datasetKey, readAll, startHarness } from './humanloop-harness.ts';
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

describe('adding items', () => {
  test('is one upsert on the pinned base, which keeps its attributes', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const base = newestOf(file).id;
    const sent = watchWrites(harness);
    const written = await writersFor(harness).datasets.editItems(
      datasetKey(file.id),
      edit({
        add: [{ input: { q: 'five' } }, { input: { q: 'six' }, expectedOutput: { a: [1, { b: null }] } }],
      }),
      base,
    );
    expect(written).toEqual({ ...none, versionRef: newestOf(file).id, addedCount: 2 });
    expect(sent).toMatchObject([
      {
        path: `/datasets?version_id=${base}`,
        body: {
          id: file.id,
          action: 'add',
          datapoints: [{ inputs: { q: 'five' } }, { inputs: { q: 'six' }, target: { a: [1, { b: null }] } }],
          attributes: { team: 'writes' },
        },
      },
    ]);
    expect(questionsOf(file)).toEqual(['one', 'two', 'three', 'four', 'five', 'six']);
    expect(newestOf(file).content.attributes).toEqual({ team: 'writes' });
    const stream = harness.connect().datasets.listItems(datasetKey(file.id), written.versionRef ?? '');
    expect((await readAll(stream, 50)).items).toHaveLength(6);
  });

  test('needs no read but the one that told the base', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    harness.asked();
    const { datasets } = writersFor(harness);
    const base = await datasets.latestRef(datasetKey(file.id));
    await datasets.editItems(datasetKey(file.id), edit({ add: [{ input: { q: 'five' } }] }), base);
    expect(harness.asked()).toEqual([
      `GET /datasets/${file.id}/versions`,
      `POST /datasets?version_id=${base}`,
      `GET /datasets/${file.id}/versions`,
    ]);
  });

  test('does not count what was there already, or twice in the input', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const base = newestOf(file).id;
    const { datasets } = writersFor(harness);
    const twins = [{ input: { q: 'four' } }, { input: { q: 'five' } }, { input: { q: 'five' }, tags: null }];
    expect(await datasets.editItems(datasetKey(file.id), edit({ add: twins }), base)).toMatchObject({
      addedCount: 1,
    });
    expect(questionsOf(file)).toEqual(['one', 'two', 'three', 'four', 'five']);
    const now = newestOf(file).id;
    const again = await datasets.editItems(datasetKey(file.id), edit({ add: twins }), now);
    expect(again).toEqual({ ...none, versionRef: now, isOlder: true });
  });

  test('to a dataset without a version sets them', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    file.versions = [];
    const sent = watchWrites(harness);
    const { datasets } = writersFor(harness);
    const add = [{ input: { q: 'first' } }];
    const written = await datasets.editItems(datasetKey(file.id), edit({ add }), null);
    expect(written).toEqual({ ...none, versionRef: newestOf(file).id, addedCount: 1 });
    expect(sent).toMatchObject([{ path: '/datasets', body: { action: 'set' } }]);
  });
});

describe('removing items', () => {
  test('sends the contents that the base has for them, whichever version the ids are of', async () => {
    const harness = await startHarness({ sizeCap: 2 });
    const file = plantDataset(harness);
    const [oldest] = file.versions;
    const base = newestOf(file).id;
    const sent = watchWrites(harness);
    const written = await writersFor(harness).datasets.editItems(
      datasetKey(file.id),
      edit({
        remove: [itemKey(file.id, idOf(file, 'two'), oldest?.id ?? ''), itemKey(file.id, idOf(file, 'four'))],
      }),
      base,
    );
    expect(written).toEqual({ ...none, versionRef: newestOf(file).id, removedCount: 2 });
    expect(sent).toMatchObject([
      {
        path: `/datasets?version_id=${base}`,
        body: {
          action: 'remove',
          datapoints: [{ inputs: { q: 'two' }, target: { a: 3 } }, { inputs: { q: 'four' } }],
        },
      },
    ]);
    expect(questionsOf(file)).toEqual(['one', 'three']);
  });

  test('that are not of the newest version, or of another dataset, writes nothing', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const other = plantDataset(harness, 'Other');
    const sent = watchWrites(harness);
    const { datasets } = writersFor(harness);
    const there = itemKey(file.id, idOf(file, 'one'));
    for (const [change, place] of [
      [{ remove: [there, itemKey(file.id, 'dp_gone')] }, 'remove.1'],
      [{ remove: [itemKey(other.id, idOf(other, 'one'))] }, 'remove.0'],
      [{ update: [{ item: itemKey(file.id, 'dp_gone'), input: { q: 'x' } }] }, 'update.0.id'],
    ] as const) {
      const error = await errorOf(datasets.editItems(datasetKey(file.id), edit(change), newestOf(file).id));
      expect(error).toMatchObject({
        name: 'NotFoundError',
        message: expect.stringContaining(`\`${place}\``),
      });
    }
    expect(sent).toEqual([]);
  });
});

describe('updating items', () => {
  test('with adds and removes is one set of the base as the edit leaves it', async () => {
    const harness = await startHarness({ sizeCap: 2 });
    const file = plantDataset(harness);
    const sent = watchWrites(harness);
    const written = await writersFor(harness).datasets.editItems(
      datasetKey(file.id),
      edit({
        add: [{ input: { q: 'five' } }, { input: { q: 'three' }, expectedOutput: { a: 5 } }],
        update: [
          { item: itemKey(file.id, idOf(file, 'one')), input: { q: 'ONE' } },
          { item: itemKey(file.id, idOf(file, 'three')), expectedOutput: null, messages: [{ role: 'user' }] },
          { item: itemKey(file.id, idOf(file, 'four')), input: { q: 'four' } },
        ],
        remove: [itemKey(file.id, idOf(file, 'two'))],
      }),
      newestOf(file).id,
    );
    expect(written).toEqual({
      ...none,
      ...{ versionRef: newestOf(file).id, addedCount: 2, updatedCount: 2, removedCount: 1 },
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      path: '/datasets',
      body: { action: 'set', attributes: { team: 'writes' } },
    });
    expect(newestOf(file).content.datapoints).toMatchObject([
      { inputs: { q: 'ONE' }, target: { a: 3 } },
      { inputs: { q: 'three' }, target: null, messages: [{ role: 'user' }] },
      { inputs: { q: 'four' } },
      { inputs: { q: 'five' } },
      { inputs: { q: 'three' }, target: { a: 5 } },
    ]);
  });

  test('to what they are writes nothing', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const sent = watchWrites(harness);
    const update = [{ item: itemKey(file.id, idOf(file, 'one')), expectedOutput: { a: 3 } }];
    const base = newestOf(file).id;
    const written = await writersFor(harness).datasets.editItems(datasetKey(file.id), edit({ update }), base);
    expect(written).toEqual({ ...none, versionRef: base });
    expect(sent).toEqual([]);
  });

  test('to the same as another is refused, since one of the two would be lost; swapping is not', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const sent = watchWrites(harness);
    const { datasets } = writersFor(harness);
    const [one, two] = [itemKey(file.id, idOf(file, 'one')), itemKey(file.id, idOf(file, 'two'))];
    const merge = edit({ update: [{ item: two, input: { q: 'one' } }] });
    const base = newestOf(file).id;
    expect(await errorOf(datasets.editItems(datasetKey(file.id), merge, base))).toMatchObject({
      name: 'InvalidInputError',
      issues: [{ path: ['update', '0'], code: 'DUPLICATE' }],
    });
    expect(sent).toEqual([]);
    const swap = edit({
      update: [
        { item: one, input: { q: 'two' } },
        { item: two, input: { q: 'one' } },
      ],
    });
    // Both targets are the same, so that the set of items is, and the vendor gives the version back.
    expect(await datasets.editItems(datasetKey(file.id), swap, base)).toMatchObject({ versionRef: base });
  });

  test('refuses what cannot be kept, each at its place', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const item = itemKey(file.id, idOf(file, 'one'));
    const change = edit({
      add: [
        { input: { q: { nested: true } } },
        { input: 'text' },
        { expectedOutput: 'text' },
        { sourceId: 's' },
      ],
      update: [{ item, deleted: false, dataset: datasetKey('ds_other'), metadata: null, tags: [] }],
    });
    const error = await errorOf(
      writersFor(harness).datasets.editItems(datasetKey(file.id), change, newestOf(file).id),
    );
    expect(error).toMatchObject({
      name: 'InvalidInputError',
      issues: [
        { path: ['add', '0', 'input', 'q'] },
        { path: ['add', '1', 'input'] },
        { path: ['add', '2', 'expectedOutput'] },
        { path: ['add', '3', 'sourceId'] },
        { path: ['update', '0', 'tags'] },
        { path: ['update', '0', 'deleted'] },
        { path: ['update', '0', 'datasetId'] },
      ],
    });
    const twice = edit({
      update: [{ item, input: {} }],
      remove: [itemKey(file.id, idOf(file, 'one'), 'dsv_1')],
    });
    expect(
      await errorOf(writersFor(harness).datasets.editItems(datasetKey(file.id), twice, newestOf(file).id)),
    ).toMatchObject({ issues: [{ path: ['remove', '0'], code: 'DUPLICATE' }] });
  });

  test("finds the place of the vendor's refusal in a set", async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const item = itemKey(file.id, idOf(file, 'two'));
    const change = edit({
      add: [{ messages: [{ role: 'oracle' }] }],
      update: [{ item, messages: [{ role: 'user' }, { role: 'sphinx' }] }],
    });
    const editing = writersFor(harness).datasets.editItems(datasetKey(file.id), change, newestOf(file).id);
    expect(await errorOf(editing)).toMatchObject({
      issues: [
        { path: ['update', '0', 'messages', '1', 'role'] },
        { path: ['add', '0', 'messages', '0', 'role'] },
      ],
    });
  });
});
