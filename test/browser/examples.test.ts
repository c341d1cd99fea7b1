import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

const directory = new URL('../../src/server/examples/', import.meta.url);
const examples = readdirSync(directory).map((file) => ({
  file,
  document: readFileSync(new URL(file, directory), 'utf8'),
}));

/** The members without a value anywhere in an answer's data: an example should have something to show. */
function emptyLists(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) {
    const inner = value.flatMap((item) => emptyLists(item, `${path}[]`));
    return value.length === 0 ? [path] : inner;
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => emptyLists(member, `${path}.${name}`));
}

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ environment: { NODE_ENV: 'development' } });
});

afterAll(async () => {
  await gateway?.dispose();
});

describe('the examples of GraphiQL', () => {
  it('are there', () => {
    expect(examples.map(({ file }) => file)).toContain('every-vendor.graphql');
  });

  it.each(examples)('$file is one named query without variables', ({ document }) => {
    const { definitions } = parse(document);
    expect(definitions).toMatchObject([
      { kind: 'OperationDefinition', operation: 'query', name: { kind: 'Name' }, variableDefinitions: [] },
    ]);
  });

  it.each(examples)('$file runs as it stands, without errors, and has data to show', async ({ document }) => {
    const answer = await gateway.query<Record<string, unknown>, never>(document);
    expect(answer.status).toBe(200);
    expect(answer.errors).toBeUndefined();
    const empty = emptyLists(answer.data, 'data').filter((path) => !path.endsWith('sourceErrors'));
    // Of many reviews some have no scores; what an example is about is never empty.
    expect(empty.filter((path) => !path.includes('[]'))).toEqual([]);
    expect(Object.values(answer.upstream ?? {}).reduce((sum, { calls }) => sum + calls, 0)).toBeLessThan(20);
  });
});
