import { describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { DatadogHarness, list, paths, pick } from './datadog-harness.ts';

const harness = new DatadogHarness();
const at = { prompt_id: 'greeter' };

function promptBody(attributes: object) {
  return { data: { type: 'prompt-templates', attributes } };
}

function versionBody(attributes: object) {
  return { data: { type: 'prompt-template-versions', attributes } };
}

async function createGreeter(): Promise<void> {
  const body = promptBody({ prompt_id: 'greeter', template: 'Hello {{name}}', labels: ['production'] });
  expect((await harness.call('POST', paths.prompts, { body })).status).toBe(200);
}

describe('prompts', () => {
  it('are listed whole, newest first, as headers without a template', async () => {
    const answer = await harness.call('GET', paths.prompts);
    const prompts = list(answer.body, 'data');
    expect(prompts.length).toBe(67);
    const dates = prompts.map((prompt) => Date.parse(String(pick(prompt, 'attributes', 'created_at'))));
    expect(dates).toEqual(dates.toSorted((left, right) => right - left));
    expect(prompts.every((prompt) => pick(prompt, 'attributes', 'template') === undefined)).toBe(true);
  });

  it('that were only found in code have no version and cannot be read', async () => {
    const query = { 'filter[prompt_id]': 'tool-router-inline' };
    const found = await harness.call('GET', paths.prompts, { query });
    expect(list(found.body, 'data').map((prompt) => pick(prompt, 'attributes'))).toMatchObject([
      { in_registry: false, num_versions: 0, source: 'code', created_from: 'sdk-instrumentation' },
    ]);
    const at = { prompt_id: 'tool-router-inline' };
    expect((await harness.call('GET', paths.prompt, { at })).status).toBe(404);
    expect((await harness.call('GET', paths.promptVersions, { at })).body).toEqual({ data: [] });
  });

  it('are created with a first version, once per id', async () => {
    await createGreeter();
    const body = promptBody({ prompt_id: 'greeter', template: 'Other' });
    const taken = await harness.call('POST', paths.prompts, { body });
    expect([taken.status, pick(taken.body, 'errors', 0, 'title')]).toEqual([409, 'Conflict']);
    const read = await harness.call('GET', paths.prompt, { at });
    expect(pick(read.body, 'data', 'attributes')).toMatchObject({
      template: 'Hello {{name}}',
      version: '1',
      labels: ['production'],
    });
  });

  it('read the newest version, or the one with the label', async () => {
    await createGreeter();
    const chat = [{ role: 'system', content: 'Greet {{name}}.' }];
    const body = versionBody({ template: chat, labels: ['development'], user_version: '2.0.0' });
    const made = await harness.call('POST', paths.promptVersions, { at, body });
    expect(pick(made.body, 'data', 'attributes')).toMatchObject({ version: 2, template: chat });
    const newest = await harness.call('GET', paths.prompt, { at });
    expect(pick(newest.body, 'data', 'attributes')).toMatchObject({ version: '2.0.0', chat_template: chat });
    expect(pick(newest.body, 'data', 'attributes', 'template')).toBeUndefined();
    const production = await harness.call('GET', paths.prompt, { at, query: { label: 'production' } });
    expect(pick(production.body, 'data', 'attributes', 'version')).toBe('1');
    const missing = await harness.call('GET', paths.prompt, { at, query: { label: 'staging' } });
    expect(missing.status).toBe(404);
  });

  it('read the newest version for any label when no version has one', async () => {
    await createGreeter();
    await harness.call('PATCH', paths.promptVersion, {
      at: { ...at, version: 1 },
      body: versionBody({ labels: [] }),
    });
    const read = await harness.call('GET', paths.prompt, { at, query: { label: 'staging' } });
    expect(pick(read.body, 'data', 'attributes', 'version')).toBe('1');
  });

  it('list their versions newest first and give each with its template', async () => {
    await createGreeter();
    for (const template of ['Hi {{name}}', 'Hey {{name}}']) {
      await harness.call('POST', paths.promptVersions, { at, body: versionBody({ template }) });
    }
    const versions = await harness.call('GET', paths.promptVersions, { at });
    const numbers = list(versions.body, 'data').map((version) => pick(version, 'attributes', 'version'));
    expect(numbers).toEqual([3, 2, 1]);
    const second = await harness.call('GET', paths.promptVersion, { at: { ...at, version: 2 } });
    expect(pick(second.body, 'data', 'attributes', 'template')).toBe('Hi {{name}}');
    expect((await harness.call('GET', paths.promptVersion, { at: { ...at, version: 9 } })).status).toBe(404);
    expect((await harness.call('GET', paths.promptVersion, { at: { ...at, version: 'x' } })).status).toBe(
      400,
    );
  });

  it('move a label from one version to another', async () => {
    await createGreeter();
    const body = versionBody({ template: 'New', labels: ['production'] });
    await harness.call('POST', paths.promptVersions, { at, body });
    const versions = await harness.call('GET', paths.promptVersions, { at });
    const labels = list(versions.body, 'data').map((version) => pick(version, 'attributes', 'labels'));
    expect(labels).toEqual([['production'], []]);
  });

  it('change the description of a version, and refuse a change of nothing or of the template', async () => {
    await createGreeter();
    const first = { ...at, version: 1 };
    const patch = (attributes: object) =>
      harness.call('PATCH', paths.promptVersion, { at: first, body: versionBody(attributes) });
    const changed = await patch({ description: 'The first.', env_ids: [] });
    expect(pick(changed.body, 'data', 'attributes', 'description')).toBe('The first.');
    expect((await patch({})).status).toBe(400);
    expect((await patch({ template: 'x' })).status).toBe(400);
  });

  it('change their title and description, and are deleted so that the id is free again', async () => {
    await createGreeter();
    const body = promptBody({ title: 'Greeter' });
    const changed = await harness.call('PATCH', paths.prompt, { at, body });
    expect(pick(changed.body, 'data', 'attributes')).toMatchObject({ title: 'Greeter', num_versions: 1 });
    const deleted = await harness.call('DELETE', paths.prompt, { at });
    expect(pick(deleted.body, 'data', 'attributes', 'prompt_id')).toBe('greeter');
    expect((await harness.call('GET', paths.prompt, { at })).status).toBe(404);
    expect((await harness.call('DELETE', paths.prompt, { at })).status).toBe(404);
    expect((await harness.call('GET', paths.promptVersions, { at })).body).toEqual({ data: [] });
    await createGreeter();
  });

  it('refuse a composed template, and a configuration where the organisation may not write any', async () => {
    const composed = { messages: [{ include: { prompt_id: 'refund-reply', version: 1 } }] };
    const post = (attributes: object) =>
      harness.call('POST', paths.prompts, { body: promptBody({ prompt_id: 'p', ...attributes }) });
    expect((await post({ template: composed })).status).toBe(400);
    expect((await post({ template: [{ role: 'user' }] })).status).toBe(400);
    expect((await post({})).status).toBe(400);
    harness.sandbox.switches.promptConfiguration = false;
    expect((await post({ template: 'x', config: {} })).status).toBe(403);
    expect((await post({ template: 'x' })).status).toBe(200);
    const read = await harness.call('GET', paths.prompt, { at: { prompt_id: 'p' } });
    expect(pick(read.body, 'data', 'attributes', 'config')).toBeUndefined();
  });

  it('of another organisation are not seen', async () => {
    const as = datadogCredentials.globex.gia;
    const hers = await harness.call('GET', paths.prompts, { as });
    const ids = list(hers.body, 'data').map((prompt) => String(pick(prompt, 'attributes', 'prompt_id')));
    expect(ids.length).toBe(4);
    expect(ids.every((id) => id.startsWith('Globex'))).toBe(true);
    expect((await harness.call('GET', paths.prompt, { as, at: { prompt_id: 'refund-reply' } })).status).toBe(
      404,
    );
  });
});
