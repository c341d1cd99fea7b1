import { scheduler } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type Dataset, datadogCredentials } from '../../sandbox/datadog/index.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { joinedBy } from './fleet.ts';
import { Instance } from './instances.ts';
import { VersionFollower } from './version-follower.ts';

/** How much of it there is. */
export interface TroubleSize {
  readonly subscribers: number;
  readonly changes: number;
  readonly datasets: number;
  /** Between two changes. Milliseconds. */
  readonly pace: number;
}

/** What was done, what it took, and what was found wrong; an empty list where nothing was. */
export interface TroubleReport {
  readonly changes: number;
  readonly queries: number;
  readonly failedQueries: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly comebacks: number;
  readonly gaps: number;
  readonly feedDowns: number;
  /** From the end of an instance that watched until another one looks. Milliseconds. */
  readonly takeOvers: readonly number[];
  readonly wrong: readonly string[];
}

/** Of a watch in these instances. Milliseconds. */
export const watchLease = 1_000;

/** Waits until something holds, and says what was waited for when it never does. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  most = 30_000,
): Promise<void> {
  const end = Date.now() + most;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it never came: ${what}`);
    await scheduler.wait(25);
  }
}

/** Three instances behind a balancer, a Redis, the vendors, subscribers, and somebody who writes all the while. */
export class Trouble {
  readonly redis: RedisServer;
  readonly instances: readonly Instance[];
  readonly #sandbox: Sandbox;
  readonly #balancer: Balancer;
  readonly #size: TroubleSize;
  readonly #datasets: readonly Dataset[];
  #ids: readonly string[] = [];
  #followers: readonly VersionFollower[] = [];
  /** When each version was made, by dataset and number. */
  readonly #made = new Map<string, Map<number, number>>();
  readonly #takeOvers: number[] = [];
  readonly #wrong: string[] = [];
  #queries = 0;
  #failedQueries = 0;
  /** How often a query failed so. */
  readonly #failures = new Map<string, number>();
  #changes = 0;
  #isOver = false;
  readonly #eyes: Redis;
  #running: Promise<unknown> = Promise.resolve();

  private constructor(
    parts: Pick<Trouble, 'redis' | 'instances'> & { sandbox: Sandbox; balancer: Balancer },
    size: TroubleSize,
  ) {
    this.redis = parts.redis;
    this.instances = parts.instances;
    this.#sandbox = parts.sandbox;
    this.#balancer = parts.balancer;
    this.#size = size;
    this.#eyes = new Redis(parts.redis.url);
    this.#eyes.on('error', () => undefined);
    const acme = parts.sandbox.datadog.state.tenant('acme');
    const all = [...acme.projects.values()].flatMap((project) => [...project.datasets.values()]);
    this.#datasets = all.filter(({ lock }) => lock === undefined).slice(0, size.datasets);
  }

  static async begin(size: TroubleSize): Promise<Trouble> {
    const [redis, sandbox, balancer] = await Promise.all([
      startRedisServer(),
      startSandbox(),
      startBalancer(),
    ]);
    const environment = {
      ...sandbox.environment,
      ...joinedBy(redis),
      CALLER_RATE: '1000000000',
      WATCH_LEASE: String(watchLease),
      WATCH_INTERVAL: '50',
      WATCH_MAX_INTERVAL: '200',
      BACKGROUND_SHARE: '100',
      BACKGROUND_RATE: '1000',
      SHUTDOWN_TIMEOUT: '3000',
    };
    const instances = await Promise.all([0, 1, 2].map(() => Instance.start(redis.port, environment)));
    const trouble = new Trouble({ redis, instances, sandbox, balancer }, size);
    trouble.#lead();
    await trouble.#start();
    return trouble;
  }

  /** The instance that watches most. */
  async watching(): Promise<Instance> {
    let most: Instance | undefined;
    await until('somebody watches', async () => {
      const owners = await this.#owners();
      const count = ({ id }: Instance): number => owners.filter((owner) => owner === id).length;
      const [first] = this.instances.toSorted((one, other) => count(other) - count(one));
      most = first !== undefined && count(first) > 0 ? first : undefined;
      return most !== undefined;
    });
    if (most === undefined) throw new Error('nobody watches');
    return most;
  }

