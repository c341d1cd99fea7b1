import { describe, expect, it } from 'vitest';
import { type Entrant, FairQueue, type Lane } from '../../src/http/fair-queue.ts';

const forever = { deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal };

function entrant(lane: Lane, more: Partial<Entrant> = {}): Entrant {
  return { lane, background: false, ...forever, ...more };
}

/** Lets everybody who waits go through, one after the other, and tells in which order they came. */
async function orderOf(queue: FairQueue, first: Entrant, waiting: readonly (readonly [string, Entrant])[]) {
  const order: string[] = [];
  expect(queue.enter(first)).toBe('in');
  const all = waiting.map(async ([name, who]) => {
    const entrance = await queue.enter(who);
    order.push(entrance === 'in' ? name : `${name} ${entrance}`);
    if (entrance === 'in') queue.leave(who);
  });
  queue.leave(first);
  await Promise.all(all);
  return order;
}

describe('a fair queue', () => {
  it('lets lanes take turns, each in its own order', async () => {
    const queue = new FairQueue({ parallel: 1, background: 1, maxQueued: 100 });
    const many = [1, 2, 3, 4].map((n) => [`a${n}`, entrant('a')] as const);
    const order = await orderOf(queue, entrant('a'), [
      ...many,
      ['b1', entrant('b')],
      ['c1', entrant('c')],
      ['b2', entrant('b')],
    ]);
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
    expect(queue.isIdle).toBe(true);
  });

  it('lets nobody wait behind a call that nobody waits for', async () => {
    const queue = new FairQueue({ parallel: 1, background: 1, maxQueued: 100 });
    const quiet = entrant('watch', { background: true });
    const order = await orderOf(queue, entrant('a'), [
      ['quiet', quiet],
      ['a1', entrant('a')],
      ['b1', entrant('b')],
    ]);
    expect(order).toEqual(['a1', 'b1', 'quiet']);
  });

  it('sends away the last of the longest lane when it is full, and the newcomer when that is its own', async () => {
    const queue = new FairQueue({ parallel: 1, background: 1, maxQueued: 3 });
    const order = await orderOf(queue, entrant('a'), [
      ['a1', entrant('a')],
      ['a2', entrant('a')],
      ['a3', entrant('a')],
      ['a4', entrant('a')],
      ['b1', entrant('b')],
    ]);
    expect([...order].sort()).toEqual(['a1', 'a2', 'a3 shed', 'a4 shed', 'b1']);
    expect(queue.isIdle).toBe(true);
  });

  it('keeps nobody who has left or whose time is over', async () => {
    const queue = new FairQueue({ parallel: 1, background: 1, maxQueued: 100 });
    const first = entrant('a');
    expect(queue.enter(first)).toBe('in');
    const controller = new AbortController();
    const leaving = queue.enter(entrant('b', { signal: controller.signal }));
    const late = queue.enter(entrant('c', { deadline: Date.now() - 1 }));
    controller.abort();
    expect(await leaving).toBe('ended');
    expect(await late).toBe('late');
    expect(queue.enter(entrant('d', { signal: controller.signal }))).toBe('ended');
    queue.leave(first);
    expect(queue.isIdle).toBe(true);
  });
});
