import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, TooExpensiveError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { decodeCursor, encodeCursor } from '../../src/resolvers/cursor.ts';
import {
  type MergeState,
  mergeStreams,
  type OrderKey,
  type StreamPlace,
} from '../../src/resolvers/merge-streams.ts';
import { printLength, printOf } from '../../src/resolvers/print-of.ts';
import { makeSources } from './arbitrary-lists.ts';
import { type MemorySource, orderKeyOf, styles } from './memory-list.ts';
import { cursorAfter, listName, newestFirst, readAll } from './paging.ts';

const runs = { seed: 20_260_105, numRuns: 300 };

const keys: fc.Arbitrary<OrderKey> = fc.record({
  sort: fc.constantFrom('', '2026-01-02T03:04:05Z', 'a name “so”'),
  id: fc.string({ maxLength: 30 }).map((part) => keyOf(sourceKey('memory'), 'DATASET', part).id),
});
const names = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'), minLength: 8, maxLength: 8 });
const positions = fc.string({ unit: 'grapheme', maxLength: 120 });

const states: fc.Arbitrary<MergeState> = fc.option(keys, { nil: undefined }).chain((boundary) => {
  const places: fc.Arbitrary<StreamPlace> = fc.oneof(
    fc.constant<StreamPlace>({ at: 'start' }),
    fc.constant<StreamPlace>({ at: 'end' }),
    keys.map((key): StreamPlace => ({ at: 'after', key })),
    fc
      .tuple(positions, fc.string({ maxLength: 20 }))
      .map(([position, last]): StreamPlace => ({ at: 'position', position, last })),
    fc
      .tuple(positions, boundary === undefined ? keys : fc.oneof(keys, fc.constant(boundary)))
      .map(([position, same]): StreamPlace => ({ at: 'position', position, same })),
  );
  return fc
    .array(fc.tuple(names, places), { maxLength: 12 })
    .map((entries): MergeState => ({ boundary, streams: new Map(entries), isThin: entries.length > 6 }));
});

/** A few begun lists of every style. */
function someSources(): readonly MemorySource[] {
  const rows = Array.from({ length: 9 }, (_, day) => ({ day: 9 - day, isBad: day === 4 }));
  return makeSources({ isOrdered: true, sources: [styles.map((style) => ({ style, cap: 50, rows }))] });
}

async function someCursor(): Promise<string> {
  const [, page] = await readAll(someSources(), { size: () => 10 });
  return page === undefined ? '' : cursorAfter(page.merged);
}

/** What a read with this cursor ends in, if not in a page. */
async function readWith(cursor: string): Promise<unknown> {
  try {
    const page = await mergeStreams({
      inputs: someSources().map(({ key, vendor, lists }) => ({
        source: key,
        vendor,
        open: async () => lists.map((list) => list.stream()),
      })),
      first: 10,
      keyOf: orderKeyOf,
      compare: newestFirst,
      resume: decodeCursor(listName, cursor),
    });
    cursorAfter(page);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** With the right print, so that what it holds is looked at. */
function encodeJson(json: string): string {
  const body = Buffer.from(json).toString('base64url');
  return body + printOf(body);
}

describe('a cursor', () => {
  it('holds the whole state', () => {
    fc.assert(
      fc.property(states, fc.string(), (state, list) => {
        expect(decodeCursor(list, encodeCursor(list, state))).toEqual(state);
      }),
      runs,
    );
  });

  it('is URL-safe and at most 4 kB long, or is refused with a reason', () => {
    const place = fc.constantFrom<StreamPlace>(
      { at: 'start' },
      { at: 'end' },
      { at: 'position', position: 'x'.repeat(100), last: '' },
    );
    fc.assert(
      fc.property(fc.uniqueArray(names, { minLength: 1, maxLength: 400, size: 'max' }), place, (all, at) => {
        const state = { boundary: undefined, isThin: false, streams: new Map(all.map((name) => [name, at])) };
        try {
          expect(encodeCursor('list', state)).toMatch(/^[\w-]{1,4096}$/);
        } catch (error) {
          expect(error).toBeInstanceOf(TooExpensiveError);
          expect(all.length * (at.at === 'position' ? 114 : 8)).toBeGreaterThan(3_000);
        }
      }),
      { ...runs, numRuns: 60 },
    );
  });

  it('of another list is refused as such', () => {
    fc.assert(
      fc.property(states, fc.string(), fc.string(), (state, list, other) => {
        fc.pre(list !== other);
        expect(() => decodeCursor(other, encodeCursor(list, state))).toThrow(/another list, filter or order/);
      }),
      runs,
    );
  });

  it('that is garbage is refused, or read as a cursor, and never breaks anything else', async () => {
    const good = await someCursor();
    const json = Buffer.from(good.slice(0, -printLength), 'base64url').toString();
    expect(await readWith(good)).toBeUndefined();
    const changedText = fc
      .tuple(fc.nat({ max: json.length }), fc.nat({ max: 4 }), fc.string({ maxLength: 4 }))
      .map(([at, removed, inserted]) => encodeJson(json.slice(0, at) + inserted + json.slice(at + removed)));
    const changedMember = fc
      .tuple(fc.constantFrom('l', 'b', 'k', 's', 'e', 't', 'a', 'x'), fc.jsonValue({ maxDepth: 3 }))
      // What was encoded by JSON.stringify is a record.
      .map(([member, value]) =>
        encodeJson(JSON.stringify({ ...(JSON.parse(json) as object), [member]: value })),
      );
    const anything = fc.oneof(
      changedText,
      changedMember,
      fc.string(),
      fc.base64String(),
      fc.json().map(encodeJson),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (cursor) => {
        const error = await readWith(cursor);
        if (error !== undefined) expect(error).toBeInstanceOf(InvalidInputError);
      }),
      { ...runs, numRuns: 600 },
    );
  });
});
