import { describe, expect, it } from 'vitest';
import type { DatasetFile, PromptFile } from '../../sandbox/humanloop/index.ts';
import { keyOf } from '../../src/domain/identity.ts';
import type { VersionsState } from '../../src/domain/watched-state.ts';
import { datasetKey, goldenOf, type Harness, key, promptKey, startHarness } from './humanloop-harness.ts';
import { lookAt, refsOf, there } from './watch-looks.ts';

type File = DatasetFile | PromptFile;

/** Datasets and prompts are watched alike: the same is asked of both. */
const kinds = [
  {
    kind: 'dataset',
    segment: 'datasets',
    file: (harness: Harness): File => goldenOf(harness),
    files: ({ sandbox }: Harness): readonly File[] => [...sandbox.state.acme.datasets.values()],
    look: ({ connect }: Harness, id: string, known?: VersionsState) =>
      lookAt(connect().watch.datasetVersions, datasetKey(id), known),
    groupOf: ({ connect }: Harness, id: string) => connect().watch.datasetVersions?.groupOf(datasetKey(id)),
    latestRead: async ({ connect }: Harness, id: string) =>
      (await connect().datasets.latestVersion(datasetKey(id)))?.ref,
    makeVersion: ({ sandbox }: Harness, id: string, word: string): string =>
      sandbox.state.createDatasetVersion(id, { datapoints: [{ inputs: { question: word } }] }).id,
  },
  {
    kind: 'prompt',
    segment: 'prompts',
    file: (harness: Harness): File =>
      there([...harness.sandbox.state.acme.prompts.values()].find(({ versions }) => versions.length > 2)),
    files: ({ sandbox }: Harness): readonly File[] => [...sandbox.state.acme.prompts.values()],
    look: ({ connect }: Harness, id: string, known?: VersionsState) =>
      lookAt(connect().watch.promptVersions, promptKey(id), known),
    groupOf: ({ connect }: Harness, id: string) => connect().watch.promptVersions?.groupOf(promptKey(id)),
    latestRead: async ({ connect }: Harness, id: string) =>
      (await connect().prompts.latestVersion(promptKey(id), false))?.ref,
    makeVersion: ({ sandbox }: Harness, id: string, word: string): string =>
      sandbox.state.createPromptVersion(id, { model: 'gpt-4o', template: word }).id,
  },
] as const;

/** The environments of acme by name, as reads name them. */
function environmentId({ sandbox }: Harness, name: string): string {
  return keyOf(key, 'ENVIRONMENT', sandbox.state.environment('acme', name).id).id;
}

function standing(state: VersionsState | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    there(state?.deployments).map(({ environmentName, ref }) => [environmentName, ref]),
  );
}

