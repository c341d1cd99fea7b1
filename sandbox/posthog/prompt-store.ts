import { randomUUID } from 'node:crypto';
import type { Clocked } from './clock.ts';
import type { JsonObject, PostHogProject, PostHogUser, PromptFamily, PromptVersion } from './records.ts';
import type { PostHogSwitches } from './switches.ts';

/** Versions that a family may have (vendor facts). */
export const maximumPromptVersion = 2000;

/** What a new version holds besides its number and times. */
export interface PromptContent {
  readonly prompt: unknown;
  readonly config: JsonObject | null;
  readonly description: string | null;
}

export function latestOf(family: PromptFamily): PromptVersion {
  const latest = family.versions.at(-1);
  if (latest === undefined) throw new Error(`The prompt family ${family.name} has no version.`);
  return latest;
}

function newVersion(
  state: Clocked,
  user: PostHogUser,
  content: PromptContent,
  version: number,
): PromptVersion {
  const createdAt = state.clock.now();
  return { id: randomUUID(), version, ...content, createdBy: user, createdAt, updatedAt: state.clock.now() };
}

/** A new family at version 1. The caller has checked that the name is free among active ones. */
export function createFamily(
  state: Clocked,
  project: PostHogProject,
  user: PostHogUser,
  name: string,
  content: PromptContent,
): PromptFamily {
  const versions = [newVersion(state, user, content, 1)];
  const family: PromptFamily = { name, versions, labels: new Map(), cachedCount: undefined };
  project.prompts.set(name, family);
  return family;
}

/** The same content makes a version too: the vendor does not compare (vendor facts). */
export function publish(
  state: Clocked & { readonly switches: PostHogSwitches },
  family: PromptFamily,
  user: PostHogUser,
  content: PromptContent,
): PromptVersion {
  family.cachedCount = state.switches.staleByName ? family.versions.length : undefined;
  const version = newVersion(state, user, content, family.versions.length + 1);
  family.versions.push(version);
  return version;
}

/** Frees the name; the old ids are unreachable from then on. */
export function archive(project: PostHogProject, family: PromptFamily): void {
  project.prompts.delete(family.name);
  project.archivedPrompts.push(family);
}
