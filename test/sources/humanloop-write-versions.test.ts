import { describe, expect, test } from 'vitest';
import { keyOf } from '../../src/domain/identity.ts';
import { datasetKey, key, readAll, startHarness } from './humanloop-harness.ts';
import {
  environmentKey,
  errorOf,
  first,
  newestOf,
  plantDataset,
  watchWrites,
  writersFor,
} from './humanloop-write-harness.ts';

describe('restoring a version', () => {
  test('saves its items with their attributes, and puts them where plain reads follow', async () => {
    const harness = await startHarness({ sizeCap: 2 });
    const file = plantDataset(harness);
    const old = first(file.versions);
    const base = newestOf(file).id;
    harness.sandbox.state.deploy(file.id, 'production', base);
    const production = harness.sandbox.state.environment('acme', 'production').id;
    const sent = watchWrites(harness);
    const written = await writersFor(harness).datasets.restore(datasetKey(file.id), old.id, base);
    // The vendor gives the old version back for the same content.
    expect(written).toEqual({ versionRef: old.id, concurrentRef: null, isOlder: true });
    expect(sent).toMatchObject([
      {
        path: '/datasets',
        body: {
          id: file.id,
          action: 'set',
          datapoints: old.content.datapoints.map(({ inputs, target }) => ({ inputs, target })),
          attributes: { team: 'writes' },
        },
      },
      {
        method: 'POST',
        path: `/datasets/${file.id}/environments/${production}?version_id=${old.id}`,
        body: undefined,
      },
    ]);
    const read = await readAll(harness.connect().datasets.listItems(datasetKey(file.id), undefined), 50);
    expect(read.items).toHaveLength(3);
    expect(file.versions).toHaveLength(2);
  });

  test('does not deploy what stands there already', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const sent = watchWrites(harness);
    const old = first(file.versions).id;
    await writersFor(harness).datasets.restore(datasetKey(file.id), old, newestOf(file).id);
    expect(sent.map(({ path }) => path)).toEqual(['/datasets']);
  });

  test('of the newest one deploys it only, and sends nothing when it is deployed', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const newest = newestOf(file).id;
    const production = harness.sandbox.state.environment('acme', 'production').id;
    const sent = watchWrites(harness);
    const { datasets } = writersFor(harness);
    const told = { versionRef: newest, concurrentRef: null, isOlder: true };
    expect(await datasets.restore(datasetKey(file.id), newest, newest)).toEqual(told);
    expect(file.deployments.get(production)).toBe(newest);
    expect(await datasets.restore(datasetKey(file.id), newest, newest)).toEqual(told);
    expect(sent).toHaveLength(1);
  });

  test('into an empty default environment deploys there', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const old = first(file.versions).id;
    harness.sandbox.state.undeploy(file.id, 'production');
    await writersFor(harness).datasets.restore(datasetKey(file.id), old, newestOf(file).id);
    expect(file.deployments.get(harness.sandbox.state.environment('acme', 'production').id)).toBe(old);
  });

  test('gives a new version where the vendor does not give the old one back', async () => {
    const harness = await startHarness({ attributesInIdentity: true });
    const file = plantDataset(harness);
    const old = first(file.versions);
    const base = newestOf(file).id;
    file.versions = file.versions.map((version) =>
      version.id === old.id ? { ...version, contentKey: 'of its own' } : version,
    );
    const written = await writersFor(harness).datasets.restore(datasetKey(file.id), old.id, base);
    expect(written.versionRef).toBe(newestOf(file).id);
    expect([old.id, base]).not.toContain(written.versionRef);
    expect(newestOf(file).content).toEqual(old.content);
  });

  test('names a version that somebody made in between', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const base = newestOf(file).id;
    const theirs = harness.sandbox.state.createDatasetVersion(file.id, {
      datapoints: [{ inputs: { q: 'x' } }],
    });
    const { datasets } = writersFor(harness);
    const written = await datasets.restore(datasetKey(file.id), first(file.versions).id, base);
    expect(written.concurrentRef).toBe(theirs.id);
  });

  test("knows no version that is not there, nor another dataset's, and writes nothing", async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const other = plantDataset(harness, 'Other');
    const sent = watchWrites(harness);
    const { datasets } = writersFor(harness);
    const dataset = datasetKey(file.id);
    const staging = environmentKey(harness.sandbox.state.environment('acme', 'staging').id);
    for (const ref of ['dsv_nowhere', newestOf(other).id]) {
      for (const task of [
        () => datasets.restore(dataset, ref, newestOf(file).id),
        () => datasets.updateVersion(dataset, ref, { name: 'x' }),
        () => datasets.deleteVersion(dataset, ref),
        () => datasets.deploy(dataset, ref, staging),
      ]) {
        expect(await errorOf(task())).toMatchObject({
          name: 'NotFoundError',
          message: expect.stringContaining('versionRef'),
        });
      }
    }
    expect(await errorOf(datasets.deleteVersion(dataset, ' '))).toMatchObject({
      issues: [{ path: ['versionRef'] }],
    });
    expect(sent).toEqual([]);
  });
});

