import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { present } from './reading.ts';
import { pathsOf, refused, succeed, takeWrites } from './writing.ts';
import {
  datasetVendors,
  freshName,
  itemOf,
  placeOf,
  projectId,
  readItems,
  textsOf,
} from './written-datasets.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

interface Created {
  readonly datasetId: string;
  readonly created: boolean | null;
  readonly dataset: {
    readonly id: string;
    readonly vendorId: string;
    readonly name: string;
    readonly description: string | null;
    readonly metadata: unknown;
  } | null;
}
const selection = 'datasetId created dataset { id vendorId name description metadata }';

function create(input: object): Promise<Created> {
  return succeed<Created>(gateway, 'createDataset', input, selection);
}

describe.each(datasetVendors)('createDataset at %s', (vendor) => {
  it('makes an empty dataset, says that it is new, and reads it back', async () => {
    const name = freshName('Empty');
    const { datasetId, created, dataset } = await create({ ...(await placeOf(gateway, vendor)), name });
    expect(created).toBe(true);
    expect(dataset).toMatchObject({ id: datasetId, name });
    expect(await readItems(gateway, datasetId)).toEqual([]);
  });

  it('makes a dataset with items in one mutation', async () => {
    const input = {
      ...(await placeOf(gateway, vendor)),
      name: freshName('Full'),
      items: ['a', 'b', 'c'].map(itemOf),
    };
    const { datasetId } = await create(input);
    const items = await readItems(gateway, datasetId);
    expect(textsOf(items)).toEqual(['a', 'b', 'c']);
    expect(items.map(({ expectedOutput }) => expectedOutput)).toContainEqual({ answer: 'about b' });
  });

  it('shows the new dataset first in the list that is read next', async () => {
    const { datasetId } = await create({ ...(await placeOf(gateway, vendor)), name: freshName('Listed') });
    const { data } = await gateway.query<{ datasets: { nodes: { id: string }[] } }, object>(
      'query ($vendors: [Vendor!]) { datasets(first: 1, filter: { vendors: $vendors }) { nodes { id } } }',
      { vendors: [vendor] },
    );
    expect(data.datasets.nodes).toEqual([{ id: datasetId }]);
  });
});

