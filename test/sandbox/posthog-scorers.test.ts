import { describe, expect, it } from 'vitest';
import { at, openPostHog, owner, paths, pluck, results, textAt } from './posthog-harness.ts';

const options = [
  { key: 'yes', label: 'Yes' },
  { key: 'no', label: 'No' },
];

describe('PostHog sandbox: scorers', () => {
  it('pages three pages by name, archived ones included', async () => {
    const { send, raw } = await openPostHog();
    const first = await send('GET', paths.scorers, { query: 'limit=25' });
    const second = await raw('GET', textAt(first.body, 'next'), { key: owner });
    const third = await raw('GET', textAt(second.body, 'next'), { key: owner });
    const names = [first, second, third].flatMap((page) => pluck(page, 'name')).map(String);
    expect(names).toHaveLength(66);
    expect(names).toEqual(names.toSorted());
  });

  it('filters by kind and archived, searches, and sorts', async () => {
    const { send } = await openPostHog();
    const count = async (query: string) => at((await send('GET', paths.scorers, { query })).body, 'count');
    for (const kind of ['categorical', 'numeric', 'boolean']) expect(await count(`kind=${kind}`)).toBe(22);
    expect(await count('archived=true')).toBe(6);
    expect(await count('archived=false')).toBe(60);
    expect(await count('archived=perhaps')).toBe(66);
    expect(await count('search=SQL%20AGENT')).toBe(6);
    expect((await send('GET', paths.scorers, { query: 'kind=text' })).body).toMatchObject({
      code: 'invalid_choice',
    });
    const versions = pluck(
      await send('GET', paths.scorers, { query: 'order_by=-current_version' }),
      'current_version',
    );
    expect(versions[0]).toBe(3);
    expect((await send('GET', paths.scorers, { query: 'order_by=team' })).status).toBe(400);
  });

  it('makes one, changes it, and gives it a new version', async () => {
    const { send } = await openPostHog();
    const made = await send('POST', paths.scorers, {
      body: {
        name: ' Grounded ',
        kind: 'categorical',
        config: { options: [{ key: ' YES ', label: 'Yes' }] },
      },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'Grounded', description: '', current_version: 1 });
    expect(at(made.body, 'config')).toEqual({ options: [{ key: 'yes', label: 'Yes' }] });
    const id = textAt(made.body, 'id');
    const patched = await send('PATCH', paths.scorer, { id, body: { archived: true, description: 'Why' } });
    expect(patched.body).toMatchObject({ archived: true, description: 'Why', name: 'Grounded' });
    const next = await send('POST', paths.scorerVersion, { id, body: { config: { options } } });
    expect(next.status).toBe(200);
    expect(next.body).toMatchObject({ current_version: 2, config: { options } });
    expect((await send('GET', paths.scorer, { id })).body).toEqual(next.body);
  });

  it('refuses what a kind does not allow, naming the nested member', async () => {
    const { send } = await openPostHog();
    const refused = async (kind: string, config: unknown) => {
      const answered = await send('POST', paths.scorers, { body: { name: 'X', kind, config } });
      expect(answered.status).toBe(400);
      return at(answered.body, 'attr');
    };
    expect(await refused('text', {})).toBe('kind');
    expect(await refused('categorical', undefined)).toBe('config');
    expect(await refused('categorical', { options, step: 1 })).toBe('config');
    expect(await refused('categorical', {})).toBe('config__options');
    expect(await refused('categorical', { options: [] })).toBe('config__options');
    expect(await refused('categorical', { options: [...options, ...options] })).toBe('config__options');
    expect(await refused('categorical', { options: [{ key: 'a b', label: 'x' }] })).toBe('config__options');
    expect(await refused('categorical', { options, max_selections: 1 })).toBe('config__max_selections');
    const multiple = { options, selection_mode: 'multiple' };
    expect(await refused('categorical', { ...multiple, min_selections: 3 })).toBe('config__min_selections');
    expect(await refused('categorical', { ...multiple, min_selections: 2, max_selections: 1 })).toBe(
      'config__max_selections',
    );
    expect(await refused('numeric', { min: 2, max: 1 })).toBe('config__max');
    expect(await refused('numeric', { step: 0 })).toBe('config__step');
    expect(await refused('boolean', { true_label: ' ' })).toBe('config__true_label');
    const archived = await send('POST', paths.scorers, {
      body: { name: 'X', kind: 'boolean', config: {}, archived: true },
    });
    expect(archived.body).toMatchObject({ attr: 'archived' });
  });

  it('compares base_version and hides archived ones on later servers only', async () => {
    const { send, sandbox } = await openPostHog();
    const id = textAt(results(await send('GET', paths.scorers, { query: 'kind=boolean' }))[0], 'id');
    const stale = { config: {}, base_version: 99 };
    expect((await send('POST', paths.scorerVersion, { id, body: stale })).status).toBe(200);
    sandbox.switches.laterScorers = true;
    const refused = await send('POST', paths.scorerVersion, { id, body: stale });
    expect(refused.status).toBe(409);
    expect(Object.keys(Object(refused.body)).sort()).toEqual(['current_version', 'detail']);
    const listed = await send('GET', paths.scorers);
    expect(at(listed.body, 'count')).toBe(60);
    expect(results(listed)[0]).toHaveProperty('current_version_id');
  });

  it('answers 403 for scorers, reviews and queues while their feature is off', async () => {
    const { send } = await openPostHog({ reviewsFeature: false });
    for (const template of [paths.scorers, paths.reviews, paths.queues, paths.queueItems]) {
      expect((await send('GET', template)).body).toMatchObject({ code: 'permission_denied' });
    }
    expect((await send('GET', paths.prompts)).status).toBe(200);
  });
});
