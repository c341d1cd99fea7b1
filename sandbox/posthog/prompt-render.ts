import { listedSize, outlineOf, previewOf, promptAsText } from './prompt-text.ts';
import type { PromptFamily, PromptLabel, PromptVersion } from './records.ts';
import type { PostHogSwitches } from './switches.ts';
import { renderUser } from './users.ts';

export type ContentMode = 'full' | 'preview' | 'none';
export const contentModes: readonly ContentMode[] = ['full', 'preview', 'none'];

function labelsOf(family: PromptFamily, row: PromptVersion): string[] {
  return [...family.labels.values()]
    .filter(({ version }) => version.id === row.id)
    .map(({ name }) => name)
    .sort();
}

function promptValue(row: PromptVersion, switches: PostHogSwitches): unknown {
  return switches.rawJsonPrompts ? row.prompt : promptAsText(row.prompt);
}

function content(row: PromptVersion, mode: ContentMode, switches: PostHogSwitches): object {
  if (mode === 'none') return {};
  if (mode === 'preview') return { prompt_preview: previewOf(row.prompt) };
  return { prompt: promptValue(row, switches), ...(switches.labels ? { config: row.config } : {}) };
}

/** `count` is how many versions are seen to exist. */
function common(family: PromptFamily, row: PromptVersion, count = family.versions.length): object {
  return {
    id: row.id,
    name: family.name,
    version: row.version,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    deleted: false,
    is_latest: row.version === count,
    latest_version: count,
    version_count: count,
    first_version_created_at: family.versions[0]?.createdAt ?? row.createdAt,
    outline: outlineOf(row.prompt),
  };
}

/** Members that only later servers have. */
function later(family: PromptFamily, row: PromptVersion, switches: PostHogSwitches): object {
  if (!switches.labels) return {};
  return {
    version_description: row.description,
    labels: labelsOf(family, row),
    // Longer names end in a hash (vendor facts); the sandbox only cuts them.
    activity_item_id: family.name.slice(0, 72),
  };
}

export function renderPrompt(family: PromptFamily, row: PromptVersion, switches: PostHogSwitches): object {
  return {
    ...common(family, row),
    ...content(row, 'full', switches),
    created_by: renderUser(row.createdBy),
    ...later(family, row, switches),
  };
}

export function renderListItem(
  family: PromptFamily,
  row: PromptVersion,
  mode: ContentMode,
  switches: PostHogSwitches,
): object {
  const allLabels = [...family.labels.values()].map(({ name, version }) => ({
    name,
    version: version.version,
  }));
  return {
    ...common(family, row),
    ...content(row, mode, switches),
    created_by: renderUser(row.createdBy),
    prompt_size_bytes: listedSize(row.prompt),
    ...later(family, row, switches),
    ...(switches.labels ? { all_labels: allLabels } : {}),
  };
}

/** The by-name answer, which has no `created_by`. `count` lags while the vendor's cache is stale. */
export function renderPublicPrompt(
  family: PromptFamily,
  row: PromptVersion,
  mode: ContentMode,
  switches: PostHogSwitches,
  count: number,
): object {
  return { ...common(family, row, count), ...content(row, mode, switches) };
}

export function renderVersionSummary(
  family: PromptFamily,
  row: PromptVersion,
  switches: PostHogSwitches,
): object {
  return {
    id: row.id,
    version: row.version,
    created_by: renderUser(row.createdBy),
    created_at: row.createdAt,
    is_latest: row.version === family.versions.length,
    ...(switches.labels ? { version_description: row.description, labels: labelsOf(family, row) } : {}),
  };
}

export function renderLabel(family: PromptFamily, label: PromptLabel): object {
  return {
    id: label.id,
    name: label.name,
    prompt_name: family.name,
    version: label.version.version,
    created_by: renderUser(label.createdBy),
    created_at: label.createdAt,
    updated_at: label.updatedAt,
  };
}
