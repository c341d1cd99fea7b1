import { describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { at, foundIn, readAll, source, startHarness } from './datadog-harness.ts';

describe.each(['spec', 'recorded'] as const)('Model Lab projects in the %s dialect', (dialect) => {
  it('are read to the end by the numbers that the vendor gives', async () => {
    const { sandbox, connect, asked } = await startHarness({ dialect });
    const seeded = [...sandbox.state.tenant('acme').modelLabProjects.values()];
    const { items, pages } = await readAll(connect().modelLab.listModelLabProjects({}, undefined), 25);
    expect(items.map(({ vendorId }) => vendorId)).toEqual(
      seeded.toSorted((left, right) => right.updatedAt - left.updatedAt).map(({ id }) => String(id)),
    );
    const [second, third] = dialect === 'spec' ? [2, 3] : [1, 2];
    expect(asked()).toEqual([
      '/lab/projects?page[size]=25',
      `/lab/projects?page[size]=25&page[number]=${second}`,
      `/lab/projects?page[size]=25&page[number]=${third}`,
    ]);
    expect(pages.map(({ page }) => page)).toEqual([
      { number: 1, size: 25, first: 1, last: 3, next: 2, previous: null },
      { number: 2, size: 25, first: 1, last: 3, next: 3, previous: 1 },
      { number: 3, size: 25, first: 1, last: 3, next: null, previous: 2 },
    ]);
    expect(pages.every(({ total }) => total === 64)).toBe(true);
  });

  it('are jumped to by a page counted from 1, from where the list goes on', async () => {
    const { connect, asked } = await startHarness({ dialect });
    const { modelLab } = connect();
    const all = (await readAll(modelLab.listModelLabProjects({}, undefined), 100)).items;
    asked();
    // The base is known to this operation by now; to another it takes one request more.
    const second = await modelLab.modelLabPage({}, undefined, 2, 20);
    expect(asked()).toHaveLength(1);
    expect(second.items).toEqual(all.slice(20, 40));
    expect(second.page).toEqual({ number: 2, size: 20, first: 1, last: 4, next: 3, previous: 1 });
    expect(await connect().modelLab.modelLabPage({}, undefined, 2, 20)).toMatchObject({
      items: second.items,
    });
    expect(asked()).toHaveLength(2);

    const stream = connect().modelLab.listModelLabProjects({}, undefined);
    const middle = await stream.fetch(second.positionAfter(4), 50);
    expect(middle.items).toEqual(all.slice(25, 40));
    expect((await stream.fetch(second.positionAfter(19), 50)).items).toEqual(all.slice(40, 60));
    const first = await connect().modelLab.modelLabPage({}, undefined, 1, 20);
    expect((await stream.fetch(first.positionAfter(2), 10)).items).toEqual(all.slice(3, 13));
  });

  it('past the end are none', async () => {
    const { connect, asked } = await startHarness({ dialect });
    const { modelLab } = connect();
    const past = { items: [], done: true, next: undefined, total: 64 };
    const page = { number: 9, size: 25, first: 1, last: 3, next: null, previous: 3 };
    expect(await modelLab.modelLabPage({}, undefined, 9, 25)).toMatchObject({ ...past, page });
    expect(asked()).toHaveLength(1);
    expect(await modelLab.modelLabPage({}, undefined, 9, 25)).toMatchObject({ ...past, page });
    expect(asked()).toHaveLength(1);
  });

  it('are mapped', async () => {
    const { sandbox, connect } = await startHarness({ dialect });
    const [seeded] = [...sandbox.state.tenant('acme').modelLabProjects.values()].filter((one) => one.ownerId);
    if (seeded === undefined) throw new Error('one is seeded');
    const key = keyOf(source, 'MODEL_LAB_PROJECT', String(seeded.id));
    const project = foundIn(await connect().modelLab.getModelLabProjects([key]), key.id);
    expect(project).toMatchObject({
      ...key,
      vendor: 'DATADOG',
      vendorId: String(seeded.id),
      name: seeded.name,
      description: seeded.description,
      externalUrl: seeded.externalUrl ?? null,
      isStarred: seeded.starredBy.has(datadogCredentials.acme.ada.user.id),
      ownerId: seeded.ownerId,
      tags: seeded.tags,
      deletedAt: null,
    });
    expect(project.updatedAt).toMatch(/^2026-/);
  });
});

describe('Model Lab projects', () => {
  it('are filtered and ordered by the vendor', async () => {
    const { sandbox, connect, asked } = await startHarness();
    const [seeded] = [...sandbox.state.tenant('acme').modelLabProjects.values()];
    const [tag] = seeded?.tags ?? [];
    const { modelLab } = connect();
    const filter = { search: 'lora', ownerId: seeded?.ownerId, tags: tag === undefined ? [] : [tag, tag] };
    await modelLab.listModelLabProjects(filter, { field: 'NAME', direction: 'ASC' }).fetch(undefined, 5);
    await modelLab.listModelLabProjects({}, { field: 'CREATED_AT', direction: 'DESC' }).fetch(undefined, 500);
    await modelLab.listModelLabProjects({ search: '', tags: [] }, undefined).fetch(undefined, 5);
    const text = `${tag?.key}:${tag?.value}`;
    const owner = seeded?.ownerId === undefined ? '' : `&filter[owner_id]=${seeded.ownerId}`;
    expect(asked()).toEqual([
      `/lab/projects?filter=lora${owner}&filter[tags]=${text},${text}&sort=name&page[size]=5`,
      '/lab/projects?sort=-created_at&page[size]=100',
      '/lab/projects?page[size]=5',
    ]);
  });

  it('cannot be asked for by a tag that the vendor’s filter cannot say', async () => {
    const { modelLab } = (await startHarness()).connect();
    for (const tag of [
      { key: 'a,b', value: 'c' },
      { key: 'a', value: 'b:c' },
      { key: '', value: 'c' },
    ]) {
      const tags = [{ key: 'team', value: 'search' }, tag];
      expect(() => modelLab.listModelLabProjects({ tags }, undefined)).toThrow(
        expect.objectContaining({
          code: 'INVALID_INPUT',
          issues: [expect.objectContaining({ path: ['filter', 'tags', '1'] })],
        }),
      );
    }
  });

  it('are read by id side by side, and an id that cannot be costs nothing', async () => {
    const { sandbox, connect, asked } = await startHarness();
    const ids = [...sandbox.state.tenant('acme').modelLabProjects.keys()].slice(0, 2).map(String);
    const impossible = ['007', '1.5', 'x', '9223372036854775808'];
    const keys = [...ids, '1', ...impossible].map((id) => keyOf(source, 'MODEL_LAB_PROJECT', id));
    const result = await connect().modelLab.getModelLabProjects(keys);
    expect([...result.keys()].toSorted()).toEqual(
      keys
        .slice(0, 2)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(asked()).toHaveLength(3);
  });

  it('refuse a position that is not one of theirs', async () => {
    const { modelLab } = (await startHarness()).connect();
    const stream = modelLab.listModelLabProjects({}, undefined);
    for (const position of ['0~~2', '0~~2.500', 'x']) {
      await expect(stream.fetch(position, 5)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
  });

  it('go on by the link where no next number is told', async () => {
    const { sandbox, connect } = await startHarness();
    const all = [...sandbox.state.tenant('acme').modelLabProjects.values()];
    const meta = { page: { number: 0, size: 25, total: 64 } };
    const body = JSON.stringify({
      data: [],
      meta,
      links: { next: 'https://x/y?page%5Bnumber%5D=1&page[size]=25' },
    });
    sandbox.server.faults.add({
      path: 'size%5D=25$',
      effect: { type: 'answer', status: 200, body },
      times: 1,
    });
    const { items } = await readAll(connect().modelLab.listModelLabProjects({}, undefined), 25);
    expect(items).toHaveLength(all.length);
    expect(at(items, 0).vendor).toBe('DATADOG');
  });
});
