import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PostHogUser, PromptFamily, PromptVersion } from '../../sandbox/posthog/index.ts';
import { outlineOf } from '../../sandbox/posthog/prompt-text.ts';
import {
  ListPromptPreviewsDocument,
  ListPromptsDocument,
  ListPromptVersionsDocument,
  ReadPromptDocument,
  ReadPromptVersionDocument,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, idOf, posthogProject, present, readPages } from './reading.ts';

const longest = 'support-triage';
const chat = 'docs-rag-router';
const startedAgain = 'returns-judge';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.dispose());

const families = (): readonly PromptFamily[] => [...posthogProject(gateway.sandbox).prompts.values()];
const familyNamed = (name: string): PromptFamily =>
  present(families().find((family) => family.name === name));
const idOfPrompt = (name: string): Promise<string> =>
  idOf(gateway, { vendor: 'POSTHOG', kind: 'PROMPT', vendorId: name });

function personOf(user: PostHogUser) {
  return {
    vendorId: String(user.id),
    name: `${user.firstName} ${user.lastName}`,
    email: user.email,
    handle: null,
    iconUrl: null,
    details: {
      uuid: user.uuid,
      distinct_id: user.distinctId,
      is_email_verified: true,
      hedgehog_config: null,
      role_at_organization: user.role,
    },
  };
}

