/*
 * Runs the gateway at steady load for ten minutes (SOAK_SECONDS), with faults at the vendors that change every few
 * seconds and subscriptions open, and prints how its memory and its handles have grown. Every answer has to be right,
 * or rightly an error. Loopback only.
 */
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { FaultInput } from '../sandbox/core/fault.ts';
import { startSandbox } from '../sandbox/index.ts';

const seconds = Number(process.env['SOAK_SECONDS'] ?? 600);
const loops = 6;
const subscribers = 40;
const sampleEvery = 5_000;
const faultFor = 3_000;

const sandbox = await startSandbox();
// Garbage is taken away every second, so that what is left is what is held.
const collect = 'data:text/javascript,setInterval(()=>globalThis.gc(),1000).unref()';
const child = spawn(process.execPath, ['--expose-gc', `--import=${collect}`, 'src/main.ts'], {
  env: {
    PATH: process.env['PATH'],
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'error',
    SANDBOX: 'off',
    UPSTREAM_TIMEOUT: '500',
    WATCH_INTERVAL: '200',
    WATCH_MAX_INTERVAL: '1000',
    ...sandbox.environment,
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let logged = '';
const origin = await new Promise<string>((resolve, reject) => {
  child.once('exit', () => reject(new Error('the gateway did not start')));
  child.stdout.on('data', (chunk: Buffer) => {
    logged += String(chunk);
    const match = /serves GraphQL at (http:\/\/[\w.:]+)\/graphql/.exec(logged);
    if (match?.[1] !== undefined) resolve(match[1]);
  });
});
const url = `${origin}/graphql`;

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly path?: readonly unknown[];
    readonly extensions: { readonly code: string };
  }[];
}

async function ask(query: string, variables: object = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  // What the gateway sends is a GraphQL response.
  return (await response.json()) as Answer;
}

const vendors = ['DATADOG', 'HUMANLOOP', 'POSTHOG'] as const;
const part = (vendor: string): string =>
  `${vendor}: datasets(first: 5, filter: { vendors: [${vendor}] }) { nodes { id name } sourceErrors { code } }`;
const everything = `{ ${vendors.map(part).join(' ')} }`;
const merged = '{ datasets(first: 10) { nodes { id name } sourceErrors { vendor code } } }';
interface List {
  readonly nodes: readonly { readonly id: string; readonly name: string }[];
  readonly sourceErrors: readonly { readonly code: string }[];
}

// Of lists alone: what a list is when its vendor is well.
const right = (await ask(everything)).data as Readonly<Record<string, List>>;
const datasets = right['DATADOG']?.nodes ?? [];
const rightly = new Set([
  'SOURCE_UNAVAILABLE',
  'SOURCE_TIMEOUT',
  'SOURCE_CONTRACT_VIOLATION',
  'RATE_LIMITED',
  'OUTCOME_UNKNOWN',
  'DRAFT_LOCKED',
]);

const counts = { answers: 0, right: 0, rightlyErrors: 0, wrong: 0, events: 0, faults: 0 };
const wrong: string[] = [];

function judge(isRight: boolean, codes: readonly string[], what: string): void {
  counts.answers += 1;
  if (isRight) counts.right += 1;
  else if (codes.length > 0 && codes.every((code) => rightly.has(code))) counts.rightlyErrors += 1;
  else {
    counts.wrong += 1;
    if (wrong.length < 10) wrong.push(`${what}: ${codes.join(' ')}`);
  }
}

async function readAll(): Promise<void> {
  const { data, errors = [] } = await ask(everything);
  for (const vendor of vendors) {
    const list = data?.[vendor] as List | null | undefined;
    const codes = [
      ...(list?.sourceErrors ?? []).map(({ code }) => code),
      ...errors.filter(({ path }) => path?.[0] === vendor).map(({ extensions }) => extensions.code),
    ];
    judge(isDeepStrictEqual(list, right[vendor]), codes, `list of ${vendor}`);
  }
}

async function readMerged(): Promise<void> {
  const { data, errors = [] } = await ask(merged);
  const list = data?.['datasets'] as List | undefined;
  const codes = [...(list?.sourceErrors ?? []), ...errors.map(({ extensions }) => extensions)].map(
    ({ code }) => code,
  );
  judge(list?.nodes.length === 10 && codes.length === 0, codes, 'merged list');
}

async function lockAndRelease(turn: number): Promise<void> {
  const id = datasets[1 + (turn % Math.max(1, datasets.length - 1))]?.id;
  for (const name of ['lockDatasetDraft', 'unlockDatasetDraft']) {
    const document = `mutation ($id: ID!) { it: ${name}(input: { datasetId: $id }) {
      __typename ... on UserError { code } } }`;
    const { data, errors = [] } = await ask(document, { id });
    const result = data?.['it'] as { __typename: string; code?: string } | undefined;
    const codes = [
      ...(result?.code === undefined ? [] : [result.code]),
      ...errors.map((e) => e.extensions.code),
    ];
    judge(result?.__typename.endsWith('Success') === true, codes, name);
  }
}

let going = true;
async function load(index: number): Promise<void> {
  for (let turn = index; going; turn += 1) {
    try {
      if (turn % 5 === 0) await lockAndRelease(turn);
      else if (turn % 2 === 0) await readMerged();
      else await readAll();
    } catch (error) {
      judge(false, [String(error)], 'request');
    }
    await delay(20);
  }
}

const effects: readonly FaultInput['effect'][] = [
  { type: 'latency', milliseconds: 200 },
  { type: 'reset-before' },
  { type: 'reset-after' },
  { type: 'half' },
  { type: 'hang' },
  { type: 'cut-json' },
  { type: 'answer', status: 429, headers: { 'retry-after': '1' }, body: '{}' },
  { type: 'answer', status: 500, headers: {}, body: '{}' },
  { type: 'answer', status: 502, headers: { 'content-type': 'text/html' }, body: '<html></html>' },
  { type: 'answer', status: 200, headers: {}, body: '[]' },
];

async function playFaults(): Promise<void> {
  const servers = [sandbox.datadog.server, sandbox.humanloop.server, sandbox.posthog.server];
  for (let turn = 0; going; turn += 1) {
    const server = servers[turn % servers.length];
    const effect = effects[turn % effects.length];
    if (server === undefined || effect === undefined) continue;
    const lift = server.faults.add({ effect });
    counts.faults += 1;
    await delay(faultFor);
    lift();
    for (const one of servers) one.requests.clear();
    await delay(faultFor / 3);
  }
}

const client = createClient({
  url: url.replace('http', 'ws'),
  webSocketImpl: WebSocket,
  lazy: false,
  retryAttempts: Number.POSITIVE_INFINITY,
});
const stops = Array.from({ length: subscribers }, (_, index) => {
  const ids = [datasets[index % datasets.length]?.id, right['HUMANLOOP']?.nodes[index % 5]?.id];
  return client.subscribe(
    {
      query: 'subscription ($ids: [ID!]!) { changes(resourceIds: $ids) { __typename cursor } }',
      variables: { ids },
    },
    {
      next: () => {
        counts.events += 1;
      },
      error: (error) => judge(false, [JSON.stringify(error)], 'subscription'),
      complete: () => undefined,
    },
  );
});

interface Sample {
  readonly at: number;
  readonly heap: number;
  readonly resident: number;
  readonly resources: number;
}
const samples: Sample[] = [];
const begun = Date.now();

async function sample(): Promise<void> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const read = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  samples.push({
    at: Math.round((Date.now() - begun) / 1000),
    heap: read('lockstep_heap_used_bytes'),
    resident: read('lockstep_resident_memory_bytes'),
    resources: read('lockstep_active_resources'),
  });
}