describe('naming a version', () => {
  test('sends what is given: null clears, what is left out stays', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const version = newestOf(file);
    const dataset = datasetKey(file.id);
    const sent = watchWrites(harness);
    const { datasets } = writersFor(harness);
    await datasets.updateVersion(dataset, version.id, { description: 'words' });
    expect(version).toMatchObject({ name: 'v2', description: 'words' });
    await datasets.updateVersion(dataset, version.id, { name: null });
    expect(version).toMatchObject({ name: null, description: 'words' });
    await datasets.updateVersion(dataset, version.id, { name: 'again', description: null });
    expect(version).toMatchObject({ name: 'again', description: null });
    await datasets.updateVersion(dataset, version.id, {});
    expect(sent).toMatchObject([
      {
        method: 'PATCH',
        path: `/datasets/${file.id}/versions/${version.id}`,
        body: { description: 'words' },
      },
      { body: { name: null } },
      { body: { name: 'again', description: null } },
    ]);
    expect(sent.map(({ body }) => Object.keys(body ?? {}))).toEqual([
      ['description'],
      ['name'],
      ['name', 'description'],
    ]);
    const read = await harness.connect().datasets.getVersion(dataset, version.id);
    expect(read).toMatchObject({ name: 'again', description: null });
  });

  test('refuses a name that another version has, with that one, and a blank one', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const { datasets } = writersFor(harness);
    const old = first(file.versions).id;
    const taken = await errorOf(datasets.updateVersion(datasetKey(file.id), old, { name: 'v2' }));
    expect(taken).toMatchObject({
      name: 'AlreadyExistsError',
      existing: keyOf(key, 'DATASET_VERSION', file.id, newestOf(file).id),
    });
    const blank = await errorOf(datasets.updateVersion(datasetKey(file.id), old, { name: '  ' }));
    expect(blank).toMatchObject({ issues: [{ path: ['name'] }] });
  });
});

describe('deleting a version', () => {
  test('takes it away', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const gone = newestOf(file).id;
    await writersFor(harness).datasets.deleteVersion(datasetKey(file.id), gone);
    expect(file.versions.map(({ id }) => id)).not.toContain(gone);
    expect(await harness.connect().datasets.getVersion(datasetKey(file.id), gone)).toBeNull();
  });

  test('that somebody else has just deleted is done', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    harness.sandbox.server.faults.add({ method: 'DELETE', effect: { type: 'answer', status: 404 } });
    await writersFor(harness).datasets.deleteVersion(datasetKey(file.id), newestOf(file).id);
  });

  test('that is deployed, or the only one, is refused with what to do', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const dataset = datasetKey(file.id);
    const old = first(file.versions).id;
    expect(await errorOf(writersFor(harness).datasets.deleteVersion(dataset, old))).toMatchObject({
      name: 'InvalidInputError',
      message: expect.stringContaining('is deployed to "production". Deploy another version there first'),
      issues: [{ path: ['versionRef'] }],
    });
    harness.sandbox.state.deleteVersion(file.id, newestOf(file).id);
    expect(await errorOf(writersFor(harness).datasets.deleteVersion(dataset, old))).toMatchObject({
      name: 'InvalidInputError',
      message: expect.stringContaining('only version'),
    });
    expect(file.versions).toHaveLength(1);
  });

  test('that is deployed is done where the vendor allows it', async () => {
    const harness = await startHarness({ deleteDeployedVersion: 'allowed', deleteLastVersion: 'allowed' });
    const file = plantDataset(harness);
    await writersFor(harness).datasets.deleteVersion(datasetKey(file.id), first(file.versions).id);
    expect(file.versions).toHaveLength(1);
    await writersFor(harness).datasets.deleteVersion(datasetKey(file.id), first(file.versions).id);
    expect(file.versions).toEqual([]);
  });

  test('for a reason that cannot be seen stays a conflict', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    harness.sandbox.server.faults.add({ method: 'DELETE', effect: { type: 'answer', status: 409 } });
    const deleting = writersFor(harness).datasets.deleteVersion(datasetKey(file.id), newestOf(file).id);
    expect(await errorOf(deleting)).toMatchObject({ name: 'SourceError', code: 'CONFLICT' });
  });
});

describe('deployments', () => {
  test('put a version on an environment, tell what stands there, and take it down', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const dataset = datasetKey(file.id);
    const version = newestOf(file).id;
    const { id } = harness.sandbox.state.environment('acme', 'staging');
    const staging = environmentKey(id);
    const sent = watchWrites(harness);
    const { datasets } = writersFor(harness);
    expect(await datasets.deployedRef(dataset, staging)).toBeNull();
    await datasets.deploy(dataset, version, staging);
    expect(file.deployments.get(id)).toBe(version);
    expect(await datasets.deployedRef(dataset, staging)).toBe(version);
    await datasets.undeploy(dataset, staging);
    expect(await datasets.deployedRef(dataset, staging)).toBeNull();
    expect(sent).toEqual([
      {
        method: 'POST',
        path: `/datasets/${file.id}/environments/${id}?version_id=${version}`,
        body: undefined,
        contentType: undefined,
      },
      {
        method: 'DELETE',
        path: `/datasets/${file.id}/environments/${id}`,
        body: undefined,
        contentType: undefined,
      },
    ]);
  });

  test('know no environment that is not there, and nothing where nothing stands', async () => {
    const harness = await startHarness();
    const file = plantDataset(harness);
    const dataset = datasetKey(file.id);
    const { datasets } = writersFor(harness);
    const nowhere = environmentKey('env_nowhere');
    const staging = environmentKey(harness.sandbox.state.environment('acme', 'staging').id);
    for (const task of [
      () => datasets.deploy(dataset, newestOf(file).id, nowhere),
      () => datasets.deployedRef(dataset, nowhere),
      () => datasets.undeploy(dataset, nowhere),
      () => datasets.undeploy(dataset, staging),
    ]) {
      expect(await errorOf(task())).toMatchObject({
        name: 'NotFoundError',
        message: expect.stringContaining('environmentId'),
      });
    }
    expect(await errorOf(datasets.deployedRef(datasetKey('ds_nowhere'), staging))).toMatchObject({
      name: 'NotFoundError',
    });
  });
});
