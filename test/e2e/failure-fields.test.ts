import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type VendorKey, vendorsUnderTest } from '../support/vendor-failures.ts';

type Tree = { readonly [member: string]: unknown };

let gateway: TestGateway;
let ids: KnownIds;

forbidUnhandledRejections();
beforeAll(async () => {
  gateway = await startTestGateway();
  ids = await readKnownIds(gateway);
});
afterAll(() => gateway.dispose());
afterEach(() => {
  for (const { key } of vendorsUnderTest) gateway.sandbox[key].server.faults.clear();
});

function fail(vendor: VendorKey, path: string): void {
  const headers = { 'x-request-id': 'req-9', 'content-type': 'text/html' };
  gateway.sandbox[vendor].server.faults.add({
    path,
    effect: { type: 'answer', status: 502, headers, body: '<html>' },
  });
}

const told = {
  code: 'SOURCE_UNAVAILABLE',
  httpStatus: 502,
  vendorRequestId: 'req-9',
  retryable: true,
};

interface OwnCall {
  readonly of: keyof KnownIds;
  readonly field: string;
  /** What is read of it. */
  readonly selection: string;
  readonly vendor: VendorKey;
  /** The vendor call that fails. */
  readonly path: string;
}

const list = '{ nodes { id } sourceErrors { code } }';

/** Every field that needs a vendor call of its own. */
const ownCalls: readonly OwnCall[] = [
  { of: 'datadogDataset', field: 'project', selection: '{ name }', vendor: 'datadog', path: '/projects\\?' },
  {
    of: 'datadogDataset',
    field: 'draftLock',
    selection: '{ since }',
    vendor: 'datadog',
    path: '/draft_state$',
  },
  { of: 'datadogDataset', field: 'versions', selection: list, vendor: 'datadog', path: '/versions$' },
  { of: 'datadogDataset', field: 'items', selection: list, vendor: 'datadog', path: '/records' },
  {
    of: 'humanloopDataset',
    field: 'latestVersion',
    selection: '{ id }',
    vendor: 'humanloop',
    path: '/versions$',
  },
  { of: 'humanloopDataset', field: 'versions', selection: list, vendor: 'humanloop', path: '/versions$' },
  { of: 'humanloopDataset', field: 'items', selection: list, vendor: 'humanloop', path: '/datapoints' },
  { of: 'posthogDataset', field: 'items', selection: list, vendor: 'posthog', path: '/dataset_items/' },
  { of: 'datadogPrompt', field: 'latestVersion', selection: '{ id }', vendor: 'datadog', path: '/versions' },
  { of: 'datadogPrompt', field: 'currentVersion', selection: '{ id }', vendor: 'datadog', path: '/versions' },
  { of: 'datadogPrompt', field: 'versions', selection: list, vendor: 'datadog', path: '/versions$' },
  {
    of: 'humanloopPrompt',
    field: 'latestVersion',
    selection: '{ id }',
    vendor: 'humanloop',
    path: '/versions$',
  },
  { of: 'humanloopPrompt', field: 'versions', selection: list, vendor: 'humanloop', path: '/versions$' },
  { of: 'posthogPrompt', field: 'versions', selection: list, vendor: 'posthog', path: 'offset|limit=25' },
  {
    of: 'datadogDatasetVersion',
    field: 'dataset',
    selection: '{ name }',
    vendor: 'datadog',
    path: 'filter%5Bid',
  },
  { of: 'datadogDatasetVersion', field: 'items', selection: list, vendor: 'datadog', path: '/records' },
  { of: 'datadogDatasetVersion', field: 'lastUsedAt', selection: '', vendor: 'datadog', path: '/versions$' },
  {
    of: 'humanloopDatasetVersion',
    field: 'items',
    selection: list,
    vendor: 'humanloop',
    path: '/datapoints',
  },
  { of: 'posthogItem', field: 'dataset', selection: '{ name }', vendor: 'posthog', path: '/datasets/' },
  { of: 'project', field: 'datasets', selection: list, vendor: 'datadog', path: '/datasets' },
];

