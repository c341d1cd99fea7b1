import { describe, expect, test } from 'vitest';
import type { PromptFile } from '../../sandbox/humanloop/index.ts';
import type { PromptVersion } from '../../src/domain/prompt.ts';
import { PartialWriteError } from '../../src/domain/write-errors.ts';
import { foundIn, type Harness, promptKey, startHarness } from './humanloop-harness.ts';
import { errorOf, first, watchWrites, writersFor } from './humanloop-write-harness.ts';

const text = { kind: 'TEXT', text: 'Say {{word}}.' } as const;
const model = { model: 'gpt-4o' };

function agentOf({ sandbox }: Harness): PromptFile {
  const all = [...sandbox.state.acme.prompts.values()];
  return first(all.filter(({ path }) => path.endsWith('agent')));
}

async function latestOf(harness: Harness, file: PromptFile): Promise<PromptVersion> {
  const latest = await harness.connect().prompts.latestVersion(promptKey(file.id), true);
  if (latest === null) throw new Error('seeded');
  return latest;
}

function newestOf(file: PromptFile) {
  return first(file.versions.toReversed());
}

describe('creating a prompt', () => {
  test('sends template and settings under the vendor’s names, and is read back as it was given', async () => {
    const harness = await startHarness();
    const sent = watchWrites(harness);
    const message = { name: null, toolCallId: null, toolCalls: null, thinking: null };
    const call = { id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } };
    const content = {
      kind: 'CHAT',
      messages: [
        { ...message, role: 'system', content: 'Be kind.' },
        { ...message, role: 'assistant', content: null, toolCalls: [call] },
        { ...message, role: 'tool', content: 'found', toolCallId: 'c1' },
      ],
    } as const;
    const config = {
      ...model,
      temperature: 0.5,
      stop: ['END'],
      max_tokens: null,
      attributes: { ticket: 'T-1' },
    };
    const key = await writersFor(harness).prompts.create({
      ...{ name: 'Fresh', directoryPath: 'Writes', description: 'Greets.', labels: [] },
      ...{ content, config },
    });
    expect(sent).toEqual([
      {
        method: 'POST',
        path: '/prompts',
        contentType: 'application/json',
        body: {
          ...{
            path: 'Writes/Fresh',
            description: 'Greets.',
            model: 'gpt-4o',
            temperature: 0.5,
            stop: ['END'],
          },
          attributes: { ticket: 'T-1' },
          template: [
            { role: 'system', content: 'Be kind.' },
            { role: 'assistant', tool_calls: [call] },
            { role: 'tool', content: 'found', tool_call_id: 'c1' },
          ],
        },
      },
    ]);
    const { prompts } = harness.connect();
    expect(foundIn(await prompts.getPrompts([key]), key.id)).toMatchObject({
      name: 'Fresh',
      description: 'Greets.',
    });
    const { max_tokens: _, ...kept } = config;
    expect(await prompts.latestVersion(key, true)).toMatchObject({ content, config: kept });
  });

  test('keeps text, and no template at all', async () => {
    const harness = await startHarness();
    const { prompts } = writersFor(harness);
    const none = { kind: 'JSON', value: { template: null } } as const;
    for (const [name, content] of [
      ['Text', text],
      ['None', none],
    ] as const) {
      const key = await prompts.create({ name, content, config: model });
      expect(await harness.connect().prompts.latestVersion(key, true)).toMatchObject({ content });
    }
  });

  test('refuses a name that is taken, with what is there, and writes nothing', async () => {
    const harness = await startHarness();
    const file = agentOf(harness);
    const at = file.path.lastIndexOf('/');
    const place = { name: file.path.slice(at + 1), directoryPath: file.path.slice(0, at) };
    const sent = watchWrites(harness);
    const error = await errorOf(
      writersFor(harness).prompts.create({ ...place, content: text, config: model }),
    );
    expect(error).toMatchObject({ name: 'AlreadyExistsError', existing: promptKey(file.id) });
    expect(sent).toEqual([]);
  });

  test('refuses a path that a dataset has', async () => {
    const harness = await startHarness();
    const { path } = first(harness.sandbox.state.acme.datasets.values());
    const at = path.lastIndexOf('/');
    const place = { name: path.slice(at + 1), directoryPath: path.slice(0, at) };
    const creating = writersFor(harness).prompts.create({ ...place, content: text, config: model });
    expect(await errorOf(creating)).toMatchObject({ name: 'AlreadyExistsError', existing: null });
  });

  test('never claims what it did not make', async () => {
    const harness = await startHarness({ undeployedInList: 'omitted' });
    const { prompts } = writersFor(harness);
    const key = await prompts.create({ name: 'Hidden', content: text, config: model });
    const file = harness.sandbox.state.prompt('Hidden');
    harness.sandbox.state.undeploy(file.id, 'production');
    const again = { name: 'Hidden', content: { ...text, text: 'Other' }, config: model };
    const error = await errorOf(writersFor(harness).prompts.create(again));
    expect(error).toBeInstanceOf(PartialWriteError);
    expect(error).toMatchObject({ partial: { dataset: null, failures: [{ code: 'ALREADY_EXISTS' }] } });
    expect(error.message).toContain(file.id);
    expect(key).toEqual(promptKey(file.id));
  });

  test('refuses what cannot be kept, each at its place, before anything is asked', async () => {
    const harness = await startHarness();
    harness.asked();
    const message = {
      role: 'user',
      content: 'x',
      name: null,
      toolCallId: null,
      toolCalls: null,
      thinking: null,
    };
    for (const [input, paths] of [
      [{ content: text }, [['config', 'model']]],
      [{ content: text, config: null }, [['config', 'model']]],
      [{ content: text, config: ['gpt-4o'] }, [['config']]],
      [
        { content: text, config: { model: '', style: 'bold', template: 'x' } },
        [
          ['config', 'style'],
          ['config', 'template'],
          ['config', 'model'],
        ],
      ],
      [
        { content: text, config: { ...model, linked_tools: [{ name: 'no id' }] } },
        [['config', 'linked_tools', '0']],
      ],
      [{ content: text, config: { ...model, linked_tools: 'tl_1' } }, [['config', 'linked_tools']]],
      [{ content: text, config: model, labels: ['production'] }, [['labels']]],
      [{ content: { kind: 'JSON', value: { a: 1 } }, config: model }, [['content', 'json']]],
      [{ content: { kind: 'JSON', value: { template: 'text' } }, config: model }, [['content', 'json']]],
      [
        {
          content: { kind: 'CHAT', messages: [message, { ...message, toolCalls: [{ id: 'x', kind: 'y' }] }] },
          config: model,
        },
        [
          ['content', 'messages', '1', 'toolCalls', '0', 'type'],
          ['content', 'messages', '1', 'toolCalls', '0', 'function'],
          ['content', 'messages', '1', 'toolCalls', '0', 'kind'],
        ],
      ],
    ] as const) {
      const error = await errorOf(writersFor(harness).prompts.create({ name: 'X', ...input }));
      expect(error).toMatchObject({ name: 'InvalidInputError', issues: paths.map((path) => ({ path })) });
    }
    expect(harness.asked()).toEqual([]);
  });

  test("gives the vendor's own refusal at the place in the input", async () => {
    const harness = await startHarness();
    const { prompts } = writersFor(harness);
    const message = { content: 'x', name: null, toolCallId: null, toolCalls: null, thinking: null };
    for (const [content, config, path] of [
      [text, { ...model, temperature: 'hot' }, ['config', 'temperature']],
      [text, { ...model, provider: 'acme' }, ['config', 'provider']],
      [
        { kind: 'CHAT', messages: [{ ...message, role: 'oracle' }] },
        model,
        ['content', 'messages', '0', 'role'],
      ],
    ] as const) {
      const error = await errorOf(prompts.create({ name: 'X', content, config }));
      expect(error).toMatchObject({ name: 'InvalidInputError' });
      expect(error).toHaveProperty('issues', expect.arrayContaining([expect.objectContaining({ path })]));
    }
    const linked = prompts.create({
      name: 'X',
      content: text,
      config: { ...model, linked_tools: ['tl_nowhere'] },
    });
    expect(await errorOf(linked)).toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining('linked_tools'),
    });
  });
});

