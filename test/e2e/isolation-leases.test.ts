import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Dataset, datadogCredentials } from '../../sandbox/datadog/index.ts';
import { crossingsIn, type Party, parties } from '../support/callers-of-two.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { plantTwins } from '../support/twins.ts';
import {
  asAda,
  asBen,
  freeDataset,
  type Headers,
  idOfDraft,
  lockDraft,
  readLock,
  unlockDraft,
} from './drafts.ts';

const { benAgain } = datadogCredentials.acme;
const { gia } = datadogCredentials.globex;
const keysOf = ({ apiKey, applicationKey }: typeof gia | typeof benAgain): Headers => ({
  'x-datadog-api-key': apiKey,
  'x-datadog-application-key': applicationKey,
});
const mapped: Readonly<Record<string, Headers>> = {
  'caller-mapped-one': asBen,
  'caller-beside-one': asBen,
  'caller-ben-again': keysOf(benAgain),
  'caller-of-ada': asAda,
  'caller-mapped-two': keysOf(gia),
};
const as = (name: string): Headers => ({ authorization: `Bearer key-of-${name}-0123456789` });
const [one, beside, again, ada, two] = Object.keys(mapped).map(as) as [
  Headers,
  Headers,
  Headers,
  Headers,
  Headers, // One for each caller of the table.
];

let gateway: TestGateway;
let id: string;
let dataset: Dataset;
let twin: Dataset;

beforeAll(async () => {
  gateway = await startTestGateway({
    environment: {
      API_KEYS: JSON.stringify(
        Object.keys(mapped).map((name) => ({
          name,
          key: `key-of-${name}-0123456789`,
          scopes: ['read', 'write'],
        })),
      ),
      CALLER_CREDENTIALS: JSON.stringify(
        Object.fromEntries(Object.entries(mapped).map(([name, headers]) => [`key:${name}`, headers])),
      ),
    },
  });
  dataset = freeDataset(gateway);
  plantTwins(gateway.sandbox);
  twin = gateway.sandbox.datadog.state.dataset('globex', dataset.id);
  id = await idOfDraft(gateway, dataset, one);
});
afterAll(() => gateway.dispose());
beforeEach(async () => {
  for (const headers of [one, beside, again, ada, two]) await unlockDraft(gateway, id, headers);
  expect([dataset.lock, twin.lock]).toEqual([undefined, undefined]);
});

const globex: Party = parties.globexMapped;

describe('draft leases of callers with other credentials', () => {
  it('of another organisation stand beside each other on the same id, and end by themselves', async () => {
    expect((await lockDraft(gateway, id, one)).__typename).toBe('LockDatasetDraftSuccess');
    const taken = await lockDraft(gateway, id, two);
    expect(taken.__typename).toBe('LockDatasetDraftSuccess');
    expect(crossingsIn(JSON.stringify(taken), globex)).toEqual([]);
    expect([dataset.lock?.userId, twin.lock?.userId]).toEqual([
      datadogCredentials.acme.ben.user.id,
      gia.user.id,
    ]);
    expect(await readLock(gateway, id, one)).toMatchObject({ kind: 'GATEWAY', heldByCaller: true });
    expect(await readLock(gateway, id, two)).toMatchObject({ kind: 'GATEWAY', heldByCaller: true });

    // The one who leaves takes nothing of the other along.
    expect((await unlockDraft(gateway, id, two)).__typename).toBe('UnlockDatasetDraftSuccess');
    expect(twin.lock).toBeUndefined();
    expect(await readLock(gateway, id, one)).toMatchObject({ kind: 'GATEWAY', heldByCaller: true });
    expect(await lockDraft(gateway, id, beside)).toMatchObject({
      __typename: 'DraftLockedError',
      message: expect.stringContaining('caller-mapped-one'),
    });
  });

  it('of another user of the same organisation are not told: the lock is shown as the vendor has it', async () => {
    await lockDraft(gateway, id, one);
    const shown = { kind: 'VENDOR', holder: { name: 'Ben Okafor' } };
    expect(await readLock(gateway, id, ada)).toMatchObject(shown);
    for (const act of [lockDraft, unlockDraft]) {
      const refused = await act(gateway, id, ada);
      expect(refused).toMatchObject({ __typename: 'DraftLockedError', lock: { kind: 'VENDOR' } });
      expect(JSON.stringify(refused)).not.toMatch(/caller-/);
    }
    expect(await readLock(gateway, id, one)).toMatchObject({ kind: 'GATEWAY', heldByCaller: true });
  });

  it('of the same user by another key keep the draft, and do not tell who has it', async () => {
    // So that the gateway knows whom the vendor takes this key for.
    await lockDraft(gateway, id, again);
    await unlockDraft(gateway, id, again);
    await lockDraft(gateway, id, one);
    for (const act of [lockDraft, unlockDraft]) {
      const refused = await act(gateway, id, again);
      expect(refused).toMatchObject({ __typename: 'DraftLockedError', lock: { kind: 'VENDOR' } });
      expect(JSON.stringify(refused)).not.toMatch(/caller-/);
    }
    expect(dataset.lock).toBeDefined();
    expect(await readLock(gateway, id, one)).toMatchObject({ kind: 'GATEWAY', heldByCaller: true });
  });
});
