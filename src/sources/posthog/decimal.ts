/** A decimal without loss: `digits` times ten to the power of minus `places`, as few places as it takes. */
export interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

const pattern = /^([+-]?)(\d{1,400})(?:\.(\d{1,400}))?(?:e([+-]?\d{1,3}))?$/i;

/** Undefined when the text is not a number. An exponent is how a config's small or large numbers are written. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const places = fraction.length - Number(exponent);
  const magnitude = BigInt(whole + fraction) * (places < 0 ? 10n ** BigInt(-places) : 1n);
  return withoutZeros(sign === '-' ? -magnitude : magnitude, Math.max(0, places));
}

function withoutZeros(digits: bigint, places: number): Decimal {
  let [shorter, left] = [digits, places];
  while (left > 0 && shorter % 10n === 0n) {
    shorter /= 10n;
    left -= 1;
  }
  return { digits: shorter, places: left };
}

function scaled({ digits, places }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - places);
}

/** Negative, zero or positive, as in a sort. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const places = Math.max(a.places, b.places);
  const difference = scaled(a, places) - scaled(b, places);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** Whether `value` is `base` and a whole number of steps, which must not be zero. */
export function isOnStep(value: Decimal, base: Decimal, step: Decimal): boolean {
  const places = Math.max(value.places, base.places, step.places);
  return (scaled(value, places) - scaled(base, places)) % scaled(step, places) === 0n;
}

/** Digits before the point, none for a number below one. */
export function wholeDigits({ digits, places }: Decimal): number {
  const magnitude = (digits < 0n ? -digits : digits) / 10n ** BigInt(places);
  return magnitude === 0n ? 0 : String(magnitude).length;
}

export function printDecimal({ digits, places }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(places + 1, '0');
  return places === 0 ? sign + text : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
}
