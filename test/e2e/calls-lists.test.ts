import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DatasetsWithLocksDocument,
  DatasetsWithProjectsDocument,
  DatasetsWithVersionsDocument,
  ItemsWithDatasetDocument,
  ListDatasetsDocument,
  ListModelLabProjectsDocument,
  ListPromptPreviewsDocument,
  ListPromptsDocument,
  ListPromptsWithContentDocument,
  ListPromptVersionsDocument,
  ListScoreDefinitionsDocument,
  ListTraceReviewsDocument,
  ThreeVendorsByAliasDocument,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { createDataset } from './behind-the-gateway.ts';
import { askFor, type Calls, takeReceived } from './counting.ts';
import { startGate } from './gate.ts';
import { dataOf, datasetsOf, idOf, nameOf, posthogProject, present, readPages } from './reading.ts';

let gateway: TestGateway;
let supportId: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  supportId = await idOfSupport(gateway);
});
afterAll(() => gateway.dispose());

function idOfSupport(of: TestGateway): Promise<string> {
  const { id } = of.sandbox.datadog.state.project('acme', 'support-assistant');
  return idOf(of, { vendor: 'DATADOG', kind: 'PROJECT', vendorId: id });
}

const projectCount = () => gateway.sandbox.datadog.state.tenant('acme').projects.size;

