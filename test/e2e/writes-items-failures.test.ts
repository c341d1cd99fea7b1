import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type Gate, startGate } from './gate.ts';
import { posthogProject, present } from './reading.ts';
import { pathsOf, refused, succeed, takeWrites } from './writing.ts';
import { itemOf, itemWith, makeDataset, readItems, textsOf } from './written-datasets.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
let gate: Gate | undefined;
beforeEach(() => {
  gate = undefined;
});
afterEach(async () => {
  await gateway.dispose();
  await gate?.dispose();
});

describe('items of PostHog, which are written one by one', () => {
  beforeEach(async () => {
    gateway = await startTestGateway();
  });

  it('tell which failed and why, when the others are written', async () => {
    const { id, vendorId } = await makeDataset(gateway, 'POSTHOG', ['old']);
    const { faults } = gateway.sandbox.posthog.server;
    const refusal = { type: 'validation_error', code: 'invalid', detail: 'Not this one.', attr: 'input' };
    const body = JSON.stringify(refusal);
    const headers = { 'content-type': 'application/json' };
    faults.add({
      method: 'POST',
      path: 'dataset_items',
      times: 2,
      effect: { type: 'answer', status: 400, headers, body },
    });
    takeWrites(gateway);
    const add = Array.from({ length: 12 }, (_, index) => itemOf(`new ${index}`));
    const told = await refused(gateway, 'editDatasetItems', { datasetId: id, add });
    expect(told).toMatchObject({
      __typename: 'PartialWriteError',
      writtenTo: id,
      addedCount: 10,
      unknownCount: 0,
    });
    expect(told.failures).toHaveLength(2);
    for (const failure of present(told.failures)) {
      expect(failure).toMatchObject({ code: 'INVALID_INPUT', path: ['add', expect.stringMatching(/^\d+$/)] });
      expect(failure.message).toContain('Not this one.');
    }
    expect(takeWrites(gateway)).toHaveLength(12);
    const failed = present(told.failures).map(({ path }) => `new ${path[1]}`);
    const expected = ['old', ...add.map(({ input }) => Object.values(input)[0])].filter(
      (text) => !failed.includes(text),
    );
    expect(textsOf(await readItems(gateway, id))).toEqual(expected.sort());
    expect(
      posthogProject(gateway.sandbox).items.filter(({ dataset }) => dataset.id === vendorId),
    ).toHaveLength(11);
  });

  it('are counted as unknown when their write got no answer, and are not sent again', async () => {
    const { id } = await makeDataset(gateway, 'POSTHOG', ['old']);
    const { faults } = gateway.sandbox.posthog.server;
    faults.add({ method: 'POST', path: 'dataset_items', times: 1, effect: { type: 'reset-after' } });
    takeWrites(gateway);
    const told = await refused(gateway, 'editDatasetItems', {
      datasetId: id,
      add: ['a', 'b', 'c'].map(itemOf),
    });
    expect(told).toMatchObject({ __typename: 'PartialWriteError', addedCount: 2, unknownCount: 1 });
    expect(told.failures).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
    expect(takeWrites(gateway)).toHaveLength(3);
    // It was written after all: that is what reading before repeating is for.
    expect(textsOf(await readItems(gateway, id))).toEqual(['a', 'b', 'c', 'old']);
  });

  it('stop when the quota is used up: what was not sent is said not to be written', async () => {
    const { id } = await makeDataset(gateway, 'POSTHOG', ['old']);
    const { faults, requests } = gateway.sandbox.posthog.server;
    const limited = { type: 'answer', status: 429, headers: { 'retry-after': '30' }, body: '{}' } as const;
    faults.add({ method: 'POST', path: 'dataset_items', times: 1_000, effect: limited });
    requests.clear();
    const add = Array.from({ length: 100 }, (_, index) => itemOf(`new ${index}`));
    const told = await refused(gateway, 'editDatasetItems', { datasetId: id, add });
    expect(told).toMatchObject({ __typename: 'SourceFailure', code: 'RATE_LIMITED', retryAfterSeconds: 30 });
    // As many as were under way side by side, and none of the other ninety.
    expect(takeWrites(gateway).length).toBeLessThan(20);
    faults.clear();
    expect(textsOf(await readItems(gateway, id))).toEqual(['old']);
  });

  it('come back when they were deleted, and go to another dataset', async () => {
    const { id } = await makeDataset(gateway, 'POSTHOG', ['back', 'away', 'stays']);
    const other = await makeDataset(gateway, 'POSTHOG', []);
    const items = await readItems(gateway, id);
    const [back, away] = [itemWith(items, 'back').id, itemWith(items, 'away').id];
    await succeed(gateway, 'editDatasetItems', { datasetId: id, remove: [back] });
    expect(textsOf(await readItems(gateway, id))).toEqual(['away', 'stays']);
    const gone = await refused(gateway, 'editDatasetItems', {
      datasetId: id,
      update: [{ id: back, metadata: {} }],
    });
    expect(gone.__typename).toBe('NotFoundError');
    const update = [
      { id: back, deleted: false },
      { id: away, datasetId: other.id },
    ];
    const { updatedCount } = await succeed<{ updatedCount: number }>(
      gateway,
      'editDatasetItems',
      { datasetId: id, update },
      'updatedCount',
    );
    expect(updatedCount).toBe(2);
    expect(textsOf(await readItems(gateway, id))).toEqual(['back', 'stays']);
    expect(textsOf(await readItems(gateway, other.id))).toEqual(['away']);
  });

  it('refuse an expected version', async () => {
    const { id } = await makeDataset(gateway, 'POSTHOG', ['a']);
    const told = await refused(gateway, 'editDatasetItems', {
      datasetId: id,
      add: [itemOf('b')],
      expectedRef: '1',
    });
    expect(pathsOf(told)).toEqual(['input.expectedRef']);
  });
});

