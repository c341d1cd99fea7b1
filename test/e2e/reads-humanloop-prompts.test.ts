import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromptFile, PromptVersion } from '../../sandbox/humanloop/index.ts';
import {
  ListPromptVersionsDocument,
  ReadPromptDocument,
  ReadPromptVersionDocument,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, humanloopInstant, idOf, present, readPages } from './reading.ts';

describe('Humanloop prompts', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.dispose());

  const files = (): readonly PromptFile[] => [...gateway.sandbox.humanloop.state.acme.prompts.values()];
  const environments = () => gateway.sandbox.humanloop.state.acme.environments;
  const defaultEnvironment = () => present(environments().find(({ tag }) => tag === 'default'));
  const idOfFile = ({ id }: PromptFile): Promise<string> =>
    idOf(gateway, { vendor: 'HUMANLOOP', kind: 'PROMPT', vendorId: id });
  const deployed = (file: PromptFile): PromptVersion | undefined =>
    file.versions.find(({ id }) => id === file.deployments.get(defaultEnvironment().id));

  function personOf({ createdBy }: PromptVersion) {
    return {
      vendorId: createdBy.id,
      name: createdBy.fullName,
      email: createdBy.emailAddress,
      handle: null,
      iconUrl: null,
      details: null,
    };
  }

  function expectedContent({ content: { template } }: PromptVersion) {
    if (typeof template === 'string') return { __typename: 'TextPrompt', text: template };
    if (template === null || template === undefined) {
      return { __typename: 'JsonPrompt', value: { template: null } };
    }
    return {
      __typename: 'ChatPrompt',
      messages: template.map((message) => ({
        role: message.role,
        content: message.content ?? null,
        name: message.name ?? null,
        toolCallId: message.tool_call_id ?? null,
        toolCalls: message.tool_calls ?? null,
        thinking: message.thinking ?? null,
      })),
    };
  }

  /** Every setting that the version has, under the vendor's names; linked tools are shown whole. */
  function expectedConfig({ content }: PromptVersion) {
    const { template: _template, linked_tools: linked, ...settings } = content;
    const { tools } = gateway.sandbox.humanloop.state.acme;
    const shown = tools
      .filter(({ id }) => linked?.includes(id) === true)
      .map(({ id, versionId, name, description, parameters }) => {
        return { id, version_id: versionId, name, description, strict: null, parameters };
      });
    const present = Object.entries(settings).filter(([, value]) => value !== null && value !== undefined);
    return { ...Object.fromEntries(present), linked_tools: shown };
  }

  function expectedVersion(promptId: string, file: PromptFile, version: PromptVersion) {
    return {
      id: expect.any(String),
      promptId,
      ref: version.id,
      number: null,
      name: version.name,
      description: version.description,
      content: expectedContent(version),
      preview: null,
      outline: null,
      sizeBytes: null,
      config: expectedConfig(version),
      labels: null,
      deployments: environments()
        .filter(({ id }) => file.deployments.get(id) === version.id)
        .map(({ name, tag, createdAt }) => ({
          environmentId: expect.any(String),
          environmentName: name,
          isDefault: tag === 'default',
          createdAt: humanloopInstant(createdAt),
        })),
      createdAt: humanloopInstant(version.createdAt),
      updatedAt: humanloopInstant(Math.max(version.updatedAt, file.movedAt)),
      createdBy: personOf(version),
      isLatest: version === file.versions.at(-1),
    };
  }

  it('are read with all that Humanloop keeps of them, deployed or not, text and chat alike', async () => {
    const kinds = new Set<string | undefined>();
    const standing = new Set<string>();
    for (const file of files()) {
      const id = await idOfFile(file);
      const current = deployed(file);
      const newest = present(file.versions.at(-1));
      const shown = current ?? newest;
      const { prompt } = dataOf(await gateway.query(ReadPromptDocument, { id }));
      expect(prompt).toEqual({
        id,
        vendor: 'HUMANLOOP',
        vendorId: file.id,
        name: file.path.split('/').at(-1),
        description: file.description,
        createdAt: humanloopInstant(shown.createdAt),
        createdBy: personOf(shown),
        versionCount: null,
        latestVersion: expectedVersion(id, file, newest),
        currentVersion: current === undefined ? null : expectedVersion(id, file, current),
      });
      kinds.add(prompt?.latestVersion?.content?.__typename);
      standing.add(current === undefined ? 'nothing' : current === newest ? 'newest' : 'older');
    }
    expect(kinds).toContain('ChatPrompt');
    expect(kinds).toContain('TextPrompt');
    expect([...standing].toSorted()).toEqual(['newest', 'nothing', 'older']);
  });

  it('list their versions newest first with their content', async () => {
    const file = present(files().find(({ versions }) => versions.length === 30));
    const id = await idOfFile(file);
    const pages = await readPages(async (after) => {
      const answer = await gateway.query(ListPromptVersionsDocument, { id, first: 12, after });
      return present(dataOf(answer).prompt?.versions);
    });
    expect(pages.map(({ nodes }) => nodes.length)).toEqual([12, 12, 6]);
    expect(pages.flatMap(({ nodes }) => nodes)).toEqual(
      file.versions.toReversed().map((version) => expectedVersion(id, file, version)),
    );
  });

  it('give any version by its ref, and say whether it is the latest', async () => {
    const file = present(files().find(({ versions }) => versions.length > 3));
    const id = await idOfFile(file);
    for (const version of file.versions) {
      const answer = await gateway.query(ReadPromptVersionDocument, { id, ref: version.id });
      expect(dataOf(answer).prompt?.version).toEqual({
        ...expectedVersion(id, file, version),
        prompt: { id, name: file.path.split('/').at(-1) },
      });
    }
  });

  it('have no numbers to ask for, and no versions of other prompts', async () => {
    const [file, other] = [present(files()[0]), present(files()[1])];
    const id = await idOfFile(file);
    const numbered = await gateway.query(ReadPromptVersionDocument, { id, number: 1 });
    expect(numbered.errors).toMatchObject([
      { path: ['prompt', 'version'], extensions: { code: 'INVALID_INPUT' } },
    ]);
    for (const ref of [present(other.versions[0]).id, 'prv_doesNotExist', '1']) {
      const answer = await gateway.query(ReadPromptVersionDocument, { id, ref });
      expect(answer.data).toEqual({ prompt: { version: null } });
      expect(answer.errors).toMatchObject([
        { path: ['prompt', 'version'], extensions: { code: 'NOT_FOUND' } },
      ]);
    }
  });

  it('show messages with calls and thoughts, and one without a template, as they are', async () => {
    const { state } = gateway.sandbox.humanloop;
    const file = present(files()[0]);
    const id = await idOfFile(file);
    state.createPromptVersion(file.id, {
      model: 'o3-mini',
      template: [
        { role: 'system', content: [{ type: 'text', text: 'Answer {{question}}' }], name: 'rules' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        { role: 'tool', content: '42', tool_call_id: 'c1' },
      ],
      stop: ['END'],
      temperature: 0,
    });
    state.createPromptVersion(file.id, { model: 'gpt-4o', endpoint: 'complete' });
    for (const version of file.versions.slice(-2)) {
      const answer = await gateway.query(ReadPromptVersionDocument, { id, ref: version.id });
      expect(dataOf(answer).prompt?.version).toMatchObject(expectedVersion(id, file, version));
    }
    const { prompt } = dataOf(await gateway.query(ReadPromptDocument, { id }));
    expect(prompt?.latestVersion?.content).toEqual({ __typename: 'JsonPrompt', value: { template: null } });
  });
});