describe('lists of datasets', () => {
  it('25 of each vendor by three aliased fields cost 3 calls', async () => {
    const calls = { DATADOG: 1, HUMANLOOP: 1, POSTHOG: 1 };
    const variables = { projectIds: [supportId] };
    const { data } = await askFor(gateway, calls, ThreeVendorsByAliasDocument, variables);
    for (const list of [data.datadog, data.humanloop, data.posthog]) expect(list?.nodes).toHaveLength(25);
  });

  it('the first page of all vendors costs the projects, one call a project, and two', async () => {
    const calls = { DATADOG: 1 + projectCount(), HUMANLOOP: 1, POSTHOG: 1 };
    const { data, received } = await askFor(gateway, calls, ListDatasetsDocument, {});
    expect(data.datasets?.nodes).toHaveLength(25);
    expect(new Set(received.DATADOG).size).toBe(calls.DATADOG);
  });

  it('a later page costs no more than the first, and an ended project nothing', async () => {
    const first = dataOf(await gateway.query(ListDatasetsDocument, { first: 50 })).datasets;
    const calls = { DATADOG: 1 + projectCount(), HUMANLOOP: 1, POSTHOG: 1 };
    const after = first?.pageInfo.endCursor ?? null;
    const { data } = await askFor(gateway, calls, ListDatasetsDocument, { first: 50, after });
    const third = { first: 100, after: data.datasets?.pageInfo.endCursor ?? null };
    const deep = dataOf(await gateway.query(ListDatasetsDocument, third)).datasets;

    const shown = new Set(
      datasetsOf(gateway.sandbox)
        .slice(0, 200)
        .map(({ vendorId }) => vendorId),
    );
    const projects = [...gateway.sandbox.datadog.state.tenant('acme').projects.values()];
    const going = projects.filter(({ datasets }) => [...datasets.keys()].some((id) => !shown.has(id)));
    expect(going.length).toBeLessThan(projects.length);
    const last = { first: 50, after: deep?.pageInfo.endCursor ?? null };
    const fewer = { DATADOG: 1 + going.length, HUMANLOOP: 1, POSTHOG: 1 };
    await askFor(gateway, fewer, ListDatasetsDocument, last);
  });

  it('no vendor is asked for more rows than the page can hold', async () => {
    const { data, received } = await askFor(
      gateway,
      { DATADOG: 1 + projectCount(), HUMANLOOP: 1, POSTHOG: 1 },
      ListDatasetsDocument,
      { first: 3 },
    );
    expect(data.datasets?.nodes).toHaveLength(3);
    const asked = [...received.DATADOG, ...received.HUMANLOOP, ...received.POSTHOG].flatMap((request) => {
      const limit = /(?:page\[limit\]|[?&]size|[?&]limit)=(\d+)/.exec(request)?.[1];
      return request.includes('/projects?') ? [] : [Number(limit)];
    });
    expect(asked).toEqual(asked.map(() => 3));
  });

  it('25 of Datadog with their lock holders cost 1 and 25', async () => {
    const variables = { first: 25, filter: { projectIds: [supportId] } };
    const { data } = await askFor(gateway, { DATADOG: 26 }, DatasetsWithLocksDocument, variables);
    expect(data.datasets?.nodes).toHaveLength(25);
  });

  it('lock holders of a page over all vendors are asked of Datadog alone', async () => {
    const { datasets } = dataOf(await gateway.query(ListDatasetsDocument, { first: 20 }));
    const ofDatadog = present(datasets).nodes.filter(({ vendor }) => vendor === 'DATADOG').length;
    expect(ofDatadog).toBeGreaterThan(2);
    const calls = { DATADOG: 1 + projectCount() + ofDatadog, HUMANLOOP: 1, POSTHOG: 1 };
    await askFor(gateway, calls, DatasetsWithLocksDocument, { first: 20 });
  });

  it('current and latest versions cost nothing at Datadog and PostHog, one call each at Humanloop', async () => {
    const ofDatadog = { first: 25, filter: { projectIds: [supportId] } };
    await askFor(gateway, { DATADOG: 1 }, DatasetsWithVersionsDocument, ofDatadog);
    const ofPostHog = { first: 25, filter: { vendors: ['POSTHOG' as const] } };
    await askFor(gateway, { POSTHOG: 1 }, DatasetsWithVersionsDocument, ofPostHog);

    const { acme } = gateway.sandbox.humanloop.state;
    const standard = present(acme.environments.find(({ tag }) => tag === 'default')).id;
    const ofHumanloop = { first: 25, filter: { vendors: ['HUMANLOOP' as const] } };
    const listed = dataOf(await gateway.query(ListDatasetsDocument, ofHumanloop)).datasets;
    const undeployed = present(listed).nodes.filter(
      ({ vendorId }) => !present(acme.datasets.get(vendorId)).deployments.has(standard),
    );
    // What is not deployed may have become so: the list does not say, a plain read does.
    const calls = { HUMANLOOP: 1 + 25 + undeployed.length };
    await askFor(gateway, calls, DatasetsWithVersionsDocument, ofHumanloop);
  });

  it('the projects of any number of datasets cost one call', async () => {
    const ofOne = { first: 25, filter: { projectIds: [supportId] } };
    await askFor(gateway, { DATADOG: 1 + 1 }, DatasetsWithProjectsDocument, ofOne);
    // The list of projects was asked for already to find the datasets.
    const ofAll = { first: 100, filter: { vendors: ['DATADOG' as const] } };
    const { data } = await askFor(
      gateway,
      { DATADOG: 1 + projectCount() },
      DatasetsWithProjectsDocument,
      ofAll,
    );
    expect(new Set(data.datasets?.nodes.map(({ project }) => project?.name)).size).toBe(projectCount());
  });

  it('items that ask for their dataset cost no more than without', async () => {
    for (const [vendor, calls] of [
      ['HUMANLOOP', { HUMANLOOP: 2 }],
      ['POSTHOG', { POSTHOG: 2 }],
    ] as const) {
      const variables = { first: 10, filter: { vendors: [vendor] } };
      const { datasets } = dataOf(await gateway.query(ListDatasetsDocument, variables));
      const id = present(datasets?.nodes[0]).id;
      await askFor(gateway, calls, ItemsWithDatasetDocument, { id, first: 20 });
    }
    const ofDatadog = dataOf(
      await gateway.query(ListDatasetsDocument, { first: 1, filter: { projectIds: [supportId] } }),
    );
    const id = present(ofDatadog.datasets?.nodes[0]).id;
    await askFor(gateway, { DATADOG: 2 }, ItemsWithDatasetDocument, { id, first: 20 });
  });
});

