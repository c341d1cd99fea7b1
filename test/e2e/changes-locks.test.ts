import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import {
  type Follower,
  follow,
  readCursor,
  readWithCursor,
  type ShownEvent,
  watchFast,
} from './changes-following.ts';
import {
  ada,
  apiKeys,
  asAda,
  asBen,
  asCaller,
  ben,
  freeDataset,
  idOfDraft,
  lockDraft,
  unlockDraft,
} from './drafts.ts';

let gateway: TestGateway;
let dataset: Dataset;
let id: string;
const followers: Follower[] = [];

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  gateway = await startTestGateway({ environment: { ...watchFast, ...environment } });
  dataset = freeDataset(gateway);
}

async function following(after: string | undefined, headers = {}): Promise<Follower> {
  const follower = await follow(gateway, { field: 'draftLockChanged', ids: [id], after, headers });
  followers.push(follower);
  return follower;
}

afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
  await gateway.dispose();
});

/** Who held it before and after, and where that was done. */
function moves(events: readonly ShownEvent[]): readonly unknown[] {
  return events.map(({ __typename, origin, previous, current }) => {
    expect(__typename).toBe('DraftLockChange');
    return [origin, previous?.holder.name ?? null, current?.holder.name ?? null];
  });
}

describe('locks behind the gateway’s back', () => {
  beforeEach(async () => {
    await start();
    id = await idOfDraft(gateway, dataset);
  });

  it('are told as taken, handed over and released, each once', async () => {
    const { state } = gateway.sandbox.datadog;
    const follower = await following(await readWithCursor(gateway, 'dataset', id));
    const events: ShownEvent[] = [];
    state.lock(dataset, ada.user);
    events.push(await follower.next());
    state.lock(dataset, ben.user);
    events.push(await follower.next());
    state.unlock(dataset);
    events.push(await follower.next());
    state.lock(dataset, ada.user);
    events.push(await follower.next());
    expect(moves(events)).toEqual([
      ['VENDOR', null, ada.user.name],
      ['VENDOR', ada.user.name, ben.user.name],
      ['VENDOR', ben.user.name, null],
      ['VENDOR', null, ada.user.name],
    ]);
  });

  it('that was taken after the cursor and before anybody followed is told', async () => {
    const cursor = await readWithCursor(gateway, 'dataset', id);
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    const follower = await following(cursor);
    expect(moves([await follower.next()])).toEqual([['VENDOR', null, ben.user.name]]);
  });

  it('of data that nobody has read is a gap, at once', async () => {
    const cursor = await readCursor(gateway);
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    const follower = await following(cursor);
    expect(await follower.next()).toMatchObject({
      __typename: 'ChangeGap',
      reason: 'UNOBSERVED',
      resourceIds: [id],
    });
    gateway.sandbox.datadog.state.unlock(dataset);
    expect(moves([await follower.next()])).toEqual([['VENDOR', ben.user.name, null]]);
  });
});

describe('locks through this gateway', () => {
  it('are told once, and not again when they are seen at the vendor', async () => {
    await start();
    id = await idOfDraft(gateway, dataset, asAda);
    const cursor = await readWithCursor(gateway, 'dataset', id, asAda);
    const follower = await following(cursor, asAda);
    expect((await lockDraft(gateway, id, asAda)).__typename).toBe('LockDatasetDraftSuccess');
    expect((await unlockDraft(gateway, id, asAda)).__typename).toBe('UnlockDatasetDraftSuccess');
    // Seen by a later look than any that could have seen the others.
    const events = [...(await follower.take(2))];
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    events.push(await follower.next());
    expect(moves(events)).toEqual([
      ['GATEWAY', null, ada.user.name],
      ['GATEWAY', ada.user.name, null],
      ['VENDOR', null, ben.user.name],
    ]);
  });

  it('of one user are told to another, who sees them at the vendor', async () => {
    await start();
    id = await idOfDraft(gateway, dataset, asAda);
    const ofBen = await following(await readWithCursor(gateway, 'dataset', id, asBen), asBen);
    await lockDraft(gateway, id, asAda);
    const events = [await ofBen.next()];
    await unlockDraft(gateway, id, asAda);
    events.push(await ofBen.next());
    expect(moves(events)).toEqual([
      ['VENDOR', null, ada.user.name],
      ['VENDOR', ada.user.name, null],
    ]);
  });

  it('between callers of shared credentials name the caller who has it', async () => {
    await start({ API_KEYS: apiKeys });
    const [alice, bob] = [asCaller('alice'), asCaller('bob')];
    id = await idOfDraft(gateway, dataset, alice);
    const follower = await following(await readWithCursor(gateway, 'dataset', id, bob), bob);
    const events: ShownEvent[] = [];
    await lockDraft(gateway, id, alice);
    events.push(await follower.next());
    await unlockDraft(gateway, id, alice);
    events.push(await follower.next());
    await lockDraft(gateway, id, bob);
    events.push(await follower.next());
    expect(moves(events)).toEqual([
      ['GATEWAY', null, 'alice'],
      ['GATEWAY', 'alice', null],
      ['GATEWAY', null, 'bob'],
    ]);
    // Taken over by the person whom the gateway calls as nobody for.
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    expect(moves([await follower.next()])).toEqual([['VENDOR', 'bob', ben.user.name]]);
  });
});
