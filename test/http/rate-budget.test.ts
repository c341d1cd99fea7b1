import { describe, expect, it } from 'vitest';
import { RateBudget, type RateOptions } from '../../src/http/rate-budget.ts';

const options: RateOptions = {
  rateLimitPause: 60_000,
  keepToPublished: true,
  backgroundShare: 0.25,
  backgroundRate: 5,
};
/** Any moment will do: no clock is asked. */
const now = 1_000_000;

function seen(remaining: number, resetsAt: number, name?: string) {
  return { seen: { limit: 100, remaining, resetsAt, name }, refusedSeconds: undefined };
}

describe('a rate budget', () => {
  it('is used up when the headers say so, until the reset that they tell', () => {
    const budget = new RateBudget(options, []);
    budget.learn('list', seen(1, now + 5_000), now);
    expect(budget.usedUpUntil('list', now)).toBeUndefined();
    budget.spend('list', now, false);
    expect(budget.usedUpUntil('list', now)).toBe(now + 5_000);
    expect(budget.seen(now)).toMatchObject({ limit: 100, remaining: 0, resetsAt: now + 5_000 });
    expect(budget.usedUpUntil('list', now + 5_000)).toBeUndefined();
  });

  it('takes an answer that was overtaken for no news', () => {
    const budget = new RateBudget(options, []);
    budget.learn('list', seen(3, now + 5_000), now);
    budget.learn('list', seen(7, now + 5_400), now);
    expect(budget.seen(now)?.remaining).toBe(3);
    budget.learn('list', seen(99, now + 65_000), now + 5_000);
    expect(budget.seen(now + 5_000)?.remaining).toBe(99);
  });

  it('tells apart limits that have names', () => {
    const budget = new RateBudget(options, []);
    budget.learn('list', seen(0, now + 5_000, 'lists'), now);
    budget.learn('run', seen(50, now + 5_000, 'runs'), now);
    expect(budget.usedUpUntil('list', now)).toBe(now + 5_000);
    expect(budget.usedUpUntil('run', now)).toBeUndefined();
  });

  it('takes a refusal without a word on limits to concern its endpoint, and believes it for so long only', () => {
    const budget = new RateBudget(options, []);
    budget.learn('translate', { seen: undefined, refusedSeconds: 86_400 }, now);
    expect(budget.usedUpUntil('list', now)).toBeUndefined();
    expect(budget.usedUpUntil('translate', now + 59_999)).toBe(now + 86_400_000);
    expect(budget.usedUpUntil('translate', now + 60_000)).toBeUndefined();
  });

  it('tells what is left of the published limit that ends first, until answers tell of one', () => {
    const budget = new RateBudget({ ...options, keepToPublished: false }, [
      { requests: 10, seconds: 60 },
      { requests: 12, seconds: 3_600 },
    ]);
    expect(new RateBudget(options, []).seen(now)).toBeUndefined();
    expect(budget.seen(now)).toEqual({ limit: 10, remaining: 10, resetsAt: null });
    for (let turn = 0; turn < 9; turn += 1) budget.spend('list', now, false);
    expect(budget.seen(now)).toMatchObject({ limit: 10, remaining: 1 });
    const later = now + 120_000;
    expect(budget.seen(later)).toMatchObject({ limit: 12, remaining: 3 });
    for (let turn = 0; turn < 9; turn += 1) budget.spend('list', later, false);
    expect(budget.seen(later)).toMatchObject({ limit: 12, remaining: 0 });
    budget.learn('list', seen(7, later + 5_000), later);
    expect(budget.seen(later)).toMatchObject({ limit: 100, remaining: 7 });
  });

  it('keeps to what is published where answers tell nothing', () => {
    const budget = new RateBudget(options, [{ requests: 3, seconds: 60 }]);
    for (const _ of [1, 2, 3]) {
      expect(budget.usedUpUntil('list', now)).toBeUndefined();
      budget.spend('list', now, false);
    }
    const until = budget.usedUpUntil('list', now) ?? 0;
    expect(until).toBeGreaterThanOrEqual(now + 60_000);
    expect(until).toBeLessThanOrEqual(now + 61_000);
    expect(budget.usedUpUntil('list', until)).toBeUndefined();
  });

  it('spreads the share of calls that nobody waits for, and leaves half to people', () => {
    const budget = new RateBudget(options, []);
    budget.learn('look', seen(90, now + 60_000), now);
    expect(budget.spareIn(now)).toBe(0);
    budget.spend('look', now, true);
    // A quarter of 100 over a minute.
    expect(budget.spareIn(now)).toBe(2_400);
    budget.learn('list', seen(50, now + 60_000), now + 3_000);
    expect(budget.spareIn(now + 3_000)).toBe(57_000);
  });

  it('has a rate of its own for calls that nobody waits for where nothing is known', () => {
    const budget = new RateBudget(options, []);
    expect(budget.spareIn(now)).toBe(0);
    budget.spend('look', now, true);
    expect(budget.spareIn(now)).toBe(200);
    expect(budget.spareIn(now + 200)).toBe(0);
  });
});
