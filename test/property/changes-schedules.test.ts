import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Client } from './changes-client.ts';
import { type Dataset, World, type WorldOptions } from './changes-world.ts';

/*
 * Whatever happens in whichever order, a client that follows the feed, and comes back with its last cursor, ends up
 * believing what is so: nothing is lost, nothing comes out of order, nothing comes twice in one connection.
 */

const acts = [
  'lock',
  'make',
  'drop',
  'write lock',
  'write version',
  'connect',
  'disconnect',
  'pause',
  'resume',
  'somebody reads',
  'fall',
  'rise',
  'wait',
] as const;

interface Step {
  readonly act: (typeof acts)[number];
  readonly which: number;
  readonly wait: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(...acts),
  which: fc.nat(2),
  wait: fc.nat(6),
});

const options = (kind: WorldOptions['kind']): fc.Arbitrary<WorldOptions> =>
  fc.record({
    kind: fc.constant(kind),
    datasets: fc.integer({ min: 1, max: 3 }),
    oneGroup: fc.boolean(),
    maxEntries: fc.constantFrom(2, 1_000),
    maxStates: fc.constantFrom(2, 1_000),
    delays: fc.array(fc.nat(4), { minLength: 3, maxLength: 17 }),
  });

const fake = ['setTimeout', 'clearTimeout'] as const;
beforeEach(() => {
  vi.useFakeTimers({ toFake: [...fake] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What each act does, begun and not waited for. */
const performing: Readonly<Record<Step['act'], (world: World, client: Client, dataset: Dataset) => unknown>> =
  {
    lock: (world, _client, dataset) => world.moveLock(dataset),
    make: (world, _client, dataset) => world.makeVersion(dataset),
    drop: (world, _client, dataset) => world.dropVersion(dataset),
    'write lock': (world, _client, dataset) => world.write(dataset, 'lock'),
    'write version': (world, _client, dataset) => world.write(dataset, 'version'),
    connect: (_world, client) => client.isConnected || client.connect(),
    disconnect: (_world, client) => client.disconnect(),
    pause: (_world, client) => client.pause(),
    resume: (_world, client) => client.resume(),
    'somebody reads': (world, _client, dataset) => world.read(dataset),
    fall: (world) => {
      world.isDown = true;
    },
    rise: (world) => {
      world.isDown = false;
    },
    wait: () => undefined,
  };

async function run(given: WorldOptions, steps: readonly Step[]): Promise<void> {
  const world = new World(given);
  const client = new Client(world);
  try {
    const begun = client.begin();
    await vi.advanceTimersByTimeAsync(100);
    await begun;
    for (const one of steps) {
      const dataset = world.datasets[one.which % world.datasets.length];
      if (dataset !== undefined) performing[one.act](world, client, dataset);
      await vi.advanceTimersByTimeAsync(one.wait);
    }
    world.isDown = false;
    client.resume();
    if (!client.isConnected) await client.connect();
    await vi.advanceTimersByTimeAsync(400);
    expect([...world.faults, ...client.failures, ...client.broken]).toEqual([]);
    for (const dataset of world.datasets) {
      const { lock, refs } = world.of(dataset);
      const believed = client.believed.get(dataset.id);
      expect(believed?.lock).toEqual(lock);
      if (given.kind === 'listed') expect(new Set(believed?.refs)).toEqual(new Set(refs));
      else expect(Math.max(...(believed?.refs ?? []))).toBe(Math.max(...refs));
    }
    await client.disconnect();
    await vi.advanceTimersByTimeAsync(20);
    expect(world.watchers.loops).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    await world.dispose();
  }
}

describe.each(['listed', 'counted'] as const)('a client of a vendor whose versions are %s', (kind) => {
  it('believes what is so in the end', { timeout: 120_000 }, async () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 30 });
    await fc.assert(fc.asyncProperty(options(kind), steps, run), { numRuns: 500 });
  });
});
