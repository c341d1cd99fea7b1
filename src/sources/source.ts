import type {
  Dataset,
  DatasetCapability,
  DatasetEnvironment,
  DatasetItem,
  DatasetOrder,
  DatasetVersion,
  DraftLock,
} from '../domain/dataset.ts';
import type { LockstepError, SourceError } from '../domain/errors.ts';
import type { ResourceKey, ResourceKind } from '../domain/identity.ts';
import type {
  ModelLabProject,
  ModelLabProjectFilter,
  ModelLabProjectOrder,
  PageNumbers,
  Project,
} from '../domain/project.ts';
import type { Prompt, PromptFilter, PromptVersion } from '../domain/prompt.ts';
import type {
  ScoreDefinition,
  ScoreDefinitionFilter,
  TraceReview,
  TraceReviewFilter,
  TraceReviewOrder,
} from '../domain/review.ts';
import type { SourceRateLimit } from '../domain/source-status.ts';
import type { SourceKey, Vendor } from '../domain/vendor.ts';
import type { BatchResult } from './batch-result.ts';
import type { SourceCosts } from './costs.ts';
import type { SourceWatch, WatchTarget } from './watching.ts';
import type { DatasetWriter, PromptWriter, ReviewWriter, Translate } from './writes.ts';

/** A place in a stream, in the stream's own words; opaque outside of the source. At most about 200 characters. */
export type StreamPosition = string;

/** A part of an ordered list, as one request of the vendor gives it. */
export interface StreamPage<T> {
  readonly items: readonly T[];
  /** The place right before the first item, as the list stands now: it may have moved since `from` was made. */
  readonly start?: StreamPosition | undefined;
  /** The place right after the item at this index; asked only for the items that were used. */
  positionAfter(index: number): StreamPosition;
  /** True when nothing follows the last item. */
  readonly done: boolean;
  /** Where to go on after the whole page (bad rows at its end included); undefined when `done`. */
  readonly next: StreamPosition | undefined;
  /** Rows that were left out because they do not have the vendor's documented shape. */
  readonly faults: readonly SourceError[];
  /** How many the whole list has, where the vendor tells. */
  readonly total: number | null;
  /** Page numbers, where the vendor pages by number and a caller may jump. */
  readonly page?: PageNumbers | undefined;
}

/** One ordered list at a vendor, read piece by piece. */
export interface ListStream<T> {
  /** Distinguishes the streams of one source (a project's id); empty where it has one. Stable. */
  readonly key: string;
  /** What a fault of this stream is about, where the source has several (`project <id>`). */
  readonly resource?: string | undefined;
  /**
   * Reads about `limit` items (1..100) from a place, or from the beginning. `order` compares an item with the place,
   * for a list that has moved so far that the place is not found again: negative for what comes before it, 0 where
   * that is not told. Throws SourceError.
   */
  fetch(from: StreamPosition | undefined, limit: number, order?: (item: T) => number): Promise<StreamPage<T>>;
}

export interface DatasetFilter {
  readonly search?: string | undefined;
  /** Only datasets of these projects (all of this source). Left out: of all. */
  readonly projects?: readonly ResourceKey<'PROJECT'>[] | undefined;
}

