import { invalid, ValidationFailure } from './api-error.ts';
import { readElements } from './elements.ts';
import {
  asFields,
  isJsonObject,
  readChoice,
  readInteger,
  readList,
  readNumber,
  readText,
  required,
} from './fields.ts';
import type { JsonObject, ScoreKind } from './records.ts';

const maximumKeyLength = 128;
const maximumLabelLength = 256;

const allowedKeys: Readonly<Record<ScoreKind, readonly string[]>> = {
  categorical: ['options', 'selection_mode', 'min_selections', 'max_selections'],
  numeric: ['min', 'max', 'step'],
  boolean: ['true_label', 'false_label'],
};

/** An option's key, trimmed and in lower case. */
export function normalizeKey(text: string, attr: string): string {
  const key = text.trim().toLowerCase();
  if (!/^[a-z0-9]+(?:[_-][a-z0-9]+)*$/.test(key)) {
    throw invalid(attr, `\`${attr}\` must use lowercase letters, numbers, underscores, or hyphens.`);
  }
  return key;
}

function readOption(value: unknown): JsonObject {
  const fields = asFields(value);
  const key = required(readText(fields, 'key', { maxLength: maximumKeyLength }), 'key');
  const label = required(readText(fields, 'label', { maxLength: maximumLabelLength }), 'label');
  return { key: normalizeKey(key, 'key'), label };
}

function readCategorical(fields: JsonObject): JsonObject {
  const sent = required(readList(fields, 'options'), 'options');
  const options = readElements('options', sent, 'by framework', readOption);
  if (options.length === 0) throw invalid('options', 'Provide at least one option.');
  if (new Set(options.map(({ key }) => key)).size !== options.length) {
    throw invalid('options', 'Option keys must be unique.');
  }
  const mode = readChoice(fields, 'selection_mode', ['single', 'multiple']);
  const minimum = readInteger(fields, 'min_selections', { minimum: 1 });
  const maximum = readInteger(fields, 'max_selections', { minimum: 1 });
  for (const [name, value] of [
    ['min_selections', minimum],
    ['max_selections', maximum],
  ] as const) {
    if (typeof value !== 'number') continue;
    if (mode !== 'multiple') throw invalid(name, `\`${name}\` needs \`selection_mode\` \`multiple\`.`);
    if (value > options.length) throw invalid(name, `\`${name}\` exceeds the number of options.`);
  }
  if (typeof minimum === 'number' && typeof maximum === 'number' && minimum > maximum) {
    throw invalid('max_selections', '`max_selections` is less than `min_selections`.');
  }
  return sentOnly({ options, selection_mode: mode, min_selections: minimum, max_selections: maximum });
}

function readNumeric(fields: JsonObject): JsonObject {
  const [min, max, step] = [readNumber(fields, 'min'), readNumber(fields, 'max'), readNumber(fields, 'step')];
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    throw invalid('max', '`max` is less than `min`.');
  }
  if (typeof step === 'number' && step <= 0) throw invalid('step', '`step` must be greater than 0.');
  return sentOnly({ min, max, step });
}

function readBooleanConfig(fields: JsonObject): JsonObject {
  return sentOnly({
    true_label: readText(fields, 'true_label'),
    false_label: readText(fields, 'false_label'),
  });
}

/** The vendor stores the members that were sent and fills in no default. */
function sentOnly(config: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

/** A scorer's config as the vendor will store it. Nested members are named `config__member` in errors. */
export function readScoreConfig(fields: JsonObject, kind: ScoreKind): JsonObject {
  const value = required(fields['config'], 'config');
  if (!isJsonObject(value)) throw invalid('config', 'Invalid data. Expected a dictionary.');
  const allowed = allowedKeys[kind];
  const unknown = Object.keys(value).filter((key) => !allowed.includes(key));
  if (unknown.length > 0)
    throw invalid('config', `Unsupported keys for kind ${kind}: ${unknown.sort().join(', ')}.`);
  try {
    switch (kind) {
      case 'categorical':
        return readCategorical(value);
      case 'numeric':
        return readNumeric(value);
      case 'boolean':
        return readBooleanConfig(value);
    }
  } catch (failure) {
    if (!(failure instanceof ValidationFailure)) throw failure;
    throw new ValidationFailure(
      `config__${failure.attr ?? 'non_field_errors'}`,
      failure.code,
      failure.detail,
    );
  }
}