  /** Takes an instance away, and waits until others watch all that it watched. */
  async takeFrom(watcher: Instance, away: () => Promise<void>): Promise<void> {
    const { id } = watcher;
    const before = (await this.#owners()).length;
    const from = Date.now();
    await away();
    this.#lead();
    await until('others take over', async () => {
      const owners = await this.#owners();
      return owners.length >= before && !owners.includes(id);
    });
    this.#takeOvers.push(Date.now() - from);
  }

  /** Each instance is stopped in order and started again, one after the other. Gives how many queries failed meanwhile. */
  async rollingRestart(): Promise<number> {
    const failed = this.#failedQueries;
    for (const instance of this.instances) {
      const { port } = instance;
      this.#balancer.leadTo(this.#ports().filter((one) => one !== port));
      await instance.end('SIGTERM');
      await this.revive(instance);
    }
    return this.#failedQueries - failed;
  }

  async revive(instance: Instance): Promise<void> {
    await instance.start();
    this.#lead();
  }

  /** Lets things go on until so many more changes were made. */
  async more(changes: number): Promise<void> {
    const wanted = this.#changes + changes;
    await until(`${changes} more changes`, () => this.#changes >= wanted, 60_000);
  }

  /** Waits until all is written and told, and says what is wrong. */
  async finish(): Promise<TroubleReport> {
    await until('all changes are made', () => this.#changes >= this.#size.changes, 600_000);
    this.#isOver = true;
    await this.#running;
    // One more of each, which everybody is told when nothing stands in the way any more.
    const last = this.#datasets.map((dataset) => this.#makeAtVendor(dataset));
    const isTold = (follower: VersionFollower): boolean =>
      this.#ids.every((id, at) => follower.has(id, last[at] ?? 0));
    await until('everybody is told the last change', () => this.#followers.every(isTold), 60_000).catch(
      (error: unknown) => this.#wrong.push(String(error)),
    );
    for (const [at, dataset] of this.#datasets.entries()) this.#judge(dataset, this.#ids[at] ?? '');
    for (const { disorder } of this.#followers) this.#wrong.push(...disorder.slice(0, 3));
    const sum = (of: (follower: VersionFollower) => number): number =>
      this.#followers.reduce((all, follower) => all + of(follower), 0);
    return {
      changes: this.#changes,
      queries: this.#queries,
      failedQueries: this.#failedQueries,
      failures: Object.fromEntries(this.#failures),
      comebacks: sum(({ comebacks }) => comebacks),
      gaps: sum(({ gaps }) => gaps.length),
      feedDowns: sum(({ feedDowns }) => feedDowns),
      takeOvers: this.#takeOvers,
      wrong: this.#wrong,
    };
  }

  async dispose(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#followers.map((follower) => follower.stop()));
    await this.#running;
    await Promise.all(this.instances.map((instance) => instance.dispose()));
    await this.#balancer.dispose();
    await this.#sandbox.dispose();
    this.#eyes.disconnect();
    await this.redis.dispose();
  }

  #judge(dataset: Dataset, id: string): void {
    for (const version of dataset.versions.keys()) {
      const madeAt = this.#made.get(dataset.id)?.get(version);
      if (madeAt === undefined) continue;
      const missing = this.#followers.filter((follower) => !follower.isTold(id, version, madeAt)).length;
      if (missing > 0) this.#wrong.push(`version ${version} of ${dataset.name} was not told to ${missing}`);
    }
  }

  async #start(): Promise<void> {
    const refs = this.#datasets.map(({ id, projectId }, at) => {
      const ref = `{ vendor: DATADOG, kind: DATASET, vendorId: "${id}", parentVendorId: "${projectId}" }`;
      return `d${at}: resource(ref: ${ref}) { id }`;
    });
    const answer = await this.#ask(`{ changeCursor ${refs.join(' ')} }`);
    const data = answer?.['data'] as Readonly<Record<string, { readonly id: string }>> & {
      changeCursor: string;
    };
    this.#ids = this.#datasets.map((_, at) => data[`d${at}`]?.id ?? '');
    const url = `${this.#balancer.origin}/graphql`;
    this.#followers = Array.from(
      { length: this.#size.subscribers },
      () => new VersionFollower(url, this.#ids, data.changeCursor),
    );
    // Everybody is there when everybody is told of this.
    const first = this.#datasets.map((dataset) => this.#makeAtVendor(dataset));
    await until('everybody is told the first change', () =>
      this.#followers.every((follower) =>
        this.#ids.every((id, at) => follower.isTold(id, first[at] ?? 0, this.#madeAt(at, first[at] ?? 0))),
      ),
    );
    this.#running = Promise.all([this.#write(), this.#query()]);
  }

  #madeAt(at: number, version: number): number {
    return this.#made.get(this.#datasets[at]?.id ?? '')?.get(version) ?? 0;
  }

  async #write(): Promise<void> {
    for (let turn = 0; !this.#isOver && this.#changes < this.#size.changes; turn += 1) {
      const at = turn % this.#datasets.length;
      const dataset = this.#datasets[at];
      if (dataset === undefined) return;
      if (turn % 2 === 0) this.#makeAtVendor(dataset);
      else await this.#makeThroughGateway(dataset, this.#ids[at] ?? '');
      this.#changes += 1;
      await scheduler.wait(this.#size.pace);
    }
  }

  #makeAtVendor(dataset: Dataset): number {
    const at = Date.now();
    const version = this.#sandbox.datadog.state.addVersion(dataset, datadogCredentials.acme.ada.user);
    this.#note(dataset, version, at);
    return version;
  }

