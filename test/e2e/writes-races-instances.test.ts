import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../sandbox/core/random.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Contest, contests, newestOf } from './contests.ts';
import type { Ids } from './every-write.ts';
import { present } from './reading.ts';
import { mutate, type Told } from './writing.ts';

// Two instances know nothing of one another: to each the other is a writer behind its back.
let one: TestGateway;
let other: TestGateway;
beforeAll(async () => {
  one = await startTestGateway();
  other = await startTestGateway({ environment: one.sandbox.environment });
});
afterAll(async () => {
  await other.dispose();
  await one.dispose();
});

const interleavings = 15;

interface Written {
  readonly versionRef: string | null;
  readonly concurrentRef: string | null;
}
type Outcome = Told & Partial<Written>;

async function write(
  gateway: TestGateway,
  contest: Contest,
  ids: Ids,
  base: string,
  writer: string,
): Promise<Outcome> {
  const input = contest.input(ids, base, writer);
  const answer = await mutate<Written>(gateway, contest.mutation, input, 'versionRef concurrentRef');
  return present(answer.data?.[contest.mutation], answer.text);
}

describe.each(contests)('writers at two instances: $name', (contest) => {
  it('never both hear of a plain success, and nobody’s version goes unmentioned', async () => {
    const { key } = contest.vendor;
    const { sandbox } = one;
    sandbox[key].reset();
    const ids = await contest.vendor.readIds(one);
    for (let seed = 1; seed <= interleavings; seed += 1) {
      const random = new Random(seed * 7_919);
      const base = newestOf(contest, sandbox);
      const before = contest.versions(sandbox);
      for (let turn = random.below(12); turn > 0; turn -= 1) {
        sandbox[key].server.faults.add({
          times: 1,
          effect: { type: 'latency', milliseconds: random.below(10) },
        });
      }
      const outcomes = await Promise.all([
        write(one, contest, ids, base, `${seed} first`),
        write(other, contest, ids, base, `${seed} second`),
      ]);
      sandbox[key].server.faults.clear();
      const made = contest.versions(sandbox).slice(before.length);
      const what = `seed ${seed}: ${JSON.stringify({ outcomes, made })}`;

      const successes = outcomes.filter(({ __typename }) => __typename.endsWith('Success'));
      const plain = successes.filter(({ concurrentRef }) => concurrentRef === null);
      expect(plain.length, what).toBeLessThan(2);
      expect(made, what).toHaveLength(successes.length);
      for (const { versionRef, concurrentRef } of successes) {
        if (versionRef !== null) expect(made, what).toContain(versionRef);
        if (concurrentRef !== null) expect(made, what).toContain(concurrentRef);
      }
      for (const lost of outcomes.filter((outcome) => !successes.includes(outcome))) {
        expect(lost, what).toMatchObject({
          __typename: 'VersionConflictError',
          expectedRef: base,
          currentRef: made[0],
        });
      }
      // PostHog compares by itself: there exactly one wins, however many instances there are.
      if (key === 'posthog') expect(successes, what).toHaveLength(1);
    }
  });
});
