import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/domain/identity.ts';
import type { PromptContent, PromptMessage, PromptVersion } from '../../src/domain/prompt.ts';
import { source } from './datadog-harness.ts';
import { startWriteHarness, thrown, type WriteHarness } from './datadog-write-harness.ts';

const text: PromptContent = { kind: 'TEXT', text: 'Answer {{question}}' };
const promptId = 'refund-reply';
const prompt = keyOf(source, 'PROMPT', promptId);

function message(part: Partial<PromptMessage>): PromptMessage {
  return {
    role: 'user',
    content: 'Hi',
    name: null,
    toolCallId: null,
    toolCalls: null,
    thinking: null,
    ...part,
  };
}

async function newestOf(harness: WriteHarness): Promise<PromptVersion> {
  const newest = await harness.connect().prompts.latestVersion(prompt, true);
  if (newest === null) throw new Error('it has versions');
  return newest;
}

describe('a new prompt', () => {
  it('has its name as its id, and what else was given', async () => {
    const harness = await startWriteHarness();
    const { prompts, sent } = harness.writers();
    const key = await prompts.create({
      name: 'Greeting / 2',
      content: { kind: 'CHAT', messages: [message({ role: 'system', content: 'Be kind' }), message({})] },
      config: { model: 'm', temperature: 0 },
      description: 'says hello',
      labels: ['production'],
    });
    expect(key).toEqual(keyOf(source, 'PROMPT', 'Greeting / 2'));
    const template = [
      { role: 'system', content: 'Be kind' },
      { role: 'user', content: 'Hi' },
    ];
    expect(sent).toEqual([
      {
        endpoint: 'CreateLLMObsPrompt',
        body: {
          data: {
            type: 'prompt-templates',
            attributes: {
              prompt_id: 'Greeting / 2',
              template,
              config: { model: 'm', temperature: 0 },
              labels: ['production'],
              description: 'says hello',
            },
          },
        },
      },
    ]);
    const { prompts: reads } = harness.connect();
    expect((await reads.getPrompts([key])).get(key.id)).toMatchObject({
      name: 'Greeting / 2',
      description: 'says hello',
    });
    expect(await reads.latestVersion(key, true)).toMatchObject({
      ref: '1',
      content: { kind: 'CHAT', messages: [{ role: 'system', content: 'Be kind' }, { content: 'Hi' }] },
      config: { model: 'm', temperature: 0 },
      labels: ['production'],
    });
  });

  it('sends no empty config, which not every organisation may write', async () => {
    const harness = await startWriteHarness({ promptConfiguration: false });
    const { prompts, sent } = harness.writers();
    await prompts.create({ name: 'a', content: text });
    await prompts.create({ name: 'b', content: text, config: {} });
    for (const { body } of sent) expect(JSON.stringify(body)).not.toContain('config');
    const create = prompts.create({ name: 'c', content: text, config: { a: 1 } });
    await expect(create).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('whose name is taken is refused with the prompt that has it', async () => {
    const harness = await startWriteHarness();
    const create = harness.writers().prompts.create({ name: promptId, content: text });
    await expect(create).rejects.toMatchObject({ code: 'ALREADY_EXISTS', existing: { id: prompt.id } });
  });

  it.each([
    ['directoryPath', { directoryPath: 'a' }],
    ['content.json', { content: { kind: 'JSON', value: { messages: [] } } }],
    [
      'content.messages.1.content',
      { content: { kind: 'CHAT', messages: [message({}), message({ content: [] })] } },
    ],
    ['content.messages.0.name', { content: { kind: 'CHAT', messages: [message({ name: 'n' })] } }],
    ['content.messages.0.toolCalls', { content: { kind: 'CHAT', messages: [message({ toolCalls: [] })] } }],
    ['config', { config: ['a'] }],
    ['labels.1', { labels: ['development', 'staging'] }],
    ['name', { name: '..' }],
    ['name', { name: 'a\ud800' }],
  ] as const)('is refused for %s before anything is sent', async (path, part) => {
    const harness = await startWriteHarness();
    const error = await thrown(harness.writers().prompts.create({ name: 'new', content: text, ...part }));
    expect(error).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: path.split('.') }] });
    expect(harness.asked()).toEqual([]);
  });

  it('is refused with the vendor’s own pointer', async () => {
    const harness = await startWriteHarness();
    const errors = [
      { detail: 'too long', source: { pointer: '/data/attributes/prompt_id' } },
      { detail: 'no such variable', source: { pointer: '/data/attributes/template' } },
    ];
    const effect = { type: 'answer', status: 400, body: JSON.stringify({ errors }) } as const;
    harness.sandbox.server.faults.add({ method: 'POST', effect });
    await expect(harness.writers().prompts.create({ name: 'new', content: text })).rejects.toMatchObject({
      issues: [{ path: ['name'] }, { path: ['content'] }],
    });
  });
});

