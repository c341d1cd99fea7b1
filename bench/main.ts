import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureColdStart } from './cold-start.ts';
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
import { type FanOut, measureFanOut } from './fan-out.ts';
import { placeReport, type Results, reportOf } from './report.ts';
import { measure, type Plan } from './rounds.ts';
import { Vendors } from './vendors.ts';
import { nodesWorkload, workloads } from './workloads.ts';

/**
 * Measures the gateway and its peers, prints the tables, and writes them to docs/benchmarks.md when nothing was left
 * out. `--only W1,W5`, `--contenders lockstep,Mercurius` and `--before <checkout>` (the gateway of another checkout, to
 * compare with in the same run) leave something out; `--rounds`, `--round` and `--warm-up` (milliseconds) say for how long.
 */
const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    contenders: { type: 'string' },
    before: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    round: { type: 'string', default: '600' },
    'warm-up': { type: 'string', default: '1500' },
    subscribers: { type: 'string', default: '1000' },
  },
});
const plan: Plan = {
  rounds: Number(options.rounds),
  round: Number(options.round),
  warmUp: Number(options['warm-up']),
};
const subscribers = Number(options.subscribers);
const only = options.only?.split(',');
const wanted = options.contenders?.split(',');
const isWanted = (id: string): boolean => only === undefined || only.includes(id);
const peers = installedPeers();
const contenders: readonly Contender[] = [
  raw,
  lockstep,
  ...(options.before === undefined ? [] : [gatewayOf(options.before)]),
  ...peers,
].filter(({ name }) => name === 'raw' || name === 'before' || wanted === undefined || wanted.includes(name));

pin(loadCore);
const vendors = await Vendors.start();

/** With servers that are started for this, one after the other, and stopped. */
async function withEach<T>(
  chosen: readonly Contender[],
  work: (running: readonly Running[]) => Promise<T>,
): Promise<T> {
  const running: Running[] = [];
  try {
    for (const contender of chosen) running.push(await start(contender, vendors.ports));
    return await work(running);
  } finally {
    for (const one of running) await one.stop();
  }
}

const [lists] = workloads;
const sameSchema = contenders.filter((contender) => contender.sameSchema);
const rounds: Results['rounds'][number][] = [];
const growth: Results['growth'][number][] = [];
const fanOut: FanOut[] = [];
const coldStart: Results['coldStart'][number][] = [];
try {
  for (const workload of workloads) {
    if (!isWanted(workload.id)) continue;
    rounds.push({
      workload,
      // Each in processes of its own: what one workload leaves behind is not the next one's.
      measured: await withEach(contenders, (running) => measure(workload, running, vendors, plan)),
    });
    console.error(`${workload.id} is measured`);
  }
  if (isWanted('W8')) {
    await withEach(sameSchema, async (running) => {
      for (const items of [1, 10, 100, 1_000]) {
        const workload = { ...nodesWorkload(items), latency: 20 };
        growth.push({ items, measured: await measure(workload, running, vendors, { ...plan, rounds: 3 }) });
      }
    });
    console.error('W8 is measured');
  }
  if (isWanted('W5')) {
    for (const contender of contenders.filter(({ hasSubscriptions }) => hasSubscriptions)) {
      fanOut.push(
        await withEach([contender], async ([running]) => {
          if (running === undefined) throw new TypeError('it was just started');
          return measureFanOut(running, vendors, subscribers, 5);
        }),
      );
    }
    console.error('W5 is measured');
  }
  if (isWanted('W7') && lists !== undefined) {
    for (const contender of contenders) {
      const workload = { ...lists, ...contender.own?.(lists.id) };
      const milliseconds = await measureColdStart(contender, workload, vendors, 3);
      coldStart.push({ contender: contender.name, milliseconds });
    }
  }
} finally {
  vendors.stop();
}

const report = reportOf({ rounds, growth, fanOut, subscribers, coldStart });
console.log(report);
const isWhole =
  only === undefined && wanted === undefined && options.before === undefined && peers.length > 0;
if (isWhole) {
  const page = new URL('../docs/benchmarks.md', import.meta.url);
  writeFileSync(page, placeReport(readFileSync(page, 'utf8'), report));
}
