import { describe, expect, test } from 'vitest';
import { InvalidInputError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { datasetKey, goldenOf, key, readAll, startHarness } from './humanloop-harness.ts';

describe('versions of a dataset', () => {
  for (const versionsOrder of ['newest-first', 'oldest-first'] as const) {
    test(`come newest first from one request, though the vendor sends them ${versionsOrder}`, async () => {
      const harness = await startHarness({ versionsOrder });
      const file = goldenOf(harness);
      const { datasets } = harness.connect();
      const dataset = datasetKey(file.id);
      const { items, pages } = await readAll(datasets.listVersions(dataset), 25);
      expect(items.map(({ ref }) => ref)).toEqual(file.versions.map(({ id }) => id).toReversed());
      expect(pages.map(({ items: { length } }) => length)).toEqual([25, 25, 14]);
      const standing = file.deployments.get(harness.sandbox.state.environment('acme', 'production').id);
      expect(items.filter(({ isCurrent }) => isCurrent).map(({ ref }) => ref)).toEqual([standing]);
      expect((await datasets.latestVersion(dataset))?.ref).toBe(file.versions.at(-1)?.id);
      expect(harness.asked()).toEqual([`GET /datasets/${file.id}/versions`]);
    });
  }

  test('are found by their id, within their dataset only', async () => {
    const harness = await startHarness();
    const file = goldenOf(harness);
    const old = file.versions[3];
    const { datasets } = harness.connect();
    const version = await datasets.getVersion(datasetKey(file.id), old?.id ?? '');
    expect(harness.asked()).toEqual([`GET /datasets/${file.id}?version_id=${old?.id}`]);
    expect(version).toMatchObject({
      ref: old?.id,
      itemCount: old?.content.datapoints.length,
      isCurrent: null,
    });
    expect(await datasets.getVersion(datasetKey(file.id), 'dsv_nothing')).toBeNull();

    const [other] = [...harness.sandbox.state.acme.datasets.values()].filter(({ id }) => id !== file.id);
    const path = `/datasets/${file.id}?version_id=${other?.versions[0]?.id}`;
    // A vendor that looked at the version alone would show the other dataset.
    harness.sandbox.server.faults.add({
      path: 'version_id',
      effect: {
        type: 'answer',
        status: 200,
        body: JSON.stringify({
          ...{ id: other?.id, path: 'a/b', name: 'b', version_id: other?.versions[0]?.id },
          ...{ created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' },
        }),
      },
    });
    harness.asked();
    expect(await datasets.getVersion(datasetKey(file.id), other?.versions[0]?.id ?? '')).toBeNull();
    expect(harness.asked()).toEqual([`GET ${path}`]);
  });

  test('have no empty id, which would select nothing', async () => {
    const harness = await startHarness();
    const { id } = goldenOf(harness);
    const { datasets } = harness.connect();
    await expect(datasets.getVersion(datasetKey(id), ' ')).rejects.toBeInstanceOf(InvalidInputError);
    expect(() => datasets.listItems(datasetKey(id), '')).toThrow(InvalidInputError);
    expect(harness.asked()).toEqual([]);
  });
});

describe('environments of a dataset', () => {
  test('are all of the organisation, each with what stands there', async () => {
    const harness = await startHarness();
    const file = goldenOf(harness);
    const { state } = harness.sandbox;
    const [oldest] = file.versions;
    state.deploy(file.id, 'production', oldest?.id ?? '');
    state.undeploy(file.id, 'staging');
    const environments = await harness.connect().datasets.environments?.(datasetKey(file.id));
    expect(harness.asked()).toEqual([`GET /datasets/${file.id}/environments`]);
    expect(environments).toMatchObject([
      {
        environmentId: keyOf(key, 'ENVIRONMENT', state.environment('acme', 'production').id).id,
        environmentName: 'production',
        isDefault: true,
        version: { ref: oldest?.id, isCurrent: true },
      },
      { environmentName: 'staging', isDefault: false, version: null },
    ]);
  });
});
