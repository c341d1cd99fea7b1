import type { GlobalId, ResourceKey } from '../domain/identity.ts';
import type { WatchFacet } from '../domain/watched-state.ts';
import type { SourceWatch, WatchTarget } from '../sources/source.ts';
import type { ChangeLog, LogPosition } from './change-log.ts';
import { encodeCursor, noCursor, parseCursor } from './cursor.ts';
import type { SourceStatuses } from './source-statuses.ts';
import { Subscription } from './subscription.ts';
import { statusKey, topicKey } from './topic.ts';
import { watchableOf } from './watch-loop.ts';
import type { Watchers, WatchHandle } from './watchers.ts';

/** One side of one resource that a subscriber wants to know of. */
export interface Interest {
  readonly target: WatchTarget;
  readonly watch: SourceWatch;
  readonly facet: WatchFacet;
  readonly resource: ResourceKey<'DATASET' | 'PROMPT'>;
}

export interface FeedOptions {
  readonly log: ChangeLog;
  readonly watchers: Watchers;
  readonly statuses: SourceStatuses;
  /** How long a cursor is good for at most. Milliseconds. */
  readonly cursorLife: number;
}

/** What subscribers see of the change log. */
export class ChangeFeed {
  readonly #options: FeedOptions;
  #subscribers = 0;
  #cursorGivenAt = Number.NEGATIVE_INFINITY;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get subscribers(): number {
    return this.#subscribers;
  }

  /** The end of the log as it is now. */
  async cursor(): Promise<string> {
    const { log } = this.#options;
    this.#cursorGivenAt = log.now();
    return encodeCursor(await log.head());
  }

  /** Whether anybody follows the feed, or holds a cursor to follow it from: else nothing need be told to it. */
  isAwaited(): boolean {
    const { log, cursorLife } = this.#options;
    return this.#subscribers > 0 || log.now() - this.#cursorGivenAt < cursorLife;
  }

  /** Whether the scope has seen such a resource already, so that it may be told of it. */
  async isKnown({ target, facet, resource }: Interest): Promise<boolean> {
    const known = await this.#options.log.known(topicKey({ scope: target.scope, facet, id: resource.id }));
    return known !== undefined && !('exists' in known.state && known.revision === 1 && !known.state.exists);
  }

  /**
   * Follows resources, from `after` on or from now. What happened while nobody watched is told as a gap. Throws
   * InvalidInputError for what is no cursor.
   */
  async subscribe(
    interests: readonly Interest[],
    after: string | undefined,
    signal: AbortSignal,
  ): Promise<Subscription> {
    const { log, watchers, statuses } = this.#options;
    const given = after === undefined ? undefined : parseCursor(after);
    if (given !== undefined && !log.isPossible(given)) throw noCursor();
    this.#subscribers += 1;
    const handles: WatchHandle[] = [];
    const close = (): void => {
      this.#subscribers -= 1;
      for (const handle of handles) handle.release();
    };
    try {
      const from = given ?? (await log.head());
      const unobserved = given === undefined ? [] : await this.#unobserved(interests, given);
      const keys = new Set<string>();
      const told = new Map<string, ReturnType<SourceStatuses['current']>>();
      for (const { target, watch, facet, resource } of interests) {
        const watchable = watchableOf(watch, facet);
        if (watchable === undefined) continue;
        const status = statusKey(target.scope, target.source);
        keys.add(topicKey({ scope: target.scope, facet, id: resource.id }));
        keys.add(status);
        told.set(status, statuses.current(target, from.at));
        handles.push(watchers.acquire(target, facet, watchable, resource));
      }
      return new Subscription({
        log,
        keys,
        from,
        statuses: [...told.values()].filter((status) => status !== undefined),
        unobserved,
        looked: Promise.all(handles.map(({ looked }) => looked)),
        signal,
        onClose: close,
      });
    } catch (error) {
      close();
      throw error;
    }
  }

  /** Those of whom it is not known what they were at a place in the log. */
  async #unobserved(interests: readonly Interest[], { at }: LogPosition): Promise<GlobalId[]> {
    const { log } = this.#options;
    const ids = new Set<GlobalId>();
    for (const { target, watch, facet, resource } of interests) {
      const known = await log.known(topicKey({ scope: target.scope, facet, id: resource.id }));
      const readsTell = watchableOf(watch, facet)?.readsTell === true && log.forgottenAt() <= at;
      if (known === undefined || (known.since > at && !readsTell)) ids.add(resource.id);
    }
    return [...ids];
  }
}
