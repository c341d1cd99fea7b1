import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { present } from './reading.ts';
import { type ValidInput, validInputs } from './valid-inputs.ts';
import { inputTypeOf, mutate, mutationNames, takeWrites } from './writing.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
let valid: readonly ValidInput[];
beforeAll(async () => {
  gateway = await startTestGateway();
  valid = await validInputs(gateway);
  takeWrites(gateway);
});
afterAll(() => gateway.dispose());

/** Values that no coercion makes one of the type. A list takes a single value too, so what is wrong for it is inside. */
function wrongValues(type: GraphQLInputType): readonly unknown[] {
  if (isNonNullType(type)) return wrongValues(type.ofType);
  if (isListType(type)) return wrongValues(type.ofType).map((value) => [value]);
  if (isEnumType(type)) return ['NOWHERE', 7, {}];
  if (isInputObjectType(type)) return ['text', 7, { noSuchField: 1 }];
  switch (type.name) {
    case 'String':
      return [7, true, {}, ['text']];
    case 'ID':
      return [true, 1.5, {}, ['text']];
    case 'Boolean':
      return ['true', 1, {}];
    case 'DateTime':
      return ['yesterday', '2026-03-01', '2026-03-01T10:00:00', 7, {}];
    case 'Decimal':
      return ['1e3', 'one', 0.5, {}];
    case 'File':
      return ['text', 7, { name: 'a.csv', bytes: [] }];
    // Any JSON fits; what it may be is told by the vendor's part.
    case 'JSON':
      return [];
    default:
      throw new Error(`no wrong values are known for ${type.name}`);
  }
}

/** What does not fit the schema, each as an input that is spoilt in one place. */
function* misfits(
  mutation: string,
  input: Readonly<Record<string, unknown>>,
): Generator<readonly [string, object]> {
  for (const [name, { type }] of Object.entries(inputTypeOf(mutation).getFields())) {
    for (const value of wrongValues(type))
      yield [`${name}: ${JSON.stringify(value)}`, { ...input, [name]: value }];
    if (!isNonNullType(type)) continue;
    yield [`${name}: null`, { ...input, [name]: null }];
    yield [`no ${name}`, { ...input, [name]: undefined }];
  }
  yield ['a field that is not there', { ...input, noSuchField: 1 }];
}

async function expectNotExecuted(mutation: string, what: string, input: unknown): Promise<void> {
  const { status, data, errors } = await mutate(gateway, mutation, input);
  const hint = `${mutation} with ${what}`;
  expect(status, hint).toBe(200);
  expect(data, hint).toBeUndefined();
  for (const { message, extensions } of present(errors, hint)) {
    expect(extensions.code, hint).toBe('INVALID_INPUT');
    expect(message, hint).toContain('$input');
  }
}

describe('an input that does not fit the schema', () => {
  it('is known for every mutation', () => {
    const known = new Set(valid.map(({ mutation }) => mutation));
    // A file cannot come in JSON: it has tests of its own.
    expect(mutationNames.filter((name) => !known.has(name))).toEqual(['uploadDatasetCsv']);
  });

  it.each(mutationNames)('is not executed: %s', async (mutation) => {
    const base = valid.find((one) => one.mutation === mutation)?.input ?? { datasetId: 'x', file: null };
    takeWrites(gateway);
    let count = 0;
    for (const [what, input] of misfits(mutation, base)) {
      await expectNotExecuted(mutation, what, input);
      count += 1;
    }
    expect(count).toBeGreaterThan(3);
    for (const input of [null, 'text', 7, []])
      await expectNotExecuted(mutation, JSON.stringify(input), input);
    const received = ['datadog', 'humanloop', 'posthog'] as const;
    expect(received.flatMap((vendor) => gateway.received(vendor))).toEqual([]);
  });

  it('is not executed where it is written into the document either', async () => {
    const documents = [
      'mutation { createDataset(input: { vendor: POSTHOG }) { __typename } }',
      'mutation { createDataset(input: { vendor: POSTHOG, name: null }) { __typename } }',
      'mutation { createDataset(input: { vendor: "POSTHOG", name: "x" }) { __typename } }',
      'mutation { createDataset(input: { vendor: POSTHOG, name: "x", colour: "red" }) { __typename } }',
      'mutation { createPrompt(input: { vendor: POSTHOG, name: "x", content: {} }) { __typename } }',
      'mutation { createPrompt(input: { vendor: POSTHOG, name: "x", content: { text: "x", json: 1 } }) { __typename } }',
      'mutation { createPrompt(input: { vendor: POSTHOG, name: "x", content: { text: null } }) { __typename } }',
      'mutation { deleteDataset { __typename } }',
    ];
    for (const document of documents) {
      const { data, errors } = await gateway.query<unknown, unknown>(document);
      expect(data, document).toBeUndefined();
      expect(errors, document).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
    }
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('has exactly one content by variables too', async () => {
    const base = { vendor: 'POSTHOG', name: 'never-made' };
    for (const content of [{}, { text: 'x', json: 1 }, { text: null }, { text: 'x', messages: null }]) {
      await expectNotExecuted('createPrompt', JSON.stringify(content), { ...base, content });
    }
    // A variable that is left out inside a literal is no content.
    const document = `mutation ($text: String) {
      createPrompt(input: { vendor: POSTHOG, name: "never-made", content: { text: $text } }) { __typename }
    }`;
    const { errors } = await gateway.query<unknown, object>(document, {});
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
    expect(takeWrites(gateway)).toEqual([]);
  });
});
