import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFoundError, SourceError } from '../../src/domain/errors.ts';
import type { PromptContent, PromptVersion } from '../../src/domain/prompt.ts';
import { AlreadyExistsError, VersionConflictError } from '../../src/domain/write-errors.ts';
import type { NewPromptVersion } from '../../src/sources/source.ts';
import { acme, failureOf, firstOf, key, only, projectId } from './posthog-harness.ts';
import { promptRoot, usePostHogWrites, type Writers, writersOf } from './posthog-write-harness.ts';

const test = usePostHogWrites();

const seeded = () => test.sandbox.state.project(projectId);
const family = () => firstOf([...seeded().prompts.values()].filter(({ versions }) => versions.length > 1));
const text = (value: string): PromptContent => ({ kind: 'TEXT', text: value });

async function baseOf({ prompts }: Writers, name: string): Promise<PromptVersion> {
  const base = await prompts.latestVersion(key.prompt(name), true);
  return base ?? expect.fail('it has a version');
}

async function publish(
  writers: Writers,
  name: string,
  version: Partial<NewPromptVersion> = {},
): Promise<unknown> {
  const base = await baseOf(writers, name);
  const whole = { content: text('new'), config: base.config ?? null, ...version };
  return writers.promptWriter.publish(key.prompt(name), whole, base);
}

describe('creating a prompt', () => {
  it('sends name and text, and gives its key', async () => {
    const { promptWriter, prompts } = test.write();
    const made = await promptWriter.create({ name: 'fresh-prompt', content: text('# Hi') });
    expect(made).toEqual(key.prompt('fresh-prompt'));
    expect([...test.read()]).toEqual([]);
    expect(test.sent()).toEqual([
      { method: 'POST', path: `${promptRoot}/`, body: { name: 'fresh-prompt', prompt: '# Hi' } },
    ]);
    const read = await prompts.latestVersion(made, true);
    expect(read).toMatchObject({ number: 1, content: text('# Hi') });
  });

  it('tells the one that has the name', async () => {
    const { name } = family();
    const error = await failureOf(test.write().promptWriter.create({ name, content: text('x') }));
    expect(error).toBeInstanceOf(AlreadyExistsError);
    expect(error).toMatchObject({ existing: key.prompt(name) });
  });

  const chat: PromptContent = {
    kind: 'CHAT',
    messages: [{ role: 'user', content: 'x', name: null, toolCallId: null, toolCalls: null, thinking: null }],
  };

  it.each([
    ['a name with blanks', { name: 'a b' }, ['name']],
    ['a long name', { name: 'a'.repeat(256) }, ['name']],
    ['a reserved name', { name: 'New' }, ['name']],
    ['a directory', { directoryPath: 'a' }, ['directoryPath']],
    ['messages', { content: chat }, ['content', 'messages']],
    ['JSON', { content: { kind: 'JSON', value: { a: 1 } } as const }, ['content', 'json']],
    ['too much text', { content: text('é'.repeat(499_999 + 1)) }, ['content', 'text']],
    ['a config that is no object', { config: [1] }, ['config']],
    ['a label of digits', { labels: ['ok', '12'] }, ['labels', '1']],
    ['a label in upper case', { labels: ['Prod'] }, ['labels', '0']],
    ['the label latest', { labels: ['latest'] }, ['labels', '0']],
    ['a label twice', { labels: ['a', 'a'] }, ['labels', '1']],
    ['a long description', { description: 'x'.repeat(401) }, ['description']],
  ])('refuses %s before anything is sent', async (_, more, path) => {
    const input = { name: 'fine', content: text('x'), ...more };
    const error = await failureOf(test.write().promptWriter.create(input));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ issues: [{ path }] });
    expect([...test.read(), ...test.sent()]).toEqual([]);
  });

  it('takes text up to the limit, escapes and quotes included', async () => {
    const largest = text(`${'é'.repeat(499_998)}"`);
    await test.write().promptWriter.create({ name: 'large', content: largest });
    expect(test.sandbox.state.prompt(projectId, 'large').versions).toHaveLength(1);
  });
});

