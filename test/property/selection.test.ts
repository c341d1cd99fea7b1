import fc from 'fast-check';
import {
  type DirectiveNode,
  type DocumentNode,
  execute,
  type GraphQLResolveInfo,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { selects } from '../../src/schema/selection.ts';
import { countLooks, documents, fragmentBomb, setOf, thingSchema } from './random-document.ts';

/** What the resolver of `root` is told. */
function infoOf(document: DocumentNode): GraphQLResolveInfo {
  let info: GraphQLResolveInfo | undefined;
  const rootValue = {
    root: (_arguments: unknown, _context: unknown, told: GraphQLResolveInfo) => {
      info = told;
      return null;
    },
  };
  execute({ schema: thingSchema, document, rootValue });
  if (info === undefined) throw new RangeError('root was not resolved');
  return info;
}

/** By the text of the directive: `$yes` is true. */
function isOut(directives: readonly DirectiveNode[] | undefined): boolean {
  return (directives ?? []).some(({ name, arguments: given }) => {
    const value = given?.[0]?.value;
    const condition = value?.kind === Kind.BOOLEAN ? value.value : true;
    return name.value === 'skip' ? condition : !condition;
  });
}

/** Walks everything, as often as it is spread. */
function isSelected(
  document: DocumentNode,
  sets: readonly SelectionSetNode[],
  path: readonly string[],
): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  const below: SelectionSetNode[] = [];
  let found = false;
  function walk(set: SelectionSetNode | undefined): void {
    for (const selection of set?.selections ?? []) {
      if (isOut(selection.directives)) continue;
      if (selection.kind !== Kind.FIELD) walk(setOf(document, selection));
      else if (selection.name.value === name) {
        found = true;
        if (selection.selectionSet !== undefined) below.push(selection.selectionSet);
      }
    }
  }
  for (const set of sets) walk(set);
  return found && isSelected(document, below, rest);
}

const paths: readonly (readonly string[])[] = ['a', 'b', 'c'].flatMap((one) => [
  [one],
  ...['a', 'b', 'c'].flatMap((two) => [[one, two], ...['a', 'b', 'c'].map((three) => [one, two, three])]),
]);

describe('what is selected below a field', () => {
  it('is what a walk through all fragments finds, but for what is skipped', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const document = parse(text);
        const info = infoOf(document);
        const sets = info.fieldNodes.flatMap(({ selectionSet }) => selectionSet ?? []);
        for (const path of paths) {
          expect([path, selects(info, ...path)]).toEqual([path, isSelected(document, sets, path)]);
        }
      }),
      { seed: 20_260_111, numRuns: 200 },
    );
  });

  it('is found looking at each fragment once a step, however often they spread one another', () => {
    for (const length of [10, 20]) {
      const document = parse(fragmentBomb(length, 'a { b }'));
      const info = infoOf(document);
      const looks = countLooks(document);
      expect([selects(info, 'a', 'b'), selects(info, 'b')]).toEqual([true, false]);
      expect(looks()).toBeLessThanOrEqual(3 * (length + 1));
    }
  });
});
