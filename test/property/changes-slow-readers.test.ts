import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Subscription } from '../../src/changes/subscription.ts';
import { type Dataset, World } from './changes-world.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function makeWorld(maxEntries: number): { world: World; dataset: Dataset } {
  const world = new World({
    kind: 'counted',
    datasets: 1,
    oneGroup: false,
    maxEntries,
    maxStates: 100,
    delays: [0],
  });
  const [dataset] = world.datasets;
  if (dataset === undefined) throw new Error('there is one');
  return { world, dataset };
}

async function follow(world: World, signal = new AbortController().signal): Promise<Subscription> {
  const interests = world.interests();
  return world.feed.subscribe(interests, await world.feed.place(interests, undefined), signal);
}

/** Begins to read, so that the reader stands at the end of the log. */
async function live(
  world: World,
): Promise<{ subscription: Subscription; pending: ReturnType<Subscription['next']> }> {
  const subscription = await follow(world);
  const pending = subscription.next();
  await vi.advanceTimersByTimeAsync(5);
  return { subscription, pending };
}

async function makeVersions(world: World, dataset: Dataset, count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) {
    world.makeVersion(dataset);
    await vi.advanceTimersByTimeAsync(5);
  }
}

describe('a reader that stops reading', () => {
  it('gets one gap when it reads again, then what is left, while another was told everything', async () => {
    const { world, dataset } = makeWorld(10);
    const slow = await live(world);
    const quick = await live(world);
    let told = 0;
    const reading = (async () => {
      await quick.pending;
      told += 1;
      while ((await quick.subscription.next()).done !== true) told += 1;
    })();
    await makeVersions(world, dataset, 40);
    expect(told).toBe(40);
    const kinds: unknown[] = [];
    const first = await slow.pending;
    kinds.push(first.value?.change.kind);
    for (let read = 0; read < 11; read += 1) {
      const { value } = await slow.subscription.next();
      kinds.push(value?.change.kind === 'GAP' ? value.change.reason : value?.change.kind);
    }
    expect(kinds).toEqual(['DATASET_VERSION', 'SLOW_CONSUMER', ...Array(10).fill('DATASET_VERSION')]);
    await slow.subscription.return();
    await quick.subscription.return();
    await reading;
    await world.dispose();
  });

  it('holds no more than a handful of events', async () => {
    const { world, dataset } = makeWorld(1_000);
    const readers = await Promise.all(Array.from({ length: 50 }, () => live(world)));
    await makeVersions(world, dataset, 200);
    // What is not read is in the log, once; a reader that reads on finds all of it.
    for (const { subscription, pending } of readers) {
      const refs = [await pending];
      while (refs.length < 200) refs.push(await subscription.next());
      const numbers = refs.map(({ value }) =>
        value?.change.kind === 'DATASET_VERSION' ? Number(value.change.versionRef) : 0,
      );
      expect(numbers).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
      await subscription.return();
    }
    await world.dispose();
  });
});

describe('a subscription as an iterator', () => {
  it('ends what waits for an event when it is returned, and stays ended', async () => {
    const { world } = makeWorld(10);
    const { subscription, pending } = await live(world);
    expect(await subscription.return()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await subscription.next()).toEqual({ done: true, value: undefined });
    expect(world.feed.subscribers).toBe(0);
    await world.dispose();
  });

  it('answers calls that were not waited for in their order', async () => {
    const { world, dataset } = makeWorld(10);
    const { subscription, pending } = await live(world);
    const more = [pending, subscription.next(), subscription.next()];
    await makeVersions(world, dataset, 3);
    const events = await Promise.all(more);
    expect(
      events.map(({ value }) =>
        value?.change.kind === 'DATASET_VERSION' ? value.change.versionRef : undefined,
      ),
    ).toEqual(['1', '2', '3']);
    await subscription.return();
    await world.dispose();
  });

  it('ends with the signal of its caller, once, also before it was read', async () => {
    const { world } = makeWorld(10);
    const controller = new AbortController();
    const subscription = await follow(world, controller.signal);
    const dead = await follow(world, AbortSignal.abort());
    expect(world.feed.subscribers).toBe(1);
    controller.abort();
    await subscription.return();
    expect(world.feed.subscribers).toBe(0);
    expect((await subscription.next()).done).toBe(true);
    expect((await dead.next()).done).toBe(true);
    await expect(subscription.throw(new Error('of its reader'))).rejects.toThrow('of its reader');
    await vi.advanceTimersByTimeAsync(20);
    expect(world.watchers.loops).toBe(0);
    await world.dispose();
  });
});
