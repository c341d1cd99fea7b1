import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { serverCore } from './cores.ts';
import { hiveWorkload } from './hive-workloads.ts';
import type { Workload } from './workloads.ts';

/** A server that is measured. */
export interface Contender {
  readonly name: string;
  /** What runs it, below the repository or elsewhere. */
  readonly file: string;
  /** Whether it has the schema of the gateway, and so is to give the same bytes of `data`. */
  readonly sameSchema: boolean;
  readonly hasSubscriptions: boolean;
  /** The query of a workload where its schema is another. */
  readonly own?: (workload: string) => Partial<Pick<Workload, 'query' | 'variables'>>;
}

/** One that runs. */
export interface Running {
  readonly contender: Contender;
  readonly pid: number;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const raw: Contender = { name: 'raw', file: here('raw.ts'), sameSchema: true, hasSubscriptions: true };
export const lockstep: Contender = {
  name: 'lockstep',
  file: here('../src/main.ts'),
  sameSchema: true,
  hasSubscriptions: true,
};

const peerFiles: readonly Contender[] = [
  { name: 'Mercurius', file: 'peers/mercurius.mjs', sameSchema: true, hasSubscriptions: true },
  { name: 'Apollo Server', file: 'peers/apollo.mjs', sameSchema: true, hasSubscriptions: true },
  { name: 'Yoga', file: 'peers/yoga.mjs', sameSchema: true, hasSubscriptions: true },
  {
    name: 'Hive Gateway',
    file: 'peers/hive.mjs',
    sameSchema: false,
    hasSubscriptions: false,
    own: hiveWorkload,
  },
];

/** Those that are installed (`npm ci --prefix bench/peers`). */
export function installedPeers(): readonly Contender[] {
  if (!existsSync(here('peers/node_modules'))) return [];
  return peerFiles.map((peer) => ({ ...peer, file: here(peer.file) }));
}

/** The gateway of another checkout, to be compared with. */
export function gatewayOf(checkout: string): Contender {
  return { ...lockstep, name: 'before', file: `${checkout}/src/main.ts` };
}

/** The key with which the gateway is called: it asks for one, as in production. */
const apiKey = 'benchmark-key-0123456789';

/** Settings of the gateway that are not those by default, and why. */
export const gatewaySettings: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  API_KEYS: JSON.stringify([{ name: 'bench', key: apiKey, scopes: ['read', 'write'] }]),
  SANDBOX: 'off',
  // W8 asks for 1,000 items at once, and W6 for as many calls side by side as it has clients.
  MAX_UPSTREAM_CALLS: '5000',
  UPSTREAM_PARALLEL: '256',
  UPSTREAM_QUEUE: '5000',
  UPSTREAM_PENDING: '20000',
  // W5 looks as often as it can, as the others do: what is measured is the delivery.
  WATCH_INTERVAL: '10',
  WATCH_MAX_INTERVAL: '10',
  BACKGROUND_SHARE: '100',
  BACKGROUND_RATE: '1000',
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function vendorsAt([datadog, humanloop, posthog]: readonly number[]): Readonly<Record<string, string>> {
  return {
    DATADOG_BASE_URL: `http://127.0.0.1:${datadog}`,
    HUMANLOOP_BASE_URL: `http://127.0.0.1:${humanloop}/v5`,
    POSTHOG_BASE_URL: `http://127.0.0.1:${posthog}`,
    DD_API_KEY: 'benchmark-dd-api-key',
    DD_APP_KEY: 'benchmark-dd-app-key',
    HUMANLOOP_API_KEY: 'benchmark-humanloop-key',
    POSTHOG_PERSONAL_API_KEY: 'phx_benchmark',
    POSTHOG_PROJECT_ID: '2',
    UPSTREAM_CONNECTIONS: '256',
  };
}

async function untilItAnswers(running: Running, child: ChildProcess, said: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${running.contender.name} ended: ${said()}`);
    try {
      const response = await fetch(`${running.origin}/graphql`, {
        method: 'POST',
        headers: running.headers,
        body: JSON.stringify({ query: '{ __typename }' }),
      });
      await response.arrayBuffer();
      if (response.ok) return;
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Starts one on the server's core, and waits until it answers. */
export async function start(contender: Contender, vendorPorts: readonly number[]): Promise<Running> {
  const port = await freePort();
  const env = { ...process.env, ...vendorsAt(vendorPorts), ...gatewaySettings, PORT: String(port) };
  const options = (process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((option) => option !== '');
  const own = contender.file.endsWith('src/main.ts') ? options : [];
  const command = ['-c', String(serverCore), process.execPath, ...own, contender.file];
  const child = spawn('taskset', command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + String(chunk)).slice(-4_000);
    });
  }
  const running: Running = {
    contender,
    pid: child.pid ?? 0,
    origin: `http://127.0.0.1:${port}`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill(contender.file.endsWith('src/main.ts') ? 'SIGTERM' : 'SIGKILL');
      }),
  };
  await untilItAnswers(running, child, () => said);
  return running;
}
