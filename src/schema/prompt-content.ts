import type { Json } from '../domain/json.ts';
import type { PromptContent, PromptMessage } from '../domain/prompt.ts';
import { builder } from './builder.ts';

const PromptMessageType = builder.objectRef<PromptMessage>('PromptMessage').implement({
  description: 'One message of a chat prompt.',
  fields: (t) => ({
    role: t.exposeString('role', {
      nullable: false,
      description: 'Who speaks: `system`, `user`, `assistant`, `tool` or what else the vendor has.',
    }),
    content: t.expose('content', {
      type: 'JSON',
      description: 'Text, or a list of parts such as text and images.',
    }),
    name: t.exposeString('name', { description: 'The name of the speaker, where one is given.' }),
    toolCallId: t.exposeString('toolCallId', { description: 'The tool call that this message answers.' }),
    toolCalls: t.expose('toolCalls', { type: 'JSON', description: 'The tool calls that the message makes.' }),
    thinking: t.expose('thinking', {
      type: 'JSON',
      description: 'Reasoning parts, where the vendor keeps them.',
    }),
  }),
});

const TextPromptType = builder.objectRef<PromptContent & { kind: 'TEXT' }>('TextPrompt').implement({
  description: 'A prompt that is one text.',
  fields: (t) => ({
    text: t.exposeString('text', { nullable: false, description: 'The text, with its placeholders.' }),
  }),
});

const ChatPromptType = builder.objectRef<PromptContent & { kind: 'CHAT' }>('ChatPrompt').implement({
  description: 'A prompt that is a list of chat messages.',
  fields: (t) => ({
    messages: t.field({
      type: [PromptMessageType],
      nullable: false,
      description: 'The messages, in order.',
      resolve: (content) => content.messages,
    }),
  }),
});

const JsonPromptType = builder.objectRef<PromptContent & { kind: 'JSON' }>('JsonPrompt').implement({
  description: 'Content that is neither text nor chat.',
  fields: (t) => ({
    value: t.field({
      type: 'JSON',
      nullable: false,
      description: 'The content as the vendor keeps it.',
      // A version without any content has none of the three types (see the resolver).
      resolve: (content): Exclude<Json, null> => content.value ?? {},
    }),
  }),
});

const typeNames = { TEXT: 'TextPrompt', CHAT: 'ChatPrompt', JSON: 'JsonPrompt' } as const;

export const PromptContentUnion = builder.unionType('PromptContent', {
  description: 'What a prompt says.',
  types: [TextPromptType, ChatPromptType, JsonPromptType],
  resolveType: (content) => typeNames[content.kind],
});
