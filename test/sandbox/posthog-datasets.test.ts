import { describe, expect, it } from 'vitest';
import {
  acmeId,
  at,
  openPostHog,
  owner,
  type PostHogHarness,
  paths,
  pluck,
  results,
  textAt,
} from './posthog-harness.ts';

function goldenSet({ sandbox }: PostHogHarness): string {
  return sandbox.state.project(acmeId).datasets[0]?.id ?? '';
}

describe('PostHog sandbox: datasets', () => {
  it('pages three pages, newest first', async () => {
    const { send, raw } = await openPostHog();
    const first = await send('GET', paths.datasets, { query: 'limit=25' });
    const second = await raw('GET', textAt(first.body, 'next'), { key: owner });
    const third = await raw('GET', textAt(second.body, 'next'), { key: owner });
    const dates = [first, second, third].flatMap((page) => pluck(page, 'created_at')).map(String);
    expect(dates).toHaveLength(64);
    expect(dates).toEqual(dates.toSorted().reverse());
  });

  it('filters by ids, searches name, description and metadata, and sorts', async () => {
    const { send } = await openPostHog();
    const [one, two] = pluck(await send('GET', paths.datasets), 'id').map(String);
    const count = async (query: string) => at((await send('GET', paths.datasets, { query })).body, 'count');
    expect(await count(`id__in=${one},${two}`)).toBe(2);
    expect(await count('id__in=')).toBe(64);
    expect(await count('search=red%20TEAM')).toBe(10);
    expect(await count('search=cadence')).toBeGreaterThan(10);
    for (const query of ['id__in=x', 'order_by=name']) {
      expect((await send('GET', paths.datasets, { query })).status).toBe(400);
    }
    await send('PATCH', paths.dataset, { id: two, body: { description: 'Touched' } });
    expect(pluck(await send('GET', paths.datasets, { query: 'order_by=-updated_at' }), 'id')[0]).toBe(two);
  });

  it('makes and changes one; ids, dates and authors in a body are ignored', async () => {
    const { send } = await openPostHog();
    const body = { name: ' Weekly ', metadata: ['any', 1, null], id: 'x', team: 5, created_by: 'me' };
    const made = await send('POST', paths.datasets, { body });
    expect(made.body).toMatchObject({
      name: 'Weekly',
      description: null,
      metadata: ['any', 1, null],
      team: acmeId,
    });
    expect(made.body).toMatchObject({ created_by: { id: 501 }, deleted: false });
    expect((await send('POST', paths.datasets, { body })).status).toBe(201);
    const id = textAt(made.body, 'id');
    expect((await send('PUT', paths.dataset, { id, body: { description: 'x' } })).body).toMatchObject({
      attr: 'name',
    });
    expect((await send('PUT', paths.dataset, { id, body: { name: 'Monthly' } })).body).toMatchObject({
      name: 'Monthly',
    });
    for (const [name, code] of [
      ['', 'blank'],
      [null, 'null'],
      ['x'.repeat(401), 'max_length'],
    ]) {
      expect((await send('PATCH', paths.dataset, { id, body: { name } })).body).toMatchObject({
        attr: 'name',
        code,
      });
    }
  });

  it('refuses DELETE with an empty 405, and deletes softly by PATCH', async () => {
    const harness = await openPostHog();
    const { send } = harness;
    const id = goldenSet(harness);
    expect(await send('DELETE', paths.dataset, { id })).toMatchObject({ status: 405, body: undefined });
    expect((await send('PATCH', paths.dataset, { id, body: { deleted: true } })).status).toBe(200);
    expect((await send('GET', paths.dataset, { id })).status).toBe(404);
    expect((await send('PATCH', paths.dataset, { id, body: { name: 'Still deleted' } })).body).toMatchObject({
      deleted: true,
    });
    // Its items stay in the item list, and it still works as a filter.
    const items = await send('GET', paths.items, { query: `dataset=${id}&limit=1` });
    expect(at(items.body, 'count')).toBe(72);
    await send('PATCH', paths.dataset, { id, body: { deleted: false } });
    expect((await send('GET', paths.dataset, { id })).body).toMatchObject({ name: 'Still deleted' });
  });
});