const running = [...Array.from({ length: loops }, (_, index) => load(index)), playFaults()];
while (Date.now() - begun < seconds * 1000) {
  await delay(sampleEvery);
  await sample();
}
going = false;
await Promise.all(running);
for (const stop of stops) stop();
await client.dispose();
child.kill('SIGTERM');
await new Promise((resolve) => child.once('exit', resolve));
await sandbox.dispose();

const MiB = 1024 * 1024;
function middle(part: readonly Sample[], of: keyof Sample): number {
  const values = part.map((one) => one[of]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}
// The first third is for warming up.
const third = Math.floor(samples.length / 3);
const [early, late] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
const row = (name: string, of: keyof Sample, unit: number): string =>
  `| ${name} | ${(middle(early, of) / unit).toFixed(1)} | ${(middle(late, of) / unit).toFixed(1)} |`;
process.stdout.write(
  [
    `${Math.round((Date.now() - begun) / 1000)} s, ${JSON.stringify(counts)}`,
    '',
    '| Median of | second third | last third |',
    '| --- | --- | --- |',
    row('heap in use, MiB', 'heap', MiB),
    row('resident memory, MiB', 'resident', MiB),
    row('active resources', 'resources', 1),
    '',
    ...wrong.map((line) => `wrong: ${line}`),
    '',
  ].join('\n'),
);
process.exitCode = counts.wrong > 0 || middle(late, 'heap') > 1.2 * middle(early, 'heap') ? 1 : 0;
