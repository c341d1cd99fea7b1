import { describe, expect, it } from 'vitest';
import {
  acmeId,
  at,
  globex,
  globexId,
  openPostHog,
  owner,
  paths,
  pluck,
  reader,
  writer,
} from './posthog-harness.ts';

const anyId = '11111111-1111-4111-8111-111111111111';

describe('PostHog sandbox: credentials and projects', () => {
  it('refuses a request without a key', async () => {
    const { raw } = await openPostHog();
    const answered = await raw('GET', `/api/environments/${acmeId}/llm_prompts/`);
    expect(answered.status).toBe(401);
    expect(answered.headers.get('www-authenticate')).toBe('Bearer');
    expect(answered.body).toMatchObject({
      type: 'authentication_error',
      code: 'not_authenticated',
      attr: null,
    });
  });

  it('refuses an unknown key', async () => {
    const { send } = await openPostHog();
    const answered = await send('GET', paths.prompts, { key: 'phx_unknown' });
    expect(answered.status).toBe(401);
    expect(answered.body).toMatchObject({ code: 'authentication_failed' });
  });

  it('takes the key from the query or the body when there is no header', async () => {
    const { raw } = await openPostHog();
    const listed = await raw('GET', `/api/projects/${acmeId}/datasets/?limit=1&personal_api_key=${owner}`);
    expect(listed.status).toBe(200);
    const made = await raw('POST', `/api/projects/${acmeId}/datasets/`, {
      body: { name: 'By body key', personal_api_key: owner },
    });
    expect(made.status).toBe(201);
  });

  it('lets a reader read everything and write nothing, naming the missing scope', async () => {
    const { send } = await openPostHog();
    for (const template of [
      paths.prompts,
      paths.reviews,
      paths.scorers,
      paths.datasets,
      paths.items,
      paths.me,
    ]) {
      expect((await send('GET', template, { key: reader })).status).toBe(200);
    }
    const writes = [
      { template: paths.prompts, scope: 'llm_prompt:write' },
      { template: paths.reviews, scope: 'llm_analytics:write' },
      { template: paths.translate, scope: 'llm_analytics:write' },
      { template: paths.datasets, scope: 'dataset:write' },
    ];
    for (const { template, scope } of writes) {
      const refused = await send('POST', template, { key: reader, body: {} });
      expect(refused.status).toBe(403);
      expect(refused.body).toEqual({
        type: 'authentication_error',
        code: 'permission_denied',
        detail: `API key missing required scope '${scope}'`,
        attr: null,
      });
    }
  });

  it('reads with a key that may only write, and refuses it the profile', async () => {
    const { send } = await openPostHog();
    expect((await send('GET', paths.prompts, { key: writer, query: 'limit=1' })).status).toBe(200);
    expect((await send('GET', paths.me, { key: writer })).status).toBe(403);
  });

  it('answers 403 for a foreign project and 404 for one that does not exist', async () => {
    const { send, raw } = await openPostHog();
    expect((await send('GET', paths.prompts, { project: globexId })).status).toBe(403);
    expect((await send('GET', paths.datasets, { project: acmeId, key: globex })).status).toBe(403);
    expect((await send('GET', paths.items, { project: globexId, key: writer })).status).toBe(403);
    expect((await raw('GET', '/api/projects/777/datasets/', { key: owner })).status).toBe(404);
    expect((await raw('GET', '/api/projects/acme/datasets/', { key: owner })).status).toBe(404);
  });

  it('keeps the tenants apart', async () => {
    const { send } = await openPostHog();
    for (const [template, member] of [
      [paths.prompts, 'name'],
      [paths.datasets, 'name'],
      [paths.scorers, 'name'],
      [paths.reviews, 'trace_id'],
      [paths.queues, 'name'],
      [paths.queueItems, 'trace_id'],
    ] as const) {
      const theirs = pluck(await send('GET', template, { key: globex, project: globexId }), member);
      expect(theirs.length).toBeGreaterThan(0);
      for (const name of theirs) expect(name).toMatch(/^Globex/);
      const ours = pluck(await send('GET', template), member);
      for (const name of ours) expect(name).not.toMatch(/Globex/);
    }
  });

  it('hides an object of the other tenant behind a 404', async () => {
    const { send, sandbox } = await openPostHog();
    const theirs = sandbox.state.project(globexId).reviews[0];
    expect((await send('GET', paths.review, { id: theirs?.id })).status).toBe(404);
  });

  it('knows @current, with and without a project token', async () => {
    const { send } = await openPostHog();
    const mine = await send('GET', paths.prompts, { project: '@current', key: globex });
    expect(at(mine.body, 'count')).toBe(3);
    const foreign = `token=${'phc_sandboxAcmeProjectToken000000000000000000'}`;
    expect(
      (await send('GET', paths.prompts, { project: '@current', key: globex, query: foreign })).status,
    ).toBe(403);
    const unknown = await send('GET', paths.prompts, { project: '@current', query: 'token=phc_no' });
    expect(unknown.status).toBe(401);
  });

  it('tells who the key belongs to', async () => {
    const { send } = await openPostHog();
    expect((await send('GET', paths.me)).body).toMatchObject({ id: 501, team: { id: acmeId } });
    expect((await send('GET', paths.me, { key: globex })).body).toMatchObject({
      id: 601,
      team: { id: globexId },
    });
  });
});

