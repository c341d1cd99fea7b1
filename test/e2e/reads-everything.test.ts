import { globSync, readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { expect, it } from 'vitest';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

/** Every field of every object that a query can reach, as `Type.field`. */
function readableFields(): ReadonlySet<string> {
  const fields = new Set<string>();
  const seen = new Set<string>();
  const waiting = [schema.getQueryType()?.name];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const type = schema.getType(name);
    if (isAbstractType(type)) waiting.push(...schema.getPossibleTypes(type).map((one) => one.name));
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      fields.add(`${name}.${field.name}`);
      waiting.push(getNamedType(field.type).name);
    }
  }
  return fields;
}

/** What the typed documents of the tests select; a field of an interface counts for all that implement it. */
function selectedFields(): ReadonlySet<string> {
  const fields = new Set<string>();
  const info = new TypeInfo(schema);
  const text = globSync('test/documents/*.graphql').map((file) => readFileSync(file, 'utf8'));
  visit(
    parse(text.join('\n')),
    visitWithTypeInfo(info, {
      Field: ({ name }) => {
        const parent = info.getParentType();
        if (parent === null || parent === undefined) return;
        const types = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [parent];
        for (const type of types) fields.add(`${type.name}.${name.value}`);
      },
    }),
  );
  return fields;
}

it('every field that a query can reach is read by a document of these tests', () => {
  const selected = selectedFields();
  expect([...readableFields()].filter((field) => !selected.has(field))).toEqual([]);
});
