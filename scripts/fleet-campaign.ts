/*
 * Three gateway processes behind a balancer, 200 subscribers and 2,000 changes, while instances are killed, stalled and cut
 * off, and Redis is restarted, emptied, paused and slow. Prints what came of it; ends with 1 when a change was lost unsaid.
 * Loopback only.
 */
import { scheduler } from 'node:timers/promises';
import { Trouble, watchLease } from '../test/fleet/trouble.ts';

const trouble = await Trouble.begin({ subscribers: 200, changes: 2_000, datasets: 8, pace: 40 });
const startedAt = Date.now();
const say = (what: string): void => {
  process.stdout.write(`${((Date.now() - startedAt) / 1_000).toFixed(1)} s ${what}\n`);
};
try {
  for (const turn of [1, 2, 3]) {
    const killed = await trouble.watching();
    say(`an instance that watches is killed (${turn})`);
    await trouble.takeFrom(killed, () => killed.end('SIGKILL'));
    await trouble.revive(killed);
    await trouble.more(50);
  }
  say('Redis is killed and started again with its data');
  await trouble.redis.restart();
  await trouble.more(100);
  say('Redis is killed and started again without its data');
  await trouble.redis.restart({ withData: false });
  await trouble.more(100);
  say('Redis stands still for 10 s');
  trouble.redis.pause();
  await scheduler.wait(10_000);
  trouble.redis.resume();
  await trouble.more(100);
  say('Redis is slow for 10 s');
  for (let turn = 0; turn < 40; turn += 1) {
    trouble.redis.pause();
    await scheduler.wait(200);
    trouble.redis.resume();
    await scheduler.wait(50);
  }
  await trouble.more(100);
  for (const turn of [1, 2]) {
    const cut = await trouble.watching();
    say(`an instance that watches is cut off from Redis (${turn})`);
    await trouble.takeFrom(cut, async () => cut.line.cut());
    cut.line.mend();
    await trouble.more(50);
  }
  for (const turn of [1, 2]) {
    const stalled = await trouble.watching();
    say(`an instance that watches stands still until its leases are over (${turn})`);
    await trouble.takeFrom(stalled, async () => stalled.stall());
    stalled.goOn();
    await trouble.more(50);
  }
  say('each instance is stopped in order and started again');
  const failed = await trouble.rollingRestart();
  say(`queries that failed meanwhile: ${failed}`);
  const report = await trouble.finish();
  const { takeOvers, wrong, ...counts } = report;
  say(`done: ${JSON.stringify(counts)}`);
  say(`take-overs (lease ${watchLease} ms), ms: ${takeOvers.join(' ')}`);
  say(wrong.length === 0 ? 'nothing was lost unsaid, nothing was out of order' : wrong.join('\n'));
  process.exitCode = wrong.length === 0 && failed === 0 ? 0 : 1;
} finally {
  await trouble.dispose();
}
