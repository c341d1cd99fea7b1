import { describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { addPromptVersion, setLabels } from '../../sandbox/datadog/state/new-prompt.ts';
import { SourceError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import type { VersionsState } from '../../src/domain/watched-state.ts';
import { at, type Harness, source, startHarness, unknownId } from './datadog-harness.ts';
import { codesOf, lookAt, lookAtAll, refsOf, there } from './watch-looks.ts';

const { ada, ben } = datadogCredentials.acme;
const down = { effect: { type: 'answer', status: 503 } } as const;

/** A dataset of the largest project, with ways to it. */
async function startOne(switches: Parameters<typeof startHarness>[0] = {}) {
  const harness = await startHarness(switches);
  const dataset = harness.sandbox.state.dataset('acme', datadogSeed.largestDataset);
  const { datasets } = harness.sandbox.state.project('acme', dataset.projectId);
  return {
    ...harness,
    dataset,
    key: harness.keyOf(dataset),
    datasets,
    listPath: `/api/v2/llm-obs/v1/${dataset.projectId}/datasets?page%5Blimit%5D=100`,
    versionsPath: `/${dataset.projectId}/datasets/${dataset.id}/versions`,
    lock: () => lookAt(harness.connect().watch.draftLocks, harness.keyOf(dataset)),
    versions: (known?: VersionsState) =>
      lookAt(harness.connect().watch.datasetVersions, harness.keyOf(dataset), known),
  };
}

describe('a look at draft locks', () => {
  it('tells who holds the draft, as it is taken, handed over and released', async () => {
    const { sandbox, dataset, lock, asked } = await startOne({ unlockedDraftState: 'null-data' });
    expect(await lock()).toEqual({ lock: null });
    sandbox.state.lock(dataset, ben.user);
    expect(await lock()).toMatchObject({
      lock: { holder: { vendorId: ben.user.id, name: ben.user.name }, heldByCaller: null, kind: 'VENDOR' },
    });
    sandbox.state.lock(dataset, ada.user);
    expect(await lock()).toMatchObject({ lock: { holder: { vendorId: ada.user.id }, heldByCaller: null } });
    sandbox.state.unlock(dataset);
    expect(await lock()).toEqual({ lock: null });
    expect(asked()).toEqual(Array(4).fill(`/${dataset.projectId}/datasets/${dataset.id}/draft_state`));
  });

  it('takes a second request where a 404 says either that nobody holds it or that it is gone', async () => {
    const { dataset, datasets, lock, asked } = await startOne({ unlockedDraftState: '404' });
    const confirmed = `/${dataset.projectId}/datasets?filter[id]=${dataset.id}`;
    expect(await lock()).toEqual({ lock: null });
    expect(asked()).toEqual([`/${dataset.projectId}/datasets/${dataset.id}/draft_state`, confirmed]);
    datasets.delete(dataset.id);
    expect(await lock()).toBeUndefined();
  });

  it('is of one dataset each', async () => {
    const { connect, datasets, keyOf: keyOfDataset } = await startOne();
    const { groupOf } = there(connect().watch.draftLocks);
    const groups = [...datasets.values()].map((one) => groupOf(keyOfDataset(one)));
    expect(new Set(groups).size).toBe(datasets.size);
  });

  it('fails, and does not say that nobody holds it, while Datadog is down', async () => {
    const { sandbox, lock } = await startOne();
    sandbox.server.faults.add(down);
    await expect(lock()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

describe('a look at versions of datasets', () => {
  it('tells the newest one, as reads name it, in one request', async () => {
    const { dataset, key, connect, versions, asked } = await startOne();
    const ref = String(dataset.currentVersion);
    expect(await versions()).toEqual({
      exists: true,
      latest: { ref, number: dataset.currentVersion },
      versions: undefined,
      complete: false,
      deployments: undefined,
    });
    expect(asked()).toEqual([`/${dataset.projectId}/datasets?filter[id]=${dataset.id}`]);
    expect(await connect().datasets.latestVersion(key)).toMatchObject({ ref });
  });

  it('shows one that was made since, without a list of them', async () => {
    const { sandbox, dataset, versions, asked } = await startOne();
    const before = await versions();
    const made = sandbox.state.addVersion(dataset, ben.user);
    asked();
    expect(await versions(before)).toMatchObject({
      latest: { ref: String(made), number: made },
      versions: undefined,
    });
    expect(asked()).toHaveLength(1);
  });

  it('lists those that were made since when they are several, oldest first', async () => {
    const { sandbox, dataset, versions, versionsPath, asked } = await startOne();
    const before = await versions();
    const made = [1, 2, 3].map(() => sandbox.state.addVersion(dataset, ben.user));
    asked();
    const after = await versions(before);
    expect(refsOf(after)).toEqual(made.map(String));
    expect(after).toMatchObject({ latest: { ref: String(made.at(-1)) }, complete: false });
    expect(asked()).toEqual([expect.stringContaining('filter[id]'), versionsPath]);
  });

  it('has the newest among them also where the list lacks it, and leaves out what the list does not know', async () => {
    const { sandbox, dataset, versions, versionsPath, spoil } = await startOne();
    const before = await versions();
    const made = [1, 2, 3].map(() => sandbox.state.addVersion(dataset, ben.user));
    sandbox.state.retireVersion(dataset, at(made, 1));
    await spoil(`/api/v2/llm-obs/v1${versionsPath}`, (body) => {
      const { data } = JSON.parse(body);
      const isNewest = (row: { attributes: { version_number: number } }) =>
        row.attributes.version_number === at(made, -1);
      return JSON.stringify({ data: data.filter((row: never) => !isNewest(row)) });
    });
    expect(refsOf(await versions(before))).toEqual([at(made, 0), at(made, 2)].map(String));
  });

  it('tells the newest without the others when their list cannot be had', async () => {
    const { sandbox, dataset, versions } = await startOne();
    const before = await versions();
    const made = [1, 2, 3].map(() => sandbox.state.addVersion(dataset, ben.user));
    sandbox.server.faults.add({ ...down, path: '/versions$' });
    expect(await versions(before)).toMatchObject({
      latest: { number: at(made, -1) },
      versions: undefined,
      complete: false,
    });
  });

  it('lacks a dataset that is deleted, and one that never was', async () => {
    const { dataset, datasets, connect, key, keyOf: keyOfDataset, versions } = await startOne();
    const before = await versions();
    const others = [...datasets.values()].filter(({ id }) => id !== dataset.id).map(keyOfDataset);
    const never = keyOf(source, 'DATASET', dataset.projectId, unknownId);
    datasets.delete(dataset.id);
    expect(await versions(before)).toBeUndefined();
    const result = await lookAtAll(connect().watch.datasetVersions, [key, never, at(others, 0)]);
    expect([...result.keys()]).toEqual([at(others, 0).id]);
    const noProject = keyOf(source, 'DATASET', unknownId, dataset.id);
    expect(await lookAt(connect().watch.datasetVersions, noProject)).toBeUndefined();
  });

  it('costs one request for thirty datasets of a project, and one more for each that jumped', async () => {
    const { sandbox, datasets, keyOf: keyOfDataset, connect, asked, versions, dataset } = await startOne();
    const all = [...datasets.values()].slice(0, 30);
    const keys = all.map(keyOfDataset);
    const first = await lookAtAll(connect().watch.datasetVersions, keys);
    expect(first.size).toBe(30);
    expect(asked()).toEqual([`/${dataset.projectId}/datasets?page[limit]=100`]);
    for (const one of [at(all, 4), at(all, 9)]) {
      sandbox.state.addVersion(one, ben.user);
      sandbox.state.addVersion(one, ben.user);
    }
    sandbox.state.addVersion(at(all, 7), ben.user);
    const second = await lookAtAll(connect().watch.datasetVersions, keys, first);
    expect(asked()).toHaveLength(3);
    const told = all.map((one) => second.get(keyOfDataset(one).id));
    expect(told).toEqual(
      all.map(({ currentVersion }) =>
        expect.objectContaining({ latest: expect.objectContaining({ number: currentVersion }) }),
      ),
    );
    await versions();
    expect(asked()).toHaveLength(1);
  });

  it('is of one project each', async () => {
    const { sandbox, connect, keyOf: keyOfDataset } = await startOne();
    const { projects } = sandbox.state.tenant('acme');
    const { groupOf } = there(connect().watch.datasetVersions);
    const groups = [...projects.values()].flatMap(({ datasets }) =>
      [...datasets.values()].map((one) => groupOf(keyOfDataset(one))),
    );
    const inhabited = [...projects.values()].filter(({ datasets }) => datasets.size > 0);
    expect(new Set(groups).size).toBe(inhabited.length);
  });

  it('gives a row that cannot be read as the error of its dataset alone', async () => {
    const { datasets, keyOf: keyOfDataset, connect, listPath, spoil } = await startOne();
    const keys = [...datasets.values()].slice(0, 5).map(keyOfDataset);
    const broken = there([...datasets.values()][2]);
    await spoil(listPath, (body) => {
      const { data, ...page } = JSON.parse(body);
      for (const row of data) if (row.id === broken.id) row.attributes.current_version = 'seven';
      return JSON.stringify({ ...page, data });
    });
    const result = await lookAtAll(connect().watch.datasetVersions, keys);
    const codes = [undefined, undefined, 'SOURCE_CONTRACT_VIOLATION', undefined, undefined];
    expect(codesOf(result, keys)).toEqual(codes);
    expect(result.size).toBe(5);
  });

  it('fails for all, and takes none for gone, while Datadog is down', async () => {
    const { sandbox, datasets, keyOf: keyOfDataset, connect, versions } = await startOne();
    const keys = [...datasets.values()].slice(0, 5).map(keyOfDataset);
    sandbox.server.faults.add(down);
    const result = await lookAtAll(connect().watch.datasetVersions, keys);
    expect(codesOf(result, keys)).toEqual(Array(5).fill('SOURCE_UNAVAILABLE'));
    await expect(versions()).rejects.toBeInstanceOf(SourceError);
  });
});

describe('a look at versions of prompts', () => {
  const key = keyOf(source, 'PROMPT', 'refund-reply');
  const look = ({ connect }: Harness, known?: VersionsState, of = key) =>
    lookAt(connect().watch.promptVersions, of, known);

  it('tells all of them, oldest first, as reads name them, in one request', async () => {
    const harness = await startHarness();
    const { versions } = harness.sandbox.state.prompt('acme', 'refund-reply');
    const state = there(await look(harness));
    expect(harness.asked()).toEqual(['/prompts/refund-reply/versions']);
    expect(state).toEqual({
      exists: true,
      latest: { ref: String(versions.length), number: versions.length },
      versions: versions.map(({ number, userVersion, description, labels }) => ({
        ref: String(number),
        number,
        name: userVersion ?? null,
        description: description ?? null,
        labels,
      })),
      complete: true,
      deployments: undefined,
    });
    const { prompts } = harness.connect();
    expect(await prompts.latestVersion(key, false)).toMatchObject({ ref: state.latest?.ref });
  });

  it('shows what was published, described and labelled meanwhile', async () => {
    const harness = await startHarness();
    const { state } = harness.sandbox;
    const prompt = state.prompt('acme', 'refund-reply');
    const before = there(await look(harness));
    for (const template of ['one', 'two']) addPromptVersion(prompt, { template }, ben.user.id, state);
    const first = at(prompt.versions, 0);
    first.description = 'Described anew.';
    setLabels(prompt, first, ['production']);
    const after = there(await look(harness, before));
    const count = before.versions?.length ?? 0;
    expect(refsOf(after)).toEqual([...(refsOf(before) ?? []), String(count + 1), String(count + 2)]);
    expect(after.latest).toEqual({ ref: String(count + 2), number: count + 2 });
    expect(after.versions?.[0]).toMatchObject({ description: 'Described anew.', labels: ['production'] });
    expect(after.versions?.slice(1).some(({ labels }) => labels?.includes('production'))).toBe(false);
  });

  it('lacks a prompt that is deleted or never was, although its versions are an empty list', async () => {
    const harness = await startHarness();
    const before = there(await look(harness));
    harness.sandbox.state.tenant('acme').prompts.delete('refund-reply');
    harness.asked();
    expect(await look(harness, before)).toBeUndefined();
    expect(harness.asked()).toEqual([
      '/prompts/refund-reply/versions',
      '/prompts?filter[prompt_id]=refund-reply',
    ]);
    expect(await look(harness, undefined, keyOf(source, 'PROMPT', 'never-was'))).toBeUndefined();
  });

  it('has a prompt that was found in runs and has no versions', async () => {
    const found = await look(await startHarness(), undefined, keyOf(source, 'PROMPT', 'greeting-inline'));
    expect(found).toEqual({
      exists: true,
      latest: null,
      versions: [],
      complete: true,
      deployments: undefined,
    });
  });

  it('costs a request for each, side by side, and is of one prompt each', async () => {
    const { sandbox, connect, asked } = await startHarness();
    const registered = [...sandbox.state.tenant('acme').prompts.values()].filter((one) => one.inRegistry);
    const keys = registered.slice(0, 30).map(({ promptId }) => keyOf(source, 'PROMPT', promptId));
    const promptVersions = there(connect().watch.promptVersions);
    const states = await Promise.all(keys.map((one) => lookAt(promptVersions, one)));
    expect(states.every((state) => state?.exists)).toBe(true);
    expect(asked()).toHaveLength(30);
    expect(new Set(keys.map((one) => promptVersions.groupOf(one))).size).toBe(30);
  });

  it('fails while a version cannot be read, and while Datadog is down', async () => {
    const harness = await startHarness();
    await harness.spoil('/api/v2/llm-obs/v1/prompts/refund-reply/versions', (body) => {
      const { data } = JSON.parse(body);
      data[0].attributes.version = 'newest';
      return JSON.stringify({ data });
    });
    await expect(look(harness)).rejects.toMatchObject({ code: 'SOURCE_CONTRACT_VIOLATION' });
    const other = keyOf(source, 'PROMPT', 'refund-judge');
    expect(await look(harness, undefined, other)).toMatchObject({ exists: true });
    harness.sandbox.server.faults.add({ ...down, path: 'refund-judge' });
    await expect(look(harness, undefined, other)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});
