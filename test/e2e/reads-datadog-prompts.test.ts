import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Prompt } from '../../sandbox/datadog/index.ts';
import {
  ListPromptVersionsDocument,
  ReadPromptDocument,
  ReadPromptVersionDocument,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { datadogInstant, dataOf, idOf, present, readPages } from './reading.ts';

const nobody = { name: null, email: null, handle: null, iconUrl: null, details: null };

describe.each(['spec', 'recorded'] as const)('Datadog prompts in the %s dialect', (dialect) => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
    gateway.sandbox.datadog.switches.dialect = dialect;
  });
  afterAll(() => gateway.dispose());

  const prompts = (): readonly Prompt[] => [...gateway.sandbox.datadog.state.tenant('acme').prompts.values()];
  const registered = (): readonly Prompt[] => prompts().filter(({ inRegistry }) => inRegistry);
  const idOfPrompt = ({ promptId }: Prompt): Promise<string> =>
    idOf(gateway, { vendor: 'DATADOG', kind: 'PROMPT', vendorId: promptId });

  function expectedVersion(promptId: string, prompt: Prompt, number: number) {
    const version = present(prompt.versions[number - 1]);
    const { template } = version;
    return {
      id: expect.any(String),
      promptId,
      ref: String(number),
      number,
      name: version.userVersion ?? null,
      description: version.description ?? null,
      content:
        typeof template === 'string'
          ? { __typename: 'TextPrompt', text: template }
          : {
              __typename: 'ChatPrompt',
              messages: template.map((message) => ({
                ...message,
                name: null,
                toolCallId: null,
                toolCalls: null,
                thinking: null,
              })),
            },
      preview: null,
      outline: null,
      sizeBytes: null,
      config: version.config,
      labels: version.labels,
      deployments: null,
      createdAt: datadogInstant(version.createdAt),
      updatedAt: null,
      createdBy: { ...nobody, vendorId: version.authorId },
      isLatest: number === prompt.versions.length,
    };
  }

  it('are read with all that Datadog keeps of them, text and chat alike', async () => {
    const kinds = new Set<string | undefined>();
    for (const one of registered()) {
      const id = await idOfPrompt(one);
      const { prompt } = dataOf(await gateway.query(ReadPromptDocument, { id }));
      const newest = expectedVersion(id, one, one.versions.length);
      expect(prompt).toEqual({
        id,
        vendor: 'DATADOG',
        vendorId: one.promptId,
        name: one.title ?? one.promptId,
        description: one.description ?? null,
        createdAt: datadogInstant(one.createdAt),
        createdBy: { ...nobody, vendorId: one.authorId },
        versionCount: one.versions.length,
        latestVersion: newest,
        currentVersion: newest,
      });
      kinds.add(prompt?.latestVersion?.content?.__typename);
    }
    expect([...kinds].toSorted()).toEqual(['ChatPrompt', 'TextPrompt']);
  });

  it('that were only seen in runs have no version', async () => {
    const seen = present(prompts().find(({ inRegistry }) => !inRegistry));
    const id = await idOfPrompt(seen);
    const { prompt } = dataOf(await gateway.query(ReadPromptDocument, { id }));
    expect(prompt).toMatchObject({
      name: seen.promptId,
      versionCount: 0,
      latestVersion: null,
      currentVersion: null,
    });
    const versions = dataOf(await gateway.query(ListPromptVersionsDocument, { id }));
    expect(versions.prompt?.versions).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false } });
  });

  it('list their versions newest first with their content', async () => {
    const one = present(registered().toSorted((a, b) => b.versions.length - a.versions.length)[0]);
    expect(one.versions.length).toBe(5);
    const id = await idOfPrompt(one);
    const pages = await readPages(async (after) => {
      const answer = await gateway.query(ListPromptVersionsDocument, { id, first: 2, after });
      return present(dataOf(answer).prompt?.versions);
    });
    expect(pages.map(({ nodes }) => nodes.length)).toEqual([2, 2, 1]);
    expect(pages.flatMap(({ nodes }) => nodes)).toEqual(
      [5, 4, 3, 2, 1].map((number) => expectedVersion(id, one, number)),
    );
  });

  it('give a version by its ref or by its number, the same', async () => {
    const one = present(registered().find(({ versions }) => versions.length > 2));
    const id = await idOfPrompt(one);
    for (const by of [{ ref: '2' }, { number: 2 }]) {
      const answer = await gateway.query(ReadPromptVersionDocument, { id, ...by });
      expect(dataOf(answer).prompt?.version).toEqual({
        ...expectedVersion(id, one, 2),
        prompt: { id, name: one.title ?? one.promptId },
      });
    }
  });

  it.each([{ number: 0 }, { number: -1 }, { number: 99 }, { ref: '99' }, { ref: '02' }, { ref: 'v1.0' }])(
    'answer NOT_FOUND at the version %j',
    async (by) => {
      const id = await idOfPrompt(present(registered()[0]));
      const answer = await gateway.query(ReadPromptVersionDocument, { id, ...by });
      expect(answer.data).toEqual({ prompt: { version: null } });
      expect(answer.errors).toMatchObject([
        { path: ['prompt', 'version'], extensions: { code: 'NOT_FOUND' } },
      ]);
    },
  );

  it.each([{}, { ref: '1', number: 1 }])('refuse to choose a version by %j', async (by) => {
    const id = await idOfPrompt(present(registered()[0]));
    const answer = await gateway.query(ReadPromptVersionDocument, { id, ...by });
    expect(answer.data).toEqual({ prompt: { version: null } });
    expect(answer.errors).toMatchObject([
      { path: ['prompt', 'version'], extensions: { code: 'INVALID_INPUT' } },
    ]);
  });

  it('have no configuration where the organisation may not write any', async () => {
    gateway.sandbox.datadog.switches.promptConfiguration = false;
    const bare = present(
      registered().find(({ versions }) => Object.keys(present(versions.at(-1)).config).length === 0),
    );
    const { prompt } = dataOf(await gateway.query(ReadPromptDocument, { id: await idOfPrompt(bare) }));
    expect(prompt?.latestVersion?.config).toBeNull();
    gateway.sandbox.datadog.switches.promptConfiguration = true;
  });
});
