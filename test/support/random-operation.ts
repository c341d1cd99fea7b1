import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLNamedType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { KnownIds } from './ids-of-each-vendor.ts';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

/** Choices as they were drawn, one after the other; when they are used up the first is always taken. */
class Choices {
  readonly #drawn: readonly number[];
  #next = 0;

  constructor(drawn: readonly number[]) {
    this.#drawn = drawn;
  }

  below(count: number): number {
    const drawn = this.#drawn[this.#next] ?? 0;
    this.#next += 1;
    return count === 0 ? 0 : drawn % count;
  }

  of<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new RangeError('there is nothing to choose from');
    return value;
  }

  some<T>(values: readonly T[], most: number): readonly T[] {
    const count = 1 + this.below(most);
    return [...new Set(Array.from({ length: count }, () => this.of(values)))];
  }
}

const vendors = ['DATADOG', 'HUMANLOOP', 'POSTHOG'];
const sizes = [1, 2, 3, 5, 12];

/** The text of an argument; undefined leaves it out. */
function argumentText(
  { name, type }: GraphQLArgument,
  parent: string,
  field: string,
  ids: KnownIds,
  choices: Choices,
): string | undefined {
  const all: readonly string[] = Object.values(ids);
  const datasets = [ids.datadogDataset, ids.humanloopDataset, ids.posthogDataset];
  const prompts = [ids.datadogPrompt, ids.humanloopPrompt, ids.posthogPrompt];
  const quoted = (values: readonly string[]) => JSON.stringify(choices.of(values));
  const ofKind: Readonly<Record<string, readonly string[]>> = {
    dataset: datasets,
    prompt: prompts,
    datasetItem: [ids.datadogItem, ids.humanloopItem, ids.posthogItem],
    project: [ids.project],
    traceReview: [ids.traceReview],
    modelLabProject: [ids.modelLabProject],
    node: all,
  };
  switch (name) {
    case 'first':
      return String(choices.of(sizes));
    case 'id':
      return quoted(ofKind[field] ?? all);
    case 'ids':
      return JSON.stringify(choices.some(all, 6));
    case 'page':
      return choices.below(3) === 0 ? '2' : undefined;
    case 'base':
    case 'head':
      return field === 'datasetDiff'
        ? `{ datasetId: ${quoted(datasets)} }`
        : `{ promptId: ${quoted(prompts)} }`;
    case 'ref':
      return parent === 'Query'
        ? `{ vendor: ${choices.of(vendors)}, kind: ${choices.of(['DATASET', 'PROMPT'])}, vendorId: "none", parentVendorId: "none" }`
        : '"1"';
    case 'filter': {
      if (field === 'datasets' || field === 'prompts') {
        if (choices.below(2) === 0) return undefined;
        return field === 'datasets' && choices.below(3) === 0
          ? `{ projectIds: [${JSON.stringify(ids.project)}] }`
          : `{ vendors: [${choices.some(vendors, 2).join(', ')}] }`;
      }
      if (field === 'datasetItems')
        return choices.below(2) === 0 ? undefined : `{ datasetId: ${quoted(datasets)} }`;
      return field === 'traceReviews' && choices.below(2) === 0 ? '{ traceIds: ["none", "a,b"] }' : undefined;
    }
    default:
      if (isNonNullType(type)) throw new TypeError(`${parent}.${field} needs ${name}`);
      return undefined;
  }
}

function selectionOf(type: GraphQLNamedType, depth: number, ids: KnownIds, choices: Choices): string {
  if (isAbstractType(type)) {
    const types = choices.some(schema.getPossibleTypes(type), 3);
    return `{ __typename ${types.map((one) => `... on ${one.name} ${selectionOf(one, depth, ids, choices)}`).join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields());
  const leaves = fields.filter((field) => !isCompositeType(getNamedType(field.type)));
  const deep = depth === 0 ? [] : fields.filter((field) => isCompositeType(getNamedType(field.type)));
  // What costs something is what has more below it, as a rule.
  const picked = [leaves, deep].flatMap((some) => (some.length === 0 ? [] : choices.some(some, 3)));
  const texts = picked.map((field, index) => {
    const given = field.args.flatMap((argument) => {
      const text = argumentText(argument, type.name, field.name, ids, choices);
      return text === undefined ? [] : [`${argument.name}: ${text}`];
    });
    const list = given.length === 0 ? '' : `(${given.join(', ')})`;
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? selectionOf(named, depth - 1, ids, choices) : '';
    // Fields of two types of a union may have the same name and not the same type.
    return `${type.name}_${field.name}_${depth}_${index}: ${field.name}${list} ${below}`;
  });
  return `{ ${['__typename', ...texts].join(' ')} }`;
}

/** Queries of anything that can be read, by the ids that are known. */
export function randomQueries(ids: KnownIds, depth: number): fc.Arbitrary<string> {
  const root = schema.getQueryType();
  if (root === null || root === undefined) throw new TypeError('there is no query type');
  return fc
    .array(fc.nat({ max: 10_000 }), { minLength: 120, maxLength: 120 })
    .map((drawn) => `query ${selectionOf(root, depth, ids, new Choices(drawn))}`);
}
