import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { replaceAt, spoil } from '../support/spoil.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type VendorKey, vendorsUnderTest } from '../support/vendor-failures.ts';

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

interface List {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  readonly sourceErrors: readonly {
    readonly vendor: string;
    readonly code: string;
    readonly message: string;
    readonly resource: string;
  }[];
}

interface Listed {
  readonly name: string;
  readonly vendor: VendorKey;
  /** The field, without its selection. */
  readonly field: string;
  /** What it is a field of, where that is not the query. */
  readonly of?: keyof KnownIds;
  readonly type?: string;
  readonly request: RegExp;
  /** Where in the vendor's answer a value is put that does not belong there. */
  readonly spoilt: string;
  /** How the caller is told of it. */
  readonly path: string;
  /** Names the row by its id. */
  readonly named?: false;
}

const datasets = (vendor: VendorKey): string =>
  `datasets(first: 6, filter: { vendors: [${vendor.toUpperCase()}] })`;
const prompts = (vendor: VendorKey): string => datasets(vendor).replace('datasets', 'prompts');

const lists: readonly Listed[] = [
  {
    name: 'datasets of Datadog',
    vendor: 'datadog',
    field: datasets('datadog').replace('6', '100'),
    request: /\/datasets\?/,
    spoilt: 'data[0].attributes.current_version',
    path: '[0].attributes.current_version',
  },
  {
    name: 'datasets of Humanloop',
    vendor: 'humanloop',
    field: datasets('humanloop'),
    request: /\/datasets\?/,
    spoilt: 'records[2].path',
    path: '[2].path',
  },
  {
    name: 'datasets of PostHog',
    vendor: 'posthog',
    field: datasets('posthog'),
    request: /\/datasets\/\?/,
    spoilt: 'results[2].created_at',
    path: '[2].created_at',
  },
  {
    name: 'records of a Datadog dataset',
    vendor: 'datadog',
    field: 'items(first: 6)',
    of: 'datadogDataset',
    type: 'Dataset',
    request: /\/records\?/,
    spoilt: 'data[1].created_at',
    path: '[1].created_at',
  },
  {
    name: 'datapoints of a Humanloop dataset',
    vendor: 'humanloop',
    field: 'items(first: 6)',
    of: 'humanloopDataset',
    type: 'Dataset',
    request: /\/datapoints\?/,
    spoilt: 'records[1].id',
    path: '[1].id',
    named: false,
  },
  {
    name: 'items of a PostHog dataset',
    vendor: 'posthog',
    field: 'items(first: 6)',
    of: 'posthogDataset',
    type: 'Dataset',
    request: /\/dataset_items\/\?/,
    spoilt: 'results[1].dataset',
    path: '[1].dataset',
  },
  {
    name: 'items over all PostHog datasets',
    vendor: 'posthog',
    field: 'datasetItems(first: 6)',
    request: /\/dataset_items\/\?/,
    spoilt: 'results[4].ref_timestamp',
    path: '[4].ref_timestamp',
  },
  {
    name: 'prompts of Datadog',
    vendor: 'datadog',
    field: prompts('datadog'),
    request: /\/prompts$/,
    spoilt: 'data[2].attributes.num_versions',
    path: '[2].attributes.num_versions',
  },
  {
    name: 'prompts of Humanloop',
    vendor: 'humanloop',
    field: prompts('humanloop'),
    request: /\/prompts\?/,
    spoilt: 'records[0].model',
    path: '[0].model',
  },
  {
    name: 'prompts of PostHog',
    vendor: 'posthog',
    field: prompts('posthog'),
    request: /\/llm_prompts\/\?/,
    spoilt: 'results[3].version',
    path: '[3].version',
  },
  {
    name: 'versions of a Datadog dataset',
    vendor: 'datadog',
    field: 'versions(first: 6)',
    of: 'datadogDataset',
    type: 'Dataset',
    request: /\/versions$/,
    spoilt: 'data[0].attributes.version_number',
    path: '[0].attributes.version_number',
  },
  {
    name: 'versions of a Humanloop dataset',
    vendor: 'humanloop',
    field: 'versions(first: 6)',
    of: 'humanloopDataset',
    type: 'Dataset',
    request: /\/versions$/,
    spoilt: 'records[1].version_id',
    path: '[1].version_id',
  },
  {
    name: 'versions of a Datadog prompt',
    vendor: 'datadog',
    field: 'versions(first: 6)',
    of: 'datadogPrompt',
    type: 'Prompt',
    request: /\/versions$/,
    spoilt: 'data[0].attributes.version',
    path: '[0].attributes.version',
  },
  {
    name: 'versions of a Humanloop prompt',
    vendor: 'humanloop',
    field: 'versions(first: 6)',
    of: 'humanloopPrompt',
    type: 'Prompt',
    request: /\/versions$/,
    spoilt: 'records[1].updated_at',
    path: '[1].updated_at',
  },
  {
    name: 'versions of a PostHog prompt',
    vendor: 'posthog',
    field: 'versions(first: 6)',
    of: 'posthogPrompt',
    type: 'Prompt',
    request: /\/resolve\/.*limit=6/,
    spoilt: 'versions[0].created_at',
    path: '[0].created_at',
  },
  {
    name: 'trace reviews',
    vendor: 'posthog',
    field: 'traceReviews(first: 6)',
    request: /\/trace_reviews\/\?/,
    spoilt: 'results[3].scores',
    path: '[3].scores',
  },
  {
    name: 'score definitions',
    vendor: 'posthog',
    field: 'scoreDefinitions(first: 6)',
    request: /\/score_definitions\/\?/,
    spoilt: 'results[3].archived',
    path: '[3].archived',
  },
  {
    name: 'projects',
    vendor: 'datadog',
    field: 'projects(first: 6)',
    request: /\/llm-obs\/v1\/projects\?/,
    spoilt: 'data[1].attributes.name',
    path: '[1].attributes.name',
  },
  {
    name: 'datasets of a project',
    vendor: 'datadog',
    field: 'datasets(first: 6)',
    of: 'project',
    type: 'Project',
    request: /\/datasets\?/,
    spoilt: 'data[1].attributes.name',
    path: '[1].attributes.name',
  },
  {
    name: 'Model Lab projects',
    vendor: 'datadog',
    field: 'modelLabProjects(first: 6)',
    request: /\/model-lab-api\/projects\?/,
    spoilt: 'data[4].attributes.name',
    path: '[4].attributes.name',
  },
];

