import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The server that is on this machine, Redis or Valkey; undefined where there is none. */
export const redisBinary: string | undefined = ['redis-server', 'valkey-server'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

/** A Redis of one test's own. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Stops it as by a crash, and starts it again on the same port; without its data where that is asked for. */
  restart(options?: { readonly withData?: boolean }): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Has it do nothing, as on a machine that hangs. */
  pause(): void;
  resume(): void;
  dispose(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** Starts one on a free port of loopback, in a folder of its own. */
export async function startRedisServer(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    if (redisBinary === undefined) throw new Error('there is no redis-server on this machine');
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const started = spawn(redisBinary, [...settings, '--appendonly', 'yes', '--appendfsync', 'always'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      const hear = (chunk: Buffer): void => {
        said += String(chunk);
        if (said.includes('Ready to accept connections')) resolve();
      };
      started.stdout?.on('data', hear);
      started.stderr?.on('data', hear);
      started.once('exit', () => reject(new Error(`it did not start: ${said}`)));
    });
  }

  async function kill(): Promise<void> {
    const stopped = child;
    child = undefined;
    if (stopped === undefined || stopped.exitCode !== null || stopped.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => stopped.once('exit', () => resolve()));
    stopped.kill('SIGCONT');
    stopped.kill('SIGKILL');
    await exited;
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    kill,
    restart: async ({ withData = true } = {}) => {
      await kill();
      if (!withData) rmSync(join(folder, 'appendonlydir'), { recursive: true, force: true });
      await start();
    },
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    dispose: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
