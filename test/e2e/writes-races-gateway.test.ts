import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../sandbox/core/random.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Contest, contests, newestOf } from './contests.ts';
import type { Ids } from './every-write.ts';
import { present } from './reading.ts';
import { mutate, type Told } from './writing.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

/** In all 204: so many for each of the contests. */
const interleavings = 34;

interface Written {
  readonly versionRef: string | null;
  readonly concurrentRef: string | null;
}
type Outcome = Told & Partial<Written>;

async function write(contest: Contest, ids: Ids, base: string, writer: string): Promise<Outcome> {
  const input = contest.input(ids, base, writer);
  const answer = await mutate<Written>(gateway, contest.mutation, input, 'versionRef concurrentRef');
  return present(answer.data?.[contest.mutation], answer.text);
}

/**
 * Delays the next requests at random, and begins the writers one after the other, each when the vendor has received
 * some more requests.
 */
async function race(contest: Contest, ids: Ids, base: string, names: readonly string[], random: Random) {
  const { server } = gateway.sandbox[contest.vendor.key];
  server.requests.clear();
  for (let turn = random.below(10); turn > 0; turn -= 1) {
    server.faults.add({ times: 1, effect: { type: 'latency', milliseconds: random.below(12) } });
  }
  const writing: Promise<Outcome>[] = [];
  for (const name of names) {
    writing.push(write(contest, ids, base, name));
    // The first one alone sends at least two.
    const received = random.below(3);
    await server.requests.waitFor((all) => all.length >= received);
  }
  const outcomes = await Promise.all(writing);
  server.faults.clear();
  return outcomes;
}

describe.each(contests)('two writers of one base: $name', (contest) => {
  it('have one winner, and the other is told the version that won', async () => {
    const { sandbox } = gateway;
    sandbox[contest.vendor.key].reset();
    const ids = await contest.vendor.readIds(gateway);
    const winners = new Set<string>();
    for (let seed = 1; seed <= interleavings; seed += 1) {
      const random = new Random(seed);
      const base = newestOf(contest, sandbox);
      const before = contest.versions(sandbox);
      const names = random.below(2) === 0 ? ['first', 'second'] : ['second', 'first'];
      const writers = names.map((name) => `${seed} ${name}`);
      const outcomes = await race(contest, ids, base, writers, random);
      const what = `seed ${seed}: ${JSON.stringify(outcomes)}`;

      const winner = outcomes.findIndex(({ __typename }) => __typename.endsWith('Success'));
      winners.add(present(names[winner], what));
      const { versionRef, concurrentRef } = present(outcomes[winner], what);
      // One version was made, the winner has it, and nobody came between.
      expect(contest.versions(sandbox), what).toEqual([...before, versionRef]);
      expect(concurrentRef, what).toBeNull();
      expect(outcomes[1 - winner], what).toMatchObject({
        __typename: 'VersionConflictError',
        expectedRef: base,
        currentRef: versionRef,
      });
    }
    expect(winners).toEqual(new Set(['first', 'second']));
  });

  it('have one winner when they are many', async () => {
    const { sandbox } = gateway;
    sandbox[contest.vendor.key].reset();
    const ids = await contest.vendor.readIds(gateway);
    const base = newestOf(contest, sandbox);
    const count = contest.versions(sandbox).length;
    const writers = Array.from(
      { length: 12 },
      (_, index) => `${index} ${index % 2 === 0 ? 'first' : 'second'}`,
    );
    const outcomes = await Promise.all(writers.map((writer) => write(contest, ids, base, writer)));
    const won = outcomes.filter(({ __typename }) => __typename.endsWith('Success'));
    expect(won).toHaveLength(1);
    expect(contest.versions(sandbox)).toHaveLength(count + 1);
    for (const lost of outcomes.filter((outcome) => outcome !== won[0])) {
      expect(lost).toMatchObject({ __typename: 'VersionConflictError', currentRef: won[0]?.versionRef });
    }
  });
});

describe.each(contests.filter(({ mutation }) => mutation === 'editDatasetItems'))(
  'writers who expect nothing: $name',
  (contest) => {
    it('all write, one after the other, and lose nothing of one another', async () => {
      const { sandbox } = gateway;
      sandbox[contest.vendor.key].reset();
      const ids = await contest.vendor.readIds(gateway);
      const before = contest.versions(sandbox);
      const writers = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
      const outcomes = await Promise.all(
        writers.map(async (writer) => {
          const input = { ...contest.input(ids, '', writer), expectedRef: null };
          const selection = 'versionRef concurrentRef';
          const answer = await mutate<Written>(gateway, contest.mutation, input, selection);
          return present(answer.data?.[contest.mutation], answer.text);
        }),
      );
      for (const outcome of outcomes) expect(outcome).toMatchObject({ concurrentRef: null });
      const made = contest.versions(sandbox).slice(before.length);
      expect(made).toHaveLength(writers.length);
      expect([...outcomes.map(({ versionRef }) => String(versionRef))].sort()).toEqual([...made].sort());
      const document =
        'query ($id: ID!) { dataset(id: $id) { latestVersion { items(first: 100) { nodes { input } } } } }';
      const { text } = await gateway.query<unknown, object>(document, { id: ids['dataset'] });
      for (const writer of writers) expect(text).toContain(`${writer}`);
    });
  },
);
