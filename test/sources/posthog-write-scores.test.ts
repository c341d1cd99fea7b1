import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReviewScoreValue, ScoreKind } from '../../src/domain/review.ts';
import { isOnStep, parseDecimal, printDecimal } from '../../src/sources/posthog/decimal.ts';
import { readScoreConfig } from '../../src/sources/posthog/schema.ts';
import { valueBody, valueIssues } from '../../src/sources/posthog/score-values.ts';

function places(value: ReviewScoreValue, kind: ScoreKind, config: object): readonly string[] {
  const scorer = { kind, config: readScoreConfig({ ...config }) };
  return valueIssues(value, scorer, []).map(({ path }) => path.join('.'));
}

const number = (value: string) => ({ kind: 'NUMERIC', value }) as const;
const choice = (...values: string[]) => ({ kind: 'CATEGORICAL', values }) as const;
const options = ['a', 'b', 'c'].map((key) => ({ key, label: key }));

describe('a number', () => {
  it.each([
    ['4.5', { min: 0, max: 5, step: 0.5 }],
    ['0.3', { step: 0.1 }],
    ['0.7', { min: 0.1, step: 0.2 }],
    ['-3', { min: -5, step: 2 }],
    ['5', { min: 5, max: 5 }],
    ['000123456.1000000', {}],
    ['999999.999999', {}],
    ['0.000001', { step: 1e-7 }],
    ['7', { min: null, max: null, step: null }],
  ])('%s is taken by %j', (value, config) => {
    expect(places(number(value), 'NUMERIC', config)).toEqual([]);
  });

  it.each([
    ['4.7', { min: 0, max: 5, step: 0.5 }],
    ['5.000001', { max: 5 }],
    ['-0.000001', { min: 0 }],
    ['-4', { min: -5, step: 2 }],
    ['1000000', {}],
    ['0.0000001', {}],
    ['1,5', {}],
    ['', {}],
  ])('%s is refused by %j', (value, config) => {
    expect(places(number(value), 'NUMERIC', config)).toEqual(['numeric']);
  });

  it('goes out as the shortest text of what it is', () => {
    expect(valueBody(number('-0.500000'))).toEqual({ numeric_value: '-0.5' });
    expect(valueBody(number('0012.000'))).toEqual({ numeric_value: '12' });
  });

  it('never passes through a float', () => {
    const digits = fc.integer({ min: -999_999_999_999, max: 999_999_999_999 });
    fc.assert(
      fc.property(digits, fc.integer({ min: 1, max: 999_999 }), (millionths, step) => {
        const value = { digits: BigInt(millionths), places: 6 };
        expect(parseDecimal(printDecimal(value))).toEqual(parseDecimal(`${millionths}e-6`));
        const isMultiple = millionths % step === 0;
        expect(isOnStep(value, { digits: 0n, places: 0 }, { digits: BigInt(step), places: 6 })).toBe(
          isMultiple,
        );
      }),
    );
  });
});

describe('a selection', () => {
  it.each([
    [['a'], { options }],
    [[' B '], { options, selection_mode: 'single' }],
    [['a', 'c'], { options, selection_mode: 'multiple', min_selections: 2, max_selections: 2 }],
    [['anything-goes_here'], {}],
  ])('%j is taken by %j', (values, config) => {
    expect(places(choice(...values), 'CATEGORICAL', config)).toEqual([]);
  });

  it.each([
    [[], { options }, ['categorical']],
    [['a', 'b'], { options }, ['categorical']],
    [['x'], { options }, ['categorical.0']],
    [['a', 'A'], { options, selection_mode: 'multiple' }, ['categorical.1']],
    [['not a key'], {}, ['categorical.0']],
    [['a'.repeat(129)], {}, ['categorical.0']],
    [['a'], { options, selection_mode: 'multiple', min_selections: 2 }, ['categorical']],
    [['a', 'b', 'c'], { options, selection_mode: 'multiple', max_selections: 2 }, ['categorical']],
  ])('%j is refused by %j', (values, config, expected) => {
    expect(places(choice(...values), 'CATEGORICAL', config)).toEqual(expected);
  });
});

describe('a value of another kind', () => {
  it('is refused, unless the kind is not known here', () => {
    expect(places(number('1'), 'BOOLEAN', {})).toEqual(['numeric']);
    expect(places({ kind: 'BOOLEAN', value: true }, 'OTHER', {})).toEqual([]);
  });

  it('is checked in its form alone where the config cannot be read', () => {
    const scorer = { kind: 'NUMERIC', config: readScoreConfig('odd') } as const;
    expect(scorer.config).toBeUndefined();
    expect(valueIssues(number('99'), scorer, [])).toEqual([]);
    expect(valueIssues(choice('a', 'b'), { ...scorer, kind: 'CATEGORICAL' }, [])).toEqual([]);
  });
});
