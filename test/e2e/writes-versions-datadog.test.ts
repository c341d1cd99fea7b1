import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Dataset, datadogCredentials } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { freeDataset, idOfDraft } from './drafts.ts';
import { dataOf, present } from './reading.ts';
import { mutate, refused, succeed, takeWrites } from './writing.ts';

const { ben } = datadogCredentials.acme;

let gateway: TestGateway;
let dataset: Dataset;
let id: string;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(async () => {
  gateway.sandbox.datadog.reset();
  dataset = freeDataset(gateway);
  id = await idOfDraft(gateway, dataset);
  takeWrites(gateway);
});

const selection = `datasetId versionRef concurrentRef version { ref number isCurrent }
  dataset { currentVersion { ref } latestVersion { ref } }`;

interface Restored {
  readonly versionRef: string | null;
  readonly concurrentRef: string | null;
}

function restore(input: object): Promise<Restored> {
  return succeed<Restored>(gateway, 'restoreDatasetVersion', { datasetId: id, ...input }, selection);
}

function idsOf(version: number): readonly string[] {
  return present(dataset.versions.get(version)).records.map((record) => record.id);
}

async function itemsNow(): Promise<readonly string[]> {
  const document = 'query ($id: ID!) { dataset(id: $id) { items(first: 100) { nodes { vendorId } } } }';
  const answer = await gateway.query<
    { dataset: { items: { nodes: readonly { vendorId: string }[] } } },
    object
  >(document, { id });
  return dataOf(answer).dataset.items.nodes.map(({ vendorId }) => vendorId);
}

describe.each(['spec', 'recorded'] as const)(
  'a restored version at Datadog, in the %s dialect',
  (dialect) => {
    beforeEach(() => {
      gateway.sandbox.datadog.switches.dialect = dialect;
    });

    it('is a new one with the old items, and its number is read back', async () => {
      expect(await restore({ versionRef: '3', expectedRef: '7' })).toMatchObject({
        datasetId: id,
        versionRef: '8',
        concurrentRef: null,
        version: { ref: '8', number: 8, isCurrent: true },
        dataset: { currentVersion: { ref: '8' }, latestVersion: { ref: '8' } },
      });
      expect(idsOf(8)).toEqual(idsOf(3));
      expect([...(await itemsNow())].sort()).toEqual([...idsOf(3)].sort());
      // History is kept: what was current can be restored in its turn.
      expect(await restore({ versionRef: '7', expectedRef: '8' })).toMatchObject({ versionRef: '9' });
      expect(idsOf(9)).toEqual(idsOf(7));
    });

    it('is what the next edit is based on', async () => {
      await restore({ versionRef: '3' });
      const edit = { datasetId: id, expectedRef: '8', add: [{ input: { question: 'And then?' } }] };
      expect(await succeed(gateway, 'editDatasetItems', edit, 'versionRef')).toMatchObject({
        versionRef: '9',
      });
      expect(idsOf(9)).toEqual(expect.arrayContaining([...idsOf(3)]));
      expect(idsOf(9)).toHaveLength(idsOf(3).length + 1);
    });

    it('may be the current one, or the one without items', async () => {
      expect(await restore({ versionRef: '7' })).toMatchObject({ versionRef: '8' });
      expect(await restore({ versionRef: '0' })).toMatchObject({ versionRef: '9' });
      expect(await itemsNow()).toEqual([]);
    });
  },
);

describe('a version that cannot be restored', () => {
  it.each(['8', '2147483647', '-1', '2147483648', '1.5', 'seven', '9'.repeat(40)])(
    'since there is none %s is told so, and nothing is written',
    async (versionRef) => {
      expect(await refused(gateway, 'restoreDatasetVersion', { datasetId: id, versionRef })).toMatchObject({
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
        message: expect.stringContaining(versionRef),
      });
      expect(dataset.currentVersion).toBe(7);
    },
  );

  it('since it is retired is told so', async () => {
    // The seed has retired version 2, and this is retired now.
    gateway.sandbox.datadog.state.retireVersion(dataset, 3);
    for (const versionRef of ['2', '3']) {
      expect(await refused(gateway, 'restoreDatasetVersion', { datasetId: id, versionRef })).toMatchObject({
        __typename: 'NotFoundError',
        message: expect.stringMatching(/long unused may be gone/),
      });
    }
    expect(dataset.currentVersion).toBe(7);
  });

  it.each([
    ['empty', ''],
    ['blank', '  '],
    ['endless', 'x'.repeat(1_001)],
  ])('since its ref is %s is an invalid input', async (_, versionRef) => {
    expect(await refused(gateway, 'restoreDatasetVersion', { datasetId: id, versionRef })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'versionRef'] }],
    });
    expect(gateway.received('datadog')).toEqual([]);
  });

  it('since its dataset is gone is told so', async () => {
    gateway.sandbox.datadog.state.project('acme', dataset.projectId).datasets.delete(dataset.id);
    expect(await refused(gateway, 'restoreDatasetVersion', { datasetId: id, versionRef: '3' })).toMatchObject(
      {
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
      },
    );
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('an expected version that is no longer the newest', () => {
  const writes = [
    ['restoreDatasetVersion', { versionRef: '3' }],
    ['editDatasetItems', { add: [{ input: { question: 'Too late?' } }] }],
    ['updateDataset', { name: 'Too late' }],
    ['deleteDataset', {}],
  ] as const;

  it.each(writes)('has %s refused with both, and nothing is written', async (name, input) => {
    const theirs = gateway.sandbox.datadog.state.addVersion(dataset, ben.user);
    for (const expectedRef of ['7', '0', '9', 'seven', '07']) {
      expect(await refused(gateway, name, { datasetId: id, expectedRef, ...input })).toMatchObject({
        __typename: 'VersionConflictError',
        code: 'VERSION_CONFLICT',
        message: expect.stringMatching(/Nothing was written/),
        expectedRef,
        currentRef: String(theirs),
      });
    }
    expect(takeWrites(gateway)).toEqual([]);
    const again = await mutate(gateway, name, { datasetId: id, expectedRef: String(theirs), ...input });
    expect(again.data?.[name]?.__typename).toMatch(/Success$/);
  });
});

describe('what Datadog has not', () => {
  it.each([
    ['updateDatasetVersion', { name: 'First' }],
    ['deleteDatasetVersion', {}],
  ])('is told of %s', async (name, input) => {
    const told = await refused(gateway, name, { datasetId: id, versionRef: '3', ...input });
    expect(told).toMatchObject({ __typename: 'UnsupportedError', vendor: 'DATADOG' });
    expect(told.message).toMatch(/^Datadog has no .* of versions\. Humanloop can\.$/);
    expect(gateway.received('datadog')).toEqual([]);
  });
});
