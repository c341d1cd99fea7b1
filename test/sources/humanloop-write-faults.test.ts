import { describe, expect, test } from 'vitest';
import type { DatasetFile, PromptFile } from '../../sandbox/humanloop/index.ts';
import { SourceError } from '../../src/domain/errors.ts';
import { PartialWriteError } from '../../src/domain/write-errors.ts';
import { writeRules } from '../../src/sources/humanloop/write-rules.ts';
import { datasetKey, type Harness, promptKey, startHarness } from './humanloop-harness.ts';
import {
  edit,
  environmentKey,
  errorOf,
  first,
  newestOf,
  plantDataset,
  startDoor,
  type Writers,
  writersFor,
} from './humanloop-write-harness.ts';

interface Scene {
  readonly harness: Harness;
  readonly dataset: DatasetFile;
  readonly prompt: PromptFile;
}

interface WriteCase {
  readonly method: string;
  /** Regular expression over the path of the write. */
  readonly path: string;
  /** An answer without a body cannot be cut. */
  readonly bodyless?: true;
  run(writers: Writers, scene: Scene): Promise<unknown>;
}

function environmentOf({ harness }: Scene, name: string) {
  return environmentKey(harness.sandbox.state.environment('acme', name).id);
}

const cases: Readonly<Record<keyof typeof writeRules, WriteCase>> = {
  upsertDataset: {
    method: 'POST',
    path: '^/v5/datasets(\\?|$)',
    run: ({ datasets }, { dataset }) =>
      datasets.editItems(
        datasetKey(dataset.id),
        edit({ add: [{ input: { q: 'more' } }] }),
        newestOf(dataset).id,
      ),
  },
  moveDataset: {
    method: 'PATCH',
    path: '^/v5/datasets/[^/]+$',
    run: ({ datasets }, { dataset }) => datasets.update(datasetKey(dataset.id), { name: 'Renamed' }),
  },
  deleteDataset: {
    method: 'DELETE',
    path: '^/v5/datasets/[^/]+$',
    bodyless: true,
    run: ({ datasets }, { dataset }) => datasets.delete(datasetKey(dataset.id)),
  },
  uploadCsv: {
    method: 'POST',
    path: '/datapoints/csv',
    run: ({ datasets }, { dataset }) =>
      datasets.uploadCsv(
        datasetKey(dataset.id),
        { name: 'rows.csv', bytes: Buffer.from('q\nfive\n') },
        newestOf(dataset).id,
        {},
      ),
  },
  updateDatasetVersion: {
    method: 'PATCH',
    path: '/versions/',
    run: ({ datasets }, { dataset }) =>
      datasets.updateVersion(datasetKey(dataset.id), newestOf(dataset).id, { description: 'new words' }),
  },
  deleteDatasetVersion: {
    method: 'DELETE',
    path: '/versions/',
    bodyless: true,
    run: ({ datasets }, { dataset }) => datasets.deleteVersion(datasetKey(dataset.id), newestOf(dataset).id),
  },
  deployDataset: {
    method: 'POST',
    path: '/environments/',
    run: ({ datasets }, scene) =>
      datasets.deploy(
        datasetKey(scene.dataset.id),
        newestOf(scene.dataset).id,
        environmentOf(scene, 'staging'),
      ),
  },
  removeDatasetDeployment: {
    method: 'DELETE',
    path: '/environments/',
    bodyless: true,
    run: ({ datasets }, scene) =>
      datasets.undeploy(datasetKey(scene.dataset.id), environmentOf(scene, 'production')),
  },
  upsertPrompt: {
    method: 'POST',
    path: '^/v5/prompts$',
    run: ({ prompts }) =>
      prompts.create({ name: 'Fresh', content: { kind: 'TEXT', text: 'Hi' }, config: { model: 'gpt-4o' } }),
  },
  deletePrompt: {
    method: 'DELETE',
    path: '^/v5/prompts/[^/]+$',
    bodyless: true,
    run: ({ prompts }, { prompt }) => prompts.archive(promptKey(prompt.id)),
  },
};

async function startScene(): Promise<Scene> {
  const harness = await startHarness();
  const dataset = plantDataset(harness);
  const prompt = first(harness.sandbox.state.acme.prompts.values());
  harness.asked();
  return { harness, dataset, prompt };
}

function writesReceived({ harness }: Scene): readonly string[] {
  return harness.asked().filter((line) => !line.startsWith('GET '));
}

