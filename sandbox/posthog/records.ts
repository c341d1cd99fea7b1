/** A JSON object as it came over the wire. */
export type JsonObject = { readonly [member: string]: unknown };

/** ISO 8601 in UTC with six digits of fraction, always 27 characters, so that text order is time order. */
export type Instant = string;

export interface PostHogUser {
  readonly id: number;
  readonly uuid: string;
  readonly distinctId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly role: string;
}

/** One row of the vendor's prompt table: a version. Its content never changes. */
export interface PromptVersion {
  readonly id: string;
  readonly version: number;
  /** Text, or any other JSON but null. */
  readonly prompt: unknown;
  readonly createdBy: PostHogUser;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly config: JsonObject | null;
  readonly description: string | null;
}

export interface PromptLabel {
  readonly id: string;
  readonly name: string;
  version: PromptVersion;
  readonly createdBy: PostHogUser;
  readonly createdAt: Instant;
  updatedAt: Instant;
}

/** All versions that share a name, oldest first. Once archived, nothing reaches it any more. */
export interface PromptFamily {
  readonly name: string;
  readonly versions: PromptVersion[];
  readonly labels: Map<string, PromptLabel>;
  /** How many versions the by-name cache still sees; set by a publish while `staleByName` is on. */
  cachedCount: number | undefined;
}

export type ScoreKind = 'categorical' | 'numeric' | 'boolean';

export interface ScoreDefinitionVersion {
  readonly id: string;
  readonly version: number;
  readonly config: JsonObject;
}

export interface ScoreDefinition {
  readonly id: string;
  name: string;
  description: string;
  readonly kind: ScoreKind;
  archived: boolean;
  readonly versions: [ScoreDefinitionVersion, ...ScoreDefinitionVersion[]];
  readonly createdBy: PostHogUser;
  readonly createdAt: Instant;
  updatedAt: Instant;
}

export interface Score {
  readonly id: string;
  readonly definition: ScoreDefinition;
  readonly version: ScoreDefinitionVersion;
  readonly categoricalValues: readonly string[] | null;
  /** Six decimals, such as `4.500000`. */
  readonly numericValue: string | null;
  readonly booleanValue: boolean | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface TraceReview {
  readonly id: string;
  readonly traceId: string;
  comment: string | null;
  scores: readonly Score[];
  readonly createdBy: PostHogUser;
  reviewedBy: PostHogUser;
  readonly createdAt: Instant;
  updatedAt: Instant;
  deleted: boolean;
}

export interface ReviewQueue {
  readonly id: string;
  name: string;
  readonly createdBy: PostHogUser;
  readonly createdAt: Instant;
  updatedAt: Instant;
  deleted: boolean;
}

export interface ReviewQueueItem {
  readonly id: string;
  queue: ReviewQueue;
  readonly traceId: string;
  readonly createdBy: PostHogUser;
  readonly createdAt: Instant;
  updatedAt: Instant;
  deleted: boolean;
}

/** Only the later dialect shows it: every change of a dataset's items makes one. */
export interface DatasetRevision {
  readonly id: string;
  readonly revision: number;
  readonly createdBy: PostHogUser;
  readonly createdAt: Instant;
}

export interface Dataset {
  readonly id: string;
  name: string;
  description: string | null;
  metadata: unknown;
  /** The later dialect calls it `archived`. */
  deleted: boolean | null;
  readonly revisions: DatasetRevision[];
  readonly createdBy: PostHogUser;
  readonly createdAt: Instant;
  updatedAt: Instant;
}

/** What an item holds. The baseline dialect shows the newest one only. */
export interface ItemVersion {
  readonly id: string;
  readonly version: number;
  readonly revision: DatasetRevision;
  readonly input: unknown;
  /** `output` at baseline, `expected_output` later. */
  readonly output: unknown;
  /** Later dialect only. */
  readonly sourceOutput: unknown;
  readonly metadata: unknown;
  /** `deleted` at baseline, `archived` later. */
  readonly deleted: boolean | null;
  readonly createdBy: PostHogUser;
  readonly createdAt: Instant;
}

export interface DatasetItem {
  readonly id: string;
  dataset: Dataset;
  readonly externalId: string | null;
  refTraceId: string | null;
  /** As the vendor renders it, which is not always an `Instant`. */
  refTimestamp: string | null;
  refSourceId: string | null;
  readonly versions: [ItemVersion, ...ItemVersion[]];
  readonly createdBy: PostHogUser;
  readonly createdAt: Instant;
  updatedAt: Instant;
}

/** A project (environment, team) with all that is in it. */
export interface PostHogProject {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly token: string;
  readonly organization: { readonly id: string; readonly name: string };
  readonly members: readonly PostHogUser[];
  readonly prompts: Map<string, PromptFamily>;
  readonly archivedPrompts: PromptFamily[];
  readonly definitions: ScoreDefinition[];
  readonly reviews: TraceReview[];
  readonly queues: ReviewQueue[];
  readonly queueItems: ReviewQueueItem[];
  readonly datasets: Dataset[];
  readonly items: DatasetItem[];
  /** `$llm_prompt_fetched` events: the names read by name, in order. */
  readonly promptFetches: string[];
}
