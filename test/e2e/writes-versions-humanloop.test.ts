import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetFile } from '../../sandbox/humanloop/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, present } from './reading.ts';
import { humanloopDataset, writesOfHumanloop } from './writes-of-humanloop.ts';
import { mutate, refused, succeed, takeWrites } from './writing.ts';

let gateway: TestGateway;
let file: DatasetFile;
let id: string;
let refs: readonly string[];
/** The environments' ids in the API. */
let places: { readonly default: string; readonly other: string };

// One for each test: what a restore is remembered by is the gateway's, not the sandbox's.
beforeEach(async () => {
  gateway = await startTestGateway();
  const ids = await writesOfHumanloop.readIds(gateway);
  id = present(ids['dataset']);
  places = { default: present(ids['default']), other: present(ids['other']) };
  file = gateway.sandbox.humanloop.state.dataset(humanloopDataset);
  refs = file.versions.map((version) => version.id);
});
afterEach(() => gateway.dispose());

function ref(place: number): string {
  return present(refs.at(place));
}

function standingOn(name: string): string | undefined {
  return file.deployments.get(gateway.sandbox.humanloop.state.environment('acme', name).id);
}

interface State {
  readonly currentVersion: { readonly ref: string } | null;
  readonly latestVersion: { readonly ref: string } | null;
  readonly items: { readonly nodes: readonly { readonly input: unknown }[] };
}

async function stateNow(): Promise<State> {
  const document = `query ($id: ID!) { dataset(id: $id) {
    currentVersion { ref } latestVersion { ref } items(first: 100) { nodes { input } }
  } }`;
  const answer = await gateway.query<{ dataset: State | null }, object>(document, { id });
  return present(dataOf(answer).dataset);
}

function inputsOf(place: number): readonly unknown[] {
  return present(file.versions.find((version) => version.id === ref(place))).content.datapoints.map(
    ({ inputs }) => inputs,
  );
}

