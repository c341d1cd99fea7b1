import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';

let gateway: TestGateway;
let ids: KnownIds;
beforeAll(async () => {
  gateway = await startTestGateway();
  ids = await readKnownIds(gateway);
});
afterAll(() => gateway.dispose());
beforeEach(forget);

function forget(): void {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) gateway.received(key);
}

function expectNoCalls(): void {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) expect(gateway.received(key)).toEqual([]);
}

type List = { readonly nodes: readonly object[] };

interface Connection {
  readonly field: string;
  /** What it is a field of, where that is not the query. */
  readonly of?: keyof KnownIds;
  readonly type?: string;
}

/** Every connection. */
const connections: readonly Connection[] = [
  ...[
    'datasets',
    'prompts',
    'datasetItems',
    'traceReviews',
    'scoreDefinitions',
    'projects',
    'modelLabProjects',
  ].map((field) => ({ field })),
  { field: 'items', of: 'datadogDataset', type: 'Dataset' },
  { field: 'items', of: 'humanloopDataset', type: 'Dataset' },
  { field: 'items', of: 'posthogDataset', type: 'Dataset' },
  { field: 'items', of: 'humanloopDatasetVersion', type: 'DatasetVersion' },
  { field: 'versions', of: 'datadogDataset', type: 'Dataset' },
  { field: 'versions', of: 'humanloopDataset', type: 'Dataset' },
  { field: 'versions', of: 'datadogPrompt', type: 'Prompt' },
  { field: 'versions', of: 'humanloopPrompt', type: 'Prompt' },
  { field: 'versions', of: 'posthogPrompt', type: 'Prompt' },
  { field: 'datasets', of: 'project', type: 'Project' },
];

describe.each(connections)('the page size of $field of $of', ({ field, of, type }) => {
  const ask = (first: number | null) => {
    const selection = `list: ${field}(first: $first) { nodes { id } }`;
    const body = of === undefined ? selection : `node(id: "${ids[of]}") { ... on ${type} { ${selection} } }`;
    return gateway.query<{ list: List | null; node?: { list: List | null } }, object>(
      `query ($first: Int) { ${body} }`,
      { first },
    );
  };

  it.each([0, -1, 101, 2_147_483_647, -2_147_483_648])('may not be %s', async (first) => {
    const { status, data, errors } = await ask(first);
    expect(status).toBe(200);
    expect((data.node ?? data).list).toBeNull();
    expect(at(errors, 0)).toMatchObject({
      message: `\`first\` must be from 1 to 100, and ${first} was given.`,
      path: of === undefined ? ['list'] : ['node', 'list'],
      extensions: { code: 'INVALID_INPUT', issues: [{ path: ['first'], code: 'OUT_OF_RANGE' }] },
    });
    if (of === undefined) expectNoCalls();
  });

  it('may be 1, 100 or left out for 25', async () => {
    for (const first of [1, 100, null]) {
      const { data, errors } = await ask(first);
      expect(errors).toBeUndefined();
      const nodes = (data.node ?? data).list?.nodes ?? [];
      expect(nodes.length).toBeGreaterThan(0);
      expect(nodes.length).toBeLessThanOrEqual(first ?? 25);
    }
  });
});
