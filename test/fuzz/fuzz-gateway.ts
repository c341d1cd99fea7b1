import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A gateway in a process of its own, which is watched. */
export interface FuzzGateway {
  readonly origin: string;
  /** What it said on standard error, and errors of its log. */
  readonly complaints: readonly string[];
  /** Undefined while it lives. */
  readonly exit: string | undefined;
  /** Memory, garbage taken away where that was asked for. Bytes. */
  memory(): Promise<{ readonly heap: number; readonly resident: number }>;
  /** Ends it; its exit code. */
  dispose(): Promise<number | null>;
}

/** Has a process take its garbage away every few seconds, so that what is left is what is held. */
const collect = 'data:text/javascript,setInterval(()=>globalThis.gc(),5000).unref()';

export async function startFuzzGateway(
  environment: Readonly<Record<string, string>>,
  options: { readonly heapMiB: number; readonly collects: boolean },
): Promise<FuzzGateway> {
  const flags = [`--max-old-space-size=${options.heapMiB}`];
  if (options.collects) flags.push('--expose-gc', `--import=${collect}`);
  const child = spawn(process.execPath, [...flags, 'src/main.ts'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      ...{ HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'error', SANDBOX: 'off' },
      ...{ UPSTREAM_TRIES: '1', UPSTREAM_BREAKER_FAILURES: '1000000', UPSTREAM_RATE_PAUSE: '0' },
      ...{ UPSTREAM_PUBLISHED_RATES: 'false', UPSTREAM_TIMEOUT: '5000', MAX_UPSTREAM_CALLS: '60' },
      ...{ MAX_UPSTREAM_WRITES: '60', OPERATION_TIMEOUT: '10000', MUTATION_TIMEOUT: '20000' },
      ...{ HEADERS_TIMEOUT: '2000', REQUEST_TIMEOUT: '3000', CONNECTION_INIT_TIMEOUT: '1000' },
      ...{ WATCH_LINGER: '0', WATCH_INTERVAL: '500' },
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const complaints: string[] = [];
  let exit: string | undefined;
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = `code ${code}, signal ${signal}`;
      resolve(code);
    });
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => complaints.push(String(text)));
  const origin = await new Promise<string>((resolve, reject) => {
    void ended.then(() => reject(new Error(`the gateway did not start: ${said}${complaints.join('')}`)));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said = (said + String(text)).slice(-100_000);
      const lines = said.split('\n');
      said = lines.pop() ?? '';
      for (const line of lines) {
        const found = /serves GraphQL at (http:\/\/[\w.:]+)\/graphql/.exec(line);
        if (found?.[1] !== undefined) resolve(found[1]);
        if (line.startsWith('{')) complaints.push(line.slice(0, 3_000));
      }
    });
  });
  return {
    origin,
    complaints,
    get exit() {
      return exit;
    },
    memory: async () => {
      const text = await (await fetch(`${origin}/metrics`)).text();
      const read = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
      return { heap: read('lockstep_heap_used_bytes'), resident: read('lockstep_resident_memory_bytes') };
    },
    dispose: async () => {
      if (exit === undefined) child.kill('SIGTERM');
      return ended;
    },
  };
}