describe('a field that needs a vendor call of its own', () => {
  it.each(ownCalls)('is null with an error, and its parent stands: $field of $of', async (call) => {
    const { field, selection } = call;
    const document = `query ($id: ID!) { node(id: $id) { id ... on ${typeOf(call.of)} { ${field} ${selection} } } }`;
    const id = ids[call.of];
    const before = await gateway.query<{ node: Tree }, object>(document, { id });
    expect(before.errors).toBeUndefined();

    fail(call.vendor, call.path);
    const answer = await gateway.query<{ node: Tree }, object>(document, { id });
    if (field === 'dataset' && call.of === 'datadogDatasetVersion') {
      // The version is known by its dataset's row alone: without it there is nothing to be the parent.
      expect(answer.data).toEqual({ node: null });
    } else {
      expect(answer.data).toEqual({ node: { id, [field]: null } });
      expect(answer.errors?.map(({ path }) => path)).toEqual([['node', field]]);
    }
    expect(at(answer.errors, 0).extensions).toMatchObject({ ...told, vendor: call.vendor.toUpperCase() });
    expect(at(answer.errors, 0).message).toContain('answered 502');

    gateway.sandbox[call.vendor].server.faults.clear();
    expect((await gateway.query(document, { id })).text).toBe(before.text);
  });

  it('is null for each row of a merged list where it failed, and for no other', async () => {
    const document = `{ datasets(first: 40) { nodes { id vendor draftLock { since } } sourceErrors { code } } }`;
    fail('datadog', '/draft_state$');
    const { data, errors } = await gateway.query<
      { datasets: { nodes: Tree[]; sourceErrors: Tree[] } },
      object
    >(document);
    expect(data.datasets.nodes).toHaveLength(40);
    expect(data.datasets.sourceErrors).toEqual([]);
    const failed = data.datasets.nodes.flatMap(({ vendor }, index) =>
      vendor === 'DATADOG' ? [['datasets', 'nodes', index, 'draftLock']] : [],
    );
    expect(failed.length).toBeGreaterThan(5);
    expect(errors?.map(({ path }) => path)).toEqual(failed);
    for (const error of errors ?? []) expect(error.extensions).toMatchObject({ ...told, vendor: 'DATADOG' });
  });

  it('is null for the one row whose call failed', async () => {
    const list = `query ($with: Boolean!) {
      datasets(first: 6, filter: { vendors: [DATADOG] }) { nodes { vendorId draftLock @include(if: $with) { since } } }
    }`;
    type Data = { datasets: { nodes: readonly { vendorId: string }[] } };
    const { data } = await gateway.query<Data, object>(list, { with: false });
    fail('datadog', `/${at(data.datasets.nodes, 4).vendorId}/draft_state$`);
    const answer = await gateway.query<Data, object>(list, { with: true });
    expect(answer.data.datasets.nodes).toHaveLength(6);
    expect(answer.errors?.map(({ path }) => path)).toEqual([['datasets', 'nodes', 4, 'draftLock']]);
  });

  it('tells of the environments of a dataset that could not be read', async () => {
    fail('humanloop', '/environments$');
    const document = `query ($id: ID!) {
      dataset(id: $id) { name details { ... on HumanloopDatasetDetails { path environments { environmentName } } } }
    }`;
    const { data, errors } = await gateway.query<{ dataset: Tree }, object>(document, {
      id: ids.humanloopDataset,
    });
    expect(data.dataset).toMatchObject({ details: { path: expect.any(String), environments: null } });
    expect(errors?.map(({ path }) => path)).toEqual([['dataset', 'details', 'environments']]);
    expect(at(errors, 0).extensions).toMatchObject({ ...told, vendor: 'HUMANLOOP' });
  });

  it.each([
    ['posthogPrompt', 'posthog', 'version_id='],
    ['datadogPrompt', 'datadog', '/versions/\\d+$'],
  ] as const)('tells which contents of the versions of %s are missing', async (of, vendor, path) => {
    fail(vendor, path);
    const document = `query ($id: ID!) {
      prompt(id: $id) { versions(first: 3) { nodes { ref content { __typename } } sourceErrors { code } } }
    }`;
    type Data = { prompt: { versions: { nodes: Tree[]; sourceErrors: Tree[] } } };
    const id = await promptWithVersions(of);
    const { data, errors } = await gateway.query<Data, object>(document, { id });
    const { nodes } = data.prompt.versions;
    expect(nodes.length).toBeGreaterThan(1);
    const missing = nodes.flatMap(({ content }, index) => (content === null ? [index] : []));
    expect(missing.length).toBeGreaterThan(0);
    expect(errors?.map((error) => error.path)).toEqual(
      missing.map((index) => ['prompt', 'versions', 'nodes', index, 'content']),
    );
    for (const error of errors ?? []) expect(error.extensions.code).toBe('SOURCE_UNAVAILABLE');
  });
});

