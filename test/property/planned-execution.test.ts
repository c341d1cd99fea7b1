import fc from 'fast-check';
import {
  buildSchema,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema as ownSchema } from '../../src/schema/index.ts';
import { isPlannable } from '../../src/server/execution/plan.ts';
import { PlannedOperations } from '../../src/server/execution/planned-operations.ts';

/** What each field gives is decided by where it stands: both executions meet the same. */
const sdl = `
  input Filter { text: String, most: Int = 3, tags: [String!] }
  enum Colour { RED GREEN }
  interface Thing { id: ID!, name: String, other: Thing, must: Thing! }
  type Book implements Thing { id: ID!, name: String, other: Thing, must: Thing!, pages: Int!, chapters(first: Int = 2): [Book!] }
  type Lamp implements Thing { id: ID!, name: String, other: Thing, must: Thing!, colour: Colour, bulbs: [[Lamp]!]! }
  union Any = Book | Lamp
  type Query { thing(id: ID, filter: Filter): Thing, things(first: Int): [Thing], book: Book!, any: Any, lamps(filter: Filter): [Lamp!]!, echo(filter: Filter, first: Int): String }
`;

type Mood = 'plain' | 'waits' | 'mixed';

/** A number for a text, the same each time. */
function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return hash >>> 0;
}

function valueFor(type: string, hash: number): unknown {
  if (hash % 11 === 0) return null;
  if (hash % 13 === 0) return new Error(`an error as a value ${hash}`);
  if (type.startsWith('[')) {
    const inner = type.replace(/^\[(.*)\]!?$/, '$1');
    return Array.from({ length: hash % 4 }, (_, index) => valueFor(inner, hashOf(`${hash}.${index}`)));
  }
  const name = type.replace('!', '');
  if (name === 'Int') return hash % 17 === 0 ? 'not a number' : hash % 1_000;
  if (name === 'ID' || name === 'String') return `${name} ${hash % 100}`;
  if (name === 'Colour') return ['RED', 'GREEN', 'BLUE'][hash % 3];
  const kind = name === 'Book' || name === 'Lamp' ? name : hash % 2 === 0 ? 'Book' : 'Lamp';
  return hash % 19 === 0 && name !== 'Book' && name !== 'Lamp' ? { kind: 'Nothing' } : { kind };
}

interface World {
  readonly seed: number;
  readonly mood: Mood;
}

const resolve: GraphQLFieldResolver<unknown, World> = (_source, args, { seed, mood }, info) => {
  const places: (string | number)[] = [];
  for (let at: typeof info.path | undefined = info.path; at !== undefined; at = at.prev) places.push(at.key);
  if (info.fieldName === 'echo') return JSON.stringify(args);
  const hash = hashOf(`${seed} ${places.join(' ')}`);
  const value = valueFor(String(info.returnType), hash);
  const waits = mood === 'waits' || (mood === 'mixed' && hash % 2 === 0);
  if (hash % 7 === 0) {
    const error = new Error(`thrown ${hash}`);
    if (!waits) throw error;
    return Promise.reject(error);
  }
  if (!waits) return value;
  const given = Array.isArray(value) ? value.map((entry) => Promise.resolve(entry)) : value;
  // A list of rejections has nobody who waits for it until it is given.
  return Promise.resolve(given);
};

function schemaOfWorlds(): GraphQLSchema {
  const schema = buildSchema(sdl);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) {
      type.resolveType = (value: { kind: string }) => value.kind;
    } else if (isObjectType(type)) {
      for (const field of Object.values(type.getFields())) field.resolve = resolve;
    }
  }
  return schema;
}

const condition = fc.constantFrom(
  '',
  '',
  '',
  ' @include(if: $yes)',
  ' @skip(if: $yes)',
  ' @include(if: false)',
);
const filters = fc.constantFrom(
  'filter: $filter',
  'filter: {text: "a", most: $first}',
  'filter: {tags: ["x"]}',
);
const firsts = fc.constantFrom('first: $first', 'first: 3');

function argumentsOf(name: string): fc.Arbitrary<string> {
  if (name === 'thing' || name === 'lamps')
    return fc.oneof(
      fc.constant(''),
      filters.map((text) => `(${text})`),
    );
  if (name === 'things' || name === 'chapters')
    return fc.oneof(
      fc.constant(''),
      firsts.map((text) => `(${text})`),
    );
  if (name === 'echo') return fc.tuple(filters, firsts).map((both) => `(${both.join(', ')})`);
  return fc.constant('');
}

const members: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Query: { thing: 'Thing', things: 'Thing', book: 'Book', any: 'Any', lamps: 'Lamp', echo: '' },
  Thing: { id: '', name: '', other: 'Thing', must: 'Thing' },
  Book: { id: '', name: '', other: 'Thing', must: 'Thing', pages: '', chapters: 'Book' },
  Lamp: { id: '', name: '', other: 'Thing', must: 'Thing', colour: '', bulbs: 'Lamp' },
  Any: {},
};

