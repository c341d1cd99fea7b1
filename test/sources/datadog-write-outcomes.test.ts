import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../sandbox/core/fault.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { writeRules } from '../../src/sources/datadog/write-rules.ts';
import { at, source } from './datadog-harness.ts';
import { ada, edit, items, startWriteHarness, thrown, type WriteHarness } from './datadog-write-harness.ts';

type Endpoint = keyof typeof writeRules;

interface Case {
  readonly method: string;
  /** The path of the write, to its end. */
  readonly path: string;
  /** Whether its answer has a body that can be cut. */
  readonly answers: boolean;
  readonly run: (harness: WriteHarness) => Promise<unknown>;
  /** A number that each application moves by one. */
  readonly applied: (harness: WriteHarness) => number;
}

const prompt = keyOf(source, 'PROMPT', 'refund-reply');
const text = { kind: 'TEXT', text: 'New' } as const;

function datasetCount({ sandbox, seeded }: WriteHarness): number {
  return sandbox.state.project('acme', seeded.projectId).datasets.size;
}

const cases: Readonly<Record<Endpoint, Case>> = {
  CreateLLMObsDataset: {
    method: 'POST',
    path: '/datasets$',
    answers: true,
    run: ({ writers, project }) => writers().datasets.create({ name: 'new', project, items: [] }),
    applied: datasetCount,
  },
  UpdateLLMObsDataset: {
    method: 'PATCH',
    path: '/datasets/[^/]+$',
    answers: true,
    run: ({ writers, dataset }) => writers().datasets.update(dataset, { name: 'renamed' }),
    applied: ({ seeded }) => (seeded.name === 'renamed' ? 1 : 0),
  },
  DeleteLLMObsDatasets: {
    method: 'POST',
    path: '/datasets/delete$',
    answers: false,
    run: ({ writers, dataset }) => writers().datasets.delete(dataset),
    applied: (harness) => -datasetCount(harness),
  },
  CloneLLMObsDataset: {
    method: 'POST',
    path: '/clone$',
    answers: true,
    run: ({ writers, dataset }) => writers().datasets.clone(dataset, { name: 'copy' }),
    applied: datasetCount,
  },
  BatchUpdateLLMObsDataset: {
    method: 'POST',
    path: '/batch_update$',
    answers: true,
    run: ({ writers, dataset }) => writers().datasets.editItems(dataset, edit({ add: items(2) }), '7'),
    applied: ({ seeded }) => seeded.currentVersion,
  },
  RestoreLLMObsDatasetVersion: {
    method: 'POST',
    path: '/restore$',
    answers: false,
    run: ({ writers, dataset }) => writers().datasets.restore(dataset, '4', '7'),
    applied: ({ seeded }) => seeded.currentVersion,
  },
  LockLLMObsDatasetDraftState: {
    method: 'PATCH',
    path: '/lock$',
    answers: true,
    run: ({ writers, dataset }) => writers().datasets.lock(dataset, undefined),
    applied: ({ seeded }) => (seeded.lock === undefined ? 0 : 1),
  },
  UnlockLLMObsDatasetDraftState: {
    method: 'PATCH',
    path: '/unlock$',
    answers: false,
    run: ({ writers, dataset, sandbox, seeded }) => {
      sandbox.state.lock(seeded, ada.user);
      return writers().datasets.unlock(dataset, ada.user.id);
    },
    applied: ({ seeded }) => (seeded.lock === undefined ? 0 : -1),
  },
  CreateLLMObsPrompt: {
    method: 'POST',
    path: '/prompts$',
    answers: true,
    run: ({ writers }) => writers().prompts.create({ name: 'new', content: text }),
    applied: ({ sandbox }) => sandbox.state.tenant('acme').prompts.size,
  },
  CreateLLMObsPromptVersion: {
    method: 'POST',
    path: '/versions$',
    answers: true,
    run: async ({ writers, connect }) => {
      const base = await connect().prompts.latestVersion(prompt, true);
      if (base === null) throw new Error('it has versions');
      return writers().prompts.publish(prompt, { content: text, config: null }, base);
    },
    applied: ({ sandbox }) => sandbox.state.prompt('acme', 'refund-reply').versions.length,
  },
  DeleteLLMObsPrompt: {
    method: 'DELETE',
    path: '/prompts/[^/]+$',
    answers: true,
    run: ({ writers }) => writers().prompts.archive(prompt),
    applied: ({ sandbox }) => -sandbox.state.tenant('acme').prompts.size,
  },
};

