import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ListDatasetsDocument,
  ListItemsOfDatasetDocument,
  ListPromptVersionsDocument,
  ListScoreDefinitionsDocument,
  ListTraceReviewsDocument,
  ReadNodesDocument,
  type ResourceKind,
  type Vendor,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { createDataset } from './behind-the-gateway.ts';
import { askFor, type Calls } from './counting.ts';
import { dataOf, idOf, posthogProject, present } from './reading.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

async function idsOf(vendor: Vendor, count: number): Promise<readonly string[]> {
  const variables = { first: count, filter: { vendors: [vendor] } };
  const { datasets } = dataOf(await gateway.query(ListDatasetsDocument, variables));
  return present(datasets).nodes.map(({ id }) => id);
}

/** Ids of a project's datasets, newest first. */
async function idsIn(projectName: string): Promise<readonly string[]> {
  const { id } = gateway.sandbox.datadog.state.project('acme', projectName);
  const projectIds = [await idOf(gateway, { vendor: 'DATADOG', kind: 'PROJECT', vendorId: id })];
  const variables = { first: 100, filter: { projectIds } };
  const { datasets } = dataOf(await gateway.query(ListDatasetsDocument, variables));
  return present(datasets).nodes.map((node) => node.id);
}

function idsByVendorIds(
  vendor: Vendor,
  kind: ResourceKind,
  vendorIds: readonly string[],
  parentVendorId: string | null = null,
): Promise<readonly string[]> {
  return Promise.all(vendorIds.map((vendorId) => idOf(gateway, { vendor, kind, vendorId, parentVendorId })));
}

function aliased(ids: readonly string[], field: (id: string) => string): string {
  return `{ ${ids.map((id, index) => `a${index}: ${field(id)}`).join('\n')} }`;
}

async function readAll(calls: Calls, ids: readonly string[]): Promise<void> {
  const { data } = await askFor(gateway, calls, ReadNodesDocument, { ids: [...ids] });
  expect(data.nodes.map((node) => node?.id)).toEqual(ids);
}

describe('the same thing', () => {
  it.each([
    ['DATADOG', { DATADOG: 1 }],
    ['HUMANLOOP', { HUMANLOOP: 1 }],
    ['POSTHOG', { POSTHOG: 1 }],
  ] as const)('asked for 50 times by alias is one call at %s', async (vendor, calls) => {
    const id = present((await idsOf(vendor, 1))[0]);
    const same = Array.from({ length: 50 }, () => id);
    const document = aliased(same, (one) => `dataset(id: "${one}") { id name }`);
    const { data } = await askFor<Record<string, { id: string }>, never>(gateway, calls, document);
    expect(Object.values(data).map((dataset) => dataset.id)).toEqual(same);
  });

  it('asked for by dataset, node, nodes and resource is one call', async () => {
    const id = present((await idsOf('POSTHOG', 1))[0]);
    const vendorId = Buffer.from(id, 'base64url').toString().split(':').at(-1);
    await askFor(
      gateway,
      { POSTHOG: 1 },
      `{
        dataset(id: "${id}") { name }
        node(id: "${id}") { id }
        nodes(ids: ["${id}", "${id}"]) { id }
        resource(ref: { vendor: POSTHOG, kind: DATASET, vendorId: "${vendorId}" }) { id }
      }`,
    );
  });

  it('asked for by the same list twice is one call', async () => {
    const list = 'traceReviews(first: 5) { nodes { id } }';
    await askFor(gateway, { POSTHOG: 1 }, `{ a: ${list} b: ${list} }`);
    const locks = 'draftLock { kind }';
    const id = present((await idsOf('DATADOG', 1))[0]);
    await askFor(
      gateway,
      { DATADOG: 2 },
      `{ a: dataset(id: "${id}") { ${locks} } b: node(id: "${id}") { ... on Dataset { ${locks} } } }`,
    );
  });

  it('that does not exist is asked for once too', async () => {
    const id = present((await idsOf('POSTHOG', 1))[0]);
    const gone = Buffer.from(Buffer.from(id, 'base64url').toString().replace(/.{4}$/, '0000'));
    const ids = Array.from({ length: 20 }, () => gone.toString('base64url'));
    gateway.received('posthog');
    const answer = await gateway.query(ReadNodesDocument, { ids });
    expect(answer.errors).toHaveLength(20);
    expect(gateway.received('posthog')).toHaveLength(1);
    expect(answer.upstream).toEqual({ POSTHOG: { calls: 1, shared: 0, retries: 0 } });
  });
});

