import { afterEach, describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Follower, follow, readWithCursor, type ShownEvent, watchFast } from './changes-following.ts';
import { idOf } from './reading.ts';

const { ben } = datadogCredentials.acme;
let gateway: TestGateway;
const followers: Follower[] = [];
const others: TestGateway[] = [];

async function start(environment: Readonly<Record<string, string>> = {}): Promise<string> {
  gateway = await startTestGateway({ environment: { ...watchFast, ...environment } });
  const { id: vendorId, projectId } = dataset();
  return idOf(gateway, { vendor: 'DATADOG', kind: 'DATASET', vendorId, parentVendorId: projectId });
}

afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
  await gateway.dispose();
  for (const other of others.splice(0)) await other.dispose();
});

function dataset(from = gateway) {
  return from.sandbox.datadog.state.dataset('acme', datadogSeed.largestDataset);
}

async function following(id: string, after?: string, from = gateway): Promise<Follower> {
  const follower = await follow(from, { field: 'datasetVersionChanged', ids: [id], after });
  followers.push(follower);
  return follower;
}

function addVersion(from = gateway): string {
  return String(from.sandbox.datadog.state.addVersion(dataset(from), ben.user));
}

describe('a cursor', () => {
  it('of an event goes on right after it, on another connection', async () => {
    const id = await start();
    const first = await following(id, await readWithCursor(gateway, 'dataset', id));
    const made = [addVersion()];
    const { cursor } = await first.next();
    await first.stop();
    made.push(addVersion());
    const second = await following(id, cursor);
    const event = await second.next();
    expect(event).toMatchObject({ action: 'CREATED', previousRef: made[0], versionRef: made[1] });
    expect(event.cursor).not.toBe(cursor);
  });

  it('gives the same events again, in the same order, as often as it is given', async () => {
    const id = await start();
    const cursor = await readWithCursor(gateway, 'dataset', id);
    const live = await following(id, cursor);
    const seen: ShownEvent[] = [];
    for (let made = 0; made < 4; made += 1) {
      addVersion();
      seen.push(await live.next());
    }
    const again = await following(id, cursor);
    // What an event shows of the dataset is as it is now.
    const steps = (events: readonly ShownEvent[]) => events.map(({ dataset: _, ...step }) => step);
    expect(steps(await again.take(4))).toEqual(steps(seen));
  });

  it('is good for every field and for any ids', async () => {
    const id = await start();
    const cursor = await readWithCursor(gateway, 'dataset', id);
    gateway.sandbox.datadog.state.lock(dataset(), ben.user);
    const versions = await following(id, cursor);
    addVersion();
    const { cursor: later } = await versions.next();
    const all = await follow(gateway, { field: 'changes', ids: [id], after: later });
    followers.push(all);
    expect(await all.next()).toMatchObject({
      __typename: 'DraftLockChange',
      previous: null,
      current: { holder: { name: ben.user.name } },
    });
  });

  it('from before a restart is a gap that says so, and what happens from then on is told', async () => {
    const id = await start();
    const other = await startTestGateway({ environment: watchFast });
    others.push(other);
    const cursor = await readWithCursor(other, 'dataset', id);
    const follower = await following(id, cursor);
    const gap = await follower.next();
    expect(gap).toMatchObject({ __typename: 'ChangeGap', reason: 'RESTARTED', resourceIds: null });
    const ref = addVersion();
    expect(await follower.next()).toMatchObject({ action: 'CREATED', versionRef: ref });
    await follower.stop();
    // What the gap says is over: the next connection begins after it.
    const next = addVersion();
    const again = await following(id, gap.cursor);
    expect((await again.take(2)).map(({ versionRef }) => versionRef)).toEqual([ref, next]);
  });

  it('whose events the log has dropped is a gap that says so, and then what is left', async () => {
    const id = await start({ CHANGE_LOG_ENTRIES: '2' });
    const cursor = await readWithCursor(gateway, 'dataset', id);
    const live = await following(id, cursor);
    const refs: string[] = [];
    for (let made = 0; made < 4; made += 1) {
      refs.push(addVersion());
      await live.next();
    }
    const late = await following(id, cursor);
    expect(await late.next()).toMatchObject({
      __typename: 'ChangeGap',
      reason: 'TRIMMED',
      resourceIds: null,
    });
    expect((await late.take(2)).map(({ versionRef }) => versionRef)).toEqual(refs.slice(2));
  });

  it('is not lost to what the log has dropped of others', async () => {
    const id = await start({ CHANGE_LOG_ENTRIES: '2' });
    const cursor = await readWithCursor(gateway, 'dataset', id);
    const locks = await follow(gateway, { field: 'draftLockChanged', ids: [id], after: cursor });
    followers.push(locks);
    for (let turn = 0; turn < 3; turn += 1) {
      gateway.sandbox.datadog.state.lock(dataset(), ben.user);
      await locks.next();
      gateway.sandbox.datadog.state.unlock(dataset());
      await locks.next();
    }
    const ref = addVersion();
    const versions = await following(id, cursor);
    expect(await versions.next()).toMatchObject({ action: 'CREATED', versionRef: ref });
  });

  const garbage = [
    '',
    'nonsense',
    '🦆',
    'YzEu',
    Buffer.from('c1.epoch.-1.5').toString('base64url'),
    Buffer.from('c1.epoch.1').toString('base64url'),
    Buffer.from('c2.epoch.1.5').toString('base64url'),
    'x'.repeat(5_000),
  ];
  it.each(garbage)('that is none (%j) is refused, with what to give', async (after) => {
    const id = await start();
    const follower = await following(id, after);
    const failure = await follower.next().catch((error: unknown) => error);
    expect(JSON.stringify(failure)).toContain('INVALID_INPUT');
    expect(JSON.stringify(failure)).toContain('changeCursor');
  });

  it('that is ahead of the log is refused', async () => {
    const id = await start();
    const cursor = await readWithCursor(gateway, 'dataset', id);
    const [version, epoch, , at] = Buffer.from(cursor, 'base64url').toString().split('.');
    const ahead = Buffer.from([version, epoch, '1000', at].join('.')).toString('base64url');
    const follower = await following(id, ahead);
    const failure = await follower.next().catch((error: unknown) => error);
    expect(JSON.stringify(failure)).toContain('INVALID_INPUT');
  });
});
