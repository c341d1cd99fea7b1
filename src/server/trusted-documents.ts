import { GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { AccessError, InvalidInputError } from '../domain/errors.ts';

/** A document as a request has it: its text, or the id that it was given ahead of time. */
export interface RequestedDocument {
  readonly query: string | undefined;
  readonly id: string | undefined;
}

const idPrefix = 'sha256:';

/** Which documents run: all, or those of a manifest alone. */
export class TrustedDocuments {
  readonly #byId: ReadonlyMap<string, string> | undefined;
  readonly #texts: ReadonlySet<string>;

  constructor(byId: ReadonlyMap<string, string> | undefined) {
    this.#byId = byId;
    this.#texts = new Set(byId?.values());
  }

  /** Those of the manifest that cannot run on a schema, by id: what clients would be told. */
  *unfit(schema: GraphQLSchema): Generator<readonly [id: string, reason: string]> {
    for (const [id, text] of this.#byId ?? []) {
      try {
        const [first] = validate(schema, parse(text));
        if (first !== undefined) yield [id, first.message];
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        yield [id, error.message];
      }
    }
  }

  /** The text of a request's document. Throws AccessError for one that may not run, InvalidInputError for none. */
  textOf({ query, id }: RequestedDocument): string {
    if (query !== undefined && query.trim() !== '') {
      if (this.#byId === undefined || this.#texts.has(query)) return query;
      throw new AccessError(
        'FORBIDDEN',
        'This gateway runs the documents of its manifest alone, and this is none of them: add it there, or send one of them as it stands.',
      );
    }
    if (id === undefined) {
      throw new InvalidInputError('`query` must be a GraphQL document, as text.', [
        { path: ['query'], message: 'must be a GraphQL document, as text' },
      ]);
    }
    const bare = id.startsWith(idPrefix) ? id.slice(idPrefix.length) : id;
    const text = this.#byId?.get(id) ?? this.#byId?.get(bare);
    if (text !== undefined) return text;
    throw new AccessError(
      'FORBIDDEN',
      this.#byId === undefined
        ? 'This gateway has no manifest of documents: send the document itself as `query`.'
        : 'The manifest of this gateway has no document of this id.',
    );
  }
}
