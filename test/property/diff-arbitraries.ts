import fc from 'fast-check';
import type { DatasetItem } from '../../src/domain/dataset.ts';
import { keyOf } from '../../src/domain/identity.ts';
import type { Json } from '../../src/domain/json.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import type { PrintedItem } from '../../src/resolvers/diffs/compare-items.ts';

const names = fc.constantFrom('a', 'b', 'a/b', 'm~n', '~1', '', '0', '__proto__', 'toString');

/** JSON with members that pointers must escape, and that objects have by nature. */
export const jsons: fc.Arbitrary<Json> = fc
  .letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom<Json>(null, true, 0, 1, '', 'a', 'b'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(names, tie('value'), { maxKeys: 4 }),
    ),
  }))
  // As it comes from a vendor: without references that are shared.
  .value.map((value): Json => JSON.parse(JSON.stringify(value)));

export const objects = fc
  .dictionary(names, jsons, { maxKeys: 5 })
  .map((value): { readonly [member: string]: Json } => JSON.parse(JSON.stringify(value)));

export interface ItemSketch {
  readonly source: 'one' | 'two';
  readonly vendorId: string;
  readonly stableId: string | null;
  readonly input: number;
}

/** An item of a version. */
export function itemOf(version: string, { source, vendorId, stableId, input }: ItemSketch): DatasetItem {
  const key = sourceKey(source);
  return {
    ...keyOf(key, 'DATASET_ITEM', 'dataset', vendorId, version),
    vendor: 'DATADOG',
    vendorId,
    stableId,
    dataset: keyOf(key, 'DATASET', 'dataset'),
    input,
    expectedOutput: null,
    messages: null,
    metadata: null,
    tags: null,
    sourceTraceId: null,
    sourceId: null,
    sourceTimestamp: null,
    deleted: null,
    createdAt: null,
    updatedAt: null,
    createdBy: null,
  };
}

export function printed(version: string, sketch: ItemSketch): PrintedItem {
  return { item: itemOf(version, sketch), print: `content ${sketch.input}` };
}

/** The items of a version of one source: no two have the same id, or the same stable id. */
export const sketches: fc.Arbitrary<readonly ItemSketch[]> = fc
  .constantFrom<'one' | 'two'>('one', 'two')
  .chain((source) =>
    fc.uniqueArray(
      fc.record({
        source: fc.constant(source),
        vendorId: fc.integer({ min: 0, max: 12 }).map((number) => `item ${number}`),
        stableId: fc.option(
          fc.integer({ min: 0, max: 12 }).map((number) => `stable ${number}`),
          { freq: 3 },
        ),
        input: fc.integer({ min: 0, max: 4 }),
      }),
      {
        maxLength: 10,
        comparator: (a, b) => a.vendorId === b.vendorId || (a.stableId !== null && a.stableId === b.stableId),
      },
    ),
  );
