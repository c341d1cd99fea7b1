import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** What a document may have at most; checked before anything is executed. */
export interface DocumentLimits {
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  /** Counted by the parser, which stops there. */
  readonly maxTokens: number;
}

interface Measure {
  depth: number;
  aliases: number;
  directives: number;
}

const nothing: Measure = { depth: 0, aliases: 0, directives: 0 };

function tooExpensive(message: string, extensions: { actual?: number; limit?: number } = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_EXPENSIVE', ...extensions } });
}

/** What graphql-js says or throws where it stops of itself, as the limit that it is. */
export function asLimitError(error: unknown, limits: DocumentLimits): unknown {
  // Parser and rules call themselves for each level.
  if (error instanceof RangeError) return tooExpensive('This document is nested too deep to be read.');
  if (!(error instanceof GraphQLError)) return error;
  if (error.message.endsWith('tokens. Parsing aborted.')) {
    const message = `This document has more than the ${limits.maxTokens} tokens that are allowed. Send long lists as variables.`;
    return tooExpensive(message, { limit: limits.maxTokens });
  }
  if (error.message !== 'Validation aborted.') return error;
  return tooExpensive('This document names fields so often that they cannot be checked. Name each once.');
}

/**
 * Measures what a fragment or field set amounts to when it is spread out. Each fragment is measured once, so that
 * fragments that spread fragments cost no more than they are long; one that spreads itself is left to the rule
 * against it.
 */
class Measurer {
  readonly #document: DocumentNode;
  readonly #fragments = new Map<string, Measure>();

  constructor(document: DocumentNode) {
    this.#document = document;
  }

  measure(set: SelectionSetNode): Measure {
    const total: Measure = { ...nothing };
    for (const selection of set.selections) {
      total.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        // Introspection is switched as a whole; its own queries are deep and cost no vendor anything.
        const introspects = selection.name.value.startsWith('__');
        const inner =
          selection.selectionSet === undefined || introspects
            ? nothing
            : this.measure(selection.selectionSet);
        total.depth = Math.max(total.depth, inner.depth + 1);
        total.aliases += inner.aliases + (selection.alias === undefined ? 0 : 1);
        total.directives += inner.directives;
        continue;
      }
      const inner =
        selection.kind === Kind.INLINE_FRAGMENT
          ? this.measure(selection.selectionSet)
          : this.#fragment(selection.name.value);
      total.depth = Math.max(total.depth, inner.depth);
      total.aliases += inner.aliases;
      total.directives += inner.directives;
    }
    return total;
  }

  #fragment(name: string): Measure {
    const known = this.#fragments.get(name);
    if (known !== undefined) return known;
    this.#fragments.set(name, nothing);
    const fragment = this.#document.definitions.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
    );
    const measured =
      fragment?.kind === Kind.FRAGMENT_DEFINITION ? this.measure(fragment.selectionSet) : nothing;
    this.#fragments.set(name, measured);
    return measured;
  }
}

/** Validation rules that refuse documents over the limits, with the number that was counted. */
export function documentLimitRules(limits: DocumentLimits): readonly ValidationRule[] {
  return [
    (context: ValidationContext): ASTVisitor => {
      const measurer = new Measurer(context.getDocument());
      return {
        OperationDefinition: (operation) => {
          const { depth, aliases, directives: below } = measurer.measure(operation.selectionSet);
          const directives = below + (operation.directives?.length ?? 0);
          if (depth > limits.maxDepth) {
            const message = `This operation is ${depth} fields deep; at most ${limits.maxDepth} are allowed. Ask for less depth, or page from a node of the answer.`;
            context.reportError(tooExpensive(message, { actual: depth, limit: limits.maxDepth }));
          }
          if (aliases > limits.maxAliases) {
            const message = `This operation has ${aliases} aliases; at most ${limits.maxAliases} are allowed. Use \`nodes\` for many ids.`;
            context.reportError(tooExpensive(message, { actual: aliases, limit: limits.maxAliases }));
          }
          if (directives > limits.maxDirectives) {
            const message = `This operation has ${directives} directives; at most ${limits.maxDirectives} are allowed. Put \`@skip\` and \`@include\` on what holds several fields.`;
            context.reportError(tooExpensive(message, { actual: directives, limit: limits.maxDirectives }));
          }
          return false;
        },
      };
    },
  ];
}