/** A version as a read of it alone gives it: current servers turn all content into text. */
function expectedVersion(promptId: string, family: PromptFamily, version: PromptVersion) {
  const { labels } = gateway.sandbox.posthog.switches;
  const { prompt } = version;
  return {
    id: expect.any(String),
    promptId,
    ref: version.id,
    number: version.version,
    name: null,
    description: labels ? version.description : null,
    content: {
      __typename: 'TextPrompt',
      text: typeof prompt === 'string' ? prompt : expect.stringMatching(/^\[\{"role": "system"/),
    },
    preview: null,
    outline: outlineOf(prompt),
    sizeBytes: null,
    config: labels ? version.config : null,
    labels: labels
      ? Array.from(family.labels.values())
          .filter((label) => label.version === version)
          .map(({ name }) => name)
          .toSorted()
      : null,
    deployments: null,
    createdAt: version.createdAt,
    updatedAt: version.updatedAt,
    createdBy: personOf(version.createdBy),
    isLatest: version === family.versions.at(-1),
  };
}

describe.each([false, true])('PostHog prompts of a server with labels: %s', (labels) => {
  beforeEach(() => {
    gateway.sandbox.posthog.switches.labels = labels;
  });

  it('are read with all that PostHog keeps of them', async () => {
    expect(families().length).toBeGreaterThan(60);
    for (const family of families()) {
      const id = await idOfPrompt(family.name);
      const newest = expectedVersion(id, family, present(family.versions.at(-1)));
      const first = present(family.versions[0]);
      const { prompt } = dataOf(await gateway.query(ReadPromptDocument, { id }));
      expect(prompt).toEqual({
        id,
        vendor: 'POSTHOG',
        vendorId: family.name,
        name: family.name,
        description: null,
        createdAt: first.createdAt,
        // The row tells the author of the newest version only.
        createdBy: family.versions.length === 1 ? personOf(first.createdBy) : null,
        versionCount: family.versions.length,
        latestVersion: newest,
        currentVersion: newest,
      });
    }
  });

  it('list their versions newest first with their content', async () => {
    const family = familyNamed(longest);
    expect(family.versions).toHaveLength(57);
    const id = await idOfPrompt(longest);
    const pages = await readPages(async (after) => {
      const answer = await gateway.query(ListPromptVersionsDocument, { id, first: 25, after });
      return present(dataOf(answer).prompt?.versions);
    });
    expect(pages.map(({ nodes }) => nodes.length)).toEqual([25, 25, 7]);
    const expected = family.versions.toReversed().map((version) => expectedVersion(id, family, version));
    expect(pages.flatMap(({ nodes }) => nodes)).toEqual(expected);
  });
});

describe('PostHog prompts', () => {
  it('give a version by its ref or by its number, the same', async () => {
    const family = familyNamed(longest);
    const id = await idOfPrompt(longest);
    const version = present(family.versions[30]);
    for (const by of [{ ref: version.id }, { ref: version.id.toUpperCase() }, { number: version.version }]) {
      const answer = await gateway.query(ReadPromptVersionDocument, { id, ...by });
      expect(dataOf(answer).prompt?.version).toEqual({
        ...expectedVersion(id, family, version),
        prompt: { id, name: longest },
      });
    }
  });

  it('keep versions apart from those of an archived prompt of the same name', async () => {
    const retired = present(
      posthogProject(gateway.sandbox).archivedPrompts.find(({ name }) => name === startedAgain),
    );
    const living = familyNamed(startedAgain);
    const id = await idOfPrompt(startedAgain);
    const first = await gateway.query(ReadPromptVersionDocument, { id, number: 1 });
    expect(dataOf(first).prompt?.version?.ref).toBe(present(living.versions[0]).id);
    const old = await gateway.query(ReadPromptVersionDocument, { id, ref: present(retired.versions[0]).id });
    expect(old.data).toEqual({ prompt: { version: null } });
    expect(old.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  it.each([
    { number: 0 },
    { number: -1 },
    { number: 58 },
    { number: 2_147_483_647 },
    { ref: '1' },
    { ref: '00000000-0000-4000-8000-000000000000' },
  ])('answer NOT_FOUND at the version %j', async (by) => {
    const id = await idOfPrompt(longest);
    const answer = await gateway.query(ReadPromptVersionDocument, { id, ...by });
    expect(answer.data).toEqual({ prompt: { version: null } });
    expect(answer.errors).toMatchObject([{ path: ['prompt', 'version'], extensions: { code: 'NOT_FOUND' } }]);
  });

  it('show chat messages as such, and other JSON as it is, where the server sends it raw', async () => {
    const { state, switches } = gateway.sandbox.posthog;
    switches.rawJsonPrompts = true;
    const { id: project } = posthogProject(gateway.sandbox);
    const id = await idOfPrompt(chat);
    async function contentOfLatest() {
      return dataOf(await gateway.query(ReadPromptDocument, { id })).prompt?.latestVersion?.content;
    }
    const none = { name: null, toolCallId: null, toolCalls: null, thinking: null };
    const seeded = present(familyNamed(chat).versions.at(-1)).prompt as { role: string; content: string }[]; // As seeded.
    expect(await contentOfLatest()).toEqual({
      __typename: 'ChatPrompt',
      messages: seeded.map((message) => ({ ...message, ...none })),
    });

    const odd = [{ system: 'x' }, [], [1, 'two'], 7, false, [{ role: 'user', content: 'hi', weight: 2 }], {}];
    for (const value of odd) {
      state.publishPrompt(project, chat, value);
      expect(await contentOfLatest()).toEqual({ __typename: 'JsonPrompt', value });
    }
    state.publishPrompt(project, chat, [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1' }],
        name: 'router',
        thinking: { text: 'hm' },
      },
      { role: 'tool', content: ['42'], tool_call_id: 'c1' },
    ]);
    expect(await contentOfLatest()).toEqual({
      __typename: 'ChatPrompt',
      messages: [
        {
          role: 'assistant',
          content: null,
          name: 'router',
          toolCallId: null,
          toolCalls: [{ id: 'c1' }],
          thinking: { text: 'hm' },
        },
        { ...none, role: 'tool', content: ['42'], toolCallId: 'c1' },
      ],
    });
    state.publishPrompt(project, chat, '');
    expect(await contentOfLatest()).toEqual({ __typename: 'TextPrompt', text: '' });
  });

  it('list previews, outlines and sizes of the newest versions', async () => {
    const pages = await readPages(async (after) => {
      const variables = { first: 30, after, filter: { vendors: ['POSTHOG' as const] } };
      return present(dataOf(await gateway.query(ListPromptPreviewsDocument, variables)).prompts);
    });
    const nodes = pages.flatMap((page) => page.nodes);
    expect(nodes).toHaveLength(families().length);
    for (const { vendorId, latestVersion } of nodes) {
      const version = present(familyNamed(vendorId).versions.at(-1));
      expect(latestVersion).toMatchObject({ ref: version.id, outline: outlineOf(version.prompt) });
      expect(latestVersion?.sizeBytes).toBeGreaterThan(0);
      if (typeof version.prompt !== 'string') continue;
      const preview = present(latestVersion?.preview);
      expect(version.prompt.startsWith(preview.replace(/\.\.\.$/, ''))).toBe(true);
      expect(preview.length).toBe(Math.min(version.prompt.length, 163));
    }
  });

  it('are read as they are now although reads by name lag behind at PostHog', async () => {
    const { state, switches } = gateway.sandbox.posthog;
    const id = await idOfPrompt(longest);
    switches.staleByName = true;
    const published = state.publishPrompt(posthogProject(gateway.sandbox).id, longest, 'Newest of all.');
    const { prompt } = dataOf(await gateway.query(ReadPromptDocument, { id }));
    expect(prompt?.latestVersion).toMatchObject({
      ref: published.id,
      content: { __typename: 'TextPrompt', text: 'Newest of all.' },
    });
    const versions = dataOf(await gateway.query(ListPromptVersionsDocument, { id, first: 1 }));
    expect(versions.prompt?.versions?.nodes[0]?.ref).toBe(published.id);
  });

  it('can be narrowed to the author of the newest version, at PostHog and nowhere else', async () => {
    const author = present(familyNamed(longest).versions.at(-1)).createdBy;
    const expected = families().filter(({ versions }) => present(versions.at(-1)).createdBy === author);
    const filter = { createdByVendorId: String(author.id) };
    const pages = await readPages(async (after) => {
      return present(dataOf(await gateway.query(ListPromptsDocument, { first: 10, after, filter })).prompts);
    });
    const found = pages.flatMap(({ nodes }) => nodes.map(({ vendorId }) => vendorId));
    expect(found.toSorted()).toEqual(expected.map(({ name }) => name).toSorted());
    expect(gateway.received('datadog')).toEqual([]);

    const vendors = ['HUMANLOOP' as const, 'POSTHOG' as const, 'DATADOG' as const];
    const refused = await gateway.query(ListPromptsDocument, { filter: { ...filter, vendors } });
    expect(refused.errors).toMatchObject([{ path: ['prompts'], extensions: { code: 'UNSUPPORTED' } }]);
    expect(refused.errors?.[0]?.message).toMatch(/^Datadog and Humanloop /);
    const noNumber = await gateway.query(ListPromptsDocument, { filter: { createdByVendorId: 'nadia' } });
    expect(noNumber.errors).toMatchObject([{ path: ['prompts'], extensions: { code: 'INVALID_INPUT' } }]);
  });
});
