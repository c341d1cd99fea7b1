import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A gateway in a process of its own, as `npm start` runs it. */
export interface GatewayProcess {
  readonly origin: string;
  /** Ends it; its exit code, null when a signal ended it. */
  dispose(): Promise<number | null>;
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

/** Starts one with so many MiB for what lives long; more than that ends it. */
export async function startGatewayProcess(
  environment: Readonly<Record<string, string>>,
  heapMiB: number,
): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMiB}`, main], {
    env: { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent', SANDBOX: 'off', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const origin = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      said += String(chunk);
      const match = /serves GraphQL at (http:\/\/[\w.:]+)\/graphql/.exec(said);
      if (match?.[1] !== undefined) resolve(match[1]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the gateway did not start: ${said}`)));
  });
  return {
    origin,
    dispose: async () => {
      child.kill('SIGTERM');
      return ended(child);
    },
  };
}