describe('publishing a prompt version', () => {
  it('sends the whole text and the base, and gives the id of what it made', async () => {
    const { name, versions } = family();
    const count = versions.length;
    const writers = test.write();
    const written = await publish(writers, name, { content: text('') });
    expect(written).toEqual({ versionRef: versions.at(-1)?.id, concurrentRef: null });
    expect(test.sent()).toEqual([
      { method: 'PATCH', path: `${promptRoot}/name/${name}/`, body: { prompt: '', base_version: count } },
    ]);
    const read = await writers.prompts.latestVersion(key.prompt(name), true);
    expect(read).toMatchObject({ ref: versions.at(-1)?.id, number: count + 1, content: text('') });
    expect(seeded().promptFetches).toEqual([]);
  });

  it('loses to a version that was made since the base, and tells which', async () => {
    const { name } = family();
    const writers = test.write();
    const base = await baseOf(writers, name);
    const winner = test.sandbox.state.publishPrompt(projectId, name, 'theirs');
    const mine = { content: text('mine'), config: null };
    const error = await failureOf(writers.promptWriter.publish(key.prompt(name), mine, base));
    expect(error).toBeInstanceOf(VersionConflictError);
    expect(error).toMatchObject({ expectedRef: base.ref, currentRef: winner.id });
    expect(family().versions.at(-1)).toBe(winner);
  });

  it('is a plain conflict when the winner cannot be read', async () => {
    const { name } = family();
    const writers = test.write();
    const base = await baseOf(writers, name);
    test.sandbox.state.publishPrompt(projectId, name, 'theirs');
    test.sandbox.server.faults.add({ method: 'GET', effect: { type: 'answer', status: 503 } });
    const mine = { content: text('mine'), config: null };
    const error = await failureOf(writers.promptWriter.publish(key.prompt(name), mine, base));
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ code: 'CONFLICT' });
  });

  it('lets exactly one of two from the same base through', async () => {
    const { name } = family();
    const [one, two] = [test.write(), test.write()];
    const base = await baseOf(one, name);
    const results = await Promise.allSettled(
      [one, two].map(({ promptWriter }, index) =>
        promptWriter.publish(key.prompt(name), { content: text(`by ${index}`), config: null }, base),
      ),
    );
    const won = only(results.filter((result) => result.status === 'fulfilled'));
    const lost = only(results.filter((result) => result.status === 'rejected'));
    expect(lost.reason).toMatchObject({ expectedRef: base.ref, currentRef: won.value.versionRef });
  });

  it('of one that is archived in between is not found', async () => {
    const { name } = family();
    const writers = test.write();
    const base = await baseOf(writers, name);
    test.sandbox.state.archivePrompt(projectId, name);
    const mine = { content: text('mine'), config: null };
    const error = await failureOf(writers.promptWriter.publish(key.prompt(name), mine, base));
    expect(error).toBeInstanceOf(NotFoundError);
  });

  it('refuses content that is no text, unless the prompt is none', async () => {
    const content: PromptContent = { kind: 'JSON', value: { a: [1] } };
    const { name } = family();
    expect(await failureOf(publish(test.write(), name, { content }))).toMatchObject({
      issues: [{ path: ['content', 'json'] }],
    });
    test.sandbox.switches.rawJsonPrompts = true;
    const chat = [{ role: 'system', content: null, tool_calls: [{ id: 1 }] }];
    test.sandbox.state.createPrompt(projectId, 'raw', chat);
    const writers = test.write();
    const base = await baseOf(writers, 'raw');
    expect(base.content?.kind).toBe('CHAT');
    await publish(writers, 'raw', { content: base.content ?? content });
    expect(test.sandbox.state.prompt(projectId, 'raw').versions.at(-1)?.prompt).toEqual(chat);
    await publish(test.write(), 'raw', { content });
    expect(test.sandbox.state.prompt(projectId, 'raw').versions.at(-1)?.prompt).toEqual({ a: [1] });
    expect(
      await failureOf(publish(test.write(), 'raw', { content: { kind: 'JSON', value: null } })),
    ).toMatchObject({ issues: [{ path: ['content', 'json'], code: 'REQUIRED' }] });
  });

  it('passes PostHog’s own refusal on', async () => {
    const { name, versions } = family();
    const pattern = firstOf(versions);
    while (versions.length < 2_000) versions.push({ ...pattern, version: versions.length + 1 });
    const error = await failureOf(publish(test.write(), name));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ message: expect.stringContaining('2000 versions') });
  });

  it('by an early server that is for its own pages only says that it is too old', async () => {
    const { name } = family();
    const writers = test.write();
    const base = await baseOf(writers, name);
    test.sandbox.switches.promptWritesWebOnly = true;
    const mine = { content: text('mine'), config: null };
    const error = await failureOf(writers.promptWriter.publish(key.prompt(name), mine, base));
    expect(error).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('too old') });
    const archived = await failureOf(test.write().promptWriter.archive(key.prompt(name)));
    expect(archived).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('too old') });
  });

  it('by a key without the scope is another refusal', async () => {
    const { name } = family();
    const reader = writersOf(test.connect({ personalApiKey: acme.reader.apiKey }));
    const error = await failureOf(publish(reader, name));
    expect(error).toMatchObject({ code: 'FORBIDDEN', vendorErrors: [{ code: 'permission_denied' }] });
    expect(error).not.toMatchObject({ message: expect.stringContaining('too old') });
  });
});

