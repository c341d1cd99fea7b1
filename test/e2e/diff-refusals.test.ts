import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { replaceAt, spoil } from '../support/spoil.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { vendorsUnderTest } from '../support/vendor-failures.ts';
import { diff, type VersionInput } from './diffing.ts';
import { dataOf, idOf, present } from './reading.ts';
import { succeed } from './writing.ts';
import { makeDataset } from './written-datasets.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
let ids: KnownIds;
beforeAll(async () => {
  gateway = await startTestGateway();
  ids = await readKnownIds(gateway);
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  for (const { key } of vendorsUnderTest) gateway.received(key);
});
afterEach(() => {
  for (const { key } of vendorsUnderTest) gateway.sandbox[key].server.faults.clear();
});

async function expectRefused(base: VersionInput, head: VersionInput, expected: object): Promise<void> {
  const { data, errors } = await diff(gateway, base, head);
  expect(data).toEqual({ datasetDiff: null });
  expect(errors).toHaveLength(1);
  expect(at(errors, 0)).toMatchObject({ path: ['datasetDiff'], ...expected });
}

function expectNoCalls(): void {
  for (const { key } of vendorsUnderTest) expect(gateway.received(key)).toEqual([]);
}

describe('a diff that cannot be', () => {
  it('says which argument is wrong, and asks nothing of a vendor', async () => {
    const good = (): VersionInput => ({ datasetId: ids.datadogDataset });
    const wrong: readonly (readonly [VersionInput, string, string | undefined])[] = [
      [{ datasetId: 'nonsense' }, 'datasetId', 'INVALID_ID'],
      [{ datasetId: ids.datadogPrompt }, 'datasetId', 'WRONG_KIND'],
      [{ datasetId: ids.datadogDatasetVersion }, 'datasetId', 'WRONG_KIND'],
      [{ datasetId: ids.humanloopDataset, versionRef: ' ' }, 'versionRef', undefined],
      [{ datasetId: ids.humanloopDataset, versionRef: 'x'.repeat(1_001) }, 'versionRef', undefined],
    ];
    for (const [input, member, code] of wrong) {
      const issue = (side: string) => ({
        extensions: {
          code: 'INVALID_INPUT',
          issues: [{ path: [side, member], ...(code === undefined ? {} : { code }) }],
        },
      });
      await expectRefused(input, good(), issue('base'));
      await expectRefused(good(), input, issue('head'));
    }
    expectNoCalls();
  });

  it('of a version where there are none names the vendors that have them, and asks none', async () => {
    const versioned = { datasetId: ids.posthogDataset, versionRef: '1' };
    const expected = {
      message: expect.stringMatching(/PostHog keeps no versions.*Datadog and Humanloop do/),
      extensions: { code: 'UNSUPPORTED', vendor: 'POSTHOG' },
    };
    await expectRefused(versioned, { datasetId: ids.datadogDataset }, expected);
    await expectRefused({ datasetId: ids.humanloopDataset }, versioned, expected);
    expectNoCalls();
  });

  it.each([
    ['datadogDataset', '4711', /`head`: .*no version 4711/],
    ['datadogDataset', 'latest', /`head`: .*no version latest/],
    ['humanloopDataset', 'dsv_0', /`head`: .*no such version/],
  ] as const)('says of which side a version of %s is not there: %s', async (of, versionRef, message) => {
    await expectRefused(
      { datasetId: ids[of] },
      { datasetId: ids[of], versionRef },
      { message: expect.stringMatching(message), extensions: { code: 'NOT_FOUND' } },
    );
  });

  it('says that a dataset is gone', async () => {
    for (const vendor of ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const) {
      const { id: datasetId } = await makeDataset(gateway, vendor, ['one']);
      await succeed(gateway, 'deleteDataset', { datasetId });
      await expectRefused(
        { datasetId },
        { datasetId: ids.posthogDataset },
        { message: expect.stringMatching(/^`base`: /), extensions: { code: 'NOT_FOUND' } },
      );
    }
  });
});