describe('Datadog datasets by nodes', () => {
  it.each([1, 2, 20, 66])('%i of one project cost one call', async (count) => {
    const ids = await idsIn('support-assistant');
    await readAll({ DATADOG: 1 }, ids.slice(ids.length - count));
  });

  it('of all projects cost one call a project', async () => {
    const names = ['support-assistant', 'knowledge-base-rag', 'analytics-sql-agent', 'meeting-summariser'];
    const ids = (await Promise.all(names.map(idsIn))).flatMap((own) => own.slice(0, 5));
    await readAll({ DATADOG: 4 }, ids.toSorted());
  });

  it('are looked for no further than needed where the list has more than a page', async () => {
    const own = await startTestGateway();
    try {
      const { id: project } = own.sandbox.datadog.state.project('acme', 'support-assistant');
      const old = await Promise.all(
        [...own.sandbox.datadog.state.project('acme', 'support-assistant').datasets.values()]
          .toSorted((a, b) => a.createdAt - b.createdAt)
          .map(({ id }) =>
            idOf(own, { vendor: 'DATADOG', kind: 'DATASET', vendorId: id, parentVendorId: project }),
          ),
      );
      for (let turn = 0; turn < 60; turn += 1) await createDataset(own.sandbox, 'DATADOG', project);
      // 126 in all: the oldest 26 are on the second page of a hundred.
      await askFor(own, { DATADOG: 2 }, ReadNodesDocument, { ids: old.slice(0, 20) });
      await askFor(own, { DATADOG: 1 }, ReadNodesDocument, { ids: old.slice(40) });
      await askFor(own, { DATADOG: 1 }, ReadNodesDocument, { ids: old.slice(0, 1) });
    } finally {
      await own.dispose();
    }
  });
});

