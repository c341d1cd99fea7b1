import type { DraftLock } from './dataset.ts';
import type { GlobalId } from './identity.ts';

/*
 * What is watched of a resource, as values that can be kept and compared. A part that a look did not tell is
 * undefined, and is never taken for a change.
 */

/** The sides of a resource that are watched, each on its own. */
export const watchFacets = ['DRAFT_LOCK', 'DATASET_VERSIONS', 'PROMPT_VERSIONS'] as const;
export type WatchFacet = (typeof watchFacets)[number];

/** Who holds a draft; a dataset that is gone is held by nobody. `heldByCaller` is null: whoever reads it is not known. */
export interface DraftLockState {
  readonly lock: DraftLock | null;
}

/** What can change of a version that stays. */
export interface VersionMark {
  readonly ref: string;
  /** Null for a vendor whose versions have no numbers. */
  readonly number: number | null;
  readonly name: string | null;
  readonly description: string | null;
  /** Null for a vendor without labels, and where the look did not tell them. */
  readonly labels: readonly string[] | null;
}

export interface DeploymentMark {
  readonly environmentId: GlobalId;
  readonly environmentName: string;
  readonly ref: string;
}

/** The versions of a dataset or a prompt. */
export interface VersionsState {
  /** False when there is no such resource any more: all else is empty then. */
  readonly exists: boolean;
  /** The newest; null where there is none yet. */
  readonly latest: { readonly ref: string; readonly number: number | null } | null;
  /** Oldest first; undefined when this look did not list them. */
  readonly versions: readonly VersionMark[] | undefined;
  /** Whether `versions` holds all there are: only then is one that is missing a deleted one. */
  readonly complete: boolean;
  /** One for each environment on which something stands; undefined where the vendor does not deploy or tell. */
  readonly deployments: readonly DeploymentMark[] | undefined;
}

export const goneVersions: VersionsState = {
  exists: false,
  latest: null,
  versions: [],
  complete: true,
  deployments: [],
};

export type WatchedState = DraftLockState | VersionsState;

/** A side of a resource that is not there. */
export function goneState(facet: WatchFacet): WatchedState {
  return facet === 'DRAFT_LOCK' ? { lock: null } : goneVersions;
}
