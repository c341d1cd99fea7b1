import type { Random } from '../../sandbox/core/random.ts';

const tokens: readonly [string, ...string[]] = [
  ...([
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ':',
    '!',
    '$',
    '@',
    '...',
    '|',
    '=',
    '&',
    '"',
    '"""',
    '#',
    ',',
    '\\',
    '\\u{110000}',
  ] as const),
  ...[
    'query',
    'mutation',
    'fragment',
    'on',
    'subscription',
    'null',
    'true',
    '__typename',
    '__proto__',
    '\ufeff',
    '\0',
  ],
  ...[
    '\ud800',
    '1e999',
    '-',
    '0x1',
    '0123',
    '"\\uD800"',
    '@skip(if: true)',
    '... on Query',
    'extend type Query { a: Int }',
  ],
];

/** A text with one to four things wrong in it: pieces that are missing, doubled, moved or put in. */
export function broken(random: Random, text: string): string {
  let out = text;
  for (let turn = 1 + random.below(4); turn > 0; turn -= 1) {
    const at = random.below(out.length + 1);
    const end = Math.min(out.length, at + 1 + random.below(12));
    switch (random.below(6)) {
      case 0:
        out = out.slice(0, at) + out.slice(end);
        break;
      case 1:
        out = out.slice(0, end) + out.slice(at);
        break;
      case 2:
        out = out.slice(0, at);
        break;
      case 3:
        out =
          out.slice(0, at) +
          String.fromCharCode(random.below(random.next() < 0.5 ? 128 : 65_536)) +
          out.slice(end);
        break;
      case 4: {
        const to = random.below(out.length + 1);
        out = out.slice(0, to) + out.slice(at, end) + out.slice(to);
        break;
      }
      default:
        out = out.slice(0, at) + random.pick(tokens) + out.slice(at);
    }
  }
  return out;
}

/** Likewise of bytes. */
export function brokenBytes(random: Random, bytes: Buffer): Buffer {
  let out = bytes;
  for (let turn = 1 + random.below(4); turn > 0; turn -= 1) {
    const at = random.below(out.length + 1);
    const end = Math.min(out.length, at + 1 + random.below(16));
    const [before, middle, after] = [out.subarray(0, at), out.subarray(at, end), out.subarray(end)];
    switch (random.below(6)) {
      case 0:
        out = Buffer.concat([before, after]);
        break;
      case 1:
        out = Buffer.concat([before, middle, middle, after]);
        break;
      case 2:
        out = Buffer.from(before);
        break;
      case 3:
        out = Buffer.concat([before, Buffer.of(random.below(256)), after]);
        break;
      case 4:
        out = Buffer.concat([
          before,
          Buffer.from(random.pick(['\r\n', '\n', '\r\n\r\n', '\0', '--', ':', ' ', ';', '%', '0\r\n\r\n'])),
          middle,
          after,
        ]);
        break;
      default: {
        const flipped = Buffer.from(out);
        const byte = flipped[at];
        if (byte !== undefined) flipped[at] = byte ^ (1 << random.below(8));
        out = flipped;
      }
    }
  }
  return out;
}