/** Datasets, their versions and items. */
export interface DatasetSource {
  /** Absent where the vendor is read only. */
  readonly writer?: DatasetWriter | undefined;
  readonly capabilities: readonly DatasetCapability[];
  /** Whether the vendor itself can list in this order. Every source can list CREATED_AT DESC. */
  canOrder(order: DatasetOrder): boolean;
  /** The lists that together hold all datasets; each is in the given order, newest first without one. */
  listDatasets(filter: DatasetFilter, order: DatasetOrder): Promise<readonly ListStream<Dataset>[]>;
  /** In as few requests as the vendor allows. */
  getDatasets(keys: readonly ResourceKey<'DATASET'>[]): Promise<BatchResult<Dataset>>;
  /** The version that a plain read gives, or null. Asked only where a Dataset left it undefined. */
  currentVersion(dataset: ResourceKey<'DATASET'>): Promise<DatasetVersion | null>;
  /** The newest version, or null. Asked only where a Dataset left it undefined. */
  latestVersion(dataset: ResourceKey<'DATASET'>): Promise<DatasetVersion | null>;
  /** A version by its ref; null when there is none. Throws InvalidInputError for a ref the vendor cannot have. */
  getVersion(dataset: ResourceKey<'DATASET'>, ref: string): Promise<DatasetVersion | null>;
  /** Newest first. Throws UnsupportedError where the vendor has no dataset versions. */
  listVersions(dataset: ResourceKey<'DATASET'>): ListStream<DatasetVersion>;
  /** The items of a version (of the current state without one). Throws UnsupportedError for a ref where the vendor has no versions. */
  listItems(dataset: ResourceKey<'DATASET'>, versionRef: string | undefined): ListStream<DatasetItem>;
  getItems(keys: readonly ResourceKey<'DATASET_ITEM'>[]): Promise<BatchResult<DatasetItem>>;
  /** Items over all datasets, where the vendor lists so. */
  readonly listAllItems?: (() => ListStream<DatasetItem>) | undefined;
  /** Who holds the draft, null when nobody; present where the vendor has a draft lock. */
  readonly draftLock?: ((dataset: ResourceKey<'DATASET'>) => Promise<DraftLock | null>) | undefined;
  /** Environments as this dataset sees them; present where the vendor deploys datasets. */
  readonly environments?:
    | ((dataset: ResourceKey<'DATASET'>) => Promise<readonly DatasetEnvironment[]>)
    | undefined;
}

/** What of a prompt version a caller will look at: the vendor is asked for no more. */
export interface PromptWants {
  /** Content (and config) of the versions. */
  readonly content: boolean;
  /** Anything of the latest version at all. */
  readonly latestVersion: boolean;
}

export interface PromptSource {
  readonly writer?: PromptWriter | undefined;
  /** Whether lists can be narrowed to an author (`createdByVendorId`). */
  readonly canFilterByAuthor: boolean;
  /** Newest first by `newestAt`. */
  listPrompts(filter: PromptFilter, wants: PromptWants): Promise<readonly ListStream<Prompt>[]>;
  getPrompts(keys: readonly ResourceKey<'PROMPT'>[]): Promise<BatchResult<Prompt>>;
  /** With content and config when wanted. */
  latestVersion(prompt: ResourceKey<'PROMPT'>, content: boolean): Promise<PromptVersion | null>;
  currentVersion(prompt: ResourceKey<'PROMPT'>, content: boolean): Promise<PromptVersion | null>;
  /** Newest first. */
  listVersions(prompt: ResourceKey<'PROMPT'>, content: boolean): ListStream<PromptVersion>;
  /** By ref, or by number within the living prompt. Content and config are always there. Null when there is none. */
  getVersion(
    prompt: ResourceKey<'PROMPT'>,
    by: { readonly ref: string } | { readonly number: number },
  ): Promise<PromptVersion | null>;
  /** By id, content and config always there. */
  getVersions(keys: readonly ResourceKey<'PROMPT_VERSION'>[]): Promise<BatchResult<PromptVersion>>;
}

export interface ReviewSource {
  readonly writer?: ReviewWriter | undefined;
  listReviews(filter: TraceReviewFilter, order: TraceReviewOrder): ListStream<TraceReview>;
  /** The review of each trace, by trace id; a trace without one is not in the map. One request for many. */
  getReviewsByTrace(traceIds: readonly string[]): Promise<ReadonlyMap<string, TraceReview | LockstepError>>;
  getReviews(keys: readonly ResourceKey<'TRACE_REVIEW'>[]): Promise<BatchResult<TraceReview>>;
  listScoreDefinitions(filter: ScoreDefinitionFilter): ListStream<ScoreDefinition>;
  getScoreDefinitions(
    keys: readonly ResourceKey<'SCORE_DEFINITION'>[],
  ): Promise<BatchResult<ScoreDefinition>>;
}

export interface ProjectSource {
  /** Newest first. */
  listProjects(): ListStream<Project>;
  getProjects(keys: readonly ResourceKey<'PROJECT'>[]): Promise<BatchResult<Project>>;
}

