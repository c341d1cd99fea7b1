import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { dataOf, posthogProject } from './reading.ts';
import { pathsOf, refused, succeed, takeWrites } from './writing.ts';
import { datasetVendors, freshName, makeDataset, placeOf } from './written-datasets.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

function isThere(vendor: (typeof datasetVendors)[number], vendorId: string): boolean {
  const { datadog, humanloop } = gateway.sandbox;
  switch (vendor) {
    case 'DATADOG':
      return [...datadog.state.tenant('acme').projects.values()].some(({ datasets }) =>
        datasets.has(vendorId),
      );
    case 'HUMANLOOP':
      return humanloop.state.acme.datasets.has(vendorId);
    case 'POSTHOG':
      return posthogProject(gateway.sandbox).datasets.some(
        ({ id, deleted }) => id === vendorId && deleted !== true,
      );
  }
}

describe('deleteDataset', () => {
  it.each(datasetVendors)(
    'takes a dataset of %s away: at the vendor, by id, and from its lists',
    async (vendor) => {
      const name = freshName('Gone');
      const { id, vendorId } = await makeDataset(gateway, vendor, ['a', 'b'], name);
      const { datasetId } = await succeed<{ datasetId: string }>(
        gateway,
        'deleteDataset',
        { datasetId: id },
        'datasetId',
      );
      expect(datasetId).toBe(id);
      expect(isThere(vendor, vendorId)).toBe(false);
      const byId = await gateway.query<{ dataset: unknown }, object>(
        'query ($id: ID!) { dataset(id: $id) { name } }',
        { id },
      );
      expect(byId.data.dataset).toBeNull();
      expect(byId.errors).toMatchObject([{ path: ['dataset'], extensions: { code: 'NOT_FOUND' } }]);
      const list = dataOf(
        await gateway.query<{ datasets: { nodes: { name: string }[] } }, object>(
          'query ($filter: DatasetFilter) { datasets(first: 25, filter: $filter) { nodes { name } } }',
          { filter: { vendors: [vendor] } },
        ),
      );
      expect(list.datasets.nodes.map((node) => node.name)).not.toContain(name);
    },
  );

  it.each(datasetVendors)('says of a dataset of %s that is gone that there is none', async (vendor) => {
    const { id } = await makeDataset(gateway, vendor, ['a']);
    await succeed(gateway, 'deleteDataset', { datasetId: id });
    takeWrites(gateway);
    for (const [name, more] of [
      ['deleteDataset', {}],
      ['updateDataset', { name: 'Never' }],
      ['editDatasetItems', { add: [{ input: { question: 'x' } }] }],
    ] as const) {
      const told = await refused(gateway, name, { datasetId: id, ...more });
      expect(told, name).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' });
      expect(told.message, name).toMatch(/dataset/i);
      expect(told.message, name).not.toMatch(/draft/i);
    }
    expect(takeWrites(gateway).filter((request) => !request.startsWith('DELETE'))).toEqual([]);
  });

  it.each(datasetVendors)('frees the name at %s for another dataset', async (vendor) => {
    const name = freshName('Free again');
    const { id } = await makeDataset(gateway, vendor, ['a'], name);
    await succeed(gateway, 'deleteDataset', { datasetId: id });
    const again = await succeed<{ datasetId: string; created: boolean }>(
      gateway,
      'createDataset',
      { ...(await placeOf(gateway, vendor)), name },
      'datasetId created',
    );
    expect(again.created).toBe(true);
    expect(again.datasetId).not.toBe(id);
  });

  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'deletes at %s only while the expected version is the newest',
    async (vendor) => {
      const { id, vendorId, latestRef } = await makeDataset(gateway, vendor);
      await succeed(gateway, 'editDatasetItems', { datasetId: id, add: [{ input: { question: 'new' } }] });
      const told = await refused(gateway, 'deleteDataset', { datasetId: id, expectedRef: latestRef });
      expect(told).toMatchObject({ __typename: 'VersionConflictError', expectedRef: latestRef });
      expect(isThere(vendor, vendorId)).toBe(true);
      await succeed(gateway, 'deleteDataset', { datasetId: id, expectedRef: told.currentRef });
      expect(isThere(vendor, vendorId)).toBe(false);
    },
  );

  it('refuses an expected version at PostHog', async () => {
    const { id } = await makeDataset(gateway, 'POSTHOG');
    const told = await refused(gateway, 'deleteDataset', { datasetId: id, expectedRef: '1' });
    expect(pathsOf(told)).toEqual(['input.expectedRef']);
  });

  it('leaves a dataset whose draft a colleague has opened', async () => {
    const { id, vendorId } = await makeDataset(gateway, 'DATADOG');
    const { state } = gateway.sandbox.datadog;
    state.lock(state.dataset('acme', vendorId), datadogCredentials.acme.ben.user);
    takeWrites(gateway);
    const told = await refused(gateway, 'deleteDataset', { datasetId: id });
    expect(told.__typename).toBe('DraftLockedError');
    expect(takeWrites(gateway)).toEqual([]);
    state.unlock(state.dataset('acme', vendorId));
    await succeed(gateway, 'deleteDataset', { datasetId: id });
    expect(isThere('DATADOG', vendorId)).toBe(false);
  });

  it.each(datasetVendors)(
    'told twice at once for %s, deletes once and says to the other that it is gone',
    async (vendor) => {
      const { id, vendorId } = await makeDataset(gateway, vendor, ['a']);
      takeWrites(gateway);
      const run = (): Promise<string> =>
        succeed(gateway, 'deleteDataset', { datasetId: id }).then(
          () => 'deleted',
          (error: unknown) => String(error),
        );
      const results = await Promise.all([run(), run()]);
      expect(results.filter((result) => result === 'deleted')).toHaveLength(1);
      expect(results.join(' ')).toContain('NotFoundError');
      expect(isThere(vendor, vendorId)).toBe(false);
    },
  );
});
