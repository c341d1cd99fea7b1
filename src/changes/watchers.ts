import { type BulkheadPolicy, bulkhead } from 'cockatiel';
import type { ResourceKey } from '../domain/identity.ts';
import type { SourceKey } from '../domain/vendor.ts';
import type { WatchFacet } from '../domain/watched-state.ts';
import type { WatchTarget } from '../sources/source.ts';
import { type Sight, WatchLoop, type WatchOptions, type WatchServices } from './watch-loop.ts';
import type { AnyWatchable } from './watchable.ts';

/** That one subscriber wants to know of one side of one resource. */
export interface WatchHandle {
  readonly sight: Sight;
  release(): void;
}

export interface WatchStats {
  /** Sides of resources that are watched. */
  readonly resources: number;
  /** Longest time between two looks, as things are; null when nothing is watched. Seconds. */
  readonly intervalSeconds: number | null;
}

export interface WatchersOptions extends WatchOptions {
  /** Tells other instances of it. */
  readonly onNudge?: ((id: string, exceptScope: string | undefined) => void) | undefined;
}

interface Watch {
  readonly id: string;
  readonly loop: WatchLoop;
  readonly loopKey: string;
  readonly laneKey: string;
  readonly sight: Sight;
  holders: number;
  lingering: NodeJS.Timeout | undefined;
}

/** Looks that are under way at once with one set of credentials: people's calls need connections, too. */
const looksSideBySide = 8;

/** What the loops of one set of credentials at one source take turns by. */
interface Lane {
  readonly policy: BulkheadPolicy;
  loops: number;
}

/** One watch for a side of a resource and a credential scope, however many want to know. */
export class Watchers {
  readonly #options: WatchersOptions;
  readonly #services: WatchServices;
  readonly #loops = new Map<string, WatchLoop>();
  readonly #watches = new Map<string, Watch>();
  readonly #lanes = new Map<string, Lane>();

  constructor(options: WatchersOptions, services: WatchServices) {
    this.#options = options;
    this.#services = services;
  }

  /** How many loops there are, for tests of what is left behind. */
  get loops(): number {
    return this.#loops.size;
  }

  acquire(
    target: WatchTarget,
    facet: WatchFacet,
    watchable: AnyWatchable,
    key: ResourceKey<'DATASET' | 'PROMPT'>,
  ): WatchHandle {
    const laneKey = `${target.scope} ${target.source}`;
    const loopKey = `${laneKey} ${facet} ${watchable.groupOf(key)}`;
    const watchKey = `${loopKey} ${key.id}`;
    let watch = this.#watches.get(watchKey);
    if (watch === undefined) {
      let loop = this.#loops.get(loopKey);
      if (loop === undefined) {
        const lane = this.#lanes.get(laneKey) ?? {
          policy: bulkhead(looksSideBySide, Number.MAX_SAFE_INTEGER),
          loops: 0,
        };
        lane.loops += 1;
        this.#lanes.set(laneKey, lane);
        loop = new WatchLoop(target, facet, this.#options, this.#services, lane.policy);
        this.#loops.set(loopKey, loop);
      }
      watch = { id: key.id, loop, loopKey, laneKey, sight: loop.add(key), holders: 0, lingering: undefined };
      this.#watches.set(watchKey, watch);
    }
    clearTimeout(watch.lingering);
    watch.holders += 1;
    const held = watch;
    let released = false;
    return {
      sight: held.sight,
      release: () => {
        if (released) return;
        released = true;
        held.holders -= 1;
        if (held.holders > 0) return;
        const end = (): void => this.#end(watchKey, held);
        // A caller's own credentials are used for nobody when that caller has left.
        if (target.ofCaller) end();
        else held.lingering = setTimeout(end, this.#options.linger).unref();
      },
    };
  }

  /** A resource was written: who watches it with other credentials looks now, at whatever instance. */
  nudge(id: string, exceptScope?: string): void {
    this.nudgeHere(id, exceptScope);
    this.#options.onNudge?.(id, exceptScope);
  }

  /** The same of this instance alone. */
  nudgeHere(id: string, exceptScope?: string): void {
    for (const [key, loop] of this.#loops) {
      if (loop.has(id) && (exceptScope === undefined || !key.startsWith(`${exceptScope} `))) loop.lookSoon();
    }
  }

  stats(scope: string, source: SourceKey): WatchStats {
    let resources = 0;
    let interval: number | null = null;
    for (const [key, loop] of this.#loops) {
      if (!key.startsWith(`${scope} ${source} `)) continue;
      resources += loop.size;
      interval = Math.max(interval ?? 0, loop.interval / 1000);
    }
    return { resources, intervalSeconds: interval };
  }

  dispose(): void {
    for (const [key, watch] of this.#watches) this.#end(key, watch);
  }

  #end(watchKey: string, watch: Watch): void {
    clearTimeout(watch.lingering);
    this.#watches.delete(watchKey);
    watch.loop.remove(watch.id);
    if (watch.loop.size > 0 || !this.#loops.delete(watch.loopKey)) return;
    const lane = this.#lanes.get(watch.laneKey);
    if (lane === undefined) return;
    lane.loops -= 1;
    if (lane.loops === 0) this.#lanes.delete(watch.laneKey);
  }
}
