import type { JsonObject } from '../any-value.ts';
import type { Prompt, PromptTemplate, PromptVersion } from './model.ts';
import type { Stamp } from './record-batch.ts';

export interface PromptVersionWish {
  readonly template: PromptTemplate;
  readonly userVersion?: string | undefined;
  readonly description?: string | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly config?: JsonObject | undefined;
  readonly environmentIds?: readonly string[] | undefined;
}

export interface PromptWish {
  readonly promptId: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly createdFrom: string;
}

/** A prompt of the registry that has no version yet. */
export function createPrompt(wish: PromptWish, author: string, stamp: Stamp): Prompt {
  return {
    id: stamp.uuid(),
    promptId: wish.promptId,
    authorId: author,
    createdAt: stamp.clock.next(),
    inRegistry: true,
    createdFrom: wish.createdFrom,
    mlApp: undefined,
    lastSeenAt: undefined,
    title: wish.title,
    description: wish.description,
    versions: [],
  };
}

/** Gives the labels to one version. Assumption: a label is on one version at a time, so the others lose it. */
export function setLabels(prompt: Prompt, version: PromptVersion, labels: readonly string[]): void {
  for (const other of prompt.versions) {
    if (other !== version) other.labels = other.labels.filter((label) => !labels.includes(label));
  }
  version.labels = [...new Set(labels)];
}

/**
 * Adds the next version; there is no base version to compare with (spec). Without a configuration it has that of the
 * version before it (spec).
 */
export function addPromptVersion(
  prompt: Prompt,
  wish: PromptVersionWish,
  author: string,
  stamp: Stamp,
): PromptVersion {
  const version: PromptVersion = {
    id: stamp.uuid(),
    number: prompt.versions.length + 1,
    template: wish.template,
    userVersion: wish.userVersion,
    config: wish.config ?? prompt.versions.at(-1)?.config ?? {},
    authorId: author,
    createdAt: stamp.clock.next(),
    description: wish.description,
    labels: [],
    environmentIds: wish.environmentIds ?? [],
  };
  prompt.versions.push(version);
  setLabels(prompt, version, wish.labels ?? []);
  return version;
}
