import { describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { compareInstants } from '../../src/domain/instant.ts';
import { mapTemplate } from '../../src/sources/datadog/prompt-mapping.ts';
import { at, foundIn, type Harness, only, readAll, source, startHarness } from './datadog-harness.ts';

const nothing = { content: false, latestVersion: false };

async function listAll(connected: ReturnType<Harness['connect']>, search?: string) {
  const stream = only(await connected.prompts.listPrompts({ search }, nothing));
  return readAll(stream, 25);
}

describe('prompts', () => {
  it('are listed whole in one request, newest first by the newest date told', async () => {
    const { sandbox, connect, asked } = await startHarness();
    const { items, pages } = await listAll(connect());
    expect(asked()).toEqual(['/prompts']);
    expect(items).toHaveLength(sandbox.state.tenant('acme').prompts.size);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(pages.map(({ total }) => total)).toEqual([67, 67, 67]);
    items.reduce((before, prompt) => {
      if (before.newestAt !== null && prompt.newestAt !== null) {
        expect(compareInstants(before.newestAt, prompt.newestAt)).toBeGreaterThanOrEqual(0);
      }
      return prompt;
    });
  });

  it('are mapped with what the list tells, their versions to be asked for', async () => {
    const { sandbox, connect, asked } = await startHarness();
    const seeded = sandbox.state.prompt('acme', 'refund-reply');
    const key = keyOf(source, 'PROMPT', 'refund-reply');
    const prompt = foundIn(await connect().prompts.getPrompts([key]), key.id);
    expect(asked()).toEqual(['/prompts?filter[prompt_id]=refund-reply']);
    expect(prompt).toMatchObject({
      ...key,
      vendor: 'DATADOG',
      vendorId: 'refund-reply',
      name: seeded.title ?? 'refund-reply',
      description: seeded.description ?? null,
      createdBy: { vendorId: seeded.authorId },
      versionCount: seeded.versions.length,
      latestVersion: undefined,
      currentVersion: undefined,
    });
    const discovered = keyOf(source, 'PROMPT', 'greeting-inline');
    const result = await connect().prompts.getPrompts([key, discovered, keyOf(source, 'PROMPT', 'no such')]);
    expect(foundIn(result, discovered.id)).toMatchObject({ versionCount: 0, latestVersion: null });
    expect(result.size).toBe(2);
    expect(asked()).toEqual(['/prompts']);
  });

  it('are searched by id, title and description in any case', async () => {
    const { connect } = await startHarness();
    const byTitle = (await listAll(connect(), 'GIFT card')).items;
    expect(byTitle.length).toBeGreaterThan(0);
    expect((await listAll(connect(), 'gift-card-J')).items.map(({ vendorId }) => vendorId)).toEqual([
      'gift-card-judge',
    ]);
    expect((await listAll(connect(), 'flow to rewrite')).items.every((prompt) => prompt.description)).toBe(
      true,
    );
    expect((await listAll(connect(), 'nothing has this')).items).toEqual([]);
  });

  it('cannot be narrowed to an author', async () => {
    const { prompts } = (await startHarness()).connect();
    expect(prompts.canFilterByAuthor).toBe(false);
    const listed = prompts.listPrompts({ createdByVendorId: 'x' }, nothing);
    await expect(listed).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('the latest version of a prompt', () => {
  it('costs one request a prompt after a list, its content included', async () => {
    const { sandbox, connect, asked } = await startHarness();
    const connected = connect();
    const { items } = await listAll(connected);
    asked();
    const registered = items.filter(({ versionCount }) => versionCount !== 0).slice(0, 10);
    const versions = await Promise.all(
      registered.map((prompt) => connected.prompts.latestVersion(prompt, true)),
    );
    expect(asked()).toHaveLength(10);
    versions.forEach((version, index) => {
      const { vendorId } = at(registered, index);
      const seeded = at(sandbox.state.prompt('acme', vendorId).versions, -1);
      expect(version).toMatchObject({
        ...keyOf(source, 'PROMPT_VERSION', vendorId, String(seeded.number)),
        ref: String(seeded.number),
        number: seeded.number,
        name: seeded.userVersion ?? null,
        description: seeded.description ?? null,
        labels: seeded.labels,
        config: seeded.config,
        createdBy: { vendorId: seeded.authorId },
        content:
          typeof seeded.template === 'string'
            ? { kind: 'TEXT', text: seeded.template }
            : { kind: 'CHAT', messages: seeded.template.map(({ role, content }) => ({ role, content })) },
        deployments: null,
        isLatest: true,
      });
      expect(version?.createdAt).toMatch(/^2026-/);
    });
  });

  it('costs one request without its content', async () => {
    const { connect, asked } = await startHarness();
    const key = keyOf(source, 'PROMPT', 'refund-reply');
    const version = await connect().prompts.latestVersion(key, false);
    expect(version).toMatchObject({ isLatest: true, content: undefined, config: undefined });
    expect(asked()).toEqual(['/prompts/refund-reply/versions']);
    expect(await connect().prompts.currentVersion(key, false)).toEqual(version);
  });

  it('is the one that the list of versions names where the counts do not agree', async () => {
    const { sandbox, connect, asked, spoil } = await startHarness();
    const prompt = sandbox.state.prompt('acme', 'refund-judge');
    const { ada } = datadogCredentials.acme;
    const newest = { ...at(prompt.versions, -1), id: 'v', createdAt: sandbox.state.clock.next() };
    prompt.versions.push({ ...newest, number: prompt.versions.length + 1, authorId: ada.user.id });
    const path = '/api/v2/llm-obs/v1/prompts?filter%5Bprompt_id%5D=refund-judge';
    await spoil(path, (body) => body.replace(/"num_versions":\d+/, '"num_versions":1'));
    const version = await connect().prompts.latestVersion(keyOf(source, 'PROMPT', 'refund-judge'), true);
    expect(version?.number).toBe(prompt.versions.length);
    expect(asked()).toHaveLength(4);
  });

  it('is the new one right after a write of the same operation', async () => {
    const { sandbox, connect } = await startHarness();
    const connected = connect();
    const { items } = await listAll(connected);
    const prompt = items.find(({ vendorId }) => vendorId === 'refund-judge');
    if (prompt === undefined) throw new Error('it is seeded');
    const before = await connected.prompts.latestVersion(prompt, true);
    const seeded = sandbox.state.prompt('acme', 'refund-judge');
    const number = seeded.versions.length + 1;
    const createdAt = sandbox.state.clock.next();
    seeded.versions.push({ ...at(seeded.versions, -1), number, createdAt, template: 'Changed.' });
    connected.http.forget();
    const after = await connected.prompts.latestVersion(prompt, true);
    expect(before?.number).toBe(number - 1);
    expect(after).toMatchObject({ number, content: { kind: 'TEXT', text: 'Changed.' } });
  });

  it('is null for a prompt without versions, and for none', async () => {
    const { connect } = await startHarness();
    for (const id of ['greeting-inline', 'no such prompt']) {
      const key = keyOf(source, 'PROMPT', id);
      expect(await connect().prompts.latestVersion(key, true)).toBeNull();
      expect(await connect().prompts.latestVersion(key, false)).toBeNull();
    }
  });
});

describe('versions of a prompt', () => {
  it('are listed newest first, with content at one request a version of the page', async () => {
    const { sandbox, connect, asked } = await startHarness();
    const { versions, promptId } = at(
      [...sandbox.state.tenant('acme').prompts.values()].filter((prompt) => prompt.versions.length >= 4),
      0,
    );
    const key = keyOf(source, 'PROMPT', promptId);
    const { prompts } = connect();
    const headers = await readAll(prompts.listVersions(key, false), 3);
    expect(headers.items.map(({ number }) => number)).toEqual(
      versions.map(({ number }) => number).toReversed(),
    );
    expect(headers.items.map(({ isLatest }) => isLatest)).toEqual(versions.map((_, index) => index === 0));
    expect(asked()).toHaveLength(1);
    const page = await prompts.listVersions(key, true).fetch(undefined, 2);
    expect(page.items.map(({ content }) => content?.kind)).not.toContain(undefined);
    expect(page.items.map(({ isLatest }) => isLatest)).toEqual([true, false]);
    expect(asked()).toHaveLength(2);
  });

  it('are there although the content of one is not', async () => {
    const { sandbox, connect } = await startHarness();
    const { promptId, versions } = at(
      [...sandbox.state.tenant('acme').prompts.values()].filter((prompt) => prompt.versions.length >= 3),
      0,
    );
    sandbox.server.faults.add({ path: '/versions/2$', effect: { type: 'answer', status: 500 } });
    const page = await connect()
      .prompts.listVersions(keyOf(source, 'PROMPT', promptId), true)
      .fetch(undefined, 9);
    expect(page.items).toHaveLength(versions.length);
    expect(page.items.find(({ ref }) => ref === '2')?.content).toBeUndefined();
    expect(page.faults).toMatchObject([
      { code: 'SOURCE_UNAVAILABLE', resource: `version 2 of prompt ${promptId}` },
    ]);
  });

  it('are read by ref, number and id', async () => {
    const { connect, asked } = await startHarness();
    const key = keyOf(source, 'PROMPT', 'refund-reply');
    const { prompts } = connect();
    const version = await prompts.getVersion(key, { ref: '1' });
    expect(version).toMatchObject({ ref: '1', content: { kind: 'CHAT' }, isLatest: null });
    expect(await prompts.getVersion(key, { number: 1 })).toEqual(version);
    expect(asked()).toEqual(['/prompts/refund-reply/versions/1']);
    expect(await prompts.getVersion(key, { ref: 'v1.0' })).toBeNull();
    expect(await prompts.getVersion(key, { number: 0 })).toBeNull();
    expect(asked()).toEqual([]);
    expect(await prompts.getVersion(key, { number: 99 })).toBeNull();

    const keys = ['1', '99'].map((ref) => keyOf(source, 'PROMPT_VERSION', 'refund-reply', ref));
    const forged = keyOf(source, 'PROMPT_VERSION', 'refund-reply');
    const result = await prompts.getVersions([...keys, forged]);
    expect(foundIn(result, at(keys, 0).id)).toEqual(version);
    expect(result.get(forged.id)).toMatchObject({ code: 'INVALID_INPUT' });
    expect(result.size).toBe(2);
  });
});

describe('a template', () => {
  it('is text, chat, or shown as it is', () => {
    const message = { role: 'user', content: 'Hi' };
    const mapped = { ...message, name: null, toolCallId: null, toolCalls: null, thinking: null };
    expect(mapTemplate('Hi')).toEqual({ kind: 'TEXT', text: 'Hi' });
    expect(mapTemplate([message])).toEqual({ kind: 'CHAT', messages: [mapped] });
    expect(mapTemplate({ messages: [message] })).toEqual({ kind: 'CHAT', messages: [mapped] });
    const composed = { messages: [{ include: { prompt_id: 'other', version: 2 } }, message] };
    expect(mapTemplate(composed)).toEqual({ kind: 'JSON', value: composed });
    expect(mapTemplate(null)).toEqual({ kind: 'JSON', value: null });
  });
});