describe('PostHog sandbox: routes', () => {
  it('answers under both prefixes, with and without the slash', async () => {
    const { raw } = await openPostHog();
    for (const prefix of ['environments', 'projects']) {
      for (const path of [
        'llm_analytics/trace_reviews',
        'llm_analytics/score_definitions',
        'llm_analytics/review_queues',
        'llm_analytics/review_queue_items',
        'llm_prompts',
        'llm_prompts/name/support-reply',
        'llm_prompts/resolve/name/support-reply',
        'datasets',
        'dataset_items',
      ]) {
        for (const slash of ['', '/']) {
          const answered = await raw('GET', `/api/${prefix}/${acmeId}/${path}${slash}`, { key: owner });
          expect(answered.status).toBe(200);
        }
      }
    }
  });

  it('answers 404 for a path id that is no UUID, and for a prompt by UUID', async () => {
    const { send, raw } = await openPostHog();
    for (const template of [
      paths.review,
      paths.scorer,
      paths.queue,
      paths.queueItem,
      paths.dataset,
      paths.item,
    ]) {
      const answered = await send('GET', template, { id: 'not-a-uuid' });
      expect(answered.status).toBe(404);
      expect(answered.body).toMatchObject({ type: 'invalid_request', code: 'not_found' });
    }
    expect(
      (await raw('PATCH', `/api/environments/${acmeId}/llm_prompts/${anyId}/`, { key: owner })).status,
    ).toBe(404);
  });

  it('answers 405 for what is not offered', async () => {
    const { raw } = await openPostHog();
    const base = `/api/environments/${acmeId}/llm_analytics`;
    for (const [method, path] of [
      ['PUT', `${base}/trace_reviews/${anyId}/`],
      ['DELETE', `${base}/score_definitions/${anyId}/`],
      ['PUT', `${base}/score_definitions/${anyId}/`],
      ['GET', `${base}/translate/`],
    ] as const) {
      const answered = await raw(method, path, { key: owner });
      expect(answered.status).toBe(405);
      expect(answered.body).toMatchObject({ type: 'invalid_request', code: 'method_not_allowed' });
    }
  });

  it('refuses a malformed body, a body that is no object, and a foreign media type', async () => {
    const { send, sandbox } = await openPostHog();
    const broken = await send('POST', paths.datasets, { body: '{"name": ' });
    expect(broken.body).toMatchObject({ type: 'invalid_request', code: 'parse_error', attr: null });
    const list = await send('POST', paths.datasets, { body: [] });
    expect(list.body).toMatchObject({ type: 'validation_error', code: 'invalid_input', attr: null });
    const text = await fetch(`${sandbox.baseUrl}/api/projects/${acmeId}/datasets/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${owner}`, 'content-type': 'text/plain' },
      body: 'name',
    });
    expect(text.status).toBe(415);
  });
});
