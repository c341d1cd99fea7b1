import { describe, expect, test } from 'vitest';
import { keyOf } from '../../src/domain/identity.ts';
import { AlreadyExistsError, PartialWriteError } from '../../src/domain/write-errors.ts';
import { datasetKey, foundIn, type Harness, key, readAll, startHarness } from './humanloop-harness.ts';
import {
  errorOf,
  first,
  newestOf,
  plantDataset,
  watchWrites,
  writersFor,
} from './humanloop-write-harness.ts';

const items = [
  { input: { q: 'a' }, expectedOutput: { answer: 1 } },
  { messages: [{ role: 'user', content: 'b' }] },
];

async function namesAndItems(harness: Harness, id: string) {
  const { datasets } = harness.connect();
  const dataset = foundIn(await datasets.getDatasets([datasetKey(id)]), datasetKey(id).id);
  const read = await readAll(datasets.listItems(datasetKey(id), undefined), 50);
  return { dataset, items: read.items };
}

describe('creating a dataset', () => {
  test('looks whether the path is free, writes once, and is read back as it was given', async () => {
    const harness = await startHarness();
    const sent = watchWrites(harness);
    const { dataset, created } = await writersFor(harness).datasets.create({
      name: 'Fresh',
      directoryPath: '/Writes/Deep/',
      items,
    });
    expect(created).toBe(true);
    expect(sent).toEqual([
      {
        method: 'POST',
        path: '/datasets',
        contentType: 'application/json',
        body: {
          path: 'Writes/Deep/Fresh',
          action: 'set',
          datapoints: [
            { inputs: { q: 'a' }, target: { answer: 1 } },
            { messages: [{ role: 'user', content: 'b' }] },
          ],
        },
      },
    ]);
    const [id = ''] = dataset.address.parts;
    expect(harness.asked()).toEqual([
      'GET /datasets?page=1&size=100&name=Fresh&sort_by=created_at&order=asc',
      'POST /datasets',
      `GET /datasets/${id}/versions`,
    ]);
    const read = await namesAndItems(harness, id);
    expect(read.dataset).toMatchObject({ name: 'Fresh', details: { path: 'Writes/Deep/Fresh' } });
    expect(read.items).toMatchObject([
      { input: { q: 'a' }, expectedOutput: { answer: 1 }, messages: null },
      { input: {}, messages: [{ role: 'user', content: 'b' }] },
    ]);
  });

  test('at the root, without items, makes an empty one', async () => {
    const harness = await startHarness();
    const { dataset } = await writersFor(harness).datasets.create({ name: 'Rooted', items: [] });
    const [id = ''] = dataset.address.parts;
    expect(harness.sandbox.state.dataset('Rooted')).toMatchObject({
      id,
      versions: [{ content: { datapoints: [] } }],
    });
  });

  test('gives one that is there as it is when nothing of the input would be lost', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const sent = watchWrites(harness);
    const place = { name: 'Planted', directoryPath: 'Writes' };
    const { datasets } = writersFor(harness);
    const there = { dataset: datasetKey(file.id), created: false };
    expect(await datasets.create({ ...place, items: [] })).toEqual(there);
    const same = [
      ...['one', 'two', 'three'].map((q) => ({ input: { q }, expectedOutput: { a: q.length } })),
      { input: { q: 'four' } },
    ];
    expect(await datasets.create({ ...place, items: same.toReversed() })).toEqual(there);
    expect(sent).toEqual([]);
  });

  test('refuses a path that is taken, with what is there, and writes nothing', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const sent = watchWrites(harness);
    for (const given of [items, [{ input: { q: 'one' } }]]) {
      const creating = writersFor(harness).datasets.create({
        name: 'Planted',
        directoryPath: 'Writes',
        items: given,
      });
      const error = await errorOf(creating);
      expect(error).toBeInstanceOf(AlreadyExistsError);
      expect(error).toMatchObject({ existing: datasetKey(file.id) });
    }
    expect(sent).toEqual([]);
  });

  test('is not misled by the same name in another directory, nor by a part of a name', async () => {
    const harness = await startHarness();
    plantDataset(harness, 'Twin name');
    const { datasets } = writersFor(harness);
    const elsewhere = await datasets.create({ name: 'Twin name', directoryPath: 'Elsewhere', items: [] });
    expect(elsewhere.created).toBe(true);
    expect((await datasets.create({ name: 'Twin', directoryPath: 'Writes', items: [] })).created).toBe(true);
  });

  test('looks through all pages that match the name', async () => {
    const harness = await startHarness({ sizeCap: 2 });
    const file = plantDataset(harness, 'Same');
    for (const folder of ['A', 'B', 'C', 'D']) {
      await writersFor(harness).datasets.create({ name: 'Same', directoryPath: folder, items: [] });
    }
    const found = await writersFor(harness).datasets.create({
      name: 'Same',
      directoryPath: 'Writes',
      items: [],
    });
    expect(found).toEqual({ dataset: datasetKey(file.id), created: false });
  });

  test('refuses a path that a prompt has', async () => {
    const harness = await startHarness();
    const { path } = first(harness.sandbox.state.acme.prompts.values());
    const at = path.lastIndexOf('/');
    const place = { name: path.slice(at + 1), directoryPath: path.slice(0, at) };
    const error = await errorOf(writersFor(harness).datasets.create({ ...place, items: [] }));
    expect(error).toMatchObject({ name: 'AlreadyExistsError', existing: null });
  });

  test('never claims what it did not make: a dataset that no list shows is told as it is', async () => {
    const harness = await startHarness({ undeployedInList: 'omitted' });
    const file = plantDataset(harness);
    harness.sandbox.state.undeploy(file.id, 'production');
    const creating = writersFor(harness).datasets.create({ name: 'Planted', directoryPath: 'Writes', items });
    const error = await errorOf(creating);
    expect(error).toBeInstanceOf(PartialWriteError);
    expect(error).toMatchObject({
      partial: {
        dataset: datasetKey(file.id),
        completedSteps: [`the items are version ${newestOf(file).id} of the dataset that was there`],
        addedCount: 2,
        failures: [{ path: ['name'], code: 'ALREADY_EXISTS' }],
      },
    });
    expect(file.versions).toHaveLength(3);
  });

  test('does not know whether it made it when the versions cannot be read back, or are old', async () => {
    const harness = await startHarness({ undeployedInList: 'omitted' });
    const lift = harness.sandbox.server.faults.add({
      path: '/versions',
      effect: { type: 'answer', status: 503 },
    });
    const { created } = await writersFor(harness).datasets.create({ name: 'Unread', items });
    expect(created).toBeNull();
    lift();
    const file = harness.sandbox.state.dataset('Unread');
    harness.sandbox.state.undeploy(file.id, 'production');
    const age = { createdAt: Date.now() - 3_600_000 };
    file.versions = file.versions.map((version) => ({ ...version, ...age }));
    const again = await writersFor(harness).datasets.create({ name: 'Unread', items });
    expect(again).toEqual({ dataset: datasetKey(file.id), created: null });
  });

  test('refuses what cannot be kept, each at its place, before anything is asked', async () => {
    const harness = await startHarness();
    harness.asked();
    const error = await errorOf(
      writersFor(harness).datasets.create({
        ...{ name: 'X', items: [], description: 'words', metadata: { team: 1 } },
        project: keyOf(key, 'PROJECT', 'p'),
      }),
    );
    expect(error).toMatchObject({
      name: 'InvalidInputError',
      issues: [{ path: ['projectId'] }, { path: ['description'] }, { path: ['metadata'] }],
    });
    const bad = [
      { input: { n: 1 }, expectedOutput: { a: null }, tags: ['x'], metadata: {} },
      { input: { q: 'a' } },
      { input: { q: 'a' }, expectedOutput: {} },
      { messages: [{ role: 'user', text: 'lost' }] },
    ];
    expect(await errorOf(writersFor(harness).datasets.create({ name: 'X', items: bad }))).toMatchObject({
      issues: [
        { path: ['items', '0', 'metadata'] },
        { path: ['items', '0', 'tags'] },
        { path: ['items', '0', 'input', 'n'] },
        { path: ['items', '0', 'expectedOutput', 'a'] },
        { path: ['items', '2'], code: 'DUPLICATE' },
        { path: ['items', '3', 'messages', '0', 'text'] },
      ],
    });
    for (const [place, path] of [
      [{ name: 'a/b' }, ['name']],
      [{ name: ' ' }, ['name']],
      [{ name: 'a', directoryPath: 'x//y' }, ['directoryPath']],
    ] as const) {
      const refused = await errorOf(writersFor(harness).datasets.create({ ...place, items: [] }));
      expect(refused).toMatchObject({ name: 'InvalidInputError', issues: [{ path }] });
    }
    expect(harness.asked()).toEqual([]);
  });

  test("gives the vendor's own refusal at the place in the input", async () => {
    const harness = await startHarness();
    const creating = writersFor(harness).datasets.create({
      name: 'X',
      items: [items[0] ?? {}, { messages: [{ role: 'oracle', content: 'x' }] }],
    });
    expect(await errorOf(creating)).toMatchObject({
      name: 'InvalidInputError',
      issues: [{ path: ['items', '1', 'messages', '0', 'role'] }],
    });
  });
});