  async #makeThroughGateway(dataset: Dataset, id: string): Promise<void> {
    const at = Date.now();
    const before = new Set(dataset.versions.keys());
    const input = `{ datasetId: "${id}", add: [{ input: { question: "What was made at ${at}?" } }] }`;
    await this.#ask(`mutation { editDatasetItems(input: ${input}) { __typename } }`);
    // Whatever became of its answer: what is there was made.
    for (const version of dataset.versions.keys()) if (!before.has(version)) this.#note(dataset, version, at);
  }

  #note({ id }: Dataset, version: number, at: number): void {
    const ofDataset = this.#made.get(id) ?? new Map<number, number>();
    this.#made.set(id, ofDataset);
    if (!ofDataset.has(version)) ofDataset.set(version, at);
  }

  async #query(): Promise<void> {
    while (!this.#isOver) {
      const answer = await this.#ask(
        '{ prompts(first: 1, filter: { vendors: [DATADOG] }) { nodes { id } } }',
      );
      this.#queries += 1;
      if (answer === undefined || answer['errors'] !== undefined) {
        this.#failedQueries += 1;
        const why = JSON.stringify(answer?.['errors'] ?? 'no answer').slice(0, 200);
        this.#failures.set(why, (this.#failures.get(why) ?? 0) + 1);
      }
      await scheduler.wait(20);
    }
  }

  /** Undefined where no answer came. */
  async #ask(query: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    try {
      const response = await fetch(`${this.#balancer.origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify({ query }),
        signal: AbortSignal.timeout(15_000),
      });
      // What the gateway sends is a GraphQL response.
      return (await response.json()) as Readonly<Record<string, unknown>>;
    } catch {
      return undefined;
    }
  }

  #ports(): readonly number[] {
    return this.instances.map(({ port }) => port).filter((port) => port !== 0);
  }

  #lead(): void {
    this.#balancer.leadTo(this.#ports());
  }

  /** Whose each watch is, by what Redis holds. */
  async #owners(): Promise<readonly string[]> {
    const keys = await this.#eyes.keys('*:watch:*').catch(() => []);
    if (keys.length === 0) return [];
    const values = await this.#eyes.mget(keys).catch(() => []);
    return values.flatMap((value) => (value === null ? [] : [value.split(' ')[1] ?? '']));
  }
}
