import { LockstepError } from '../domain/errors.ts';
import type { ResourceKey } from '../domain/identity.ts';
import { goneState, type WatchedState, type WatchFacet } from '../domain/watched-state.ts';
import type { SourceWatch } from '../sources/source.ts';
import type { ChangeLog } from './change-log.ts';
import { type OwnWrite, settle } from './settle.ts';
import { topicKey } from './topic.ts';
import { look, watchableOf } from './watchable.ts';
import type { Watchers } from './watchers.ts';
import { markOf, type WriteMarks } from './write-marks.ts';

/** It is told by whoever writes. */
const isWriter = true;
/** How often a state is read again that somebody else has moved meanwhile. */
const tries = 3;

/** What is about to be written, and with what it is looked at. */
export interface WriteTarget {
  readonly scope: string;
  readonly facets: readonly WatchFacet[];
  readonly watch: SourceWatch;
  /** Drops what was read, so that what is read next is read anew. */
  forget(): void;
}

export interface PublisherOptions {
  readonly log: ChangeLog;
  readonly marks: WriteMarks;
  readonly watchers: Watchers;
  /** Whether there is anybody who may ever ask for what is published. */
  readonly isAwaited: () => Promise<boolean>;
  /** What was written could not be looked at: it is told when it is seen. */
  readonly onUnseen: (error: unknown) => void;
}

/** Tells the log what writes through this gateway have done, and what its readers have seen. */
export class Publisher {
  readonly #options: PublisherOptions;
  /** What is being written, and what readers have seen of it meanwhile: the last, which may be gone after it. */
  readonly #writing = new Map<string, { seen: { state: WatchedState; asOf: number } | undefined }>();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /**
   * Runs a write of one resource, and tells what it has done: the resource is looked at before, where nothing is known
   * of it, and after. `own` says what of that is the write's. Nobody waiting for changes, it is the write alone.
   */
  async writing<Result>(
    target: WriteTarget,
    resource: ResourceKey<'DATASET' | 'PROMPT'>,
    write: () => Promise<Result>,
    own: (result: Result) => OwnWrite,
  ): Promise<Result> {
    const { marks, watchers } = this.#options;
    const facets = target.facets.filter((facet) => watchableOf(target.watch, facet) !== undefined);
    const topics = facets.map((facet) => topicKey({ scope: target.scope, facet, id: resource.id }));
    const end = marks.begin(facets, resource.id);
    let endShared = async (): Promise<void> => undefined;
    try {
      if (!(await this.#options.isAwaited()) || facets.length === 0) return await write();
      for (const topic of topics) this.#writing.set(topic, { seen: undefined });
      await this.#tolerant(async () => {
        endShared = await this.#options.log.beginWrite(facets.map((facet) => markOf(facet, resource.id)));
      });
      await this.#tolerant(() => this.#lookBefore(target, facets, resource));
      let result: Result;
      try {
        result = await write();
      } catch (error) {
        if (mayHaveWritten(error))
          await this.#tolerant(() => this.#lookAfter(target, facets, resource), resource);
        throw error;
      }
      await this.#tolerant(() => this.#lookAfter(target, facets, resource, own(result)), resource);
      return result;
    } finally {
      for (const topic of topics) this.#writing.delete(topic);
      end();
      await endShared();
      watchers.nudge(resource.id, target.scope);
    }
  }