function selectionOf(type: string, depth: number): fc.Arbitrary<string> {
  const field = fc.constantFrom('__typename', ...Object.keys(members[type] ?? {})).chain((name) => {
    const inner = members[type]?.[name] ?? '';
    if (inner !== '' && depth === 0) return fc.constant('__typename');
    const below =
      inner === '' ? fc.constant('') : selectionOf(inner, depth - 1).map((text) => ` { ${text} }`);
    return fc
      .tuple(fc.constantFrom('', 'a: ', 'b: '), argumentsOf(name), condition, below)
      .map(([alias, args, directive, set]) => `${alias}${name}${args}${directive}${set}`);
  });
  const types =
    type === 'Query' ? ['Query'] : type === 'Book' ? ['Thing', 'Book'] : ['Thing', 'Book', 'Lamp'];
  const fragment = fc
    .constantFrom(...types)
    .chain((on) =>
      fc
        .tuple(condition, selectionOf(on, Math.max(0, depth - 1)))
        .map(([directive, set]) => `... on ${on}${directive} { ${set} }`),
    );
  const spread = fc.constantFrom('...Names', '...Names @include(if: $yes)');
  const parts = type === 'Query' ? [field] : depth === 0 ? [field, spread] : [field, field, fragment, spread];
  return fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 5 }).map((all) => all.join(' '));
}

const documents = selectionOf('Query', 3).map(
  (set) =>
    `query ($yes: Boolean!, $first: Int, $filter: Filter) { keep: __typename @include(if: $yes) echo(filter: $filter, first: $first) ${set} }
     fragment Names on Thing { name ... on Book { pages } other { ...Deep } }
     fragment Deep on Thing { id must { name } }`,
);

const variables = fc.record(
  {
    yes: fc.boolean(),
    first: fc.option(fc.integer({ min: 0, max: 9 })),
    filter: fc.option(fc.record({ text: fc.string(), tags: fc.array(fc.string()) }, { requiredKeys: [] })),
  },
  { requiredKeys: ['yes'] },
);

/** Where the answer is null for an error: which of several errors is told of there depends on who was first. */
function nulledPlaces({ data, errors = [] }: ExecutionResult): readonly string[] {
  const places = errors.map(({ path = [] }) => {
    let at: unknown = data;
    const walked: (string | number)[] = [];
    for (const step of path) {
      if (typeof at !== 'object' || at === null) break;
      at = (at as Readonly<Record<string | number, unknown>>)[step];
      walked.push(step);
    }
    return walked.join('.');
  });
  return [...new Set(places)].sort();
}

const schema = schemaOfWorlds();

async function runBoth(context: World, query: string, given: Record<string, unknown>) {
  const document = parse(query);
  fc.pre(validate(schema, document).length === 0);
  const planned = new PlannedOperations(schema, document).execute({
    operationName: undefined,
    variables: given,
    context,
  });
  const right = await execute({ schema, document, variableValues: given, contextValue: context });
  return { planned: await planned, right };
}

describe('a planned execution', () => {
  it('answers as graphql-js does, to the byte, where nothing is waited for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), documents, variables, async (seed, query, given) => {
        const { planned, right } = await runBoth({ seed, mood: 'plain' }, query, given);
        expect(JSON.stringify(planned?.data)).toBe(JSON.stringify(right.data));
        // What is wrong with a resolver or a type is told in words of its own.
        const told = ({ errors = [] }: ExecutionResult) =>
          errors.map(({ message, path, locations }) => ({
            message: message.replace(/^(Abstract type "\w+"|Expected `\w+\.serialize).*/, '$1'),
            path,
            locations,
          }));
        expect(told(planned ?? {})).toEqual(told(right));
      }),
      { numRuns: 150 },
    );
  });

  it.each(['waits', 'mixed'] as const)(
    'has the same data, and errors in the same places, when it %s',
    async (mood) => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), documents, variables, async (seed, query, given) => {
          const { planned, right } = await runBoth({ seed, mood }, query, given);
          expect(JSON.stringify(planned?.data)).toBe(JSON.stringify(right.data));
          expect(nulledPlaces(planned ?? {})).toEqual(nulledPlaces(right));
        }),
        { numRuns: 150 },
      );
    },
  );

  it('tells of one error where several make the same place null', async () => {
    const pair = buildSchema('type Pair { one: Int!, two: Int! } type Query { pair: Pair, also: Int }');
    const [one, two, also] = [0, 1, 2].map(() => Promise.withResolvers<number>());
    const source = { pair: () => ({ one: one?.promise, two: two?.promise }), also: () => also?.promise };
    const query = pair.getQueryType();
    for (const field of Object.values(query?.getFields() ?? {})) {
      field.resolve = () => source[field.name === 'pair' ? 'pair' : 'also']();
    }
    const result = new PlannedOperations(pair, parse('{ pair { one two } also }')).execute({
      operationName: undefined,
      variables: {},
      context: {},
    });
    one?.reject(new Error('the first'));
    await Promise.resolve();
    two?.reject(new Error('the second'));
    also?.resolve(1);
    expect(JSON.parse(JSON.stringify(await result))).toMatchObject({
      data: { pair: null, also: 1 },
      errors: [{ message: 'the first', path: ['pair', 'one'] }],
    });
    expect((await result)?.errors).toHaveLength(1);
  });

  it('refuses variables that do not fit as graphql-js does', async () => {
    const { planned, right } = await runBoth(
      { seed: 1, mood: 'plain' },
      'query ($first: Int!) { things(first: $first) { id } }',
      {
        first: 'one',
      },
    );
    expect(planned).toEqual(right);
  });

  it('is made for the schema of the gateway, and leaves introspection and changes to graphql-js', () => {
    expect(isPlannable(ownSchema)).toBe(true);
    const execution = { operationName: undefined, variables: {}, context: {} };
    const of = (query: string) => new PlannedOperations(ownSchema, parse(query)).execute(execution);
    expect(of('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect(of('{ __schema { queryType { name } } }')).toBeUndefined();
    expect(of('{ __proto__: __typename }')).toBeUndefined();
    expect(of('mutation { __typename }')).toBeUndefined();
  });
});