describe('an edit of Datadog in several batches', () => {
  it('says what is written when a later batch fails', async () => {
    gateway = await startTestGateway();
    const { id, latestRef } = await makeDataset(gateway, 'DATADOG', ['old']);
    const add = Array.from({ length: 2_500 }, (_, index) => itemOf(`new ${index}`));
    const { faults } = gateway.sandbox.datadog.server;
    const batches = /batch_update/.source;
    takeWrites(gateway);
    const run = refused(gateway, 'editDatasetItems', { datasetId: id, add });
    await gateway.sandbox.datadog.server.requests.waitFor((all) =>
      all.some(({ url }) => url.includes('batch_update')),
    );
    faults.add({
      method: 'POST',
      path: batches,
      effect: { type: 'answer', status: 500, headers: {}, body: '' },
    });
    const told = await run;
    expect(told).toMatchObject({ __typename: 'PartialWriteError', writtenTo: id });
    const written = present(told.addedCount);
    expect([1_000, 2_000]).toContain(written);
    expect(told.unknownCount).toBe(Math.min(1_000, 2_500 - written));
    expect(told.failures).toHaveLength(2_500 - written);
    expect(present(told.completedSteps).length).toBe(written / 1_000);
    faults.clear();
    expect(await readItems(gateway, id)).toHaveLength(1 + written);
    expect(textsOf(await readItems(gateway, id, latestRef))).toEqual(['old']);
  });
});

describe('two writers of one dataset', () => {
  const change = { add: [itemOf('ours')] };
  const both = 'versionRef concurrentRef';

  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'through the gateway: one wins, the other is told which version did, at %s',
    async (vendor) => {
      gateway = await startTestGateway();
      const { id, latestRef } = await makeDataset(gateway, vendor, ['old']);
      const run = async (text: string): Promise<string> => {
        const input = { datasetId: id, add: [itemOf(text)], expectedRef: latestRef };
        const edited = await succeed<{ versionRef: string }>(
          gateway,
          'editDatasetItems',
          input,
          'versionRef',
        );
        return edited.versionRef;
      };
      const results = await Promise.allSettled(['x', 'y', 'z'].map(run));
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(won).toHaveLength(1);
      const [ref] = won;
      for (const result of results) {
        if (result.status === 'rejected') expect(String(result.reason)).toContain(`"currentRef":"${ref}"`);
      }
      expect(await readItems(gateway, id, ref)).toHaveLength(2);
    },
  );

  it.each([
    // The documented answer to a batch tells no version: which of the two is whose cannot be known then.
    { vendor: 'DATADOG', dialect: 'spec', versionRef: null, concurrentRef: '2' },
    { vendor: 'DATADOG', dialect: 'recorded', versionRef: '2', concurrentRef: '1' },
  ] as const)(
    'one outside, while ours is on its way to Datadog ($dialect): the success says so',
    async (expected) => {
      gate = await startGate(/batch_update/);
      gateway = await startTestGateway({ environment: { DATADOG_BASE_URL: gate.origin } });
      const { server, state, switches } = gateway.sandbox.datadog;
      switches.dialect = expected.dialect;
      gate.leadTo(server.origin);
      // Made empty, so that nothing of its making has to pass the door.
      const { id, vendorId, latestRef } = await makeDataset(gateway, 'DATADOG', []);
      const run = succeed(
        gateway,
        'editDatasetItems',
        { datasetId: id, ...change, expectedRef: latestRef },
        both,
      );
      await gate.waitFor(1);
      expect(state.addVersion(state.dataset('acme', vendorId), datadogCredentials.acme.ben.user)).toBe(1);
      gate.open();
      const { versionRef, concurrentRef } = expected;
      expect(await run).toMatchObject({ versionRef, concurrentRef });
      expect(await readItems(gateway, id, '2')).toHaveLength(2);
    },
  );

  it('one outside, while ours is on its way to Humanloop: the success says so', async () => {
    gate = await startGate(/\/v5\/datasets\?version_id=/);
    gateway = await startTestGateway({ environment: { HUMANLOOP_BASE_URL: `${gate.origin}/v5` } });
    const { server, state } = gateway.sandbox.humanloop;
    gate.leadTo(server.origin);
    const { id, vendorId, latestRef } = await makeDataset(gateway, 'HUMANLOOP', ['old']);
    const run = succeed<{ versionRef: string; concurrentRef: string | null }>(
      gateway,
      'editDatasetItems',
      { datasetId: id, ...change, expectedRef: latestRef },
      both,
    );
    await gate.waitFor(1);
    const datapoints = [{ inputs: { question: 'theirs' } }];
    const theirs = state.createDatasetVersion(vendorId, { action: 'add', datapoints }).id;
    gate.open();
    const { versionRef, concurrentRef } = await run;
    expect(concurrentRef).toBe(theirs);
    // Ours is based on what we based it on: theirs is not in it, and not lost.
    expect(textsOf(await readItems(gateway, id, versionRef))).toEqual(['old', 'ours']);
    expect(textsOf(await readItems(gateway, id, theirs))).toEqual(['old', 'theirs']);
  });
});
