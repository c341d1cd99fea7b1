import { scheduler } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

interface Told {
  readonly data?: {
    readonly event: {
      readonly __typename: string;
      readonly cursor: string;
      readonly datasetId?: string;
      readonly action?: string;
      readonly versionRef?: string;
    };
  } | null;
}

const document = `subscription ($ids: [ID!]!, $after: String) {
  event: datasetVersionChanged(datasetIds: $ids, after: $after) {
    __typename
    ... on Change { cursor }
    ... on DatasetVersionChange { datasetId action versionRef }
  }
}`;

/** Follows versions of datasets through everything: whenever its stream ends, it comes back with its last cursor. */
export class VersionFollower {
  /** When each version was told, by dataset and number. Milliseconds. */
  readonly seen = new Map<string, Map<number, number>>();
  /** When it was told that something may be missing, or began. */
  readonly gaps: number[] = [];
  /** What came before what it must come after, in words. */
  readonly disorder: string[] = [];
  comebacks = 0;
  feedDowns = 0;
  readonly #last = new Map<string, number>();
  #cursor: string;
  #isStopped = false;
  readonly #done: Promise<void>;
  #leave: () => void = () => undefined;

  constructor(url: string, ids: readonly string[], cursor: string) {
    this.#cursor = cursor;
    this.#done = this.#run(url.replace('http', 'ws'), ids);
  }

  has(dataset: string, version: number): boolean {
    return this.seen.get(dataset)?.has(version) === true;
  }

  /** Whether a version that was made at `madeAt` was told, or told to be possibly missing. */
  isTold(dataset: string, version: number, madeAt: number): boolean {
    return this.has(dataset, version) || this.gaps.some((at) => at >= madeAt);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#leave();
    await this.#done;
  }

  async #run(url: string, ids: readonly string[]): Promise<void> {
    while (!this.#isStopped) {
      const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, lazy: true });
      const results = client.iterate<Told['data'], never>({
        query: document,
        variables: { ids, after: this.#cursor },
      });
      this.#leave = () => void client.terminate();
      try {
        for await (const result of results) this.#take(result as Told); // What this document selects.
      } catch {
        // An instance that is gone, or a feed that is away: it comes back.
      }
      await client.dispose();
      this.comebacks += 1;
      if (!this.#isStopped) await scheduler.wait(100);
    }
  }

  #take({ data }: Told): void {
    const event = data?.event;
    if (event === undefined) return;
    this.#cursor = event.cursor;
    if (event.__typename === 'ChangeGap') {
      this.gaps.push(Date.now());
      // What follows may have been told before.
      this.#last.clear();
    }
    if (event.__typename === 'FeedStatusChange') this.feedDowns += 1;
    const { datasetId = '', action, versionRef } = event;
    if (event.__typename !== 'DatasetVersionChange' || action !== 'CREATED') return;
    const version = Number(versionRef);
    const before = this.#last.get(datasetId) ?? 0;
    if (version <= before) this.disorder.push(`${version} after ${before} of ${datasetId}`);
    this.#last.set(datasetId, version);
    const ofDataset = this.seen.get(datasetId) ?? new Map<number, number>();
    this.seen.set(datasetId, ofDataset);
    if (!ofDataset.has(version)) ofDataset.set(version, Date.now());
  }
}