describe('other lists', () => {
  const one = (vendor: 'DATADOG' | 'HUMANLOOP' | 'POSTHOG') => ({ vendors: [vendor] });

  it('all prompts of PostHog with their latest content cost 1 call a page', async () => {
    let after: string | null = null;
    let count = 0;
    for (let turn = 0; turn < 3; turn += 1) {
      const variables: { first: number; after: string | null; filter: { vendors: ['POSTHOG'] } } = {
        first: 25,
        after,
        filter: { vendors: ['POSTHOG'] },
      };
      const { data, received } = await askFor(
        gateway,
        { POSTHOG: 1 },
        ListPromptsWithContentDocument,
        variables,
      );
      expect(received.POSTHOG[0]).toContain('content=full');
      const page = present(data.prompts);
      count += page.nodes.filter(({ latestVersion }) => latestVersion?.content !== null).length;
      after = page.pageInfo.endCursor;
    }
    expect(count).toBe(posthogProject(gateway.sandbox).prompts.size);
  });

  it('prompts of which no content is selected do not ask for any', async () => {
    const bare = await askFor(gateway, { POSTHOG: 1 }, ListPromptsDocument, { filter: one('POSTHOG') });
    expect(bare.received.POSTHOG[0]).toContain('content=none');
    const previews = await askFor(gateway, { POSTHOG: 1 }, ListPromptPreviewsDocument, {
      filter: one('POSTHOG'),
    });
    expect(previews.received.POSTHOG[0]).toContain('content=preview');
    await askFor(gateway, { DATADOG: 1 }, ListPromptsDocument, { filter: one('DATADOG') });
  });

  it('a selection that is skipped asks for no content either', async () => {
    const document = `query ($with: Boolean!) {
      prompts(first: 3, filter: { vendors: [POSTHOG] }) {
        nodes { name latestVersion { ref content @include(if: $with) { __typename } ...More @skip(if: true) } }
      }
    }
    fragment More on PromptVersion { config }`;
    const without = await askFor(gateway, { POSTHOG: 1 }, document, { with: false });
    expect(without.received.POSTHOG[0]).not.toContain('content=full');
    const withIt = await askFor(gateway, { POSTHOG: 1 }, document, { with: true });
    expect(withIt.received.POSTHOG[0]).toContain('content=full');
  });

  it('content that is selected through fragments and aliases is asked for at once', async () => {
    const document = `{ prompts(first: 3, filter: { vendors: [POSTHOG] }) { ...List } }
    fragment List on PromptConnection { edges { node { ... on Prompt { newest: latestVersion { ...Text } } } } }
    fragment Text on PromptVersion { body: content { ... on TextPrompt { text } } }`;
    const { received } = await askFor(gateway, { POSTHOG: 1 }, document);
    expect(received.POSTHOG[0]).toContain('content=full');
  });

  it('fragments that spread others twice are looked through once', async () => {
    const depth = 60;
    const spread = Array.from(
      { length: depth },
      (_none, level) => `fragment F${level} on PromptVersion { ...F${level + 1} ...F${level + 1} }`,
    );
    const document = `{ prompts(first: 1, filter: { vendors: [POSTHOG] }) { nodes { latestVersion { ...F0 } } } }
    ${spread.join('\n')}
    fragment F${depth} on PromptVersion { ref }`;
    const { received } = await askFor(gateway, { POSTHOG: 1 }, document);
    expect(received.POSTHOG[0]).toContain('content=preview');
  });

  it('the first page of all prompts costs one call a vendor', async () => {
    const calls = { DATADOG: 1, HUMANLOOP: 1, POSTHOG: 1 };
    const { data } = await askFor(gateway, calls, ListPromptsDocument, { first: 50 });
    expect(data.prompts?.nodes).toHaveLength(50);
  });

  it('the versions of a prompt cost one call, and one more each where content comes one by one', async () => {
    const ofDatadog = [...gateway.sandbox.datadog.state.tenant('acme').prompts.values()];
    const prompt = present(ofDatadog.find(({ versions }) => versions.length === 5));
    const id = await idOf(gateway, { vendor: 'DATADOG', kind: 'PROMPT', vendorId: prompt.promptId });
    await askFor(gateway, { DATADOG: 1 + 1 + 3 }, ListPromptVersionsDocument, { id, first: 3 });

    const { acme } = gateway.sandbox.humanloop.state;
    const vendorId = present([...acme.prompts.keys()][0]);
    const ofHumanloop = await idOf(gateway, { vendor: 'HUMANLOOP', kind: 'PROMPT', vendorId });
    const read = await gateway.query(ListPromptVersionsDocument, { id: ofHumanloop });
    expect(read.upstream?.['HUMANLOOP']?.calls).toBe(2);

    const named = { vendor: 'POSTHOG', kind: 'PROMPT', vendorId: 'support-triage' } as const;
    const ofPostHog = await idOf(gateway, named);
    // The newest comes whole with the list.
    await askFor(gateway, { POSTHOG: 1 + 1 + 4 }, ListPromptVersionsDocument, { id: ofPostHog, first: 5 });
  });

  it.each<[number, Calls]>([
    [1, { DATADOG: 1 }],
    [2, { DATADOG: 2 }],
    [3, { DATADOG: 2 }],
    [99, { DATADOG: 1 }],
  ])('page %i of the Model Lab projects costs %j', async (page, calls) => {
    await askFor(gateway, calls, ListModelLabProjectsDocument, { first: 25, page });
  });

  it('reviews and score definitions cost one call a page', async () => {
    await askFor(gateway, { POSTHOG: 1 }, ListTraceReviewsDocument, { first: 50 });
    await askFor(gateway, { POSTHOG: 1 }, ListScoreDefinitionsDocument, { first: 50 });
  });
});

