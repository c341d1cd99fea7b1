import { Humanloop } from 'humanloop';
import { describe, expect, it } from 'vitest';
import { once, useHumanloop } from './humanloop-harness.ts';

const reply = 'Support/Chat assistant/Support reply';

describe("the vendor's own client on prompts and files", () => {
  const harness = useHumanloop();

  it('lists by pages until one is empty', async () => {
    const ids: string[] = [];
    for await (const prompt of await harness.client().prompts.list({ size: 25 })) ids.push(prompt.id);
    expect(new Set(ids).size).toBe(64);
    expect(harness.sandbox.server.requests.all).toHaveLength(4);
  });

  it('creates a prompt, adds a version and reads each', async () => {
    const { prompts } = harness.client();
    const first = await prompts.upsert({
      path: 'Support/New/Farewell',
      model: 'gpt-4o',
      endpoint: 'chat',
      provider: 'openai',
      temperature: 0.4,
      maxTokens: 200,
      template: [
        { role: 'system', content: 'Say goodbye to {{ name }}.' },
        { role: 'user', content: '{{last_message}} {{name}}' },
      ],
      versionName: 'polite',
      tags: ['farewell'],
    });
    expect(first).toMatchObject({
      name: 'Farewell',
      model: 'gpt-4o',
      temperature: 0.4,
      maxTokens: 200,
      versionName: 'polite',
      tags: ['farewell'],
      inputs: [{ name: 'name' }, { name: 'last_message' }],
    });
    const second = await prompts.upsert({
      id: first.id,
      model: 'gpt-4o',
      temperature: 0.1,
      template: 'Bye.',
    });
    expect(second.versionId).not.toBe(first.versionId);
    // The second version moves no deployment.
    expect((await prompts.get(first.id)).versionId).toBe(first.versionId);
    expect(await prompts.get(first.id, { versionId: second.versionId })).toMatchObject({ template: 'Bye.' });
    await prompts.delete(first.id);
    await expect(prompts.get(first.id, {}, once)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('gives the same settings their version back', async () => {
    const { prompts } = harness.client();
    const request = { path: 'Support/New/Twice', model: 'gpt-4o', template: 'Hello {{name}}' };
    const first = await prompts.upsert(request);
    const again = await prompts.upsert({ ...request, versionName: 'named later' });
    expect(again.versionId).toBe(first.versionId);
    expect(again.versionName).toBe('named later');
  });

  it('lists versions with templates and settings', async () => {
    const { id } = harness.sandbox.state.prompt(reply);
    const { records } = await harness.client().prompts.listVersions(id, { evaluatorAggregates: true });
    expect(records).toHaveLength(30);
    expect(new Set(records.map(({ model }) => model)).size).toBeGreaterThan(3);
    expect(records.every(({ template }) => Array.isArray(template))).toBe(true);
    expect(new Set(records.map(({ createdAt }) => createdAt.getTime())).size).toBe(30);
  });

  it('moves a prompt, labels a version and deletes one', async () => {
    const file = harness.sandbox.state.prompt(reply);
    const { prompts } = harness.client();
    expect((await prompts.move(file.id, { name: 'Reply' })).path).toBe('Support/Chat assistant/Reply');
    const versionId = file.versions[6]?.id ?? '';
    const labelled = await prompts.patchPromptVersion(file.id, versionId, { name: 'seventh' });
    expect(labelled.versionName).toBe('seventh');
    await prompts.deletePromptVersion(file.id, versionId);
    await expect(prompts.get(file.id, { versionId }, once)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('deploys a version, lists environments and removes the deployment', async () => {
    const file = harness.sandbox.state.prompt(reply);
    const { prompts } = harness.client();
    const staging = harness.sandbox.state.environment('acme', 'staging');
    const versionId = file.versions[3]?.id ?? '';
    await prompts.setDeployment(file.id, staging.id, { versionId });
    expect((await prompts.get(file.id, { environment: 'staging' })).versionId).toBe(versionId);
    const environments = await prompts.listEnvironments(file.id);
    expect(environments.map(({ id, file: deployed }) => [id, deployed !== undefined])).toEqual(
      harness.sandbox.state.acme.environments.map(({ id }) => [id, true]),
    );
    await prompts.removeDeployment(file.id, staging.id);
    await expect(prompts.get(file.id, { environment: 'staging' }, once)).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  it('throws its own error class when the model is missing', async () => {
    const response = await harness.call('POST', '/prompts', { body: { path: 'No model' } });
    expect(response.status).toBe(422);
    const { prompts } = harness.client();
    await expect(
      prompts.upsert({ path: 'Support//Empty segment', model: 'gpt-4o' }, once),
    ).rejects.toBeInstanceOf(Humanloop.UnprocessableEntityError);
  });

  it('links tools that the organisation has', async () => {
    const [tool] = harness.sandbox.state.acme.tools;
    const linked = await harness.client().prompts.upsert({
      path: 'Support/New/With a tool',
      model: 'gpt-4o',
      linkedTools: [tool?.id ?? ''],
    });
    expect(linked.linkedTools).toMatchObject([{ id: tool?.id, name: 'acme_order_lookup' }]);
    await expect(
      harness.client().prompts.upsert({ path: 'Other', model: 'gpt-4o', linkedTools: ['tl_nobody'] }, once),
    ).rejects.toMatchObject({ statusCode: 404 });
  });

  it('lists files of all kinds, filters them, and finds one by its path', async () => {
    const { files } = harness.client();
    expect(await files.listFiles({ size: 100 })).toMatchObject({ total: 128, page: 1, size: 100 });
    expect(await files.listFiles({ type: ['dataset'] })).toMatchObject({ total: 64 });
    expect(await files.listFiles({ type: ['dataset', 'prompt'], name: 'refund' })).toMatchObject({
      total: 2,
    });
    expect(await files.listFiles({ template: true })).toMatchObject({ total: 0 });
    const staged = await files.listFiles({ type: 'dataset', environment: 'staging', size: 100 });
    expect(staged.records).toHaveLength(16);

    const found = await files.retrieveByPath({ path: reply });
    expect(found.id).toBe(harness.sandbox.state.prompt(reply).id);
    await expect(files.retrieveByPath({ path: 'Not there' }, once)).rejects.toMatchObject({
      statusCode: 404,
    });
    expect(harness.sandbox.state.acme.datasets.size).toBe(64);
  });
});
