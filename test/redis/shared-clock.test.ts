import { describe, expect, it } from 'vitest';
import { SharedClock } from '../../src/redis/shared-clock.ts';

/** A clock of this machine that goes on when it is told to, and one of a server that is behind it by `behind`. */
function clocks(behind: number) {
  let local = 1_000_000;
  const clock = new SharedClock(() => local);
  return {
    clock,
    pass: (milliseconds: number): void => {
      local += milliseconds;
    },
    server: (): number => local - behind,
    learn: (roundTrip = 2): void => {
      const sentAt = local;
      local += roundTrip;
      clock.learn(local - roundTrip / 2 - behind, sentAt);
    },
  };
}

describe('the clock that instances share', () => {
  it("is off the server's by no more than it says", () => {
    const { clock, pass, server, learn } = clocks(5_000);
    learn();
    for (let step = 0; step < 50; step += 1) {
      pass(100);
      expect(Math.abs(clock.now() - server())).toBeLessThanOrEqual(clock.error);
    }
  });

  it('is not ahead of a server that it has not heard of, and goes on', () => {
    const { clock, pass, server, learn } = clocks(5_000);
    const before = clock.now();
    pass(10);
    expect(clock.now()).toBeGreaterThan(before);
    expect(clock.now()).toBeLessThan(server());
    expect(clock.knownSince).toBe(Number.POSITIVE_INFINITY);
    learn();
    expect(Math.abs(clock.now() - server())).toBeLessThanOrEqual(clock.error);
    expect(clock.knownSince).toBeGreaterThan(before);
  });

  it('says how far it is ahead of a server that is behind the one before', () => {
    const { clock, pass, server, learn } = clocks(1_000);
    learn();
    clock.now();
    clock.forget();
    const sentAt = clock.local;
    pass(2);
    const time = server() - 3_000;
    clock.learn(time - 1, sentAt);
    expect(clock.now() - time).toBeGreaterThan(2_900);
    expect(clock.now() - time).toBeLessThanOrEqual(clock.error);
  });

  it('says so while another server is asked for its time', () => {
    const { clock, pass, server, learn } = clocks(5_000);
    learn();
    clock.forget();
    clock.now();
    pass(10);
    learn();
    expect(Math.abs(clock.now() - server())).toBeLessThanOrEqual(clock.error);
  });

  it('never goes back', () => {
    const { clock, pass, learn } = clocks(5_000);
    const seen = [clock.now()];
    learn();
    seen.push(clock.now());
    clock.forget();
    pass(1);
    seen.push(clock.now());
    learn();
    seen.push(clock.now());
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
  });
});
