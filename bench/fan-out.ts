import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Running } from './contenders.ts';
import { cpuSeconds, residentMiB } from './cores.ts';
import { median } from './statistics.ts';
import { movingRows } from './vendor-data.ts';
import type { Vendors } from './vendors.ts';
import { datadogIds, subscription } from './workloads.ts';

export interface FanOut {
  readonly contender: string;
  /** Deliveries a second, from the change at the vendor to the last subscriber. */
  readonly perSecond: number;
  /** Microseconds of processor time for a delivery. */
  readonly cpu: number;
  /** What a subscriber takes that waits. KiB. */
  readonly subscriberKiB: number;
}

/** The tenant whose datasets are followed. */
const tenant = 1;
/** Longest that a burst may take until it is given up, as the first may be that nobody looked before. Milliseconds. */
const patience = 15_000;

/** Subscribers of one contender, which count what they are told. */
class Subscribers {
  readonly #sockets: WebSocket[] = [];
  #told = 0;

  get told(): number {
    return this.#told;
  }

  /** Opens one, and resolves when its subscription is sent. */
  async open({ origin, headers }: Running, id: string): Promise<void> {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { authorization: headers['authorization'] },
      perMessageDeflate: false,
    });
    this.#sockets.push(socket);
    const payload = { query: subscription, variables: { ids: datadogIds(tenant, movingRows) } };
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => socket.send('{"type":"connection_init"}'));
      socket.on('message', (data: Buffer) => {
        // Counting must not cost what it measures: what it is is in the first bytes.
        if (data.includes('"versionRef"')) this.#told += 1;
        else if (data.includes('"connection_ack"')) {
          socket.send(JSON.stringify({ id, type: 'subscribe', payload }), () => resolve());
        } else if (data.includes('"ping"')) socket.send('{"type":"pong"}');
        else if (data.includes('"error"')) reject(new Error(String(data).slice(0, 300)));
      });
    });
  }

  /** Whether so many more are told in time. */
  async hear(count: number): Promise<boolean> {
    const wanted = this.#told + count;
    for (const startedAt = performance.now(); performance.now() - startedAt < patience; ) {
      if (this.#told >= wanted) return true;
      await delay(1);
    }
    return false;
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }
}

/** How fast changes come to so many subscribers, each with a socket of its own. */
export async function measureFanOut(
  running: Running,
  vendors: Vendors,
  subscribers: number,
  bursts: number,
): Promise<FanOut> {
  await vendors.setLatency(0);
  const before = residentMiB(running.pid);
  const all = new Subscribers();
  try {
    for (let opened = 0; opened < subscribers; opened += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => all.open(running, `s${opened + index}`)));
    }
    const subscriberKiB = ((residentMiB(running.pid) - before) * 1_024) / subscribers;
    const expected = subscribers * movingRows;
    const rates: number[] = [];
    const costs: number[] = [];
    // The first ones warm up; what is told of a change that came before the first look is not counted.
    for (let burst = -2; burst < bursts; burst += 1) {
      const cpu = cpuSeconds(running.pid);
      const startedAt = performance.now();
      const heard = all.hear(expected);
      await vendors.bump(tenant);
      const isWhole = await heard;
      if (burst < 0) continue;
      if (!isWhole) throw new Error(`${running.contender.name} did not tell everybody of a change`);
      rates.push((expected * 1_000) / (performance.now() - startedAt));
      costs.push(((cpuSeconds(running.pid) - cpu) * 1e6) / expected);
    }
    return {
      contender: running.contender.name,
      perSecond: median(rates),
      cpu: median(costs),
      subscriberKiB,
    };
  } finally {
    all.close();
  }
}