describe('a new version', () => {
  it('comes after its base, with what was given', async () => {
    const harness = await startWriteHarness();
    const base = await newestOf(harness);
    const { prompts, sent } = harness.writers();
    const config = { model: 'another' };
    const written = await prompts.publish(
      prompt,
      { content: text, config, description: 'shorter', labels: ['development'] },
      base,
    );
    const next = String((base.number ?? 0) + 1);
    expect(written).toEqual({ versionRef: next, concurrentRef: null });
    expect(sent[0]?.body).toEqual({
      data: {
        type: 'prompt-template-versions',
        attributes: {
          template: 'Answer {{question}}',
          config,
          labels: ['development'],
          description: 'shorter',
        },
      },
    });
    expect(await newestOf(harness)).toMatchObject({
      ref: next,
      content: text,
      config,
      description: 'shorter',
      labels: ['development'],
    });
  });

  it('carries its base’s config over without sending it, and clears it by null', async () => {
    const harness = await startWriteHarness();
    const { prompts, sent } = harness.writers();
    await prompts.publish(prompt, { content: text, config: { model: 'm' } }, await newestOf(harness));
    const base = await newestOf(harness);
    await prompts.publish(prompt, { content: text, config: { model: 'm' } }, base);
    expect(JSON.stringify(sent[1]?.body)).not.toContain('config');
    expect(await newestOf(harness)).toMatchObject({ config: { model: 'm' } });
    await prompts.publish(prompt, { content: text, config: null }, await newestOf(harness));
    expect(await newestOf(harness)).toMatchObject({ config: {} });
  });

  it('names the version that somebody else published in between', async () => {
    const harness = await startWriteHarness();
    const base = await newestOf(harness);
    const { prompts } = harness.writers();
    const version = { content: text, config: null };
    await harness.writers().prompts.publish(prompt, version, base);
    const number = base.number ?? 0;
    expect(await prompts.publish(prompt, { ...version, config: { a: 1 } }, base)).toEqual({
      versionRef: String(number + 2),
      concurrentRef: String(number + 1),
    });
  });

  it('of a prompt that is not there is not found, nor is its archiving or its copy', async () => {
    const harness = await startWriteHarness();
    const missing = keyOf(source, 'PROMPT', 'no-such');
    const { prompts } = harness.writers();
    const base = await newestOf(harness);
    const tasks = [
      prompts.publish(missing, { content: text, config: null }, base),
      prompts.archive(missing),
      prompts.duplicate(missing, 'copy'),
    ];
    for (const error of await Promise.all(tasks.map(thrown))) {
      expect(error).toMatchObject({ name: 'NotFoundError', message: expect.stringContaining('no-such') });
    }
  });
});

describe('an archived prompt', () => {
  it('is there no more', async () => {
    const harness = await startWriteHarness();
    const { prompts } = harness.writers();
    await prompts.archive(prompt);
    expect(harness.sandbox.state.tenant('acme').prompts.has(promptId)).toBe(false);
    expect((await harness.connect().prompts.getPrompts([prompt])).size).toBe(0);
    await expect(prompts.archive(prompt)).rejects.toMatchObject({ name: 'NotFoundError' });
  });
});

describe('a copy', () => {
  it('has the newest content, config and description of what it was made of, and no labels', async () => {
    const harness = await startWriteHarness();
    const { prompts } = harness.writers();
    const version = { content: text, config: { model: 'm' }, labels: ['production'] };
    await prompts.publish(prompt, version, await newestOf(harness));
    const copy = await prompts.duplicate(prompt, 'refund-reply-2');
    expect(copy).toEqual(keyOf(source, 'PROMPT', 'refund-reply-2'));
    const { state } = harness.sandbox;
    const { versions, description } = state.prompt('acme', 'refund-reply-2');
    expect(description).toBe(state.prompt('acme', promptId).description);
    expect(versions).toMatchObject([
      { number: 1, template: 'Answer {{question}}', config: { model: 'm' }, labels: [] },
    ]);
    await expect(prompts.duplicate(prompt, 'refund-reply-2')).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      existing: { id: copy.id },
    });
    await expect(prompts.duplicate(prompt, '.')).rejects.toMatchObject({ issues: [{ path: ['newName'] }] });
  });

  it('of chat messages is chat', async () => {
    const harness = await startWriteHarness();
    const { prompts } = harness.writers();
    const content: PromptContent = { kind: 'CHAT', messages: [message({})] };
    await prompts.publish(prompt, { content, config: null }, await newestOf(harness));
    const copy = await prompts.duplicate(prompt, 'chat');
    expect(await harness.connect().prompts.latestVersion(copy, true)).toMatchObject({ content });
  });
});
