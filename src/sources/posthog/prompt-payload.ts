import { InvalidInputError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { PromptContent, PromptMessage } from '../../domain/prompt.ts';
import { isPromptName } from './addresses.ts';
import { maximumPromptBytes } from './limits.ts';

function refused(path: readonly string[], message: string, what: string, code: string): InvalidInputError {
  return new InvalidInputError(`${message} Nothing was sent.`, [{ path, message: what, code }]);
}

/** Throws for a name that PostHog cannot give a prompt. */
export function checkPromptName(name: string, field: string): void {
  if (!isPromptName(name)) {
    throw refused(
      [field],
      'A prompt of PostHog has a name of 1 to 255 letters, digits, hyphens (-) and underscores (_).',
      'has characters or a length that PostHog does not take',
      'INVALID_FORMAT',
    );
  }
  if (name.toLowerCase() === 'new') {
    throw refused([field], `PostHog reserves the name ${name}.`, 'is a reserved name', 'RESERVED');
  }
}

/** A message as it is read: what is null was not there. */
function payloadOfMessage(message: PromptMessage): Json {
  const { role, content, name, toolCallId, toolCalls, thinking } = message;
  return {
    role,
    content,
    ...(name === null ? {} : { name }),
    ...(toolCallId === null ? {} : { tool_call_id: toolCallId }),
    ...(toolCalls === null ? {} : { tool_calls: toolCalls }),
    ...(thinking === null ? {} : { thinking }),
  };
}

function rawPayload(content: PromptContent): Json {
  switch (content.kind) {
    case 'TEXT':
      return content.text;
    case 'CHAT':
      return content.messages.map(payloadOfMessage);
    case 'JSON':
      return content.value;
  }
}

const fields = { TEXT: 'text', CHAT: 'messages', JSON: 'json' } as const;

/**
 * The content as PostHog stores it. Only text comes back as it was: current servers return anything else as the text
 * of its JSON, which PostHog's own clients refuse. Where a server has shown a prompt that is no text, it keeps such.
 */
export function payloadOf(content: PromptContent, base: PromptContent | undefined): Json {
  const path = ['content', fields[content.kind]];
  if (content.kind !== 'TEXT' && (base === undefined || base.kind === 'TEXT')) {
    throw refused(
      path,
      'A prompt of PostHog is text: messages and other JSON would come back as the text of their JSON. Give `text`.',
      'PostHog keeps text only',
      'UNSUPPORTED',
    );
  }
  const payload = rawPayload(content);
  if (payload === null) throw refused(path, 'A prompt of PostHog cannot be null.', 'is null', 'REQUIRED');
  if (Buffer.byteLength(JSON.stringify(payload)) > maximumPromptBytes) {
    throw refused(
      path,
      `A prompt of PostHog has at most ${maximumPromptBytes} bytes as JSON, quotes and escapes included.`,
      'is too large',
      'TOO_LONG',
    );
  }
  return payload;
}
