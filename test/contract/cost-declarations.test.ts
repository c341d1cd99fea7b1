import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isObjectType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { costOf } from '../../src/schema/cost.ts';
import { schema } from '../../src/schema/index.ts';

type Field = GraphQLField<unknown, unknown>;

const types = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
);
const fields = types.flatMap((type) =>
  Object.values(type.getFields()).map((field): [string, Field] => [`${type.name}.${field.name}`, field]),
);

function callsVendors(field: Field): boolean {
  const per = costOf(field)?.per;
  return per === 'each' || per === 'together';
}

/** Types from which a field that calls vendors can be reached. */
function costlyTypes(): ReadonlySet<string> {
  const costly = new Set<string>();
  const below = (field: Field): readonly string[] => {
    const type = getNamedType(field.type);
    return isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];
  };
  for (let size = -1; size !== costly.size; ) {
    size = costly.size;
    for (const type of types) {
      const isCostly = Object.values(type.getFields()).some(
        (field) => callsVendors(field) || below(field).some((name) => costly.has(name)),
      );
      if (isCostly)
        for (const name of [type.name, ...type.getInterfaces().map((one) => one.name)]) costly.add(name);
    }
  }
  return costly;
}

describe('every field that could cost calls says what it costs', () => {
  it('where a query, a mutation or a subscription begins', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const silent = fields.filter(([name, field]) => {
      return costOf(field) === undefined && roots.some((root) => name.startsWith(`${root?.name}.`));
    });
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it('where its resolver sees the operation', () => {
    // A resolver that takes no context can ask nobody; diffs hold what they read.
    const silent = fields.filter(
      ([, field]) => (field.resolve?.length ?? 0) >= 3 && costOf(field) === undefined,
    );
    expect(silent.map(([name]) => name)).toEqual([]);
    expect(fields.filter(([, field]) => callsVendors(field)).length).toBeGreaterThan(60);
  });

  it('where it gives a list of what costs calls: how long the list is', () => {
    const costly = costlyTypes();
    expect(
      ['Dataset', 'DatasetConnection', 'Source', 'DatasetDiffEntry'].filter((name) => !costly.has(name)),
    ).toEqual([]);
    const silent = fields.filter(([, field]) => {
      const isList = isListType(getNullableType(field.type));
      return isList && costly.has(getNamedType(field.type).name) && costOf(field) === undefined;
    });
    expect(silent.map(([name]) => name)).toEqual([]);
  });
});