describe('publishing a version', () => {
  test('sends the whole config, tools by their ids, and tells the version', async () => {
    const harness = await startHarness();
    const file = agentOf(harness);
    const base = await latestOf(harness, file);
    const before = { description: file.description, tags: file.tags, readme: file.readme };
    const sent = watchWrites(harness);
    const written = await writersFor(harness).prompts.publish(
      promptKey(file.id),
      { content: text, config: base.config ?? null, description: 'Shorter.' },
      base,
    );
    expect(written).toEqual({ versionRef: newestOf(file).id, concurrentRef: null });
    expect(file).toMatchObject(before);
    expect(newestOf(file)).toMatchObject({ description: 'Shorter.', content: { template: text.text } });
    const [tool] = harness.sandbox.state.acme.tools;
    expect(sent).toMatchObject([{ path: '/prompts', body: { id: file.id, linked_tools: [tool?.id] } }]);
    const latest = await latestOf(harness, file);
    expect(latest).toMatchObject({ content: text, description: 'Shorter.' });
    expect(latest.config).toEqual(base.config);
  });

  test('of an older content gives that version back', async () => {
    const harness = await startHarness();
    const file = agentOf(harness);
    const base = await latestOf(harness, file);
    const old = first(file.versions);
    const { prompts } = harness.connect();
    const version = await prompts.getVersion(promptKey(file.id), { ref: old.id });
    const content = version?.content ?? text;
    const written = await writersFor(harness).prompts.publish(
      promptKey(file.id),
      { content, config: version?.config ?? null },
      base,
    );
    expect(written).toEqual({ versionRef: old.id, concurrentRef: null, isOlder: true });
  });

  test('names a version that somebody made in between', async () => {
    const harness = await startHarness();
    const file = agentOf(harness);
    const base = await latestOf(harness, file);
    const theirs = harness.sandbox.state.createPromptVersion(file.id, { model: 'other' });
    const written = await writersFor(harness).prompts.publish(
      promptKey(file.id),
      { content: text, config: base.config ?? null },
      base,
    );
    expect(written).toEqual({ versionRef: newestOf(file).id, concurrentRef: theirs.id });
  });

  test('is a success though the versions cannot be read back', async () => {
    const harness = await startHarness();
    const file = agentOf(harness);
    const source = harness.connect();
    const base = await source.prompts.latestVersion(promptKey(file.id), true);
    if (base === null) throw new Error('seeded');
    harness.sandbox.server.faults.add({ path: '/versions', effect: { type: 'answer', status: 503 } });
    const written = await source.prompts.writer?.publish(
      promptKey(file.id),
      { content: text, config: model },
      base,
    );
    expect(written).toEqual({ versionRef: newestOf(file).id, concurrentRef: null });
  });

  test('refuses labels, and a config without a model', async () => {
    const harness = await startHarness();
    const file = agentOf(harness);
    const base = await latestOf(harness, file);
    const sent = watchWrites(harness);
    const version = { content: text, config: { temperature: 1 }, labels: ['x'] };
    const error = await errorOf(writersFor(harness).prompts.publish(promptKey(file.id), version, base));
    expect(error).toMatchObject({ issues: [{ path: ['config', 'model'] }, { path: ['labels'] }] });
    expect(sent).toEqual([]);
  });
});

