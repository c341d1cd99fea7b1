import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { posthogProject, present } from './reading.ts';
import { pathsOf, refused, succeed, takeWrites } from './writing.ts';
import {
  configOf,
  contentsOf,
  makePrompt,
  promptName,
  promptVendors,
  type ReadPrompt,
  readPrompt,
} from './written-prompts.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

describe.each(promptVendors)('createPrompt at %s', (vendor) => {
  it.each(contentsOf(vendor))('makes a prompt of $kind and reads it back', async ({ content, read }) => {
    const name = promptName('made');
    const input = { vendor, name, content, ...configOf(vendor) };
    const { promptId, prompt } = await succeed<{ promptId: string; prompt: { id: string; name: string } }>(
      gateway,
      'createPrompt',
      input,
      'promptId prompt { id name }',
    );
    expect(takeWrites(gateway)).toHaveLength(1);
    expect(prompt).toMatchObject({ id: promptId, name });
    const { latestVersion, currentVersion } = await readPrompt(gateway, promptId);
    expect(latestVersion).toMatchObject({ content: read });
    if (vendor !== 'POSTHOG') expect(latestVersion?.config).toMatchObject(configOf(vendor).config ?? {});
    // What is new is what a plain read gives, but for a vendor that deploys.
    if (vendor === 'HUMANLOOP') expect(currentVersion?.ref ?? latestVersion?.ref).toBe(latestVersion?.ref);
    else expect(currentVersion?.ref).toBe(latestVersion?.ref);
  });

  it('refuses a name that is taken, gives what has it, and changes nothing of it', async () => {
    const { id, name } = await makePrompt(gateway, vendor, 'The first');
    const before = await readPrompt(gateway, id);
    takeWrites(gateway);
    const input = { vendor, name, content: { text: 'The second' }, ...configOf(vendor) };
    const told = await refused(gateway, 'createPrompt', input);
    expect(told).toMatchObject({
      __typename: 'AlreadyExistsError',
      code: 'ALREADY_EXISTS',
      existing: { __typename: 'Prompt', id },
    });
    expect(takeWrites(gateway).length).toBe(vendor === 'HUMANLOOP' ? 0 : 1);
    expect(await readPrompt(gateway, id)).toEqual(before);
  });

  it('makes one prompt of two of a name that come at once', async () => {
    const name = promptName('raced');
    const run = (text: string): Promise<string> =>
      succeed<{ promptId: string }>(
        gateway,
        'createPrompt',
        { vendor, name, content: { text }, ...configOf(vendor) },
        'promptId',
      ).then(
        ({ promptId }) => `made ${promptId}`,
        (error: unknown) => String(error),
      );
    const results = await Promise.all(['left', 'right'].map(run));
    const made = results.filter((result) => result.startsWith('made '));
    expect(made).toHaveLength(1);
    expect(results.join()).toContain('AlreadyExistsError');
    const { versions } = await readPrompt(gateway, present(made[0]).slice(5));
    expect(versions.nodes).toHaveLength(1);
  });

  it('copies the newest version under another name, which goes its own way', async () => {
    const { id } = await makePrompt(gateway, vendor, 'The original');
    const { latestVersion } = await readPrompt(gateway, id);
    const newName = promptName('copy');
    const { promptId, prompt } = await succeed<{ promptId: string; prompt: ReadPrompt }>(
      gateway,
      'duplicatePrompt',
      { promptId: id, newName },
      'promptId prompt { id name }',
    );
    expect(promptId).not.toBe(id);
    expect(prompt).toMatchObject({ id: promptId, name: newName });
    const copy = await readPrompt(gateway, promptId);
    expect(copy.latestVersion).toMatchObject({
      content: latestVersion?.content,
      config: latestVersion?.config ?? null,
    });
    await succeed(gateway, 'publishPromptVersion', {
      promptId,
      content: { text: 'Another' },
      expectedRef: copy.latestVersion?.ref,
    });
    expect((await readPrompt(gateway, id)).latestVersion).toEqual(latestVersion);
  });

  it('refuses to copy to a name that is taken, and gives what has it', async () => {
    const first = await makePrompt(gateway, vendor, 'One');
    const second = await makePrompt(gateway, vendor, 'Two');
    const told = await refused(gateway, 'duplicatePrompt', { promptId: first.id, newName: second.name });
    expect(told).toMatchObject({
      __typename: 'AlreadyExistsError',
      existing: { __typename: 'Prompt', id: second.id },
    });
    expect((await readPrompt(gateway, second.id)).latestVersion?.content).toEqual({ text: 'Two' });
  });

  it('takes a prompt out of use, frees its name, and says of it then that there is none', async () => {
    const { id, name } = await makePrompt(gateway, vendor, 'Gone');
    const { promptId } = await succeed<{ promptId: string }>(
      gateway,
      'archivePrompt',
      { promptId: id },
      'promptId',
    );
    expect(promptId).toBe(id);
    const gone = await gateway.query<{ prompt: unknown }, object>(
      'query ($id: ID!) { prompt(id: $id) { name } }',
      { id },
    );
    expect(gone.data.prompt).toBeNull();
    expect(gone.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    for (const [mutation, input] of [
      ['archivePrompt', { promptId: id }],
      ['archivePrompt', { promptId: id, expectedRef: '1' }],
      ['duplicatePrompt', { promptId: id, newName: promptName('never') }],
      ['publishPromptVersion', { promptId: id, content: { text: 'x' }, expectedRef: '1' }],
    ] as const) {
      expect(await refused(gateway, mutation, input), mutation).toMatchObject({
        __typename: 'NotFoundError',
      });
    }
    const again = await makePrompt(gateway, vendor, 'Anew', name);
    expect((await readPrompt(gateway, again.id)).versions.nodes).toHaveLength(1);
  });

  it('takes a prompt out of use only while the expected version is the newest', async () => {
    const { id, ref } = await makePrompt(gateway, vendor, 'One');
    const { versionRef } = await succeed<{ versionRef: string }>(
      gateway,
      'publishPromptVersion',
      { promptId: id, content: { text: 'Two' }, expectedRef: ref },
      'versionRef',
    );
    takeWrites(gateway);
    const told = await refused(gateway, 'archivePrompt', { promptId: id, expectedRef: ref });
    expect(told).toMatchObject({
      __typename: 'VersionConflictError',
      expectedRef: ref,
      currentRef: versionRef,
    });
    expect(takeWrites(gateway)).toEqual([]);
    await succeed(gateway, 'archivePrompt', { promptId: id, expectedRef: versionRef });
  });
});

describe('what a vendor cannot keep of a new prompt', () => {
  const text = { text: 'x' };
  const refusals: readonly [string, object, readonly string[]][] = [
    ['DATADOG', { content: text, directoryPath: 'a' }, ['input.directoryPath']],
    ['DATADOG', { content: { json: { a: 1 } } }, ['input.content.json']],
    [
      'DATADOG',
      { content: { messages: [{ role: 'user', content: [1] }] } },
      ['input.content.messages.0.content'],
    ],
    [
      'DATADOG',
      { content: { messages: [{ role: 'tool', content: 'x', toolCallId: 't', name: 'n' }] } },
      ['input.content.messages.0.name', 'input.content.messages.0.toolCallId'],
    ],
    ['DATADOG', { content: text, labels: ['staging'] }, ['input.labels.0']],
    ['DATADOG', { content: text, config: ['a'] }, ['input.config']],
    ['DATADOG', { content: text, name: '..' }, ['input.name']],
    ['HUMANLOOP', { content: text }, ['input.config.model']],
    ['HUMANLOOP', { content: text, config: { model: '' } }, ['input.config.model']],
    ['HUMANLOOP', { content: text, config: 'gpt-4o' }, ['input.config']],
    ['HUMANLOOP', { content: text, config: { model: 'gpt-4o', color: 'red' } }, ['input.config.color']],
    ['HUMANLOOP', { content: text, config: { model: 'gpt-4o' }, labels: ['production'] }, ['input.labels']],
    ['HUMANLOOP', { content: { json: [1] }, config: { model: 'gpt-4o' } }, ['input.content.json']],
    ['HUMANLOOP', { content: text, config: { model: 'gpt-4o' }, name: 'a/b' }, ['input.name']],
    [
      'HUMANLOOP',
      { content: text, config: { model: 'gpt-4o' }, directoryPath: 'a//b' },
      ['input.directoryPath'],
    ],
    ['POSTHOG', { content: { messages: [{ role: 'user', content: 'x' }] } }, ['input.content.messages']],
    ['POSTHOG', { content: { json: { a: 1 } } }, ['input.content.json']],
    ['POSTHOG', { content: text, name: 'with blanks' }, ['input.name']],
    ['POSTHOG', { content: text, name: 'new' }, ['input.name']],
    ['POSTHOG', { content: text, directoryPath: 'a' }, ['input.directoryPath']],
    ['POSTHOG', { content: text, labels: ['production'] }, ['input.labels']],
    ['POSTHOG', { content: text, config: { model: 'x' } }, ['input.config']],
    ['POSTHOG', { content: text, description: 'x' }, ['input.description']],
  ];
  it.each(refusals)('at %s is refused with its place: %j', async (vendor, more, paths) => {
    const told = await refused(gateway, 'createPrompt', { vendor, name: promptName('refused'), ...more });
    expect(told.__typename).toBe('InvalidInputError');
    expect(pathsOf(told)).toEqual(paths);
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('a name', () => {
  it.each([
    ['DATADOG', 'a/b?c#d%20 "e" ü 🎉 ..'],
    ['HUMANLOOP', 'a & b?c#d%20 "e" ü 🎉 ..'],
    ['POSTHOG', 'A_b-9'],
  ] as const)('may hold whatever %s takes, through the whole life of a prompt', async (vendor, text) => {
    const { id, name, ref } = await makePrompt(gateway, vendor, 'One', `${text}${promptName('-')}`);
    expect((await readPrompt(gateway, id)).name).toBe(name);
    const input = { promptId: id, content: { text: 'Two' }, expectedRef: ref };
    await succeed(gateway, 'publishPromptVersion', input);
    const newName = `${text}${promptName('-copy')}`;
    const { promptId } = await succeed<{ promptId: string }>(
      gateway,
      'duplicatePrompt',
      { promptId: id, newName },
      'promptId',
    );
    expect((await readPrompt(gateway, promptId)).latestVersion?.content).toEqual({ text: 'Two' });
    for (const one of [id, promptId]) await succeed(gateway, 'archivePrompt', { promptId: one });
  });
});

describe('labels of a new prompt', () => {
  it('are set on its first version at Datadog', async () => {
    const input = {
      vendor: 'DATADOG',
      name: promptName('labelled'),
      content: { text: 'x' },
      labels: ['production'],
    };
    const { promptId } = await succeed<{ promptId: string }>(gateway, 'createPrompt', input, 'promptId');
    expect((await readPrompt(gateway, promptId)).latestVersion?.labels).toEqual(['production']);
  });

  it('are set on its first version by a PostHog that has them, one by one', async () => {
    gateway.sandbox.posthog.state.switches.labels = true;
    try {
      const input = {
        vendor: 'POSTHOG',
        name: promptName('labelled'),
        content: { text: 'x' },
        labels: ['production', 'eu'],
        config: { model: 'm' },
        description: 'First',
      };
      const { promptId } = await succeed<{ promptId: string }>(gateway, 'createPrompt', input, 'promptId');
      const { latestVersion } = await readPrompt(gateway, promptId);
      expect(latestVersion).toMatchObject({ config: { model: 'm' }, description: 'First' });
      expect(latestVersion?.labels?.toSorted()).toEqual(['eu', 'production']);
      expect(takeWrites(gateway)).toHaveLength(3);

      gateway.sandbox.posthog.server.faults.add({
        method: 'PUT',
        path: 'labels/eu',
        effect: { type: 'answer', status: 403, headers: {}, body: '{}' },
      });
      const told = await refused(gateway, 'createPrompt', { ...input, name: promptName('partly') });
      expect(told).toMatchObject({
        __typename: 'PartialWriteError',
        completedSteps: [expect.stringContaining('created'), 'label production set'],
        failures: [{ path: ['labels', '1'], code: 'FORBIDDEN' }],
      });
      expect(posthogProject(gateway.sandbox).prompts.size).toBeGreaterThan(1);
    } finally {
      gateway.sandbox.posthog.server.faults.clear();
      gateway.sandbox.posthog.state.switches.labels = false;
    }
  });
});
