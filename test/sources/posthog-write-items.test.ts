import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFoundError, SourceError } from '../../src/domain/errors.ts';
import { parseInstant } from '../../src/domain/instant.ts';
import { PartialWriteError } from '../../src/domain/write-errors.ts';
import type { ItemEdit } from '../../src/sources/source.ts';
import { failureOf, firstOf, key, projectId, readAll } from './posthog-harness.ts';
import { datasetRoot, manyItems, usePostHogWrites } from './posthog-write-harness.ts';

const test = usePostHogWrites();

const seeded = () => test.sandbox.state.project(projectId);
const isAlive = (item: { versions: readonly { deleted: boolean | null }[] }) =>
  item.versions.at(-1)?.deleted !== true;

/** The dataset with more than one page of items, its living items, and its deleted ones. */
function rich() {
  const dataset = firstOf(seeded().datasets);
  const items = seeded().items.filter((item) => item.dataset === dataset);
  return { dataset, alive: items.filter(isAlive), id: dataset.id };
}

const current = (id: string) => test.sandbox.state.item(projectId, id).versions.at(-1);

function edit(parts: Partial<ItemEdit>): Promise<unknown> {
  const whole = { add: [], update: [], remove: [], ...parts };
  return test.write(2_000).datasetWriter.editItems(key.dataset(rich().id), whole, null);
}

