import type { Json } from '../../domain/json.ts';
import type { PromptContent, PromptMessage } from '../../domain/prompt.ts';
import { canonicalJson, sortMembers } from './canonical-json.ts';

function show(value: Json): string {
  return JSON.stringify(sortMembers(value), null, 2);
}

/** A message as lines: who speaks, then what is said, as it reads; then the rest, each under its name. */
function messageText({ role, content, name, toolCallId, toolCalls, thinking }: PromptMessage): string {
  const speaker = [role, name, toolCallId].filter((part) => part !== null).join(' ');
  const lines = [`[${speaker}]`];
  if (content !== null) lines.push(typeof content === 'string' ? content : show(content));
  if (toolCalls !== null) lines.push(`[tool calls] ${show(toolCalls)}`);
  if (thinking !== null) lines.push(`[thinking] ${show(thinking)}`);
  return `${lines.join('\n')}\n`;
}

function textOf(content: PromptContent | null): string {
  switch (content?.kind) {
    case undefined:
      return '';
    case 'TEXT':
      return content.text;
    case 'CHAT':
      return content.messages.map(messageText).join('\n');
    case 'JSON':
      return `${show(content.value)}\n`;
  }
}

function jsonOf(content: PromptContent | null): Json {
  if (content?.kind !== 'CHAT') return content;
  return { kind: content.kind, messages: content.messages.map((message) => ({ ...message })) };
}

export function isSameContent(base: PromptContent | null, head: PromptContent | null): boolean {
  return canonicalJson(jsonOf(base)) === canonicalJson(jsonOf(head));
}

/** Two contents as texts to compare: equal texts only for equal contents. */
export function textsOf(
  base: PromptContent | null,
  head: PromptContent | null,
): readonly [base: string, head: string] {
  const texts = [textOf(base), textOf(head)] as const;
  if (texts[0] !== texts[1] || isSameContent(base, head)) return texts;
  // A text that reads like a chat, say: as JSON they cannot be taken for one another.
  return [`${show(jsonOf(base))}\n`, `${show(jsonOf(head))}\n`];
}