describe('PostHog sandbox: dataset items', () => {
  it('pages the items of a dataset, newest first', async () => {
    const harness = await openPostHog();
    const { send, raw } = harness;
    const first = await send('GET', paths.items, { query: `dataset=${goldenSet(harness)}&limit=25` });
    const second = await raw('GET', textAt(first.body, 'next'), { key: owner });
    const third = await raw('GET', textAt(second.body, 'next'), { key: owner });
    expect([first, second, third].map((page) => results(page).length)).toEqual([25, 25, 22]);
    const dates = [first, second, third].flatMap((page) => pluck(page, 'created_at')).map(String);
    expect(dates).toEqual(dates.toSorted().reverse());
    expect(results(await send('GET', paths.items, { query: 'offset=5000' }))).toEqual([]);
  });

  it('has one filter, and ignores every other query member', async () => {
    const { send, sandbox } = await openPostHog();
    const theirs = sandbox.state.project(2002).datasets[0]?.id;
    const all = at((await send('GET', paths.items)).body, 'count');
    const same = await send('GET', paths.items, {
      query: 'search=x&id__in=y&order_by=z&ref_trace_id=q&dataset=',
    });
    expect(at(same.body, 'count')).toBe(all);
    expect((await send('GET', paths.items, { query: `dataset=${theirs}` })).body).toMatchObject({ count: 0 });
    for (const dataset of ['x', '11111111-1111-4111-8111-111111111111']) {
      const refused = await send('GET', paths.items, { query: `dataset=${dataset}` });
      expect(refused.body).toMatchObject({ code: 'invalid_choice', attr: 'dataset' });
    }
  });

  it('holds any JSON, and makes a second item of the same body', async () => {
    const harness = await openPostHog();
    const { send } = harness;
    const dataset = goldenSet(harness);
    for (const input of [null, 'text', 0, false, [], {}, { deep: [{ a: null }] }]) {
      const made = await send('POST', paths.items, { body: { dataset, input, output: input } });
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject({ dataset, input, output: input, metadata: null, ref_trace_id: null });
    }
    const body = { dataset, input: 'same' };
    const ids = [await send('POST', paths.items, { body }), await send('POST', paths.items, { body })];
    expect(new Set(ids.map((one) => at(one.body, 'id'))).size).toBe(2);
  });

  it('checks the dataset and the references', async () => {
    const harness = await openPostHog();
    const { send, sandbox } = harness;
    const refused = async (body: unknown) => {
      const answered = await send('POST', paths.items, { body });
      return [answered.status, at(answered.body, 'attr'), at(answered.body, 'code')];
    };
    const dataset = goldenSet(harness);
    expect(await refused({})).toEqual([400, 'dataset', 'required']);
    expect(await refused({ dataset: null })).toEqual([400, 'dataset', 'null']);
    expect(await refused({ dataset: 'x' })).toEqual([400, 'dataset', 'invalid_input']);
    const theirs = sandbox.state.project(2002).datasets[0]?.id;
    expect(await refused({ dataset: theirs })).toEqual([400, 'dataset', 'does_not_exist']);
    const long = 'x'.repeat(256);
    expect(await refused({ dataset, ref_trace_id: long })).toEqual([400, 'ref_trace_id', 'max_length']);
    expect(await refused({ dataset, ref_timestamp: 'noon' })).toEqual([
      400,
      'ref_timestamp',
      'invalid_input',
    ]);
    const made = await send('POST', paths.items, {
      body: { dataset, ref_timestamp: '2026-03-01T12:00:00.5+02:00' },
    });
    expect(at(made.body, 'ref_timestamp')).toBe('2026-03-01T10:00:00.500000Z');
  });

  it('changes only what is sent, and moves an item between datasets', async () => {
    const harness = await openPostHog();
    const { send, sandbox } = harness;
    const made = await send('POST', paths.items, {
      body: { dataset: goldenSet(harness), input: 'a', output: 'b' },
    });
    const id = textAt(made.body, 'id');
    const patched = await send('PATCH', paths.item, { id, body: { output: null } });
    expect(patched.body).toMatchObject({ input: 'a', output: null });
    expect(textAt(patched.body, 'updated_at') > textAt(made.body, 'updated_at')).toBe(true);
    const other = sandbox.state.project(acmeId).datasets[1]?.id;
    expect((await send('PATCH', paths.item, { id, body: { dataset: other } })).body).toMatchObject({
      dataset: other,
    });
    expect((await send('PUT', paths.item, { id, body: { input: 'c' } })).body).toMatchObject({
      attr: 'dataset',
    });
    expect((await send('PUT', paths.item, { id, body: { dataset: other, input: 'c' } })).status).toBe(200);
  });

  it('deletes softly; PATCH and PUT reach the row and leave it deleted', async () => {
    const { send } = await openPostHog();
    const [row] = results(await send('GET', paths.items, { query: 'limit=1' }));
    const [id, dataset] = [textAt(row, 'id'), textAt(row, 'dataset')];
    expect(await send('DELETE', paths.item, { id })).toMatchObject({ status: 405, body: undefined });
    await send('PATCH', paths.item, { id, body: { deleted: true } });
    expect((await send('GET', paths.item, { id })).status).toBe(404);
    expect(pluck(await send('GET', paths.items, { query: `dataset=${dataset}` }), 'id')).not.toContain(id);
    expect((await send('PATCH', paths.item, { id, body: { input: 'new' } })).body).toMatchObject({
      deleted: true,
    });
    expect((await send('PUT', paths.item, { id, body: { dataset } })).body).toMatchObject({ deleted: true });
    await send('PATCH', paths.item, { id, body: { deleted: false } });
    expect((await send('GET', paths.item, { id })).body).toMatchObject({ input: 'new' });
  });

  it('shows what was done behind its back', async () => {
    const { send, sandbox } = await openPostHog();
    const id = textAt(results(await send('GET', paths.items, { query: 'limit=1' }))[0], 'id');
    sandbox.state.editItem(acmeId, id, { input: 'edited elsewhere' });
    expect((await send('GET', paths.item, { id })).body).toMatchObject({ input: 'edited elsewhere' });
    sandbox.state.deleteItem(acmeId, id);
    expect((await send('GET', paths.item, { id })).status).toBe(404);
  });
});
