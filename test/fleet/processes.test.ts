import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisBinary } from '../support/redis-server.ts';
import { Trouble } from './trouble.ts';

describe.skipIf(redisBinary === undefined)('three processes behind a balancer, under changes', () => {
  let trouble: Trouble;
  beforeAll(async () => {
    trouble = await Trouble.begin({ subscribers: 24, changes: 120, datasets: 4, pace: 40 });
  }, 60_000);
  afterAll(() => trouble?.dispose(), 30_000);

  it('lose no change unsaid and put none out of order, whatever fails', async () => {
    const killed = await trouble.watching();
    await trouble.takeFrom(killed, () => killed.end('SIGKILL'));
    await trouble.revive(killed);
    await trouble.more(10);

    await trouble.redis.restart();
    await trouble.more(10);

    const cut = await trouble.watching();
    await trouble.takeFrom(cut, async () => cut.line.cut());
    cut.line.mend();
    await trouble.more(10);

    const stalled = await trouble.watching();
    await trouble.takeFrom(stalled, async () => stalled.stall());
    stalled.goOn();
    await trouble.more(10);

    expect(await trouble.rollingRestart()).toBe(0);
    const { wrong, changes, comebacks } = await trouble.finish();
    expect(wrong).toEqual([]);
    expect(changes).toBe(120);
    expect(comebacks).toBeGreaterThan(0);
  }, 150_000);
});
