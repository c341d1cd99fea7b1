import { describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { type Answer, DatadogHarness, list, paths, pick } from './datadog-harness.ts';

const harness = new DatadogHarness();
const { ada, ben } = datadogCredentials.acme;

function names(answer: Answer): string[] {
  return list(answer.body, 'data').map((project) => String(pick(project, 'attributes', 'name')));
}

function projects(query: Record<string, string | number> = {}): Promise<Answer> {
  return harness.call('GET', paths.modelLabProjects, { query });
}

async function byNextNumber(query: Record<string, string | number>): Promise<Answer[]> {
  const pages: Answer[] = [];
  let next: unknown;
  do {
    pages.push(await projects(typeof next === 'number' ? { ...query, 'page[number]': next } : query));
    next = pick(pages.at(-1)?.body, 'meta', 'page', 'next_number');
  } while (typeof next === 'number');
  return pages;
}

describe('Model Lab projects', () => {
  it('come in three pages of 25, newest change first, each once', async () => {
    const pages = await byNextNumber({});
    expect(pages.map(({ body }) => list(body, 'data').length)).toEqual([25, 25, 14]);
    expect(pick(pages[0]?.body, 'meta', 'page')).toEqual({
      type: 'number_size',
      number: 1,
      size: 25,
      total: 64,
      first_number: 1,
      prev_number: null,
      next_number: 2,
      last_number: 3,
    });
    const all = pages.flatMap(({ body }) => list(body, 'data'));
    const dates = all.map((project) => Date.parse(String(pick(project, 'attributes', 'updated_at'))));
    expect(dates).toEqual(dates.toSorted((left, right) => right - left));
    expect(new Set(all.map((project) => pick(project, 'id'))).size).toBe(64);
  });

  it('can be read by following links.next alone', async () => {
    let url: unknown = `${harness.sandbox.baseUrl}${paths.modelLabProjects}?filter=lora&page[size]=6`;
    let count = 0;
    while (typeof url === 'string') {
      const headers = { 'DD-API-KEY': ada.apiKey, 'DD-APPLICATION-KEY': ada.applicationKey };
      const body: unknown = await (await fetch(url, { headers })).json();
      count += list(body, 'data').length;
      url = pick(body, 'links', 'next');
    }
    expect(count).toBe(16);
  });

  it('count their pages from 0 as recorded', async () => {
    harness.sandbox.switches.dialect = 'recorded';
    const pages = await byNextNumber({ 'page[size]': 25 });
    expect(pages.map(({ body }) => list(body, 'data').length)).toEqual([25, 25, 14]);
    expect(pick(pages[0]?.body, 'meta', 'page')).toMatchObject({ number: 0, next_number: 1, last_number: 2 });
    expect(pick(pages[0]?.body, 'links')).not.toHaveProperty('prev');
    expect(pick(pages[1]?.body, 'links', 'prev')).toContain('page[number]=0');
    expect(pages[0]?.headers.get('content-type')).toBe('application/json');
    const unowned = pages.flatMap(({ body }) => list(body, 'data').map((one) => pick(one, 'attributes')));
    expect(unowned.some((attributes) => pick(attributes, 'owner_id') === undefined)).toBe(true);
    expect(unowned.every((attributes) => pick(attributes, 'owner_id') !== null)).toBe(true);
  });

  it('give an empty page past the end, clamp the size, and refuse numbers that are none', async () => {
    expect(list((await projects({ 'page[number]': 9 })).body, 'data')).toEqual([]);
    expect(list((await projects({ 'page[size]': 1000 })).body, 'data').length).toBe(64);
    for (const query of [{ 'page[number]': 0 }, { 'page[size]': 0 }, { 'page[size]': 'x' }, { sort: 'id' }]) {
      expect((await projects(query)).status).toBe(400);
    }
  });

  it('are sorted by name and by date of creation', async () => {
    const byName = names(await projects({ sort: 'name', 'page[size]': 100 }));
    expect(byName).toEqual(byName.toSorted());
    const oldest = await projects({ sort: 'created_at', 'page[size]': 1 });
    const newest = await projects({ sort: '-created_at', 'page[size]': 1 });
    expect(Number(pick(oldest.body, 'data', 0, 'id'))).toBeLessThan(
      Number(pick(newest.body, 'data', 0, 'id')),
    );
  });

  it('are filtered by text, owner and tags', async () => {
    expect(names(await projects({ filter: 'RERANKER' })).every((name) => name.includes('reranker'))).toBe(
      true,
    );
    const owned = await projects({ 'filter[owner_id]': ben.user.id, 'page[size]': 100 });
    expect(list(owned.body, 'data').every((one) => pick(one, 'attributes', 'owner_id') === ben.user.id)).toBe(
      true,
    );
    const tagged = names(await projects({ 'filter[tags]': 'base:phi-3', 'page[size]': 100 }));
    expect([tagged.length, tagged.every((name) => name.endsWith('phi-3'))]).toEqual([8, true]);
    expect(names(await projects({ 'filter[tags]': 'base:phi-3,base:roberta' }))).toEqual([]);
  });

  it('are starred and unstarred by each user alone', async () => {
    const [id = 0] = harness.sandbox.state.tenant('acme').modelLabProjects.keys();
    const at = { project_id: id };
    const starred = async (as: typeof ada | typeof ben) =>
      pick(
        (await harness.call('GET', paths.modelLabProject, { at, as })).body,
        'data',
        'attributes',
        'is_starred',
      );
    await harness.call('DELETE', paths.star, { at, as: ada });
    expect((await harness.call('POST', paths.star, { at, as: ben })).status).toBe(204);
    expect([await starred(ada), await starred(ben)]).toEqual([false, true]);
    expect((await harness.call('DELETE', paths.star, { at, as: ben })).status).toBe(204);
    expect(await starred(ben)).toBe(false);
  });

  it('that are not there are a 404, also those of another organisation', async () => {
    const missing = await harness.call('GET', paths.modelLabProject, { at: { project_id: 1 } });
    expect([missing.status, pick(missing.body, 'errors', 0, 'detail')]).toEqual([404, 'project not found']);
    expect((await harness.call('POST', paths.star, { at: { project_id: 1 } })).status).toBe(404);
    expect((await harness.call('GET', paths.modelLabProject, { at: { project_id: 'x' } })).status).toBe(400);
    const as = datadogCredentials.globex.gia;
    const hers = names(await harness.call('GET', paths.modelLabProjects, { as }));
    expect([hers.length, hers.every((name) => name.startsWith('Globex'))]).toEqual([4, true]);
  });
});