describe('a read of one thing', () => {
  it.each(vendorsUnderTest)('is null with a typed error when $vendor fails', async ({ key, vendor }) => {
    fail(key, '');
    const document = `query ($dataset: ID!, $prompt: ID!) {
      dataset(id: $dataset) { name } prompt(id: $prompt) { name } node(id: $dataset) { id }
    }`;
    const { status, data, errors } = await gateway.query(document, {
      dataset: ids[`${key}Dataset`],
      prompt: ids[`${key}Prompt`],
    });
    expect(status).toBe(200);
    expect(data).toEqual({ dataset: null, prompt: null, node: null });
    expect(new Set(errors?.map(({ path }) => path?.join()))).toEqual(new Set(['dataset', 'prompt', 'node']));
    for (const { extensions } of errors ?? []) expect(extensions).toMatchObject({ ...told, vendor });
  });

  it.each(vendorsUnderTest)('of many costs the ids of $vendor alone', async ({ key, vendor }) => {
    fail(key, '');
    const wanted = Object.values(ids);
    type Data = { nodes: readonly ({ id: string; vendor?: string } | null)[] };
    const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on VendorResource { vendor } } }`;
    const { data, errors } = await gateway.query<Data, object>(document, { ids: wanted });
    const failed = Object.entries(ids).flatMap(([name], index) => (vendorOf(name) === key ? [index] : []));
    data.nodes.forEach((node, index) => {
      if (failed.includes(index)) expect(node).toBeNull();
      else expect(node?.id).toBe(wanted[index]);
    });
    expect(errors?.map(({ path }) => path).toSorted()).toEqual(
      failed.map((index) => ['nodes', index]).toSorted(),
    );
    for (const { extensions } of errors ?? []) expect(extensions).toMatchObject({ ...told, vendor });
  });

  it('tells of a vendor that is not there any more, and goes on', async () => {
    const own = await startTestGateway();
    try {
      const document = `query ($id: ID!) { dataset(id: $id) { name } }`;
      await own.sandbox.humanloop.server.dispose();
      const { data, errors } = await own.query(document, { id: ids.humanloopDataset });
      expect(data).toEqual({ dataset: null });
      expect(at(errors, 0).extensions).toMatchObject({ code: 'SOURCE_UNAVAILABLE', vendor: 'HUMANLOOP' });
      expect((await own.query(document, { id: ids.posthogDataset })).errors).toBeUndefined();
    } finally {
      await own.dispose();
    }
  });
});

function typeOf(name: keyof KnownIds): string {
  const type = name.replace(/^(datadog|humanloop|posthog)/, '').replace(/^Item$/, 'DatasetItem');
  return type.charAt(0).toUpperCase() + type.slice(1);
}

function vendorOf(name: string): VendorKey {
  if (name === 'traceReview' || name === 'scoreDefinition') return 'posthog';
  if (name === 'project' || name === 'modelLabProject') return 'datadog';
  const found = vendorsUnderTest.find(({ key }) => name.startsWith(key));
  if (found === undefined) throw new Error(`whose is ${name}?`);
  return found.key;
}

async function promptWithVersions(of: 'posthogPrompt' | 'datadogPrompt'): Promise<string> {
  const vendor = of === 'posthogPrompt' ? 'POSTHOG' : 'DATADOG';
  type Data = { prompts: { nodes: readonly { id: string; versionCount: number }[] } };
  const document = `query ($vendors: [Vendor!]) {
    prompts(first: 100, filter: { vendors: $vendors }) { nodes { id versionCount } }
  }`;
  const { data } = await gateway.query<Data, object>(document, { vendors: [vendor] });
  return at(
    data.prompts.nodes.filter(({ versionCount }) => versionCount > 2),
    0,
  ).id;
}
