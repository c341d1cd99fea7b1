import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ListPromptsDocument,
  type ListPromptsQuery,
  type ListPromptsQueryVariables,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, type Listed, microsOf, nameOf, posthogProject, present, readPages } from './reading.ts';

const vendors = ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const;
const nameInSandbox = { DATADOG: 'datadog', HUMANLOOP: 'humanloop', POSTHOG: 'posthog' } as const;
type Page = NonNullable<ListPromptsQuery['prompts']>;

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.dispose());

/** Every prompt, newest first by the newest date that its vendor tells in a list: `updatedAt` here. */
function promptsNow(): readonly Listed[] {
  const { datadog, humanloop } = gateway.sandbox;
  const ofDatadog = Array.from(datadog.state.tenant('acme').prompts.values(), (prompt): Listed => {
    const { promptId: vendorId, title: name = vendorId, createdAt } = prompt;
    const updatedAt = Math.max(createdAt, prompt.versions.at(-1)?.createdAt ?? 0);
    return { vendor: 'DATADOG', vendorId, name, createdAt, updatedAt };
  });
  const { environments, prompts } = humanloop.state.acme;
  const standard = present(environments.find(({ tag }) => tag === 'default')).id;
  const ofHumanloop = Array.from(prompts.values(), (file): Listed => {
    const standing = file.versions.find(({ id }) => id === file.deployments.get(standard));
    const version = present(standing ?? file.versions.at(-1));
    return {
      vendor: 'HUMANLOOP',
      vendorId: file.id,
      name: present(file.path.split('/').at(-1)),
      createdAt: version.createdAt * 1000,
      updatedAt: Math.max(version.updatedAt, file.movedAt) * 1000,
    };
  });
  const ofPostHog = Array.from(
    posthogProject(gateway.sandbox).prompts.values(),
    (family): Listed => ({
      vendor: 'POSTHOG',
      vendorId: family.name,
      name: family.name,
      createdAt: microsOf(present(family.versions[0]).createdAt),
      updatedAt: microsOf(present(family.versions.at(-1)).createdAt),
    }),
  );
  return [...ofDatadog, ...ofHumanloop, ...ofPostHog].sort((a, b) => b.updatedAt - a.updatedAt);
}

async function listPages(
  variables: ListPromptsQueryVariables,
  between: (turn: number) => Promise<void> | void = () => undefined,
) {
  return readPages(
    async (after) =>
      present(dataOf(await gateway.query(ListPromptsDocument, { ...variables, after })).prompts),
    (_page, turn) => between(turn),
  );
}

async function listNames(variables: ListPromptsQueryVariables): Promise<readonly string[]> {
  return (await listPages(variables)).flatMap(({ nodes }) => nodes.map(nameOf));
}

