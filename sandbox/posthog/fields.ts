import { invalid, ValidationFailure } from './api-error.ts';
import { parseTimestamp } from './clock.ts';
import type { JsonObject } from './records.ts';

// Readers of body members that refuse as the vendor's framework does: code and wording are the framework's own
// (public source of Django REST framework). `undefined` means that the member was not sent.

const uuidPattern =
  /^(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;

/** A UUID in its usual spelling; undefined when the text is not one. */
export function parseUuid(text: string): string | undefined {
  const match = uuidPattern.exec(text.trim());
  return match === null ? undefined : match.slice(1).join('-').toLowerCase();
}

/** Characters as Python counts them. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function pythonTypeOf(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    default:
      return 'dict';
  }
}

/** The member, or the framework's refusal of a missing one or of null. */
export function required<T>(value: T | null | undefined, attr: string): T {
  if (value === undefined) throw new ValidationFailure(attr, 'required', 'This field is required.');
  return notNull(value, attr);
}

export function notNull<T>(value: T | null, attr: string): T {
  if (value === null) throw nullFailure(attr);
  return value;
}

export function nullFailure(attr: string): ValidationFailure {
  return new ValidationFailure(attr, 'null', 'This field may not be null.');
}

interface TextRules {
  readonly maxLength?: number;
  readonly allowBlank?: boolean;
}

/** Trimmed, as the framework's char fields are. */
export function readText(
  fields: JsonObject,
  attr: string,
  { maxLength, allowBlank = false }: TextRules = {},
): string | null | undefined {
  const value = fields[attr];
  if (value === undefined || value === null) return value;
  if (typeof value !== 'string' && typeof value !== 'number') throw invalid(attr, 'Not a valid string.');
  const text = String(value).trim();
  if (text === '') {
    if (allowBlank) return text;
    throw new ValidationFailure(attr, 'blank', 'This field may not be blank.');
  }
  if (text.includes('\0')) {
    throw new ValidationFailure(attr, 'null_characters_not_allowed', 'Null characters are not allowed.');
  }
  if (maxLength !== undefined && lengthOf(text) > maxLength) {
    const detail = `Ensure this field has no more than ${maxLength} characters.`;
    throw new ValidationFailure(attr, 'max_length', detail);
  }
  return text;
}

export function readUuid(fields: JsonObject, attr: string): string | null | undefined {
  const value = fields[attr];
  if (value === undefined || value === null) return value;
  const uuid = typeof value === 'string' ? parseUuid(value) : undefined;
  if (uuid === undefined) throw invalid(attr, 'Must be a valid UUID.');
  return uuid;
}

const trueValues: readonly unknown[] = [
  true,
  1,
  '1',
  't',
  'T',
  'y',
  'Y',
  'yes',
  'Yes',
  'YES',
  'true',
  'True',
  'TRUE',
  'on',
];
const falseValues: readonly unknown[] = [
  false,
  0,
  '0',
  'f',
  'F',
  'n',
  'N',
  'no',
  'No',
  'NO',
  'false',
  'False',
  'off',
];

export function readBoolean(fields: JsonObject, attr: string): boolean | null | undefined {
  const value = fields[attr];
  if (value === undefined || value === null) return value;
  if (trueValues.includes(value)) return true;
  if (falseValues.includes(value)) return false;
  throw invalid(attr, 'Must be a valid boolean.');
}

/** A whole number, or its text; `1.0` counts as one. */
export function parseInteger(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = /^\s*([+-]?\d+)(?:\.0*)?\s*$/.exec(String(value));
  return match === null ? undefined : Number(match[1]);
}

interface IntegerRules {
  readonly minimum?: number;
  readonly maximum?: number;
}

export function readInteger(
  fields: JsonObject,
  attr: string,
  { minimum, maximum }: IntegerRules = {},
): number | null | undefined {
  const value = fields[attr];
  if (value === undefined || value === null) return value;
  const number = parseInteger(value);
  if (number === undefined) throw invalid(attr, 'A valid integer is required.');
  if (minimum !== undefined && number < minimum) {
    const detail = `Ensure this value is greater than or equal to ${minimum}.`;
    throw new ValidationFailure(attr, 'min_value', detail);
  }
  if (maximum !== undefined && number > maximum) {
    throw new ValidationFailure(attr, 'max_value', `Ensure this value is less than or equal to ${maximum}.`);
  }
  return number;
}

export function readNumber(fields: JsonObject, attr: string): number | null | undefined {
  const value = fields[attr];
  if (value === undefined || value === null) return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw invalid(attr, 'A valid number is required.');
  return number;
}

export function readChoice<Choice extends string>(
  fields: JsonObject,
  attr: string,
  choices: readonly Choice[],
): Choice | null | undefined {
  const value = fields[attr];
  if (value === undefined || value === null) return value;
  const choice = choices.find((one) => one === value);
  if (choice === undefined) {
    throw new ValidationFailure(attr, 'invalid_choice', `"${String(value)}" is not a valid choice.`);
  }
  return choice;
}

export function readTimestamp(fields: JsonObject, attr: string): string | null | undefined {
  const value = fields[attr];
  if (value === undefined || value === null) return value;
  const timestamp = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (timestamp === undefined) {
    const format = 'YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]';
    throw invalid(attr, `Datetime has wrong format. Use one of these formats instead: ${format}.`);
  }
  return timestamp;
}

export function readList(fields: JsonObject, attr: string): readonly unknown[] | null | undefined {
  const value = fields[attr];
  if (value === undefined || value === null) return value;
  if (!Array.isArray(value)) {
    const detail = `Expected a list of items but got type "${pythonTypeOf(value)}".`;
    throw new ValidationFailure(attr, 'not_a_list', detail);
  }
  return value;
}

/** A whole-body (or whole-element) object. */
export function asFields(value: unknown): JsonObject {
  if (isJsonObject(value)) return value;
  throw invalid(null, `Invalid data. Expected a dictionary, but got ${pythonTypeOf(value)}.`);
}