describe('createDataset at Datadog', () => {
  it('keeps description and metadata', async () => {
    const input = {
      name: freshName('Described'),
      description: 'What it is',
      metadata: { team: 'evals', size: 3 },
    };
    const { dataset } = await create({ vendor: 'DATADOG', projectId: await projectId(gateway), ...input });
    expect(dataset).toMatchObject(input);
    const kept = gateway.sandbox.datadog.state.dataset('acme', present(dataset).vendorId);
    expect(kept).toMatchObject({ ...input, currentVersion: 0 });
  });

  it('gives the dataset of that name if there is one, says so, and writes nothing', async () => {
    const input = { ...(await placeOf(gateway, 'DATADOG')), name: freshName('Twice'), description: 'Kept' };
    const first = await create(input);
    takeWrites(gateway);
    const second = await create(input);
    expect(second).toEqual({ ...first, created: false });
    expect(await create({ ...input, description: undefined })).toEqual({ ...first, created: false });
    expect(takeWrites(gateway)).toEqual([]);
  });

  it.each([
    ['items', { items: [itemOf('new')] }],
    ['another description', { description: 'Other' }],
    ['other metadata', { metadata: { other: true } }],
  ])('refuses a name that is taken when %s would be lost, and gives what is there', async (_what, more) => {
    const place = await placeOf(gateway, 'DATADOG');
    const name = freshName('Taken');
    const { datasetId } = await create({ ...place, name, description: 'Here', items: [itemOf('old')] });
    takeWrites(gateway);
    const told = await refused(gateway, 'createDataset', { ...place, name, ...more });
    expect(told).toMatchObject({
      __typename: 'AlreadyExistsError',
      code: 'ALREADY_EXISTS',
      existing: { __typename: 'Dataset', id: datasetId },
    });
    expect(told.message).toContain(name);
    expect(takeWrites(gateway)).toEqual([]);
    expect(textsOf(await readItems(gateway, datasetId))).toEqual(['old']);
  });

  it('takes the name of a dataset of another project', async () => {
    const name = freshName('In two projects');
    const other = gateway.sandbox.datadog.state.project('acme', 'support-assistant');
    const first = await create({ ...(await placeOf(gateway, 'DATADOG')), name });
    const { data } = await gateway.query<{ resource: { id: string } }, object>(
      'query ($ref: VendorRef!) { resource(ref: $ref) { id } }',
      { ref: { vendor: 'DATADOG', kind: 'PROJECT', vendorId: other.id } },
    );
    const second = await create({ vendor: 'DATADOG', projectId: data.resource.id, name });
    expect(second.created).toBe(true);
    expect(second.datasetId).not.toBe(first.datasetId);
  });

  it('needs a project, and one of its own that is there', async () => {
    const input = { vendor: 'DATADOG', name: freshName('Homeless') };
    const without = await refused(gateway, 'createDataset', input);
    expect(without).toMatchObject({ __typename: 'InvalidInputError' });
    expect(pathsOf(without)).toEqual(['input.projectId']);
    const nowhere = Buffer.from('datadog:pj:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e9999').toString('base64url');
    const absent = await refused(gateway, 'createDataset', { ...input, projectId: nowhere });
    expect(absent).toMatchObject({ __typename: 'NotFoundError' });
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('createDataset at Humanloop', () => {
  it('puts it under the directory, which need not be there before', async () => {
    const name = freshName('Under a directory');
    const { dataset } = await create({ vendor: 'HUMANLOOP', name, directoryPath: '/Made/By tests/' });
    expect(dataset?.name).toBe(name);
    expect(gateway.sandbox.humanloop.state.dataset(present(dataset).vendorId).path).toBe(
      `Made/By tests/${name}`,
    );
  });

  it('gives what is there when it holds the same items, and refuses the name when it does not', async () => {
    const input = { vendor: 'HUMANLOOP', name: freshName('Again'), items: [itemOf('x'), itemOf('y')] };
    const first = await create(input);
    takeWrites(gateway);
    expect(await create(input)).toEqual({ ...first, created: false });
    const told = await refused(gateway, 'createDataset', { ...input, items: [itemOf('z')] });
    expect(told).toMatchObject({
      __typename: 'AlreadyExistsError',
      existing: { __typename: 'Dataset', id: first.datasetId },
    });
    expect(takeWrites(gateway)).toEqual([]);
  });

  it.each([
    ['description', { description: 'no' }],
    ['metadata', { metadata: { no: true } }],
  ])('refuses %s, which it could not keep', async (field, more) => {
    const input = { vendor: 'HUMANLOOP', name: freshName('Refused'), ...more };
    expect(pathsOf(await refused(gateway, 'createDataset', input))).toEqual([`input.${field}`]);
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('createDataset at PostHog', () => {
  it('makes a second dataset of a name, since names are no one key there', async () => {
    const input = {
      vendor: 'POSTHOG',
      name: freshName('Namesake'),
      description: 'd',
      metadata: { a: [1, null] },
    };
    const [first, second] = [await create(input), await create(input)];
    expect(first.datasetId).not.toBe(second.datasetId);
    expect(second).toMatchObject({
      created: true,
      dataset: { description: 'd', metadata: { a: [1, null] } },
    });
  });
});

describe('a creation that stops between the dataset and its items', () => {
  it.each([
    ['DATADOG', 'batch_update', 'made the dataset'],
    ['POSTHOG', 'dataset_items', 'created'],
  ] as const)('says at %s that the dataset is there and its items may not be', async (vendor, path, step) => {
    const { faults } = gateway.sandbox[vendor === 'DATADOG' ? 'datadog' : 'posthog'].server;
    faults.add({ method: 'POST', path, effect: { type: 'reset-before' } });
    const input = {
      ...(await placeOf(gateway, vendor)),
      name: freshName('Half'),
      items: ['a', 'b'].map(itemOf),
    };
    const told = await refused(gateway, 'createDataset', input);
    faults.clear();
    expect(told).toMatchObject({
      __typename: 'PartialWriteError',
      code: 'PARTIAL_WRITE',
      completedSteps: [expect.stringContaining(step)],
      addedCount: 0,
      unknownCount: 2,
      failures: [
        { path: ['items', '0'], code: 'OUTCOME_UNKNOWN' },
        { path: ['items', '1'], code: 'OUTCOME_UNKNOWN' },
      ],
    });
    expect(await readItems(gateway, present(told.writtenTo))).toEqual([]);
  });
});

describe('a name', () => {
  it.each(datasetVendors)(
    'may hold what stands for something in addresses and queries, at %s',
    async (vendor) => {
      const name = `${freshName('A & B?')} #1 100% "quoted" 'it' +x=y; ü 🎉`;
      const input = { ...(await placeOf(gateway, vendor)), name };
      const { datasetId, dataset } = await create(input);
      expect(dataset?.name).toBe(name);
      if (vendor === 'POSTHOG') return;
      expect(await create(input)).toMatchObject({ datasetId, created: false });
    },
  );

  it('is not taken by a longer one of which it is a part', async () => {
    const { switches } = gateway.sandbox.datadog;
    switches.nameFilter = 'contains';
    try {
      const place = await placeOf(gateway, 'DATADOG');
      const name = freshName('Part');
      await create({ ...place, name: `${name} and more` });
      expect(await create({ ...place, name })).toMatchObject({ created: true, dataset: { name } });
    } finally {
      switches.nameFilter = 'exact';
    }
  });
});

describe('two creations of one name at the same time', () => {
  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'make one dataset at %s, with the items of one of them',
    async (vendor) => {
      const place = await placeOf(gateway, vendor);
      const name = freshName('Raced');
      const inputs = ['left', 'right'].map((text) => ({ ...place, name, items: [itemOf(text)] }));
      const results = await Promise.allSettled(inputs.map(create));
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(won).toHaveLength(1);
      expect(won[0]?.created).toBe(true);
      const lost = results.find((result) => result.status === 'rejected');
      expect(String(lost?.reason)).toContain('AlreadyExistsError');
      expect(await readItems(gateway, present(won[0]).datasetId)).toHaveLength(1);
    },
  );
});
