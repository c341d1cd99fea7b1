import type { GlobalId } from '../domain/identity.ts';
import type { SourceKey } from '../domain/vendor.ts';
import type { WatchFacet } from '../domain/watched-state.ts';

/**
 * What changes are filed under: a side of a resource as one credential scope sees it. Other scopes never see it, nor
 * what is in it.
 */
export interface Topic {
  readonly scope: string;
  readonly facet: WatchFacet;
  readonly id: GlobalId;
}

/** A topic as text; scopes are keyed hashes and hold no space. */
export function topicKey({ scope, facet, id }: Topic): string {
  return `${scope} ${facet} ${id}`;
}

/** Where a source's comings and goings are filed. */
export function statusKey(scope: string, source: SourceKey): string {
  return `${scope} STATUS ${source}`;
}
