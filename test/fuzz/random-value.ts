import type { Random } from '../../sandbox/core/random.ts';

/** A value of an enum, which a literal writes without quotes. */
export class EnumWord {
  readonly word: string;

  constructor(word: string) {
    this.word = word;
  }

  toJSON(): string {
    return this.word;
  }
}

/** A variable that stands in a literal. */
export class VariableWord {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const oddTexts: readonly [string, ...string[]] = [
  ...([
    '',
    ' ',
    'a',
    '0',
    '-1',
    'null',
    '__proto__',
    'constructor',
    '../..',
    '%2e%2e%2f',
    '?',
    '#',
    '\n',
    '\r\n',
  ] as const),
  ...[
    '\0',
    '\ud83d',
    '😀',
    '\u202e',
    "' or 1=1 --",
    '"',
    '\\',
    '{{x}}',
    '$x',
    'é'.repeat(50),
    'x'.repeat(3_000),
    ',',
  ],
  ...[
    '2026-03-01T09:30:00Z',
    '2026-13-45T99:99:99Z',
    '1e400',
    '4.5',
    'production',
    'DATADOG',
    'latest',
    'zq7x',
    '[]',
  ],
];

export function oddText(random: Random): string {
  return random.next() < 0.8
    ? random.pick(oddTexts)
    : random.text(random.below(40), 'abcXYZ019 _-:/.%"\\{}[]$@,');
}

const oddNumbers: readonly [number, ...number[]] = [
  ...([
    0, 1, 2, 3, -1, -0, 1.5, 100, 101, 2_147_483_647, 2_147_483_648, -2_147_483_649, 9_007_199_254_740_992,
  ] as const),
  ...[1e300, 5e-324],
];

/** Any JSON, seldom large and seldom deep. */
export function anyJson(random: Random, levels = 4): unknown {
  const kind = random.below(levels === 0 ? 5 : 8);
  switch (kind) {
    case 0:
      return null;
    case 1:
      return random.next() < 0.5;
    case 2:
      return random.pick(oddNumbers);
    case 3:
    case 4:
      return oddText(random);
    case 5:
      return Array.from({ length: random.below(4) }, () => anyJson(random, levels - 1));
    case 6:
      return random.next() < 0.05 ? nested(random, 1 + random.below(1_000)) : [];
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [oddText(random), anyJson(random, levels - 1)]),
      );
  }
}

function nested(random: Random, levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = random.next() < 0.5 ? [value] : { a: value };
  return value;
}

/** A value as GraphQL writes it. */
export function literalOf(value: unknown): string {
  if (value instanceof EnumWord) return value.word;
  if (value instanceof VariableWord) return `$${value.name}`;
  if (Array.isArray(value)) return `[${value.map(literalOf).join(' ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, inner]) => `${name}: ${literalOf(inner)}`);
    return `{ ${members.join(' ')} }`;
  }
  return JSON.stringify(value) ?? 'null';
}
