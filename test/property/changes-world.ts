import { ChangeFeed, type Interest } from '../../src/changes/feed.ts';
import { MemoryLog } from '../../src/changes/memory-log.ts';
import { Publisher } from '../../src/changes/publisher.ts';
import { SourceStatuses } from '../../src/changes/source-statuses.ts';
import { noOthers } from '../../src/changes/watch-leases.ts';
import { Watchers } from '../../src/changes/watchers.ts';
import { WriteMarks } from '../../src/changes/write-marks.ts';
import type { DraftLock } from '../../src/domain/dataset.ts';
import { SourceError } from '../../src/domain/errors.ts';
import { type GlobalId, keyOf, type ResourceKey } from '../../src/domain/identity.ts';
import type { Instant } from '../../src/domain/instant.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import type { DraftLockState, VersionsState } from '../../src/domain/watched-state.ts';
import type { SourceWatch, Watchable, WatchTarget } from '../../src/sources/source.ts';

/** What a vendor has of one dataset, and what a client believes that it has. */
export interface Held {
  lock: DraftLock | null;
  refs: number[];
}

/** `listed`: versions are listed, and plain reads tell nothing of them. `counted`: reads tell the newest number alone. */
export type VendorKind = 'listed' | 'counted';

export interface WorldOptions {
  readonly kind: VendorKind;
  readonly datasets: number;
  readonly oneGroup: boolean;
  readonly maxEntries: number;
  readonly maxStates: number;
  /** How long each request takes on its way there and back, in turn. Milliseconds. */
  readonly delays: readonly number[];
}

export type Dataset = ResourceKey<'DATASET'>;

