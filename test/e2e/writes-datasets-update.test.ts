import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { dataOf, posthogProject, present } from './reading.ts';
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

interface Told {
  readonly name: string;
  readonly description: string | null;
  readonly metadata: unknown;
}

function update(datasetId: string, patch: object): Promise<Told> {
  return succeed<{ dataset: Told | null }>(
    gateway,
    'updateDataset',
    { datasetId, ...patch },
    'datasetId dataset { name description metadata }',
  ).then(({ dataset }) => present(dataset));
}

async function make(vendor: 'DATADOG' | 'POSTHOG', about: object): Promise<{ id: string; vendorId: string }> {
  const input = { ...(await placeOf(gateway, vendor)), name: freshName('Changed'), ...about };
  const made = await succeed<{ datasetId: string; dataset: { vendorId: string } }>(
    gateway,
    'createDataset',
    input,
    'datasetId dataset { vendorId }',
  );
  return { id: made.datasetId, vendorId: made.dataset.vendorId };
}

/** What the vendor itself keeps of a dataset. */
function kept(vendor: 'DATADOG' | 'POSTHOG', vendorId: string): object {
  return vendor === 'DATADOG'
    ? gateway.sandbox.datadog.state.dataset('acme', vendorId)
    : present(posthogProject(gateway.sandbox).datasets.find(({ id }) => id === vendorId));
}

