import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { keyOf, parseId } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { posthogProject, present } from './reading.ts';
import { formOf, preflighted } from './uploading.ts';
import { mutationDocument, type Told } from './writing.ts';

const count = 10_000;
/** A gateway that holds a few copies of the largest edit runs; one that holds a copy for each step does not. */
const heapMiB = 96;

let sandbox: Sandbox;
let gateway: GatewayProcess;
beforeAll(async () => {
  sandbox = await startSandbox();
  gateway = await startGatewayProcess(sandbox.environment, heapMiB);
});
afterAll(async () => {
  await gateway.dispose();
  await sandbox.dispose();
});

async function ask<Data>(query: string, variables: object): Promise<Data> {
  const response = await fetch(`${gateway.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  // What a document selects is known to the test that wrote it.
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

async function run<Success>(name: string, input: object, selection: string): Promise<Told & Success> {
  const data = await ask<Record<string, Told & Success>>(mutationDocument(name, selection), { input });
  return present(data[name]);
}

/** About 600 bytes as JSON, each unlike the others. */
function item(index: number): object {
  return {
    input: { question: `Question ${index}: ${'where is my order? '.repeat(18)}` },
    expectedOutput: { answer: `Answer ${index}: ${'it is on its way. '.repeat(10)}` },
  };
}

function items(from: number, to: number): readonly object[] {
  return Array.from({ length: to - from }, (_, index) => item(from + index));
}

/** How many items a version has, counted at the vendor. */
function countAt(
  vendor: 'DATADOG' | 'HUMANLOOP',
  vendorId: string,
  versionRef: string | null,
): number | undefined {
  if (vendor === 'DATADOG') {
    return sandbox.datadog.state.dataset('acme', vendorId).versions.get(Number(versionRef))?.records.length;
  }
  const version = sandbox.humanloop.state.dataset(vendorId).versions.find(({ id }) => id === versionRef);
  return version?.content.datapoints.length;
}

/** The ids of the items of a version: reading them page by page would take longer than all else here. */
function idsAt(vendor: 'DATADOG' | 'HUMANLOOP', dataset: Made, versionRef: string | null): readonly string[] {
  const { parts } = parseId(dataset.datasetId, []).address;
  const source = sourceKey(vendor.toLowerCase());
  const rows =
    vendor === 'DATADOG'
      ? sandbox.datadog.state.dataset('acme', dataset.vendorId).versions.get(Number(versionRef))?.records
      : sandbox.humanloop.state.dataset(dataset.vendorId).versions.find(({ id }) => id === versionRef)
          ?.content.datapoints;
  return present(rows).map((row) => keyOf(source, 'DATASET_ITEM', ...parts, row.id).id);
}

interface Edited {
  readonly addedCount: number;
  readonly updatedCount: number;
  readonly removedCount: number;
  readonly versionRef: string | null;
}
const counts = 'addedCount updatedCount removedCount versionRef';

interface Made {
  readonly datasetId: string;
  readonly vendorId: string;
}

async function create(vendor: string, name = 'Large'): Promise<Made> {
  let place: object = {};
  if (vendor === 'DATADOG') {
    const { id } = sandbox.datadog.state.project('acme', 'meeting-summariser');
    const ref = { vendor, kind: 'PROJECT', vendorId: id };
    const document = 'query ($ref: VendorRef!) { resource(ref: $ref) { id } }';
    place = { projectId: (await ask<{ resource: { id: string } }>(document, { ref })).resource.id };
  }
  const input = { vendor, name, ...place };
  const { datasetId, dataset } = await run<{ datasetId: string; dataset: { vendorId: string } }>(
    'createDataset',
    input,
    'datasetId dataset { vendorId }',
  );
  return { datasetId, vendorId: dataset.vendorId };
}

describe(`an edit of ${count} items, in a gateway with ${heapMiB} MiB`, () => {
  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'is added, then changed, added to and taken from in one edit, at %s',
    { timeout: 120_000 },
    async (vendor) => {
      const { requests } = sandbox[vendor === 'DATADOG' ? 'datadog' : 'humanloop'].server;
      const dataset = await create(vendor);
      const { datasetId, vendorId } = dataset;
      requests.clear();
      const added = await run<Edited>('editDatasetItems', { datasetId, add: items(0, count) }, counts);
      expect(added).toMatchObject({ __typename: 'EditDatasetItemsSuccess', addedCount: count });
      const writes = requests.all.filter(({ method }) => method !== 'GET');
      expect(writes).toHaveLength(vendor === 'DATADOG' ? 10 : 1);
      expect(countAt(vendor, vendorId, added.versionRef)).toBe(count);

      const ids = idsAt(vendor, dataset, added.versionRef);
      const update = ids
        .slice(0, 5_000)
        .map((id, index) => ({ id, expectedOutput: { changed: `to ${index}` } }));
      const input = { datasetId, update, remove: ids.slice(5_000, 7_500), add: items(count, count + 2_500) };
      requests.clear();
      const edited = await run<Edited>(
        'editDatasetItems',
        { ...input, expectedRef: added.versionRef },
        counts,
      );
      expect(edited).toMatchObject({ addedCount: 2_500, updatedCount: 5_000, removedCount: 2_500 });
      expect(requests.all.filter(({ method }) => method !== 'GET')).toHaveLength(writes.length);
      expect(countAt(vendor, vendorId, edited.versionRef)).toBe(count);
      // One version for the whole edit, however many requests it took.
      if (vendor === 'DATADOG') expect([added.versionRef, edited.versionRef]).toEqual(['1', '2']);
    },
  );

  it('is a few hundred at PostHog, one by one, in the order given', { timeout: 60_000 }, async () => {
    const { datasetId, vendorId } = await create('POSTHOG');
    const { requests } = sandbox.posthog.server;
    requests.clear();
    const add = items(0, 400);
    const selection = `${counts} added { id input expectedOutput }`;
    const edited = await run<Edited & { added: readonly { id: string }[] }>(
      'editDatasetItems',
      { datasetId, add },
      selection,
    );
    expect(edited.addedCount).toBe(400);
    const { all } = requests;
    expect(all.filter(({ method }) => method !== 'GET')).toHaveLength(400);
    // The dataset is looked at before, and what was added is read back together.
    expect(all.filter(({ method }) => method === 'GET').length).toBeLessThan(5);
    expect(edited.added).toEqual(add.map((one) => ({ id: expect.any(String), ...one })));

    const ids = edited.added.map(({ id }) => id);
    const update = ids.slice(0, 150).map((id, index) => ({ id, metadata: { index } }));
    const changed = await run<Edited>(
      'editDatasetItems',
      { datasetId, update, remove: ids.slice(150, 350) },
      counts,
    );
    expect(changed).toMatchObject({ updatedCount: 150, removedCount: 200 });
    const left = posthogProject(sandbox).items.filter(({ dataset, versions }) => {
      return dataset.id === vendorId && versions.at(-1)?.deleted !== true;
    });
    expect(left).toHaveLength(200);
  });

  it('comes in a file and goes out in one', { timeout: 60_000 }, async () => {
    const { datasetId } = await create('DATADOG', 'Large file');
    const row = (index: number): string =>
      `"Question ${index}: ${'where, ""dear"" sir? '.repeat(18)}",Answer ${index}\n`;
    const csv = `input,expected_output\n${Array.from({ length: count }, (_, index) => row(index)).join('')}`;
    const form = formOf({ datasetId }, csv);
    const uploaded = await fetch(`${gateway.origin}/graphql`, {
      method: 'POST',
      headers: preflighted,
      body: form,
    });
    expect(await uploaded.json()).toMatchObject({
      data: { uploadDatasetCsv: { addedCount: count, rejected: [] } },
    });
    const exported = await (await fetch(`${gateway.origin}/export/datasets/${datasetId}.csv`)).text();
    expect(exported.trimEnd().split('\n')).toHaveLength(1 + count);
    expect(exported).toContain(row(count - 1).trimEnd());
  });
});