/** Waits by the test's timers. Milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

const source = sourceKey('datadog');
const down = (): SourceError =>
  new SourceError({ code: 'SOURCE_UNAVAILABLE', vendor: 'DATADOG', message: 'does not answer' });

/** A vendor in memory with all that follows it: time is what the test's timers say it is. */
export class World {
  readonly datasets: readonly Dataset[];
  readonly held = new Map<GlobalId, Held>();
  readonly feed: ChangeFeed;
  readonly watchers: Watchers;
  readonly faults: unknown[] = [];
  isDown = false;
  readonly #options: WorldOptions;
  readonly #log: MemoryLog;
  readonly #publisher: Publisher;
  readonly #target: WatchTarget;
  readonly #watch: SourceWatch;
  readonly #turns = new Map<GlobalId, Promise<void>>();
  #asked = 0;
  #made = 0;
  #now = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    const { maxEntries, maxStates } = options;
    this.datasets = Array.from({ length: options.datasets }, (_, index) =>
      keyOf(source, 'DATASET', `p`, `d${index}`),
    );
    for (const { id } of this.datasets) this.held.set(id, { lock: null, refs: [-3, -2, -1, 0] });
    // No two moments are the same.
    const now = (): number => {
      this.#now += 1;
      return this.#now;
    };
    this.#log = new MemoryLog({ maxEntries, maxAge: 1e9, maxStates, now });
    const statuses = new SourceStatuses(this.#log);
    const marks = new WriteMarks(now);
    this.watchers = new Watchers(
      {
        minInterval: 1,
        maxInterval: 4,
        lookTimeout: 1_000,
        linger: 3,
        onLag: () => undefined,
        onFault: (error) => this.faults.push(error),
      },
      { log: this.#log, statuses, marks, leases: noOthers },
    );
    this.feed = new ChangeFeed({ log: this.#log, watchers: this.watchers, statuses, cursorLife: 1e9 });
    this.#publisher = new Publisher({
      log: this.#log,
      marks,
      watchers: this.watchers,
      isAwaited: () => this.feed.isAwaited(),
      onUnseen: () => undefined,
    });
    this.#watch = {
      draftLocks: this.#watchable(true, (dataset) => this.#lockOf(dataset)),
      datasetVersions: this.#watchable(options.kind === 'counted', (dataset) => this.#versionsOf(dataset)),
    };
    this.#target = {
      scope: 'scope',
      source,
      vendor: 'DATADOG',
      ofCaller: false,
      connect: () => ({ watch: this.#watch, readsAsOf: () => undefined }),
      spareIn: () => 0,
    };
  }

  of(dataset: Dataset): Held {
    const held = this.held.get(dataset.id);
    if (held === undefined) throw new Error('there is no such dataset');
    return held;
  }

  interests(): readonly Interest[] {
    return this.datasets.flatMap((resource) =>
      (['DRAFT_LOCK', 'DATASET_VERSIONS'] as const).map(
        (facet): Interest => ({ target: this.#target, watch: this.#watch, facet, resource }),
      ),
    );
  }

  /** Somebody takes the draft, or gives it back. */
  moveLock(dataset: Dataset): void {
    const held = this.of(dataset);
    this.#made += 1;
    held.lock = held.lock !== null && this.#made % 3 === 0 ? null : lockOf(this.#made);
  }

  /** Somebody makes a version. */
  makeVersion(dataset: Dataset): number {
    this.#made += 1;
    const { refs } = this.of(dataset);
    const ref = this.#options.kind === 'listed' ? this.#made : Math.max(...refs) + 1;
    refs.push(ref);
    return ref;
  }

  /**
   * Somebody takes a version away that was there from the start, where versions are listed: what comes and goes between
   * two looks is told to nobody.
   */
  dropVersion(dataset: Dataset): void {
    const { refs } = this.of(dataset);
    const [oldest, ...others] = refs;
    if (this.#options.kind === 'listed' && others.length > 0 && Number(oldest) <= 0) refs.shift();
  }

  /** A write through the gateway: one at a time for a dataset. */
  write(dataset: Dataset, what: 'lock' | 'version'): Promise<void> {
    const facet = what === 'lock' ? ('DRAFT_LOCK' as const) : ('DATASET_VERSIONS' as const);
    const target = { scope: 'scope', facets: [facet], watch: this.#watch, forget: () => undefined };
    const turn = (this.#turns.get(dataset.id) ?? Promise.resolve()).then(async () => {
      const write = async (): Promise<string | null> =>
        this.#request(() => {
          if (what === 'version') return String(this.makeVersion(dataset));
          this.moveLock(dataset);
          return null;
        });
      await this.#publisher.writing(target, dataset, write, (ref) => ({ ref })).catch(ignoreOutage);
    });
    this.#turns.set(dataset.id, turn);
    return turn;
  }

  /** A read by somebody, who sees all there is at one moment of it; undefined when it fails. */
  async read(dataset: Dataset): Promise<Held | undefined> {
    const asOf = this.#log.now();
    try {
      const { lock, refs } = await this.#request(() => structuredClone(this.of(dataset)));
      const awaited = this.feed.wantsReads();
      if (awaited) await this.#publisher.saw('scope', 'DRAFT_LOCK', dataset, { lock }, asOf);
      if (awaited && this.#options.kind === 'counted') {
        await this.#publisher.saw('scope', 'DATASET_VERSIONS', dataset, counted(refs), asOf);
      }
      return { lock, refs };
    } catch (error) {
      ignoreOutage(error);
      return undefined;
    }
  }

  async dispose(): Promise<void> {
    this.watchers.dispose();
    await this.#log.dispose();
  }

  async #request<T>(answer: () => T): Promise<T> {
    await pause(this.#delay());
    if (this.isDown) throw down();
    const answered = answer();
    await pause(this.#delay());
    return answered;
  }

  #delay(): number {
    const { delays } = this.#options;
    this.#asked += 1;
    return delays[this.#asked % delays.length] ?? 0;
  }

  #watchable<State>(readsTell: boolean, stateOf: (dataset: Dataset) => State): Watchable<'DATASET', State> {
    return {
      readsTell,
      groupOf: ({ id }) => (this.#options.oneGroup ? 'all' : id),
      look: async (looks) => {
        const read = await Promise.all(
          looks.map(async ({ key }) => [key.id, await this.#request(() => stateOf(key))] as const),
        );
        return new Map(read);
      },
    };
  }

  #lockOf(dataset: Dataset): DraftLockState {
    return { lock: structuredClone(this.of(dataset).lock) };
  }

  #versionsOf(dataset: Dataset): VersionsState {
    const { refs } = this.of(dataset);
    return this.#options.kind === 'listed' ? listed(refs) : counted(refs);
  }
}

function ignoreOutage(error: unknown): void {
  if (!(error instanceof SourceError)) throw error;
}

function lockOf(number: number): DraftLock {
  const since = new Date(number * 1_000).toISOString() as Instant; // As a vendor writes it.
  const holder = {
    vendorId: `user ${number % 3}`,
    name: null,
    email: null,
    handle: null,
    iconUrl: null,
    details: null,
  };
  return { holder, since, heldByCaller: null, kind: 'VENDOR' };
}

function counted(refs: readonly number[]): VersionsState {
  const newest = Math.max(...refs);
  return {
    exists: true,
    latest: { ref: String(newest), number: newest },
    versions: undefined,
    complete: false,
    deployments: undefined,
  };
}

function listed(refs: readonly number[]): VersionsState {
  return {
    exists: true,
    latest: { ref: String(refs.at(-1)), number: null },
    versions: refs.map((ref) => ({
      ref: String(ref),
      number: null,
      name: null,
      description: null,
      labels: null,
    })),
    complete: true,
    deployments: [],
  };
}
