import { bare } from './api-error.ts';
import { compactSize } from './prompt-text.ts';

export interface PromptEdit {
  readonly old: string;
  readonly new: string;
}

export const maximumPromptBytes = 1_000_000;

function editFailure(detail: string, index: number): Error {
  return bare(400, { detail, edit_index: index });
}

/**
 * Applies the edits in order, each to the result of the one before; `old` must occur exactly once. A prompt that
 * is not text is dumped with an indent of two, edited, and parsed again (vendor facts).
 */
export function applyEdits(prompt: unknown, edits: readonly PromptEdit[]): unknown {
  let text = typeof prompt === 'string' ? prompt : JSON.stringify(prompt, null, 2);
  for (const [index, edit] of edits.entries()) {
    const parts = text.split(edit.old);
    if (parts.length === 1) throw editFailure('The text to replace does not occur in the prompt.', index);
    if (parts.length > 2) {
      throw editFailure(`The text to replace occurs ${parts.length - 1} times; it must occur once.`, index);
    }
    text = parts.join(edit.new);
  }
  const result = typeof prompt === 'string' ? text : parsedAgain(text, edits.length - 1);
  if (compactSize(result) > maximumPromptBytes) {
    throw editFailure(`The edited prompt exceeds ${maximumPromptBytes} bytes.`, edits.length - 1);
  }
  return result;
}

function parsedAgain(text: string, lastIndex: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw editFailure('The edits made the prompt invalid JSON.', lastIndex);
  }
}
