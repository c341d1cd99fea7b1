import type { Random } from '../../core/random.ts';
import { toInstant } from '../clock.ts';
import type { Instant } from '../records.ts';

const from = Date.UTC(2026, 0, 5, 8) * 1000;
const until = Date.UTC(2026, 8, 28, 17) * 1000;

/** After everything that the seed holds. */
export const seededUntil = '2026-10-01T00:00:00.000001Z';

/** So many instants in rising order, no two the same and none on a whole second. */
export function timeline(random: Random, count: number): Instant[] {
  const step = Math.floor((until - from) / Math.max(1, count));
  return Array.from({ length: count }, (_, index) => {
    const within = random.below(Math.max(1, step - 2_000_000));
    const at = from + index * step + within;
    return toInstant(at % 1_000_000 === 0 ? at + 1 : at);
  });
}

/** A moment later by so many microseconds, at most a second: the vendor's two columns of one write differ. */
export function slightlyAfter(instant: Instant, microseconds = 37): Instant {
  const whole = Date.parse(`${instant.slice(0, 19)}Z`) * 1000;
  return toInstant(whole + Number(instant.slice(20, 26)) + microseconds);
}
