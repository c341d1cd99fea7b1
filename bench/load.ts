import { type Dispatcher, Pool } from 'undici';
import type { Running } from './contenders.ts';
import type { Workload } from './workloads.ts';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** What so many clients got in a while, each asking anew as soon as it has its answer. */
export interface Load {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds, in the order of the answers. */
  readonly latencies: readonly number[];
}

function send(pool: Pool, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, code) => {
        status = code;
      },
      onResponseData: (_controller, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => resolve({ status, body: Buffer.concat(chunks) }),
      onResponseError: (_controller, error) => reject(error),
    };
    pool.dispatch({ path: '/graphql', method: 'POST', headers, body }, handler);
  });
}

/** The clients of one workload at one contender. */
export class Clients {
  readonly #pool: Pool;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #bodies: readonly string[];
  readonly #sizes: (number | undefined)[] = [];

  constructor({ origin, headers }: Running, { query, variables, clients }: Workload) {
    this.#pool = new Pool(origin, { connections: clients, pipelining: 1 });
    this.#headers = headers;
    this.#bodies = Array.from({ length: clients }, (_, client) =>
      JSON.stringify({ query, variables: variables(client) }),
    );
  }

  /** One answer for each client. */
  answers(): Promise<readonly Answer[]> {
    return Promise.all(this.#bodies.map((body) => send(this.#pool, this.#headers, body)));
  }

  /** Throws when an answer is not as large as the first that the same client got. */
  async run(milliseconds: number): Promise<Load> {
    const startedAt = performance.now();
    const latencies: number[] = [];
    const runOne = async (body: string, client: number): Promise<void> => {
      for (;;) {
        const sentAt = performance.now();
        if (sentAt - startedAt >= milliseconds) return;
        const { status, body: answer } = await send(this.#pool, this.#headers, body);
        this.#sizes[client] ??= answer.byteLength;
        if (status !== 200 || answer.byteLength !== this.#sizes[client]) {
          throw new Error(`answered ${status}: ${answer.toString().slice(0, 500)}`);
        }
        latencies.push(performance.now() - sentAt);
      }
    };
    await Promise.all(this.#bodies.map(runOne));
    return { requests: latencies.length, seconds: (performance.now() - startedAt) / 1_000, latencies };
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}
