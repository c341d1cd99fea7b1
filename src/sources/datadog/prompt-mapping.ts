import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import { compareInstants, type Instant } from '../../domain/instant.ts';
import type { Json } from '../../domain/json.ts';
import type { Prompt, PromptContent, PromptMessage, PromptVersion } from '../../domain/prompt.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { mapPersonId } from './mapping.ts';
import type { VendorPrompt, VendorPromptVersion, VendorPromptVersionHeader } from './schema.ts';

function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return compareInstants(a, b) < 0 ? b : a;
}

export function mapPrompt(source: SourceKey, { attributes }: VendorPrompt): Prompt {
  const createdAt = attributes.created_at ?? null;
  // Prompts that Datadog found in runs have no versions; of others the list tells no version's number for sure.
  const version = attributes.num_versions === 0 ? null : undefined;
  return {
    ...keyOf(source, 'PROMPT', attributes.prompt_id),
    vendor: 'DATADOG',
    vendorId: attributes.prompt_id,
    name: attributes.title || attributes.prompt_id,
    description: attributes.description ?? null,
    createdAt,
    createdBy: mapPersonId(attributes.author),
    versionCount: attributes.num_versions ?? null,
    newestAt: later(createdAt, attributes.last_version_created_at ?? null),
    latestVersion: version,
    currentVersion: version,
  };
}

function readMessages(template: Json): readonly PromptMessage[] | undefined {
  if (!Array.isArray(template)) return undefined;
  const messages: PromptMessage[] = [];
  for (const item of template as readonly Json[]) {
    if (typeof item !== 'object' || item === null || !('role' in item)) return undefined;
    const { role, content = null } = item;
    if (typeof role !== 'string') return undefined;
    messages.push({ role, content, name: null, toolCallId: null, toolCalls: null, thinking: null });
  }
  return messages;
}

/** Text, a list of messages, or an authored object that holds such a list; another template is shown as it is. */
export function mapTemplate(template: Json): PromptContent {
  if (typeof template === 'string') return { kind: 'TEXT', text: template };
  const isObject = typeof template === 'object' && template !== null && 'messages' in template;
  const messages = readMessages(isObject ? (template['messages'] ?? null) : template);
  return messages === undefined ? { kind: 'JSON', value: template } : { kind: 'CHAT', messages };
}

/** A version without its template, as lists give it. */
export function mapPromptVersionHeader(
  prompt: ResourceKey<'PROMPT'>,
  { attributes }: VendorPromptVersionHeader,
  isLatest: boolean | null,
): PromptVersion {
  const { source, parts } = prompt.address;
  const ref = String(attributes.version);
  return {
    ...keyOf(source, 'PROMPT_VERSION', ...parts, ref),
    prompt,
    ref,
    number: attributes.version,
    name: attributes.user_version ?? null,
    description: attributes.description ?? null,
    content: undefined,
    preview: null,
    outline: null,
    sizeBytes: null,
    config: undefined,
    labels: attributes.labels ?? null,
    // The environments of a version can be written (`env_ids`) but no answer tells them.
    deployments: null,
    createdAt: attributes.version_created_at ?? attributes.created_at ?? null,
    updatedAt: null,
    createdBy: mapPersonId(attributes.author),
    isLatest,
  };
}

export function mapPromptVersion(
  prompt: ResourceKey<'PROMPT'>,
  row: VendorPromptVersion,
  isLatest: boolean | null,
): PromptVersion {
  return {
    ...mapPromptVersionHeader(prompt, row, isLatest),
    content: mapTemplate(row.attributes.template),
    config: row.attributes.config ?? null,
  };
}
