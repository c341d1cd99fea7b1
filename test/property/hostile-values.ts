import fc from 'fast-check';
import { type Address, encodeId, type IdKind, parseId } from '../../src/domain/identity.ts';

/** Stands in most hostile values, so that they are found again wherever they come to. */
export const marker = 'zq7x';

/** What has a meaning somewhere in a URL, a header, a multipart body or a route, or gets one when it is decoded. */
const pieces = fc.constantFrom(
  ...[
    '.',
    '..',
    '/',
    '../',
    '..\\',
    '\\',
    '%',
    '%2e%2e',
    '%2F',
    '%2f',
    '%5c',
    '%252f',
    '%00',
    '%0d%0a',
    '%3f',
  ],
  ...[
    '?',
    '#',
    '&',
    '=',
    '+',
    ' ',
    ';',
    ':',
    '@',
    ',',
    '//',
    '"',
    "'",
    '`',
    '<',
    '>',
    '|',
    '{',
    '}',
    '[',
    ']',
    '*',
  ],
  ...[
    '\t',
    '\r',
    '\n',
    '\r\n',
    '\0',
    '\x7f',
    '\u0085',
    '\u2028',
    '\u202e',
    '\ufeff',
    '\u2024',
    '\u2025',
    '\uff0f',
  ],
  ...[
    '\uff0e',
    '\u2215',
    '\u2044',
    'é',
    'ﬀ',
    '😀',
    '\ud83d',
    '\ude00',
    '$',
    '$ne',
    '$(x)',
    '{{x}}',
    '%s',
    '~',
    '!',
  ],
  ...['http://evil.example/', '//evil.example', '@evil.example', 'HTTP/1.1\r\nhost: evil.example\r\n\r\n'],
  ...['filter[id]=', '&page[limit]=1000', '?archived=true', ';DROP', 'null', 'undefined', '__proto__'],
);

const run = fc.array(pieces, { maxLength: 3 }).map((list) => list.join(''));

/** What is a word of the vendors' own routes, or nothing but a way up. */
const words = fc.constantFrom(
  ...[
    '.',
    '..',
    '...',
    '%2e',
    '%2e%2e',
    '../..',
    '/',
    '//',
    '\\',
    '?',
    '#',
    '%',
    '*',
    '@me',
    '@current',
    '-1',
    '0',
  ],
  ...[
    'prompts',
    'projects',
    'datasets',
    'delete',
    'versions',
    'records',
    'name',
    'resolve',
    'translate',
    'archive',
  ],
);

/** Texts that a caller could send in place of an id, a name or a filter. */
export const hostileTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(run, run).map(([before, after]) => `${before}${marker}${after}`) },
  { weight: 1, arbitrary: words },
);

/** An id of the same source and kind, with another text in one place of its address. */
export function forgedId(id: string, part: number, text: string): string {
  const { source, kind, parts } = parseId(id, []).address;
  return encodeId({ source, kind, parts: parts.map((own, index) => (index === part ? text : own)) });
}

/** The parts of the address that an id stands for; undefined for what is no id. */
export function addressOf(id: string): Address<IdKind> | undefined {
  try {
    return parseId(id, []).address;
  } catch {
    return undefined;
  }
}
