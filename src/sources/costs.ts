import type { ResourceKey, ResourceKind } from '../domain/identity.ts';

/** Which page of a list is read. */
export interface ListPage {
  readonly first: number;
  /** It goes on from a cursor. */
  readonly isLater: boolean;
}

/** Which reviews are listed. */
export interface ReviewsPage extends ListPage {
  readonly traceIds?: readonly string[] | undefined;
  readonly definitionIds?: readonly string[] | undefined;
  readonly search?: string | undefined;
}

/** How much of a prompt's version is read. */
export interface VersionParts {
  readonly content: boolean;
  /** The prompt was read right before, by an operation that knew what it would look at. */
  readonly isJustRead: boolean;
}

/**
 * What the reads of a vendor cost at worst, in calls, as its folder makes them; 0 for what it does not have. That holds
 * while its lists do not move as they are paged and its pages are as full as was asked for, and while nothing is larger
 * than is assumed where the number is made. Tries after a failure are not counted.
 */
export interface SourceCosts {
  /** The cheapest call that shows that it answers. */
  readonly probe: number;
  /** Things by their ids. */
  byId(kind: ResourceKind, keys: readonly ResourceKey[]): number;
  /** So many things by ids that are not known before. */
  byAnyId(kind: ResourceKind, count: number): number;
  /** To find the address of a thing by the vendor's own id. */
  resolve(kind: ResourceKind, parentVendorId: string | undefined): number;
  /** `projects`: how many are named; undefined: all there are. */
  datasets(page: ListPage & { readonly projects?: number | undefined }): number;
  /** Items of all datasets. */
  allItems(page: ListPage): number;
  prompts(page: ListPage): number;
  projects(page: ListPage): number;
  /** `number`: of the page that is jumped to. */
  modelLab(page: ListPage & { readonly number: number }): number;
  reviews(page: ReviewsPage): number;
  /** `isKnownKind` is false for a kind that the vendor cannot be asked for. */
  scoreDefinitions(page: ListPage & { readonly isKnownKind: boolean }): number;
  /** Of one dataset. */
  items(page: ListPage): number;
  datasetVersions(page: ListPage): number;
  readonly draftLock: number;
  readonly currentVersion: number;
  readonly latestVersion: number;
  readonly version: number;
  readonly environments: number;
  /** When versions of one dataset were last used, where what gave them did not tell. */
  readonly lastUsedAt: number;
  /** Which version of a dataset is the current one, where what gave the version did not tell. */
  readonly isCurrent: number;
  /** All items of a version. */
  readonly wholeVersion: number;
  /** So many items of one dataset that were just added: `byId` of them by their ids, the others out of its newest rows. */
  addedItems(items: { readonly byId: number; readonly newest: number }): number;
  /** Of one prompt. */
  promptVersions(page: ListPage & Pick<VersionParts, 'content'>): number;
  latestPromptVersion(parts: VersionParts): number;
  currentPromptVersion(parts: VersionParts): number;
  readonly promptVersion: number;
  /** Which version of a prompt is the latest, where what gave the version did not tell. */
  readonly isLatest: number;
}

/** What is assumed of how much there is, where nothing tells before it is read. Ours. */
export const assumed = {
  /** Items of one dataset: as many as a diff compares. */
  items: 10_000,
  /** Datasets of one Datadog project. */
  datasetsOfProject: 500,
  /** Score definitions of one PostHog project. */
  scoreDefinitions: 100,
} as const;

/** Pages of that size that so many rows fill; one where there are none. */
export function pagesOf(rows: number, size: number): number {
  return Math.max(1, Math.ceil(rows / size));
}

/** How many groups keys fall into by some parts of their addresses. */
export function groupsOf(
  keys: readonly ResourceKey[],
  nameOf: (parts: readonly string[]) => readonly (string | undefined)[],
): readonly number[] {
  const groups = new Map<string, Set<string>>();
  for (const { id, address } of keys) {
    const name = JSON.stringify(nameOf(address.parts));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, new Set([id]));
    else group.add(id);
  }
  return Array.from(groups.values(), ({ size }) => size);
}
