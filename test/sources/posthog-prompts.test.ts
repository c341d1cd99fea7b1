import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, SourceError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import type { PromptWants } from '../../src/sources/source.ts';
import {
  failureOf,
  firstOf,
  key,
  only,
  posthog,
  projectId,
  readAll,
  readPages,
  usePostHog,
} from './posthog-harness.ts';

const posthogTest = usePostHog();
const root = `/api/environments/${projectId}/llm_prompts`;
const none: PromptWants = { content: false, latestVersion: false };

function family(name: string) {
  return posthogTest.sandbox.state.prompt(projectId, name);
}
function namesNewestFirst(): readonly string[] {
  return [...posthogTest.sandbox.state.project(projectId).prompts.values()]
    .sort((a, b) => ((a.versions.at(-1)?.createdAt ?? '') < (b.versions.at(-1)?.createdAt ?? '') ? 1 : -1))
    .map(({ name }) => name);
}

describe('listing prompts', () => {
  it('asks for no content when nothing of the version is looked at', async () => {
    const { prompts } = posthogTest.connect();
    const listed = await readAll(only(await prompts.listPrompts({}, none)), 100);
    expect(listed.map(({ name }) => name)).toEqual(namesNewestFirst());
    const { versions } = family('support-system');
    const latest = versions.at(-1);
    const prompt = listed.find(({ name }) => name === 'support-system');
    expect(prompt).toMatchObject({
      ...key.prompt('support-system'),
      vendor: 'POSTHOG',
      vendorId: 'support-system',
      description: null,
      createdAt: versions[0]?.createdAt,
      createdBy: null,
      versionCount: 6,
      newestAt: latest?.createdAt,
    });
    expect(prompt?.latestVersion).toMatchObject({
      ...key.version('support-system', latest?.id ?? ''),
      prompt: key.prompt('support-system'),
      ref: latest?.id,
      number: 6,
      content: undefined,
      preview: null,
      config: undefined,
      labels: null,
      deployments: null,
      createdAt: latest?.createdAt,
      createdBy: { vendorId: String(latest?.createdBy.id) },
      isLatest: true,
    });
    expect(prompt?.currentVersion).toBe(prompt?.latestVersion);
    expect(prompt?.latestVersion?.sizeBytes).toBeGreaterThan(0);
    expect(prompt?.latestVersion?.outline?.[0]).toEqual({ level: 1, text: expect.any(String) });
    expect(posthogTest.asked()).toEqual([`${root}/?content=none&limit=100`]);
  });

  it('asks for the preview, or the content, when that is looked at', async () => {
    const { prompts } = posthogTest.connect();
    const preview = only(await prompts.listPrompts({}, { content: false, latestVersion: true }));
    const full = only(await prompts.listPrompts({}, { content: true, latestVersion: true }));
    const [previewed] = (await preview.fetch(undefined, 1)).items;
    const [whole] = (await full.fetch(undefined, 1)).items;
    expect(previewed?.latestVersion).toMatchObject({ content: undefined, preview: expect.any(String) });
    expect(whole?.latestVersion).toMatchObject({ content: { kind: 'TEXT' }, config: null, preview: null });
    expect(posthogTest.asked()).toEqual([
      `${root}/?content=preview&limit=1`,
      `${root}/?content=full&limit=1`,
    ]);
  });

  it('pages to the end without skip or repeat while others publish', async () => {
    const expected = namesNewestFirst();
    const { prompts } = posthogTest.connect();
    const pages = await readPages(only(await prompts.listPrompts({}, none)), 20, (count) => {
      posthogTest.sandbox.state.createPrompt(projectId, `newcomer-${count}`, 'Hello.');
    });
    expect(pages.flatMap(({ items }) => items.map(({ name }) => name))).toEqual(expected);
    expect(firstOf(pages).total).toBe(expected.length);
  });

  it('is narrowed by search and author, who is a number at PostHog', async () => {
    const { prompts } = posthogTest.connect();
    expect(prompts.canFilterByAuthor).toBe(true);
    const listed = await readAll(
      only(await prompts.listPrompts({ search: 'support', createdByVendorId: '502' }, none)),
      100,
    );
    expect(new Set(listed.map(({ latestVersion }) => latestVersion?.createdBy?.vendorId))).toEqual(
      new Set(['502']),
    );
    expect(posthogTest.asked()).toEqual([`${root}/?content=none&search=support&created_by_id=502&limit=100`]);
    const refusal = prompts.listPrompts({ createdByVendorId: 'nadia' }, none);
    expect(await failureOf(refusal)).toBeInstanceOf(InvalidInputError);
    expect(posthogTest.asked()).toEqual([]);
  });
});

