import fc from 'fast-check';
import { buildSchema, type DocumentNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';

export const thingSchema = buildSchema(
  'type Query { root: Thing } type Thing { a: Thing b: Thing c: Thing }',
);

/** Selections as they are drawn: spreads name fragments that come later, so that none spreads itself. */
interface DrawnSet {
  readonly fields: readonly {
    readonly name: string;
    readonly alias: boolean;
    readonly directive: string;
    readonly inner: DrawnSet | undefined;
  }[];
  readonly inline: readonly { readonly directive: string; readonly inner: DrawnSet }[];
  readonly spreads: readonly { readonly directive: string; readonly ahead: number }[];
}

/** `$yes` is true. */
const directive = fc.constantFrom(
  ...[
    '',
    '',
    '',
    '',
    '@skip(if: true)',
    '@skip(if: false)',
    '@include(if: false)',
    '@include(if: $yes)',
    '@skip(if: $yes)',
  ],
);

const depthIdentifier = fc.createDepthIdentifier();

const { set } = fc.letrec<{ set: DrawnSet }>((tie) => {
  const deeper = { depthIdentifier, maxDepth: 3 };
  return {
    set: fc.record({
      fields: fc.array(
        fc.record({
          name: fc.constantFrom('a', 'b', 'c', 'a', 'b', 'c', '__schema'),
          alias: fc.boolean(),
          directive,
          inner: fc.option(tie('set'), { ...deeper, nil: undefined }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      inline: fc
        .option(fc.record({ directive, inner: tie('set') }), { ...deeper, freq: 2 })
        .map((one) => (one === null ? [] : [one])),
      spreads: fc.array(fc.record({ directive, ahead: fc.nat({ max: 3 }) }), { maxLength: 1 }),
    }),
  };
});

/** Documents that select from `root`, in one field or in two that are merged. */
export const documents: fc.Arbitrary<string> = fc
  .record({
    roots: fc.array(set, { minLength: 1, maxLength: 2 }),
    fragments: fc.array(set, { maxLength: 4 }),
  })
  .map(({ roots, fragments }) => {
    let aliases = 0;
    function write({ fields, inline, spreads }: DrawnSet, next: number): string {
      const own = fields.map((field) => {
        aliases += 1;
        const inner = field.inner === undefined ? '' : write(field.inner, next);
        return `${field.alias ? `x${aliases}: ` : ''}${field.name} ${field.directive} ${inner}`;
      });
      const nested = inline.map((one) => `... on Thing ${one.directive} ${write(one.inner, next)}`);
      const spread = spreads
        .filter(({ ahead }) => next + ahead < fragments.length)
        .map((one) => `...F${next + one.ahead} ${one.directive}`);
      return `{ ${[...own, ...nested, ...spread].join(' ')} }`;
    }
    return [
      `query ($yes: Boolean = true) { ${roots.map((root) => `root ${write(root, 0)}`).join(' ')} }`,
      ...fragments.map((fragment, index) => `fragment F${index} on Thing ${write(fragment, index + 1)}`),
    ].join('\n');
  });

/** Fragments that each spread the next one twice: short to write, and without end when written out. */
export function fragmentBomb(length: number, last: string): string {
  const spreads = Array.from(
    { length },
    (_, index) => `fragment F${index} on Thing { ...F${index + 1} ...F${index + 1} }`,
  );
  return ['query { root { ...F0 } }', ...spreads, `fragment F${length} on Thing { ${last} }`].join('\n');
}

/** The set that a fragment or field has, as the document has it. */
export function setOf(document: DocumentNode, selection: SelectionNode): SelectionSetNode | undefined {
  if (selection.kind !== Kind.FRAGMENT_SPREAD) return selection.selectionSet;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value) {
      return definition.selectionSet;
    }
  }
  return undefined;
}

/** Counts how often the selections of the fragments of a document are looked at from now on. */
export function countLooks(document: DocumentNode): () => number {
  let looks = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const { selections } = definition.selectionSet;
    Object.defineProperty(definition.selectionSet, 'selections', {
      enumerable: true,
      get: () => {
        looks += 1;
        return selections;
      },
    });
  }
  return () => looks;
}
