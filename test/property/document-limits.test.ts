import fc from 'fast-check';
import { type DocumentNode, Kind, parse, type SelectionSetNode, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { documentLimitRules } from '../../src/server/document-limits.ts';
import { countLooks, documents, fragmentBomb, setOf, thingSchema } from './random-document.ts';

interface Measure {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
}

/** Counts by writing everything out. */
function writtenOut(document: DocumentNode, set: SelectionSetNode | undefined): Measure {
  let depth = 0;
  let aliases = 0;
  let directives = 0;
  for (const selection of set?.selections ?? []) {
    const isField = selection.kind === Kind.FIELD;
    const isOpen = !isField || !selection.name.value.startsWith('__');
    const inner = isOpen
      ? writtenOut(document, setOf(document, selection))
      : { depth: 0, aliases: 0, directives: 0 };
    depth = Math.max(depth, inner.depth + (isField ? 1 : 0));
    aliases += inner.aliases + (isField && selection.alias !== undefined ? 1 : 0);
    directives += inner.directives + (selection.directives?.length ?? 0);
  }
  return { depth, aliases, directives };
}

/** What the rules count in the operation of a document, which is over every limit. */
function counted(document: DocumentNode): readonly unknown[] {
  const rules = documentLimitRules({ maxDepth: 0, maxAliases: -1, maxDirectives: -1, maxTokens: 0 });
  return validate(thingSchema, document, [...rules]).map(({ extensions }) => extensions['actual']);
}

function operationSet(document: DocumentNode): SelectionSetNode | undefined {
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) return definition.selectionSet;
  }
  return undefined;
}

describe('the depth, the aliases and the directives of a document', () => {
  it('are what it has when all its fragments are written out', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const document = parse(text);
        const { depth, aliases, directives } = writtenOut(document, operationSet(document));
        expect(counted(document)).toEqual([depth, aliases, directives]);
      }),
      { seed: 20_260_110, numRuns: 300 },
    );
  });

  it('are counted looking at each fragment a few times at most, however often they spread one another', () => {
    for (const length of [10, 20]) {
      const document = parse(fragmentBomb(length, 'x: a'));
      const looks = countLooks(document);
      expect(counted(document)).toEqual([2, 2 ** length, 0]);
      expect(looks()).toBeLessThanOrEqual(5 * (length + 1));
    }
  });

  it('are counted of fragments that spread themselves too, which another rule refuses', () => {
    const document = parse(
      '{ root { ...A } } fragment A on Thing { a { ...B } } fragment B on Thing { x: b { ...A } }',
    );
    const [depth, aliases] = counted(document);
    expect([depth, aliases]).toEqual([3, 1]);
  });
});
