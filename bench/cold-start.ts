import { type Contender, start } from './contenders.ts';
import { Clients } from './load.ts';
import { median } from './statistics.ts';
import type { Vendors } from './vendors.ts';
import type { Workload } from './workloads.ts';

/** Milliseconds from starting the process to its first answer. */
export async function measureColdStart(
  contender: Contender,
  workload: Workload,
  vendors: Vendors,
  rounds: number,
): Promise<number> {
  await vendors.setLatency(0);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    const running = await start(contender, vendors.ports);
    const clients = new Clients(running, { ...workload, clients: 1 });
    await clients.answers();
    times.push(performance.now() - startedAt);
    await clients.close();
    await running.stop();
  }
  return median(times);
}
