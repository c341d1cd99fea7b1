import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dataset, DatasetItem, PostHogUser } from '../../sandbox/posthog/index.ts';
import {
  ListDatasetItemsDocument,
  ListDatasetVersionsDocument,
  ListItemsOfDatasetDocument,
  ReadDatasetDocument,
  ReadDatasetItemDocument,
  ReadDatasetVersionDocument,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, idOf, posthogProject, present, readPages } from './reading.ts';

function expectedPerson(user: PostHogUser) {
  return {
    vendorId: String(user.id),
    name: `${user.firstName} ${user.lastName}`,
    email: user.email,
    handle: null,
    iconUrl: null,
    details: {
      uuid: user.uuid,
      distinct_id: user.distinctId,
      is_email_verified: true,
      hedgehog_config: null,
      role_at_organization: user.role,
    },
  };
}

describe.each(['the baseline', 'the later'] as const)('PostHog datasets in %s dialect', (dialect) => {
  const isLater = dialect === 'the later';
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
    gateway.sandbox.posthog.switches.laterDatasets = isLater;
  });
  afterAll(() => gateway.dispose());

  const datasets = (): readonly Dataset[] => posthogProject(gateway.sandbox).datasets;
  const largest = (): Dataset => present(datasets()[0]);
  const idOfDataset = ({ id }: Dataset): Promise<string> =>
    idOf(gateway, { vendor: 'POSTHOG', kind: 'DATASET', vendorId: id });

  /** The items that are not deleted, newest first. */
  function itemsOf(dataset: Dataset | undefined): readonly DatasetItem[] {
    return posthogProject(gateway.sandbox)
      .items.filter((item) => dataset === undefined || item.dataset === dataset)
      .filter(({ versions }) => present(versions.at(-1)).deleted !== true)
      .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  }

  function expectedItem(item: DatasetItem) {
    const { input, output, metadata, deleted } = present(item.versions.at(-1));
    return {
      id: expect.any(String),
      vendor: 'POSTHOG',
      vendorId: item.id,
      stableId: item.id,
      datasetId: expect.any(String),
      input,
      expectedOutput: output,
      messages: null,
      metadata,
      tags: null,
      sourceTraceId: item.refTraceId,
      sourceId: item.refSourceId,
      sourceTimestamp: item.refTimestamp,
      deleted,
      createdAt: item.createdAt,
      updatedAt: item.updatedAt,
      createdBy: expectedPerson(item.createdBy),
    };
  }

  it('are read with all that PostHog keeps of them', async () => {
    const active = datasets().filter(({ deleted }) => deleted !== true);
    expect(active.length).toBeGreaterThan(60);
    for (const one of active) {
      const id = await idOfDataset(one);
      const { dataset } = dataOf(await gateway.query(ReadDatasetDocument, { id }));
      expect(dataset).toEqual({
        id,
        vendor: 'POSTHOG',
        vendorId: one.id,
        name: one.name,
        // The later dialect has no null for these two.
        description: isLater ? (one.description ?? '') : one.description,
        project: null,
        createdAt: one.createdAt,
        updatedAt: one.updatedAt,
        createdBy: expectedPerson(one.createdBy),
        itemCount: null,
        metadata: isLater ? (one.metadata ?? {}) : one.metadata,
        capabilities: ['EDIT_ITEMS', 'CSV_UPLOAD'],
        draftLock: null,
        currentVersion: null,
        latestVersion: null,
        details: { __typename: 'PostHogDatasetDetails', teamId: posthogProject(gateway.sandbox).id },
      });
    }
  });

  it('are not there any more once they are deleted', async () => {
    const deleted = present(datasets().find((one) => one.deleted === true));
    const ofOther = present(
      [...gateway.sandbox.posthog.state.projects.values()].find(({ name }) => name === 'Globex')?.datasets[0],
    );
    const living = await idOfDataset(largest());
    for (const { id: vendorId } of [deleted, ofOther]) {
      // An id of this API keeps its form: that of another dataset with the vendor's id in it.
      const text = Buffer.from(living, 'base64url').toString().replace(largest().id, vendorId);
      const id = Buffer.from(text).toString('base64url');
      const answer = await gateway.query(ReadDatasetDocument, { id });
      expect(answer.data).toEqual({ dataset: null });
      expect(answer.errors).toMatchObject([{ path: ['dataset'], extensions: { code: 'NOT_FOUND' } }]);
    }
  });

  it('give their items newest first, without the deleted ones', async () => {
    const id = await idOfDataset(largest());
    const expected = itemsOf(largest());
    expect(expected).toHaveLength(72);
    const pages = await readPages(async (after) => {
      const answer = await gateway.query(ListItemsOfDatasetDocument, { id, first: 30, after });
      return present(dataOf(answer).dataset?.items);
    });
    expect(pages.map(({ nodes, totalCount }) => [nodes.length, totalCount])).toEqual([
      [30, 72],
      [30, 72],
      [12, 72],
    ]);
    const items = pages.flatMap(({ nodes }) => nodes);
    expect(items).toEqual(expected.map((item) => ({ ...expectedItem(item), datasetId: id })));

    const ofRoot = await readPages(async (after) => {
      const variables = { first: 100, after, filter: { datasetId: id } };
      return present(dataOf(await gateway.query(ListDatasetItemsDocument, variables)).datasetItems);
    });
    expect(ofRoot.flatMap(({ nodes }) => nodes)).toEqual(items);
  });

  it('list the items of all datasets where the server can, and say so where it cannot', async () => {
    if (isLater) {
      const answer = await gateway.query(ListDatasetItemsDocument, {});
      expect(answer.data).toEqual({ datasetItems: null });
      expect(answer.errors).toMatchObject([
        { path: ['datasetItems'], extensions: { code: 'UNSUPPORTED', vendor: 'POSTHOG' } },
      ]);
      return;
    }
    const expected = itemsOf(undefined);
    const pages = await readPages(async (after) => {
      const answer = await gateway.query(ListDatasetItemsDocument, { first: 100, after });
      return present(dataOf(answer).datasetItems);
    });
    expect(pages.every(({ totalCount }) => totalCount === expected.length)).toBe(true);
    const items = pages.flatMap(({ nodes }) => nodes);
    expect(items).toEqual(expected.map(expectedItem));
    expect(new Set(items.map(({ datasetId }) => datasetId)).size).toBe(
      new Set(expected.map(({ dataset }) => dataset.id)).size,
    );
  });

  it('read an item by its id, the newest version of it, with its dataset', async () => {
    const item = present(itemsOf(largest()).find(({ versions }) => versions.length > 2));
    const id = await idOf(gateway, { vendor: 'POSTHOG', kind: 'DATASET_ITEM', vendorId: item.id });
    const { datasetItem } = dataOf(await gateway.query(ReadDatasetItemDocument, { id }));
    const datasetId = await idOfDataset(largest());
    expect(datasetItem).toEqual({
      ...expectedItem(item),
      id,
      datasetId,
      dataset: { id: datasetId, name: largest().name },
    });
  });

  it('say at once that they have no versions, where one is asked for', async () => {
    const id = await idOfDataset(largest());
    const answers = [
      ['version', await gateway.query(ReadDatasetVersionDocument, { id, ref: '1' })],
      ['versions', await gateway.query(ListDatasetVersionsDocument, { id })],
      ['items', await gateway.query(ListItemsOfDatasetDocument, { id, versionRef: '1' })],
    ] as const;
    for (const [field, answer] of answers) {
      expect(answer.data).toEqual({ dataset: { [field]: null } });
      expect(answer.errors).toMatchObject([
        { path: ['dataset', field], extensions: { code: 'UNSUPPORTED', vendor: 'POSTHOG' } },
      ]);
      expect(answer.errors?.[0]?.message).toMatch(/Datadog and Humanloop/);
    }
  });

  it('have items without an input, an output or metadata, as they come', async () => {
    const { state } = gateway.sandbox.posthog;
    const item = present(itemsOf(largest()).at(-1));
    const project = posthogProject(gateway.sandbox).id;
    const odd = [0, false, '', [], {}, 'text', [null, 1.5, { deep: [{}] }]];
    for (const value of odd) {
      state.editItem(project, item.id, { input: value, output: value, metadata: isLater ? {} : value });
      const id = await idOf(gateway, { vendor: 'POSTHOG', kind: 'DATASET_ITEM', vendorId: item.id });
      const { datasetItem } = dataOf(await gateway.query(ReadDatasetItemDocument, { id }));
      expect(datasetItem).toMatchObject({ input: value, expectedOutput: value });
      expect(datasetItem?.metadata).toEqual(isLater ? {} : value);
    }
  });
});
