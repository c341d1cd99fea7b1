import { describe, expect, it } from 'vitest';
import { acmeId, at, openPostHog, owner, paths, pluck, results, textAt } from './posthog-harness.ts';

describe('PostHog sandbox: the prompt list', () => {
  it('pages with absolute links that keep the other query members', async () => {
    const { send, raw, sandbox } = await openPostHog();
    const first = await send('GET', paths.prompts, { query: 'limit=25&content=none&unknown=1' });
    expect(results(first)).toHaveLength(25);
    expect(at(first.body, 'count')).toBe(66);
    expect(at(first.body, 'previous')).toBeNull();
    const next = textAt(first.body, 'next');
    expect(next).toBe(
      `${sandbox.baseUrl}/api/environments/${acmeId}/llm_prompts/?content=none&limit=25&offset=25&unknown=1`,
    );
    const second = await raw('GET', next, { key: owner });
    const third = await raw('GET', textAt(second.body, 'next'), { key: owner });
    expect(results(third)).toHaveLength(16);
    expect(at(third.body, 'next')).toBeNull();
    expect(textAt(third.body, 'previous')).toContain('offset=25');
    const names = [first, second, third].flatMap((page) => pluck(page, 'name'));
    expect(new Set(names).size).toBe(66);
  });

  it('gives no results past the end, and falls back on a bad limit or offset', async () => {
    const { send } = await openPostHog();
    const past = await send('GET', paths.prompts, { query: 'offset=1000&limit=25' });
    expect(past.body).toMatchObject({ count: 66, next: null, results: [] });
    for (const query of ['limit=0', 'limit=-1', 'limit=x', 'offset=-1', 'offset=x', '']) {
      expect(results(await send('GET', paths.prompts, { query }))).toHaveLength(66);
    }
  });

  it('lists the newest publish first', async () => {
    const { send, sandbox } = await openPostHog();
    const dates = pluck(await send('GET', paths.prompts), 'created_at').map(String);
    expect(dates).toEqual(dates.toSorted().reverse());
    expect(new Set(dates).size).toBe(66);
    sandbox.state.publishPrompt(acmeId, 'billing-judge', 'Published in the pages.');
    const top = await send('GET', paths.prompts, { query: 'limit=1' });
    expect(results(top)[0]).toMatchObject({ name: 'billing-judge', prompt: 'Published in the pages.' });
  });

  it('gives content in full, as a preview, or not at all', async () => {
    const { send } = await openPostHog();
    const [full] = results(await send('GET', paths.prompts, { query: 'limit=1' }));
    const [preview] = results(await send('GET', paths.prompts, { query: 'limit=1&content=preview' }));
    const [none] = results(await send('GET', paths.prompts, { query: 'limit=1&content=none' }));
    expect(full).not.toHaveProperty('prompt_preview');
    expect(preview).not.toHaveProperty('prompt');
    expect(textAt(preview, 'prompt_preview')).toBe(`${textAt(full, 'prompt').slice(0, 160)}...`);
    expect(none).not.toHaveProperty('prompt');
    expect(none).not.toHaveProperty('prompt_preview');
    for (const row of [full, preview, none]) {
      expect(row).toHaveProperty('outline');
      expect(row).toHaveProperty('prompt_size_bytes');
    }
    const refused = await send('GET', paths.prompts, { query: 'content=half' });
    expect(refused.body).toMatchObject({ code: 'invalid_choice', attr: 'content' });
  });

  it('searches names and contents, and filters by the author of the latest version', async () => {
    const { send, sandbox } = await openPostHog();
    expect(pluck(await send('GET', paths.prompts, { query: 'search=SQL-agent' }), 'name')).toHaveLength(6);
    sandbox.state.publishPrompt(acmeId, 'hiring-reply', 'Mentions the Zeppelin once.', 504);
    const found = await send('GET', paths.prompts, { query: 'search=zeppelin' });
    expect(pluck(found, 'name')).toEqual(['hiring-reply']);
    const mine = await send('GET', paths.prompts, { query: 'created_by_id=504' });
    expect(pluck(mine, 'created_by', 'id').every((id) => id === 504)).toBe(true);
    expect(pluck(mine, 'name')).toContain('hiring-reply');
    const refused = await send('GET', paths.prompts, { query: 'created_by_id=nadia' });
    expect(refused.body).toMatchObject({ code: 'invalid_input', attr: 'created_by_id' });
  });

  it('sorts by what is asked, and ignores an unknown order', async () => {
    const { send } = await openPostHog();
    const names = pluck(await send('GET', paths.prompts, { query: 'order_by=name' }), 'name').map(String);
    expect(names).toEqual(names.toSorted());
    const byCount = pluck(
      await send('GET', paths.prompts, { query: 'order_by=-version_count' }),
      'version_count',
    );
    expect(byCount[0]).toBe(57);
    const [plain] = results(await send('GET', paths.prompts));
    expect(results(await send('GET', paths.prompts, { query: 'order_by=colour' }))[0]).toEqual(plain);
  });

  it('lets the last of a repeated member count', async () => {
    const { send } = await openPostHog();
    const listed = await send('GET', paths.prompts, { query: 'search=nothing-like-it&search=support-reply' });
    expect(pluck(listed, 'name')).toEqual(['support-reply']);
  });
});

