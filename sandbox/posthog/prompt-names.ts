import { invalid, ValidationFailure } from './api-error.ts';
import { readText, required } from './fields.ts';
import type { JsonObject } from './records.ts';

const maximumNameLength = 255;
const maximumLabelLength = 128;

/** A prompt's name. Case counts, and `new` is reserved in any case (vendor facts). */
export function readPromptName(fields: JsonObject, attr: string): string {
  const name = required(readText(fields, attr, { maxLength: maximumNameLength }), attr);
  if (name.toLowerCase() === 'new') {
    throw new ValidationFailure(attr, 'reserved_name', `'${name}' is a reserved name and cannot be used.`);
  }
  if (!/^[a-zA-Z0-9_-]+$/.test(name)) {
    const detail = 'Only letters, numbers, hyphens (-) and underscores (_) are allowed.';
    throw new ValidationFailure(attr, 'invalid_name', detail);
  }
  return name;
}

/** Lower case, not `latest`, not digits only (vendor facts). */
export function checkLabelName(name: string, attr: string | null): string {
  if (name === '' || name.length > maximumLabelLength) {
    throw new ValidationFailure(
      attr,
      'invalid_label_name',
      `Label names have 1 to ${maximumLabelLength} characters.`,
    );
  }
  if (name.toLowerCase() === 'latest') {
    throw new ValidationFailure(attr, 'reserved_label_name', "'latest' is a reserved label.");
  }
  if (/^\d+$/.test(name) || !/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/.test(name)) {
    throw new ValidationFailure(
      attr,
      'invalid_label_name',
      'Use lowercase letters, numbers, dots, hyphens and underscores.',
    );
  }
  return name;
}

/** The query's `label`, if there is one. */
export function readLabelName(query: JsonObject): string | undefined {
  const label = readText(query, 'label');
  if (label === undefined) return undefined;
  if (label === null) throw invalid('label', 'Not a valid string.');
  return checkLabelName(label, 'label');
}
