import type { Random } from '../core/random.ts';
import { type DatasetFile, directoryOf, type Environment, type PromptFile, type User } from './file.ts';
import { newIdentifier } from './identifiers.ts';
import { conflict, invalid } from './vendor-error.ts';

/** A tool that prompts can be linked with. The sandbox has no operations on tools. */
export interface Tool {
  readonly id: string;
  readonly versionId: string;
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** One organisation at the vendor and everything it holds. */
export interface Tenant {
  readonly name: string;
  /** API key to the user that it acts as. */
  readonly users: ReadonlyMap<string, User>;
  /** Exactly one has the tag `default`. */
  readonly environments: readonly Environment[];
  readonly tools: readonly Tool[];
  readonly datasets: Map<string, DatasetFile>;
  readonly prompts: Map<string, PromptFile>;
  /** Directory path to id; filled as files appear. */
  readonly directories: Map<string, string>;
  readonly random: Random;
}

/** The environment that plain reads follow. */
export function defaultEnvironment(tenant: Tenant): Environment {
  const found = tenant.environments.find(({ tag }) => tag === 'default');
  if (found === undefined) throw new Error(`The sandbox tenant ${tenant.name} has no default environment.`);
  return found;
}

/** The file's directory; null at the root. */
export function directoryIdOf(tenant: Tenant, path: string): string | null {
  const directory = directoryOf(path);
  if (directory === '') return null;
  const known = tenant.directories.get(directory);
  if (known !== undefined) return known;
  const id = newIdentifier('dir', tenant.random);
  tenant.directories.set(directory, id);
  return id;
}

/**
 * Refuses what cannot be a path. Assumptions: slashes at the ends are dropped, an empty segment is a 422, case
 * counts, and any other character may occur.
 */
export function normalizedPath(path: string): string {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  if (trimmed.split('/').some((segment) => segment.trim() === ''))
    throw invalid({ loc: ['body', 'path'], msg: 'path must not have an empty segment', type: 'value_error' });
  return trimmed;
}

/** Whatever file has this path, of any kind. */
export function fileAtPath(tenant: Tenant, path: string): DatasetFile | PromptFile | undefined {
  for (const file of tenant.datasets.values()) if (file.path === path) return file;
  for (const file of tenant.prompts.values()) if (file.path === path) return file;
  return undefined;
}

/** Assumption: a path taken by another file is a 409, also when that is a file of another kind. */
export function refuseTakenPath(tenant: Tenant, path: string, fileId: string | undefined): void {
  const holder = fileAtPath(tenant, path);
  if (holder !== undefined && holder.id !== fileId)
    throw conflict(`A file with the path "${path}" already exists.`);
}
