import { z } from 'zod';

const ChatContent = z.union([
  z.string(),
  z.array(
    z.union([
      z.object({ type: z.literal('text'), text: z.string() }),
      z.object({
        type: z.literal('image_url'),
        image_url: z.object({ url: z.string(), detail: z.enum(['high', 'low', 'auto']).nullish() }),
      }),
    ]),
  ),
]);

const Thinking = z.union([
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
]);

/** One message of a conversation, as requests and answers carry it. */
export const ChatMessage = z.object({
  role: z.enum(['user', 'assistant', 'system', 'tool', 'developer']),
  content: ChatContent.nullish(),
  name: z.string().nullish(),
  tool_call_id: z.string().nullish(),
  tool_calls: z
    .array(
      z.object({
        id: z.string(),
        type: z.literal('function'),
        function: z.object({ name: z.string(), arguments: z.string().nullish() }),
      }),
    )
    .nullish(),
  thinking: z.array(Thinking).nullish(),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

/** The text of a message, its parts joined; images have none. */
export function textOf(message: ChatMessage): string {
  if (typeof message.content === 'string') return message.content;
  return (message.content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}
