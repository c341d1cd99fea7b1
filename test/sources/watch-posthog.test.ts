import { describe, expect, it } from 'vitest';
import type { VersionsState } from '../../src/domain/watched-state.ts';
import { acme, firstOf, key, projectId, usePostHog } from './posthog-harness.ts';
import { codesOf, lookAt, lookAtAll, refsOf, there } from './watch-looks.ts';

const posthog = usePostHog();
const root = `/api/environments/${projectId}/llm_prompts`;
const name = 'support-system';
const prompt = key.prompt(name);
const down = { effect: { type: 'answer', status: 503 } } as const;

function state() {
  return posthog.sandbox.state;
}
function watched() {
  return there(posthog.connect().source.watch.promptVersions);
}
function family(of = name) {
  return state().prompt(projectId, of);
}
function look(known?: VersionsState, of = prompt) {
  return lookAt(watched(), of, known);
}
/** Keys of so many prompts, `support-system` first. */
function keysOf(count: number) {
  const names = [...state().project(projectId).prompts.keys()].filter((one) => one !== name);
  return [name, ...names].slice(0, count).map(key.prompt);
}
function publish(of: string, times: number): readonly string[] {
  return Array.from(
    { length: times },
    (_, turn) => state().publishPrompt(projectId, of, `Wording ${turn}`).id,
  );
}
/** Puts the label on a version, as somebody does in the vendor's pages. */
async function label(version: number): Promise<void> {
  const url = `${posthog.sandbox.baseUrl}${root}/name/${name}/labels/production/`;
  const headers = { authorization: `Bearer ${acme.owner.apiKey}`, 'content-type': 'application/json' };
  const { ok } = await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ version }) });
  expect(ok).toBe(true);
  posthog.asked();
}
/** Has the list of prompts show its rows so from now on. */
async function spoilList(change: (rows: Record<string, unknown>[]) => unknown): Promise<void> {
  const headers = { authorization: `Bearer ${acme.owner.apiKey}` };
  const answer = await fetch(`${posthog.sandbox.baseUrl}${root}/?content=none&limit=100`, { headers });
  const { results, ...page } = JSON.parse(await answer.text());
  const body = JSON.stringify({ ...page, results: change(results) });
  posthog.sandbox.server.faults.add({ path: 'content=none', effect: { type: 'replace-body', body } });
  posthog.asked();
}
/** Prompts after which the list has a second page. */
function addPrompts(count: number): void {
  for (let turn = 0; turn < count; turn += 1) state().createPrompt(projectId, `newer-${turn}`, 'Newer.');
}