describe('prompts by name', () => {
  it('take one resolve each, which records no event and tells the content', async () => {
    const { prompts } = posthogTest.connect();
    const keys = ['support-system', 'support-rewrite', 'absent', 'no spaces', 'x'.repeat(256)].map(
      key.prompt,
    );
    const found = await prompts.getPrompts(keys);
    expect(found.size).toBe(2);
    const [version] = family('support-rewrite').versions;
    expect(found.get(key.prompt('support-rewrite').id)).toMatchObject({
      versionCount: 1,
      createdBy: { vendorId: String(version?.createdBy.id) },
      latestVersion: { content: { kind: 'TEXT', text: version?.prompt } },
    });
    expect([...posthogTest.asked()].sort()).toEqual(
      ['absent', 'support-rewrite', 'support-system'].map((name) => `${root}/resolve/name/${name}/?limit=1`),
    );
    expect(posthogTest.sandbox.state.project(projectId).promptFetches).toEqual([]);
  });

  it('fail alone, and the latest version is the same answer', async () => {
    posthogTest.sandbox.server.faults.add({ path: 'support-reply', effect: { type: 'answer', status: 500 } });
    const { prompts } = posthogTest.connect();
    const forged = keyOf(posthog, 'PROMPT', 'a', 'b');
    const found = await prompts.getPrompts([
      key.prompt('support-reply'),
      key.prompt('support-judge'),
      forged,
    ]);
    expect(found.get(key.prompt('support-reply').id)).toBeInstanceOf(SourceError);
    expect(found.get(forged.id)).toBeInstanceOf(InvalidInputError);
    expect(await prompts.latestVersion(key.prompt('support-judge'), true)).toMatchObject({ number: 4 });
    expect(await prompts.currentVersion(key.prompt('support-judge'), false)).toMatchObject({
      isLatest: true,
    });
    expect(await prompts.latestVersion(key.prompt('absent'), true)).toBeNull();
    expect(posthogTest.asked()).toHaveLength(3);
  });

  it('are not found under another name that a later server takes for theirs', async () => {
    const id = family('support-judge').versions.at(-1)?.id ?? '';
    const headers = { authorization: 'Bearer phx_sandboxAcmeOwner0000000000000000000000000' };
    const path = `${root}/resolve/name/support-judge/?limit=1`;
    const body = await (await fetch(posthogTest.sandbox.baseUrl + path, { headers })).text();
    posthogTest.sandbox.server.faults.add({ path: id, effect: { type: 'answer', status: 200, body } });
    expect((await posthogTest.connect().prompts.getPrompts([key.prompt(id)])).size).toBe(0);
  });

  it('pass on that an early server lets no key read them', async () => {
    posthogTest.sandbox.switches.promptWritesWebOnly = true;
    const failure = await failureOf(
      posthogTest.connect().prompts.latestVersion(key.prompt('support-judge'), true),
    );
    expect(failure).toMatchObject({
      code: 'FORBIDDEN',
      vendorErrors: [{ detail: 'This endpoint is only available to web sessions.' }],
    });
  });
});