describe('a long list in small pages', () => {
  it('is not read again from its beginning for each page', async () => {
    const own = await startTestGateway();
    try {
      const { id: project } = own.sandbox.datadog.state.project('acme', 'support-assistant');
      for (let turn = 0; turn < 240; turn += 1) await createDataset(own.sandbox, 'DATADOG', project);
      const expected = datasetsOf(own.sandbox);
      takeReceived(own);
      const pages = await readPages(async (after) => {
        return present(dataOf(await own.query(ListDatasetsDocument, { first: 9, after })).datasets);
      });
      expect(pages.flatMap(({ nodes }) => nodes.map(nameOf))).toEqual(expected.map(nameOf));
      const limits = takeReceived(own).DATADOG.flatMap((request) => {
        const limit = /page\[limit\]=(\d+)/.exec(request)?.[1];
        return request.includes(project) && limit !== undefined ? [Number(limit)] : [];
      });
      expect(Math.max(...limits)).toBeLessThan(130);
      // One call a page, and one more for each hundred rows that were passed.
      expect(limits.length).toBeLessThanOrEqual(pages.length + 3);
    } finally {
      await own.dispose();
    }
  });
});

describe('the locks of a page', () => {
  it('are asked for side by side: all 25 questions are out before the first is answered', async () => {
    const gate = await startGate(/\/draft_state$/);
    const behind = await startTestGateway({ environment: { DATADOG_BASE_URL: gate.origin } });
    gate.leadTo(behind.sandbox.datadog.baseUrl);
    try {
      const variables = { first: 25, filter: { projectIds: [await idOfSupport(behind)] } };
      const answer = behind.query(DatasetsWithLocksDocument, variables);
      await gate.waitFor(25);
      gate.open();
      expect(dataOf(await answer).datasets?.nodes).toHaveLength(25);
    } finally {
      await behind.dispose();
      await gate.dispose();
    }
  });
});