export interface ModelLabSource {
  /** In the given order, the vendor's default (last updated first) without one. `total` and `page` are told. */
  listModelLabProjects(
    filter: ModelLabProjectFilter,
    order: ModelLabProjectOrder | undefined,
  ): ListStream<ModelLabProject>;
  /** A page by its number, counted from 1. */
  modelLabPage(
    filter: ModelLabProjectFilter,
    order: ModelLabProjectOrder | undefined,
    page: number,
    size: number,
  ): Promise<StreamPage<ModelLabProject>>;
  getModelLabProjects(
    keys: readonly ResourceKey<'MODEL_LAB_PROJECT'>[],
  ): Promise<BatchResult<ModelLabProject>>;
}

/** A vendor, seen with one set of credentials, for one operation. What it does not have is absent. */
export interface Source {
  readonly key: SourceKey;
  readonly vendor: Vendor;
  readonly datasets: DatasetSource | undefined;
  readonly prompts: PromptSource | undefined;
  readonly reviews: ReviewSource | undefined;
  readonly projects: ProjectSource | undefined;
  readonly modelLab: ModelLabSource | undefined;
  /** True where equal content is the same version: what is written may be an older version, given back. */
  readonly isContentAddressed?: true | undefined;
  /** What can be watched here. */
  readonly watch: SourceWatch;
  /** Translates text, where the vendor does. */
  readonly translate?: Translate | undefined;
  /** The cheapest call that shows that the vendor answers these credentials. Throws SourceError. */
  probe(): Promise<void>;
  /** What is published of the vendor's limits; the vendor's own headers are known a layer below. */
  readonly publishedRateLimit: SourceRateLimit | null;
  /**
   * The key of a thing by the vendor's own id and, where its address needs one, its parent's. Undefined when
   * the vendor has no such kind. Throws InvalidInputError when the parent is missing. Makes no call unless the
   * vendor's address holds more than these two.
   */
  resolve(
    kind: ResourceKind,
    vendorId: string,
    parentVendorId: string | undefined,
  ): Promise<ResourceKey | undefined>;
}

/** What a vendor may have; told without credentials too, so that a list can say whose part of it is missing. */
export type SourcePart = 'datasets' | 'allItems' | 'prompts' | 'reviews' | 'projects' | 'modelLab';

/** Why a source cannot be asked: there are no credentials for it, or the caller has no scope there. */
export interface SourceRefusal {
  readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN';
  readonly message: string;
}

/** A vendor's place in an operation: connected, or why not. */
export interface SourceSlot {
  readonly key: SourceKey;
  readonly vendor: Vendor;
  readonly sandbox: boolean;
  readonly datasetCapabilities: readonly DatasetCapability[];
  readonly parts: readonly SourcePart[];
  /** What its reads cost at worst, as far as is known of these credentials. */
  costs(): SourceCosts;
  /** Undefined when it cannot be asked for this caller. */
  readonly source: Source | undefined;
  /** Then: why, and what to do about it. */
  readonly refusal: SourceRefusal | undefined;
  /** True when the caller's own credentials are in use, false when others may share those of the configuration. */
  readonly ofCaller: boolean;
  /** Whom the vendor takes these credentials for, where its answers have shown it: an Actor's `vendorId`. */
  self(): string | undefined;
  learnSelf(vendorId: string): void;
  /** Drops what was read for this operation, so that what is read next is read anew. */
  forget(): void;
  /** {@link Source.probe}, at most once in a while for the same credentials: what it last found stands. */
  probe(): Promise<void>;
  /** For watching it with these credentials; undefined where there are none. */
  readonly watchTarget: WatchTarget | undefined;
  /** What the vendor's own headers last said to these credentials, or null. */
  seenRateLimit(): SourceRateLimit | null;
  /** Whether it is asked with these credentials, or was found down too often of late. */
  circuit(): 'CLOSED' | 'OPEN' | 'HALF_OPEN';
}

export type { BatchResult } from './batch-result.ts';
export type * from './costs.ts';
export type * from './watching.ts';
export type * from './writes.ts';
