import type { GlobalId } from '../domain/identity.ts';
import type { WatchFacet } from '../domain/watched-state.ts';

/** How many last writes are told apart. */
const longestMarks = 10_000;

/**
 * Which sides of resources are being written through this gateway, and when that last ended: what is seen of one
 * meanwhile may be from before or after, and is left to the writer to tell.
 */
export class WriteMarks {
  readonly #now: () => number;
  readonly #running = new Map<string, number>();
  readonly #ended = new Map<string, number>();
  /** Ends of writes that are no longer told apart are not later than this. */
  #endedOthers = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A write begins; it has ended when the returned function is called. */
  begin(facets: readonly WatchFacet[], id: GlobalId): () => void {
    const ends = facets.map((facet) => this.#begin(markOf(facet, id)));
    return () => {
      for (const end of ends) end();
    };
  }

  #begin(resource: string): () => void {
    this.#running.set(resource, (this.#running.get(resource) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (this.#running.get(resource) ?? 1) - 1;
      if (left === 0) this.#running.delete(resource);
      else this.#running.set(resource, left);
      this.#ended.delete(resource);
      this.#ended.set(resource, this.#now());
      if (this.#ended.size <= longestMarks) return;
      for (const [oldest, at] of this.#ended) {
        this.#endedOthers = Math.max(this.#endedOthers, at);
        this.#ended.delete(oldest);
        break;
      }
    };
  }

  /** Whether what was read from `asOf` on can only be from after all writes. */
  isUntouchedSince(facet: WatchFacet, id: GlobalId, asOf: number): boolean {
    const resource = markOf(facet, id);
    if (this.#running.has(resource)) return false;
    return (this.#ended.get(resource) ?? this.#endedOthers) < asOf;
  }
}

/** What stands for a side of a resource. */
export function markOf(facet: WatchFacet, id: GlobalId): string {
  return `${facet} ${id}`;
}
