import { describe, expect, it } from 'vitest';
import { acmeId, at, openPostHog, paths, textAt, writer } from './posthog-harness.ts';

const name = 'greeting';

describe('PostHog sandbox: creating prompts', () => {
  it('makes version 1 with its author', async () => {
    const { send } = await openPostHog();
    const made = await send('POST', paths.prompts, {
      key: writer,
      body: { name, prompt: '# Hi', deleted: true },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name,
      prompt: '# Hi',
      version: 1,
      deleted: false,
      created_by: { id: 502 },
      outline: [{ level: 1, text: 'Hi' }],
    });
    expect((await send('POST', paths.prompts, { body: { name: 'empty', prompt: '' } })).status).toBe(201);
  });

  it('refuses bad names and bad contents', async () => {
    const { send } = await openPostHog();
    const refused = async (body: unknown) => {
      const answered = await send('POST', paths.prompts, { body });
      expect(answered.status).toBe(400);
      return [at(answered.body, 'attr'), at(answered.body, 'code')];
    };
    expect(await refused({ prompt: 'x' })).toEqual(['name', 'required']);
    expect(await refused({ name: ' ', prompt: 'x' })).toEqual(['name', 'blank']);
    expect(await refused({ name: 'NEW', prompt: 'x' })).toEqual(['name', 'reserved_name']);
    expect(await refused({ name: 'two words', prompt: 'x' })).toEqual(['name', 'invalid_name']);
    expect(await refused({ name: 'a'.repeat(256), prompt: 'x' })).toEqual(['name', 'max_length']);
    expect(await refused({ name: 'support-reply', prompt: 'x' })).toEqual(['name', 'unique']);
    expect(await refused({ name })).toEqual(['prompt', 'required']);
    expect(await refused({ name, prompt: null })).toEqual(['prompt', 'null']);
    expect(await refused({ name, prompt: 'x'.repeat(999_999) })).toEqual(['prompt', 'max_size']);
    expect((await send('POST', paths.prompts, { body: { name, prompt: 'x'.repeat(999_998) } })).status).toBe(
      201,
    );
  });
});

describe('PostHog sandbox: publishing', () => {
  it('publishes on the latest version and refuses any other with a bare 409', async () => {
    const { send, sandbox } = await openPostHog();
    sandbox.state.createPrompt(acmeId, name, 'One');
    const publish = (body: unknown) => send('PATCH', paths.prompt, { id: name, body });
    const second = await publish({ base_version: 1, prompt: 'Two' });
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({
      version: 2,
      prompt: 'Two',
      is_latest: true,
      created_by: { id: 501 },
    });
    const stale = await publish({ base_version: 1, prompt: 'Two again' });
    expect(stale.status).toBe(409);
    expect(Object.keys(Object(stale.body)).sort()).toEqual(['current_version', 'detail']);
    expect(at(stale.body, 'current_version')).toBe(2);
    // The same content makes a version too.
    expect(at((await publish({ base_version: 2, prompt: 'Two' })).body, 'version')).toBe(3);
  });

  it('lets one of two racers win', async () => {
    const { send, sandbox } = await openPostHog();
    sandbox.state.createPrompt(acmeId, name, 'One');
    const race = (prompt: string) =>
      send('PATCH', paths.prompt, { id: name, body: { base_version: 1, prompt } });
    const statuses = (await Promise.all([race('A'), race('B')])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 409]);
  });

  it('sees a version that was made behind its back', async () => {
    const { send, sandbox } = await openPostHog();
    sandbox.state.createPrompt(acmeId, name, 'One');
    sandbox.state.publishPrompt(acmeId, name, 'Two');
    const refused = await send('PATCH', paths.prompt, {
      id: name,
      body: { base_version: 1, prompt: 'Mine' },
    });
    expect(refused.body).toMatchObject({ current_version: 2 });
  });

  it('keeps the dates of old rows and of the first version', async () => {
    const { send, sandbox } = await openPostHog();
    const [first] = [sandbox.state.createPrompt(acmeId, name, 'One')];
    const published = await send('PATCH', paths.prompt, {
      id: name,
      body: { base_version: 1, prompt: 'Two' },
    });
    expect(at(published.body, 'first_version_created_at')).toBe(first.createdAt);
    const old = await send('GET', paths.prompt, { id: name, query: 'version=1' });
    expect(old.body).toMatchObject({ id: first.id, updated_at: first.updatedAt, is_latest: false });
  });

  it('checks the body before it looks for the prompt', async () => {
    const { send } = await openPostHog();
    const refused = async (body: unknown) => {
      const answered = await send('PATCH', paths.prompt, { id: 'no-such-prompt', body });
      return [answered.status, at(answered.body, 'attr'), at(answered.body, 'code')];
    };
    expect(await refused({ prompt: 'x' })).toEqual([400, 'base_version', 'required']);
    expect(await refused({ base_version: 0, prompt: 'x' })).toEqual([400, 'base_version', 'min_value']);
    expect(await refused({ base_version: 1 })).toEqual([400, null, 'invalid_input']);
    expect(await refused({ base_version: 1, prompt: 'x', edits: [{ old: 'a', new: 'b' }] })).toEqual([
      400,
      null,
      'invalid_input',
    ]);
    expect(await refused({ base_version: 1, edits: [] })).toEqual([400, 'edits', 'invalid_input']);
    expect(await refused({ base_version: 1, prompt: 'x' })).toEqual([404, undefined, undefined]);
  });

  it('refuses a version beyond the two thousandth', async () => {
    const { send, sandbox } = await openPostHog();
    sandbox.state.createPrompt(acmeId, name, 'One');
    for (let version = 2; version <= 2000; version += 1)
      sandbox.state.publishPrompt(acmeId, name, `${version}`);
    const refused = await send('PATCH', paths.prompt, {
      id: name,
      body: { base_version: 2000, prompt: 'x' },
    });
    expect(refused.status).toBe(400);
    expect(Object.keys(Object(refused.body))).toEqual(['detail']);
  });
});