describe('archiving a prompt', () => {
  it('frees its name, where it is there', async () => {
    const { name } = family();
    const { promptWriter } = test.write();
    await promptWriter.archive(key.prompt(name));
    expect(test.sent()).toEqual([
      { method: 'POST', path: `${promptRoot}/name/${name}/archive/`, body: undefined },
    ]);
    expect(seeded().prompts.has(name)).toBe(false);
    expect(await failureOf(promptWriter.archive(key.prompt(name)))).toBeInstanceOf(NotFoundError);
    expect(test.sent()).toEqual([]);
  });

  it('takes the documented 200 with a body too, and a 404 for done', async () => {
    const { name } = family();
    const { faults } = test.sandbox.server;
    faults.add({ method: 'POST', times: 1, effect: { type: 'answer', status: 200, body: '{"id":"x"}' } });
    await expect(test.write().promptWriter.archive(key.prompt(name))).resolves.toBeUndefined();
    faults.add({ method: 'POST', times: 1, effect: { type: 'answer', status: 404 } });
    await expect(test.write().promptWriter.archive(key.prompt(name))).resolves.toBeUndefined();
  });
});

describe('duplicating a prompt', () => {
  it('copies the newest content under a new name', async () => {
    const { name, versions } = family();
    const made = await test.write().promptWriter.duplicate(key.prompt(name), 'the-copy');
    expect(made).toEqual(key.prompt('the-copy'));
    expect(test.sent()).toEqual([
      { method: 'POST', path: `${promptRoot}/name/${name}/duplicate/`, body: { new_name: 'the-copy' } },
    ]);
    const copy = test.sandbox.state.prompt(projectId, 'the-copy').versions;
    expect(only(copy).prompt).toEqual(versions.at(-1)?.prompt);
  });

  it('tells the prompt that has the name, whatever PostHog’s words', async () => {
    const [one, two] = [...seeded().prompts.keys()];
    test.sandbox.server.faults.add({
      method: 'POST',
      effect: { type: 'answer', status: 400, body: '{"detail":"nope"}' },
    });
    const { promptWriter } = test.write();
    const error = await failureOf(promptWriter.duplicate(key.prompt(one ?? ''), two ?? ''));
    expect(error).toBeInstanceOf(AlreadyExistsError);
    expect(error).toMatchObject({ existing: key.prompt(two ?? '') });
    const refused = await failureOf(promptWriter.duplicate(key.prompt(one ?? ''), 'free-name'));
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('nope') });
  });

  it('of a prompt that is not there, or under a name that cannot be, is refused', async () => {
    const { promptWriter } = test.write();
    const { name } = family();
    expect(await failureOf(promptWriter.duplicate(key.prompt('no-such'), 'x'))).toBeInstanceOf(NotFoundError);
    expect(await failureOf(promptWriter.duplicate(key.prompt(name), 'a b'))).toMatchObject({
      issues: [{ path: ['newName'] }],
    });
  });
});
