import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { Json } from '../../domain/json.ts';
import type { Prompt, PromptContent, PromptMessage, PromptVersion } from '../../domain/prompt.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { mapActor } from './mapping.ts';
import type { PromptRow, VersionSummary } from './schema.ts';

const messageMembers: ReadonlySet<string> = new Set([
  'role',
  'content',
  'name',
  'tool_call_id',
  'tool_calls',
  'thinking',
]);

function textOrAbsent(value: Json | undefined): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}

/** A chat message whose every member has a place in ours; undefined for anything else. */
function mapMessage(value: Json): PromptMessage | undefined {
  if (typeof value !== 'object' || value === null || !('role' in value) || !('content' in value)) {
    return undefined;
  }
  const { role, content = null, name, tool_call_id: toolCallId } = value;
  if (typeof role !== 'string' || !textOrAbsent(name) || !textOrAbsent(toolCallId)) return undefined;
  for (const member in value) {
    if (!messageMembers.has(member)) return undefined;
  }
  return {
    role,
    content,
    name: name ?? null,
    toolCallId: toolCallId ?? null,
    toolCalls: value['tool_calls'] ?? null,
    thinking: value['thinking'] ?? null,
  };
}

/** Current servers send text always; early ones any JSON, a list of chat messages among it. */
export function mapContent(value: Json): PromptContent {
  if (typeof value === 'string') return { kind: 'TEXT', text: value };
  if (!Array.isArray(value) || value.length === 0) return { kind: 'JSON', value };
  const messages: PromptMessage[] = [];
  for (const one of value) {
    const message = mapMessage(one);
    if (message === undefined) return { kind: 'JSON', value };
    messages.push(message);
  }
  return { kind: 'CHAT', messages };
}

export function mapVersion(source: SourceKey, prompt: ResourceKey<'PROMPT'>, row: PromptRow): PromptVersion {
  const { id, address } = keyOf(source, 'PROMPT_VERSION', row.name, row.id);
  const hasContent = row.prompt !== undefined;
  return {
    id,
    address,
    prompt,
    ref: row.id,
    number: row.version,
    name: null,
    description: row.version_description ?? null,
    content: row.prompt === undefined ? undefined : mapContent(row.prompt),
    preview: row.prompt_preview ?? null,
    outline: row.outline ?? null,
    sizeBytes: row.prompt_size_bytes ?? null,
    // Comes with the content; early servers do not have it.
    config: hasContent ? (row.config ?? null) : undefined,
    labels: row.labels ?? null,
    deployments: null,
    createdAt: row.created_at,
    updatedAt: row.updated_at ?? null,
    createdBy: mapActor(row.created_by),
    isLatest: row.is_latest ?? null,
  };
}

/** A row of the history, which tells neither content nor outline. */
export function mapVersionSummary(
  source: SourceKey,
  prompt: ResourceKey<'PROMPT'>,
  name: string,
  row: VersionSummary,
): PromptVersion {
  const { id, address } = keyOf(source, 'PROMPT_VERSION', name, row.id);
  return {
    id,
    address,
    prompt,
    ref: row.id,
    number: row.version,
    name: null,
    description: row.version_description ?? null,
    content: undefined,
    preview: null,
    outline: null,
    sizeBytes: null,
    config: undefined,
    labels: row.labels ?? null,
    deployments: null,
    createdAt: row.created_at,
    updatedAt: null,
    createdBy: mapActor(row.created_by),
    isLatest: row.is_latest ?? null,
  };
}

/** A prompt by the row of its latest version, as lists and `resolve` give it. */
export function mapPrompt(source: SourceKey, row: PromptRow): Prompt {
  const key = keyOf(source, 'PROMPT', row.name);
  const latest = mapVersion(source, key, row);
  return {
    id: key.id,
    address: key.address,
    vendor: 'POSTHOG',
    vendorId: row.name,
    name: row.name,
    description: null,
    createdAt: row.first_version_created_at ?? null,
    // The row tells the author of the version, who is the prompt's only where that is the first.
    createdBy: row.version === 1 ? latest.createdBy : null,
    versionCount: row.version_count ?? null,
    newestAt: row.created_at,
    latestVersion: latest,
    currentVersion: latest,
  };
}
