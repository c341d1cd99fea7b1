import { describe, expect, it } from 'vitest';
import { type Answer, useHumanloop } from './humanloop-harness.ts';

const files = [
  { segment: 'datasets', path: 'Knowledge/Handbook RAG/RAG regression suite' },
  { segment: 'prompts', path: 'Support/Chat assistant/Support reply' },
] as const;

describe.each(files)('deployments of $segment', ({ segment, path }) => {
  const harness = useHumanloop();

  function setUp(): { id: string; versionIds: string[]; production: string; staging: string } {
    const { state } = harness.sandbox;
    const file = segment === 'datasets' ? state.dataset(path) : state.prompt(path);
    return {
      id: file.id,
      versionIds: file.versions.map(({ id }) => id),
      production: state.environment('acme', 'production').id,
      staging: state.environment('acme', 'staging').id,
    };
  }

  function deploy(id: string, environment: string, versionId?: string): Promise<Answer> {
    return harness.call('POST', `/${segment}/{id}/environments/{environment_id}`, {
      path: { id, environment_id: environment },
      query: versionId === undefined ? {} : { version_id: versionId },
    });
  }

  function remove(id: string, environment: string): Promise<Answer> {
    return harness.call('DELETE', `/${segment}/{id}/environments/{environment_id}`, {
      path: { id, environment_id: environment },
    });
  }

  it('stand in for one another on an environment', async () => {
    const { id, versionIds, production, staging } = setUp();
    const [first = '', second = ''] = versionIds;
    await deploy(id, production, first);
    const deployed = await deploy(id, production, second);
    expect(deployed.body.version_id).toBe(second);
    await deploy(id, staging, second);
    const listed = await harness.call('GET', `/${segment}/{id}/environments`, { path: { id } });
    // The body of this one is a bare list.
    const environments = Object.values(listed.body) as unknown as Answer['body'][];
    expect(environments.map(({ name, file }) => [name, file?.version_id])).toEqual([
      ['production', second],
      ['staging', second],
    ]);
    expect(environments[0]?.file?.environments.map(({ name }) => name)).toEqual(['production', 'staging']);
  });

  it('are read by the name of the environment, whose case counts', async () => {
    const { id, versionIds, staging } = setUp();
    const [, second = ''] = versionIds;
    await deploy(id, staging, second);
    const read = (environment: string): Promise<Answer> =>
      harness.call('GET', `/${segment}/{id}`, { path: { id }, query: { environment } });
    expect((await read('staging')).body.version_id).toBe(second);
    expect((await read('Staging')).status).toBe(404);
    expect((await read(staging)).status).toBe(404);
  });

  it('need a version in the query and know what they are given', async () => {
    const { id, versionIds, production } = setUp();
    const [first = ''] = versionIds;
    const missing = await deploy(id, production);
    expect(missing.status).toBe(422);
    expect(missing.body.detail).toEqual([
      { loc: ['query', 'version_id'], msg: 'field required', type: 'value_error.missing' },
    ]);
    expect((await deploy(id, production, 'dsv_nobody')).status).toBe(404);
    expect((await deploy(id, 'production', first)).status).toBe(404);
    expect((await deploy('ds_nobody', production, first)).status).toBe(404);
  });

  it('can be removed, after which a plain read finds nothing but the list still has the file', async () => {
    const { id, versionIds, production } = setUp();
    expect((await remove(id, production)).status).toBe(204);
    expect((await remove(id, production)).status).toBe(404);
    const read = (): Promise<Answer> => harness.call('GET', `/${segment}/{id}`, { path: { id } });
    const list = async (): Promise<string | undefined> =>
      (await harness.call('GET', `/${segment}`, { query: { size: 100 } })).body.records.find(
        (record) => record.id === id,
      )?.version_id;
    expect((await read()).status).toBe(404);
    expect(await list()).toBe(versionIds.at(-1));

    harness.sandbox.switches.undeployedRead = 'latest';
    expect((await read()).body.version_id).toBe(versionIds.at(-1));
    harness.sandbox.switches.undeployedInList = 'omitted';
    expect(await list()).toBeUndefined();
  });

  it('go with a deleted version where that is allowed', async () => {
    const { id, versionIds, production } = setUp();
    const [, second = ''] = versionIds;
    await deploy(id, production, second);
    harness.sandbox.switches.deleteDeployedVersion = 'allowed';
    const deleted = await harness.call('DELETE', `/${segment}/{id}/versions/{version_id}`, {
      path: { id, version_id: second },
    });
    expect(deleted.status).toBe(204);
    expect((await harness.call('GET', `/${segment}/{id}`, { path: { id } })).status).toBe(404);
  });
});
