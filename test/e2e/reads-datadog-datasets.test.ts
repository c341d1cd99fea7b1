import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dataset, type DatasetRecord, datadogSeed } from '../../sandbox/datadog/index.ts';
import {
  ListDatasetItemsDocument,
  ListDatasetVersionsDocument,
  ListItemsOfDatasetDocument,
  ListItemsOfVersionDocument,
  ReadDatasetDocument,
  ReadDatasetItemDocument,
  ReadDatasetVersionDocument,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { datadogInstant, dataOf, idOf, present, readPages } from './reading.ts';

const nobody = { name: null, email: null, handle: null, iconUrl: null, details: null };
const nothingOfVersions = {
  name: null,
  description: null,
  createdAt: null,
  updatedAt: null,
  createdBy: null,
  itemCount: null,
  readme: null,
  tags: null,
  attributes: null,
  schema: null,
  deployments: null,
};

describe.each(['spec', 'recorded'] as const)('Datadog datasets in the %s dialect', (dialect) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
    gateway.sandbox.datadog.switches.dialect = dialect;
  });
  afterAll(() => gateway.dispose());

  function datasetNamed(name: string): Dataset {
    return gateway.sandbox.datadog.state.dataset('acme', name);
  }

  function idOfDataset({ id, projectId }: Dataset): Promise<string> {
    return idOf(gateway, { vendor: 'DATADOG', kind: 'DATASET', vendorId: id, parentVendorId: projectId });
  }

  function lastUsedAt(dataset: Dataset, number: number): string | null {
    const lastUsed = dataset.versions.get(number)?.lastUsed;
    return lastUsed === undefined ? null : datadogInstant(lastUsed);
  }

  function expectedItem(datasetId: string, record: DatasetRecord) {
    const told = dialect === 'recorded';
    return {
      id: expect.any(String),
      vendor: 'DATADOG',
      vendorId: record.id,
      stableId: told ? record.canonicalId : null,
      datasetId,
      input: record.input,
      expectedOutput: record.expectedOutput ?? null,
      messages: null,
      metadata: record.metadata ?? null,
      tags: told && record.tags.length > 0 ? record.tags : null,
      sourceTraceId: null,
      sourceId: null,
      sourceTimestamp: null,
      deleted: null,
      createdAt: datadogInstant(record.createdAt),
      updatedAt: datadogInstant(record.updatedAt),
      createdBy: told ? { ...nobody, vendorId: record.authorId } : null,
    };
  }

  it('are read with all that Datadog keeps of them', async () => {
    const { state } = gateway.sandbox.datadog;
    const projects = [...state.tenant('acme').projects.values()];
    const smallest = present(projects.toSorted((a, b) => a.datasets.size - b.datasets.size)[0]);
    const special = [datadogSeed.largestDataset, datadogSeed.emptyDataset].map(datasetNamed);

    for (const dataset of [...smallest.datasets.values(), ...special]) {
      const project = state.project('acme', dataset.projectId);
      const id = await idOfDataset(dataset);
      const read = present(dataOf(await gateway.query(ReadDatasetDocument, { id })).dataset);
      const version = {
        ...nothingOfVersions,
        id: expect.any(String),
        datasetId: id,
        ref: String(dataset.currentVersion),
        number: dataset.currentVersion,
        lastUsedAt: lastUsedAt(dataset, dataset.currentVersion),
        isCurrent: true,
      };
      expect(read).toEqual({
        id,
        vendor: 'DATADOG',
        vendorId: dataset.id,
        name: dataset.name,
        description: dataset.description ?? null,
        project: {
          id: expect.any(String),
          vendor: 'DATADOG',
          vendorId: project.id,
          name: project.name,
          description: project.description ?? null,
          createdAt: datadogInstant(project.createdAt),
          updatedAt: datadogInstant(project.updatedAt),
        },
        createdAt: datadogInstant(dataset.createdAt),
        updatedAt: datadogInstant(dataset.updatedAt),
        createdBy: dialect === 'recorded' ? { ...nobody, vendorId: dataset.authorId } : null,
        itemCount: null,
        metadata: dataset.metadata ?? null,
        capabilities: ['DRAFT_LOCK', 'VERSIONS', 'RESTORE', 'EDIT_ITEMS', 'CLONE', 'CSV_UPLOAD'],
        draftLock: null,
        currentVersion: version,
        latestVersion: version,
        details: { __typename: 'DatadogDatasetDetails', projectId: read.project?.id },
      });
      expect(read.currentVersion?.id).toBe(read.latestVersion?.id);
    }
  });

  it('list their versions newest first, without those that Datadog retired', async () => {
    const dataset = datasetNamed(datadogSeed.largestDataset);
    const id = await idOfDataset(dataset);
    expect(dataset.versions.has(2)).toBe(false);
    const pages = await readPages(async (after) => {
      const answer = await gateway.query(ListDatasetVersionsDocument, { id, first: 2, after });
      return present(dataOf(answer).dataset?.versions);
    });
    expect(pages.map(({ nodes }) => nodes.length)).toEqual([2, 2, 2]);
    expect(pages.flatMap(({ nodes }) => nodes)).toEqual(
      [7, 6, 5, 4, 3, 1].map((number) => ({
        ...nothingOfVersions,
        id: expect.any(String),
        datasetId: id,
        ref: String(number),
        number,
        lastUsedAt: lastUsedAt(dataset, number),
        isCurrent: number === 7,
      })),
    );
  });

  it('have no versions in the list before anything was put into them', async () => {
    const id = await idOfDataset(datasetNamed(datadogSeed.emptyDataset));
    const { dataset } = dataOf(await gateway.query(ListDatasetVersionsDocument, { id }));
    expect(dataset?.versions).toMatchObject({
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      sourceErrors: [],
    });
    const items = dataOf(await gateway.query(ListItemsOfDatasetDocument, { id }));
    expect(items.dataset?.items).toMatchObject({ nodes: [], totalCount: null, sourceErrors: [] });
  });

  it('give a version by its number, with its dataset', async () => {
    const dataset = datasetNamed(datadogSeed.largestDataset);
    const id = await idOfDataset(dataset);
    for (const number of [1, 4, 7]) {
      const answer = await gateway.query(ReadDatasetVersionDocument, { id, ref: String(number) });
      expect(dataOf(answer).dataset?.version).toEqual({
        ...nothingOfVersions,
        id: expect.any(String),
        datasetId: id,
        dataset: { id, name: dataset.name },
        ref: String(number),
        number,
        lastUsedAt: lastUsedAt(dataset, number),
        isCurrent: number === 7,
      });
    }
  });

  it.each(['8', '-1', '07', 'latest', '1e0', '99999999999999999999'])(
    'answer NOT_FOUND at the version %j that there is not, and nothing else is lost',
    async (ref) => {
      const id = await idOfDataset(datasetNamed(datadogSeed.largestDataset));
      const answer = await gateway.query(ReadDatasetVersionDocument, { id, ref });
      expect(answer.data).toEqual({ dataset: { version: null } });
      expect(answer.errors).toMatchObject([
        { path: ['dataset', 'version'], extensions: { code: 'NOT_FOUND' } },
      ]);
    },
  );

  it('give the items of the current version, page by page, through either list', async () => {
    const dataset = datasetNamed(datadogSeed.largestDataset);
    const id = await idOfDataset(dataset);
    const expected = present(dataset.versions.get(7)).records.map((record) => expectedItem(id, record));
    expect(expected.length).toBeGreaterThan(75);

    const pages = await readPages(async (after) => {
      const answer = await gateway.query(ListItemsOfDatasetDocument, { id, first: 30, after });
      return present(dataOf(answer).dataset?.items);
    });
    expect(pages.map(({ nodes }) => nodes.length)).toEqual([30, 30, expected.length - 60]);
    expect(pages.flatMap(({ nodes }) => nodes)).toEqual(expected);
    expect(pages.every(({ totalCount }) => totalCount === null)).toBe(true);

    const ofRoot = await readPages(async (after) => {
      const variables = { first: 100, after, filter: { datasetId: id } };
      return present(dataOf(await gateway.query(ListDatasetItemsDocument, variables)).datasetItems);
    });
    expect(ofRoot.flatMap(({ nodes }) => nodes)).toEqual(pages.flatMap(({ nodes }) => nodes));
  });

  it('give the items of every older version without restoring it', async () => {
    const dataset = datasetNamed(datadogSeed.largestDataset);
    const id = await idOfDataset(dataset);
    gateway.received('datadog');
    for (const number of [1, 3, 5]) {
      const ref = String(number);
      const expected = present(dataset.versions.get(number)).records.map((record) =>
        expectedItem(id, record),
      );
      const byArgument = await readPages(async (after) => {
        const variables = { id, first: 30, after, versionRef: ref };
        return present(dataOf(await gateway.query(ListItemsOfDatasetDocument, variables)).dataset?.items);
      });
      const items = byArgument.flatMap(({ nodes }) => nodes);
      expect(items).toEqual(expected);

      const byVersion = await readPages(async (after) => {
        const variables = { id, ref, first: 40, after };
        const answer = await gateway.query(ListItemsOfVersionDocument, variables);
        return present(dataOf(answer).dataset?.version?.items);
      });
      expect(byVersion.flatMap(({ nodes }) => nodes)).toEqual(items);
    }
    const received = gateway.received('datadog');
    expect(received.filter((request) => !request.startsWith('GET '))).toEqual([]);
    const ofRecords = received.filter((request) => request.includes('/records?'));
    // Pages after the first name their version too: a cursor is not known to carry it.
    expect(ofRecords.every((request) => /filter(\[|%5B)version(\]|%5D)=[135](&|$)/.test(request))).toBe(true);
    expect(dataset.currentVersion).toBe(7);
  });

  it('answer NOT_FOUND at the items of a version that is retired or was never made', async () => {
    const id = await idOfDataset(datasetNamed(datadogSeed.largestDataset));
    for (const versionRef of ['2', '8', 'first']) {
      const answer = await gateway.query(ListItemsOfDatasetDocument, { id, versionRef });
      expect(answer.data).toEqual({ dataset: { items: null } });
      expect(answer.errors).toMatchObject([
        { path: ['dataset', 'items'], extensions: { code: 'NOT_FOUND' } },
      ]);
    }
  });

  it('read an item by its id as it is now, and as it was in a version', async () => {
    const dataset = datasetNamed(datadogSeed.largestDataset);
    const id = await idOfDataset(dataset);
    const now = present(dataset.versions.get(7)).records;
    const older = [...dataset.versions.values()].flatMap(({ number, records }) =>
      records.map((record) => ({ number, record })),
    );
    const { number, record: changed } = present(
      older.find(({ record }) =>
        now.some((other) => other.id === record.id && other.updatedAt !== record.updatedAt),
      ),
      'a record that later versions changed',
    );

    async function itemOf(versionRef: string | undefined, vendorId: string): Promise<string> {
      const answer = await gateway.query(ListItemsOfDatasetDocument, { id, first: 100, versionRef });
      const nodes = present(dataOf(answer).dataset?.items).nodes;
      return present(nodes.find((node) => node.vendorId === vendorId)).id;
    }
    const idNow = await itemOf(undefined, changed.id);
    const idBefore = await itemOf(String(number), changed.id);
    expect(idNow).not.toBe(idBefore);

    const ofDataset = { dataset: { id, name: dataset.name } };
    const readNow = dataOf(await gateway.query(ReadDatasetItemDocument, { id: idNow }));
    const current = present(now.find((record) => record.id === changed.id));
    expect(readNow.datasetItem).toEqual({ ...expectedItem(id, current), id: idNow, ...ofDataset });
    const readBefore = dataOf(await gateway.query(ReadDatasetItemDocument, { id: idBefore }));
    expect(readBefore.datasetItem).toEqual({ ...expectedItem(id, changed), id: idBefore, ...ofDataset });
    expect(readBefore.datasetItem?.expectedOutput).not.toEqual(readNow.datasetItem?.expectedOutput);
  });
});
