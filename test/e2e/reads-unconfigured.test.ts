import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

const none = {
  DD_API_KEY: undefined,
  DD_APP_KEY: undefined,
  HUMANLOOP_API_KEY: undefined,
  POSTHOG_PERSONAL_API_KEY: undefined,
  POSTHOG_PROJECT_ID: undefined,
};

interface List {
  readonly nodes: readonly unknown[];
  readonly sourceErrors: readonly { readonly vendor: string; readonly code: string }[];
}

describe('a gateway without credentials', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ environment: none });
  });
  afterAll(() => gateway.dispose());

  it.each([
    ['datasets', ['DATADOG', 'HUMANLOOP', 'POSTHOG']],
    ['prompts', ['DATADOG', 'HUMANLOOP', 'POSTHOG']],
    ['projects', ['DATADOG']],
    ['modelLabProjects', ['DATADOG']],
    ['traceReviews', ['POSTHOG']],
    ['traceReviews(filter: { traceIds: ["t-1"] })', ['POSTHOG']],
    ['scoreDefinitions', ['POSTHOG']],
    ['datasetItems', ['POSTHOG']],
  ])('says of %s whose part is missing, and never gives a silent empty list', async (field, vendors) => {
    const { data, errors } = await gateway.query<{ readonly list: List }, never>(
      `{ list: ${field} { nodes { id } sourceErrors { vendor code } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.list.nodes).toEqual([]);
    expect(data.list.sourceErrors).toEqual(vendors.map((vendor) => ({ vendor, code: 'UNAUTHENTICATED' })));
  });

  it('counts nothing for a filter by nothing', async () => {
    const { data } = await gateway.query(
      '{ traceReviews(filter: { traceIds: [] }) { totalCount nodes { id } } }',
    );
    expect(data).toEqual({ traceReviews: { totalCount: 0, nodes: [] } });
  });
});
