import { invalid, ValidationFailure } from './api-error.ts';
import { compareDecimals, isOnStep, parseDecimal, wholeDigits, withSixDecimals } from './decimal.ts';
import { readElements } from './elements.ts';
import { asFields, lengthOf, readBoolean, readList, readText, readUuid, required } from './fields.ts';
import type {
  JsonObject,
  PostHogProject,
  Score,
  ScoreDefinition,
  ScoreDefinitionVersion,
} from './records.ts';
import { normalizeKey } from './score-config.ts';

/** A score as sent, its form checked but not yet against its scorer. */
interface SentScore {
  readonly definitionId: string;
  readonly versionId: string | null;
  readonly categoricalValues: readonly string[] | null;
  readonly numericValue: string | null;
  readonly booleanValue: boolean | null;
}

/** A score checked against its scorer, without id and times. */
export type ResolvedScore = Omit<Score, 'id' | 'createdAt' | 'updatedAt'>;

const maximumKeyLength = 128;
const maximumWholeDigits = 6;
const maximumPlaces = 6;

function readCategories(fields: JsonObject): readonly string[] | null {
  const attr = 'categorical_values';
  const values = readList(fields, attr);
  if (values === undefined || values === null) return null;
  if (values.length === 0) {
    throw new ValidationFailure(attr, 'min_length', 'Ensure this field has at least 1 elements.');
  }
  const keys = values.map((value) => {
    const key = required(readText({ [attr]: value }, attr), attr);
    if (lengthOf(key) > maximumKeyLength) {
      throw new ValidationFailure(
        attr,
        'max_length',
        `Ensure this field has no more than ${maximumKeyLength} characters.`,
      );
    }
    return normalizeKey(key, attr);
  });
  if (new Set(keys).size !== keys.length) throw invalid(attr, 'Provide unique categorical option keys.');
  return keys;
}

function readDecimal(fields: JsonObject): string | null {
  const attr = 'numeric_value';
  const value = fields[attr];
  if (value === undefined || value === null) return null;
  const decimal =
    typeof value === 'string' || typeof value === 'number' ? parseDecimal(String(value)) : undefined;
  if (decimal === undefined) throw invalid(attr, 'A valid number is required.');
  if (decimal.places > maximumPlaces) {
    const detail = `Ensure that there are no more than ${maximumPlaces} decimal places.`;
    throw new ValidationFailure(attr, 'max_decimal_places', detail);
  }
  if (wholeDigits(decimal) > maximumWholeDigits) {
    const detail = `Ensure that there are no more than ${maximumWholeDigits} digits before the decimal point.`;
    throw new ValidationFailure(attr, 'max_whole_digits', detail);
  }
  return withSixDecimals(decimal);
}

function readScore(value: unknown): SentScore {
  const fields = asFields(value);
  const sent: SentScore = {
    definitionId: required(readUuid(fields, 'definition_id'), 'definition_id'),
    versionId: readUuid(fields, 'definition_version_id') ?? null,
    categoricalValues: readCategories(fields),
    numericValue: readDecimal(fields),
    booleanValue: readBoolean(fields, 'boolean_value') ?? null,
  };
  const given = [sent.categoricalValues, sent.numericValue, sent.booleanValue].filter((one) => one !== null);
  if (given.length !== 1) throw invalid(null, 'Provide exactly one score value field.');
  return sent;
}

function checkCategories(config: JsonObject, values: readonly string[] | null): void {
  const attr = 'categorical_values';
  if (values === null) throw invalid(attr, 'This scorer requires `categorical_values`.');
  const options = readList(config, 'options') ?? [];
  const keys = options.map((option) => asFields(option)['key']);
  if (!values.every((value) => keys.includes(value))) throw invalid(attr, 'Select valid option keys.');
  if ((config['selection_mode'] ?? 'single') === 'single') {
    if (values.length !== 1) throw invalid(attr, 'This scorer allows exactly one option.');
    return;
  }
  const { min_selections: minimum, max_selections: maximum } = config;
  if (typeof minimum === 'number' && values.length < minimum)
    throw invalid(attr, `Select at least ${minimum}.`);
  if (typeof maximum === 'number' && values.length > maximum)
    throw invalid(attr, `Select at most ${maximum}.`);
}

function configured(config: JsonObject, name: string): ReturnType<typeof parseDecimal> {
  const value = config[name];
  return typeof value === 'number' ? parseDecimal(String(value)) : undefined;
}

function checkNumber(config: JsonObject, text: string | null): void {
  const attr = 'numeric_value';
  const value = text === null ? undefined : parseDecimal(text);
  if (value === undefined) throw invalid(attr, 'This scorer requires `numeric_value`.');
  const [minimum, maximum, step] = ['min', 'max', 'step'].map((name) => configured(config, name));
  if (minimum !== undefined && compareDecimals(value, minimum) < 0) {
    throw invalid(attr, `Ensure this value is greater than or equal to ${config['min']}.`);
  }
  if (maximum !== undefined && compareDecimals(value, maximum) > 0) {
    throw invalid(attr, `Ensure this value is less than or equal to ${config['max']}.`);
  }
  if (step !== undefined && !isOnStep(value, minimum ?? { digits: 0n, places: 0 }, step)) {
    throw invalid(attr, `Ensure this value increments by ${config['step']}.`);
  }
}

function checkValue(definition: ScoreDefinition, version: ScoreDefinitionVersion, sent: SentScore): void {
  switch (definition.kind) {
    case 'categorical':
      checkCategories(version.config, sent.categoricalValues);
      return;
    case 'numeric':
      checkNumber(version.config, sent.numericValue);
      return;
    case 'boolean':
      if (sent.booleanValue === null) throw invalid('boolean_value', 'This scorer requires `boolean_value`.');
  }
}

/** Archived scorers are accepted (vendor facts). */
function resolveScore(project: PostHogProject, sent: SentScore, all: readonly SentScore[]): ResolvedScore {
  if (all.filter(({ definitionId }) => definitionId === sent.definitionId).length > 1) {
    throw invalid('definition_id', 'Each scorer can only appear once per review.');
  }
  const definition = project.definitions.find(({ id }) => id === sent.definitionId);
  if (definition === undefined) throw invalid('definition_id', 'Unknown scorer definition.');
  const version =
    sent.versionId === null
      ? definition.versions.at(-1)
      : definition.versions.find(({ id }) => id === sent.versionId);
  if (version === undefined) throw invalid('definition_version_id', 'Unknown scorer version.');
  checkValue(definition, version, sent);
  const { categoricalValues, numericValue, booleanValue } = sent;
  return { definition, version, categoricalValues, numericValue, booleanValue };
}

/**
 * The body's scores with their form checked; undefined when it has none. The function that comes back checks them
 * against their scorers, which the vendor does only once the whole body is well formed.
 */
export function readScores(project: PostHogProject, fields: JsonObject): (() => ResolvedScore[]) | undefined {
  const values = readList(fields, 'scores');
  if (values === undefined) return undefined;
  if (values === null) throw new ValidationFailure('scores', 'null', 'This field may not be null.');
  const sent = readElements('scores', values, 'by framework', readScore);
  return () => readElements('scores', sent, 'by vendor', (score) => resolveScore(project, score, sent));
}
