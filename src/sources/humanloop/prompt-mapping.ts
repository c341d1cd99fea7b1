import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { Json } from '../../domain/json.ts';
import type { Prompt, PromptContent, PromptMessage, PromptVersion } from '../../domain/prompt.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { isOnDefault, mapActor, mapDeployments } from './mapping.ts';
import { type MessageRow, type PromptRow, promptSettingNames } from './schema.ts';

function mapMessage(row: MessageRow): PromptMessage {
  return {
    role: row.role,
    content: row.content ?? null,
    name: row.name ?? null,
    toolCallId: row.tool_call_id ?? null,
    toolCalls: row.tool_calls ?? null,
    thinking: row.thinking ?? null,
  };
}

/** A prompt without a template is neither text nor chat: it is shown as the vendor has it. */
export function mapContent(template: PromptRow['template']): PromptContent {
  if (typeof template === 'string') return { kind: 'TEXT', text: template };
  if (template === null || template === undefined) return { kind: 'JSON', value: { template: null } };
  return { kind: 'CHAT', messages: template.map(mapMessage) };
}

/** Model and settings under the vendor's own names; what is not set is left out. */
export function mapConfig(row: PromptRow): Json {
  const config: Record<string, Json> = {};
  for (const name of promptSettingNames) {
    const value = row[name];
    if (value !== null && value !== undefined) config[name] = value;
  }
  return config;
}

export function mapPromptVersion(
  source: SourceKey,
  prompt: ResourceKey<'PROMPT'>,
  row: PromptRow,
  isLatest: boolean | null,
): PromptVersion {
  const { id, address } = keyOf(source, 'PROMPT_VERSION', row.id, row.version_id);
  return {
    id,
    address,
    prompt,
    ref: row.version_id,
    number: null,
    name: row.version_name ?? null,
    description: row.version_description ?? null,
    content: mapContent(row.template),
    preview: null,
    outline: null,
    sizeBytes: null,
    config: mapConfig(row),
    labels: null,
    deployments: mapDeployments(source, row.environments),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: mapActor(row.created_by),
    isLatest,
  };
}

export function mapPrompt(
  { id, address }: ResourceKey<'PROMPT'>,
  row: PromptRow,
  versions: Pick<Prompt, 'currentVersion' | 'latestVersion'>,
): Prompt {
  return {
    id,
    address,
    vendor: 'HUMANLOOP',
    vendorId: row.id,
    name: row.name,
    description: row.description ?? null,
    createdAt: row.created_at,
    createdBy: mapActor(row.created_by),
    versionCount: null,
    newestAt: row.updated_at,
    currentVersion: versions.currentVersion,
    latestVersion: versions.latestVersion,
  };
}

/** A prompt as a list shows it: which version that is, the vendor tells only by where it stands. */
export function mapListedPrompt(source: SourceKey, row: PromptRow): Prompt {
  const key = keyOf(source, 'PROMPT', row.id);
  const isCurrent = isOnDefault(row.environments) === true;
  return mapPrompt(key, row, {
    currentVersion: isCurrent ? mapPromptVersion(source, key, row, null) : undefined,
    latestVersion: undefined,
  });
}