describe('the list of all prompts', () => {
  it.each([7, 25, 100])('in pages of %i has each exactly once, newest first', async (first) => {
    const expected = promptsNow();
    expect(expected.length).toBeGreaterThan(190);
    const pages = await listPages({ first });
    expect(pages.flatMap(({ sourceErrors }) => sourceErrors)).toEqual([]);
    const nodes = pages.flatMap((page) => page.nodes);
    expect(nodes.map(nameOf)).toEqual(expected.map(nameOf));
    expect(nodes.map(({ name, createdAt }) => [name, microsOf(createdAt)])).toEqual(
      expected.map(({ name, createdAt }) => [name, createdAt]),
    );
    // A count of all would need every vendor to tell one.
    expect(pages.every(({ totalCount }) => totalCount === null)).toBe(true);
  });

  it.each([
    ['DATADOG', 67],
    ['HUMANLOOP', undefined],
    ['POSTHOG', 66],
  ] as const)('of %s alone has its own, and their count', async (vendor, count) => {
    const expected = promptsNow().filter((listed) => listed.vendor === vendor);
    if (count !== undefined) expect(expected).toHaveLength(count);
    const pages = await listPages({ first: 20, filter: { vendors: [vendor] } });
    expect(pages.flatMap(({ nodes }) => nodes.map(nameOf))).toEqual(expected.map(nameOf));
    expect(pages.every(({ totalCount }) => totalCount === expected.length)).toBe(true);
  });

  it('is empty for no vendors, and whole for null', async () => {
    const { prompts } = dataOf(await gateway.query(ListPromptsDocument, { filter: { vendors: [] } }));
    expect(prompts).toMatchObject({ nodes: [], sourceErrors: [], pageInfo: { hasNextPage: false } });
    const none = { vendors: null, search: null, createdByVendorId: null };
    expect(await listNames({ first: 100, filter: none })).toEqual(promptsNow().map(nameOf));
  });

  it('is searched as each vendor does', async () => {
    const search = 'REFUND';
    const has = (...texts: readonly (string | undefined)[]) =>
      texts.some((text) => text?.toLowerCase().includes(search.toLowerCase()));
    const datadog = gateway.sandbox.datadog.state.tenant('acme').prompts;
    const posthog = posthogProject(gateway.sandbox).prompts;
    const expected = promptsNow().filter(({ vendor, vendorId, name }) => {
      if (vendor === 'DATADOG') return has(vendorId, name, datadog.get(vendorId)?.description);
      if (vendor === 'HUMANLOOP') return has(name);
      return has(name, String(posthog.get(vendorId)?.versions.at(-1)?.prompt));
    });
    expect(new Set(expected.map(({ vendor }) => vendor)).size).toBe(3);
    expect(await listNames({ first: 4, filter: { search } })).toEqual(expected.map(nameOf));
  });

  it('stays whole while prompts are published, archived and deleted between its pages', async () => {
    const before = promptsNow();
    const { datadog, humanloop, posthog } = gateway.sandbox;
    const project = posthogProject(gateway.sandbox).id;
    const gone = new Set<string>();
    const pages = await listPages({ first: 12 }, (turn) => {
      if (turn > 5) return;
      posthog.state.createPrompt(project, `made-meanwhile-${turn}`, 'New.');
      // The last one shown, and one that is still to come.
      for (const victim of [present(before[turn * 12 + 11]), present(before[100 + turn])]) {
        gone.add(nameOf(victim));
        if (victim.vendor === 'DATADOG') datadog.state.tenant('acme').prompts.delete(victim.vendorId);
        else if (victim.vendor === 'HUMANLOOP') humanloop.state.deleteFile(victim.vendorId);
        else posthog.state.archivePrompt(project, victim.vendorId);
      }
    });
    const shown = pages.flatMap(({ nodes }) => nodes.map(nameOf));
    const shownBeforeTheyWent = new Set(before.slice(0, 72).map(nameOf));
    expect(shown).toEqual(
      before.map(nameOf).filter((name) => !gone.has(name) || shownBeforeTheyWent.has(name)),
    );
  });

  it.each(vendors)('loses nothing of %s while that is down for two pages', async (vendor) => {
    const expected = promptsNow();
    const { faults } = gateway.sandbox[nameInSandbox[vendor]].server;
    const shown: string[] = [];
    let after: string | null = null;
    for (let turn = 0; turn < 30; turn += 1) {
      if (turn === 1) faults.add({ effect: { type: 'answer', status: 500 } });
      if (turn === 3) faults.clear();
      const answer = await gateway.query(ListPromptsDocument, { first: 20, after });
      const page: Page = present(dataOf(answer).prompts);
      shown.push(...page.nodes.map(nameOf));
      expect(page.sourceErrors.map((error) => error.vendor)).toEqual(
        turn === 1 || turn === 2 ? [vendor] : [],
      );
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage && page.sourceErrors.length === 0) break;
    }
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown.toSorted()).toEqual(expected.map(nameOf).toSorted());
  });
});
