import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Random } from '../../sandbox/core/random.ts';
import type { IdKind } from '../../src/domain/identity.ts';
import { anyJson, EnumWord, literalOf, oddText, VariableWord } from './random-value.ts';

/** A GraphQL request that was made up. */
export interface MadeOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  readonly kind: 'query' | 'mutation' | 'subscription';
}

export interface OperationPool {
  /** Ids of things that are there, and some that are not. */
  readonly ids: readonly [string, ...string[]];
  readonly idsByKind: ReadonlyMap<IdKind, readonly string[]>;
  readonly cursors: readonly string[];
}

/** What kind of thing an id is of, by the name of what takes it: that of its field where it is just `id`. */
const kindsByName: readonly (readonly [RegExp, IdKind])[] = [
  [/^datasetItem|^remove$|^update$/, 'DATASET_ITEM'],
  [/^dataset/, 'DATASET'],
  [/^prompt/, 'PROMPT'],
  [/^traceReview/, 'TRACE_REVIEW'],
  [/^definition/, 'SCORE_DEFINITION'],
  [/^modelLab/, 'MODEL_LAB_PROJECT'],
  [/^project/, 'PROJECT'],
  [/^environment/, 'ENVIRONMENT'],
];

/** How often something is not as it should be. */
const wrongShare = 0.015;

/** Makes operations out of a schema: most are valid, and some of everything in them is not. */
export class OperationMaker {
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  readonly #pool: OperationPool;
  #variables = new Map<string, { readonly type: string; readonly value: unknown }>();
  #fragments: string[] = [];
  #aliases = 0;
  #fields = 0;

  constructor(schema: GraphQLSchema, random: Random, pool: OperationPool) {
    this.#schema = schema;
    this.#random = random;
    this.#pool = pool;
  }

  next(): MadeOperation {
    const random = this.#random;
    this.#variables = new Map();
    this.#fragments = [];
    this.#aliases = 0;
    this.#fields = 0;
    const draw = random.next();
    const kind = draw < 0.72 ? 'query' : draw < 0.96 ? 'mutation' : 'subscription';
    const root =
      kind === 'query'
        ? this.#schema.getQueryType()
        : kind === 'mutation'
          ? this.#schema.getMutationType()
          : this.#schema.getSubscriptionType();
    if (root === null || root === undefined) throw new Error(`the schema has no ${kind}`);
    // Most are small, so that there can be many.
    const size = random.next();
    const [depth, most] = size < 0.7 ? [2, 1] : size < 0.95 ? [4, 2] : [7, 2];
    const selection = this.#selection(root, depth, kind === 'query' ? most : 1);
    const declared = Array.from(this.#variables, ([name, { type, value }]) => {
      const byDefault = random.next() < 0.05 ? ` = ${literalOf(value)}` : '';
      return `$${name}: ${type}${byDefault}`;
    });
    const name = random.next() < 0.3 ? 'Made' : '';
    const head = `${kind} ${name}${declared.length === 0 ? '' : `(${declared.join(', ')})`}`;
    const variables = Object.fromEntries(
      Array.from(this.#variables, ([variable, { value }]) => [variable, value]).filter(
        () => random.next() > 0.01,
      ),
    );
    return {
      query: [`${head} ${selection}`, ...this.#fragments].join('\n'),
      variables,
      operationName: random.next() < 0.01 ? oddText(random) : name === '' ? undefined : name,
      kind,
    };
  }

