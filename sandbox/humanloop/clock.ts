/** Milliseconds since 1970, never the same twice, never going back. */
export interface Clock {
  now(): number;
}

/** The real clock, strictly increasing: writes in the same millisecond are one apart. */
export function createClock(): Clock {
  let last = 0;
  return {
    now() {
      last = Math.max(Date.now(), last + 1);
      return last;
    },
  };
}
