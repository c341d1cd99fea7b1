import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/domain/errors.ts';
import { pathOf, type QueryValue, queryOf } from '../../src/http/path.ts';

const runs = { seed: 20_260_108, numRuns: 800 };
const origin = 'https://vendor.example';

/** What has a meaning somewhere in a URL, or becomes it once decoded. */
const pieces = fc.constantFrom(
  '.',
  '..',
  '/',
  '\\',
  '%',
  '%2e',
  '%2F',
  '%5c',
  '?',
  '#',
  '&',
  '=',
  '+',
  ' ',
  '\t',
  '\r\n',
  '\0',
  ';',
  ':',
  '@',
  '//',
  'a',
  'é',
  '😀',
  '\ud83d',
  '\ude00',
  '\u202e',
);
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(pieces, { maxLength: 6 }).map((list) => list.join('')),
);

function pathOrRefusal(one: string, other: string): string | undefined {
  try {
    return pathOf`/v1/${one}/of/${other}:clone`;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return undefined;
  }
}

describe('the path of a request', () => {
  it('keeps each value in the one segment that is its own', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const path = pathOrRefusal(one, other);
        const isPossible = (text: string): boolean => !['', '.', '..'].includes(text) && text.isWellFormed();
        expect(path !== undefined).toBe(isPossible(one) && isPossible(other));
        if (path === undefined) return;
        const url = new URL(path, origin);
        expect([url.origin, url.pathname, url.search, url.hash]).toEqual([origin, path, '', '']);
        const [empty, version, first = '', of, second = '', ...more] = url.pathname.split('/');
        expect([empty, version, of, more]).toEqual(['', 'v1', 'of', []]);
        expect(decodeURIComponent(first)).toBe(one);
        expect(decodeURIComponent(second)).toBe(`${other}:clone`);
      }),
      runs,
    );
  });

  it('takes numbers as they are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0 }), (number) => {
        expect(pathOf`/v1/${number}`).toBe(`/v1/${number}`);
      }),
      runs,
    );
  });
});

describe('the query of a request', () => {
  const values: fc.Arbitrary<QueryValue> = fc.oneof(
    texts,
    fc.integer(),
    fc.boolean(),
    fc.constant(undefined),
  );
  const parameters = fc.dictionary(
    fc.oneof(fc.constantFrom('filter[id]', 'page[limit]', 'id__in'), fc.string({ unit: 'grapheme' })),
    values,
  );

  it('is read back as the values that it was made of', () => {
    fc.assert(
      fc.property(parameters, (given) => {
        const expected = Object.entries(given).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value).toWellFormed()]],
        );
        const query = queryOf(given);
        expect([...new URLSearchParams(query)]).toEqual(expected);
        expect(query === '').toBe(expected.length === 0);
      }),
      runs,
    );
  });

  it('stays a query, whatever is in it', () => {
    fc.assert(
      fc.property(parameters, (given) => {
        const query = queryOf(given);
        const url = new URL(`/v1/datasets${query}`, origin);
        expect([url.pathname, url.search, url.hash]).toEqual([
          '/v1/datasets',
          query.replaceAll("'", '%27'),
          '',
        ]);
      }),
      runs,
    );
  });
});
