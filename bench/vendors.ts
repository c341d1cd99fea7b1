import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { StubOrder, StubReport } from './stub.ts';

/** The stub in a process of its own. */
export class Vendors {
  readonly ports: readonly number[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ports: readonly number[]) {
    this.#child = child;
    this.ports = ports;
  }

  static async start(): Promise<Vendors> {
    const child = fork(fileURLToPath(new URL('stub.ts', import.meta.url)));
    const ready = await nextReport(child);
    if (ready.is !== 'ready') throw new Error('The stub did not start.');
    return new Vendors(child, ready.ports);
  }

  async setLatency(milliseconds: number): Promise<void> {
    await this.#order({ do: 'latency', milliseconds });
  }

  async bump(tenant: number): Promise<void> {
    await this.#order({ do: 'bump', tenant });
  }

  /** Calls since this was asked last. */
  async takeCount(): Promise<number> {
    const report = await this.#order({ do: 'count' });
    return report.is === 'count' ? report.calls : 0;
  }

  stop(): void {
    this.#child.disconnect();
  }

  async #order(order: StubOrder): Promise<StubReport> {
    const report = nextReport(this.#child);
    this.#child.send(order);
    return report;
  }
}

function nextReport(child: ChildProcess): Promise<StubReport> {
  // The stub sends nothing else.
  return new Promise((resolve) => child.once('message', (report) => resolve(report as StubReport)));
}