describe('archiving', () => {
  test('deletes the prompt, once', async () => {
    const harness = await startHarness();
    const file = agentOf(harness);
    const sent = watchWrites(harness);
    await writersFor(harness).prompts.archive(promptKey(file.id));
    expect(harness.sandbox.state.acme.prompts.has(file.id)).toBe(false);
    expect(sent).toMatchObject([{ method: 'DELETE', path: `/prompts/${file.id}` }]);
    const again = writersFor(harness).prompts.archive(promptKey(file.id));
    expect(await errorOf(again)).toMatchObject({ name: 'NotFoundError' });
  });
});

describe('duplicating', () => {
  test('copies the newest content and settings into the same directory', async () => {
    const harness = await startHarness();
    const file = agentOf(harness);
    const copy = await writersFor(harness).prompts.duplicate(promptKey(file.id), 'Copied agent');
    const directory = file.path.slice(0, file.path.lastIndexOf('/'));
    const copied = harness.sandbox.state.prompt(`${directory}/Copied agent`);
    expect(copy).toEqual(promptKey(copied.id));
    expect(copied.versions).toHaveLength(1);
    expect(newestOf(copied).content).toEqual(newestOf(file).content);
  });

  test('refuses a name that is taken, and a prompt that is not there', async () => {
    const harness = await startHarness();
    const file = agentOf(harness);
    const { prompts } = writersFor(harness);
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    expect(await errorOf(prompts.duplicate(promptKey(file.id), name))).toMatchObject({
      name: 'AlreadyExistsError',
      existing: promptKey(file.id),
    });
    expect(await errorOf(prompts.duplicate(promptKey('pr_nowhere'), 'x'))).toMatchObject({
      name: 'NotFoundError',
    });
    expect(await errorOf(prompts.duplicate(promptKey(file.id), 'a/b'))).toMatchObject({
      name: 'InvalidInputError',
      issues: [{ path: ['newName'] }],
    });
  });
});
