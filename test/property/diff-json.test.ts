import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/domain/json.ts';
import { canonicalJson, isList, isObject, sortMembers } from '../../src/resolvers/diffs/canonical-json.ts';
import { mostPointers, pointersOf } from '../../src/resolvers/diffs/json-pointers.ts';
import { jsons, objects } from './diff-arbitraries.ts';

const runs = { seed: 20_261_102, numRuns: 1_000 };

function tokensOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function at(value: Json | undefined, token: string): Json | undefined {
  if (isList(value)) return value[Number(token)];
  return isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}

/** The value with that at a place which another has there. */
function taking(
  value: Json | undefined,
  from: Json | undefined,
  tokens: readonly string[],
): Json | undefined {
  const [token, ...rest] = tokens;
  if (token === undefined) return from;
  const member = taking(at(value, token), at(from, token), rest);
  if (isList(value)) {
    const list = [...value];
    if (member === undefined) list.length = Math.min(list.length, Number(token));
    else list[Number(token)] = member;
    return list;
  }
  const members = Object.entries(isObject(value) ? value : {}).filter(([name]) => name !== token);
  return Object.fromEntries(member === undefined ? members : [...members, [token, member]]);
}

describe('pointers to what differs', () => {
  it('name all that must be taken from the other to have it, and nothing else', () => {
    fc.assert(
      fc.property(objects, objects, (before, after) => {
        const pointers = pointersOf(before, after);
        let value: Json | undefined = before;
        for (const pointer of pointers) {
          const tokens = tokensOf(pointer);
          const pick = (of: Json): Json | undefined => tokens.reduce<Json | undefined>(at, of);
          expect(isDeepStrictEqual(pick(before), pick(after))).toBe(false);
          value = taking(value, after, tokens);
        }
        expect(canonicalJson(value ?? null)).toBe(canonicalJson(after));
        expect(new Set(pointers).size).toBe(pointers.length);
      }),
      runs,
    );
  });

  it('are none just where the values are equal', () => {
    fc.assert(
      fc.property(objects, objects, (before, after) => {
        expect(pointersOf(before, JSON.parse(JSON.stringify(before)))).toEqual([]);
        expect(pointersOf(before, after).length === 0).toBe(canonicalJson(before) === canonicalJson(after));
      }),
      runs,
    );
  });

  it('are of the members alone where there would be too many', () => {
    const list = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
    const before = { same: 1, 'a/b': { list: list(mostPointers + 1) }, tags: ['x'] };
    const after = { same: 1, 'a/b': { list: list(mostPointers + 1).map((n) => n + 1) }, tags: ['y'] };
    expect(pointersOf(before, after)).toEqual(['/a~1b', '/tags']);
    expect(pointersOf({ list: list(mostPointers) }, { list: [] })).toHaveLength(mostPointers);
  });
});

describe('canonical JSON', () => {
  it('is the same text just for equal values, and reads back as the value', () => {
    fc.assert(
      fc.property(jsons, jsons, (a, b) => {
        expect(canonicalJson(a) === canonicalJson(b)).toBe(isDeepStrictEqual(a, b));
        expect(JSON.parse(canonicalJson(a))).toEqual(a);
        expect(canonicalJson(sortMembers(a))).toBe(canonicalJson(a));
        expect(JSON.stringify(sortMembers(a))).toBe(JSON.stringify(JSON.parse(canonicalJson(a))));
      }),
      runs,
    );
  });
});