describe('editing items', () => {
  it('adds, updates and removes them and tells the added ones in the order given', async () => {
    const { alive, id, dataset } = rich();
    const [first, second] = alive;
    const { datasetWriter, datasets } = test.write();
    const before = await readAll(datasets.listItems(key.dataset(id), undefined), 100);
    const written = await datasetWriter.editItems(
      key.dataset(id),
      {
        add: manyItems(20),
        update: [{ item: key.item(first?.id ?? ''), expectedOutput: null, sourceTraceId: 'trace' }],
        remove: [key.item(second?.id ?? '')],
      },
      null,
    );
    expect(written).toMatchObject({
      addedCount: 20,
      updatedCount: 1,
      removedCount: 1,
      versionRef: null,
      concurrentRef: null,
    });
    const added = written.added ?? [];
    expect(added.map(({ address }) => current(address.parts[0] ?? '')?.input)).toEqual(
      manyItems(20).map(({ input }) => input),
    );
    const sent = test.sent();
    expect(sent).toHaveLength(22);
    expect(sent.filter(({ method }) => method === 'PATCH')).toEqual([
      {
        method: 'PATCH',
        path: `${datasetRoot}/dataset_items/${first?.id}/`,
        body: { output: null, ref_trace_id: 'trace' },
      },
      {
        method: 'PATCH',
        path: `${datasetRoot}/dataset_items/${second?.id}/`,
        body: { deleted: true },
      },
    ]);
    expect(seeded().items.filter((item) => item.dataset === dataset && isAlive(item))).toHaveLength(
      before.length + 19,
    );
    const after = await readAll(datasets.listItems(key.dataset(id), undefined), 100);
    expect(after).toHaveLength(before.length + 19);
  });

  it('leaves what is not given as it is', async () => {
    const item = firstOf(rich().alive);
    const { input, metadata } = current(item.id) ?? {};
    const sourceTimestamp = parseInstant('2026-01-02T03:04:05Z');
    await edit({ update: [{ item: key.item(item.id), expectedOutput: { b: [null] }, sourceTimestamp }] });
    expect(firstOf(test.sent()).body).toEqual({
      output: { b: [null] },
      ref_timestamp: '2026-01-02T03:04:05Z',
    });
    expect(current(item.id)).toMatchObject({ input, metadata, output: { b: [null] } });
  });

  it('brings a deleted item back, moves one, and sees them by as few reads as it takes', async () => {
    const { alive, id } = rich();
    const other = firstOf(
      seeded()
        .datasets.slice(1)
        .filter(({ deleted }) => deleted !== true),
    );
    const [gone, moved] = alive;
    test.sandbox.state.deleteItem(projectId, gone?.id ?? '');
    await edit({
      update: [
        { item: key.item(gone?.id ?? ''), deleted: false, input: 'back' },
        { item: key.item(moved?.id ?? ''), dataset: key.dataset(other.id) },
      ],
    });
    expect(test.read()).toEqual([
      `${datasetRoot}/datasets/?id__in=${id},${other.id}&limit=2`,
      `${datasetRoot}/dataset_items/${moved?.id}/`,
    ]);
    expect(test.sent().map(({ body }) => body)).toEqual(
      expect.arrayContaining([{}, { deleted: false, input: 'back' }, { dataset: other.id }]),
    );
    expect(current(gone?.id ?? '')).toMatchObject({ deleted: false, input: 'back' });
    expect(moved?.dataset).toBe(other);
  });

  it('finds many items by pages, and by themselves only those that no page shows', async () => {
    const { alive, id } = rich();
    const items = alive.map((item) => ({ item: key.item(item.id), metadata: { seen: true } }));
    await edit({ update: items });
    const pages = test.read().filter((path) => path.includes('dataset_items'));
    expect(pages).toEqual([`${datasetRoot}/dataset_items/?dataset=${id}&limit=100`]);
    expect(test.sent()).toHaveLength(items.length);
  });

  it('does not read on when asking for each takes fewer requests', async () => {
    const { alive, id } = rich();
    const pattern = firstOf(alive);
    for (let count = 0; count < 1_000; count += 1) {
      const createdAt = test.sandbox.state.clock.now();
      seeded().items.push({ ...pattern, id: randomUUID(), createdAt });
    }
    await edit({ remove: alive.slice(0, 5).map((item) => key.item(item.id)) });
    const reads = test.read().filter((path) => path.includes('dataset_items'));
    expect(reads).toHaveLength(6);
    expect(reads[0]).toBe(`${datasetRoot}/dataset_items/?dataset=${id}&limit=100`);
  });

  it('sends nothing when an item is not in the dataset, and says which', async () => {
    const { alive } = rich();
    const foreign = firstOf(
      seeded().items.filter((item) => item.dataset !== rich().dataset && isAlive(item)),
    );
    const [gone, fine] = alive;
    test.sandbox.state.deleteItem(projectId, gone?.id ?? '');
    const error = await failureOf(
      edit({
        update: [
          { item: key.item(fine?.id ?? ''), input: 1 },
          { item: key.item(gone?.id ?? ''), input: 1 },
          { item: key.item(foreign.id), input: 1, deleted: false },
        ],
        remove: [key.item(randomUUID()), key.item('not a uuid')],
      }),
    );
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({
      message: expect.stringContaining('update.1, update.2, remove.0, remove.1.'),
    });
    expect(test.sent().filter(({ body }) => JSON.stringify(body) !== '{}')).toEqual([]);
  });

  it.each([
    ['messages', { messages: [] }, ['update', '0', 'messages']],
    ['tags', { tags: ['a'] }, ['update', '0', 'tags']],
  ])('refuses %s before anything is asked', async (_, content, path) => {
    const item = key.item(firstOf(rich().alive).id);
    const error = await failureOf(edit({ update: [{ item, ...content }] }));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ issues: [{ path }] });
    expect([...test.read(), ...test.sent()]).toEqual([]);
  });

  it('refuses to move an item to a dataset that is not there', async () => {
    const item = key.item(firstOf(rich().alive).id);
    const error = await failureOf(edit({ update: [{ item, dataset: key.dataset(randomUUID()) }] }));
    expect(error).toMatchObject({ issues: [{ path: ['update', '0', 'datasetId'], code: 'NOT_FOUND' }] });
    expect(test.sent()).toEqual([]);
  });

  it('takes an item that has gone in the meantime for removed, and not for changed', async () => {
    const [first, second] = rich().alive.map(({ id }) => key.item(id));
    test.sandbox.server.faults.add({ method: 'PATCH', effect: { type: 'answer', status: 404 } });
    expect(await edit({ remove: first === undefined ? [] : [first] })).toMatchObject({ removedCount: 1 });
    const update = second === undefined ? [] : [{ item: second, input: 1 }];
    expect(await failureOf(edit({ update }))).toBeInstanceOf(NotFoundError);
  });

  it('tells the place of what is too large, which PostHog refuses without a word', async () => {
    test.sandbox.server.faults.add({ method: 'POST', effect: { type: 'answer', status: 413 } });
    expect(await failureOf(edit({ add: [{}] }))).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['add', '0'] }],
    });
  });

  it('does not add to a deleted dataset, which PostHog would take', async () => {
    rich().dataset.deleted = true;
    expect(await failureOf(edit({ add: [{}] }))).toBeInstanceOf(NotFoundError);
    expect(test.sent()).toEqual([]);
  });
});

