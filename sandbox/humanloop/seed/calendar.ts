import type { Random } from '../../core/random.ts';

const minute = 60_000;

/** Hands out moments that never repeat, so that nothing in a list ties. */
export interface Calendar {
  /** A moment at least a minute and at most so many days after another. */
  after(moment: number, days: number): number;
}

export function createCalendar(random: Random): Calendar {
  const taken = new Set<number>();
  return {
    after(moment, days) {
      let chosen = moment + minute + random.below(days * 1440) * minute + random.below(minute);
      while (taken.has(chosen)) chosen += 1;
      taken.add(chosen);
      return chosen;
    },
  };
}