describe('content', () => {
  it('of early servers is chat where it is a list of messages', async () => {
    posthogTest.sandbox.switches.rawJsonPrompts = true;
    const { prompts } = posthogTest.connect();
    const version = await prompts.latestVersion(key.prompt('docs-rag-router'), true);
    const message = { name: null, toolCallId: null, toolCalls: null, thinking: null };
    expect(version?.content).toEqual({
      kind: 'CHAT',
      messages: [
        { ...message, role: 'system', content: expect.stringContaining('Route to one of') },
        { ...message, role: 'user', content: '{{question}}' },
      ],
    });
  });

  it('is JSON where it is anything else, a message with unknown members among it', async () => {
    posthogTest.sandbox.switches.rawJsonPrompts = true;
    const values = [{ a: 1 }, [], 7, [{ role: 'user', content: 'x', weight: 1 }], [{ role: 'user' }]];
    values.forEach((value, index) => {
      posthogTest.sandbox.state.createPrompt(projectId, `raw-${index}`, value);
    });
    const { prompts } = posthogTest.connect();
    const contents = await Promise.all(
      values.map(
        async (_, index) => (await prompts.latestVersion(key.prompt(`raw-${index}`), true))?.content,
      ),
    );
    expect(contents).toEqual(values.map((value) => ({ kind: 'JSON', value })));
  });

  it('of current servers is text, whatever was stored', async () => {
    const version = await posthogTest.connect().prompts.latestVersion(key.prompt('docs-rag-router'), true);
    expect(version?.content).toEqual({ kind: 'TEXT', text: expect.stringMatching(/^\[\{"role"/) });
  });

  it('comes with config, labels and a description on later servers', async () => {
    posthogTest.sandbox.switches.labels = true;
    const { prompts } = posthogTest.connect();
    const stream = only(await prompts.listPrompts({}, { content: true, latestVersion: true }));
    const { items } = await stream.fetch(undefined, 1);
    const latest = firstOf(items).latestVersion;
    expect(latest?.labels).toEqual(expect.any(Array));
    expect(latest?.config).not.toBeUndefined();
  });
});

describe('versions of a prompt', () => {
  it('are listed newest first to the end, without content', async () => {
    const { prompts } = posthogTest.connect();
    const pages = await readPages(prompts.listVersions(key.prompt('support-triage'), false), 25, (count) => {
      posthogTest.sandbox.state.publishPrompt(projectId, 'support-triage', `Newer ${count}`);
    });
    const listed = pages.flatMap(({ items }) => items);
    expect(listed.map(({ number }) => number)).toEqual(Array.from({ length: 57 }, (_, index) => 57 - index));
    expect(listed[1]).toMatchObject({
      content: undefined,
      config: undefined,
      outline: null,
      isLatest: false,
    });
    expect(listed[1]?.id).toBe(key.version('support-triage', listed[1]?.ref ?? '').id);
    expect(pages.map(({ done }) => done)).toEqual([false, false, true]);
    expect(posthogTest.asked()).toEqual([
      `${root}/resolve/name/support-triage/?limit=25`,
      `${root}/resolve/name/support-triage/?limit=26&offset=24`,
      `${root}/resolve/name/support-triage/?limit=26&offset=49`,
    ]);
  });

  it('come 100 at a time at most, and none is lost for it', async () => {
    for (let turn = 0; turn < 160; turn += 1) {
      posthogTest.sandbox.state.publishPrompt(projectId, 'support-triage', `Version ${turn}`);
    }
    const { prompts } = posthogTest.connect();
    const listed = await readAll(prompts.listVersions(key.prompt('support-triage'), false), 100);
    expect(listed.map(({ number }) => number)).toEqual(
      Array.from({ length: 217 }, (_, index) => 217 - index),
    );
    expect(posthogTest.asked()).toHaveLength(3);
  });

  it('take a request each for content, but for the latest, which is there already', async () => {
    const { prompts } = posthogTest.connect();
    const page = await prompts.listVersions(key.prompt('support-judge'), true).fetch(undefined, 10);
    const stored = family('support-judge').versions.toReversed();
    expect(page.items.map(({ content }) => content)).toEqual(
      stored.map(({ prompt }) => ({ kind: 'TEXT', text: prompt })),
    );
    expect(page.items[3]?.outline).not.toBeNull();
    expect([...posthogTest.asked()].sort()).toEqual(
      [
        `${root}/resolve/name/support-judge/?limit=10`,
        ...stored.slice(1).map(({ id }) => `${root}/resolve/name/support-judge/?version_id=${id}&limit=1`),
      ].sort(),
    );
  });

  it('stay in the list when the content of one cannot be read', async () => {
    const { versions } = family('support-judge');
    posthogTest.sandbox.server.faults.add({
      path: `${versions[1]?.id}`,
      effect: { type: 'answer', status: 500 },
    });
    const { prompts } = posthogTest.connect();
    const page = await prompts.listVersions(key.prompt('support-judge'), true).fetch(undefined, 10);
    expect(page.items.map(({ number, content }) => [number, content?.kind])).toEqual([
      [4, 'TEXT'],
      [3, 'TEXT'],
      [2, undefined],
      [1, 'TEXT'],
    ]);
  });

  it('are read by ref and by number, and null when there is none', async () => {
    const { prompts } = posthogTest.connect();
    const prompt = key.prompt('support-judge');
    const second = family('support-judge').versions[1];
    const other = firstOf(family('support-reply').versions);
    expect(await prompts.getVersion(prompt, { ref: second?.id ?? '' })).toMatchObject({
      number: 2,
      isLatest: false,
      content: { kind: 'TEXT', text: second?.prompt },
    });
    expect(await prompts.getVersion(prompt, { number: 2 })).toMatchObject({ ref: second?.id });
    expect(await prompts.getVersion(prompt, { number: 99 })).toBeNull();
    expect(await prompts.getVersion(prompt, { ref: other.id })).toBeNull();
    expect(posthogTest.asked()).toHaveLength(4);
    expect(await prompts.getVersion(prompt, { number: 0 })).toBeNull();
    expect(await prompts.getVersion(prompt, { ref: 'two' })).toBeNull();
    expect(await prompts.getVersion(key.prompt('not a name'), { number: 1 })).toBeNull();
    expect(posthogTest.asked()).toEqual([]);
  });

  it('by id are read side by side, and go with an archive', async () => {
    const old = firstOf(family('support-judge').versions);
    posthogTest.sandbox.state.archivePrompt(projectId, 'support-judge');
    posthogTest.sandbox.state.createPrompt(projectId, 'support-judge', 'Begun anew.');
    const renewed = firstOf(family('support-judge').versions);
    const { prompts } = posthogTest.connect();
    const keys = [
      key.version('support-judge', old.id),
      key.version('support-judge', renewed.id),
      key.version('support-judge', randomUUID()),
      key.version('support-judge', '1'),
      key.version('not a name', renewed.id),
    ];
    const found = await prompts.getVersions(keys);
    expect([...found.keys()]).toEqual([keys[1]?.id]);
    expect(found.get(firstOf(keys.slice(1)).id)).toMatchObject({
      ...keys[1],
      prompt: key.prompt('support-judge'),
      number: 1,
      content: { kind: 'TEXT', text: 'Begun anew.' },
    });
    expect(posthogTest.asked()).toHaveLength(3);
  });
});
