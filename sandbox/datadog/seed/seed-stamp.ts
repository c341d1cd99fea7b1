import { Random } from '../../core/random.ts';
import { type Clock, type Instant, instantOf } from '../instant.ts';
import type { Stamp } from '../state/record-batch.ts';

const second = 1_000_000;
/** A day in microseconds. */
export const day = 86_400 * second;

/** A clock that the seed sets to a date, and that goes on from there some seconds at a time. */
export class SeedClock implements Clock {
  #now: Instant = instantOf('2026-01-01T00:00:00Z');
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  set(instant: Instant): void {
    this.#now = instant;
  }

  next(): Instant {
    this.#now += second + this.#random.below(40 * second);
    return this.#now;
  }
}

/** Ids and dates of the seed, the same on every start. */
export interface SeedStamp extends Stamp {
  readonly clock: SeedClock;
  readonly random: Random;
}

export function createSeedStamp(seed: number): SeedStamp {
  const random = new Random(seed);
  return { random, clock: new SeedClock(random), uuid: () => random.uuid() };
}

/** So many instants between the dates, in order, each in a slot of its own so that none tie. */
export function spreadInstants(count: number, from: string, until: string, random: Random): Instant[] {
  const start = instantOf(from);
  const slot = Math.floor((instantOf(until) - start) / count);
  return Array.from({ length: count }, (_none, index) => start + index * slot + random.below(slot));
}

/** The items in another order. */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item);
}
