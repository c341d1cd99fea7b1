import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The gateway as a process of its own. */
export interface OwnProcess {
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with the first group of the first match in standard output; rejects when the process ends before. */
  find(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>;
  dispose(): Promise<void>;
}

/** Starts `node src/main.ts` with these settings and none of this process's own; `options` are of Node. */
export function startProcess(
  environment: Readonly<Record<string, string>>,
  options: readonly string[] = [],
): OwnProcess {
  const child = spawn(process.execPath, [...options, 'src/main.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += String(text);
    for (const look of [...waiting]) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += String(text);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return {
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    find: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(stdout);
          if (found === null) return;
          waiting.delete(look);
          resolve(found[1] ?? found[0]);
        };
        waiting.add(look);
        look();
        void ended.then((code) => reject(new Error(`ended with ${code}: ${stdout}${stderr}`)));
      }),
    kill: (signal) => {
      child.kill(signal);
    },
    ended,
    dispose: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
