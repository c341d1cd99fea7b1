import type { ResourceKey } from '../../domain/identity.ts';
import { costOfPromptVersion } from '../../resolvers/costs/fields.ts';
import { publishedVersion } from '../../resolvers/prompts.ts';
import {
  archivePrompt,
  createPrompt,
  duplicatePrompt,
  publishPrompt,
} from '../../resolvers/writes/prompts.ts';
import { builder } from '../builder.ts';
import { costs } from '../cost.ts';
import { VendorEnum } from '../enums.ts';
import { PromptVersionType } from '../prompt-version.ts';
import { mutationField } from './mutation-field.ts';
import { promptFields } from './success-fields.ts';

interface OfPrompt {
  readonly prompt: ResourceKey<'PROMPT'>;
}

const common = [
  'NotFoundError',
  'UnsupportedError',
  'InvalidInputError',
  'SourceFailure',
  'OutcomeUnknownError',
] as const;

const PromptMessageInput = builder.inputType('PromptMessageInput', {
  description: 'One message of a chat prompt.',
  fields: (t) => ({
    role: t.string({ required: true, description: 'Who speaks.' }),
    content: t.field({ type: 'JSON', description: 'Text, or a list of parts.' }),
    name: t.string({ description: 'The name of the speaker.' }),
    toolCallId: t.string({ description: 'The tool call that this message answers.' }),
    toolCalls: t.field({ type: 'JSON', description: 'The tool calls that the message makes.' }),
    thinking: t.field({ type: 'JSON', description: 'Reasoning parts.' }),
  }),
});

const PromptContentInput = builder.inputType('PromptContentInput', {
  description: 'What a prompt says: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    text: t.string({ description: 'One text.' }),
    messages: t.field({ type: [PromptMessageInput], description: 'Chat messages.' }),
    json: t.field({ type: 'JSON', description: 'Something else.' }),
  }),
});

const PromptEditInput = builder.inputType('PromptEditInput', {
  description: 'A replacement in the text. `old` must occur exactly once in what the edits before it left.',
  fields: (t) => ({
    old: t.string({ required: true, description: 'What to replace.' }),
    new: t.string({ required: true, description: 'What to put in its place; may be empty.' }),
  }),
});

mutationField({
  name: 'createPrompt',
  description: 'Make a prompt with its first version.',
  input: builder.inputType('CreatePromptInput', {
    description: 'A new prompt.',
    fields: (t) => ({
      vendor: t.field({ type: VendorEnum, required: true, description: 'Where to make it.' }),
      name: t.string({ required: true, description: 'Its name; the vendor decides what names may be.' }),
      content: t.field({ type: PromptContentInput, required: true, description: 'What it says.' }),
      config: t.field({
        type: 'JSON',
        description: 'The model and its settings (Humanloop requires a model).',
      }),
      directoryPath: t.string({ description: 'Humanloop: the directory path it goes under.' }),
      description: t.string({ description: 'What it is, or what its first version is.' }),
      labels: t.stringList({ description: 'Labels for its first version, where the vendor has them.' }),
    }),
  }),
  success: builder
    .objectRef<OfPrompt>('CreatePromptSuccess')
    .implement({ description: 'There is such a prompt now.', fields: (t) => promptFields(t) }),
  errors: ['PartialWriteError', 'AlreadyExistsError', ...common],
  toFindOut: 'look for its name in `prompts`',
  resolve: createPrompt,
});

mutationField({
  name: 'publishPromptVersion',
  description:
    'Write a new version of a prompt, based on the one that you edited. Equal content and config write nothing. Atomic at PostHog; elsewhere the newest version is read again just before.',
  input: builder.inputType('PublishPromptVersionInput', {
    description: 'A new version. Exactly one of `content` and `edits`; `config` left out is carried over.',
    fields: (t) => ({
      promptId: t.id({ required: true, description: 'The prompt.' }),
      content: t.field({ type: PromptContentInput, description: 'What it says, whole.' }),
      edits: t.field({ type: [PromptEditInput], description: 'What to replace in the text, in order.' }),
      config: t.field({
        type: 'JSON',
        description: 'The model and its settings, whole; left out: carried over.',
      }),
      description: t.string({ description: 'What this version is, where the vendor keeps it.' }),
      labels: t.stringList({ description: 'Labels for this version, where the vendor has them.' }),
      expectedRef: t.string({
        required: true,
        description: 'The version you edited; required, so that no work is overwritten unseen.',
      }),
    }),
  }),
  success: builder
    .objectRef<OfPrompt & { versionRef: string | null; concurrentRef: string | null; created: boolean }>(
      'PublishPromptVersionSuccess',
    )
    .implement({
      description: 'This is the newest version now.',
      fields: (t) => ({
        ...promptFields(t),
        concurrentRef: t.exposeString('concurrentRef', {
          description: 'A version that somebody outside made while this was written.',
        }),
        versionRef: t.exposeString('versionRef', {
          description: 'The ref of the version; null when it is not told and could not be read back.',
        }),
        version: t.field({
          extensions: costs(costOfPromptVersion),
          type: PromptVersionType,
          description: 'The version itself.',
          resolve: (published, _args, context) =>
            publishedVersion(context, published.prompt, published.versionRef),
        }),
        created: t.exposeBoolean('created', {
          nullable: false,
          description: 'False: content and config were already the latest, nothing was written.',
        }),
      }),
    }),
  errors: ['PartialWriteError', 'VersionConflictError', ...common],
  toFindOut: 'read `latestVersion` of the prompt',
  resolve: publishPrompt,
});

mutationField({
  name: 'archivePrompt',
  description:
    'Take a prompt out of use: archived (PostHog) or deleted (Datadog, Humanloop). Not to be undone here.',
  input: builder.inputType('ArchivePromptInput', {
    description: 'Which prompt.',
    fields: (t) => ({
      promptId: t.id({ required: true, description: 'The prompt.' }),
      expectedRef: t.string({ description: 'The newest version as you know it.' }),
    }),
  }),
  success: builder.objectRef<OfPrompt>('ArchivePromptSuccess').implement({
    description: 'The prompt is out of use.',
    fields: (t) => ({ promptId: promptFields(t).promptId }),
  }),
  errors: ['VersionConflictError', ...common],
  toFindOut: 'read the prompt',
  resolve: archivePrompt,
});

mutationField({
  name: 'duplicatePrompt',
  description: 'Make a new prompt with the newest content of another.',
  input: builder.inputType('DuplicatePromptInput', {
    description: 'What to copy.',
    fields: (t) => ({
      promptId: t.id({ required: true, description: 'The prompt to copy.' }),
      newName: t.string({ required: true, description: 'The name of the copy.' }),
    }),
  }),
  success: builder
    .objectRef<OfPrompt>('DuplicatePromptSuccess')
    .implement({ description: 'The copy.', fields: (t) => promptFields(t) }),
  errors: ['PartialWriteError', 'AlreadyExistsError', ...common],
  toFindOut: 'look for the name of the copy in `prompts`',
  resolve: duplicatePrompt,
});