describe('edits of which some fail', () => {
  const fail = (status: number, times: number) =>
    test.sandbox.server.faults.add({
      method: 'POST',
      times,
      effect: {
        type: 'answer',
        status,
        body: JSON.stringify({ type: 'validation_error', code: 'invalid', detail: 'no', attr: 'output' }),
      },
    });

  it('say what is done, what is not and what is not known', async () => {
    const { alive } = rich();
    fail(400, 1);
    test.sandbox.server.faults.add({ method: 'POST', times: 1, effect: { type: 'reset-after' } });
    const error = await failureOf(
      edit({ add: manyItems(10), remove: alive.slice(0, 2).map((item) => key.item(item.id)) }),
    );
    expect(error).toBeInstanceOf(PartialWriteError);
    expect(error).toMatchObject({
      partial: {
        dataset: key.dataset(rich().id),
        completedSteps: ['8 items added', '2 items removed'],
        addedCount: 8,
        updatedCount: 0,
        removedCount: 2,
        unknownCount: 1,
        failures: expect.arrayContaining([
          { path: ['add', expect.any(String)], code: 'INVALID_INPUT', message: expect.any(String) },
          { path: ['add', expect.any(String)], code: 'OUTCOME_UNKNOWN', message: expect.any(String) },
        ]),
      },
    });
  });

  it('are one plain error when all fail for one reason, with every place', async () => {
    fail(400, 3);
    const error = await failureOf(edit({ add: manyItems(3) }));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({
      issues: [0, 1, 2].map((index) => ({ path: ['add', String(index), 'expectedOutput'], message: 'no' })),
    });
  });

  it.each([401, 403, 429])('begin nothing more after %i', async (status) => {
    fail(status, 100);
    const error = await failureOf(edit({ add: manyItems(100) }));
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ httpStatus: status });
    expect(test.sent().length).toBeLessThanOrEqual(8);
  });

  it('report what was held back when some were written before', async () => {
    test.sandbox.switches.throttle = true;
    test.sandbox.switches.requestsPerMinute = 31;
    const error = await failureOf(edit({ add: manyItems(100) }));
    expect(error).toMatchObject({ partial: { addedCount: 30, unknownCount: 0 } });
    const { failures } = error instanceof PartialWriteError ? error.partial : expect.fail();
    expect(failures).toHaveLength(70);
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['RATE_LIMITED']));
    expect(failures.at(-1)).toMatchObject({
      path: ['add', '99'],
      message: expect.stringContaining('Not sent'),
    });
    expect(test.sent().length).toBeLessThanOrEqual(38);
  });

  it('stop at the calls that an operation may cause', async () => {
    const { datasetWriter } = test.write(11);
    const add = { add: manyItems(20), update: [], remove: [] };
    const error = await failureOf(datasetWriter.editItems(key.dataset(rich().id), add, null));
    expect(error).toMatchObject({ partial: { addedCount: 11 } });
    const { failures } = error instanceof PartialWriteError ? error.partial : expect.fail();
    expect(failures[0]).toMatchObject({ code: 'QUERY_TOO_EXPENSIVE' });
  });

  it('stop when outcome after outcome is unknown', async () => {
    test.sandbox.server.faults.add({ method: 'POST', effect: { type: 'reset-after' } });
    const error = await failureOf(edit({ add: manyItems(100) }));
    const { partial } = error instanceof PartialWriteError ? error : expect.fail();
    const received = test.sent().length;
    expect(received).toBeLessThan(20);
    expect(partial).toMatchObject({ addedCount: 0, unknownCount: received });
    expect(partial.failures.at(-1)).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

describe('large edits', () => {
  it('keep to eight requests side by side', async () => {
    test.sandbox.server.faults.add({ method: 'POST', effect: { type: 'latency', milliseconds: 100 } });
    const { datasetWriter } = test.write();
    const add = { add: manyItems(30), update: [], remove: [] };
    await datasetWriter.editItems(key.dataset(rich().id), add, null);
    const times = test.sandbox.server.requests.all
      .filter(({ method }) => method === 'POST')
      .map(({ receivedAt }) => receivedAt);
    const gaps = times.slice(8).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(95);
  });
});
