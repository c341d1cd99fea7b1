import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultInput } from '../../sandbox/core/fault.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { freeDataset, idOfDraft, type LockResult, lockDraft, readLock, unlockDraft } from './drafts.ts';

let gateway: TestGateway;
let id: string;

beforeEach(async () => {
  gateway = await startTestGateway({ environment: { UPSTREAM_TRIES: '2' } });
  id = await idOfDraft(gateway, freeDataset(gateway));
});
afterEach(() => gateway.dispose());

const server = () => gateway.sandbox.datadog.server;
const sent = () => server().requests.all.filter(({ method }) => method === 'PATCH').length;

/** Plays a fault at every read from the moment on that a write to the draft has arrived; the write itself goes on. */
async function whileBlindAfter(act: typeof lockDraft, effect: FaultInput['effect']): Promise<LockResult> {
  server().requests.clear();
  const acted = act(gateway, id);
  await server().requests.waitFor(() => sent() > 0);
  const lift = server().faults.add({ method: 'GET', path: '/datasets', effect });
  try {
    return await acted;
  } finally {
    lift();
  }
}

/** What the vendor answers to a write to the draft. */
function answerWrites(effect: FaultInput['effect']): void {
  server().faults.add({ method: 'PATCH', path: '/draft_state/', effect });
}

const failures = [
  ['is down', { type: 'answer', status: 503 }, 'SOURCE_UNAVAILABLE', null],
  ['breaks off', { type: 'reset-before' }, 'SOURCE_UNAVAILABLE', null],
  [
    'is at its limit',
    { type: 'answer', status: 429, headers: { 'retry-after': '600' } },
    'RATE_LIMITED',
    600,
  ],
  ['sends another shape', { type: 'answer', status: 200, body: '7' }, 'SOURCE_CONTRACT_VIOLATION', null],
] as const;

describe('a draft of which the vendor says 404, and who holds it cannot be read because the vendor', () => {
  it.each(failures)(
    '%s: an unlock is told that, and not that there is no dataset',
    async (_how, effect, code, wait) => {
      const told = await whileBlindAfter(unlockDraft, effect);
      expect(told).toMatchObject({
        __typename: 'SourceFailure',
        code,
        vendor: 'DATADOG',
        retryAfterSeconds: wait,
        message: expect.stringMatching(/404 .*of the lock alone or of the dataset could not be read/),
      });
      // It can be repeated, and then it is a success.
      expect(await unlockDraft(gateway, id)).toMatchObject({ __typename: 'UnlockDatasetDraftSuccess' });
    },
  );

  it.each(failures)('%s: a lock is told that too', async (_how, effect, code) => {
    answerWrites({ type: 'answer', status: 404 });
    expect(await whileBlindAfter(lockDraft, effect)).toMatchObject({ __typename: 'SourceFailure', code });
  });
});

it('an unlock that was repeated after trouble and then finds nothing is not known to have been the one', async () => {
  await lockDraft(gateway, id);
  const { faults } = server();
  faults.add({ path: '/unlock$', effect: { type: 'replace-body', status: 503, body: '{}' }, times: 1 });
  expect(await whileBlindAfter(unlockDraft, { type: 'answer', status: 503 })).toMatchObject({
    __typename: 'OutcomeUnknownError',
    vendor: 'DATADOG',
  });
  expect(sent()).toBe(2);
  expect(await readLock(gateway, id)).toBeNull();
});

it('a lock that the vendor took without a word on its holder, and that cannot be read back, is not known', async () => {
  answerWrites({ type: 'replace-body', body: '{"data":null}' });
  expect(await whileBlindAfter(lockDraft, { type: 'answer', status: 503 })).toMatchObject({
    __typename: 'OutcomeUnknownError',
    message: expect.stringContaining('could not be read'),
  });
});