describe('PostHog sandbox: one prompt', () => {
  it('reads the latest by name, without its author, and records the read', async () => {
    const { send, sandbox } = await openPostHog();
    const read = await send('GET', paths.prompt, { id: 'support-triage' });
    expect(read.body).toMatchObject({
      name: 'support-triage',
      version: 57,
      is_latest: true,
      version_count: 57,
    });
    expect(read.body).not.toHaveProperty('created_by');
    expect(sandbox.state.project(acmeId).promptFetches).toEqual(['support-triage']);
  });

  it('reads a version by number, and answers bare bodies when there is none', async () => {
    const { send } = await openPostHog();
    const second = await send('GET', paths.prompt, {
      id: 'support-triage',
      query: 'version=2&content=preview',
    });
    expect(second.body).toMatchObject({ version: 2, is_latest: false, latest_version: 57 });
    expect(second.body).not.toHaveProperty('prompt');
    for (const sent of [{ id: 'no-such-prompt' }, { id: 'support-triage', query: 'version=58' }]) {
      const missing = await send('GET', paths.prompt, sent);
      expect(missing.status).toBe(404);
      expect(Object.keys(Object(missing.body))).toEqual(['detail']);
    }
    const zero = await send('GET', paths.prompt, { id: 'support-triage', query: 'version=0' });
    expect(zero.body).toMatchObject({ code: 'min_value', attr: 'version' });
    const word = await send('GET', paths.prompt, { id: 'support-triage', query: 'version=two' });
    expect(word.body).toMatchObject({ code: 'invalid_input', attr: 'version' });
    expect((await send('GET', paths.prompt, { id: 'SUPPORT-triage' })).status).toBe(404);
  });

  it('outlines headings, also inside code fences, without closing marks', async () => {
    const { send, sandbox } = await openPostHog();
    const text = '# One ##\n\n##\n  ### Two\n```\n# in a fence\n```\n#no blank\n####### seven';
    sandbox.state.createPrompt(acmeId, 'outline-check', text);
    const read = await send('GET', paths.prompt, { id: 'outline-check', query: 'content=none' });
    expect(at(read.body, 'outline')).toEqual([
      { level: 1, text: 'One' },
      { level: 3, text: 'Two' },
      { level: 1, text: 'in a fence' },
    ]);
  });

  it('returns a prompt that is not text as its JSON dump, or raw on early servers', async () => {
    const { send, sandbox } = await openPostHog();
    const dumped = await send('GET', paths.prompt, { id: 'docs-rag-router' });
    expect(textAt(dumped.body, 'prompt')).toMatch(/^\[\{"role": "system", "content": /);
    sandbox.switches.rawJsonPrompts = true;
    const raw = await send('GET', paths.prompt, { id: 'docs-rag-router' });
    expect(at(raw.body, 'prompt', 0, 'role')).toBe('system');
  });

  it('resolves history newest first, by before_version or by offset', async () => {
    const { send } = await openPostHog();
    const resolve = (query: string) => send('GET', paths.promptResolve, { id: 'support-triage', query });
    const first = await resolve('');
    const versions = (body: unknown) => {
      const rows = at(body, 'versions');
      return Array.isArray(rows) ? rows.map((row) => at(row, 'version')) : [];
    };
    expect(versions(first.body)).toHaveLength(50);
    expect(versions(first.body)[0]).toBe(57);
    expect(at(first.body, 'has_more')).toBe(true);
    expect(at(first.body, 'prompt', 'created_by', 'id')).toBeTypeOf('number');
    const rest = await resolve('before_version=8');
    expect(versions(rest.body)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(at(rest.body, 'has_more')).toBe(false);
    expect(versions((await resolve('offset=50&limit=3')).body)).toEqual([7, 6, 5]);
    expect(versions((await resolve('offset=57')).body)).toEqual([]);
    for (const query of ['limit=0', 'limit=101', 'offset=-1'])
      expect((await resolve(query)).status).toBe(400);
    const both = await resolve('offset=1&before_version=3');
    expect(both.body).toMatchObject({ type: 'validation_error', attr: null });
  });

  it('resolves a row by its version id, and refuses a mismatch', async () => {
    const { send, sandbox } = await openPostHog();
    const id = sandbox.state.prompt(acmeId, 'support-triage').versions[4]?.id;
    const resolve = (query: string) => send('GET', paths.promptResolve, { id: 'support-triage', query });
    expect(at((await resolve(`version_id=${id}`)).body, 'prompt')).toMatchObject({ id, version: 5 });
    expect((await resolve(`version_id=${id}&version=5`)).status).toBe(200);
    expect((await resolve(`version_id=${id}&version=6`)).status).toBe(404);
    expect((await resolve('version_id=nope')).body).toMatchObject({ attr: 'version_id' });
    expect(
      (await send('GET', paths.promptResolve, { id: 'support-reply', query: `version_id=${id}` })).status,
    ).toBe(404);
  });
});
