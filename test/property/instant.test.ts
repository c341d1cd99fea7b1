import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareInstants, instantOf, parseInstant } from '../../src/domain/instant.ts';

const runs = { seed: 20_260_107, numRuns: 800 };
const second = 1_000_000_000n;
const first = BigInt(Date.parse('0001-01-02T00:00:00Z')) * 1_000_000n;
const last = BigInt(Date.parse('9999-12-30T00:00:00Z')) * 1_000_000n;

function floorDivide(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n);
}

/** A moment as a vendor may write it. */
interface Written {
  readonly text: string;
  /** What the text says, in nanoseconds since the epoch; finer digits are cut off. */
  readonly nanoseconds: bigint;
  readonly digits: number;
}

interface Style {
  readonly digits: number;
  readonly zone: number | 'Z' | 'z' | '';
  readonly hasColon: boolean;
  readonly hasT: boolean;
  readonly extra: string;
}

const styles: fc.Arbitrary<Style> = fc.record({
  digits: fc.nat({ max: 9 }),
  zone: fc.oneof(
    fc.constantFrom('Z' as const, 'z' as const, '' as const),
    fc.integer({ min: -1_439, max: 1_439 }),
  ),
  hasColon: fc.boolean(),
  hasT: fc.boolean(),
  extra: fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 4 }),
});

function write(nanoseconds: bigint, { digits, zone, hasColon, hasT, extra }: Style): Written {
  const unit = 10n ** BigInt(9 - digits);
  const cut = floorDivide(nanoseconds, unit) * unit;
  const offset = typeof zone === 'number' ? zone : 0;
  const seconds = floorDivide(cut, second);
  const local = new Date(Number(seconds) * 1_000 + offset * 60_000).toISOString().slice(0, 19);
  const fraction = (cut - seconds * second).toString().padStart(9, '0').slice(0, digits);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.abs(offset);
  const zoneText =
    typeof zone === 'number'
      ? `${zone < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}${hasColon ? ':' : ''}${pad(minutes % 60)}`
      : zone;
  const tail = digits === 9 ? extra : '';
  return {
    text: `${hasT ? local : local.replace('T', ' ')}${digits === 0 ? '' : `.${fraction}${tail}`}${zoneText}`,
    nanoseconds: cut,
    digits,
  };
}

/** Moments near one another, and any. */
const moments = fc.oneof(
  fc.bigInt({ min: -3_000_000_000n, max: 3_000_000_000n }),
  fc.bigInt({ min: first, max: last }),
);
const writtens = fc.tuple(moments, styles).map(([moment, style]) => write(moment, style));

/** Reads UTC text by arithmetic alone. */
function nanosecondsOf(text: string): bigint {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/.exec(text);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, seconds = 0] = (match ?? [])
    .slice(1, 7)
    .map(Number);
  // Days from civil, after Howard Hinnant.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = BigInt(era * 146_097 + dayOfEra - 719_468);
  const whole = days * 86_400n + BigInt(hour * 3_600 + minute * 60 + seconds);
  return whole * second + BigInt((match?.[7] ?? '').padEnd(9, '0'));
}

describe('an instant', () => {
  it('is the moment that a vendor wrote, in UTC, with the digits that it gave', () => {
    fc.assert(
      fc.property(writtens, ({ text, nanoseconds, digits }) => {
        const instant = parseInstant(text) ?? 'none';
        expect(instant).toMatch(digits === 0 ? /:\d\dZ$/ : new RegExp(`\\.\\d{${digits}}Z$`));
        expect(nanosecondsOf(instant)).toBe(nanoseconds);
      }),
      runs,
    );
  });

  it('is read from its own text as itself', () => {
    fc.assert(
      fc.property(writtens, ({ text }) => {
        const instant = parseInstant(text);
        expect(parseInstant(instant ?? '')).toBe(instant);
      }),
      runs,
    );
  });

  it('compares with another as the moments do, whatever zones and digits they came with', () => {
    fc.assert(
      fc.property(writtens, writtens, styles, (one, other, style) => {
        for (const [left, right] of [
          [one, other],
          [one, write(one.nanoseconds, { ...style, digits: 9, extra: '' })],
        ] as const) {
          const [a, b] = [parseInstant(left.text), parseInstant(right.text)];
          if (a === undefined || b === undefined)
            throw new RangeError(`${left.text} or ${right.text} is not read`);
          const difference = left.nanoseconds - right.nanoseconds;
          expect(Math.sign(compareInstants(a, b))).toBe(difference === 0n ? 0 : difference < 0n ? -1 : 1);
        }
      }),
      runs,
    );
  });

  it('of a clock is the moment of the clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (milliseconds) => {
        expect(nanosecondsOf(instantOf(milliseconds))).toBe(BigInt(milliseconds) * 1_000_000n);
      }),
      runs,
    );
  });

  it('is none where there is no such day, hour, second or zone, or where UTC has no four-digit year for it', () => {
    for (const text of [
      '',
      'yesterday',
      '2026-02-29T00:00:00Z',
      '2026-02-30T00:00:00+01:00',
      '2026-04-31T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-01T00:00:00Z',
      '2026-01-00T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T24:00:00.5+01:00',
      '2026-01-01T00:60:00Z',
      '2026-01-01T00:00:61Z',
      '2026-01-01T00:00:00+24:00',
      '2026-01-01T00:00:0012Z',
      '2026-01-01T00:00:00.Z',
      '2026-01-01T00:00:00Z and more',
      '9999-12-31T23:59:59-01:00',
      '0000-01-01T00:00:00+01:00',
      '2026-01-01',
      '1767225600',
    ]) {
      expect([text, parseInstant(text)]).toEqual([text, undefined]);
    }
    expect(parseInstant('2024-02-29T00:00:00Z')).toBe('2024-02-29T00:00:00Z');
  });

  it('is none, or one, for any text, and never anything that fails', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0129-:T.Zz+ '), maxLength: 30 })),
        (text) => {
          const instant = parseInstant(text);
          if (instant !== undefined) expect(parseInstant(instant)).toBe(instant);
        },
      ),
      runs,
    );
  });
});