describe('other things by nodes', () => {
  /** Ids of Humanloop datasets that have something on the default environment, or have not. */
  function idsAtHumanloop(areDeployed: boolean, count: number): Promise<readonly string[]> {
    const { datasets, environments } = gateway.sandbox.humanloop.state.acme;
    const standard = present(environments.find(({ tag }) => tag === 'default')).id;
    const files = [...datasets.values()].filter(
      ({ deployments }) => deployments.has(standard) === areDeployed,
    );
    return idsByVendorIds(
      'HUMANLOOP',
      'DATASET',
      files.slice(0, count).map(({ id }) => id),
    );
  }

  it('25 datasets of PostHog cost one call, 25 of Humanloop one each, two where none is deployed', async () => {
    await readAll({ POSTHOG: 1 }, await idsOf('POSTHOG', 25));
    await readAll({ HUMANLOOP: 25 }, await idsAtHumanloop(true, 25));
    await readAll({ HUMANLOOP: 2 * 4 }, await idsAtHumanloop(false, 4));
  });

  it('all vendors at once cost the sum, each asked once', async () => {
    const ids = [
      ...(await idsOf('POSTHOG', 10)),
      ...(await idsIn('support-assistant')).slice(0, 10),
      ...(await idsAtHumanloop(true, 3)),
    ];
    await readAll({ POSTHOG: 1, DATADOG: 1, HUMANLOOP: 3 }, ids.toSorted());
  });

  it('prompts, projects, score definitions and items cost one call where the vendor lists them', async () => {
    const { datadog, humanloop } = gateway.sandbox;
    const prompts = [...datadog.state.tenant('acme').prompts.keys()].slice(0, 12);
    await readAll({ DATADOG: 1 }, await idsByVendorIds('DATADOG', 'PROMPT', prompts));
    const projects = [...datadog.state.tenant('acme').projects.keys()];
    await readAll({ DATADOG: 1 }, await idsByVendorIds('DATADOG', 'PROJECT', projects));

    const definitions = dataOf(await gateway.query(ListScoreDefinitionsDocument, { first: 30 }));
    await readAll(
      { POSTHOG: 1 },
      present(definitions.scoreDefinitions).nodes.map(({ id }) => id),
    );

    const dataset = present((await idsIn('support-assistant'))[0]);
    const items = dataOf(await gateway.query(ListItemsOfDatasetDocument, { id: dataset, first: 8 }));
    await readAll(
      { DATADOG: 1 },
      present(items.dataset?.items).nodes.map(({ id }) => id),
    );

    const file = present(
      [...humanloop.state.acme.prompts.values()].find(({ versions }) => versions.length > 5),
    );
    const versions = file.versions.slice(0, 5).map(({ id }) => id);
    await readAll({ HUMANLOOP: 1 }, await idsByVendorIds('HUMANLOOP', 'PROMPT_VERSION', versions, file.id));
  });

  it('what a vendor reads one by one costs one call each, once', async () => {
    const reviews = posthogProject(gateway.sandbox)
      .reviews.filter(({ deleted }) => !deleted)
      .slice(0, 6);
    const ids = await idsByVendorIds(
      'POSTHOG',
      'TRACE_REVIEW',
      reviews.map(({ id }) => id),
    );
    await readAll({ POSTHOG: 6 }, [...ids, ...ids]);

    const prompt = await idOf(gateway, { vendor: 'POSTHOG', kind: 'PROMPT', vendorId: 'support-triage' });
    const { data } = await askFor(gateway, { POSTHOG: 4 }, ListPromptVersionsDocument, {
      id: prompt,
      first: 3,
    });
    const versions = present(data.prompt?.versions).nodes.map(({ id }) => id);
    await readAll({ POSTHOG: 3 }, versions);
  });
});

describe('reviews by the ids of their traces', () => {
  const traceIds = (count: number): readonly string[] =>
    posthogProject(gateway.sandbox)
      .reviews.filter(({ deleted }) => !deleted)
      .slice(0, count)
      .map(({ traceId }) => traceId);

  it('of 25 traces in one field cost one call', async () => {
    const { data } = await askFor(gateway, { POSTHOG: 1 }, ListTraceReviewsDocument, {
      first: 25,
      filter: { traceIds: [...traceIds(25)] },
    });
    expect(data.traceReviews?.nodes).toHaveLength(25);
  });

  it('of 25 traces in 25 aliased fields cost one call', async () => {
    const wanted = traceIds(25);
    const document = aliased(
      wanted,
      (traceId) => `traceReviews(filter: { traceIds: ["${traceId}"] }) { nodes { traceId } }`,
    );
    const { data } = await askFor<Record<string, { nodes: { traceId: string }[] }>, never>(
      gateway,
      { POSTHOG: 1 },
      document,
    );
    expect(Object.values(data).map(({ nodes }) => nodes)).toEqual(wanted.map((traceId) => [{ traceId }]));
  });

  it('of overlapping lists, in different orders, cost one call', async () => {
    const [one, two, three] = traceIds(3);
    const field = (ids: readonly (string | undefined)[], direction: string) =>
      `traceReviews(filter: { traceIds: ${JSON.stringify(ids)} }, orderBy: { field: CREATED_AT, direction: ${direction} }) { nodes { traceId } }`;
    const document = `{ a: ${field([one, two], 'ASC')} b: ${field([two, three], 'DESC')} c: ${field([three, 'none'], 'ASC')} }`;
    await askFor(gateway, { POSTHOG: 1 }, document);
  });
});
