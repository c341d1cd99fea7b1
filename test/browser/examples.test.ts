import { readdirSync, readFileSync } from 'node:fs';
import { Kind, type OperationDefinitionNode, OperationTypeNode, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { openEvents } from '../support/event-stream.ts';
import { startTestGateway, type TestGateway, type UpstreamExtension } from '../support/gateway.ts';
import { ask } from '../support/graphql-post.ts';

const directory = new URL('../../src/server/examples/', import.meta.url);
const files = readdirSync(directory);
const read = (file: string): string => readFileSync(new URL(file, directory), 'utf8');

const operations = files
  .filter((file) => file.endsWith('.graphql'))
  .flatMap((file) => {
    const document = read(file);
    const variablesFile = file.replace('.graphql', '.variables.json');
    const variables: unknown = files.includes(variablesFile) ? JSON.parse(read(variablesFile)) : undefined;
    return parse(document)
      .definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
      .map((definition) => {
        // As the filter has it, whose type does not say so.
        const { name, operation } = definition as OperationDefinitionNode;
        return { file, name: name?.value ?? '', operation, document, variables };
      });
  });
const queries = operations.filter(({ operation }) => operation === OperationTypeNode.QUERY);
const subscriptions = operations.filter(({ operation }) => operation === OperationTypeNode.SUBSCRIPTION);

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

function request({ document, name, variables }: (typeof operations)[number]): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document, operationName: name, variables }),
  };
}

describe('the examples of GraphiQL', () => {
  it('are queries and subscriptions, each under a name', () => {
    expect(operations.map(({ file }) => file)).toContain('every-vendor.graphql');
    expect(operations).toHaveLength(queries.length + subscriptions.length);
    const names = operations.map(({ name }) => name);
    expect(names).not.toContain('');
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(queries)('$file: $name runs as it stands, without errors, and has data to show', async (query) => {
    const answer = await ask(gateway.url, request(query));
    expect(answer.status).toBe(200);
    expect(answer.errors).toEqual([]);
    const empty = emptyLists(answer.data, 'data').filter((path) => !path.endsWith('sourceErrors'));
    // Of many reviews some have no scores; what an example is about is never empty.
    expect(empty.filter((path) => !path.includes('[]'))).toEqual([]);
    // The gateway counts in development, or the test fails here.
    const { extensions } = JSON.parse(answer.text) as { extensions: { upstream: UpstreamExtension } };
    const calls = Object.values(extensions.upstream).reduce((sum, vendor) => sum + vendor.calls, 0);
    expect(calls).toBeLessThan(20);
  });

  it('have a subscription for each way to follow', () => {
    const fields = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
    expect(subscriptions).toHaveLength(fields.length);
  });

  it.each(subscriptions)('$file: $name begins as it stands', async (subscription) => {
    const { headers, ...post } = request(subscription);
    const events = await openEvents(gateway.url, { ...post, headers: { ...headers } });
    expect(await events.comment()).toEqual({ '': '' });
    events.close();
  });
});