describe('a vendor that fails', () => {
  const trouble = { type: 'answer', status: 500, body: '{}' } as const;

  it.each(vendorsUnderTest)('costs the diff, and nothing beside it: $vendor', async ({ key, vendor }) => {
    const other = key === 'datadog' ? ids.humanloopDataset : ids.datadogDataset;
    const failing = ids[`${key}Dataset`];
    gateway.sandbox[key].server.faults.add({
      path: 'records|datapoints|dataset_items',
      effect: trouble,
    });
    const document = `query ($base: DatasetVersionInput!, $head: DatasetVersionInput!, $id: ID!) {
      datasetDiff(base: $base, head: $head) { addedCount entries { nodes { kind } } }
      dataset(id: $id) { id }
    }`;
    const answer = await gateway.query<object, object>(document, {
      base: { datasetId: other },
      head: { datasetId: failing },
      id: failing,
    });
    expect(answer.data).toEqual({ datasetDiff: null, dataset: { id: failing } });
    expect(answer.errors).toMatchObject([
      { path: ['datasetDiff'], extensions: { code: 'SOURCE_UNAVAILABLE', vendor, httpStatus: 500 } },
    ]);
  });

  it('costs only the version of a side where the items are there', async () => {
    const { id, latestRef } = await makeDataset(gateway, 'HUMANLOOP', ['one']);
    gateway.sandbox.humanloop.server.faults.add({
      path: '/datasets/ds_\\w+(\\?|$)',
      effect: trouble,
    });
    const named = { datasetId: id, versionRef: latestRef };
    const { data, errors } = await diff(gateway, named, named);
    expect(data.datasetDiff).toMatchObject({ base: null, head: null, unchangedCount: 1, entries: {} });
    expect(errors?.map(({ path }) => path)).toEqual([
      ['datasetDiff', 'base'],
      ['datasetDiff', 'head'],
    ]);
    for (const { extensions } of present(errors)) {
      expect(extensions).toMatchObject({ code: 'SOURCE_UNAVAILABLE', vendor: 'HUMANLOOP' });
    }
  });

  it('by one row that cannot be read is named, since without it the diff would be wrong', async () => {
    const base = { datasetId: ids.posthogDataset };
    const head = { datasetId: ids.datadogDataset };
    const ask = () => diff(gateway, base, head);
    await spoil(gateway, 'posthog', /dataset_items/, ask, (json) =>
      replaceAt(json, 'results[0].ref_timestamp', { bad: ['bad'] }),
    );
    await expectRefused(base, head, {
      message: expect.stringContaining('ref_timestamp'),
      extensions: { code: 'SOURCE_CONTRACT_VIOLATION', vendor: 'POSTHOG' },
    });
  });
});

describe('a large version', () => {
  /** A Humanloop dataset whose newest version has so many items. */
  async function large(own: TestGateway, count: number): Promise<string> {
    const { state } = own.sandbox.humanloop;
    const [file] = [...state.acme.datasets.values()];
    const { id } = present(file);
    state.createDatasetVersion(id, {
      datapoints: Array.from({ length: count }, (_, index) => ({ inputs: { question: `number ${index}` } })),
      action: 'set',
    });
    return idOf(own, { vendor: 'HUMANLOOP', kind: 'DATASET', vendorId: id });
  }

  async function newestRef(own: TestGateway, id: string): Promise<string> {
    const document = 'query ($id: ID!) { dataset(id: $id) { latestVersion { ref } } }';
    type Data = { dataset: { latestVersion: { ref: string } } };
    return dataOf(await own.query<Data, object>(document, { id })).dataset.latestVersion.ref;
  }

  it('is read by the thousand, up to the ceiling of items', async () => {
    const datasetId = await large(gateway, 10_000);
    const head = { datasetId, versionRef: await newestRef(gateway, datasetId) };
    const base = { datasetId: ids.posthogDataset };
    for (const { key } of vendorsUnderTest) gateway.received(key);
    const answer = await diff(gateway, base, head, { first: 3 });
    const shown = present(dataOf(answer).datasetDiff);
    expect(shown.addedCount).toBe(10_000);
    expect(shown.entries?.nodes).toHaveLength(3);
    const calls = gateway.received('humanloop').filter((request) => request.includes('/datapoints'));
    // Each page but the first begins with the row that the one before ended with, which may take a call of its own.
    expect(calls.length).toBeLessThanOrEqual(20);
  });

  it('of more items than that is refused as soon as that is known', async () => {
    const datasetId = await large(gateway, 10_001);
    const head = { datasetId, versionRef: await newestRef(gateway, datasetId) };
    for (const { key } of vendorsUnderTest) gateway.received(key);
    await expectRefused({ datasetId: ids.posthogDataset }, head, {
      message: expect.stringMatching(/`head` has more than the 10000 items.*\/export\/datasets/),
      extensions: { code: 'QUERY_TOO_EXPENSIVE', limit: 10_000 },
    });
    // The vendor tells at once how many there are.
    expect(gateway.received('humanloop').filter((request) => request.includes('/datapoints'))).toHaveLength(
      1,
    );
  });

  it('is within what one operation may ask', async () => {
    const own = await startTestGateway({ environment: { MAX_UPSTREAM_CALLS: '4' } });
    try {
      const datasetId = await large(own, 5_000);
      const versionRef = await newestRef(own, datasetId);
      const { data, errors } = await diff(own, { datasetId, versionRef }, { datasetId, versionRef });
      expect(data).toEqual({ datasetDiff: null });
      expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_EXPENSIVE', limit: 4 } }]);
    } finally {
      await own.dispose();
    }
  });
});
