import { isDeepStrictEqual } from 'node:util';
import type { Context } from '../../context.ts';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { parseIdOf, type ResourceKey } from '../../domain/identity.ts';
import type { Json } from '../../domain/json.ts';
import type { PromptContent, PromptMessage, PromptVersion } from '../../domain/prompt.ts';
import type { Vendor } from '../../domain/vendor.ts';
import { VersionConflictError } from '../../domain/write-errors.ts';
import type { PromptWriter } from '../../sources/source.ts';
import { connected, partOf, readText, slotsOfVendor, unsupported } from '../vendor-call.ts';
import { applyEdits, type PromptEdit } from './prompt-edits.ts';
import { publishedInTurn, publishMade, versionsOf } from './published.ts';
import { inTurnOfName, write } from './write.ts';

export interface PromptMessageInput {
  readonly role: string;
  readonly content?: Json | undefined;
  readonly name?: string | null | undefined;
  readonly toolCallId?: string | null | undefined;
  readonly toolCalls?: Json | undefined;
  readonly thinking?: Json | undefined;
}

/** Exactly one member is given: the input type is `@oneOf`. */
export interface PromptContentInput {
  readonly text?: string | null | undefined;
  readonly messages?: readonly PromptMessageInput[] | null | undefined;
  readonly json?: Json | undefined;
}

function readMessage(message: PromptMessageInput): PromptMessage {
  return {
    role: message.role,
    content: message.content ?? null,
    name: message.name ?? null,
    toolCallId: message.toolCallId ?? null,
    toolCalls: message.toolCalls ?? null,
    thinking: message.thinking ?? null,
  };
}

function readContent(input: PromptContentInput): PromptContent {
  if (typeof input.text === 'string') return { kind: 'TEXT', text: input.text };
  if (Array.isArray(input.messages)) return { kind: 'CHAT', messages: input.messages.map(readMessage) };
  return { kind: 'JSON', value: input.json ?? null };
}

function promptKey(id: string): ResourceKey<'PROMPT'> {
  return parseIdOf('PROMPT', id, ['input', 'promptId']);
}

function promptWriter(context: Context, prompt: ResourceKey<'PROMPT'>): PromptWriter {
  return partOf(context, prompt, 'writes of prompts', (source) => source.prompts?.writer);
}

/** The newest version, read just now, with content and config. */
async function readLatest(context: Context, prompt: ResourceKey<'PROMPT'>): Promise<PromptVersion> {
  const latest = await partOf(context, prompt, 'prompts', (source) => source.prompts).latestVersion(
    prompt,
    true,
  );
  if (latest !== null) return latest;
  throw new NotFoundError('There is no such prompt, or it has no version: it may have been archived.');
}

export interface CreatePromptInput {
  readonly vendor: Vendor;
  readonly name: string;
  readonly content: PromptContentInput;
  readonly config?: Json | undefined;
  readonly directoryPath?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly labels?: readonly string[] | null | undefined;
}

export function createPrompt(context: Context, input: CreatePromptInput) {
  return write(context, async () => {
    const name = readText(input.name, ['input', 'name']);
    const [slot] = slotsOfVendor(context, input.vendor);
    const source = connected(slot);
    const writer = source.prompts?.writer;
    if (writer === undefined) {
      throw unsupported(context, input.vendor, 'creation of prompts', (other) => other.prompts?.writer);
    }
    return inTurnOfName(context, source.key, name, async () => {
      const prompt = await writer.create({
        name,
        content: readContent(input.content),
        config: input.config ?? undefined,
        directoryPath: input.directoryPath ?? undefined,
        description: input.description ?? undefined,
        labels: input.labels ?? undefined,
      });
      await publishMade(context, prompt);
      return { prompt };
    });
  });
}

export interface PublishInput {
  readonly promptId: string;
  readonly content?: PromptContentInput | null | undefined;
  readonly edits?: readonly PromptEdit[] | null | undefined;
  readonly config?: Json | undefined;
  readonly description?: string | null | undefined;
  readonly labels?: readonly string[] | null | undefined;
  readonly expectedRef: string;
}

const noContent: PromptContent = { kind: 'TEXT', text: '' };

/** Content as it is given, or edits to make: exactly one of them. */
function readChange(input: PublishInput): { content: PromptContent } | { edits: readonly PromptEdit[] } {
  const edits = input.edits ?? undefined;
  const content = input.content ?? undefined;
  if (content !== undefined && edits === undefined) return { content: readContent(content) };
  if (edits !== undefined && edits.length > 0 && content === undefined) return { edits };
  throw new InvalidInputError('Give exactly one of `content` and `edits`.', [
    { path: ['input', 'content'], message: 'exactly one of `content` and `edits`' },
  ]);
}

/** Nothing is written for what is the newest already; what would have gone with a version must not get lost. */
function unchanged(input: PublishInput): void {
  for (const name of ['description', 'labels'] as const) {
    const value = input[name];
    if (value === undefined || value === null || value.length === 0) continue;
    throw new InvalidInputError(
      `Content and config are the newest already, so no version is made that \`${name}\` could be of. Leave it out, or change the content.`,
      [{ path: ['input', name], message: 'there is no new version that it could be of' }],
    );
  }
}

/** Writes a version after the one that the caller edited; equal content and config write nothing. */
export function publishPrompt(context: Context, input: PublishInput) {
  return write(context, async () => {
    const prompt = promptKey(input.promptId);
    const expectedRef = readText(input.expectedRef, ['input', 'expectedRef']);
    const change = readChange(input);
    const writer = promptWriter(context, prompt);
    return publishedInTurn(
      context,
      prompt,
      versionsOf(prompt),
      async () => {
        const base = await readLatest(context, prompt);
        if (base.ref !== expectedRef) throw new VersionConflictError(expectedRef, base.ref);
        const content =
          'content' in change ? change.content : applyEdits(base.content ?? noContent, change.edits);
        const config = input.config === undefined ? (base.config ?? null) : input.config;
        if (isDeepStrictEqual(content, base.content) && isDeepStrictEqual(config, base.config ?? null)) {
          unchanged(input);
          return { prompt, versionRef: base.ref, concurrentRef: null, created: false };
        }
        const written = await writer.publish(
          prompt,
          {
            content,
            config,
            description: input.description ?? undefined,
            labels: input.labels ?? undefined,
          },
          base,
        );
        return { prompt, ...written, created: true };
      },
      ({ versionRef }) => ({ ref: versionRef }),
    );
  });
}

export function archivePrompt(
  context: Context,
  input: { readonly promptId: string; readonly expectedRef?: string | null | undefined },
) {
  return write(context, async () => {
    const prompt = promptKey(input.promptId);
    const writer = promptWriter(context, prompt);
    return publishedInTurn(
      context,
      prompt,
      versionsOf(prompt),
      async () => {
        const { expectedRef } = input;
        if (expectedRef !== null && expectedRef !== undefined) {
          const latest = await readLatest(context, prompt);
          if (latest.ref !== expectedRef) throw new VersionConflictError(expectedRef, latest.ref);
        }
        await writer.archive(prompt);
        return { prompt };
      },
      () => ({ removed: true }),
    );
  });
}

export function duplicatePrompt(
  context: Context,
  input: { readonly promptId: string; readonly newName: string },
) {
  return write(context, async () => {
    const source = promptKey(input.promptId);
    const newName = readText(input.newName, ['input', 'newName']);
    const writer = promptWriter(context, source);
    return inTurnOfName(context, source.address.source, newName, async () => {
      const prompt = await writer.duplicate(source, newName);
      await publishMade(context, prompt);
      return { prompt };
    });
  });
}