describe.each(kinds)(
  'a look at versions of a $kind',
  ({ segment, file, files, look, groupOf, latestRead, makeVersion }) => {
    it('tells all of them, oldest first, with where they stand, in one request', async () => {
      const harness = await startHarness();
      const { id, versions, deployments } = file(harness);
      const state = there(await look(harness, id));
      expect(harness.asked()).toEqual([`GET /${segment}/${id}/versions`]);
      expect(state).toMatchObject({
        exists: true,
        latest: { ref: versions.at(-1)?.id, number: null },
        versions: versions.map(({ id: ref, name, description }) => ({
          ...{ ref, number: null, name, description, labels: null },
        })),
        complete: true,
      });
      const { environments } = harness.sandbox.state.acme;
      const marks = environments.flatMap((environment) => {
        const ref = deployments.get(environment.id);
        if (ref === undefined) return [];
        const environmentName = environment.name;
        return [{ environmentId: environmentId(harness, environmentName), environmentName, ref }];
      });
      expect(new Set(state.deployments)).toEqual(new Set(marks));
      expect(marks).not.toEqual([]);
      expect(await latestRead(harness, id)).toBe(state.latest?.ref);
    });

    it('orders them itself, whatever the vendor’s order', async () => {
      const harness = await startHarness({ versionsOrder: 'oldest-first' });
      const { id, versions } = file(harness);
      expect(refsOf(await look(harness, id))).toEqual(versions.map(({ id: ref }) => ref));
    });

    it('shows the one that was made since, and several', async () => {
      const harness = await startHarness();
      const { id } = file(harness);
      const first = there(await look(harness, id));
      const one = makeVersion(harness, id, 'Was one made?');
      const second = there(await look(harness, id, first));
      expect(second.latest).toEqual({ ref: one, number: null });
      const more = ['Was a second?', 'Was a third?'].map((word) => makeVersion(harness, id, word));
      const third = there(await look(harness, id, second));
      expect(refsOf(third)).toEqual([...(refsOf(first) ?? []), one, ...more]);
      expect(third.latest?.ref).toBe(more.at(-1));
    });

    it('shows a version that was renamed, deployed, undeployed and deleted', async () => {
      const harness = await startHarness();
      const { state } = harness.sandbox;
      const { id } = file(harness);
      const ref = makeVersion(harness, id, 'Where will it stand?');
      const [standard, other] = state.acme.environments;
      if (standard === undefined || other === undefined) throw new Error('there are two environments');

      there(file(harness).versions.find((version) => version.id === ref)).name = 'release 9';
      expect((await look(harness, id))?.versions?.at(-1)).toMatchObject({ ref, name: 'release 9' });

      state.deploy(id, other.name, ref);
      const deployed = await look(harness, id);
      expect(standing(deployed)[other.name]).toBe(ref);
      expect(deployed?.deployments).toContainEqual({
        ...{ environmentId: environmentId(harness, other.name), environmentName: other.name, ref },
      });

      state.undeploy(id, other.name);
      expect(Object.keys(standing(await look(harness, id)))).not.toContain(other.name);

      state.deleteVersion(id, ref);
      const after = await look(harness, id);
      expect(refsOf(after)).not.toContain(ref);
      expect(after?.complete).toBe(true);
    });

    it('has a file of which nothing stands on the default environment', async () => {
      const harness = await startHarness();
      const { id, deployments } = file(harness);
      const { state } = harness.sandbox;
      for (const environment of state.acme.environments)
        if (deployments.has(environment.id)) state.undeploy(id, environment.name);
      expect(await look(harness, id)).toMatchObject({ exists: true, deployments: [] });
    });

    it('lacks one that is deleted, and one that never was', async () => {
      const harness = await startHarness();
      const { id } = file(harness);
      const before = await look(harness, id);
      harness.sandbox.state.deleteFile(id);
      expect(await look(harness, id, before)).toBeUndefined();
      expect(await look(harness, 'xx_never_was')).toBeUndefined();
    });

    it('costs a request for each, and is of one each', async () => {
      const harness = await startHarness();
      const ids = files(harness)
        .slice(0, 30)
        .map(({ id }) => id);
      expect(ids).toHaveLength(30);
      const states = await Promise.all(ids.map((id) => look(harness, id)));
      expect(states.every((state) => state?.exists)).toBe(true);
      expect(harness.asked()).toHaveLength(30);
      expect(new Set(ids.map((id) => groupOf(harness, id))).size).toBe(30);
    });

    it('does not tell where versions stand when the vendor does not', async () => {
      const harness = await startHarness();
      const { id } = file(harness);
      await harness.spoil(`/${segment}/${id}/versions`, ({ records }) => ({
        records: records.map((row, index) => (index === 0 ? { ...row, environments: null } : row)),
      }));
      expect(await look(harness, id)).toMatchObject({ exists: true, complete: true, deployments: undefined });
    });

    it('fails while a version cannot be read, and concerns no other', async () => {
      const harness = await startHarness();
      const { id } = file(harness);
      const other = there(files(harness).find((one) => one.id !== id));
      await harness.spoil(`/${segment}/${id}/versions`, ({ records }) => ({
        records: records.map((row, index) => (index === 1 ? { ...row, created_at: 'yesterday' } : row)),
      }));
      await expect(look(harness, id)).rejects.toMatchObject({ code: 'SOURCE_CONTRACT_VIOLATION' });
      expect(await look(harness, other.id)).toMatchObject({ exists: true });
    });

    it('fails, and takes nothing for gone, while Humanloop is down', async () => {
      const harness = await startHarness();
      harness.sandbox.server.faults.add({ effect: { type: 'answer', status: 503 } });
      await expect(look(harness, file(harness).id)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    });
  },
);

describe('what Humanloop has to watch', () => {
  it('is no draft lock', async () => {
    expect((await startHarness()).connect().watch.draftLocks).toBeUndefined();
  });
});
