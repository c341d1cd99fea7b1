import { describe, expect, it } from 'vitest';
import { type HumanloopCredential, humanloopCredentials } from '../../sandbox/humanloop/index.ts';
import { type Answer, once, useHumanloop } from './humanloop-harness.ts';

const { priya } = humanloopCredentials.acme;

describe('what the sandbox refuses', () => {
  const harness = useHumanloop();

  function post(template: string, body: unknown): Promise<Answer> {
    return harness.call('POST', template, { body });
  }

  it('lets nobody in without a known key', async () => {
    const missing = await harness.call('GET', '/datasets', { as: null });
    expect([missing.status, missing.body.detail]).toEqual([401, 'API key is missing.']);
    const wrong = await harness.call('GET', '/prompts', { as: { ...priya, apiKey: 'hl_sk_nobody' } });
    expect([wrong.status, wrong.body.detail]).toEqual([401, 'API key is not valid.']);
    harness.sandbox.switches.wrongKeyStatus = 403;
    const forbidden = await harness.call('GET', '/datasets', { as: null, undocumented: true });
    expect(forbidden.status).toBe(403);
  });

  it('hides one organisation’s files from the other, for reads and for writes', async () => {
    const { id, versions } = harness.sandbox.state.dataset('Globex Service/Globex manuals QA');
    const production = harness.sandbox.state.environment('globex', 'production').id;
    const path = { id, version_id: versions[0]?.id ?? '', environment_id: production };
    const query = { version_id: versions[0]?.id ?? '' };
    const answers = await Promise.all([
      harness.call('GET', '/datasets/{id}', { path }),
      harness.call('PATCH', '/datasets/{id}', { path, body: { name: 'Mine' } }),
      harness.call('DELETE', '/datasets/{id}', { path }),
      harness.call('GET', '/datasets/{id}/datapoints', { path }),
      harness.call('GET', '/datasets/{id}/versions', { path }),
      harness.call('PATCH', '/datasets/{id}/versions/{version_id}', { path, body: {} }),
      harness.call('DELETE', '/datasets/{id}/versions/{version_id}', { path }),
      harness.call('GET', '/datasets/{id}/environments', { path }),
      harness.call('POST', '/datasets/{id}/environments/{environment_id}', { path, query }),
      harness.call('DELETE', '/datasets/{id}/environments/{environment_id}', { path }),
      post('/datasets', { id, datapoints: [] }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    const own = await harness.call('GET', '/datasets/{id}', { path, as: humanloopCredentials.globex.lena });
    expect(own.body.name).toBe('Globex manuals QA');
  });

  it('names every member of a body that does not fit', async () => {
    const { status, body } = await post('/datasets', {
      path: 'Tests/Bad',
      action: 'replace',
      datapoints: [
        { inputs: { count: 3 } },
        { messages: [{ content: 'Who says so?' }] },
        { target: { answer: null } },
      ],
    });
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([
      { loc: ['body', 'datapoints', 0, 'inputs', 'count'], msg: 'str type expected', type: 'type_error.str' },
      { loc: ['body', 'datapoints', 1, 'messages', 0, 'role'], type: 'value_error.missing' },
      { loc: ['body', 'datapoints', 2, 'target', 'answer'], type: 'type_error.none.not_allowed' },
      { loc: ['body', 'action'], type: 'type_error.enum' },
    ]);
    expect((await post('/datasets', { path: 'Tests/Bad' })).body.detail).toEqual([
      { loc: ['body', 'datapoints'], msg: 'field required', type: 'value_error.missing' },
    ]);
  });

  it('needs an id or a path, and a path without empty segments', async () => {
    expect((await post('/datasets', { datapoints: [] })).status).toBe(422);
    expect((await post('/datasets', { path: 'a//b', datapoints: [] })).status).toBe(422);
    expect((await post('/datasets', { path: '', datapoints: [] })).status).toBe(422);
    expect((await post('/prompts', { model: 'gpt-4o' })).status).toBe(422);
    expect((await post('/datasets', { path: '/Tests/Slashes/', datapoints: [] })).body.path).toBe(
      'Tests/Slashes',
    );
  });

  it('refuses a body that is no JSON, or none', async () => {
    for (const body of ['{"datapoints":', '']) {
      const response = await fetch(`${harness.sandbox.baseUrl}/datasets`, {
        method: 'POST',
        headers: { 'x-api-key': priya.apiKey, 'content-type': 'application/json' },
        body,
      });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ detail: [{ loc: expect.arrayContaining(['body']) }] });
    }
  });

  it('refuses a path that another file has, of either kind', async () => {
    const { state } = harness.sandbox;
    const dataset = state.dataset('Support/Ticket triage/Duplicates');
    const taken = await harness.call('PATCH', '/datasets/{id}', {
      path: { id: dataset.id },
      body: { name: 'Queue labels' },
    });
    expect(taken.status).toBe(409);
    expect((await post('/prompts', { model: 'gpt-4o', path: dataset.path })).status).toBe(409);
    const renamed = await harness.call('PATCH', '/datasets/{id}', {
      path: { id: dataset.id },
      body: { name: 'with/slash' },
    });
    expect(renamed.status).toBe(422);
  });

  it('takes percent-encoded path segments as they were before', async () => {
    const made = await post('/datasets', { path: 'Tests/50 % ü/Ends?', datapoints: [] });
    expect(made.body.name).toBe('Ends?');
    const odd = await harness.call('GET', '/datasets/{id}', { path: { id: 'ds/../%2F?' } });
    expect([odd.status, odd.body.detail]).toEqual([404, 'File ds/../%2F? not found.']);
  });

  it('answers 404 outside its routes and redirects a slash at the end', async () => {
    const nowhere = await fetch(`${harness.sandbox.baseUrl}/datapoints/dp_1`);
    expect([nowhere.status, await nowhere.json()]).toEqual([404, { detail: 'Not Found' }]);
    const slashed = await fetch(`${harness.sandbox.baseUrl}/datasets/?size=1`, { redirect: 'manual' });
    expect(slashed.status).toBe(307);
    expect(slashed.headers.get('location')).toBe(`${harness.sandbox.baseUrl}/datasets?size=1`);
  });

  it('limits requests by key when told to, and says how long to wait', async () => {
    harness.sandbox.switches.requestLimit = { requests: 2, seconds: 60 };
    const ask = (as: HumanloopCredential = priya): Promise<Answer> =>
      harness.call('GET', '/datasets', { as });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const limited = await ask();
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(50);
    expect((await ask(humanloopCredentials.acme.tomas)).status).toBe(200);
    harness.sandbox.switches.retryAfter = false;
    expect((await ask()).headers.get('retry-after')).toBeNull();
    await expect(harness.client().datasets.list({}, once)).rejects.toMatchObject({ statusCode: 429 });
  });

  it('plays faults, before and after a write', async () => {
    const body = { path: 'Tests/Faulty', datapoints: [] };
    const { faults } = harness.sandbox.server;
    faults.add({ method: 'POST', path: '/v5/datasets$', times: 1, effect: { type: 'reset-before' } });
    await expect(post('/datasets', body)).rejects.toThrow();
    expect(() => harness.sandbox.state.dataset(body.path)).toThrow();
    faults.add({ method: 'POST', path: '/v5/datasets$', times: 1, effect: { type: 'reset-after' } });
    await expect(post('/datasets', body)).rejects.toThrow();
    expect(harness.sandbox.state.dataset(body.path).versions).toHaveLength(1);
    faults.add({ method: 'GET', times: 1, effect: { type: 'cut-json' } });
    await expect(harness.call('GET', '/datasets')).rejects.toThrow(SyntaxError);
    expect((await harness.call('GET', '/datasets')).status).toBe(200);
  });
});
