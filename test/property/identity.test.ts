import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/domain/errors.ts';
import { type Address, encodeId, type IdKind, parseId, parseIdOf } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';

const runs = { seed: 20_260_106, numRuns: 500 };

const kinds: readonly IdKind[] = [
  'DATASET',
  'DATASET_VERSION',
  'PROMPT',
  'REVIEW_SCORE',
  'MODEL_LAB_PROJECT',
];
/** Vendors' ids and names, with what stands between the parts of an id, and halves of surrogate pairs. */
const parts = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(':', '%', '3', 'A', '2', '5', 'u', 'd', '8', '0'),
    minLength: 1,
    maxLength: 8,
  }),
  fc.string({ unit: fc.constantFrom('\ud800', '\udfff', '😀', '%ud800', 'x'), minLength: 1, maxLength: 4 }),
);
const addresses: fc.Arbitrary<Address> = fc.record({
  source: fc.constantFrom('datadog', 'humanloop', 'posthog', 'posthog-2').map(sourceKey),
  kind: fc.constantFrom(...kinds),
  parts: fc.array(parts, { minLength: 1, maxLength: 4 }),
});

function readOrRefuse(id: string): Address | undefined {
  try {
    return parseId(id, ['id']).address;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return undefined;
  }
}

describe('an id', () => {
  it('is read back as the address that it was made of', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        const id = encodeId(address);
        expect(parseId(id, ['id'])).toEqual({ id, address });
      }),
      runs,
    );
  });

  it('is URL-safe', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        expect(encodeId(address)).toMatch(/^[\w-]+$/);
      }),
      runs,
    );
  });

  it('stands for one address only', () => {
    // Parts that fall apart differently are the likeliest to meet.
    const close = parts.chain((part) =>
      fc
        .tuple(fc.nat({ max: part.length }), fc.constantFrom(...kinds))
        .map(([at, kind]) => ({ part, at, kind })),
    );
    fc.assert(
      fc.property(addresses, addresses, close, (one, other, { part, at, kind }) => {
        const { source } = one;
        const split = [part.slice(0, at), part.slice(at)].filter((piece) => piece !== '');
        const all: Address[] = [
          one,
          other,
          { source, kind, parts: [part] },
          { source, kind, parts: split },
          { source, kind, parts: split.toReversed() },
          { source, kind, parts: [split.join(':')] },
          { source, kind, parts: [split.join('%3A')] },
        ];
        const texts = new Set(
          all.map((address) => JSON.stringify([address.source, address.kind, address.parts])),
        );
        expect(new Set(all.map(encodeId)).size).toBe(texts.size);
      }),
      runs,
    );
  });

  it('that was changed anywhere is refused, or is another id as it would be made', () => {
    const change = fc.record({
      at: fc.nat({ max: 120 }),
      removed: fc.nat({ max: 3 }),
      inserted: fc.string({ unit: fc.constantFrom(...'ABCxyz019-_=+/. \u00e9'), maxLength: 3 }),
    });
    fc.assert(
      fc.property(addresses, change, (address, { at, removed, inserted }) => {
        const id = encodeId(address);
        const changed = id.slice(0, at) + inserted + id.slice(at + removed);
        const read = readOrRefuse(changed);
        if (read !== undefined) expect(encodeId(read)).toBe(changed);
      }),
      runs,
    );
  });

  it('that is anything else is refused, or is an id as it would be made', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.string({ maxLength: 30 }).map((text) => Buffer.from(text).toString('base64url')),
      fc.string({ maxLength: 20 }).map((text) => Buffer.from(`datadog:ds:${text}`).toString('base64url')),
      fc.string({ minLength: 4_097, maxLength: 6_000, unit: fc.constantFrom('A', 'z') }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const read = readOrRefuse(text);
        if (read !== undefined) expect(encodeId(read)).toBe(text);
      }),
      runs,
    );
  });

  it('of one kind is refused where another is asked for', () => {
    fc.assert(
      fc.property(addresses, fc.constantFrom(...kinds), (address, kind) => {
        const read = (): unknown => parseIdOf(kind, encodeId(address), ['id']).address;
        if (address.kind === kind) expect(read()).toEqual(address);
        else expect(read).toThrow(`the id of a ${address.kind}, and a ${kind} is asked for`);
      }),
      runs,
    );
  });
});
