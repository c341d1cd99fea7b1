import { afterAll, beforeAll, expect } from 'vitest';

/** Fails the file in which it is called when a promise was rejected and nobody looked. */
export function forbidUnhandledRejections(): void {
  const seen: unknown[] = [];
  const listener = (reason: unknown): void => {
    seen.push(reason);
  };
  beforeAll(() => {
    process.on('unhandledRejection', listener);
  });
  afterAll(() => {
    process.off('unhandledRejection', listener);
    expect(seen).toEqual([]);
  });
}
