import { formatInstant } from '../instant.ts';
import type { Prompt, PromptVersion } from '../state/model.ts';

/** Optional members are left out in both dialects: the spec calls none of them nullable. */
function present<T extends object>(members: T): Partial<T> {
  const filled: Partial<T> = {};
  for (const key in members) if (members[key] !== undefined) filled[key] = members[key];
  return filled;
}

/** Datadog spec, `LLMObsPromptData`: the registry entry without any template. */
export function promptShape(prompt: Prompt) {
  const newest = prompt.versions.at(-1);
  return {
    id: prompt.id,
    type: 'prompt-templates',
    attributes: {
      prompt_id: prompt.promptId,
      source: prompt.inRegistry ? 'registry' : 'code',
      created_from: prompt.createdFrom,
      in_registry: prompt.inRegistry,
      num_versions: prompt.versions.length,
      author: prompt.authorId,
      created_at: formatInstant(prompt.createdAt),
      ...present({
        title: prompt.title,
        description: prompt.description,
        last_version_created_at: newest && formatInstant(newest.createdAt),
        last_seen_at: prompt.lastSeenAt === undefined ? undefined : formatInstant(prompt.lastSeenAt),
        ml_app: prompt.mlApp,
        ml_apps: prompt.mlApp === undefined ? undefined : [prompt.mlApp],
      }),
    },
  };
}

/** Datadog spec, `LLMObsPromptVersionListData`: a version without its template. */
export function promptVersionHeader(prompt: Prompt, version: PromptVersion) {
  return {
    id: version.id,
    type: 'prompt-template-versions',
    attributes: {
      prompt_id: prompt.promptId,
      prompt_uuid: prompt.id,
      version: version.number,
      author: version.authorId,
      created_at: formatInstant(version.createdAt),
      version_created_at: formatInstant(version.createdAt),
      labels: version.labels,
      ...present({ description: version.description, user_version: version.userVersion }),
    },
  };
}

/** An empty configuration is left out where the organisation may not write any (spec). */
function configuration(version: PromptVersion, allowed: boolean) {
  return allowed || Object.keys(version.config).length > 0 ? { config: version.config } : {};
}

/** Datadog spec, `LLMObsPromptVersionData`: a version with its template. */
export function promptVersionShape(prompt: Prompt, version: PromptVersion, configurationAllowed: boolean) {
  const header = promptVersionHeader(prompt, version);
  return {
    ...header,
    attributes: {
      ...header.attributes,
      template: version.template,
      ...configuration(version, configurationAllowed),
    },
  };
}

/** Datadog spec, `LLMObsPromptSDKData`: one version, flattened; `template` or `chat_template`, never both. */
export function selectedPromptShape(prompt: Prompt, version: PromptVersion, configurationAllowed: boolean) {
  return {
    id: prompt.id,
    type: 'prompt-templates',
    attributes: {
      prompt_id: prompt.promptId,
      prompt_version_uuid: version.id,
      version: version.userVersion ?? String(version.number),
      labels: version.labels,
      ...(typeof version.template === 'string'
        ? { template: version.template }
        : { chat_template: version.template }),
      ...configuration(version, configurationAllowed),
    },
  };
}
