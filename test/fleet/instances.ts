import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type CutLine, startCutLine } from '../support/cut-line.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A gateway in a process of its own, which reaches Redis over a line of its own. */
export class Instance {
  readonly line: CutLine;
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  /** 0: it does not run. */
  port = 0;
  /** By what it is known in Redis. */
  id = '';

  private constructor(line: CutLine, environment: Readonly<Record<string, string>>) {
    this.line = line;
    this.#environment = environment;
  }

  static async start(redisPort: number, environment: Readonly<Record<string, string>>): Promise<Instance> {
    const line = await startCutLine(redisPort);
    const instance = new Instance(line, { ...environment, REDIS_URL: `redis://127.0.0.1:${line.port}` });
    await instance.start();
    return instance;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [main], {
      env: { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent', SANDBOX: 'off', ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let said = '';
    this.port = await new Promise<number>((resolve, reject) => {
      const hear = (chunk: Buffer): void => {
        said += String(chunk);
        const match = /serves GraphQL at http:\/\/[\w.]+:(\d+)\/graphql/.exec(said);
        if (match?.[1] !== undefined) resolve(Number(match[1]));
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', () => reject(new Error(`an instance did not start: ${said}`)));
    });
    const ready = await fetch(`${this.origin}/health/ready`);
    // What readiness shows of an instance that is joined to others.
    const { feed } = (await ready.json()) as { readonly feed: { readonly instance: string } };
    this.id = feed.instance;
  }

  /** Ends it: at once, or in order. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.port = 0;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGCONT');
    child.kill(signal);
    await exited;
  }

  stall(): void {
    this.#child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child?.kill('SIGCONT');
  }

  async dispose(): Promise<void> {
    await this.end('SIGKILL');
    await this.line.dispose();
  }
}