describe('PostHog sandbox: edits', () => {
  it('applies edits in order, each on the result of the one before', async () => {
    const { send, sandbox } = await openPostHog();
    sandbox.state.createPrompt(acmeId, name, 'Dear customer, hello.');
    const edits = [
      { old: ' customer ', new: 'friend' },
      { old: 'friend', new: 'reader' },
    ];
    const published = await send('PATCH', paths.prompt, { id: name, body: { base_version: 1, edits } });
    expect(at(published.body, 'prompt')).toBe('Dear reader, hello.');
  });

  it('names the edit that fails, and publishes nothing', async () => {
    const { send, sandbox } = await openPostHog();
    sandbox.state.createPrompt(acmeId, name, 'one one two');
    const edit = (edits: unknown) =>
      send('PATCH', paths.prompt, { id: name, body: { base_version: 1, edits } });
    const missing = await edit([
      { old: 'two', new: 'three' },
      { old: 'two', new: 'four' },
    ]);
    expect(missing.body).toMatchObject({ edit_index: 1 });
    expect(missing.body).not.toHaveProperty('code');
    expect((await edit([{ old: 'one', new: 'two' }])).body).toMatchObject({ edit_index: 0 });
    expect(sandbox.state.prompt(acmeId, name).versions).toHaveLength(1);
  });

  it('refuses blank texts with a printed structure', async () => {
    const { send, sandbox } = await openPostHog();
    sandbox.state.createPrompt(acmeId, name, 'one two');
    const body = { base_version: 1, edits: [{ old: 'two', new: ' \n' }] };
    const refused = await send('PATCH', paths.prompt, { id: name, body });
    expect(refused.body).toMatchObject({ attr: 'edits', code: "{'new': ['blank']}" });
    expect(textAt(refused.body, 'detail')).toContain("{'new': [ErrorDetail(");
  });

  it('edits JSON as indented text and parses it again', async () => {
    const { send, sandbox } = await openPostHog();
    sandbox.state.createPrompt(acmeId, name, { role: 'system', turns: 2 });
    const edit = (edits: unknown) =>
      send('PATCH', paths.prompt, { id: name, body: { base_version: 1, edits } });
    expect((await edit([{ old: '"turns": 2', new: '"turns": ' }])).body).toMatchObject({ edit_index: 0 });
    const published = await edit([{ old: '"turns": 2', new: '"turns": 3' }]);
    expect(at(published.body, 'prompt')).toBe('{"role": "system", "turns": 3}');
  });
});

describe('PostHog sandbox: archive and duplicate', () => {
  it('archives with an empty 204, frees the name and restarts at version 1', async () => {
    const { send, sandbox } = await openPostHog();
    const oldId = sandbox.state.prompt(acmeId, 'support-reply').versions[0]?.id;
    const archived = await send('POST', paths.promptArchive, { id: 'support-reply' });
    expect([archived.status, archived.body]).toEqual([204, undefined]);
    for (const template of [paths.prompt, paths.promptResolve]) {
      expect((await send('GET', template, { id: 'support-reply' })).status).toBe(404);
    }
    expect((await send('POST', paths.promptArchive, { id: 'support-reply' })).status).toBe(404);
    const again = await send('POST', paths.prompts, { body: { name: 'support-reply', prompt: 'Anew' } });
    expect(again.body).toMatchObject({ version: 1, version_count: 1 });
    const byOldId = await send('GET', paths.promptResolve, {
      id: 'support-reply',
      query: `version_id=${oldId}`,
    });
    expect(byOldId.status).toBe(404);
  });

  it('duplicates the latest content at version 1', async () => {
    const { send, sandbox } = await openPostHog();
    sandbox.state.publishPrompt(acmeId, 'billing-reply', 'Latest wording');
    const copy = await send('POST', paths.promptDuplicate, {
      id: 'billing-reply',
      body: { new_name: 'billing-copy' },
    });
    expect(copy.status).toBe(201);
    expect(copy.body).toMatchObject({ name: 'billing-copy', version: 1, prompt: 'Latest wording' });
    const taken = await send('POST', paths.promptDuplicate, {
      id: 'billing-reply',
      body: { new_name: 'billing-copy' },
    });
    expect(taken.status).toBe(400);
    expect(textAt(taken.body, 'detail')).toContain('already exists');
    const bad = await send('POST', paths.promptDuplicate, { id: 'billing-reply', body: { new_name: 'new' } });
    expect(bad.body).toMatchObject({ attr: 'new_name', code: 'reserved_name' });
    const missing = await send('POST', paths.promptDuplicate, { id: 'nothing', body: { new_name: 'x' } });
    expect(missing.status).toBe(404);
  });
});
