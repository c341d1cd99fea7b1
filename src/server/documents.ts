import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import { isPlannable } from './execution/plan.ts';
import { PlannedOperations } from './execution/planned-operations.ts';

/** A document that may be executed. */
export interface KnownDocument {
  readonly document: DocumentNode;
  /** Undefined for a schema that no plans are made for. */
  readonly queries: PlannedOperations | undefined;
}

export interface DocumentReader {
  /** Throws what is wrong with it. */
  readonly parse: (query: string) => DocumentNode;
  readonly validate: (document: DocumentNode) => readonly GraphQLError[];
}

/** Characters of all documents that are kept, and of one. A document takes some fifty times as many bytes. */
const mostCharacters = 512 * 1024;
const mostCharactersOfOne = 64 * 1024;

/** The valid documents that were used last, each parsed, validated and planned once. */
export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #isPlannable: boolean;
  /** Longest unused first. */
  readonly #known = new Map<string, KnownDocument>();
  #characters = 0;

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
    this.#isPlannable = isPlannable(schema);
  }

  find(query: string): KnownDocument | undefined {
    const known = this.#known.get(query);
    if (known === undefined) return undefined;
    this.#known.delete(query);
    this.#known.set(query, known);
    return known;
  }

  /** Reads a document; gives what is wrong with it where it is not valid. */
  read(query: string, { parse, validate }: DocumentReader): KnownDocument | readonly GraphQLError[] {
    const document = parse(query);
    const invalid = validate(document);
    if (invalid.length > 0) return invalid;
    const queries = this.#isPlannable ? new PlannedOperations(this.#schema, document) : undefined;
    const known = { document, queries };
    if (query.length <= mostCharactersOfOne) this.#keep(query, known);
    return known;
  }

  #keep(query: string, known: KnownDocument): void {
    this.#known.set(query, known);
    this.#characters += query.length;
    for (const oldest of this.#known.keys()) {
      if (this.#characters <= mostCharacters) return;
      this.#known.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}
