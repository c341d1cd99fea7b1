import type { Json, JsonObject } from '../any-value.ts';
import type { DatadogTenantName } from '../credentials.ts';
import type { Instant } from '../instant.ts';

/** A record as one version of a dataset holds it. Never changed: a change is another object. */
export interface DatasetRecord {
  readonly id: string;
  /** Stays the same through every change of the record (recorded). */
  readonly canonicalId: string;
  readonly input: Json;
  readonly expectedOutput: Json | undefined;
  readonly metadata: JsonObject | undefined;
  readonly tags: readonly string[];
  readonly authorId: string;
  /** Set anew by a change of the record (recorded). */
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** One version of a dataset with the records that it has, newest first. */
export interface DatasetVersion {
  readonly id: string;
  readonly number: number;
  records: readonly DatasetRecord[];
  lastUsed: Instant | undefined;
}

/** Who holds the draft of a dataset, and since when. */
export interface DraftLock {
  readonly userId: string;
  readonly since: Instant;
}

export interface Dataset {
  readonly id: string;
  readonly projectId: string;
  readonly authorId: string;
  readonly createdAt: Instant;
  name: string;
  description: string | undefined;
  metadata: JsonObject | undefined;
  updatedAt: Instant;
  currentVersion: number;
  /** By number; a retired version is missing. */
  readonly versions: Map<number, DatasetVersion>;
  lock: DraftLock | undefined;
}

/** A project of LLM Observability. */
export interface Project {
  readonly id: string;
  readonly createdAt: Instant;
  name: string;
  description: string | undefined;
  updatedAt: Instant;
  readonly datasets: Map<string, Dataset>;
}

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

export type PromptTemplate = string | readonly ChatMessage[];

export interface PromptVersion {
  readonly id: string;
  readonly number: number;
  readonly template: PromptTemplate;
  readonly userVersion: string | undefined;
  readonly config: JsonObject;
  readonly authorId: string;
  readonly createdAt: Instant;
  description: string | undefined;
  labels: readonly string[];
  environmentIds: readonly string[];
}

export interface Prompt {
  readonly id: string;
  readonly promptId: string;
  readonly authorId: string;
  readonly createdAt: Instant;
  /** False for one that was found in code (observed model calls) and never put into the registry. */
  readonly inRegistry: boolean;
  readonly createdFrom: string;
  readonly mlApp: string | undefined;
  readonly lastSeenAt: Instant | undefined;
  title: string | undefined;
  description: string | undefined;
  /** Oldest first; the number of a version is its place, counted from 1. */
  readonly versions: PromptVersion[];
}

export interface ModelLabProject {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly ownerId: string | undefined;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly externalUrl: string | undefined;
  /** Ids of the users who starred it. */
  readonly starredBy: Set<string>;
}

/** An organisation with all that belongs to it. */
export interface Tenant {
  readonly name: DatadogTenantName;
  readonly projects: Map<string, Project>;
  /** By `promptId`. */
  readonly prompts: Map<string, Prompt>;
  readonly modelLabProjects: Map<number, ModelLabProject>;
}
