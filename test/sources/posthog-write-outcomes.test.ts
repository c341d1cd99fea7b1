import { beforeEach, describe, expect, it } from 'vitest';
import type { FaultInput } from '../../sandbox/core/fault.ts';
import { SourceError } from '../../src/domain/errors.ts';
import { PartialWriteError } from '../../src/domain/write-errors.ts';
import { writeRules } from '../../src/sources/posthog/write-rules.ts';
import { failureOf, firstOf, key, projectId } from './posthog-harness.ts';
import { usePostHogWrites, type Writers, writersOf } from './posthog-write-harness.ts';

const test = usePostHogWrites();

type Name = keyof typeof writeRules;

interface Case {
  /** Matches its requests and no other's. */
  readonly path: RegExp;
  readonly run: (writers: Writers) => Promise<unknown>;
  readonly later?: true;
  /** True where something is written before it. */
  readonly isPartial?: true;
  /** True where the answer has no body that could be cut. */
  readonly isBare?: true;
}

const seeded = () => test.sandbox.state.project(projectId);
const dataset = () => key.dataset(firstOf(seeded().datasets).id);
const prompt = () => key.prompt(firstOf([...seeded().prompts.keys()]));
const review = () => key.review(firstOf(seeded().reviews.filter(({ deleted }) => !deleted)).id);

function items(isDeleted: boolean) {
  const of = seeded().items.filter((item) => item.dataset.id === firstOf(seeded().datasets).id);
  return key.item(firstOf(of.filter((item) => (item.versions.at(-1)?.deleted === true) === isDeleted)).id);
}

const content = { kind: 'TEXT', text: 'x' } as const;
const noEdit = { add: [], update: [], remove: [] };

async function publish({ prompts, promptWriter }: Writers, labels: readonly string[]): Promise<unknown> {
  const base = (await prompts.latestVersion(prompt(), true)) ?? expect.fail('it has a version');
  return promptWriter.publish(prompt(), { content, config: base.config ?? null, labels }, base);
}

const cases: Readonly<Record<Name, Case>> = {
  createDataset: {
    path: /\/datasets\/$/,
    run: ({ datasetWriter }) => datasetWriter.create({ name: 'x', items: [] }),
  },
  updateDataset: {
    path: /\/datasets\/[^/]+\/$/,
    run: ({ datasetWriter }) => datasetWriter.update(dataset(), { name: 'x' }),
  },
  deleteDataset: {
    path: /\/datasets\/[^/]+\/$/,
    run: ({ datasetWriter }) => datasetWriter.delete(dataset()),
  },
  archiveDataset: {
    path: /\/archive\/$/,
    run: ({ datasetWriter }) => datasetWriter.delete(dataset()),
    later: true,
  },
  createItem: {
    path: /\/dataset_items\/$/,
    run: ({ datasetWriter }) => datasetWriter.editItems(dataset(), { ...noEdit, add: [{}] }, null),
  },
  updateItem: {
    path: /\/dataset_items\/[^/]+\/$/,
    run: ({ datasetWriter }) =>
      datasetWriter.editItems(dataset(), { ...noEdit, update: [{ item: items(false), input: 1 }] }, null),
  },
  removeItem: {
    path: /\/dataset_items\/[^/]+\/$/,
    run: ({ datasetWriter }) =>
      datasetWriter.editItems(dataset(), { ...noEdit, remove: [items(false)] }, null),
  },
  archiveItem: {
    path: /\/archive\/$/,
    run: ({ datasetWriter }) =>
      datasetWriter.editItems(dataset(), { ...noEdit, remove: [items(false)] }, null),
    later: true,
  },
  restoreItem: {
    path: /\/restore\/$/,
    run: ({ datasetWriter }) =>
      datasetWriter.editItems(
        dataset(),
        { ...noEdit, update: [{ item: items(true), deleted: false }] },
        null,
      ),
    later: true,
  },
  createPrompt: {
    path: /\/llm_prompts\/$/,
    run: ({ promptWriter }) => promptWriter.create({ name: 'a-new-one', content }),
  },
  publishPrompt: { path: /\/name\/[^/]+\/$/, run: (writers) => publish(writers, []) },
  archivePrompt: {
    path: /\/archive\/$/,
    run: ({ promptWriter }) => promptWriter.archive(prompt()),
    isBare: true,
  },
  duplicatePrompt: {
    path: /\/duplicate\/$/,
    run: ({ promptWriter }) => promptWriter.duplicate(prompt(), 'a-copy'),
  },
  setLabel: {
    path: /\/labels\//,
    run: (writers) => publish(writers, ['prod']),
    later: true,
    isPartial: true,
  },
  createReview: {
    path: /\/trace_reviews\/$/,
    run: ({ reviewWriter }) => reviewWriter.create('a-new-trace', { comment: 'x' }),
  },
  updateReview: {
    path: /\/trace_reviews\/[^/]+\/$/,
    run: ({ reviewWriter }) => reviewWriter.update(review(), { comment: 'x' }),
  },
  deleteReview: {
    path: /\/trace_reviews\/[^/]+\/$/,
    run: ({ reviewWriter }) => reviewWriter.delete(review()),
    isBare: true,
  },
  translate: { path: /\/translate\/$/, run: ({ translate }) => translate('x', undefined) },
};