  /** A resource was made through this gateway: all that is there now has come about by that. */
  async made(
    target: WriteTarget,
    resource: ResourceKey<'DATASET' | 'PROMPT'>,
    own: OwnWrite = {},
  ): Promise<void> {
    if (!(await this.#options.isAwaited())) return;
    const facets = target.facets.filter((facet) => watchableOf(target.watch, facet) !== undefined);
    await this.#tolerant(() => this.#lookAfter(target, facets, resource, own, true));
  }

  /** A reader has seen a state, whole. */
  async saw(
    scope: string,
    facet: WatchFacet,
    resource: ResourceKey<'DATASET' | 'PROMPT'>,
    state: WatchedState,
    asOf: number,
  ): Promise<void> {
    const { log, marks, watchers } = this.#options;
    const topic = topicKey({ scope, facet, id: resource.id });
    const known = await log.known(topic);
    const isUntouched = marks.isUntouchedSince(facet, resource.id, asOf);
    const waiting = this.#writing.get(topic);
    if (!isUntouched && waiting !== undefined) waiting.seen = { state, asOf };
    // Whoever looks finds out which versions came between; a reader has seen the last alone.
    if (isUntouched && isJump(known?.state, state)) return watchers.nudge(resource.id);
    if (isUntouched && (await settle(log, { scope, facet, resource, state, asOf, known })).accepted) return;
    // What this reader has seen is older than all that is known: what changed between is not told.
    if (known === undefined || known.since > asOf) await log.forget();
  }

  async #lookBefore(
    { scope, watch }: WriteTarget,
    facets: readonly WatchFacet[],
    resource: ResourceKey<'DATASET' | 'PROMPT'>,
  ): Promise<void> {
    const { log } = this.#options;
    await Promise.all(
      facets.map(async (facet) => {
        const known = await log.known(topicKey({ scope, facet, id: resource.id }));
        if (known !== undefined) return;
        const asOf = log.now();
        const state = await lookAt(watch, facet, resource, undefined);
        await settle(log, { scope, facet, resource, state, asOf, known, isWriter });
      }),
    );
  }

  async #lookAfter(
    { scope, watch, forget }: WriteTarget,
    facets: readonly WatchFacet[],
    resource: ResourceKey<'DATASET' | 'PROMPT'>,
    own?: OwnWrite,
    isNew = false,
  ): Promise<void> {
    const { log, watchers } = this.#options;
    forget();
    for (const facet of facets) {
      await this.#tellSeen(scope, facet, resource);
      for (let left = tries; left > 0; left -= 1) {
        const known = await log.known(topicKey({ scope, facet, id: resource.id }));
        const asOf = log.now();
        const state = await lookAt(watch, facet, resource, known?.state);
        const before = isNew ? goneState(facet) : undefined;
        const { accepted } = await settle(log, {
          scope,
          facet,
          resource,
          state,
          asOf,
          known,
          own,
          before,
          isWriter,
        });
        if (accepted) break;
        forget();
        if (left === 1) watchers.nudge(resource.id);
      }
    }
  }

  /** A lock that was seen during a write, and that the write may have taken away, is told before what came of it. */
  async #tellSeen(
    scope: string,
    facet: WatchFacet,
    resource: ResourceKey<'DATASET' | 'PROMPT'>,
  ): Promise<void> {
    const { log } = this.#options;
    const topic = topicKey({ scope, facet, id: resource.id });
    const seen = this.#writing.get(topic)?.seen;
    // Versions never come again once they are gone.
    if (seen === undefined || facet !== 'DRAFT_LOCK') return;
    await settle(log, { scope, facet, resource, ...seen, known: await log.known(topic), isWriter });
  }

  async #tolerant(task: () => Promise<void>, written?: ResourceKey): Promise<void> {
    try {
      await task();
    } catch (error) {
      // A write is what it is though it cannot be looked at; who watches sees it with the next look.
      this.#options.onUnseen(error);
      if (written !== undefined) this.#options.watchers.nudge(written.id);
    }
  }
}

/** Whether more than one version was made between two states. */
function isJump(before: WatchedState | undefined, after: WatchedState): boolean {
  if (before === undefined || 'lock' in before || 'lock' in after) return false;
  const [was, is] = [before.latest?.number ?? null, after.latest?.number ?? null];
  return was !== null && is !== null && is > was + 1;
}

async function lookAt(
  watch: SourceWatch,
  facet: WatchFacet,
  key: ResourceKey<'DATASET' | 'PROMPT'>,
  known: WatchedState | undefined,
): Promise<WatchedState | undefined> {
  const seen = (await look(watch, facet, [{ key, known }])).get(key.id);
  if (seen instanceof LockstepError) throw seen;
  return seen;
}

/** Whether something may have come of a write that failed. */
function mayHaveWritten(error: unknown): boolean {
  if (!(error instanceof LockstepError)) return true;
  return error.code === 'OUTCOME_UNKNOWN' || error.code === 'PARTIAL_WRITE';
}
