import fc from 'fast-check';
import { sourceKey, vendors } from '../../src/domain/vendor.ts';
import { MemoryList, type MemorySource, type Row, type Style, styles } from './memory-list.ts';

export interface ListShape {
  readonly style: Style;
  readonly cap: number;
  readonly rows: readonly Omit<Row, 'id'>[];
}

export interface SourcesShape {
  /** One source of each of these many lists. */
  readonly sources: readonly (readonly ListShape[])[];
  readonly isOrdered: boolean;
}

export interface ShapeLimits {
  readonly isOrdered: boolean;
  readonly badRows: boolean;
  /** Whether vendors give fewer rows than they are asked for. */
  readonly caps: boolean;
  readonly shortest?: number;
  readonly longest?: number;
}

/** Few different days, so that there are ties; some rows without any. */
const days = fc.option(fc.integer({ min: 0, max: 8 }), { freq: 8 });

function listShapes({ badRows, caps, shortest = 0, longest = 24 }: ShapeLimits): fc.Arbitrary<ListShape> {
  return fc.record({
    style: fc.constantFrom(...styles),
    cap: caps ? fc.integer({ min: 1, max: 6 }) : fc.constant(1_000),
    rows: fc.array(
      fc.record({
        day: days,
        isBad: badRows ? fc.integer({ max: 3, min: 0 }).map((n) => n === 0) : fc.constant(false),
      }),
      { minLength: shortest, maxLength: longest, size: 'max' },
    ),
  });
}

export function sourceShapes(limits: ShapeLimits): fc.Arbitrary<SourcesShape> {
  return fc.record({
    sources: fc.array(fc.array(listShapes(limits), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 3,
    }),
    isOrdered: fc.constant(limits.isOrdered),
  });
}

/** One source of so many lists. */
export function sourceShapesOf(lists: number, limits: ShapeLimits): fc.Arbitrary<SourcesShape> {
  return fc
    .array(listShapes(limits), { minLength: lists, maxLength: lists, size: 'max' })
    .map((shapes) => ({ sources: [shapes], isOrdered: limits.isOrdered }));
}

/** Newest first, those without a day last; ties as they were drawn, which is no order of the gateway's. */
function newestFirst(a: Omit<Row, 'id'>, b: Omit<Row, 'id'>): number {
  return (b.day ?? -1) - (a.day ?? -1);
}

/** Sources as they are drawn; made anew for each run, since they have state. */
export function makeSources({ sources, isOrdered }: SourcesShape): readonly MemorySource[] {
  return sources.map((lists, index) => {
    const vendor = vendors[index % vendors.length] ?? 'DATADOG';
    return {
      key: sourceKey(`source-${index}`),
      vendor,
      lists: lists.map(({ style, cap, rows }, number) => {
        const name = `${index}.${number}`;
        const ordered = isOrdered ? rows.toSorted(newestFirst) : rows;
        return new MemoryList(
          name,
          vendor,
          style,
          cap,
          ordered.map((row, place) => ({ ...row, id: `${name}-${place}` })),
        );
      }),
    };
  });
}

/** Sizes of the pages that are asked for, over and over. */
export const pageSizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

export function sizeOf(sizes: readonly number[]): (page: number) => number {
  return (page) => sizes[page % sizes.length] ?? 1;
}
