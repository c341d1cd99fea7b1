/** Microseconds since 1970, which is what Datadog keeps of a date (recorded: reads show six fraction digits). */
export type Instant = number;

/** The source of the dates of new things. */
export interface Clock {
  /** A later instant than any before it. */
  next(): Instant;
}

/** The real clock, but never the same instant twice, and never before `after`. */
export function createClock(after: Instant): Clock {
  let last = after;
  return {
    next() {
      last = Math.max(last + 1, Date.now() * 1_000);
      return last;
    },
  };
}

/** The instant of a date text. */
export function instantOf(date: string): Instant {
  return Date.parse(date) * 1_000;
}

/**
 * The instant as Datadog writes it: RFC 3339 in UTC, without the zeros at the end of the fraction. With
 * `nanoseconds` it has the three more digits that write answers show and later reads do not (recorded).
 */
export function formatInstant(instant: Instant, nanoseconds = false): string {
  const seconds = new Date(Math.floor(instant / 1_000)).toISOString().slice(0, 19);
  const micros = String(instant % 1_000_000).padStart(6, '0');
  const nanos = nanoseconds ? String((instant * 7) % 1_000).padStart(3, '0') : '';
  const fraction = `${micros}${nanos}`.replace(/0+$/, '');
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}