  #selection(type: GraphQLNamedType, depth: number, most: number): string {
    const random = this.#random;
    const parts: string[] = [];
    if (isAbstractType(type)) {
      parts.push('__typename');
      const possible = this.#schema.getPossibleTypes(type);
      for (let turn = 0; turn < 2; turn += 1) {
        const member = possible[random.below(possible.length)];
        if (member !== undefined)
          parts.push(`... on ${member.name}${this.#directive()} ${this.#selection(member, depth - 1, 2)}`);
      }
    }
    if ('getFields' in type && (isObjectType(type) || isAbstractType(type))) {
      const fields = Object.values(type.getFields()).filter(
        (field) => depth > 0 || !isCompositeType(getNamedType(field.type)),
      );
      const count = 1 + random.below(most);
      for (let turn = 0; turn < count; turn += 1) {
        const field = fields[random.below(fields.length)];
        if (field !== undefined && this.#fields < 60) parts.push(this.#field(field, depth));
      }
    }
    if (random.next() < 0.02)
      parts.push(random.pick(['nothingLikeThis', '__schema { types { name } }', '...Missing']));
    if (parts.length === 0) parts.push('__typename');
    const set = `{ ${parts.join(' ')} }`;
    if (random.next() > 0.06) return set;
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${random.next() < 0.05 ? 'Dataset' : type.name} ${set}`);
    return `{ ...${name}${this.#directive()} }`;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const random = this.#random;
    this.#fields += 1;
    const given = field.args.flatMap((argument) => this.#argument(argument, field.name));
    const args = given.length === 0 ? '' : `(${given.join(', ')})`;
    this.#aliases += 1;
    // Two of a name with other arguments do not merge.
    const alias = given.length > 0 || random.next() < 0.1 ? `a${this.#aliases}: ` : '';
    const type = getNamedType(field.type);
    const inner = isCompositeType(type) ? ` ${this.#selection(type, depth - 1, 3)}` : '';
    return `${alias}${field.name}${args}${this.#directive()}${inner}`;
  }

  #directive(): string {
    const random = this.#random;
    if (random.next() > 0.05) return '';
    if (random.next() < 0.04) return random.pick([' @deprecated', ' @unknown(a: 1)', ' @skip']);
    const value =
      random.next() < 0.5
        ? random.pick(['true', 'false'])
        : `$${this.#declare('Boolean!', random.next() < 0.5)}`;
    return random.pick([` @include(if: ${value})`, ` @skip(if: ${value})`]);
  }

  #argument({ name, type }: GraphQLArgument, field: string): readonly string[] {
    const random = this.#random;
    const isNeeded = isNonNullType(type);
    const isWanted =
      random.next() < (isNeeded ? 0.995 : name === 'after' ? 0.1 : name === 'first' ? 0.8 : 0.4);
    if (!isWanted) return [];
    const value =
      name === 'first' && random.next() < 0.8
        ? random.below(4)
        : this.#value(type, 0, name === 'id' || name === 'ids' ? field : name);
    if (random.next() < 0.4) {
      const declared =
        random.next() < 0.99 ? String(type) : random.pick(['String', 'Int!', '[ID!]', 'Nothing']);
      return [`${name}: $${this.#declare(declared, value)}`];
    }
    return [`${random.next() < 0.01 ? 'wrong' : name}: ${literalOf(value)}`];
  }

  #declare(type: string, value: unknown): string {
    const name = `v${this.#variables.size}`;
    this.#variables.set(name, { type, value });
    return name;
  }

  #value(type: GraphQLInputType, depth: number, name: string): unknown {
    const random = this.#random;
    if (random.next() < wrongShare) return this.#wrong();
    if (isNonNullType(type)) return this.#value(type.ofType, depth, name);
    if (isListType(type)) {
      const count = random.next() < 0.01 ? 200 : random.below(4);
      return Array.from({ length: count }, () => this.#value(type.ofType, depth + 1, name));
    }
    if (isEnumType(type)) {
      const values = type.getValues();
      return new EnumWord(values[random.below(values.length)]?.name ?? 'NONE');
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const chosen = type.isOneOf && random.next() < 0.9 ? [fields[random.below(fields.length)]] : fields;
      const members = chosen.flatMap((field) => {
        if (field === undefined) return [];
        const isWanted = isNonNullType(field.type) || type.isOneOf || random.next() < 0.3;
        const named = field.name === 'id' ? name : field.name;
        return isWanted && depth < 6 ? [[field.name, this.#value(field.type, depth + 1, named)]] : [];
      });
      return Object.fromEntries(members);
    }
    return this.#scalar(type.name, name);
  }

  #scalar(type: string, name: string): unknown {
    const random = this.#random;
    switch (type) {
      case 'ID':
        return this.#id(name);
      case 'Int':
        return random.below(10) - 1;
      case 'Float':
        return random.next() * 10;
      case 'Boolean':
        return random.next() < 0.5;
      case 'DateTime':
        return `202${random.below(10)}-0${1 + random.below(9)}-1${random.below(10)}T09:30:00Z`;
      case 'Decimal':
        return String(random.below(50) / 10);
      case 'File':
        return null;
      case 'JSON':
        return anyJson(random);
      default: {
        const { cursors } = this.#pool;
        if (name === 'after' && random.next() < 0.5) return cursors[random.below(cursors.length)] ?? '';
        return random.next() < 0.5 ? `made-${random.below(1_000)}` : oddText(random);
      }
    }
  }

  /** Mostly of the kind that is asked for, as its name or that of its field says. */
  #id(name: string): string {
    const random = this.#random;
    if (random.next() < 0.05) return oddText(random);
    const [, kind] = kindsByName.find(([pattern]) => pattern.test(name)) ?? [];
    const fitting = kind === undefined ? [] : (this.#pool.idsByKind.get(kind) ?? []);
    const id = random.next() < 0.85 ? fitting[random.below(fitting.length)] : undefined;
    return id ?? random.pick(this.#pool.ids);
  }

  #wrong(): unknown {
    const random = this.#random;
    if (random.next() < 0.1) return new VariableWord('nowhere');
    if (random.next() < 0.2) return new EnumWord(random.pick(['NONE', 'DATADOG', 'true', 'x']));
    return anyJson(random, 2);
  }
}
