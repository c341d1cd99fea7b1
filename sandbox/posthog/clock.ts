import type { Instant } from './records.ts';

/** The vendor renders microseconds (framework default), which `Date` does not have. */
export function toInstant(microseconds: number): Instant {
  const date = new Date(Math.floor(microseconds / 1000)).toISOString();
  const fraction = String(microseconds % 1_000_000).padStart(6, '0');
  return `${date.slice(0, 19)}.${fraction}Z`;
}

/** The real time in strictly increasing steps, never before what was seeded, so that new rows are the newest. */
export class Clock {
  #last: number;

  constructor(notBefore: Instant) {
    this.#last = Date.parse(notBefore) * 1000 + 1000;
  }

  now(): Instant {
    this.#last = Math.max(Date.now() * 1000, this.#last + 1);
    // The framework leaves the fraction out when it is zero; no two rows here need that.
    if (this.#last % 1_000_000 === 0) this.#last += 1;
    return toInstant(this.#last);
  }
}

const timestamp =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** A time that a client sent, as the vendor will render it; undefined when it is not one. */
export function parseTimestamp(text: string): string | undefined {
  const match = timestamp.exec(text.trim());
  if (match === null) return undefined;
  const [, date, minutes, seconds = '00', fraction = '', zone = 'Z'] = match;
  const offset = /^z$/i.test(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  const milliseconds = Date.parse(`${date}T${minutes}:${seconds}${offset}`);
  if (Number.isNaN(milliseconds)) return undefined;
  const whole = new Date(milliseconds).toISOString().slice(0, 19);
  const digits = fraction.padEnd(6, '0');
  return digits === '000000' ? `${whole}Z` : `${whole}.${digits}Z`;
}

/** Whatever has the sandbox's clock. */
export interface Clocked {
  readonly clock: Clock;
}
