import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetFile, DatasetVersion } from '../../sandbox/humanloop/index.ts';
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
import { dataOf, humanloopInstant, idOf, present, readPages } from './reading.ts';

const manyVersions = 'Refund policy golden set';
const manyItems = 'RAG regression suite';

describe('Humanloop datasets', () => {
  let gateway: TestGateway;

  beforeEach(async () => {
    gateway = await startTestGateway();
  });
  afterEach(() => gateway.dispose());

  const files = (): readonly DatasetFile[] => [...gateway.sandbox.humanloop.state.acme.datasets.values()];
  const environments = () => gateway.sandbox.humanloop.state.acme.environments;
  const fileNamed = (name: string): DatasetFile =>
    present(files().find(({ path }) => path.endsWith(`/${name}`)));
  const idOfFile = ({ id }: DatasetFile): Promise<string> =>
    idOf(gateway, { vendor: 'HUMANLOOP', kind: 'DATASET', vendorId: id });

  /** What stands on an environment; undefined when nothing does. */
  function deployed(file: DatasetFile, tag: 'default' | 'other'): DatasetVersion | undefined {
    const environment = present(environments().find((one) => one.tag === tag));
    return file.versions.find(({ id }) => id === file.deployments.get(environment.id));
  }

  function deploymentOf({ name, tag, createdAt }: ReturnType<typeof environments>[number]) {
    return {
      environmentId: expect.any(String),
      environmentName: name,
      isDefault: tag === 'default',
      createdAt: humanloopInstant(createdAt),
    };
  }

  function madeBy({ createdAt, createdBy, updatedAt }: DatasetVersion, { movedAt }: DatasetFile) {
    return {
      createdAt: humanloopInstant(createdAt),
      updatedAt: humanloopInstant(Math.max(updatedAt, movedAt)),
      createdBy: {
        vendorId: createdBy.id,
        name: createdBy.fullName,
        email: createdBy.emailAddress,
        handle: null,
        iconUrl: null,
        details: null,
      },
    };
  }

  function expectedVersion(datasetId: string, file: DatasetFile, version: DatasetVersion) {
    return {
      id: expect.any(String),
      datasetId,
      ref: version.id,
      number: null,
      name: version.name,
      description: version.description,
      ...madeBy(version, file),
      lastUsedAt: humanloopInstant(version.lastUsedAt),
      itemCount: version.content.datapoints.length,
      isCurrent: version === deployed(file, 'default'),
      readme: file.readme,
      tags: file.tags,
      attributes: version.content.attributes,
      schema: file.schema,
      deployments: environments()
        .filter(({ id }) => file.deployments.get(id) === version.id)
        .map(deploymentOf),
    };
  }

  function expectedItems(datasetId: string, { content }: DatasetVersion) {
    return content.datapoints.map(({ id, inputs, messages, target }) => ({
      id: expect.any(String),
      vendor: 'HUMANLOOP',
      vendorId: id,
      stableId: null,
      datasetId,
      input: inputs,
      expectedOutput: target,
      messages,
      metadata: null,
      tags: null,
      sourceTraceId: null,
      sourceId: null,
      sourceTimestamp: null,
      deleted: null,
      createdAt: null,
      updatedAt: null,
      createdBy: null,
    }));
  }

  it.each([false, true])(
    'are read with all that Humanloop keeps of them, timestamps without a zone: %s',
    async (zonelessTimestamps) => {
      gateway.sandbox.humanloop.switches.zonelessTimestamps = zonelessTimestamps;
      expect(files().length).toBeGreaterThan(60);
      for (const file of files()) {
        const id = await idOfFile(file);
        const current = deployed(file, 'default');
        const newest = present(file.versions.at(-1));
        const shown = current ?? newest;
        const { dataset } = dataOf(await gateway.query(ReadDatasetDocument, { id }));
        expect(dataset).toEqual({
          id,
          vendor: 'HUMANLOOP',
          vendorId: file.id,
          name: present(file.path.split('/').at(-1)),
          description: file.description,
          project: null,
          ...madeBy(shown, file),
          itemCount: shown.content.datapoints.length,
          metadata: null,
          capabilities: [
            'VERSIONS',
            'RESTORE',
            'RENAME_VERSION',
            'DELETE_VERSION',
            'DEPLOY',
            'EDIT_ITEMS',
            'MOVE',
            'CLONE',
            'CSV_UPLOAD',
          ],
          draftLock: null,
          currentVersion: current === undefined ? null : expectedVersion(id, file, current),
          latestVersion: expectedVersion(id, file, newest),
          details: {
            __typename: 'HumanloopDatasetDetails',
            path: file.path,
            directoryId: expect.stringMatching(/^dir_/),
            readme: file.readme,
            tags: file.tags,
            attributes: shown.content.attributes,
            schema: file.schema,
            lastUsedAt: humanloopInstant(shown.lastUsedAt),
            environments: environments().map((environment) => {
              const there = deployed(file, environment.tag);
              return {
                ...deploymentOf(environment),
                version: there === undefined ? null : { ref: there.id },
              };
            }),
          },
        });
      }
    },
  );

  it('tell the version on the default environment from the newest one, and follow a deployment', async () => {
    const { state } = gateway.sandbox.humanloop;
    const file = present(
      files().find(
        ({ versions }) => versions.length > 2 && present(versions.at(-1)).content.datapoints.length < 100,
      ),
    );
    const id = await idOfFile(file);
    const [oldest, newest] = [present(file.versions[0]), present(file.versions.at(-1))];

    async function readRefs() {
      const { dataset } = dataOf(await gateway.query(ReadDatasetDocument, { id }));
      const items = dataOf(await gateway.query(ListItemsOfDatasetDocument, { id, first: 100 })).dataset
        ?.items;
      return {
        current: dataset?.currentVersion?.ref,
        latest: dataset?.latestVersion?.ref,
        items: items?.nodes.map(({ vendorId }) => vendorId),
      };
    }
    const idsOf = ({ content }: DatasetVersion) => content.datapoints.map((datapoint) => datapoint.id);

    state.deploy(file.id, 'production', oldest.id);
    expect(await readRefs()).toEqual({ current: oldest.id, latest: newest.id, items: idsOf(oldest) });
    state.deploy(file.id, 'production', newest.id);
    expect(await readRefs()).toEqual({ current: newest.id, latest: newest.id, items: idsOf(newest) });
  });

  it('have no current version where nothing is deployed, while their versions are readable', async () => {
    const file = present(files().find((one) => deployed(one, 'default') === undefined));
    const newest = present(file.versions.at(-1));
    const id = await idOfFile(file);
    const plain = await gateway.query(ListItemsOfDatasetDocument, { id });
    expect(plain.data).toEqual({ dataset: { items: null } });
    expect(plain.errors).toMatchObject([{ path: ['dataset', 'items'], extensions: { code: 'NOT_FOUND' } }]);

    const variables = { id, versionRef: newest.id, first: 100 };
    const { dataset } = dataOf(await gateway.query(ListItemsOfDatasetDocument, variables));
    expect(dataset?.items?.nodes).toEqual(expectedItems(id, newest));
    expect(dataset?.items?.totalCount).toBe(newest.content.datapoints.length);
  });

  it('have their newest version as the current one where a plain read of an undeployed one gives that', async () => {
    gateway.sandbox.humanloop.switches.undeployedRead = 'latest';
    const file = present(
      files().find((one) => deployed(one, 'default') === undefined && one.versions.length > 1),
    );
    const newest = present(file.versions.at(-1)).id;
    const id = await idOfFile(file);
    const { dataset } = dataOf(await gateway.query(ReadDatasetDocument, { id }));
    expect(dataset?.currentVersion).toMatchObject({ ref: newest, isCurrent: true });
    expect(dataset?.latestVersion).toEqual(dataset?.currentVersion);
    const { dataset: listed } = dataOf(await gateway.query(ListDatasetVersionsDocument, { id }));
    expect(listed?.versions?.nodes.map(({ ref, isCurrent }) => [ref, isCurrent])).toEqual(
      file.versions.toReversed().map((version) => [version.id, version.id === newest]),
    );
  });

  it.each(['newest-first', 'oldest-first'] as const)(
    'list all their versions newest first, when Humanloop lists them %s',
    async (versionsOrder) => {
      gateway.sandbox.humanloop.switches.versionsOrder = versionsOrder;
      const file = fileNamed(manyVersions);
      const id = await idOfFile(file);
      const pages = await readPages(async (after) => {
        const answer = await gateway.query(ListDatasetVersionsDocument, { id, first: 25, after });
        return present(dataOf(answer).dataset?.versions);
      });
      expect(pages.map(({ nodes }) => nodes.length)).toEqual([25, 25, file.versions.length - 50]);
      expect(pages.flatMap(({ nodes }) => nodes)).toEqual(
        file.versions.toReversed().map((version) => expectedVersion(id, file, version)),
      );
    },
  );

  it('give the items of every version without restoring or deploying it', async () => {
    const file = fileNamed(manyItems);
    const id = await idOfFile(file);
    const deployments = new Map(file.deployments);
    gateway.received('humanloop');
    for (const version of file.versions) {
      const byArgument = await readPages(async (after) => {
        const variables = { id, versionRef: version.id, first: 60, after };
        return present(dataOf(await gateway.query(ListItemsOfDatasetDocument, variables)).dataset?.items);
      });
      const items = byArgument.flatMap(({ nodes }) => nodes);
      expect(items).toEqual(expectedItems(id, version));
      expect(byArgument.every(({ totalCount }) => totalCount === items.length)).toBe(true);

      const byVersion = await readPages(async (after) => {
        const variables = { id, ref: version.id, first: 100, after };
        const answer = await gateway.query(ListItemsOfVersionDocument, variables);
        return present(dataOf(answer).dataset?.version?.items);
      });
      expect(byVersion.flatMap(({ nodes }) => nodes)).toEqual(items);
    }
    expect(gateway.received('humanloop').filter((request) => !request.startsWith('GET '))).toEqual([]);
    expect(file.deployments).toEqual(deployments);
  });

  it('list the items of a plain read through the root field too', async () => {
    const file = present(files().find((one) => deployed(one, 'default') !== undefined));
    const id = await idOfFile(file);
    const variables = { first: 100, filter: { datasetId: id } };
    const { datasetItems } = dataOf(await gateway.query(ListDatasetItemsDocument, variables));
    expect(datasetItems?.nodes).toEqual(expectedItems(id, present(deployed(file, 'default'))));
  });

  it('give a version by its id, and NOT_FOUND for that of another dataset', async () => {
    const file = fileNamed(manyItems);
    const id = await idOfFile(file);
    const version = present(file.versions[2]);
    const read = dataOf(await gateway.query(ReadDatasetVersionDocument, { id, ref: version.id }));
    expect(read.dataset?.version).toEqual({
      ...expectedVersion(id, file, version),
      dataset: { id, name: manyItems },
    });

    const foreign = present(fileNamed(manyVersions).versions[0]).id;
    for (const ref of [foreign, 'dsv_doesNotExist', '3', '../../files']) {
      const answer = await gateway.query(ReadDatasetVersionDocument, { id, ref });
      expect(answer.data).toEqual({ dataset: { version: null } });
      expect(answer.errors).toMatchObject([
        { path: ['dataset', 'version'], extensions: { code: 'NOT_FOUND' } },
      ]);
    }
  });

  it('read an item by the id that it has in a version', async () => {
    const file = fileNamed(manyItems);
    const id = await idOfFile(file);
    const version = present(file.versions[0]);
    const variables = { id, versionRef: version.id, first: 100, after: null };
    const first = dataOf(await gateway.query(ListItemsOfDatasetDocument, variables)).dataset?.items;
    const last = present(first?.nodes.at(-1));
    const { datasetItem } = dataOf(await gateway.query(ReadDatasetItemDocument, { id: last.id }));
    expect(datasetItem).toEqual({ ...last, dataset: { id, name: manyItems } });
  });
});
