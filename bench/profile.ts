import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockstep, start } from './contenders.ts';
import { loadCore, pin } from './cores.ts';
import { Clients } from './load.ts';
import { Vendors } from './vendors.ts';
import { workloads } from './workloads.ts';

/** Prints where the gateway's time goes under one workload: `node bench/profile.ts W1`. */

/** What `node --cpu-prof` writes, as far as it is used. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** The file below the repository, the package, or what Node calls its own. */
function placeOf(url: string): string {
  if (url === '') return 'native';
  if (!url.startsWith('file:')) return url;
  const path = fileURLToPath(url).replace(root, '');
  return path.replace(/^node_modules\/((?:@[^/]+\/)?[^/]+)\/.*\/([^/]+)$/, '$1 $2');
}

/** Milliseconds by what ran, in the last so many milliseconds. */
function selfTimes(profile: Profile, window: number, keyOf: (node: Profile['nodes'][number]) => string) {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const times = new Map<string, number>();
  let left = window * 1_000;
  for (let index = profile.samples.length - 1; index >= 0 && left > 0; index -= 1) {
    const delta = profile.timeDeltas[index] ?? 0;
    left -= delta;
    const node = nodes.get(profile.samples[index] ?? 0);
    if (node === undefined || node.callFrame.functionName === '(idle)') continue;
    const key = keyOf(node);
    times.set(key, (times.get(key) ?? 0) + delta / 1_000);
  }
  return [...times].sort(([, a], [, b]) => b - a);
}

/** Milliseconds in which a function of the repository ran, or something that it called. */
function totalTimes(profile: Profile, window: number): readonly (readonly [string, number])[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const times = new Map<string, number>();
  for (const [id, time] of selfTimes(profile, window, (node) => String(node.id))) {
    const seen = new Set<string>();
    for (let at: number | undefined = Number(id); at !== undefined; at = parents.get(at)) {
      const frame = nodes.get(at)?.callFrame;
      const place = placeOf(frame?.url ?? '');
      if (place.startsWith('src/')) seen.add(`${frame?.functionName || '(anonymous)'} ${place}`);
    }
    for (const key of seen) times.set(key, (times.get(key) ?? 0) + time);
  }
  return [...times].sort(([, a], [, b]) => b - a);
}

function print(title: string, times: readonly (readonly [string, number])[], most: number): void {
  console.log(`\n${title}: ${((total / requests) * 1_000).toFixed(0)} µs a request`);
  for (const [key, time] of times.slice(0, most)) {
    const share = ((100 * time) / total).toFixed(1).padStart(5);
    console.log(`${share} % ${((time / requests) * 1_000).toFixed(1).padStart(7)} µs  ${key}`);
  }
}

const special = new Set(['(garbage collector)', '(program)', '(idle)', '(root)']);
const wanted = process.argv[2] ?? 'W1';
const workload = workloads.find(({ id }) => id === wanted);
if (workload === undefined) throw new Error(`There is no workload ${wanted}.`);
pin(loadCore);
const directory = mkdtempSync(join(tmpdir(), 'profile-'));
process.env['BENCH_NODE_OPTIONS'] = `--cpu-prof --cpu-prof-dir=${directory} --cpu-prof-interval=200`;
const vendors = await Vendors.start();
const running = await start(lockstep, vendors.ports);
await vendors.setLatency(workload.latency);
const clients = new Clients(running, workload);
await clients.run(8_000);
const { requests, seconds } = await clients.run(4_000);
await clients.close();
await running.stop();
vendors.stop();
const [file = ''] = readdirSync(directory);
const profile: Profile = JSON.parse(readFileSync(join(directory, file), 'utf8'));
rmSync(directory, { recursive: true });
const window = seconds * 1_000;
const byPlace = selfTimes(profile, window, ({ callFrame: { functionName, url } }) =>
  special.has(functionName) ? functionName : placeOf(url).replace(/ .*/, ''),
);
const byFunction = selfTimes(profile, window, ({ callFrame: { functionName, url, lineNumber } }) =>
  special.has(functionName)
    ? functionName
    : `${functionName || '(anonymous)'} ${placeOf(url)}:${lineNumber + 1}`,
);
const total = byPlace.reduce((sum, [, time]) => sum + time, 0);
print(`${wanted}, by file or package`, byPlace, 40);
print(`${wanted}, by function`, byFunction, 50);
print(`${wanted}, by function of the repository with all that it calls`, totalTimes(profile, window), 60);
