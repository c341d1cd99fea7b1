import { describe, expect, it } from 'vitest';
import { acmeId, at, globex, globexId, openPostHog, owner, paths, reader } from './posthog-harness.ts';

describe('PostHog sandbox: throttles', () => {
  it('does not throttle by default', async () => {
    const { send, sandbox } = await openPostHog({ requestsPerMinute: 1 });
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await send('GET', paths.prompts, { query: 'limit=1' })).status).toBe(200);
    }
    expect(sandbox.switches.throttle).toBe(false);
  });

  it('answers 429 with whole seconds, per key', async () => {
    const { send } = await openPostHog({ throttle: true, requestsPerMinute: 2 });
    const statuses = [];
    for (let turn = 0; turn < 3; turn += 1) statuses.push((await send('GET', paths.datasets)).status);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await send('GET', paths.reviews);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused.body).toMatchObject({ type: 'throttled_error', code: 'throttled', attr: null });
    expect((await send('GET', paths.reviews, { key: reader })).status).toBe(200);
  });

  it('counts publishes apart as well, and translations only apart', async () => {
    const { send } = await openPostHog({ throttle: true, publishesPerMinute: 1, translationsPerMinute: 1 });
    const publish = (base: number) =>
      send('PATCH', paths.prompt, { id: 'support-judge', body: { base_version: base, prompt: 'x' } });
    expect((await publish(99)).status).toBe(409);
    expect((await publish(99)).status).toBe(429);
    expect((await send('GET', paths.prompts)).status).toBe(200);
    const translate = () => send('POST', paths.translate, { body: { text: 'Hallo' } });
    expect((await translate()).status).toBe(200);
    expect((await translate()).status).toBe(429);
  });
});

describe('PostHog sandbox: control', () => {
  it('flips switches at run time, and refuses unknown ones', async () => {
    const { raw, send, sandbox } = await openPostHog();
    expect((await raw('POST', '/_sandbox/switches', { body: { aiConsent: false } })).status).toBe(200);
    expect((await send('POST', paths.translate, { body: { text: 'Hallo' } })).status).toBe(403);
    expect((await raw('POST', '/_sandbox/switches', { body: { unknown: true } })).status).toBe(400);
    expect(sandbox.switches).toMatchObject({ aiConsent: false, labels: false });
  });

  it('goes back to the seed on reset, here and over the wire', async () => {
    const { raw, send, sandbox } = await openPostHog({ labels: true });
    const before = (await send('GET', paths.prompts)).body;
    sandbox.switches.labels = false;
    sandbox.state.archivePrompt(acmeId, 'support-reply');
    sandbox.server.faults.add({ effect: { type: 'answer', status: 500 } });
    expect((await raw('POST', '/_sandbox/reset')).status).toBe(204);
    expect(sandbox.server.requests.all).toHaveLength(0);
    expect(textWithoutOrigin((await send('GET', paths.prompts)).body)).toBe(textWithoutOrigin(before));
    sandbox.reset();
    expect(sandbox.switches.labels).toBe(true);
  });

  it('seeds the same ids in every sandbox', async () => {
    const [first, second] = [await openPostHog(), await openPostHog()];
    const one = await first.send('GET', paths.reviews, { query: 'limit=3' });
    const two = await second.send('GET', paths.reviews, { query: 'limit=3' });
    expect(at(one.body, 'results')).toEqual(at(two.body, 'results'));
    first.sandbox.state.deleteReview(acmeId, String(at(one.body, 'results', 0, 'id')));
    expect(at((await second.send('GET', paths.reviews)).body, 'count')).toBe(66);
  });

  it('loses the answer of a write that happened', async () => {
    const { send, sandbox } = await openPostHog();
    sandbox.server.faults.add({
      method: 'POST',
      path: '/datasets/',
      effect: { type: 'reset-after' },
      times: 1,
    });
    await expect(send('POST', paths.datasets, { body: { name: 'Lost answer' } })).rejects.toThrow();
    const found = await send('GET', paths.datasets, { query: 'search=lost%20answer' });
    expect(at(found.body, 'count')).toBe(1);
  });

  it('plays an outage before anything happens, and cut JSON', async () => {
    const { raw, send, sandbox } = await openPostHog();
    sandbox.server.faults.add({ effect: { type: 'answer', status: 503 }, times: 1 });
    expect((await raw('GET', `/api/projects/${acmeId}/datasets/`, { key: owner })).status).toBe(503);
    sandbox.server.faults.add({ effect: { type: 'cut-json' }, times: 1 });
    await expect(send('GET', paths.datasets)).rejects.toThrow(SyntaxError);
    expect((await send('GET', paths.datasets)).status).toBe(200);
  });

  it('logs what it received', async () => {
    const { send, sandbox } = await openPostHog();
    await send('GET', paths.datasets, { key: globex, project: globexId, query: 'limit=1' });
    expect(sandbox.server.requests.all).toMatchObject([
      {
        method: 'GET',
        url: `/api/projects/${globexId}/datasets/?limit=1`,
        headers: { authorization: `Bearer ${globex}` },
      },
    ]);
  });
});

function textWithoutOrigin(body: unknown): string {
  return JSON.stringify(body).replace(/http:\/\/[^/]+/g, '');
}
