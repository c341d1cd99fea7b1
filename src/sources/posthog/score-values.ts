import type { InputIssue } from '../../domain/errors.ts';
import type { ReviewScoreValue, ScoreKind } from '../../domain/review.ts';
import {
  compareDecimals,
  type Decimal,
  isOnStep,
  parseDecimal,
  printDecimal,
  wholeDigits,
} from './decimal.ts';
import { maximumOptionKey, maximumScoreDigits } from './limits.ts';
import { lengthOf } from './refusals.ts';
import type { ScoreConfig } from './schema.ts';
import type { Body } from './write-client.ts';

/** What a value is checked against. */
export interface Scorer {
  readonly kind: ScoreKind;
  /** Undefined where the config of the version that counts cannot be known here: PostHog will check. */
  readonly config: ScoreConfig | undefined;
}

type Report = (message: string, ...at: readonly string[]) => void;

/** The field of the input that each kind's value is given in. */
const valueFields = { CATEGORICAL: 'categorical', NUMERIC: 'numeric', BOOLEAN: 'boolean' } as const;

const optionKey = /^[a-z0-9]+(?:[_-][a-z0-9]+)*$/;

/** As PostHog keeps an option's key. */
function normalizeKey(key: string): string {
  return key.trim().toLowerCase();
}

function checkKeys(keys: readonly string[], options: ScoreConfig['options'], report: Report): void {
  const known = options && new Set(options.map(({ key }) => normalizeKey(key)));
  const seen = new Set<string>();
  for (const [index, key] of keys.entries()) {
    const at = String(index);
    if (!optionKey.test(key) || lengthOf(key) > maximumOptionKey) {
      report('is not an option key: lower-case letters, digits, hyphens and underscores', at);
    } else if (seen.has(key)) {
      report('is selected twice', at);
    } else if (known?.has(key) === false) {
      report(`is not an option of this scorer; it has ${[...known].join(', ')}`, at);
    }
    seen.add(key);
  }
}

/** What is wrong with how many are selected. */
function countIssue(count: number, config: ScoreConfig | undefined): string | undefined {
  if (count === 0) return 'must select at least one option';
  if (config === undefined) return undefined;
  const isSingle = (config.selection_mode ?? 'single') === 'single';
  if (isSingle) return count === 1 ? undefined : 'must select exactly one option';
  const { min_selections: minimum, max_selections: maximum } = config;
  if (typeof minimum === 'number' && count < minimum) return `must select at least ${minimum}`;
  return typeof maximum === 'number' && count > maximum ? `must select at most ${maximum}` : undefined;
}

function limitOf(limit: string | null | undefined): Decimal | undefined {
  return typeof limit === 'string' ? parseDecimal(limit) : undefined;
}

const zero: Decimal = { digits: 0n, places: 0 };

function numberIssue(text: string, config: ScoreConfig | undefined): string | undefined {
  const value = parseDecimal(text);
  if (value === undefined) return 'is not a decimal number';
  if (value.places > maximumScoreDigits || wholeDigits(value) > maximumScoreDigits) {
    return `must have at most ${maximumScoreDigits} digits before and after the point`;
  }
  const [minimum, maximum, step] = [limitOf(config?.min), limitOf(config?.max), limitOf(config?.step)];
  if (minimum !== undefined && compareDecimals(value, minimum) < 0) {
    return `must be at least ${printDecimal(minimum)}`;
  }
  if (maximum !== undefined && compareDecimals(value, maximum) > 0) {
    return `must be at most ${printDecimal(maximum)}`;
  }
  if (step === undefined || step.digits <= 0n || isOnStep(value, minimum ?? zero, step)) return undefined;
  return `must be ${printDecimal(minimum ?? zero)} and a whole number of steps of ${printDecimal(step)}`;
}

/** What is wrong with a value, each with its place below `path`. */
export function valueIssues(
  value: ReviewScoreValue,
  { kind, config }: Scorer,
  path: readonly string[],
): readonly InputIssue[] {
  const issues: InputIssue[] = [];
  const field = valueFields[value.kind];
  const report: Report = (message, ...at) => {
    issues.push({ path: [...path, field, ...at], message, code: 'INVALID_SCORE' });
  };
  const reportIf = (message: string | undefined): void => {
    if (message !== undefined) report(message);
  };
  // Kinds that are not known here are left to PostHog.
  if (kind !== value.kind && kind !== 'OTHER') {
    report(`this scorer takes \`${valueFields[kind]}\``);
    return issues;
  }
  if (value.kind === 'CATEGORICAL') {
    checkKeys(value.values.map(normalizeKey), config?.options, report);
    reportIf(countIssue(value.values.length, config));
  }
  if (value.kind === 'NUMERIC') reportIf(numberIssue(value.value, config));
  return issues;
}

/** A checked value in the one member of PostHog's that is its own; decimals stay text. */
export function valueBody(value: ReviewScoreValue): Body {
  switch (value.kind) {
    case 'CATEGORICAL':
      return { categorical_values: value.values.map(normalizeKey) };
    case 'NUMERIC': {
      const decimal = parseDecimal(value.value);
      return { numeric_value: decimal === undefined ? value.value : printDecimal(decimal) };
    }
    case 'BOOLEAN':
      return { boolean_value: value.value };
  }
}
