import { readFileSync } from 'node:fs';
import {
  type BreakingChange,
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';

/**
 * What the contract has and the schema has not yet: absent, never stubbed. Whole types by their name, fields as
 * `Type.field`. The list only shrinks.
 */
const notBuiltYet: ReadonlySet<string> = new Set<string>(
  JSON.parse(readFileSync(new URL('./not-built-yet.json', import.meta.url), 'utf8')),
);

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

const contract = buildSchema(read('./schema-contract.graphql'));

/** `Type`, or `Type.field` where the change is within a type. */
function subjectOf(change: BreakingChange): string {
  const [, quoted] = /^(?:The field )?([\w.]+)/.exec(change.description) ?? [];
  return quoted ?? change.description;
}

function has(target: GraphQLSchema, subject: string): boolean {
  const [typeName = '', fieldName] = subject.split('.');
  const type = target.getType(typeName);
  if (type === undefined || fieldName === undefined) return type !== undefined;
  return (isObjectType(type) || isInterfaceType(type)) && fieldName in type.getFields();
}

describe('the schema against its contract', () => {
  const changes = findBreakingChanges(contract, schema);

  it('breaks nothing but what is listed as not built yet', () => {
    const breaks = changes.filter((change) => !notBuiltYet.has(subjectOf(change)));
    expect(breaks).toEqual([]);
  });

  it('has nothing of what is listed as not built yet, and lists nothing that the contract has not', () => {
    expect([...notBuiltYet].filter((subject) => has(schema, subject))).toEqual([]);
    expect([...notBuiltYet].filter((subject) => !has(contract, subject))).toEqual([]);
  });

  it('has the same defaults of inputs and arguments', () => {
    const defaults = findDangerousChanges(contract, schema).filter((change) =>
      ['ARG_DEFAULT_VALUE_CHANGE'].includes(change.type),
    );
    expect(defaults).toEqual([]);
    for (const type of Object.values(contract.getTypeMap())) {
      const ours = schema.getType(type.name);
      if (!isInputObjectType(type) || !isInputObjectType(ours)) continue;
      for (const field of Object.values(type.getFields())) {
        expect(ours.getFields()[field.name]?.defaultValue, `${type.name}.${field.name}`).toEqual(
          field.defaultValue,
        );
      }
      expect(ours.isOneOf, type.name).toBe(type.isOneOf);
    }
  });

  it('describes every type, field, argument and enum value', () => {
    const bare: string[] = [];
    const note = (name: string, description: string | null | undefined): void => {
      if (description === null || description === undefined || description.trim().length < 4) bare.push(name);
    };
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('__')) continue;
      note(type.name, type.description);
      if (isEnumType(type))
        for (const value of type.getValues()) note(`${type.name}.${value.name}`, value.description);
      if (isInputObjectType(type)) {
        for (const field of Object.values(type.getFields()))
          note(`${type.name}.${field.name}`, field.description);
      }
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        note(`${type.name}.${field.name}`, field.description);
        for (const argument of field.args)
          note(`${type.name}.${field.name}(${argument.name})`, argument.description);
      }
    }
    expect(bare).toEqual([]);
  });
});
