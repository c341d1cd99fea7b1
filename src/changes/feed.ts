import type { SourceStatusChanged } from '../domain/change.ts';
import { FeedUnavailableError } from '../domain/errors.ts';
import type { GlobalId, ResourceKey } from '../domain/identity.ts';
import type { WatchFacet } from '../domain/watched-state.ts';
import type { SourceWatch, WatchTarget } from '../sources/source.ts';
import type { ChangeLog, LogPosition } from './change-log.ts';
import { encodeCursor, noCursor, parseCursor } from './cursor.ts';
import type { SourceStatuses } from './source-statuses.ts';
import { Subscription, type Unseen } from './subscription.ts';
import { statusKey, topicKey } from './topic.ts';
import type { Sight } from './watch-loop.ts';
import { watchableOf } from './watchable.ts';
import type { Watchers, WatchHandle } from './watchers.ts';

/** One side of one resource that a subscriber wants to know of. */
export interface Interest {
  readonly target: WatchTarget;
  readonly watch: SourceWatch;
  readonly facet: WatchFacet;
  readonly resource: ResourceKey<'DATASET' | 'PROMPT'>;
}

/** Where a subscription begins, and what is not known of what it is about. */
export interface FeedPlace {
  readonly from: LogPosition;
  /** Nobody has looked at these yet. */
  readonly unknown: ReadonlySet<Interest>;
  /** Of these it is not known what they were at the place. */
  readonly missed: ReadonlySet<Interest>;
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

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get subscribers(): number {
    return this.#subscribers;
  }

  /** When the last cursor was given, by the log's clock. */
  get cursorGivenAt(): number {
    return this.#options.log.cursorGivenAt();
  }

  /** The end of the log as it is now. */
  async cursor(): Promise<string> {
    return encodeCursor(await this.#options.log.giveCursor());
  }

  /** Whether what is read here need be told to the log: somebody may hold a cursor from before it. */
  wantsReads(): boolean {
    const { log } = this.#options;
    return log.knowsReads && this.#isAwaitedHere();
  }

  /** Whether anybody follows the feed, or holds a cursor to follow it from: else no write need be told to it. */
  async isAwaited(): Promise<boolean> {
    if (this.#isAwaitedHere()) return true;
    try {
      return await this.#options.log.isFollowedElsewhere();
    } catch (error) {
      // A write goes on without the log; who follows it elsewhere sees what was written with the next look.
      if (error instanceof FeedUnavailableError) return false;
      throw error;
    }
  }

  #isAwaitedHere(): boolean {
    const { log, cursorLife } = this.#options;
    return this.#subscribers > 0 || log.now() - log.cursorGivenAt() < cursorLife;
  }

  /** Whether the scope has seen such a resource already, so that it may be told of it. */
  async isKnown({ target, facet, resource }: Interest): Promise<boolean> {
    const known = await this.#options.log.known(topicKey({ scope: target.scope, facet, id: resource.id }));
    return known !== undefined && !('exists' in known.state && known.revision === 1 && !known.state.exists);
  }

  /**
   * Where a subscription begins: at `after`, or now. Taken before anything is read for it. Throws InvalidInputError for
   * what is no cursor.
   */
  async place(interests: readonly Interest[], after: string | undefined): Promise<FeedPlace> {
    const { log } = this.#options;
    const given = after === undefined ? undefined : parseCursor(after);
    if (given !== undefined && !(await log.isPossible(given))) throw noCursor();
    const from = given ?? (await log.head());
    const forgottenAt = given === undefined ? 0 : await log.forgottenAt();
    const wereReadsTold = given !== undefined && log.knowsReads && forgottenAt <= given.at;
    const unknown = new Set<Interest>();
    const missed = new Set<Interest>();
    for (const interest of interests) {
      const { target, watch, facet, resource } = interest;
      const known = await log.known(topicKey({ scope: target.scope, facet, id: resource.id }));
      if (known === undefined) unknown.add(interest);
      if (given === undefined) continue;
      const readsTell = wereReadsTold && watchableOf(watch, facet)?.readsTell === true;
      if (known === undefined || (known.since > given.at && !readsTell)) missed.add(interest);
    }
    return { from, unknown, missed };
  }

  /** Follows resources from a place on. What happened while nobody watched is told as a gap. */
  async subscribe(
    interests: readonly Interest[],
    { from, unknown, missed }: FeedPlace,
    signal: AbortSignal,
  ): Promise<Subscription> {
    const { log, watchers, statuses } = this.#options;
    const leave = await log.follow();
    this.#subscribers += 1;
    const handles: WatchHandle[] = [];
    const close = (): void => {
      this.#subscribers -= 1;
      leave();
      for (const handle of handles) handle.release();
    };
    try {
      const keys = new Set<string>();
      const topics = new Map<string, GlobalId>();
      const told = new Map<string, SourceStatusChanged | undefined>();
      const unseen: Unseen[] = [];
      for (const interest of interests) {
        const { target, watch, facet, resource } = interest;
        const watchable = watchableOf(watch, facet);
        if (watchable === undefined) continue;
        const status = statusKey(target.scope, target.source);
        const topic = topicKey({ scope: target.scope, facet, id: resource.id });
        topics.set(topic, resource.id);
        keys.add(topic);
        keys.add(status);
        if (!told.has(status)) told.set(status, await statuses.current(target, from.at));
        const handle = watchers.acquire(target, facet, watchable, resource);
        handles.push(handle);
        const isMissed = missed.has(interest);
        if (unknown.has(interest)) unseen.push({ id: resource.id, isMissed, ...handle.sight });
        else if (isMissed) unseen.push({ id: resource.id, isMissed, ...alreadySeen });
      }
      return new Subscription({
        log,
        keys,
        topics,
        from,
        statuses: [...told.values()].filter((status) => status !== undefined),
        unseen,
        signal,
        onClose: close,
      });
    } catch (error) {
      close();
      throw error;
    }
  }
}

/** All that happens from the known state on is told, whenever the next look is. */
const alreadySeen: Sight = { looked: Promise.resolve(true), seen: Promise.resolve() };
