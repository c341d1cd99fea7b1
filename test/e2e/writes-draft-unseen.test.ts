import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { ada, asAda, freeDataset, idOfDraft, lockDraft, unlockDraft } from './drafts.ts';
import { takeWrites } from './writing.ts';

let gateway: TestGateway;
let dataset: Dataset;
let id: string;

beforeEach(async () => {
  // The second try of a call is what meets a lock that the first one has released already.
  gateway = await startTestGateway({ environment: { UPSTREAM_TRIES: '2' } });
  dataset = freeDataset(gateway);
  id = await idOfDraft(gateway, dataset);
  takeWrites(gateway);
});
afterEach(() => gateway.dispose());

/** The first look at the draft goes well, and none after it. */
function failLaterLooks(status: number): void {
  const { faults } = gateway.sandbox.datadog.server;
  const look = { method: 'GET', path: '/draft_state' };
  faults.add({ ...look, effect: { type: 'latency', milliseconds: 0 }, times: 1 });
  faults.add({ ...look, effect: { type: 'answer', status } });
}

const refusal = { type: 'answer', status: 404, body: '{"errors": [{"detail": "no draft lock"}]}' } as const;

describe('a draft lock that Datadog answers with 404, when nobody can be seen to hold it', () => {
  it('is told as a look that failed: a release where there is nothing to release', async () => {
    failLaterLooks(500);
    const { faults } = gateway.sandbox.datadog.server;
    faults.add({ method: 'PATCH', path: '/draft_state/unlock', effect: refusal });
    expect(await unlockDraft(gateway, id, asAda)).toMatchObject({
      __typename: 'SourceFailure',
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringMatching(/refused before \(404: no draft lock\).*could not be read.*sent again/),
    });
    faults.clear();
    expect((await unlockDraft(gateway, id, asAda)).__typename).toBe('UnlockDatasetDraftSuccess');
  });

  it('is told as not known: a release that was sent twice, the first of which took effect', async () => {
    expect((await lockDraft(gateway, id, asAda)).__typename).toBe('LockDatasetDraftSuccess');
    const { faults } = gateway.sandbox.datadog.server;
    const release = { method: 'PATCH', path: '/draft_state/unlock' };
    failLaterLooks(500);
    faults.add({ ...release, effect: { type: 'replace-body', status: 500, body: '' }, times: 1 });
    faults.add({ ...release, effect: refusal });
    expect(await unlockDraft(gateway, id, asAda)).toMatchObject({ __typename: 'OutcomeUnknownError' });
    expect(dataset.lock).toBeUndefined();
  });

  it('is told as a look that failed: a lock', async () => {
    failLaterLooks(503);
    const lock = { method: 'PATCH', path: '/draft_state/lock' };
    gateway.sandbox.datadog.server.faults.add({ ...lock, effect: refusal });
    expect(await lockDraft(gateway, id, asAda)).toMatchObject({
      __typename: 'SourceFailure',
      code: 'SOURCE_UNAVAILABLE',
    });
    gateway.sandbox.datadog.server.faults.clear();
    expect((await lockDraft(gateway, id, asAda)).taken).toMatchObject({ holder: { vendorId: ada.user.id } });
  });

  it('is told as the refusal that it is, where it says something else', async () => {
    failLaterLooks(500);
    const lock = { method: 'PATCH', path: '/draft_state/lock' };
    gateway.sandbox.datadog.server.faults.add({ ...lock, effect: { type: 'answer', status: 409, body: '' } });
    expect(await lockDraft(gateway, id, asAda)).toMatchObject({
      __typename: 'SourceFailure',
      code: 'CONFLICT',
    });
  });
});
