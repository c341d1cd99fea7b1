import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFoundError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { AlreadyExistsError, PartialWriteError } from '../../src/domain/write-errors.ts';
import { failureOf, firstOf, key, only, posthog, projectId } from './posthog-harness.ts';
import { datasetRoot, manyItems, usePostHogWrites } from './posthog-write-harness.ts';

const test = usePostHogWrites();

const seeded = () => test.sandbox.state.project(projectId);
const newest = () => seeded().datasets.at(-1);
const living = () => firstOf(seeded().datasets.filter(({ deleted }) => deleted !== true));

describe('creating a dataset', () => {
  it('makes one even where the name is taken, and gives its key', async () => {
    const { name } = living();
    const { datasetWriter, datasets } = test.write();
    const made = await datasetWriter.create({ name, description: 'new', metadata: { a: 1 }, items: [] });
    expect(made).toEqual({ dataset: key.dataset(newest()?.id ?? ''), created: true });
    expect(test.sent()).toEqual([
      {
        method: 'POST',
        path: `${datasetRoot}/datasets/`,
        body: { name, description: 'new', metadata: { a: 1 } },
      },
    ]);
    const read = await datasets.getDatasets([made.dataset]);
    expect(read.get(made.dataset.id)).toMatchObject({ name, description: 'new', metadata: { a: 1 } });
  });

  it('sends no member that was not given, and none that is null', async () => {
    await test.write().datasetWriter.create({ name: 'plain', metadata: null, items: [] });
    expect(only(test.sent()).body).toEqual({ name: 'plain' });
  });

  it('adds its items, in PostHog’s own names', async () => {
    const item = { input: [1], expectedOutput: 'x', metadata: { m: 1 }, sourceTraceId: 't', sourceId: null };
    const { dataset } = await test.write().datasetWriter.create({ name: 'with items', items: [item, {}] });
    const id = newest()?.id;
    expect(dataset).toEqual(key.dataset(id ?? ''));
    expect(test.sent().slice(1)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          path: `${datasetRoot}/dataset_items/`,
          body: { dataset: id, input: [1], output: 'x', metadata: { m: 1 }, ref_trace_id: 't' },
        }),
        expect.objectContaining({ body: { dataset: id } }),
      ]),
    );
  });

  it('says what is made when items fail in the middle', async () => {
    test.sandbox.server.faults.add({
      method: 'POST',
      path: 'dataset_items',
      times: 1,
      effect: { type: 'reset-after' },
    });
    const error = await failureOf(test.write().datasetWriter.create({ name: 'half', items: manyItems(3) }));
    expect(error).toBeInstanceOf(PartialWriteError);
    expect(error).toMatchObject({
      partial: {
        dataset: key.dataset(newest()?.id ?? ''),
        completedSteps: ['dataset "half" created', '2 items added'],
        addedCount: 2,
        unknownCount: 1,
        failures: [{ path: ['items', expect.any(String)], code: 'OUTCOME_UNKNOWN' }],
      },
    });
  });

  it.each([
    ['projectId', { project: keyOf(posthog, 'PROJECT', 'p') }, ['projectId']],
    ['directoryPath', { directoryPath: 'a/b' }, ['directoryPath']],
    ['a long name', { name: 'x'.repeat(401) }, ['name']],
    ['a blank name', { name: '  ' }, ['name']],
    ['messages', { items: [{}, { messages: [] }] }, ['items', '1', 'messages']],
    ['tags', { items: [{ tags: [] }] }, ['items', '0', 'tags']],
    ['a long source id', { items: [{ sourceId: 'x'.repeat(256) }] }, ['items', '0', 'sourceId']],
  ])('refuses %s before anything is sent', async (_, more, path) => {
    const error = await failureOf(test.write().datasetWriter.create({ name: 'x', items: [], ...more }));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ issues: [{ path }] });
    expect([...test.read(), ...test.sent()]).toEqual([]);
  });

  it('counts characters, not code units', async () => {
    await test.write().datasetWriter.create({ name: '😀'.repeat(400), items: [] });
    expect(newest()?.name).toBe('😀'.repeat(400));
  });
});

