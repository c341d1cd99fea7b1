import { deepStrictEqual } from 'node:assert';
import type { Running } from './contenders.ts';
import { cpuSeconds, residentMiB } from './cores.ts';
import { Clients } from './load.ts';
import { median, type Spread, spreadOf } from './statistics.ts';
import type { Vendors } from './vendors.ts';
import type { Workload } from './workloads.ts';

export interface Measured {
  readonly contender: string;
  readonly perSecond: number;
  /** Requests a second, as a part of what the hand-written server gave in the same round. */
  readonly rate: Spread;
  /** Processor time for a request, as a multiple of the hand-written server's in the same round. */
  readonly cost: Spread;
  /** Milliseconds of processor time for a request. */
  readonly cpu: number;
  /** Milliseconds. */
  readonly latency: number;
  readonly callsPerRequest: number;
  readonly residentMiB: number;
}

interface Round {
  readonly perSecond: number;
  readonly cpu: number;
  readonly latency: number;
  readonly callsPerRequest: number;
}

export interface Plan {
  readonly rounds: number;
  /** Milliseconds. */
  readonly round: number;
  readonly warmUp: number;
}

async function measureOnce(
  running: Running,
  clients: Clients,
  vendors: Vendors,
  milliseconds: number,
): Promise<Round> {
  await vendors.takeCount();
  const before = cpuSeconds(running.pid);
  const { requests, seconds, latencies } = await clients.run(milliseconds);
  const cpu = ((cpuSeconds(running.pid) - before) * 1_000) / requests;
  return {
    perSecond: requests / seconds,
    cpu,
    latency: median(latencies),
    callsPerRequest: (await vendors.takeCount()) / requests,
  };
}

/** Throws when one that has the same schema does not answer each client as the first does, who is taken to be right. */
async function compareAnswers(all: ReadonlyMap<Running, Clients>): Promise<void> {
  let right: readonly unknown[] | undefined;
  for (const [{ contender }, clients] of all) {
    const answers = (await clients.answers()).map(({ body }) => JSON.parse(body.toString()));
    for (const { errors } of answers) {
      if (errors !== undefined) throw new Error(`${contender.name}: ${JSON.stringify(errors).slice(0, 500)}`);
    }
    const data = answers.map((answer: { data: unknown }) => answer.data);
    right ??= data;
    if (contender.sameSchema) deepStrictEqual(data, right, `${contender.name} answers otherwise`);
    // Bytes, for the two that are compared most: the order of members is theirs.
    if (contender.name === 'lockstep') deepStrictEqual(JSON.stringify(data), JSON.stringify(right));
  }
}

/** Rounds of one workload over all contenders, in turns; the first one is what the others are compared with. */
export async function measure(
  workload: Workload,
  contenders: readonly Running[],
  vendors: Vendors,
  plan: Plan,
): Promise<readonly Measured[]> {
  await vendors.setLatency(workload.latency);
  const all = new Map(
    contenders.map((running) => {
      const own = running.contender.own?.(workload.id);
      return [running, new Clients(running, { ...workload, ...own })];
    }),
  );
  await compareAnswers(all);
  const rounds = new Map<Running, Round[]>(contenders.map((running) => [running, []]));
  for (const clients of all.values()) await clients.run(plan.warmUp);
  for (let round = 0; round < plan.rounds; round += 1) {
    // Whoever comes first has another neighbour each time.
    const order = contenders.map((_, index) => contenders[(index + round) % contenders.length]);
    for (const running of order) {
      const clients = running === undefined ? undefined : all.get(running);
      if (running === undefined || clients === undefined) continue;
      rounds.get(running)?.push(await measureOnce(running, clients, vendors, plan.round));
    }
  }
  for (const clients of all.values()) await clients.close();
  const [first] = contenders;
  const base = (first === undefined ? undefined : rounds.get(first)) ?? [];
  return contenders.map((running) => {
    const own = rounds.get(running) ?? [];
    const compared = (pick: (round: Round) => number): Spread =>
      spreadOf(own.map((round, index) => pick(round) / pick(base[index] ?? round)));
    return {
      contender: running.contender.name,
      perSecond: median(own.map(({ perSecond }) => perSecond)),
      rate: compared(({ perSecond }) => perSecond),
      cost: compared(({ cpu }) => cpu),
      cpu: median(own.map(({ cpu }) => cpu)),
      latency: median(own.map(({ latency }) => latency)),
      callsPerRequest: median(own.map(({ callsPerRequest }) => callsPerRequest)),
      residentMiB: residentMiB(running.pid),
    };
  });
}
