import { beforeEach, describe, expect, it } from 'vitest';
import { NotFoundError } from '../../src/domain/errors.ts';
import type { ItemEdit } from '../../src/sources/source.ts';
import { failureOf, firstOf, key, only, projectId } from './posthog-harness.ts';
import { datasetRoot, manyItems, usePostHogWrites } from './posthog-write-harness.ts';

const test = usePostHogWrites();
beforeEach(() => {
  test.sandbox.switches.laterDatasets = true;
});

const seeded = () => test.sandbox.state.project(projectId);
const dataset = () => firstOf(seeded().datasets);
const current = (id: string) => test.sandbox.state.item(projectId, id).versions.at(-1);

function alive() {
  return seeded().items.filter((item) => item.dataset === dataset() && !item.versions.at(-1)?.deleted);
}

function edit(parts: Partial<ItemEdit>): Promise<unknown> {
  const whole = { add: [], update: [], remove: [], ...parts };
  return test.write().datasetWriter.editItems(key.dataset(dataset().id), whole, null);
}

describe('items of later servers', () => {
  it('are added under their own names', async () => {
    await edit({
      add: [{ input: 1, expectedOutput: null, metadata: null, sourceTraceId: 't', sourceId: 's' }],
    });
    expect(only(test.sent()).body).toEqual({
      dataset: dataset().id,
      input: 1,
      source_trace_id: 't',
      source_event_id: 's',
    });
  });

  it('are changed on the version that was read', async () => {
    const item = firstOf(alive());
    const version = current(item.id)?.version;
    await edit({ update: [{ item: key.item(item.id), expectedOutput: null, metadata: { a: 1 } }] });
    expect(test.sent()).toEqual([
      {
        method: 'PATCH',
        path: `${datasetRoot}/dataset_items/${item.id}/`,
        body: { base_version: version, expected_output: null, metadata: { a: 1 } },
      },
    ]);
    expect(current(item.id)).toMatchObject({ output: null, metadata: { a: 1 } });
  });

  it('are archived and restored by routes of their own', async () => {
    const [removed, deleted, restored, untouched] = alive().map(({ id }) => id);
    test.sandbox.state.deleteItem(projectId, restored ?? '');
    const written = await edit({
      update: [
        { item: key.item(deleted ?? ''), deleted: true },
        { item: key.item(restored ?? ''), deleted: false },
        { item: key.item(untouched ?? ''), deleted: false },
      ],
      remove: [key.item(removed ?? '')],
    });
    expect(written).toMatchObject({ updatedCount: 3, removedCount: 1 });
    expect(test.sent().map(({ path }) => path.replace(`${datasetRoot}/dataset_items/`, ''))).toEqual(
      expect.arrayContaining([`${deleted}/archive/`, `${restored}/restore/`, `${removed}/archive/`]),
    );
    expect(current(removed ?? '')?.deleted).toBe(true);
    expect(current(deleted ?? '')?.deleted).toBe(true);
    expect(current(restored ?? '')?.deleted).toBe(false);
    expect(current(untouched ?? '')?.version).toBe(1);
  });

  it('are found by their small pages', async () => {
    const items = alive();
    const update = items.map((item) => ({ item: key.item(item.id), input: 'new' }));
    expect(await edit({ update })).toMatchObject({ updatedCount: items.length });
    const pages = test.read().filter((path) => path.includes('dataset_items'));
    expect(pages).toHaveLength(Math.ceil(items.length / 25));
  });

  it('are not there once archived, unless they are to be restored', async () => {
    const { id } = firstOf(alive());
    test.sandbox.state.deleteItem(projectId, id);
    const error = await failureOf(edit({ remove: [key.item(id)] }));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(test.sent()).toEqual([]);
  });

  it('tell of a change by somebody else, and are left as that one made them', async () => {
    const { id } = firstOf(alive());
    test.sandbox.server.faults.add({
      method: 'PATCH',
      times: 1,
      effect: { type: 'answer', status: 409, body: '{"code":"stale_version","detail":"newer"}' },
    });
    const error = await failureOf(edit({ update: [{ item: key.item(id), input: 1 }] }));
    expect(error).toMatchObject({ code: 'CONFLICT', vendorErrors: [{ code: 'stale_version' }] });
  });

  it.each([
    ['a new item without input', { add: [{}] }, ['add', '0', 'input']],
    ['metadata that is no object', { add: [{ input: 1, metadata: 'x' }] }, ['add', '0', 'metadata']],
  ])('are refused with %s', async (_, parts, path) => {
    expect(await failureOf(edit(parts))).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path }] });
    expect(test.sent()).toEqual([]);
  });

  it.each([
    ['sourceTraceId', { sourceTraceId: 't' }],
    ['input', { input: null }],
    ['metadata', { metadata: null }],
    ['deleted', { deleted: true, input: 1 }],
  ])('cannot have their %s changed so, which is said', async (field, content) => {
    const item = key.item(firstOf(alive()).id);
    const error = await failureOf(edit({ update: [{ item, ...content }] }));
    expect(error).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['update', '0', field] }] });
    expect(test.sent()).toEqual([]);
  });

  it('cannot be moved, which is said', async () => {
    const update = [{ item: key.item(firstOf(alive()).id), dataset: key.dataset(dataset().id) }];
    const error = await failureOf(edit({ update }));
    expect(error).toMatchObject({ issues: [{ path: ['update', '0', 'datasetId'] }] });
  });

  it('that a server refuses although it does not look like a later one are told so', async () => {
    const { id, name } = dataset();
    const listed = `${datasetRoot}/datasets/?id__in=${id}&limit=1`;
    await test.spoil(listed, () => [{ id, name, created_at: '2026-01-01T00:00:00Z' }]);
    const add = [...manyItems(1), { input: 1, expectedOutput: 2 }];
    const error = await failureOf(edit({ add }));
    expect(error).toMatchObject({
      partial: {
        addedCount: 1,
        failures: [{ path: ['add', '1'], code: 'INVALID_INPUT' }],
      },
    });
  });
});
