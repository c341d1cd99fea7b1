import type { Vendor } from '../domain/vendor.ts';
import type { Account } from './account.ts';

/** A read that is under way and may be shared. */
export interface SharedRead {
  readonly promise: Promise<unknown>;
  /**
   * Whoever takes part says so here, with when it wants its answer at the latest (milliseconds since the epoch), and
   * calls the returned function when it no longer waits.
   */
  join(deadline: number): () => void;
  /** What the clock of reads told when it was sent. */
  readonly tick: number;
}

interface InFlight extends SharedRead {
  readonly writeEpoch: number;
  isSettled: boolean;
  /** Its place among all reads sent, from 1. */
  readonly place: number;
}

/** The reads that are in flight, by credential and path. */
export class SharedReads {
  readonly #tick: () => number;
  readonly #inFlight = new Map<string, InFlight>();
  readonly #writeEpochs = new Map<Vendor, number>();
  #sent = 0;

  constructor(tick: () => number) {
    this.#tick = tick;
  }

  get sent(): number {
    return this.#sent;
  }

  markWrite(vendor: Vendor): void {
    this.#writeEpochs.set(vendor, this.#writeEpoch(vendor) + 1);
  }

  find(account: Account, path: string, after: number, notBefore: number): SharedRead | undefined {
    const running = this.#inFlight.get(keyOf(account, path));
    if (running === undefined || running.place <= after || running.tick < notBefore) return undefined;
    return running.writeEpoch === this.#writeEpoch(account.vendor) ? running : undefined;
  }

  /** Starts a read. Its signal ends it when all have left, and its deadline is the latest of those who take part. */
  start(
    account: Account,
    path: string,
    read: (signal: AbortSignal, deadline: () => number) => Promise<unknown>,
  ): SharedRead {
    const key = keyOf(account, path);
    const controller = new AbortController();
    let waiting = 0;
    let latest = 0;
    this.#sent += 1;
    const run = async (): Promise<unknown> => {
      // Whoever sends it joins it before it begins.
      await undefined;
      try {
        return await read(controller.signal, () => latest);
      } finally {
        call.isSettled = true;
        this.#end(key, call);
      }
    };
    const call: InFlight = {
      promise: run(),
      isSettled: false,
      writeEpoch: this.#writeEpoch(account.vendor),
      place: this.#sent,
      tick: this.#tick(),
      join: (deadline) => {
        waiting += 1;
        latest = Math.max(latest, deadline);
        let left = false;
        return () => {
          if (left) return;
          left = true;
          waiting -= 1;
          // To abort makes an error, with its stack: not for nothing.
          if (waiting > 0 || call.isSettled) return;
          this.#end(key, call);
          controller.abort();
        };
      },
    };
    // Whoever waits sees the failure; one that everybody left must not end the process.
    call.promise.catch(() => undefined);
    this.#inFlight.set(key, call);
    return call;
  }

  #end(key: string, call: InFlight): void {
    if (this.#inFlight.get(key) === call) this.#inFlight.delete(key);
  }

  #writeEpoch(vendor: Vendor): number {
    return this.#writeEpochs.get(vendor) ?? 0;
  }
}

function keyOf(account: Account, path: string): string {
  return `${account.scope} ${path}`;
}