/** A value that no member of a vendor's answer may have, and that no answer of ours may show. */
const canary = 'do-not-show-4711';
const bad = { [canary]: [canary] };

async function readList({ field, of, type }: Listed, after?: string): Promise<List> {
  const selection = `${after === undefined ? field : field.replace('(', `(after: "${after}", `)} {
    nodes { id } pageInfo { hasNextPage endCursor } sourceErrors { vendor code message resource }
  }`;
  const document =
    of === undefined
      ? `{ list: ${selection} }`
      : `{ node(id: "${ids[of]}") { ... on ${type} { list: ${selection} } } }`;
  const { data, errors, text } = await gateway.query<{ list: List; node: { list: List } }, object>(document);
  expect(errors).toBeUndefined();
  expect(text).not.toContain(canary);
  return of === undefined ? data.list : data.node.list;
}

/** Answers and rows of a vendor that were counted as not what it documents. */
async function counted(vendor: VendorKey): Promise<number> {
  const text = await gateway.gateway.metrics.registry.metrics();
  const pattern = new RegExp(
    `^lockstep_contract_drift_total\\{vendor="${vendor.toUpperCase()}",endpoint="\\w+"\\} (\\d+)$`,
    'gm',
  );
  return [...text.matchAll(pattern)].reduce((sum, [, count]) => sum + Number(count), 0);
}

describe('one bad row in a good page', () => {
  it.each(lists)('is left out of the $name, named and counted, and the others are there', async (listed) => {
    const whole = await readList(listed);
    expect(whole.sourceErrors).toEqual([]);
    const change = (json: unknown): void => replaceAt(json, listed.spoilt, bad);
    await spoil(gateway, listed.vendor, listed.request, () => readList(listed), change);

    const before = await counted(listed.vendor);
    const page = await readList(listed);
    expect(await counted(listed.vendor)).toBe(before + 1);
    const there = new Set(page.nodes.map(({ id }) => id));
    const missing = whole.nodes.filter(({ id }) => !there.has(id));
    expect(page.sourceErrors).toHaveLength(1);
    const error = at(page.sourceErrors, 0);
    expect(error).toMatchObject({
      vendor: listed.vendor.toUpperCase(),
      code: 'SOURCE_CONTRACT_VIOLATION',
      message: expect.stringContaining(`${listed.path}: `),
      resource: expect.stringMatching(listed.named === false ? / row \d+$/ : / row \d+ \(.+\)$/),
    });
    expect(error.message).toContain('left out; the other rows are there');
    expect(missing).toHaveLength(1);

    // What follows the page is not shifted by the row that is left out of it.
    if (!whole.pageInfo.hasNextPage || !page.pageInfo.hasNextPage) return;
    const [expected, following] = [
      await readList(listed, whole.pageInfo.endCursor),
      await readList(listed, page.pageInfo.endCursor),
    ];
    const shown = [...page.nodes, ...following.nodes].map(({ id }) => id);
    expect(new Set(shown).size).toBe(shown.length);
    const wanted = [...whole.nodes, ...expected.nodes]
      .map(({ id }) => id)
      .filter((id) => id !== missing[0]?.id);
    expect(shown.slice(0, wanted.length)).toEqual(wanted.slice(0, shown.length));
  });
});