describe('a look at one prompt', () => {
  it('tells its newest version, as reads name it, in one request that records no event', async () => {
    const newest = there(family().versions.at(-1));
    const mark = { ref: newest.id, number: newest.version };
    const seen = there(await look());
    expect(posthog.asked()).toEqual([`${root}/resolve/name/${name}/?limit=20`]);
    expect(seen).toEqual({
      exists: true,
      latest: mark,
      versions: [{ ...mark, name: null, description: null, labels: null }],
      complete: false,
      deployments: undefined,
    });
    expect(await posthog.connect().prompts.latestVersion(prompt, false)).toMatchObject(mark);
    expect(state().project(projectId).promptFetches).toEqual([]);
  });

  it('shows the one that was made since, and several, oldest first', async () => {
    const first = there(await look());
    const one = publish(name, 1);
    const second = there(await look(first));
    expect(second.latest?.ref).toBe(one[0]);
    expect(refsOf(second)).toEqual(one);
    const more = publish(name, 4);
    posthog.asked();
    const third = there(await look(second));
    expect(posthog.asked()).toHaveLength(1);
    expect(refsOf(third)).toEqual(more);
    expect(third.latest).toMatchObject({ ref: more.at(-1), number: family().versions.length });
  });

  it('gives as many as its one request holds when more were made', async () => {
    const first = there(await look());
    const made = publish(name, 30);
    expect(refsOf(await look(first))).toEqual(made.slice(-20));
  });

  it('lacks one that is archived or never was, and has one that was made anew under its name', async () => {
    const before = there(await look());
    state().archivePrompt(projectId, name);
    expect(await look(before)).toBeUndefined();
    expect(await look(undefined, key.prompt('never-was'))).toBeUndefined();
    expect(await look(undefined, key.prompt('no name at all'))).toBeUndefined();
    const { id } = state().createPrompt(projectId, name, 'From the beginning.');
    expect(await look(before)).toMatchObject({ exists: true, latest: { ref: id, number: 1 } });
    expect(before.latest?.number).toBeGreaterThan(1);
  });

  it('tells labels where the server has them', async () => {
    state().switches.labels = true;
    const { version } = there(family().versions.at(-1));
    await label(version - 1);
    const before = there(await look());
    expect(before.versions?.at(-1)?.labels).not.toContain('production');
    await label(version);
    expect((await look(before))?.versions?.at(-1)?.labels).toContain('production');
  });

  it('fails, and does not say that it is gone, while PostHog is down', async () => {
    posthog.sandbox.server.faults.add(down);
    await expect(look()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

describe('a look at many prompts', () => {
  it('is one for all of them, in one request, by a list without content', async () => {
    const keys = keysOf(30);
    expect(new Set(keys.map((one) => watched().groupOf(one))).size).toBe(1);
    const seen = await lookAtAll(watched(), keys);
    expect(posthog.asked()).toEqual([`${root}/?content=none&limit=100`]);
    expect(seen.size).toBe(30);
    for (const { id, address } of keys) {
      const newest = there(family(firstOf(address.parts)).versions.at(-1));
      expect(seen.get(id)).toMatchObject({
        exists: true,
        latest: { ref: newest.id, number: newest.version },
        complete: false,
      });
    }
    expect(state().project(projectId).promptFetches).toEqual([]);
  });

  it('reads on only until all are found', async () => {
    const keys = keysOf(2);
    addPrompts(100);
    await lookAtAll(watched(), keys);
    expect(posthog.asked()).toHaveLength(2);
    publish(name, 1);
    publish(firstOf(there(keys[1]).address.parts), 1);
    await lookAtAll(watched(), keys);
    expect(posthog.asked()).toHaveLength(1);
  });

  it('lists what was made since of those that jumped, and of no other', async () => {
    const keys = keysOf(3);
    const [, one, other] = keys.map(({ address }) => firstOf(address.parts));
    const before = await lookAtAll(watched(), keys);
    const made = publish(name, 3);
    const single = publish(there(one), 1);
    posthog.asked();
    const after = await lookAtAll(watched(), keys, before);
    expect(posthog.asked()).toEqual([
      `${root}/?content=none&limit=100`,
      `${root}/resolve/name/${name}/?limit=3`,
    ]);
    const refs = keys.map(({ id }) => refsOf(after.get(id)));
    expect(refs).toEqual([made, single, [family(there(other)).versions.at(-1)?.id]]);
  });

  it('lacks those that are archived, and has those that were made anew', async () => {
    const keys = keysOf(4);
    const [gone, anew] = [name, firstOf(there(keys[1]).address.parts)];
    const before = await lookAtAll(watched(), keys);
    for (const each of [gone, anew]) state().archivePrompt(projectId, each);
    const { id } = state().createPrompt(projectId, anew, 'From the beginning.');
    posthog.asked();
    const after = await lookAtAll(watched(), keys, before);
    expect(posthog.asked()).toHaveLength(1);
    expect(after.has(prompt.id)).toBe(false);
    expect(after.get(key.prompt(anew).id)).toMatchObject({ latest: { ref: id, number: 1 } });
    expect(after.size).toBe(3);
  });

  it('asks by name for one that two pages do not show, before it is taken for gone', async () => {
    const keys = keysOf(2);
    addPrompts(100);
    const before = await lookAtAll(watched(), keys);
    state().archivePrompt(projectId, firstOf(there(keys[1]).address.parts));
    // Between the two pages it has come to the first one.
    const body = JSON.stringify({ count: 165, results: [] });
    posthog.sandbox.server.faults.add({ path: 'offset=100', effect: { type: 'replace-body', body } });
    const after = await lookAtAll(watched(), keys, before);
    expect(after.get(prompt.id)).toMatchObject({
      exists: true,
      latest: { number: family().versions.length },
    });
    expect(after.size).toBe(1);
  });

  it('asks by name for one whose row cannot be read, which costs the others nothing', async () => {
    const keys = keysOf(4);
    const before = await lookAtAll(watched(), keys);
    state().archivePrompt(projectId, firstOf(there(keys[3]).address.parts));
    await spoilList((rows) => rows.map((row) => (row['name'] === name ? { ...row, version: 'six' } : row)));
    const seen = await lookAtAll(watched(), keys, before);
    expect(posthog.asked()).toHaveLength(3);
    expect(seen).toEqual(new Map([...before].filter(([id]) => id !== keys[3]?.id)));
    posthog.sandbox.server.faults.add({ ...down, path: `resolve/name/${name}` });
    const again = await lookAtAll(watched(), keys, before);
    expect(codesOf(again, keys)).toEqual(['SOURCE_UNAVAILABLE', undefined, undefined, undefined]);
    expect(again.size).toBe(3);
  });

  it('gives what could not be read of a jump as the error of that prompt alone', async () => {
    const keys = keysOf(3);
    const before = await lookAtAll(watched(), keys);
    publish(name, 2);
    posthog.sandbox.server.faults.add({ ...down, path: 'resolve' });
    const after = await lookAtAll(watched(), keys, before);
    expect(codesOf(after, keys)).toEqual(['SOURCE_UNAVAILABLE', undefined, undefined]);
    expect(after.size).toBe(3);
  });

  it('rejects while PostHog is down', async () => {
    posthog.sandbox.server.faults.add(down);
    await expect(lookAtAll(watched(), keysOf(3))).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

describe('what PostHog has to watch', () => {
  it('is neither a draft lock nor versions of datasets', () => {
    const { watch } = posthog.connect().source;
    expect([watch.draftLocks, watch.datasetVersions]).toEqual([undefined, undefined]);
  });
});
