import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { present } from './reading.ts';
import { pathsOf, refused, succeed, takeWrites } from './writing.ts';
import { freshName, itemOf, makeDataset, readItems, textsOf } from './written-datasets.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

interface Dataset {
  readonly id: string;
  readonly vendorId: string;
  readonly name: string;
  readonly description: string | null;
  readonly latestVersion: { readonly ref: string; readonly itemCount: number | null } | null;
}
const selection = 'datasetId dataset { id vendorId name description latestVersion { ref itemCount } }';

describe('moveDataset', () => {
  async function move(datasetId: string, to: object): Promise<string> {
    const { dataset } = await succeed<{ dataset: Dataset | null }>(
      gateway,
      'moveDataset',
      { datasetId, ...to },
      selection,
    );
    expect(dataset?.id).toBe(datasetId);
    return gateway.sandbox.humanloop.state.dataset(present(dataset).vendorId).path;
  }

  it('takes a dataset of Humanloop to another directory, renames it there, does both, and takes it to the top', async () => {
    const name = freshName('Moved');
    const { id } = await makeDataset(gateway, 'HUMANLOOP', ['a', 'b'], name);
    expect(await move(id, { directoryPath: 'Moved/Here' })).toBe(`Moved/Here/${name}`);
    expect(await move(id, { name: `${name}!` })).toBe(`Moved/Here/${name}!`);
    expect(await move(id, { directoryPath: '/Moved/There/', name })).toBe(`Moved/There/${name}`);
    expect(await move(id, { directoryPath: '' })).toBe(name);
    expect(textsOf(await readItems(gateway, id))).toEqual(['a', 'b']);
  });

  it('refuses a place that is taken, and gives what is there', async () => {
    const name = freshName('Place');
    const { id: holder } = await makeDataset(gateway, 'HUMANLOOP', ['a'], name);
    const { id } = await makeDataset(gateway, 'HUMANLOOP', ['b']);
    for (const to of [{ name }, { directoryPath: '', name }]) {
      const told = await refused(gateway, 'moveDataset', { datasetId: id, ...to });
      expect(told).toMatchObject({ __typename: 'AlreadyExistsError', existing: { id: holder } });
    }
  });

  it.each([
    ['no place', {}, 'input'],
    ['null for a place', { directoryPath: null, name: null }, 'input'],
    ['a blank name', { name: '  ' }, 'input.name'],
    ['a name with a slash', { name: 'a/b' }, 'input.name'],
    ['a folder without a name', { directoryPath: 'a//b' }, 'input.directoryPath'],
    ['a folder of blanks', { directoryPath: 'a/ /b' }, 'input.directoryPath'],
  ])('refuses %s', async (_what, to, path) => {
    const { id } = await makeDataset(gateway, 'HUMANLOOP', ['a']);
    takeWrites(gateway);
    const told = await refused(gateway, 'moveDataset', { datasetId: id, ...to });
    expect(told.__typename).toBe('InvalidInputError');
    expect(pathsOf(told)).toEqual([path]);
    expect(takeWrites(gateway)).toEqual([]);
  });

  it.each(['DATADOG', 'POSTHOG'] as const)(
    'says at %s that there are no directories, and who has them',
    async (vendor) => {
      const { id } = await makeDataset(gateway, vendor, ['a']);
      const told = await refused(gateway, 'moveDataset', { datasetId: id, directoryPath: 'x' });
      expect(told).toMatchObject({ __typename: 'UnsupportedError', vendor });
      expect(told.message).toContain('Humanloop can');
    },
  );
});

describe('cloneDataset', () => {
  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'copies the newest items of a dataset of %s, which stays as it is',
    async (vendor) => {
      const { id, latestRef } = await makeDataset(gateway, vendor, ['a', 'b']);
      await succeed(gateway, 'editDatasetItems', {
        datasetId: id,
        add: [itemOf('c')],
        expectedRef: latestRef,
      });
      const name = freshName('Copy');
      const { dataset } = await succeed<{ dataset: Dataset | null }>(
        gateway,
        'cloneDataset',
        { datasetId: id, name },
        selection,
      );
      const copy = present(dataset);
      expect(copy).toMatchObject({ name });
      expect(copy.id).not.toBe(id);
      expect(textsOf(await readItems(gateway, copy.id))).toEqual(['a', 'b', 'c']);
      await succeed(gateway, 'editDatasetItems', { datasetId: copy.id, add: [itemOf('d')] });
      expect(textsOf(await readItems(gateway, id, present(latestRef)))).toEqual(['a', 'b']);
      const latest = await gateway.query<{ dataset: Dataset }, object>(
        'query ($id: ID!) { dataset(id: $id) { latestVersion { ref itemCount } } }',
        { id },
      );
      expect(textsOf(await readItems(gateway, id, present(latest.data.dataset.latestVersion).ref))).toEqual([
        'a',
        'b',
        'c',
      ]);
    },
  );

  it('gives the copy a description of its own at Datadog', async () => {
    const { id } = await makeDataset(gateway, 'DATADOG', ['a']);
    const input = { datasetId: id, name: freshName('Described'), description: 'The copy' };
    const { dataset } = await succeed<{ dataset: Dataset | null }>(gateway, 'cloneDataset', input, selection);
    expect(dataset).toMatchObject({ description: 'The copy' });
  });

  it('refuses a description at Humanloop', async () => {
    const { id } = await makeDataset(gateway, 'HUMANLOOP', ['a']);
    takeWrites(gateway);
    const told = await refused(gateway, 'cloneDataset', {
      datasetId: id,
      name: freshName('C'),
      description: 'd',
    });
    expect(pathsOf(told)).toEqual(['input.description']);
    expect(takeWrites(gateway)).toEqual([]);
  });

  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'refuses a name that is taken at %s, and gives who has it',
    async (vendor) => {
      const name = freshName('Original');
      const { id } = await makeDataset(gateway, vendor, ['a'], name);
      takeWrites(gateway);
      const told = await refused(gateway, 'cloneDataset', { datasetId: id, name });
      expect(told).toMatchObject({
        __typename: 'AlreadyExistsError',
        existing: { __typename: 'Dataset', id },
      });
      expect(takeWrites(gateway)).toEqual([]);
    },
  );

  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'makes one copy of two that are asked for at once at %s',
    async (vendor) => {
      const { id } = await makeDataset(gateway, vendor, ['a']);
      const name = freshName('Copied once');
      const clone = (): Promise<string> =>
        succeed(gateway, 'cloneDataset', { datasetId: id, name }).then(
          () => 'copied',
          (error: unknown) => String(error),
        );
      const results = await Promise.all([clone(), clone()]);
      expect(results.filter((result) => result === 'copied')).toHaveLength(1);
      expect(results.join(' ')).toContain('AlreadyExistsError');
    },
  );

  it('says at PostHog that there are no clones, and who has them', async () => {
    const { id } = await makeDataset(gateway, 'POSTHOG', ['a']);
    const told = await refused(gateway, 'cloneDataset', { datasetId: id, name: 'Copy' });
    expect(told).toMatchObject({ __typename: 'UnsupportedError', vendor: 'POSTHOG' });
    expect(told.message).toMatch(/Datadog.*Humanloop/);
  });
});
