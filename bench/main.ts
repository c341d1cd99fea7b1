import { parseArgs } from 'node:util';
import {
  type Contender,
  gatewayOf,
  installedPeers,
  lockstep,
  type Running,
  raw,
  start,
} from './contenders.ts';
import { loadCore, pin } from './cores.ts';
import { type Measured, measure } from './rounds.ts';
import { Vendors } from './vendors.ts';
import { workloads } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    contenders: { type: 'string' },
    before: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    round: { type: 'string', default: '700' },
  },
});

pin(loadCore);
const vendors = await Vendors.start();
const wanted = options.contenders?.split(',');
const contenders: readonly Contender[] = [
  raw,
  lockstep,
  ...(options.before === undefined ? [] : [gatewayOf(options.before)]),
  ...installedPeers(),
].filter(({ name }) => name === 'raw' || wanted === undefined || wanted.includes(name));
const running: Running[] = [];
try {
  for (const contender of contenders) running.push(await start(contender, vendors.ports));
  const plan = { rounds: Number(options.rounds), round: Number(options.round), warmUp: 1_000 };
  for (const workload of workloads) {
    if (options.only !== undefined && !options.only.split(',').includes(workload.id)) continue;
    const measured: readonly Measured[] = await measure(workload, running, vendors, plan);
    console.log(`\n${workload.id} ${workload.title}`);
    console.table(
      measured.map((row) => ({
        who: row.contender,
        'req/s': Math.round(row.perSecond),
        rate: `${row.rate.median.toFixed(2)} (${row.rate.least.toFixed(2)}-${row.rate.most.toFixed(2)})`,
        cost: `${row.cost.median.toFixed(2)} (${row.cost.least.toFixed(2)}-${row.cost.most.toFixed(2)})`,
        'cpu ms': row.cpu.toFixed(3),
        ms: row.latency.toFixed(1),
        calls: row.callsPerRequest.toFixed(2),
        MiB: Math.round(row.residentMiB),
      })),
    );
  }
} finally {
  for (const one of running) await one.stop();
  vendors.stop();
}