const table = Object.entries(cases) as [Endpoint, Case][]; // The keys are those of the record.

/** Runs the write under a fault, and counts what the vendor received of it and how often it was applied. */
async function underFault({ method, path, run, applied }: Case, effect: FaultInput['effect']) {
  const harness = await startWriteHarness();
  harness.sandbox.server.faults.add({ method, path, effect });
  const before = applied(harness);
  const outcome = await run(harness).then(
    () => undefined,
    (error: unknown) => error,
  );
  const pattern = new RegExp(path);
  const received = harness.sandbox.server.requests.all.filter(
    (request) => request.method === method && pattern.test(request.url),
  );
  return { outcome, received: received.length, applications: applied(harness) - before };
}

describe.each(table)('%s', (endpoint, one) => {
  const applied = endpoint === 'UnlockLLMObsDatasetDraftState' ? 0 : 1;
  const notApplied = endpoint === 'UnlockLLMObsDatasetDraftState' ? -1 : 0;

  it('says whether it may be repeated, and why', () => {
    const { repeat, why, source: from } = writeRules[endpoint];
    expect(['safe', 'never']).toContain(repeat);
    expect(why.length).toBeGreaterThan(40);
    expect(from).not.toBe('');
  });

  it('is not known after a connection that broke before the vendor acted', async () => {
    const { outcome, received, applications } = await underFault(one, { type: 'reset-before' });
    expect(outcome).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect([received, applications]).toEqual([1, notApplied]);
  });

  it('is not known after a connection that broke when the vendor had acted', async () => {
    const { outcome, received, applications } = await underFault(one, { type: 'reset-after' });
    expect(outcome).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect([received, applications]).toEqual([1, applied]);
  });

  it.each(['half', 'cut-json'] as const)('is not known after an answer that is cut (%s)', async (type) => {
    const { outcome, received, applications } = await underFault(one, { type });
    // An answer without a body has nothing that can be missing of it.
    if (one.answers) expect(outcome).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    else expect([undefined, 'OUTCOME_UNKNOWN']).toContain((outcome as { code?: string } | undefined)?.code);
    expect([received, applications]).toEqual([1, applied]);
  });

  it.each([408, 500, 502, 503])('is not known after %d', async (status) => {
    const { outcome, received } = await underFault(one, { type: 'answer', status });
    expect(outcome).toMatchObject({ code: 'OUTCOME_UNKNOWN', httpStatus: status });
    expect(received).toBe(1);
  });

  it('is not known after an answer that is not what it documents', async () => {
    const { outcome, received } = await underFault(one, { type: 'answer', status: 200, body: '<html>' });
    expect(outcome).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(received).toBe(1);
  });

  it.each([400, 401, 403, 409, 422, 423, 429])('was not done after %d', async (status) => {
    const { outcome, received, applications } = await underFault(one, { type: 'answer', status });
    if (endpoint !== 'UnlockLLMObsDatasetDraftState') expect(outcome).toBeInstanceOf(Error);
    expect((outcome as { code?: string } | undefined)?.code).not.toBe('OUTCOME_UNKNOWN');
    expect([received, applications]).toEqual([1, notApplied]);
  });

  it('is not sent where the vendor cannot be reached', async () => {
    const harness = await startWriteHarness();
    const { sandbox, writers } = harness;
    const { method, path } = one;
    const all = sandbox.server.requests.all;
    // Reads are answered; the vendor is gone when the write is sent.
    const gone = (): typeof harness => ({
      ...harness,
      writers: () => {
        const made = writers();
        made.happening('before', 0, () => void sandbox.server.dispose());
        return made;
      },
    });
    const error = await thrown(one.run(gone()));
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(all.filter((request) => request.method === method && new RegExp(path).test(request.url))).toEqual(
      [],
    );
  });
});

it('every write in the client has a rule, and is tried here', () => {
  expect(table).toHaveLength(Object.keys(writeRules).length);
  expect(at(table, 0)[0]).toBe('CreateLLMObsDataset');
});
