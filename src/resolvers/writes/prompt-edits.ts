import { InvalidInputError } from '../../domain/errors.ts';
import type { PromptContent } from '../../domain/prompt.ts';

export interface PromptEdit {
  readonly old: string;
  readonly new: string;
}

function refuse(index: number, message: string): InvalidInputError {
  return new InvalidInputError(`Edit ${index} cannot be made: ${message}. Nothing was written.`, [
    { path: ['input', 'edits', String(index), 'old'], message },
  ]);
}

/** Applies edits in order, each to what the ones before it left. Throws InvalidInputError with the edit's place. */
export function applyEdits(content: PromptContent, edits: readonly PromptEdit[]): PromptContent {
  if (content.kind !== 'TEXT') {
    throw new InvalidInputError('Only text can be edited by `edits`: give the whole `content`.', [
      { path: ['input', 'edits'], message: 'the prompt is not text' },
    ]);
  }
  let { text } = content;
  edits.forEach((edit, index) => {
    if (edit.old === '') throw refuse(index, '`old` is empty');
    const first = text.indexOf(edit.old);
    if (first < 0) throw refuse(index, '`old` does not occur');
    // Places that overlap are two as well: which of them is meant cannot be told.
    if (text.includes(edit.old, first + 1)) throw refuse(index, '`old` occurs more than once');
    text = text.slice(0, first) + edit.new + text.slice(first + edit.old.length);
  });
  return { kind: 'TEXT', text };
}
