import type { ResourceKey } from '../domain/identity.ts';
import type { WatchedState, WatchFacet } from '../domain/watched-state.ts';
import type { BatchResult, SourceWatch } from '../sources/source.ts';

type Watched = ResourceKey<'DATASET' | 'PROMPT'>;

/** Looks with the facet's part of a source; the keys are of its kind, since a facet is of one kind. */
export function look(
  watch: SourceWatch,
  facet: WatchFacet,
  looks: readonly { readonly key: Watched; readonly known: WatchedState | undefined }[],
): Promise<BatchResult<WatchedState>> {
  const watchable = watchableOf(watch, facet);
  if (watchable === undefined) throw new TypeError(`${facet} cannot be watched here`);
  return watchable.look(looks);
}

export interface AnyWatchable {
  readonly readsTell: boolean;
  groupOf(key: Watched): string;
  look(
    looks: readonly { readonly key: Watched; readonly known: WatchedState | undefined }[],
  ): Promise<BatchResult<WatchedState>>;
}

/** The part of a source that a facet is watched by; undefined where the vendor has no such thing. */
export function watchableOf(watch: SourceWatch, facet: WatchFacet): AnyWatchable | undefined {
  const parts = {
    DRAFT_LOCK: watch.draftLocks,
    DATASET_VERSIONS: watch.datasetVersions,
    PROMPT_VERSIONS: watch.promptVersions,
  } as const;
  // A facet stands for one kind of key and of state: what is filed under it came from this very part.
  return parts[facet] as AnyWatchable | undefined;
}