describe('updateDataset', () => {
  it.each(datasetVendors)('renames a dataset of %s under the same id', async (vendor) => {
    const { id } = await makeDataset(gateway, vendor);
    const name = freshName('Renamed');
    expect(await update(id, { name })).toMatchObject({ name });
    const { data } = await gateway.query<{ dataset: { name: string } }, object>(
      'query ($id: ID!) { dataset(id: $id) { name } }',
      { id },
    );
    expect(data.dataset).toEqual({ name });
  });

  it.each(['DATADOG', 'POSTHOG'] as const)(
    'leaves what is left out as it is, and clears what is null, at %s',
    async (vendor) => {
      const about = { description: 'Before', metadata: { step: 1, list: ['a'] } };
      const { id, vendorId } = await make(vendor, about);
      const name = freshName('Other');
      expect(await update(id, { name })).toEqual({ name, ...about });
      expect(await update(id, { metadata: { step: 2 } })).toEqual({
        name,
        description: 'Before',
        metadata: { step: 2 },
      });
      expect((await update(id, { description: null })).metadata).toEqual({ step: 2 });
      const nothing =
        vendor === 'DATADOG' ? { description: '', metadata: {} } : { description: null, metadata: null };
      expect(kept(vendor, vendorId)).toMatchObject({
        name,
        description: nothing.description,
        metadata: { step: 2 },
      });
      await update(id, { metadata: null });
      expect(kept(vendor, vendorId)).toMatchObject({ name, ...nothing });
    },
  );

  it.each(['DATADOG', 'POSTHOG'] as const)(
    'sends what was given and nothing else, in one write, at %s',
    async (vendor) => {
      const { id, vendorId } = await make(vendor, { description: 'Stays' });
      takeWrites(gateway);
      await update(id, { metadata: { only: 'this' } });
      const writes = takeWrites(gateway);
      expect(writes).toHaveLength(1);
      expect(writes[0]).toContain(`PATCH /api/`);
      expect(kept(vendor, vendorId)).toMatchObject({ description: 'Stays', metadata: { only: 'this' } });
    },
  );

  it('refuses at Humanloop what it keeps nowhere, with a place each, and does not even rename then', async () => {
    const { id, vendorId } = await makeDataset(gateway, 'HUMANLOOP');
    const { path } = gateway.sandbox.humanloop.state.dataset(vendorId);
    takeWrites(gateway);
    const told = await refused(gateway, 'updateDataset', {
      datasetId: id,
      name: 'New',
      description: 'd',
      metadata: {},
    });
    expect(told.__typename).toBe('InvalidInputError');
    expect(pathsOf(told)).toEqual(['input.description', 'input.metadata']);
    expect(takeWrites(gateway)).toEqual([]);
    expect(gateway.sandbox.humanloop.state.dataset(vendorId).path).toBe(path);
  });

  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'writes on the version that is expected, and on no other, at %s',
    async (vendor) => {
      const { id, latestRef } = await makeDataset(gateway, vendor);
      takeWrites(gateway);
      const wrong = vendor === 'DATADOG' ? '41' : 'dsv_0000000000000000000000';
      const told = await refused(gateway, 'updateDataset', {
        datasetId: id,
        name: 'Never',
        expectedRef: wrong,
      });
      expect(told).toMatchObject({
        __typename: 'VersionConflictError',
        expectedRef: wrong,
        currentRef: latestRef,
      });
      expect(takeWrites(gateway)).toEqual([]);
      const name = freshName('Expected');
      expect(await update(id, { name, expectedRef: latestRef })).toMatchObject({ name });
    },
  );

  it('refuses an expected version at PostHog, where there are none', async () => {
    const { id } = await makeDataset(gateway, 'POSTHOG');
    takeWrites(gateway);
    const told = await refused(gateway, 'updateDataset', { datasetId: id, name: 'Never', expectedRef: '1' });
    expect(pathsOf(told)).toEqual(['input.expectedRef']);
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('gives the dataset that has the name at Humanloop', async () => {
    const holder = freshName('Holder');
    const [first, second] = [
      await makeDataset(gateway, 'HUMANLOOP', ['a'], holder),
      await makeDataset(gateway, 'HUMANLOOP', ['b']),
    ];
    const told = await refused(gateway, 'updateDataset', { datasetId: second.id, name: holder });
    expect(told).toMatchObject({ __typename: 'AlreadyExistsError', existing: { id: first.id } });
  });

  it.each([
    ['no name', { name: null }, 'input.name'],
    ['a blank name', { name: ' \t' }, 'input.name'],
    ['nothing to change', {}, 'input'],
    ['nothing but an expected version', { expectedRef: '1' }, 'input'],
  ])('refuses %s at every vendor', async (_what, patch, path) => {
    for (const vendor of datasetVendors) {
      const { id } = await makeDataset(gateway, vendor, ['a']);
      takeWrites(gateway);
      const told = await refused(gateway, 'updateDataset', { datasetId: id, ...patch });
      expect(told.__typename).toBe('InvalidInputError');
      expect(pathsOf(told)).toEqual([path]);
      expect(takeWrites(gateway)).toEqual([]);
    }
  });

  it('leaves a dataset alone whose draft a colleague has opened, and says who has', async () => {
    const { id, vendorId } = await makeDataset(gateway, 'DATADOG');
    const { state } = gateway.sandbox.datadog;
    const dataset = state.dataset('acme', vendorId);
    state.lock(dataset, datadogCredentials.acme.ben.user);
    takeWrites(gateway);
    const told = await refused(gateway, 'updateDataset', { datasetId: id, name: 'Never' });
    expect(told).toMatchObject({
      __typename: 'DraftLockedError',
      heldBy: { kind: 'VENDOR', holder: { name: datadogCredentials.acme.ben.user.name } },
    });
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('is one field of several in an operation, each of which sees what the one before has written', async () => {
    const { id } = await makeDataset(gateway, 'POSTHOG');
    const { a, b } = dataOf(
      await gateway.query<Record<'a' | 'b', { dataset: Told }>, object>(
        `mutation ($id: ID!) {
          a: updateDataset(input: { datasetId: $id, name: "First", description: "one" }) {
            ... on UpdateDatasetSuccess { dataset { name description metadata } }
          }
          b: updateDataset(input: { datasetId: $id, name: "Second" }) {
            ... on UpdateDatasetSuccess { dataset { name description metadata } }
          }
        }`,
        { id },
      ),
    );
    expect(a.dataset).toMatchObject({ name: 'First', description: 'one' });
    expect(b.dataset).toMatchObject({ name: 'Second', description: 'one' });
  });
});
