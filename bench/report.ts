import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type { FanOut } from './fan-out.ts';
import type { Measured } from './rounds.ts';
import type { Spread } from './statistics.ts';
import type { Workload } from './workloads.ts';

/** What a run has found. */
export interface Results {
  readonly rounds: readonly { readonly workload: Workload; readonly measured: readonly Measured[] }[];
  readonly growth: readonly { readonly items: number; readonly measured: readonly Measured[] }[];
  readonly fanOut: readonly FanOut[];
  readonly subscribers: number;
  readonly coldStart: readonly { readonly contender: string; readonly milliseconds: number }[];
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

function spread({ median, least, most }: Spread): string {
  const digits = median < 0.1 ? 3 : 2;
  return `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

const columns = [
  'Server',
  'Requests/s',
  'Rate ÷ raw',
  'CPU ÷ raw',
  'CPU s per 1,000',
  'Latency ms',
  'Calls per request',
  'RSS MiB',
];

function rowOf(row: Measured): readonly string[] {
  return [
    row.contender,
    row.perSecond.toFixed(0),
    spread(row.rate),
    spread(row.cost),
    row.cpu.toFixed(3),
    row.latency.toFixed(1),
    row.callsPerRequest.toFixed(2),
    row.residentMiB.toFixed(0),
  ];
}

function fanOutTable(fanOut: readonly FanOut[]): string {
  const [first] = fanOut;
  const rows = fanOut.map(({ contender, perSecond, cpu, subscriberKiB }) => [
    contender,
    perSecond.toFixed(0),
    (perSecond / (first?.perSecond ?? perSecond)).toFixed(2),
    (cpu / (first?.cpu ?? cpu)).toFixed(2),
    cpu.toFixed(1),
    subscriberKiB.toFixed(0),
  ]);
  const head = [
    'Server',
    'Deliveries/s',
    'Rate ÷ raw',
    'CPU ÷ raw',
    'CPU µs per delivery',
    'RSS KiB per subscriber',
  ];
  return tableOf(head, rows);
}

function growthTable(growth: Results['growth']): string {
  const rows = growth.flatMap(({ items, measured }) =>
    measured.map(({ contender, cpu, latency, callsPerRequest }) => [
      `${items} ${contender}`,
      latency.toFixed(0),
      cpu.toFixed(2),
      ((cpu * 1_000) / items).toFixed(0),
      callsPerRequest.toFixed(0),
    ]),
  );
  return tableOf(['Items, server', 'Latency ms', 'CPU ms', 'CPU µs per item', 'Calls'], rows);
}

function versionOf(path: string, name: string): string {
  try {
    const url = new URL(`${path}/node_modules/${name}/package.json`, import.meta.url);
    return `${name} ${JSON.parse(readFileSync(url, 'utf8')).version}`;
  } catch {
    return `${name} (not installed)`;
  }
}

/** What else the machine had to do when this began: figures of one that is busy are rough. */
const [busy = 0] = loadavg();

function environmentOf(): string {
  const [processor] = cpus();
  const own = ['graphql', 'undici', 'graphql-yoga', 'zod'].map((name) => versionOf('..', name));
  const peers = [
    'mercurius',
    '@apollo/server',
    '@apollo/datasource-rest',
    'graphql-yoga',
    '@graphql-hive/gateway',
  ];
  return [
    `Node ${process.versions.node}, V8 ${process.versions.v8}, Linux ${release()}, ${cpus().length} × ${processor?.model ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; ${busy.toFixed(1)} processes at work on it before the run.`,
    `Lockstep with ${own.join(', ')}; peers: ${peers.map((name) => versionOf('peers', name)).join(', ')}.`,
  ].join('\n');
}

/** The part of the page that a run makes. */
export function reportOf(results: Results): string {
  const parts = [environmentOf()];
  for (const { workload, measured } of results.rounds) {
    const how = `${workload.clients} clients${workload.latency === 0 ? '' : `, vendors take ${workload.latency} ms`}.`;
    parts.push(`### ${workload.id}: ${workload.title}`, how, tableOf(columns, measured.map(rowOf)));
  }
  if (results.fanOut.length > 0) {
    parts.push(
      `### W5: changes to ${results.subscribers.toLocaleString('en')} subscribers`,
      'Each has a WebSocket of its own and follows the same datasets.',
      fanOutTable(results.fanOut),
    );
  }
  if (results.coldStart.length > 0) {
    parts.push(
      '### W7: from the start of the process to its first answer (W1)',
      tableOf(
        ['Server', 'Milliseconds'],
        results.coldStart.map(({ contender, milliseconds }) => [contender, milliseconds.toFixed(0)]),
      ),
    );
  }
  if (results.growth.length > 0) {
    parts.push(
      '### W8: how cost grows with the number of items',
      'One client asks for so many items by id, with locks and versions, at vendors that take 20 ms.',
      growthTable(results.growth),
    );
  }
  return parts.join('\n\n');
}

const from = '<!-- measured -->';
const to = '<!-- end -->';

/** The page with what was measured in the place of what was there. */
export function placeReport(page: string, report: string): string {
  const [before = '', rest = ''] = page.split(from);
  const [, after = ''] = rest.split(to);
  return `${before}${from}\n\n${report}\n\n${to}${after}`;
}
