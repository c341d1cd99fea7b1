import type { Datapoint } from './datapoint.ts';
import type { PromptKernel } from './prompt-request.ts';

export interface User {
  readonly id: string;
  readonly emailAddress: string;
  readonly fullName: string;
}

/** A place that versions are deployed to; an organisation has them in common for all its files. */
export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly tag: 'default' | 'other';
  readonly createdAt: number;
}

/** One immutable content of a file. Its name and description are labels and may change. */
export interface FileVersion<Content> {
  readonly id: string;
  readonly content: Content;
  /** Fingerprint of the content: the same content is the same version. */
  readonly contentKey: string;
  name: string | null;
  description: string | null;
  readonly createdAt: number;
  readonly createdBy: User;
  /** When its labels last changed. */
  updatedAt: number;
  lastUsedAt: number;
  logsCount: number;
}

/** What every kind of file at the vendor has. */
export interface VendorFile<Content> {
  readonly id: string;
  /** Folders and name; unique over all files of an organisation, whatever their kind. */
  path: string;
  description: string | null;
  readme: string | null;
  tags: string[];
  schema: Readonly<Record<string, unknown>> | null;
  readonly createdAt: number;
  readonly createdBy: User;
  /** When anything about the file last changed. */
  updatedAt: number;
  /** When its path last changed. */
  movedAt: number;
  /** Oldest first. */
  versions: FileVersion<Content>[];
  /** Environment id to version id. */
  readonly deployments: Map<string, string>;
}

export interface DatasetContent {
  readonly datapoints: readonly Datapoint[];
  readonly attributes: Readonly<Record<string, unknown>> | null;
}

export type DatasetFile = VendorFile<DatasetContent>;
export type DatasetVersion = FileVersion<DatasetContent>;
export type PromptFile = VendorFile<PromptKernel>;
export type PromptVersion = FileVersion<PromptKernel>;

/** The last segment of the path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path without its last segment; empty at the root. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
