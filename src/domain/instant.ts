declare const instantBrand: unique symbol;
/**
 * A point in time as RFC 3339 text in UTC, always with `Z`, with the fraction digits that the vendor gave (0 to 9).
 * Compare with {@link compareInstants}, never as text: vendors show the same instant with different precision.
 */
export type Instant = string & { readonly [instantBrand]: true };

const shape = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:(\.\d{1,9})\d*)?(Z|z|[+-]\d\d:?\d\d)?$/;

/** Nearly all that vendors send: in UTC, as it is to be shown, and on a day that every month has. */
const plain =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

/** Date.parse takes 24:00:00, and the 31st of every month. */
function isOnCalendar(date: string, time: string): boolean {
  const day = date.slice(8);
  if (time.startsWith('24')) return false;
  return day <= '28' || new Date(`${date}T00:00:00Z`).getUTCDate() === Number(day);
}

/** Reads a vendor's timestamp; one without a zone is taken as UTC. Undefined where it is not a timestamp. */
export function parseInstant(text: string): Instant | undefined {
  if (plain.test(text)) return text as Instant; // Nothing in it is to be changed.
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, date = '', time = '', fraction = '', zone = 'Z'] = match;
  const utc = zone === 'Z' || zone === 'z';
  const milliseconds = Date.parse(`${date}T${time}${utc ? 'Z' : zone}`);
  if (Number.isNaN(milliseconds) || !isOnCalendar(date, time)) return undefined;
  // The brand's one constructor: the text is in UTC from here on.
  if (utc) return `${date}T${time}${fraction}Z` as Instant;
  const whole = new Date(milliseconds).toISOString();
  // In UTC it may be in a year that this text has no room for.
  return /^\d{4}-/.test(whole) ? (`${whole.slice(0, 19)}${fraction}Z` as Instant) : undefined;
}

/** The instant of a clock reading in milliseconds since the epoch. */
export function instantOf(milliseconds: number): Instant {
  return new Date(milliseconds).toISOString() as Instant; // ISO 8601 in UTC by definition.
}

/** Negative when `a` is earlier than `b`, 0 when they are the same instant. */
export function compareInstants(a: Instant, b: Instant): number {
  if (a === b) return 0;
  // With as many digits they are in the order of their texts.
  if (a.length === b.length) return a < b ? -1 : 1;
  const [wholeA, wholeB] = [a.slice(0, 19), b.slice(0, 19)];
  if (wholeA !== wholeB) return wholeA < wholeB ? -1 : 1;
  const fractionA = a.slice(20, -1).padEnd(9, '0');
  const fractionB = b.slice(20, -1).padEnd(9, '0');
  if (fractionA === fractionB) return 0;
  return fractionA < fractionB ? -1 : 1;
}

/** An instant cut to microseconds: a vendor may show more digits when it is locked than when it is read. */
function microseconds(instant: Instant): string {
  return instant.slice(0, 19) + instant.slice(20, -1).padEnd(6, '0').slice(0, 6);
}

/** Whether they are the same to the microsecond, or one of them is not told. */
export function isSameMoment(left: Instant | null, right: Instant | null): boolean {
  return left === null || right === null || microseconds(left) === microseconds(right);
}
