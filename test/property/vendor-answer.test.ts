import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceKey } from '../../src/domain/vendor.ts';
import { type Account, createAccount } from '../../src/http/account.ts';
import { retryAfterOf } from '../../src/http/protocol.ts';
import { scrub } from '../../src/http/scrub.ts';

const runs = { seed: 20_260_109, numRuns: 500 };
const now = Date.parse('2026-03-01T09:30:00Z');

describe('how long to wait, as a vendor says it', () => {
  it('is the seconds of Retry-After, never fewer', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 2 ** 31 - 2 }),
        fc.constantFrom('', '.0', '.25', '.999'),
        (seconds, fraction) => {
          const wait = retryAfterOf(
            { 'retry-after': `${seconds}${fraction}`, 'x-ratelimit-reset': '7' },
            now,
          );
          expect(wait).toBe(seconds + (Number(fraction) > 0 ? 1 : 0));
        },
      ),
      runs,
    );
  });

  it('ends no sooner than the date of Retry-After, and is nothing once that is past', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000_000 }),
        fc.nat({ max: 999 }),
        (seconds, milliseconds) => {
          const at = now + seconds * 1_000;
          const wait = retryAfterOf({ 'retry-after': new Date(at).toUTCString() }, now - milliseconds) ?? -1;
          const exact = Math.max(0, at - now + milliseconds);
          expect(wait * 1_000).toBeGreaterThanOrEqual(exact);
          expect(wait * 1_000).toBeLessThan(exact + 1_000);
        },
      ),
      runs,
    );
  });

  it('is the seconds of X-RateLimit-Reset where there is no Retry-After that can be read', () => {
    const unreadable = fc.constantFrom(
      undefined,
      '',
      ' ',
      'soon',
      'in 5 minutes',
      '0x10',
      '1e3',
      'NaN',
      'Infinity',
    );
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), unreadable, (seconds, after) => {
        expect(retryAfterOf({ 'retry-after': after, 'x-ratelimit-reset': `${seconds}` }, now)).toBe(seconds);
      }),
      runs,
    );
  });

  it('is whole seconds that a GraphQL Int holds, or not known, whatever the headers say', () => {
    const words = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.bigInt().map(String),
      fc.string({ unit: fc.constantFrom(...'0123456789.-+eE, :GMT'), maxLength: 25 }),
    );
    const header = fc.oneof(fc.constant(undefined), words, fc.array(words, { maxLength: 3 }));
    fc.assert(
      fc.property(header, header, (after, reset) => {
        const wait = retryAfterOf({ 'retry-after': after, 'x-ratelimit-reset': reset }, now);
        if (wait === undefined) return;
        expect(Number.isInteger(wait) && wait >= 0 && wait < 2 ** 31).toBe(true);
      }),
      runs,
    );
  });
});

describe('a vendor’s words', () => {
  function accountWith(secrets: readonly string[]): Account {
    return createAccount({
      source: sourceKey('datadog'),
      vendor: 'DATADOG',
      baseUrl: 'https://vendor.example',
      headers: {},
      secrets,
      ofCaller: true,
      scopeKey: randomBytes(32),
    });
  }

  /** Anything that fits a header and is long enough to be a secret. */
  const secrets = fc
    .string({ unit: 'grapheme-ascii', minLength: 10, maxLength: 40 })
    .filter((text) => text.trim() === text);
  const writers = fc.constantFrom<((secret: string) => string)[]>(
    (secret) => secret,
    encodeURIComponent,
    encodeURI,
    (secret) => JSON.stringify(secret),
    (secret) => JSON.stringify(JSON.stringify({ key: secret })),
    (secret) => JSON.stringify(encodeURIComponent(secret)),
  );
  const noise = fc.string({ maxLength: 12 });

  it('hold no secret, however it was written and whatever stands beside it', () => {
    fc.assert(
      fc.property(
        fc.array(secrets, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(noise, fc.nat(), writers), { maxLength: 8 }),
        (all, said) => {
          const text = said
            .map(([words, index, write]) => words + write(all[index % all.length] ?? ''))
            .join('');
          const clean = scrub(accountWith(all), text, 100_000);
          for (const secret of all) {
            for (const written of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
              expect(clean.includes(written)).toBe(false);
            }
          }
        },
      ),
      runs,
    );
  });

  it('hold no piece of a secret that begins with another', () => {
    fc.assert(
      fc.property(secrets, fc.uuid(), fc.boolean(), (short, more, isShortFirst) => {
        const long = short + more;
        const account = accountWith(isShortFirst ? [short, long] : [long, short]);
        expect(scrub(account, `The key ${long} is not ${short}.`)).toBe('The key [secret] is not [secret].');
      }),
      runs,
    );
  });

  it('are cut after the secrets are out, so that no half of one stays at the end', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat({ max: 60 }), (secret, before) => {
        const clean = scrub(accountWith([secret]), 'x'.repeat(before) + secret, 50);
        expect(clean.length).toBeLessThanOrEqual(51);
        expect(clean).not.toContain(secret.slice(0, 8));
      }),
      runs,
    );
  });

  it('are left as they are where there is no secret in them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), fc.uuid(), (text, secret) => {
        expect(scrub(accountWith([secret, '']), text)).toBe(text);
      }),
      runs,
    );
  });
});
