/** A decimal without loss: `digits` times ten to the power of minus `places`. */
interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

const pattern = /^([+-]?)(\d+\.?\d*|\.\d+)(?:e([+-]?\d{1,3}))?$/i;

/** Undefined when the text is not a number. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, mantissa = '', exponent = '0'] = match;
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const places = fraction.length - Number(exponent);
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 };
}

/** Whole digits before the point, zero for a number below one. */
export function wholeDigits({ digits, places }: Decimal): number {
  const magnitude = (digits < 0n ? -digits : digits) / 10n ** BigInt(places);
  return magnitude === 0n ? 0 : String(magnitude).length;
}

function scaled({ digits, places }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - places);
}

/** Negative, zero or positive, as in a sort. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const places = Math.max(left.places, right.places);
  const difference = scaled(left, places) - scaled(right, places);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** Whether `value` is `base` plus a whole number of steps. */
export function isOnStep(value: Decimal, base: Decimal, step: Decimal): boolean {
  const places = Math.max(value.places, base.places, step.places);
  return (scaled(value, places) - scaled(base, places)) % scaled(step, places) === 0n;
}

/** Six decimals, as the vendor renders its numeric scores. At most six places may be given. */
export function withSixDecimals(value: Decimal): string {
  const all = scaled(value, 6);
  const magnitude = String(all < 0n ? -all : all).padStart(7, '0');
  return `${all < 0n ? '-' : ''}${magnitude.slice(0, -6)}.${magnitude.slice(-6)}`;
}