describe('updating a dataset', () => {
  it('sends only what is given; null clears', async () => {
    const dataset = living();
    const { datasetWriter, datasets } = test.write();
    await datasetWriter.update(key.dataset(dataset.id), { description: null });
    expect(test.sent()).toEqual([
      { method: 'PATCH', path: `${datasetRoot}/datasets/${dataset.id}/`, body: { description: null } },
    ]);
    await datasetWriter.update(key.dataset(dataset.id), { name: 'renamed', metadata: null });
    expect(only(test.sent()).body).toEqual({ name: 'renamed', metadata: null });
    const read = await datasets.getDatasets([key.dataset(dataset.id)]);
    expect(read.get(key.dataset(dataset.id).id)).toMatchObject({
      name: 'renamed',
      description: null,
      metadata: null,
    });
  });

  it('writes nothing when nothing is given', async () => {
    await test.write().datasetWriter.update(key.dataset(living().id), {});
    expect(test.sent()).toEqual([]);
  });

  it('does not touch a deleted or missing one, which an update would reach', async () => {
    const dataset = living();
    dataset.deleted = true;
    for (const id of [dataset.id, randomUUID(), 'x']) {
      const error = await failureOf(test.write().datasetWriter.update(key.dataset(id), { name: 'y' }));
      expect(error).toBeInstanceOf(NotFoundError);
    }
    expect(test.sent()).toEqual([]);
  });

  it('passes PostHog’s own refusal on with its place', async () => {
    const name = 'nul \0';
    const error = await failureOf(test.write().datasetWriter.update(key.dataset(living().id), { name }));
    expect(error).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['name'], code: 'null_characters_not_allowed' }],
    });
  });

  it('does not take a row that cannot be read for a missing dataset', async () => {
    const { id } = living();
    const path = `${datasetRoot}/datasets/?id__in=${id}&limit=1`;
    await test.spoil(path, (rows) => [{ ...rows[0], name: 7 }]);
    const error = await failureOf(test.write().datasetWriter.update(key.dataset(id), { name: 'y' }));
    expect(error).toMatchObject({ code: 'SOURCE_CONTRACT_VIOLATION' });
    expect(test.sent()).toEqual([]);
  });
});

describe('deleting a dataset', () => {
  it('marks it deleted', async () => {
    const dataset = living();
    const { datasetWriter, datasets } = test.write();
    await datasetWriter.delete(key.dataset(dataset.id));
    expect(test.sent()).toEqual([
      { method: 'PATCH', path: `${datasetRoot}/datasets/${dataset.id}/`, body: { deleted: true } },
    ]);
    expect((await datasets.getDatasets([key.dataset(dataset.id)])).size).toBe(0);
    expect(await failureOf(datasetWriter.delete(key.dataset(dataset.id)))).toBeInstanceOf(NotFoundError);
    expect(test.sent()).toEqual([]);
  });

  it('is done when it has gone in the meantime', async () => {
    test.sandbox.server.faults.add({ method: 'PATCH', effect: { type: 'answer', status: 404 } });
    await expect(test.write().datasetWriter.delete(key.dataset(living().id))).resolves.toBeUndefined();
  });

  it('passes a refusal on', async () => {
    test.sandbox.server.faults.add({ method: 'PATCH', effect: { type: 'answer', status: 403 } });
    const error = await failureOf(test.write().datasetWriter.delete(key.dataset(living().id)));
    expect(error).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('datasets of later servers', () => {
  const later = () => {
    test.sandbox.switches.laterDatasets = true;
    return test.write();
  };

  it('are archived by a route of their own', async () => {
    const dataset = living();
    const { datasetWriter, datasets } = later();
    await datasetWriter.delete(key.dataset(dataset.id));
    expect(test.sent()).toEqual([
      { method: 'POST', path: `${datasetRoot}/datasets/${dataset.id}/archive/`, body: undefined },
    ]);
    expect((await datasets.getDatasets([key.dataset(dataset.id)])).size).toBe(0);
    expect(await failureOf(datasetWriter.update(key.dataset(dataset.id), { name: 'y' }))).toBeInstanceOf(
      NotFoundError,
    );
  });

  it('have unique names', async () => {
    const taken = living();
    const other = firstOf(seeded().datasets.filter((one) => one !== taken && one.deleted !== true));
    const { datasetWriter } = later();
    for (const write of [
      () => datasetWriter.create({ name: taken.name, items: [] }),
      () => datasetWriter.update(key.dataset(other.id), { name: taken.name }),
    ]) {
      const error = await failureOf(write());
      expect(error).toBeInstanceOf(AlreadyExistsError);
      expect(error).toMatchObject({ existing: key.dataset(taken.id) });
    }
  });

  it('take what they take, and what they refuse is told with its place', async () => {
    const { datasetWriter } = later();
    await datasetWriter.create({
      name: 'fresh',
      items: [{ input: 'a', expectedOutput: 'b', sourceId: 's' }],
    });
    const id = newest()?.id;
    expect(test.sent()[1]?.body).toEqual({
      dataset: id,
      input: 'a',
      expected_output: 'b',
      source_event_id: 's',
    });
    const patch = { description: null };
    const error = await failureOf(datasetWriter.update(key.dataset(id ?? ''), patch));
    expect(error).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['description'] }] });
  });

  it('are not made at all for items that they cannot keep', async () => {
    const before = seeded().datasets.length;
    const items = [{ input: 1 }, { expectedOutput: 2 }, { input: 3, metadata: [] }];
    const error = await failureOf(later().datasetWriter.create({ name: 'z', items }));
    expect(error).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['items', '1', 'input'] }, { path: ['items', '2', 'metadata'] }],
    });
    expect(seeded().datasets).toHaveLength(before);
  });
});
