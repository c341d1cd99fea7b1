import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/domain/errors.ts';
import { compareItems, type DiffKind, diffKinds } from '../../src/resolvers/diffs/compare-items.ts';
import type { DatasetDiff, DatasetSide } from '../../src/resolvers/diffs/dataset-diff.ts';
import { listDiffEntries } from '../../src/resolvers/diffs/diff-entries.ts';
import { type ItemSketch, printed, sketches } from './diff-arbitraries.ts';

const runs = { seed: 20_261_101, numRuns: 500 };

function compare(base: readonly ItemSketch[], head: readonly ItemSketch[]) {
  return compareItems(
    base.map((sketch) => printed('base', sketch)),
    head.map((sketch) => printed('head', sketch)),
  );
}

function sorted(inputs: readonly unknown[]): readonly string[] {
  return inputs.map((input) => JSON.stringify(input)).sort();
}

describe('the differences of two versions', () => {
  it('give the head when they are applied to the base', () => {
    fc.assert(
      fc.property(sketches, sketches, (base, head) => {
        const { entries, unchangedCount } = compare(base, head);
        const state = new Map(base.map((sketch) => [sketch.vendorId, sketch.input as unknown]));
        let count = base.length;
        const added: unknown[] = [];
        for (const { kind, before, after } of entries) {
          if (kind === 'ADDED') added.push(after.input);
          else if (kind === 'REMOVED') expect(state.delete(before.vendorId)).toBe(true);
          else {
            expect(state.get(before.vendorId)).toBe(before.input);
            state.set(before.vendorId, after.input);
          }
          count += kind === 'ADDED' ? 1 : kind === 'REMOVED' ? -1 : 0;
        }
        expect(sorted([...state.values(), ...added])).toEqual(sorted(head.map(({ input }) => input)));
        expect(count).toBe(head.length);
        expect(unchangedCount).toBe(head.length - entries.filter(({ after }) => after !== null).length);
      }),
      runs,
    );
  });

  it('are none between a version and itself, in whatever order it comes', () => {
    fc.assert(
      fc.property(
        sketches.chain((base) =>
          fc.tuple(fc.constant(base), fc.shuffledSubarray([...base], { minLength: base.length })),
        ),
        ([base, head]) => {
          expect(compare(base, head)).toEqual({ entries: [], unchangedCount: base.length });
        },
      ),
      runs,
    );
  });

  it('name no item as added or removed whose stable id or content is in the other version too', () => {
    fc.assert(
      fc.property(sketches, sketches, (base, head) => {
        const { entries } = compare(base, head);
        const gone = entries.flatMap(({ kind, before }) => (kind === 'REMOVED' ? [before] : []));
        const come = entries.flatMap(({ kind, after }) => (kind === 'ADDED' ? [after] : []));
        const sources = new Set([...base, ...head].map(({ source }) => source));
        for (const before of gone) {
          for (const after of come) {
            expect(after.input).not.toBe(before.input);
            if (sources.size > 1) continue;
            expect(after.vendorId).not.toBe(before.vendorId);
            if (after.stableId !== null) expect(after.stableId).not.toBe(before.stableId);
          }
        }
        // What both tell is surer than anything else.
        for (const { kind, before, after } of entries) {
          if (kind !== 'CHANGED' || before.stableId === null || after.stableId === null) continue;
          const twin = base.find(({ stableId }) => stableId === after.stableId);
          if (twin !== undefined && sources.size === 1) expect(before.vendorId).toBe(twin.vendorId);
        }
      }),
      runs,
    );
  });

  it('are told in the order of the head, then what was removed in the order of the base', () => {
    fc.assert(
      fc.property(sketches, sketches, (base, head) => {
        const { entries } = compare(base, head);
        const places = entries.map(({ before, after }) =>
          after === null
            ? head.length + base.findIndex(({ vendorId }) => vendorId === before.vendorId)
            : head.findIndex(({ vendorId }) => vendorId === after.vendorId),
        );
        expect(places).toEqual([...places].sort((a, b) => a - b));
      }),
      runs,
    );
  });
});

