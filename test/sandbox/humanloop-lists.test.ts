import { describe, expect, it } from 'vitest';
import { humanloopCredentials } from '../../sandbox/humanloop/index.ts';
import { type Answer, useHumanloop, type Wire } from './humanloop-harness.ts';

describe.each(['/datasets', '/prompts'] as const)('the list at %s', (template) => {
  const harness = useHumanloop();

  function list(query: Record<string, string | number> = {}): Promise<Answer> {
    return harness.call('GET', template, { query });
  }

  async function all(query: Record<string, string | number>): Promise<readonly Wire[]> {
    return (await list({ size: 100, ...query })).body.records;
  }

  it('has three pages of 25 and is empty past the end', async () => {
    const pages = await Promise.all([1, 2, 3, 4, 900].map((page) => list({ page, size: 25 })));
    expect(pages.map(({ body }) => body.records.length)).toEqual([25, 25, 14, 0, 0]);
    expect(pages.map(({ body }) => [body.page, body.size, body.total])).toEqual(
      [1, 2, 3, 4, 900].map((page) => [page, 25, 64]),
    );
    expect(new Set(pages.flatMap(({ body }) => body.records.map(({ id }) => id))).size).toBe(64);
  });

  it('has ten newest first when nothing is asked', async () => {
    const { body } = await list();
    expect([body.page, body.size, body.records.length]).toEqual([1, 10, 10]);
    const dates = body.records.map(({ created_at }) => created_at);
    expect(dates).toEqual(dates.toSorted().toReversed());
  });

  it('sorts by either date or by name, up and down, without ties', async () => {
    for (const member of ['created_at', 'updated_at'] as const) {
      const dates = (await all({ sort_by: member, order: 'asc' })).map((record) => record[member]);
      expect(dates).toEqual(dates.toSorted());
      expect(new Set(dates).size).toBe(64);
    }
    const names = (await all({ sort_by: 'name', order: 'desc' })).map(({ name }) => name.toLowerCase());
    expect(names).toEqual(names.toSorted().toReversed());
  });

  it('filters by name and by user, whatever the case', async () => {
    const named = await all({ name: 'CHECK' });
    expect(named.length).toBeGreaterThan(0);
    expect(named.every(({ name }) => name.toLowerCase().includes('check'))).toBe(true);
    expect(await all({ name: '' })).toHaveLength(64);
    expect(await all({ name: 'no such name' })).toEqual([]);
    const byName = await all({ user_filter: 'LINDQVIST' });
    expect(await all({ user_filter: 'tomas.l' })).toEqual(byName);
    expect(byName.length).toBeLessThan(64);
    expect(await all({ user_filter: 'lena' })).toEqual([]);
  });

  it('takes a size of nothing, and caps a large one', async () => {
    expect((await list({ size: 0 })).body).toMatchObject({ records: [], size: 0, total: 64 });
    expect((await list({ size: 5000 })).body).toMatchObject({ size: 1000, total: 64 });
    harness.sandbox.switches.sizeCap = 20;
    const capped = await list({ size: 5000 });
    expect([capped.body.size, capped.body.records.length]).toEqual([20, 20]);
  });

  it('refuses what it cannot read, all at once', async () => {
    const { status, body } = await list({ page: 0, size: 'many', sort_by: 'colour', order: 'up' });
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([
      { loc: ['query', 'page'], type: 'value_error.number.not_ge' },
      { loc: ['query', 'size'], type: 'type_error.integer' },
      { loc: ['query', 'sort_by'], type: 'type_error.enum' },
      { loc: ['query', 'order'], type: 'type_error.enum' },
    ]);
  });

  it('has only what the caller’s organisation holds', async () => {
    const { body } = await harness.call('GET', template, { as: humanloopCredentials.globex.lena });
    expect(body.total).toBeGreaterThan(2);
    expect(body.records.every(({ name }) => name.startsWith('Globex'))).toBe(true);
    expect((await all({ name: 'Globex' })).length).toBe(0);
  });
});

describe('datapoints of a version', () => {
  const harness = useHumanloop();

  it('come in pages of fifty, in the order of the version, empty past the end', async () => {
    const file = harness.sandbox.state.dataset('Knowledge/Handbook RAG/RAG regression suite');
    const newest = file.versions.at(-1);
    const page = (number: number): Promise<Answer> =>
      harness.call('GET', '/datasets/{id}/datapoints', {
        path: { id: file.id },
        query: { version_id: newest?.id ?? '', page: number },
      });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(page));
    const total = newest?.content.datapoints.length ?? 0;
    expect(total).toBeGreaterThan(150);
    expect(answers.map(({ body }) => body.records.length)).toEqual([50, 50, 50, total - 150, 0]);
    expect(answers[0]?.body).toMatchObject({ page: 1, size: 50, total });
    const ids = answers.flatMap(({ body }) => body.records.map(({ id }) => id));
    expect(ids).toEqual(newest?.content.datapoints.map(({ id }) => id));
  });

  it('are found by version, by environment, or not at all', async () => {
    const file = harness.sandbox.state.dataset('Knowledge/Handbook RAG/RAG regression suite');
    const read = async (query: Record<string, string>): Promise<number> =>
      (await harness.call('GET', '/datasets/{id}/datapoints', { path: { id: file.id }, query })).status;
    expect(await read({ environment: 'production' })).toBe(200);
    expect(await read({ environment: 'nowhere' })).toBe(404);
    expect(await read({ version_id: 'dsv_nobody' })).toBe(404);
    expect(await read({ page: 'two' })).toBe(422);
  });
});