/** What the sandbox holds, as text: whether a write was applied, and how often. */
function stateOf({ harness }: Scene): string {
  const { datasets, prompts } = harness.sandbox.state.acme;
  return JSON.stringify([...datasets.values(), ...prompts.values()], (_, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );
}

const broken = [
  { type: 'reset-before' },
  { type: 'reset-after' },
  { type: 'half' },
  { type: 'cut-json' },
  { type: 'answer', status: 500, body: '{"detail":"oh"}' },
  { type: 'answer', status: 503, body: '' },
  { type: 'answer', status: 408, body: '' },
] as const;

const refused = [
  [400, 'InvalidInputError'],
  [401, 'SourceError UNAUTHENTICATED'],
  [403, 'SourceError FORBIDDEN'],
  [422, 'InvalidInputError'],
  [429, 'SourceError RATE_LIMITED'],
] as const;

test('every write has a rule, and none of them may be repeated', () => {
  for (const rule of Object.values(writeRules)) {
    expect(rule.repeat).toBe('never');
    expect(rule.why).not.toBe('');
    expect(rule.source).not.toBe('');
  }
});

for (const [name, { method, path, bodyless, run }] of Object.entries(cases)) {
  describe(name, () => {
    test('is sent once when all is well', async () => {
      const scene = await startScene();
      await run(writersFor(scene.harness), scene);
      const received = writesReceived(scene);
      expect(received).toHaveLength(1);
      expect(received[0]).toMatch(new RegExp(`^${method} `));
    });

    for (const effect of broken) {
      if (bodyless === true && (effect.type === 'half' || effect.type === 'cut-json')) continue;
      const title = effect.type === 'answer' ? `an answer of ${effect.status}` : effect.type;
      test(`has an unknown outcome after ${title}, and is received once`, async () => {
        const scene = await startScene();
        const before = stateOf(scene);
        scene.harness.sandbox.server.faults.add({ method, path, effect });
        const error = await errorOf(run(writersFor(scene.harness), scene));
        expect(error).toBeInstanceOf(SourceError);
        expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
        expect(error.message).toContain('read before you repeat it');
        expect(writesReceived(scene)).toHaveLength(1);
        const acts = effect.type !== 'reset-before' && effect.type !== 'answer';
        expect(stateOf(scene) === before).toBe(!acts);
      });
    }

    for (const [status, outcome] of refused) {
      test(`is known not to have happened after ${status}`, async () => {
        const scene = await startScene();
        const body = JSON.stringify({ detail: 'no' });
        scene.harness.sandbox.server.faults.add({ method, path, effect: { type: 'answer', status, body } });
        const error = await errorOf(run(writersFor(scene.harness), scene));
        const code = error instanceof SourceError ? ` ${error.code}` : '';
        expect(error.name + code).toBe(outcome);
        expect(writesReceived(scene)).toHaveLength(1);
      });
    }

    test('is known not to have been sent when no connection can be made', async () => {
      const scene = await startScene();
      const door = await startDoor(scene.harness);
      await door.shut();
      scene.harness.asked();
      const error = await errorOf(run(door.writers, scene));
      expect(error).toMatchObject({ name: 'SourceError', code: 'SOURCE_UNAVAILABLE' });
      expect(writesReceived(scene)).toEqual([]);
    });
  });
}

describe('a restore whose second step breaks off', () => {
  for (const effect of broken) {
    const title = effect.type === 'answer' ? `an answer of ${effect.status}` : effect.type;
    test(`says that the items are saved and the deployment is unknown after ${title}`, async () => {
      const scene = await startScene();
      const { dataset, harness } = scene;
      const old = first(dataset.versions).id;
      harness.sandbox.state.deploy(dataset.id, 'production', newestOf(dataset).id);
      harness.sandbox.server.faults.add({ method: 'POST', path: '/environments/', effect });
      const restoring = writersFor(harness).datasets.restore(
        datasetKey(dataset.id),
        old,
        newestOf(dataset).id,
      );
      const error = await errorOf(restoring);
      expect(error).toBeInstanceOf(PartialWriteError);
      expect(error).toMatchObject({
        message: expect.stringContaining(`saved as version ${old}, and whether it was deployed is not known`),
        partial: {
          completedSteps: [`the items were saved as version ${old}`],
          failures: [{ path: ['versionRef'], code: 'OUTCOME_UNKNOWN' }],
        },
      });
      expect(writesReceived(scene)).toHaveLength(2);
    });
  }

  test('says that the deployment did not happen when it was refused', async () => {
    const { dataset, harness } = await startScene();
    const old = first(dataset.versions).id;
    harness.sandbox.state.deploy(dataset.id, 'production', newestOf(dataset).id);
    const effect = { type: 'answer', status: 401, body: '' } as const;
    harness.sandbox.server.faults.add({ method: 'POST', path: '/environments/', effect });
    const restoring = writersFor(harness).datasets.restore(datasetKey(dataset.id), old, newestOf(dataset).id);
    expect(await errorOf(restoring)).toMatchObject({
      message: expect.stringContaining('it was not deployed to "production"'),
      partial: { unknownCount: 0, failures: [{ code: 'UNAUTHENTICATED' }] },
    });
  });
});
