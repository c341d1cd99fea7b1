import type { ResourceKey } from '../domain/identity.ts';
import type { SourceKey, Vendor } from '../domain/vendor.ts';
import type { DraftLockState, VersionsState } from '../domain/watched-state.ts';
import type { BatchResult } from './batch-result.ts';

/*
 * The watching part of the port: vendors push nothing, so the gateway looks. What a vendor does not have is absent.
 */

export interface Look<Kind extends 'DATASET' | 'PROMPT', State> {
  readonly key: ResourceKey<Kind>;
  /** What was last known, if anything: a source lists versions only where more than one was made since. */
  readonly known: State | undefined;
}

export interface Watchable<Kind extends 'DATASET' | 'PROMPT', State> {
  /**
   * Whether every read that shows anything of such a state shows the whole of it, in the `latestVersion` of a dataset
   * or prompt or as the draft lock: then what was read is as good as a look.
   */
  readonly readsTell: boolean;
  /** Resources of one group are answered for by one look, in as few requests as the vendor allows. */
  groupOf(key: ResourceKey<Kind>): string;
  /**
   * Looks at resources of one group. One that is not in the result does not exist (any more); an error concerns its
   * key alone. What could not be read at all is an error of each key, or rejects with SourceError.
   */
  look(looks: readonly Look<Kind, State>[]): Promise<BatchResult<State>>;
}

export interface SourceWatch {
  readonly draftLocks?: Watchable<'DATASET', DraftLockState> | undefined;
  readonly datasetVersions?: Watchable<'DATASET', VersionsState> | undefined;
  readonly promptVersions?: Watchable<'PROMPT', VersionsState> | undefined;
}

/** A source as one set of credentials sees it, to be looked at for as long as somebody wants to know. */
export interface WatchTarget {
  /** Stands for the credentials. */
  readonly scope: string;
  readonly source: SourceKey;
  readonly vendor: Vendor;
  /** True when the credentials are a caller's own: nothing of them is kept when that caller has left. */
  readonly ofCaller: boolean;
  /** Anew for each look: it remembers what it read. */
  connect(signal: AbortSignal): LookingSource;
  /** Milliseconds until a look may be taken without taking away from people's calls; 0: now. */
  spareIn(): number;
}

export interface LookingSource {
  readonly watch: SourceWatch;
  /** What was read is not older than this, by the change log's clock; undefined when nothing was read. */
  readsAsOf(): number | undefined;
}