describe('items that say the same', () => {
  it('are told apart by their order: of three that become two, the last was removed', () => {
    const twin = (source: 'one' | 'two', number: number): ItemSketch => ({
      source,
      vendorId: `item ${number}`,
      stableId: null,
      input: 7,
    });
    const { entries, unchangedCount } = compare(
      [twin('one', 1), twin('one', 2), twin('one', 3)],
      [twin('two', 8), twin('two', 9)],
    );
    expect(unchangedCount).toBe(2);
    expect(entries.map(({ kind, before }) => [kind, before?.vendorId])).toEqual([['REMOVED', 'item 3']]);
  });
});

function sideOf(ref: string): DatasetSide {
  const [sketch] = [{ source: 'one', vendorId: 'any', stableId: null, input: 0 } as const];
  return { state: [printed('any', sketch).item.dataset.id, ref, null], version: async () => null };
}

function diffOf(base: readonly ItemSketch[], head: readonly ItemSketch[], refs = ['1', '2']): DatasetDiff {
  const [first = '', second = ''] = refs;
  return {
    base: sideOf(first),
    head: sideOf(second),
    counts: { ADDED: 0, REMOVED: 0, CHANGED: 0 },
    ...compare(base, head),
  };
}

const kindLists = fc.option(fc.subarray([...diffKinds]), { nil: undefined });

describe('pages of differences', () => {
  it('joined are the whole, whatever their sizes and whichever cursor they go on from', () => {
    fc.assert(
      fc.property(
        sketches,
        sketches,
        kindLists,
        fc.infiniteStream(fc.nat(5)),
        (base, head, kinds, numbers) => {
          const diff = diffOf(base, head);
          const next = (): number => numbers.next().value ?? 0;
          const whole = diff.entries.filter(({ kind }) => kinds?.includes(kind) ?? true);
          const given: unknown[] = [];
          let after: string | null = null;
          for (;;) {
            // Each page is of a diff made anew, as in a later operation.
            const page = listDiffEntries(diffOf(base, head), { first: 1 + next(), after, kinds });
            const isWhole: boolean = next() % 2 === 0 || page.edges.length === 0;
            const count = isWhole ? page.edges.length : 1 + (next() % page.edges.length);
            given.push(...page.nodes.slice(0, count));
            expect(page.totalCount).toBe(whole.length);
            expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
            expect(page.edges.map(({ node }) => node)).toEqual(page.nodes);
            expect(page.pageInfo.startCursor()).toBe(page.edges[0]?.cursor() ?? null);
            const end: string | null = page.pageInfo.endCursor();
            expect(end).toBe(page.edges.at(-1)?.cursor() ?? null);
            if (isWhole && !page.pageInfo.hasNextPage) break;
            after = isWhole ? end : (page.edges[count - 1]?.cursor() ?? null);
          }
          expect(given).toEqual(whole);
        },
      ),
      runs,
    );
  });

  it('take no cursor of other versions, of other kinds, or of entries that are no longer there', () => {
    const item = (number: number): ItemSketch => ({
      source: 'one',
      vendorId: `item ${number}`,
      stableId: null,
      input: number,
    });
    const [base, head] = [[item(1)], [item(2), item(3)]];
    const cursor = listDiffEntries(diffOf(base, head), {}).edges[1]?.cursor() ?? '';
    expect(listDiffEntries(diffOf(base, head), { after: cursor }).nodes).toHaveLength(1);
    const other: readonly (readonly [DatasetDiff, readonly DiffKind[] | undefined])[] = [
      [diffOf(base, head, ['1', '3']), undefined],
      [diffOf(base, head, ['2', '1']), undefined],
      [diffOf(base, head), ['ADDED']],
      [diffOf(base, [item(4), item(5)]), undefined],
      [diffOf(base, []), undefined],
    ];
    for (const [diff, kinds] of other) {
      const read = () => listDiffEntries(diff, { after: cursor, kinds });
      expect(read).toThrow(InvalidInputError);
      expect(read).toThrow(/cursor belongs to another diff.*`versionRef`/);
    }
    expect(() => listDiffEntries(diffOf(base, head), { after: 'x' })).toThrow(/not a cursor/);
  });
});
