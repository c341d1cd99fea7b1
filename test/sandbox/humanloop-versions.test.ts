import { describe, expect, it } from 'vitest';
import { type Answer, useHumanloop, type Wire } from './humanloop-harness.ts';

const path = 'Tests/Versions';

function point(text: string): { inputs: { text: string } } {
  return { inputs: { text } };
}

function texts(datapoints: readonly Wire[] | null): unknown[] {
  return (datapoints ?? []).map(({ inputs }) => Object.values(inputs ?? {})[0]);
}

describe('versions of a dataset', () => {
  const harness = useHumanloop();

  function upsert(body: object, query = {}): Promise<Answer> {
    const all = { include_datapoints: true, ...query };
    return harness.call('POST', '/datasets', { query: all, body: { path, ...body } });
  }

  it('are the same when they hold the same set of datapoints, in whatever order', async () => {
    const first = await upsert({ datapoints: [point('a'), point('b')] });
    const second = await upsert({ datapoints: [point('c')] });
    const again = await upsert({ datapoints: [point('b'), point('a')] });
    expect(second.body.version_id).not.toBe(first.body.version_id);
    expect(again.body.version_id).toBe(first.body.version_id);
    expect(texts(again.body.datapoints)).toEqual(['a', 'b']);
    expect(again.body.created_at).toBe(first.body.created_at);
  });

  it('drop datapoints that are there twice', async () => {
    const made = await upsert({ datapoints: [point('a'), point('b'), point('a')] });
    expect(made.body.datapoints_count).toBe(2);
    expect(texts(made.body.datapoints)).toEqual(['a', 'b']);
    const grown = await upsert({ action: 'add', datapoints: [point('b'), point('c')] });
    expect(texts(grown.body.datapoints)).toEqual(['a', 'b', 'c']);
  });

  it('keep the ids of datapoints whose content stays', async () => {
    const first = await upsert({ datapoints: [{ inputs: { text: 'a', note: 'x' } }, point('b')] });
    const second = await upsert({
      datapoints: [point('c'), { inputs: { note: 'x', text: 'a' }, target: {} }],
    });
    expect(second.body.datapoints?.[1]?.id).toBe(first.body.datapoints?.[0]?.id);
    const elsewhere = await upsert({ path: 'Tests/Other', datapoints: [point('b')] });
    expect(elsewhere.body.datapoints?.[0]?.id).not.toBe(first.body.datapoints?.[1]?.id);
  });

  it('build on the newest one unless the request selects another', async () => {
    const first = await upsert({ datapoints: [point('a')] });
    await upsert({ datapoints: [point('b')] });
    const onNewest = await upsert({ action: 'add', datapoints: [point('c')] });
    expect(texts(onNewest.body.datapoints)).toEqual(['b', 'c']);
    const byVersion = { version_id: first.body.version_id };
    const onFirst = await upsert({ action: 'add', datapoints: [point('d')] }, byVersion);
    expect(texts(onFirst.body.datapoints)).toEqual(['a', 'd']);
    const onDeployed = await upsert(
      { action: 'remove', datapoints: [point('a')] },
      { environment: 'production' },
    );
    expect(onDeployed.body.datapoints_count).toBe(0);
    const ignored = await upsert({ datapoints: [point('e')] }, { version_id: 'dsv_nobody' });
    expect(ignored.status).toBe(200);
    const unknown = await upsert({ action: 'add', datapoints: [] }, { version_id: 'dsv_nobody' });
    expect(unknown.status).toBe(404);
  });

  it('put only the first one on the default environment, and a plain read follows that', async () => {
    const first = await upsert({ datapoints: [point('a')] });
    expect(first.body.environments.map(({ name }) => name)).toEqual(['production']);
    const second = await upsert({ datapoints: [point('b')] });
    expect(second.body.environments).toEqual([]);
    const options = { path: { id: first.body.id } };
    expect((await harness.call('GET', '/datasets/{id}', options)).body.version_id).toBe(
      first.body.version_id,
    );
    const datapoints = await harness.call('GET', '/datasets/{id}/datapoints', options);
    expect(texts(datapoints.body.records)).toEqual(['a']);
  });

  it('have names that are unique in a dataset', async () => {
    const first = await upsert({ datapoints: [point('a')], version_name: 'golden' });
    const same = await upsert({ datapoints: [point('a')], version_name: 'golden' });
    expect(same.body).toEqual(first.body);
    const renamed = await upsert({ datapoints: [point('a')], version_name: 'gold' });
    expect(renamed.body).toMatchObject({ version_id: first.body.version_id, version_name: 'gold' });
    const refused = await upsert({ datapoints: [point('b')], version_name: 'gold' });
    expect(refused.status).toBe(409);
    expect(harness.sandbox.state.dataset(path).versions).toHaveLength(1);

    const other = await upsert({ datapoints: [point('b')] });
    const relabelled = await harness.call('PATCH', '/datasets/{id}/versions/{version_id}', {
      path: { id: first.body.id, version_id: other.body.version_id },
      body: { name: 'gold' },
    });
    expect(relabelled.status).toBe(409);
    const elsewhere = await upsert({ path: 'Tests/Other', datapoints: [], version_name: 'gold' });
    expect(elsewhere.status).toBe(200);
  });

  it('change their labels and nothing else', async () => {
    const made = await upsert({ datapoints: [point('a')], version_name: 'one' });
    const options = { path: { id: made.body.id, version_id: made.body.version_id } };
    const patch = (body: object): Promise<Answer> =>
      harness.call('PATCH', '/datasets/{id}/versions/{version_id}', { ...options, body });
    expect((await patch({})).body.version_name).toBe('one');
    const described = await patch({ description: 'Checked twice.' });
    expect(described.body).toMatchObject({
      version_id: made.body.version_id,
      version_name: 'one',
      version_description: 'Checked twice.',
      name: 'Versions',
    });
    expect(described.body.updated_at > made.body.updated_at).toBe(true);
    expect((await patch({ name: null })).body.version_name).toBeNull();
  });

  it('differ by attributes, which adding and removing carry on', async () => {
    const first = await upsert({ datapoints: [point('a')], attributes: { source: 'logs' } });
    const bare = await upsert({ datapoints: [point('a')] });
    expect(bare.body.version_id).not.toBe(first.body.version_id);
    const base = { version_id: first.body.version_id };
    const lookup = await upsert({ action: 'add', datapoints: [] }, base);
    expect(lookup.body.version_id).toBe(first.body.version_id);
    const grown = await upsert({ action: 'add', datapoints: [point('b')] }, base);
    expect(grown.body.attributes).toEqual({ source: 'logs' });
  });

  it('of a prompt are the same when settings and template are', async () => {
    const body = { path: 'Tests/Prompt', model: 'gpt-4o', template: 'Hi {{who}}', temperature: null };
    const first = await harness.call('POST', '/prompts', { body });
    const again = await harness.call('POST', '/prompts', { body: { ...body, description: 'Greets.' } });
    const other = await harness.call('POST', '/prompts', { body: { ...body, temperature: 0 } });
    expect(again.body).toMatchObject({ version_id: first.body.version_id, description: 'Greets.' });
    expect(other.body.version_id).not.toBe(first.body.version_id);
  });

  it('cannot be deleted while deployed, nor the last of a dataset', async () => {
    const first = await upsert({ datapoints: [point('a')] });
    const remove = (versionId: string): Promise<Answer> =>
      harness.call('DELETE', '/datasets/{id}/versions/{version_id}', {
        path: { id: first.body.id, version_id: versionId },
      });
    expect((await remove(first.body.version_id)).status).toBe(409);
    const second = await upsert({ datapoints: [point('b')] });
    expect((await remove(first.body.version_id)).status).toBe(409);
    expect((await remove(second.body.version_id)).status).toBe(204);
    expect((await remove(second.body.version_id)).status).toBe(404);
    // The same content is a new version once the old one is gone.
    const anew = await upsert({ datapoints: [point('b')] });
    expect(anew.body.version_id).not.toBe(second.body.version_id);
  });
});