describe('renaming and moving', () => {
  test('change the path and keep the id, also when nothing is deployed', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const sent = watchWrites(harness);
    const { datasets } = writersFor(harness);
    const dataset = datasetKey(file.id);
    await datasets.update(dataset, { name: 'Second name' });
    expect(file.path).toBe('Writes/Second name');
    harness.sandbox.state.undeploy(file.id, 'production');
    await datasets.move(dataset, { directoryPath: 'Other/Place/' });
    expect(file.path).toBe('Other/Place/Second name');
    await datasets.move(dataset, { directoryPath: '', name: 'Third' });
    expect(file.path).toBe('Third');
    await datasets.move(dataset, { name: 'Fourth' });
    expect(file.path).toBe('Fourth');
    expect(sent.map(({ body }) => body)).toEqual([
      { name: 'Second name' },
      { path: 'Other/Place/Second name' },
      { path: 'Third' },
      { name: 'Fourth' },
    ]);
  });

  test('refuse a path that is taken, with what is there', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const other = plantDataset(harness, 'Other');
    const { datasets } = writersFor(harness);
    const taken = { name: 'AlreadyExistsError', existing: datasetKey(other.id) };
    expect(await errorOf(datasets.update(datasetKey(file.id), { name: 'Other' }))).toMatchObject(taken);
    const moving = datasets.move(datasetKey(file.id), { directoryPath: 'Writes', name: 'Other' });
    expect(await errorOf(moving)).toMatchObject(taken);
    expect(file.path).toBe('Writes/Planted');
  });

  test('refuse what the vendor cannot change, clearing included, and what is no name', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const sent = watchWrites(harness);
    const { datasets } = writersFor(harness);
    const dataset = datasetKey(file.id);
    for (const patch of [{ description: null }, { description: 'x' }, { metadata: null }, { name: 'a/b' }]) {
      const error = await errorOf(datasets.update(dataset, { ...patch }));
      expect(error).toMatchObject({ name: 'InvalidInputError', issues: [{ path: Object.keys(patch) }] });
    }
    await datasets.update(dataset, {});
    expect(sent).toEqual([]);
  });

  test('know no dataset that is not there', async () => {
    const { datasets } = writersFor(await startHarness());
    const nowhere = datasetKey('ds_nowhere');
    for (const task of [
      () => datasets.update(nowhere, { name: 'x' }),
      () => datasets.move(nowhere, { directoryPath: 'x' }),
      () => datasets.delete(nowhere),
      () => datasets.latestRef(nowhere),
      () => datasets.clone(nowhere, { name: 'x' }),
    ]) {
      expect(await errorOf(task())).toMatchObject({ name: 'NotFoundError' });
    }
  });
});