describe('a restored version at Humanloop', () => {
  const selection = 'versionRef concurrentRef version { ref isCurrent deployments { environmentName } }';

  it('is what a plain read gives: its content is the old version’s, which is given back and deployed', async () => {
    const input = { datasetId: id, versionRef: ref(0), expectedRef: ref(-1) };
    expect(await succeed(gateway, 'restoreDatasetVersion', input, selection)).toMatchObject({
      versionRef: ref(0),
      concurrentRef: null,
      version: { ref: ref(0), isCurrent: true, deployments: [{ environmentName: 'production' }] },
    });
    const { currentVersion, items } = await stateNow();
    expect(currentVersion).toEqual({ ref: ref(0) });
    expect(items.nodes.map(({ input: value }) => value)).toEqual(inputsOf(0));
    // History is kept, and no other environment is touched.
    expect(file.versions.map((version) => version.id)).toEqual(refs);
    expect(standingOn('staging')).toBe(ref(-1));
  });

  it('is what the next edit is based on, until somebody makes a newer one', async () => {
    await succeed(gateway, 'restoreDatasetVersion', { datasetId: id, versionRef: ref(0) }, selection);
    expect((await stateNow()).latestVersion).toEqual({ ref: ref(0) });
    const stale = { datasetId: id, expectedRef: ref(-1), add: [{ input: { transcript: 'x' } }] };
    expect(await refused(gateway, 'editDatasetItems', stale)).toMatchObject({
      __typename: 'VersionConflictError',
      currentRef: ref(0),
    });
    const edit = { ...stale, expectedRef: ref(0), add: [{ input: { transcript: 'new', audience: 'all' } }] };
    const edited = await succeed<{ versionRef: string; concurrentRef: string | null }>(
      gateway,
      'editDatasetItems',
      edit,
      'versionRef concurrentRef',
    );
    expect(edited.concurrentRef).toBeNull();
    const made = present(file.versions.find((version) => version.id === edited.versionRef));
    expect(made.content.datapoints.map(({ inputs }) => inputs)).toEqual([
      ...inputsOf(0),
      { transcript: 'new', audience: 'all' },
    ]);
    expect((await stateNow()).latestVersion).toEqual({ ref: edited.versionRef });
    await succeed(gateway, 'restoreDatasetVersion', { datasetId: id, versionRef: ref(1) }, selection);
    const outside = gateway.sandbox.humanloop.state.createDatasetVersion(file.id, {
      datapoints: [{ inputs: { transcript: 'outside', audience: 'all' } }],
    });
    expect((await stateNow()).latestVersion).toEqual({ ref: outside.id });
  });

  it('is made by one of two who restore from one base: the other is told which won', async () => {
    const restore = (versionRef: string) =>
      gateway.query<{ restoreDatasetVersion: { __typename: string; currentRef?: string } }, object>(
        `mutation ($input: RestoreDatasetVersionInput!) { restoreDatasetVersion(input: $input) {
          __typename ... on VersionConflictError { currentRef }
        } }`,
        { input: { datasetId: id, versionRef, expectedRef: ref(-1) } },
      );
    const answers = await Promise.all([restore(ref(0)), restore(ref(1))]);
    const told = answers.map((answer) => dataOf(answer).restoreDatasetVersion);
    const won = told.findIndex(({ __typename: name }) => name === 'RestoreDatasetVersionSuccess');
    expect(told[1 - won]).toEqual({ __typename: 'VersionConflictError', currentRef: ref(won) });
    expect((await stateNow()).currentVersion).toEqual({ ref: ref(won) });
  });

  it('may be one that stands there already, or the newest', async () => {
    for (const place of [2, -1]) {
      const input = { datasetId: id, versionRef: ref(place) };
      expect(await succeed(gateway, 'restoreDatasetVersion', input, selection)).toMatchObject({
        versionRef: ref(place),
        concurrentRef: null,
      });
      expect(standingOn('production')).toBe(ref(place));
    }
  });

  it('that is of another dataset, gone, or none at all is not found', async () => {
    gateway.sandbox.humanloop.state.deleteVersion(file.id, ref(0));
    const others = [...gateway.sandbox.humanloop.state.acme.datasets.values()];
    const foreign = present(others.find((other) => other !== file)?.versions[0]).id;
    for (const versionRef of [ref(0), foreign, 'dsv_none', 'no version']) {
      const told = await refused(gateway, 'restoreDatasetVersion', { datasetId: id, versionRef });
      expect(told, versionRef).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' });
    }
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('the labels of a version', () => {
  const selection = 'versionRef version { ref name description }';

  function update(input: object): Promise<{ version: { name: string | null; description: string | null } }> {
    const whole = { datasetId: id, versionRef: ref(0), ...input };
    return succeed(gateway, 'updateDatasetVersion', whole, selection);
  }

  it('stay when left out, and are cleared by null', async () => {
    const named = await update({ name: 'Baseline', description: 'Before the move' });
    expect(named.version).toMatchObject({ name: 'Baseline', description: 'Before the move' });
    expect((await update({ description: 'Long before' })).version).toMatchObject({
      name: 'Baseline',
      description: 'Long before',
    });
    expect((await update({ name: null })).version).toMatchObject({ name: null, description: 'Long before' });
    expect((await update({ name: 'Back', description: null })).version).toMatchObject({
      name: 'Back',
      description: null,
    });
    expect(file.versions[0]).toMatchObject({ name: 'Back', description: null });
  });

  it('that another version has are taken, and by which is told', async () => {
    await update({ name: 'Baseline' });
    takeWrites(gateway);
    const input = { datasetId: id, versionRef: ref(1), name: 'Baseline' };
    const told = await refused(gateway, 'updateDatasetVersion', input);
    expect(told).toMatchObject({
      __typename: 'AlreadyExistsError',
      code: 'ALREADY_EXISTS',
      message: expect.stringMatching(/"Baseline".*Nothing was written/),
      existing: { __typename: 'DatasetVersion' },
    });
    const existing = await gateway.query<{ node: { ref: string } }, object>(
      'query ($id: ID!) { node(id: $id) { ... on DatasetVersion { ref } } }',
      { id: told.existing?.id },
    );
    expect(dataOf(existing).node).toEqual({ ref: ref(0) });
    expect(file.versions[1]?.name).toBeNull();
    // A version may keep the name that it has.
    expect((await update({ name: 'Baseline' })).version.name).toBe('Baseline');
  });

  it.each([
    ['nothing', {}, ['input']],
    ['a blank name', { name: ' ' }, ['input', 'name']],
    ['an endless name', { name: 'x'.repeat(1_001) }, ['input', 'name']],
    ['a blank version', { name: 'Baseline', versionRef: '' }, ['input', 'versionRef']],
  ])('are not changed by %s', async (_, input, path) => {
    takeWrites(gateway);
    const whole = { datasetId: id, versionRef: ref(0), ...input };
    expect(await refused(gateway, 'updateDatasetVersion', whole)).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path }],
    });
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('a deleted version', () => {
  it('is gone, and the others are left', async () => {
    const input = { datasetId: id, versionRef: ref(0) };
    const selection = 'versionRef dataset { versions { nodes { ref } } }';
    expect(await succeed(gateway, 'deleteDatasetVersion', input, selection)).toEqual({
      __typename: 'DeleteDatasetVersionSuccess',
      versionRef: ref(0),
      dataset: {
        versions: {
          nodes: refs
            .slice(1)
            .map((one) => ({ ref: one }))
            .reverse(),
        },
      },
    });
    expect(await refused(gateway, 'deleteDatasetVersion', input)).toMatchObject({
      __typename: 'NotFoundError',
    });
  });

  it('cannot be one that stands on an environment, until it is taken off', async () => {
    const input = { datasetId: id, versionRef: ref(-1) };
    expect(await refused(gateway, 'deleteDatasetVersion', input)).toMatchObject({
      __typename: 'InvalidInputError',
      message: expect.stringMatching(/is deployed to "staging".*remove the deployment/),
      issues: [{ path: ['input', 'versionRef'] }],
    });
    await succeed(gateway, 'removeDatasetDeployment', { datasetId: id, environmentId: places.other });
    await succeed(gateway, 'deleteDatasetVersion', input);
    expect((await stateNow()).latestVersion).toEqual({ ref: ref(-2) });
  });
});

describe('a deployment', () => {
  function deploy(place: number, environmentId: string, expectedRef?: string) {
    return { datasetId: id, versionRef: ref(place), environmentId, expectedRef };
  }
  const selection = 'versionRef version { ref deployments { environmentName isDefault } }';

  it('takes the place of what stood there', async () => {
    expect(
      await succeed(gateway, 'deployDatasetVersion', deploy(0, places.default), selection),
    ).toMatchObject({
      version: { ref: ref(0), deployments: [{ environmentName: 'production', isDefault: true }] },
    });
    expect((await stateNow()).currentVersion).toEqual({ ref: ref(0) });
    await succeed(gateway, 'deployDatasetVersion', deploy(0, places.other, ref(-1)), selection);
    expect([standingOn('production'), standingOn('staging')]).toEqual([ref(0), ref(0)]);
  });

  it('is refused with both versions where something else stands than was expected', async () => {
    takeWrites(gateway);
    for (const expectedRef of [ref(0), 'none']) {
      expect(
        await refused(gateway, 'deployDatasetVersion', deploy(1, places.default, expectedRef)),
      ).toMatchObject({ __typename: 'VersionConflictError', expectedRef, currentRef: ref(2) });
    }
    gateway.sandbox.humanloop.state.undeploy(file.id, 'production');
    expect(await refused(gateway, 'deployDatasetVersion', deploy(1, places.default, ref(2)))).toMatchObject({
      __typename: 'VersionConflictError',
      expectedRef: ref(2),
      currentRef: null,
    });
    expect(takeWrites(gateway)).toEqual([]);
    expect(standingOn('production')).toBeUndefined();
  });

  it('of two who replace the same one is the first one’s', async () => {
    const expected = ref(2);
    const outcomes = await Promise.all(
      [0, 1].map(async (place) => {
        const input = deploy(place, places.default, expected);
        const { data } = await mutate<{ versionRef: string }>(
          gateway,
          'deployDatasetVersion',
          input,
          'versionRef',
        );
        return present(data?.['deployDatasetVersion']);
      }),
    );
    const stands = standingOn('production');
    const won = outcomes.filter(({ __typename }) => __typename === 'DeployDatasetVersionSuccess');
    expect(won).toMatchObject([{ versionRef: stands }]);
    expect(outcomes.filter((outcome) => !won.includes(outcome))).toMatchObject([
      { __typename: 'VersionConflictError', expectedRef: expected, currentRef: stands },
    ]);
  });

  it('can be taken off, and then a plain read gives nothing in particular', async () => {
    const input = { datasetId: id, environmentId: places.default };
    await succeed(gateway, 'removeDatasetDeployment', input, 'dataset { currentVersion { ref } }');
    expect(standingOn('production')).toBeUndefined();
    expect(standingOn('staging')).toBe(ref(-1));
    expect(await refused(gateway, 'removeDatasetDeployment', input)).toMatchObject({
      __typename: 'NotFoundError',
      message: expect.stringContaining('nothing of this Humanloop dataset stands on that environment'),
    });
  });

  it('needs a version of the dataset, and an environment that there is', async () => {
    takeWrites(gateway);
    const none = { ...deploy(0, places.default), versionRef: 'dsv_none' };
    expect(await refused(gateway, 'deployDatasetVersion', none)).toMatchObject({
      __typename: 'NotFoundError',
    });
    expect(takeWrites(gateway)).toEqual([]);
    for (const environmentId of [id, 'nonsense', '']) {
      expect(await refused(gateway, 'deployDatasetVersion', deploy(0, environmentId))).toMatchObject({
        __typename: 'InvalidInputError',
        issues: [{ path: ['input', 'environmentId'] }],
      });
    }
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('an expected version that is no longer the newest', () => {
  const writes = [
    ['restoreDatasetVersion', () => ({ versionRef: ref(0) })],
    ['editDatasetItems', () => ({ add: [{ input: { transcript: 'Too late' } }] })],
    ['updateDataset', () => ({ name: 'Too late' })],
    ['deleteDataset', () => ({})],
  ] as const;

  it.each(writes)('has %s refused with both, and nothing is written', async (name, inputOf) => {
    const datapoints = [{ inputs: { transcript: 'Theirs' } }];
    const theirs = gateway.sandbox.humanloop.state.createDatasetVersion(file.id, { datapoints });
    takeWrites(gateway);
    // What a plain read gives is not what writes are based on.
    for (const expectedRef of [ref(-1), ref(2), 'none']) {
      const input = { datasetId: id, expectedRef, ...inputOf() };
      expect(await refused(gateway, name, input)).toMatchObject({
        __typename: 'VersionConflictError',
        expectedRef,
        currentRef: theirs.id,
      });
    }
    expect(takeWrites(gateway)).toEqual([]);
    await succeed(gateway, name, { datasetId: id, expectedRef: theirs.id, ...inputOf() });
  });
});
