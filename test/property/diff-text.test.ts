import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PromptContent, PromptMessage } from '../../src/domain/prompt.ts';
import { isSameContent, textsOf } from '../../src/resolvers/diffs/prompt-text.ts';
import { unifiedDiff } from '../../src/resolvers/diffs/unified-diff.ts';
import { jsons } from './diff-arbitraries.ts';

const runs = { seed: 20_261_103, numRuns: 500 };

const lines = fc.constantFrom(
  '',
  'a',
  'b',
  '-',
  '+',
  '\\',
  '@@ -1 +1 @@',
  '--- base',
  '+++ head',
  ' ü',
  'x\r',
);
const texts = fc
  .tuple(fc.array(lines, { maxLength: 12 }), fc.boolean())
  .map(([list, isEnded]) => list.join('\n') + (isEnded ? '\n' : ''));

function apply(base: string, unified: string): string | false {
  return applyPatch(base, unified, { fuzzFactor: 0, autoConvertLineEndings: false });
}

function diff(base: string, head: string): string {
  return unifiedDiff({ ref: 'one', text: base }, { ref: 'two', text: head });
}

describe('a unified diff', () => {
  it('gives the head when it is applied to the base, and is empty just when they are equal', () => {
    fc.assert(
      fc.property(texts, texts, (base, head) => {
        const unified = diff(base, head);
        expect(unified === '').toBe(base === head);
        if (base !== head) expect(apply(base, unified)).toBe(head);
      }),
      runs,
    );
  });

  it('does so too for texts that have so little in common that no shortest one is looked for', () => {
    const many = (word: string, count: number): string =>
      Array.from({ length: count }, (_, index) => `${word} ${index}\n`).join('');
    const same = many('same', 5);
    const cases: readonly (readonly [string, string])[] = [
      [many('a', 3_000), many('b', 2_500)],
      [`${same}${many('a', 3_000)}${same}`, `${same}${many('b', 3_000)}${same}`],
      [`${many('a', 3_000)}end`, `${many('b', 3_000)}end`],
      [`${same}${many('a', 3_000)}end`, `${same}${many('b', 3_000)}end\n`],
      [same, `${same}${many('b', 3_000)}`],
      ['', many('b', 3_000)],
      [many('a', 3_000), ''],
    ];
    for (const [base, head] of cases) {
      const unified = diff(base, head);
      expect(unified.startsWith('--- base\tone\n+++ head\ttwo\n@@ ')).toBe(true);
      expect(apply(base, unified)).toBe(head);
      expect(unified.split('\n').filter((line) => line.startsWith(' ')).length).toBeLessThanOrEqual(6);
    }
  });
});

const parts = fc.constantFrom('', 'user', 'a\n', '[user]\na', '{\n  "a": 1\n}', '[tool calls] []');
const messages: fc.Arbitrary<PromptMessage> = fc.record({
  role: fc.constantFrom('user', 'system'),
  content: fc.oneof(parts, jsons),
  name: fc.option(parts),
  toolCallId: fc.option(parts),
  toolCalls: fc.oneof(fc.constant(null), jsons),
  thinking: fc.oneof(fc.constant(null), jsons),
});
const contents: fc.Arbitrary<PromptContent | null> = fc.oneof(
  fc.constant(null),
  fc.oneof(parts, texts).map((text): PromptContent => ({ kind: 'TEXT', text })),
  fc.array(messages, { maxLength: 3 }).map((list): PromptContent => ({ kind: 'CHAT', messages: list })),
  jsons.map((value): PromptContent => ({ kind: 'JSON', value })),
);

describe('contents of prompts as texts', () => {
  it('are equal just when the contents are, whatever kind they are of', () => {
    fc.assert(
      fc.property(contents, contents, (base, head) => {
        const [before, after] = textsOf(base, head);
        expect(before === after).toBe(isSameContent(base, head));
        expect(new Set(textsOf(base, base)).size).toBe(1);
      }),
      runs,
    );
  });

  it('are told apart where one reads like the other', () => {
    const pairs: readonly (readonly [PromptContent | null, PromptContent | null])[] = [
      [null, { kind: 'TEXT', text: '' }],
      [
        { kind: 'JSON', value: 1 },
        { kind: 'TEXT', text: '1\n' },
      ],
      [
        { kind: 'TEXT', text: '[user]\nHi\n' },
        {
          kind: 'CHAT',
          messages: [
            { role: 'user', content: 'Hi', name: null, toolCallId: null, toolCalls: null, thinking: null },
          ],
        },
      ],
    ];
    for (const [base, head] of pairs) {
      const [before, after] = textsOf(base, head);
      expect(before).not.toBe(after);
    }
  });
});
