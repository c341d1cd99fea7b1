import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datadogCredentials, type ModelLabProject } from '../../sandbox/datadog/index.ts';
import {
  ListModelLabProjectsDocument,
  type ListModelLabProjectsQueryVariables,
  ListProjectsDocument,
  type ModelLabProjectFilter,
  ReadModelLabProjectDocument,
  ReadProjectDocument,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { datadogInstant, dataOf, idOf, present, readPages } from './reading.ts';

describe.each(['spec', 'recorded'] as const)('in the %s dialect', (dialect) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
    gateway.sandbox.datadog.switches.dialect = dialect;
  });
  afterAll(() => gateway.dispose());

  const tenant = () => gateway.sandbox.datadog.state.tenant('acme');
  const projects = () => [...tenant().projects.values()].toSorted((a, b) => b.createdAt - a.createdAt);
  const labProjects = (): readonly ModelLabProject[] => [...tenant().modelLabProjects.values()];

  describe('projects', () => {
    it('come newest first with all that Datadog keeps of them', async () => {
      const pages = await readPages(async (after) => {
        return present(dataOf(await gateway.query(ListProjectsDocument, { first: 3, after })).projects);
      });
      expect(pages.map(({ nodes }) => nodes.length)).toEqual([3, 1]);
      expect(pages.flatMap(({ nodes }) => nodes)).toEqual(
        projects().map(({ id, name, description, createdAt, updatedAt }) => ({
          id: expect.any(String),
          vendor: 'DATADOG',
          vendorId: id,
          name,
          description: description ?? null,
          createdAt: datadogInstant(createdAt),
          updatedAt: datadogInstant(updatedAt),
        })),
      );
    });

    it('give their own datasets newest first, and find them by name', async () => {
      for (const project of projects()) {
        const id = await idOf(gateway, { vendor: 'DATADOG', kind: 'PROJECT', vendorId: project.id });
        const own = [...project.datasets.values()].toSorted((a, b) => b.createdAt - a.createdAt);
        const pages = await readPages(async (after) => {
          const answer = await gateway.query(ReadProjectDocument, { id, first: 20, after });
          return present(dataOf(answer).project?.datasets);
        });
        expect(pages.flatMap(({ nodes }) => nodes.map(({ vendorId }) => vendorId))).toEqual(
          own.map((dataset) => dataset.id),
        );
        const one = present(own.at(-1));
        const found = await gateway.query(ReadProjectDocument, { id, search: one.name });
        expect(dataOf(found).project?.datasets?.nodes).toMatchObject([{ vendorId: one.id }]);
      }
    });

    it('without datasets are there all the same', async () => {
      const { clock } = gateway.sandbox.datadog.state;
      const at = clock.next();
      const id = '11111111-2222-4333-8444-555555555555';
      const empty = { id, name: 'empty', description: undefined, createdAt: at, updatedAt: at };
      tenant().projects.set(id, { ...empty, datasets: new Map() });
      const globalId = await idOf(gateway, { vendor: 'DATADOG', kind: 'PROJECT', vendorId: id });
      const { project } = dataOf(await gateway.query(ReadProjectDocument, { id: globalId }));
      expect(project).toMatchObject({ name: 'empty', description: null, datasets: { nodes: [] } });
      tenant().projects.delete(id);
      const gone = await gateway.query(ReadProjectDocument, { id: globalId });
      expect(gone.errors).toMatchObject([{ path: ['project'], extensions: { code: 'NOT_FOUND' } }]);
    });
  });

  describe('Model Lab projects', () => {
    function expectedProject(project: ModelLabProject) {
      return {
        id: expect.any(String),
        vendor: 'DATADOG',
        vendorId: String(project.id),
        name: project.name,
        description: project.description,
        artifactStorageLocation: `model-lab:///${project.id}`,
        externalUrl: project.externalUrl ?? null,
        isStarred: project.starredBy.has(datadogCredentials.acme.ada.user.id),
        ownerId: project.ownerId ?? null,
        tags: project.tags,
        createdAt: datadogInstant(project.createdAt),
        updatedAt: datadogInstant(project.updatedAt),
        deletedAt: null,
      };
    }

    async function listOne(variables: ListModelLabProjectsQueryVariables) {
      return present(dataOf(await gateway.query(ListModelLabProjectsDocument, variables)).modelLabProjects);
    }
    const listAll = (variables: ListModelLabProjectsQueryVariables) =>
      readPages((after) => listOne({ first: 25, ...variables, after }));

    type Compare = (a: ModelLabProject, b: ModelLabProject) => number;
    const newest: Compare = (a, b) => b.updatedAt - a.updatedAt;

    it.each<[Parameters<typeof listAll>[0]['orderBy'], Compare]>([
      [undefined, newest],
      [{ field: 'NAME', direction: 'ASC' }, (a, b) => (a.name < b.name ? -1 : 1)],
      [{ field: 'NAME', direction: 'DESC' }, (a, b) => (a.name > b.name ? -1 : 1)],
      [{ field: 'CREATED_AT', direction: 'ASC' }, (a, b) => a.createdAt - b.createdAt],
      [{ field: 'CREATED_AT', direction: 'DESC' }, (a, b) => b.createdAt - a.createdAt],
      [{ field: 'UPDATED_AT', direction: 'ASC' }, (a, b) => a.updatedAt - b.updatedAt],
      [{ field: 'UPDATED_AT', direction: 'DESC' }, newest],
    ])('come in the order %j, every one once, with pages counted from 1', async (orderBy, compare) => {
      expect(labProjects()).toHaveLength(64);
      const pages = await listAll({ orderBy });
      expect(pages.flatMap(({ nodes }) => nodes)).toEqual(
        labProjects().toSorted(compare).map(expectedProject),
      );
      expect(pages.map(({ page, totalCount }) => ({ ...page, totalCount }))).toEqual(
        [1, 2, 3].map((number) => ({
          number,
          size: 25,
          first: 1,
          last: 3,
          next: number < 3 ? number + 1 : null,
          previous: number > 1 ? number - 1 : null,
          totalCount: 64,
        })),
      );
    });

    it.each([1, 2, 3])('jump to page %i, and go on from there', async (number) => {
      const expected = labProjects().toSorted(newest).map(expectedProject);
      const page = await listOne({ first: 25, page: number });
      expect(page.page).toMatchObject({ number, first: 1, last: 3 });
      expect(page.nodes).toEqual(expected.slice((number - 1) * 25, number * 25));
      expect(page.pageInfo.hasNextPage).toBe(number < 3);
      if (number === 3) return;
      const next = await listOne({ first: 25, after: page.pageInfo.endCursor });
      expect(next.nodes).toEqual(expected.slice(number * 25, (number + 1) * 25));
      expect(next.page?.number).toBe(number + 1);
      const middle = await listOne({ first: 25, after: page.edges[9]?.cursor });
      expect(middle.nodes.slice(0, 15)).toEqual(page.nodes.slice(10));
    });

    it('are none on a page past the end, which says where the end is', async () => {
      const page = await listOne({ first: 25, page: 4 });
      expect(page.nodes).toEqual([]);
      expect(page.totalCount).toBe(64);
      expect(page.page).toMatchObject({ number: 4, last: 3, next: null, previous: 3 });
      expect(page.pageInfo.hasNextPage).toBe(false);
    });

    it.each([{ page: 0 }, { page: -1 }, { page: 2, after: 'abc' }])('refuse %j', async (variables) => {
      gateway.received('datadog');
      const answer = await gateway.query(ListModelLabProjectsDocument, variables);
      expect(answer.data).toEqual({ modelLabProjects: null });
      expect(answer.errors).toMatchObject([
        { path: ['modelLabProjects'], extensions: { code: 'INVALID_INPUT' } },
      ]);
      expect(gateway.received('datadog')).toEqual([]);
    });

    it('are found by text, owner and tags, each and together, on every page', async () => {
      const owner = datadogCredentials.acme.ben.user.id;
      const [base] = present(labProjects()[0]).tags;
      const tag = present(base);
      const hasTag = ({ tags }: ModelLabProject) =>
        tags.some(({ key, value }) => key === tag.key && value === tag.value);
      const has = ({ name, description }: ModelLabProject) =>
        `${name}\n${description}`.toLowerCase().includes('lora');
      const filters: [ModelLabProjectFilter, (project: ModelLabProject) => boolean][] = [
        [{ search: 'LORA' }, has],
        [{ ownerId: owner }, ({ ownerId }: ModelLabProject) => ownerId === owner],
        [{ tags: [tag] }, hasTag],
        [
          { tags: [tag, { key: 'team', value: 'search' }] },
          (p: ModelLabProject) => hasTag(p) && p.tags.some(({ value }) => value === 'search'),
        ],
        [{ search: 'lora', ownerId: owner }, (p: ModelLabProject) => has(p) && p.ownerId === owner],
        [{ search: 'no such project' }, () => false],
        [{ search: '', tags: [] }, () => true],
      ];
      for (const [filter, matches] of filters) {
        const expected = labProjects().filter(matches).toSorted(newest);
        const pages = await listAll({ first: 4, filter });
        expect(pages.flatMap(({ nodes }) => nodes)).toEqual(expected.map(expectedProject));
        expect(pages[0]?.totalCount).toBe(expected.length);
      }
    });

    it('refuse a tag that Datadog cannot be asked for', async () => {
      for (const tag of [
        { key: '', value: 'x' },
        { key: 'a:b', value: 'x' },
        { key: 'a', value: 'x,y' },
      ]) {
        const answer = await gateway.query(ListModelLabProjectsDocument, { filter: { tags: [tag] } });
        expect(answer.errors).toMatchObject([
          { path: ['modelLabProjects'], extensions: { code: 'INVALID_INPUT' } },
        ]);
      }
    });

    it('are read by their id, starred by whoever asks', async () => {
      const project = present(labProjects()[7]);
      const id = await idOf(gateway, {
        vendor: 'DATADOG',
        kind: 'MODEL_LAB_PROJECT',
        vendorId: String(project.id),
      });
      const read = async () =>
        dataOf(await gateway.query(ReadModelLabProjectDocument, { id })).modelLabProject;
      expect(await read()).toEqual({ ...expectedProject(project), id });
      project.starredBy.add(datadogCredentials.acme.ada.user.id);
      expect((await read())?.isStarred).toBe(true);
      project.starredBy.delete(datadogCredentials.acme.ada.user.id);
      expect((await read())?.isStarred).toBe(false);
    });
  });
});
