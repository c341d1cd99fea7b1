import { describe, expect, test } from 'vitest';
import { InvalidInputError, UnsupportedError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { compareInstants } from '../../src/domain/instant.ts';
import {
  firstStream,
  foundIn,
  type Harness,
  key,
  promptKey,
  readAll,
  startHarness,
} from './humanloop-harness.ts';

const wants = { content: true, latestVersion: true };

function supportReply({ sandbox }: Harness) {
  const file = [...sandbox.state.acme.prompts.values()].find(({ path }) => path.endsWith('Support reply'));
  const newest = file?.versions.at(-1);
  const old = file?.versions[3];
  if (file === undefined || newest === undefined || old === undefined) throw new Error('seeded');
  return { file, newest, old };
}

function versionKey(promptId: string, versionId: string) {
  return keyOf(key, 'PROMPT_VERSION', promptId, versionId);
}

describe('the list of prompts', () => {
  test('is read to its end without a skip or a repeat, newest change first', async () => {
    const harness = await startHarness();
    const everything = [...harness.sandbox.state.acme.prompts.keys()].sort();
    const stream = await firstStream(harness.connect().prompts.listPrompts({}, wants));
    const { items, pages } = await readAll(stream, 9);
    expect(items.map(({ vendorId }) => vendorId).sort()).toEqual(everything);
    const moments = items.map(({ newestAt }) => newestAt);
    expect(
      moments.every((moment, index) => {
        const before = moments[index - 1];
        return (
          before === undefined || before === null || moment === null || compareInstants(before, moment) >= 0
        );
      }),
    ).toBe(true);
    expect(
      items.every(({ versionCount, latestVersion }) => versionCount === null && latestVersion === undefined),
    ).toBe(true);
    const asked = harness.asked();
    expect(asked).toHaveLength(pages.length);
    expect(asked[0]).toBe('GET /prompts?page=1&size=9&sort_by=updated_at&order=desc');
  });

  test('can be searched by name, and not narrowed to an author', async () => {
    const harness = await startHarness();
    const { prompts } = harness.connect();
    const stream = await firstStream(prompts.listPrompts({ search: 'support' }, wants));
    const { items } = await stream.fetch(undefined, 50);
    expect(items.length).toBeGreaterThan(0);
    expect(items.every(({ name }) => name.toLowerCase().includes('support'))).toBe(true);
    expect(prompts.canFilterByAuthor).toBe(false);
    await expect(prompts.listPrompts({ createdByVendorId: 'usr_1' }, wants)).rejects.toBeInstanceOf(
      UnsupportedError,
    );
  });

  test('has the version on the default environment, with its content, where there is one', async () => {
    const harness = await startHarness();
    const { state } = harness.sandbox;
    const stream = await firstStream(harness.connect().prompts.listPrompts({}, wants));
    const { items } = await stream.fetch(undefined, 100);
    const production = state.environment('acme', 'production').id;
    for (const { vendorId, currentVersion } of items) {
      expect(currentVersion?.ref).toBe(state.prompt(vendorId).deployments.get(production));
      if (currentVersion !== undefined) expect(currentVersion?.content).toBeDefined();
    }
    expect(harness.asked()).toHaveLength(1);
  });
});

describe('a prompt by id', () => {
  test('shows the version on the default environment with content and settings', async () => {
    const harness = await startHarness();
    const { file, old } = supportReply(harness);
    harness.sandbox.state.deploy(file.id, 'production', old.id);
    const prompt = foundIn(
      await harness.connect().prompts.getPrompts([promptKey(file.id)]),
      promptKey(file.id).id,
    );
    expect(harness.asked()).toEqual([`GET /prompts/${file.id}`]);
    expect(prompt).toMatchObject({
      ...promptKey(file.id),
      vendor: 'HUMANLOOP',
      vendorId: file.id,
      name: 'Support reply',
      description: file.description,
      versionCount: null,
      latestVersion: undefined,
      createdBy: { vendorId: old.createdBy.id, name: old.createdBy.fullName },
    });
    const { template, ...settings } = old.content;
    expect(Array.isArray(template)).toBe(true);
    expect(prompt.currentVersion).toMatchObject({
      ...versionKey(file.id, old.id),
      prompt: promptKey(file.id),
      ref: old.id,
      number: null,
      name: old.name,
      description: old.description,
      content: {
        kind: 'CHAT',
        messages: (Array.isArray(template) ? template : []).map(({ role, content }) => ({
          ...{ role, content, name: null, toolCallId: null, toolCalls: null, thinking: null },
        })),
      },
      labels: null,
      isLatest: null,
    });
    const told = Object.entries(settings).filter(([, value]) => value !== null && value !== undefined);
    expect(prompt.currentVersion?.config).toMatchObject(
      Object.fromEntries(told.filter(([name]) => name !== 'linked_tools')),
    );
  });

  test('is shown by its newest version when nothing stands on the default environment', async () => {
    const harness = await startHarness();
    const { file, newest } = supportReply(harness);
    harness.sandbox.state.undeploy(file.id, 'production');
    const { prompts } = harness.connect();
    const found = await prompts.getPrompts([promptKey(file.id), promptKey('pr_nothing')]);
    expect(found.size).toBe(1);
    expect(harness.asked()).toHaveLength(4);
    const prompt = foundIn(found, promptKey(file.id).id);
    expect(prompt.currentVersion).toBeNull();
    expect(prompt.latestVersion).toMatchObject({ ref: newest.id, isLatest: true });
    expect(await prompts.currentVersion(promptKey(file.id), true)).toBeNull();
  });

  test('has text, chat or no template at all as its content, and only the settings that are set', async () => {
    const harness = await startHarness();
    const { file } = supportReply(harness);
    const thinking = [{ type: 'thinking', thinking: 'hm', signature: 's' }];
    const calls = [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const bodies = [
      { template: 'Hello {{name}}', model: 'gpt-4o', temperature: 0, stop: null },
      { template: [{ role: 'tool', content: null, tool_call_id: 'c1', tool_calls: calls, thinking }] },
      { template: null },
    ];
    const contents: unknown[] = [];
    const configs: unknown[] = [];
    for (const body of bodies) {
      harness.sandbox.server.faults.clear();
      await harness.spoil(`/prompts/${file.id}`, (real) => {
        const { id, name, version_id, created_at, updated_at } = real;
        return { id, name, version_id, created_at, updated_at, model: 'm', ...body };
      });
      const version = await harness.connect().prompts.currentVersion(promptKey(file.id), true);
      contents.push(version?.content);
      configs.push(version?.config);
      expect(version?.deployments).toBeNull();
    }
    expect(contents).toEqual([
      { kind: 'TEXT', text: 'Hello {{name}}' },
      {
        kind: 'CHAT',
        messages: [{ role: 'tool', content: null, name: null, toolCallId: 'c1', toolCalls: calls, thinking }],
      },
      { kind: 'JSON', value: { template: null } },
    ]);
    expect(configs).toEqual([{ model: 'gpt-4o', temperature: 0 }, { model: 'm' }, { model: 'm' }]);
  });
});

describe('versions of a prompt', () => {
  test('come newest first from one request with content, and tell which is the latest', async () => {
    const harness = await startHarness({ versionsOrder: 'oldest-first' });
    const { file, newest } = supportReply(harness);
    const { prompts } = harness.connect();
    const { items } = await readAll(prompts.listVersions(promptKey(file.id), false), 8);
    expect(items.map(({ ref }) => ref)).toEqual(file.versions.map(({ id }) => id).toReversed());
    expect(items.map(({ isLatest }) => isLatest)).toEqual(items.map((_, index) => index === 0));
    expect(await prompts.latestVersion(promptKey(file.id), true)).toMatchObject({
      ref: newest.id,
      isLatest: true,
    });
    expect(harness.asked()).toEqual([`GET /prompts/${file.id}/versions`]);
  });

  test('are found by ref, and have no numbers', async () => {
    const harness = await startHarness();
    const { file, old } = supportReply(harness);
    const { prompts } = harness.connect();
    expect(await prompts.getVersion(promptKey(file.id), { ref: old.id })).toMatchObject({
      ref: old.id,
      name: old.name,
    });
    expect(await prompts.getVersion(promptKey(file.id), { ref: 'prv_nothing' })).toBeNull();
    expect(harness.asked()).toHaveLength(2);
    await expect(prompts.getVersion(promptKey(file.id), { number: 1 })).rejects.toThrow(/have ids/);
    await expect(prompts.getVersion(promptKey(file.id), { ref: '' })).rejects.toBeInstanceOf(
      InvalidInputError,
    );
    expect(harness.asked()).toEqual([]);
  });

  test('by id are one request a prompt, however many', async () => {
    const harness = await startHarness();
    const { file, newest, old } = supportReply(harness);
    const [other] = [...harness.sandbox.state.acme.prompts.values()].filter(({ id }) => id !== file.id);
    const keys = [
      versionKey(file.id, newest.id),
      versionKey(file.id, old.id),
      versionKey(file.id, 'prv_nothing'),
      versionKey(other?.id ?? '', other?.versions[0]?.id ?? ''),
    ];
    const forged = keyOf(key, 'PROMPT_VERSION', file.id);
    const found = await harness.connect().prompts.getVersions([...keys, forged]);
    expect(harness.asked().toSorted()).toEqual(
      [
        `GET /prompts/${file.id}/versions`,
        `GET /prompts/${other?.id}?version_id=${other?.versions[0]?.id}`,
      ].toSorted(),
    );
    expect(found.size).toBe(4);
    expect(keys.map(({ id }) => found.has(id))).toEqual([true, true, false, true]);
    expect(foundIn(found, keys[0]?.id ?? '')).toMatchObject({ ref: newest.id, isLatest: true });
    expect(foundIn(found, keys[1]?.id ?? '')).toMatchObject({ ref: old.id, isLatest: false });
    expect(found.get(forged.id)).toBeInstanceOf(InvalidInputError);
    expect((await harness.connect().prompts.getVersions([])).size).toBe(0);
    expect(harness.asked()).toEqual([]);
  });

  test('of one prompt fail without those of another', async () => {
    const harness = await startHarness();
    const { file, newest, old } = supportReply(harness);
    const [other] = [...harness.sandbox.state.acme.prompts.values()].filter(({ id }) => id !== file.id);
    const fine = versionKey(other?.id ?? '', other?.versions[0]?.id ?? '');
    const lost = [versionKey(file.id, newest.id), versionKey(file.id, old.id)];
    harness.sandbox.server.faults.add({ path: file.id, effect: { type: 'answer', status: 503 } });
    const found = await harness.connect().prompts.getVersions([fine, ...lost]);
    expect(foundIn(found, fine.id).ref).toBe(other?.versions[0]?.id);
    for (const { id } of lost) expect(found.get(id)).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});
