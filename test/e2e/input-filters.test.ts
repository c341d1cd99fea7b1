import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(forget);

function forget(): void {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) gateway.received(key);
}

function expectNoCalls(): void {
  for (const key of ['datadog', 'humanloop', 'posthog'] as const) expect(gateway.received(key)).toEqual([]);
}

type List = { readonly nodes: readonly object[] };

describe('a filter', () => {
  it.each(['', '  ', '\u3000'])('is none where a search is blank: that is no search (%j)', async (search) => {
    type Data = { found: List; all: List };
    const { data, errors } = await gateway.query<Data, object>(
      'query ($search: String) { found: datasets(first: 5, filter: { search: $search }) { nodes { id } } all: datasets(first: 5) { nodes { id } } }',
      { search },
    );
    expect(errors).toBeUndefined();
    expect(data.found).toEqual(data.all);
  });

  it.each([
    'datasets(filter: { vendors: [] })',
    'prompts(filter: { vendors: [] })',
    'datasets(filter: { projectIds: [] })',
    'traceReviews(filter: { traceIds: [] })',
    'traceReviews(filter: { definitionIds: [] })',
    'traceReviews(filter: { traceIds: ["", " ", "\\u0000"] })',
  ])(
    'is none where a list is empty or can hold nothing: nothing is found, and nothing asked (%s)',
    async (field) => {
      const { data, errors } = await gateway.query(
        `{ it: ${field} { nodes { id } sourceErrors { code } pageInfo { hasNextPage } } }`,
      );
      expect(errors).toBeUndefined();
      expect(data).toEqual({ it: { nodes: [], sourceErrors: [], pageInfo: { hasNextPage: false } } });
      expectNoCalls();
    },
  );
});