const names = Object.keys(cases) as Name[]; // Object.keys forgets the keys' type.

/** How often the sandbox received the write. */
function received(name: Name): number {
  const { method } = writeRules[name];
  return test.sandbox.server.requests.all.filter(
    (request) => request.method === method && cases[name].path.test(request.url),
  ).length;
}

function fault(name: Name, effect: FaultInput['effect']): void {
  test.sandbox.server.faults.add({
    method: writeRules[name].method,
    path: cases[name].path.source,
    effect,
  });
}

/** All that the sandbox holds, to see whether anything was written. */
function state(): string {
  const { datasets, items: rows, prompts, reviews } = seeded();
  return JSON.stringify([
    datasets.map(({ id, name, deleted }) => [id, name, deleted]),
    rows.map(({ id, versions }) => [id, versions.length]),
    [...prompts.values()].map(({ name, versions, labels }) => [name, versions.length, [...labels.keys()]]),
    reviews.map(({ id, comment, deleted }) => [id, comment, deleted]),
  ]);
}

function expectUnknown(name: Name, error: unknown): void {
  if (cases[name].isPartial) {
    expect(error).toBeInstanceOf(PartialWriteError);
    expect(error).toMatchObject({ partial: { unknownCount: 1, failures: [{ code: 'OUTCOME_UNKNOWN' }] } });
  } else {
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  }
}

describe.each(names)('%s', (name) => {
  const { run, later, isPartial, isBare } = cases[name];
  beforeEach(() => {
    test.sandbox.switches.laterDatasets = later === true;
    test.sandbox.switches.labels = later === true;
  });

  it('is received once', async () => {
    await run(writersOf(test.connect()));
    expect(received(name)).toBe(1);
  });

  it('is not sent where nobody listens, and says so', async () => {
    const before = state();
    const error = await failureOf(run(test.refused(writeRules[name].endpoint)));
    const failure = { code: 'SOURCE_UNAVAILABLE' };
    expect(error).toMatchObject(isPartial ? { partial: { unknownCount: 0, failures: [failure] } } : failure);
    expect(received(name)).toBe(0);
    if (!isPartial) expect(state()).toBe(before);
  });

  it.each(['reset-before', 'reset-after', 'half', 'cut-json'] as const)(
    'after %s is unknown',
    async (type) => {
      const before = state();
      fault(name, { type });
      // Nothing of an answer without a body is missing when it breaks off.
      const isWhole = isBare === true && (type === 'half' || type === 'cut-json');
      const outcome = await run(writersOf(test.connect())).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (!isWhole || outcome !== undefined) expectUnknown(name, outcome);
      expect(received(name)).toBe(1);
      if (type === 'reset-before' && !isPartial) expect(state()).toBe(before);
    },
  );

  it.each([500, 503, 408])('after %i is unknown', async (status) => {
    fault(name, { type: 'answer', status });
    expectUnknown(name, await failureOf(run(writersOf(test.connect()))));
    expect(received(name)).toBe(1);
  });

  it.each([400, 401, 403, 409, 413, 429])('after %i is known not to have happened', async (status) => {
    fault(name, { type: 'answer', status, headers: { 'retry-after': '9' } });
    const error = await failureOf(run(writersOf(test.connect())));
    expect(error).not.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    if (isPartial) expect(error).toMatchObject({ partial: { unknownCount: 0 } });
    expect(received(name)).toBe(1);
  });
});
