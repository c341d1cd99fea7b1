import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { type Answer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { replaceAt, spoil } from '../support/spoil.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { vendorsUnderTest } from '../support/vendor-failures.ts';

let gateway: TestGateway;

forbidUnhandledRejections();
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { MAX_RESPONSE_BYTES: '200000' } });
});
afterAll(() => gateway.dispose());
afterEach(() => {
  for (const { key } of vendorsUnderTest) gateway.sandbox[key].server.faults.clear();
});

interface Told {
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds: number | null;
}
type Prompts = { prompts: { nodes: object[]; sourceErrors: Told[] } };
const prompts = `{
  prompts(first: 40) { nodes { id } sourceErrors { code message retryAfterSeconds httpStatus } }
}`;

describe('headers that make no sense', () => {
  it.each([
    ['99999999999', null],
    ['-5', null],
    ['Infinity', null],
    ['soon', null],
    ['2.1', 3],
    ['0', 0],
    ['Thu, 01 Jan 9999 00:00:00 GMT', null],
  ])('Retry-After: %s is told as %s', async (value, seconds) => {
    gateway.sandbox.posthog.server.faults.add({
      effect: { type: 'answer', status: 429, headers: { 'retry-after': value }, body: '{}' },
    });
    const { data, errors } = await gateway.query<Prompts, object>(prompts);
    expect(errors).toBeUndefined();
    expect(data.prompts.nodes).toHaveLength(40);
    expect(data.prompts.sourceErrors).toMatchObject([{ code: 'RATE_LIMITED', retryAfterSeconds: seconds }]);
  });

  it.each([
    [
      { limit: '1.5', remaining: '9e15', reset: '1e300' },
      { limit: null, remaining: null, resetsAt: null },
    ],
    [
      { limit: '', remaining: 'many', reset: '-' },
      { limit: null, remaining: null, resetsAt: null },
    ],
    [
      { limit: '300', remaining: '7', reset: '1e300' },
      { limit: 300, remaining: 7, resetsAt: null },
    ],
    [
      { limit: '300', remaining: '0', reset: '10' },
      { limit: 300, remaining: 0, resetsAt: expect.any(String) },
    ],
  ])('a quota of %o is told as far as it can be', async (sent, told) => {
    gateway.sandbox.humanloop.server.faults.add({
      effect: {
        type: 'replace-body',
        headers: Object.fromEntries(
          Object.entries(sent).map(([name, value]) => [`x-ratelimit-${name}`, value]),
        ),
        body: '{"records":[],"size":1,"total":0}',
      },
    });
    type Data = { sources: { status: string; rateLimit: object | null }[] };
    const { data, errors } = await gateway.query<Data, object>(
      '{ sources { status rateLimit { limit remaining resetsAt } } }',
    );
    expect(errors).toBeUndefined();
    const { status, rateLimit } = at(data.sources, 1);
    expect(status).toBe('UP');
    // Nothing told, and nothing published: there is no quota to show.
    if (told.limit === null && rateLimit === null) return;
    expect(rateLimit).toEqual(told);
  });
});

describe('an answer', () => {
  it.each(vendorsUnderTest)('larger than is read costs the part of $vendor', async ({ key, vendor }) => {
    const body = JSON.stringify({
      data: [],
      records: [],
      results: [],
      count: 0,
      size: 1,
      total: 0,
      pad: 'x'.repeat(300_000),
    });
    gateway.sandbox[key].server.faults.add({ effect: { type: 'answer', status: 200, body } });
    const { data, errors } = await gateway.query<Prompts, object>(prompts);
    expect(errors).toBeUndefined();
    expect(data.prompts.nodes).toHaveLength(40);
    expect(data.prompts.sourceErrors).toMatchObject([{ code: 'SOURCE_CONTRACT_VIOLATION' }]);
    expect(at(data.prompts.sourceErrors, 0).message).toContain('sent more than');
    gateway.sandbox[key].server.faults.clear();
    const after = await gateway.query<{ sources: { vendor: string; status: string }[] }, object>(
      '{ sources { vendor status } }',
    );
    expect(after.data.sources).toContainEqual({ vendor, status: 'UP' });
  });

  it.each([
    ['posthog', /trace_reviews/, 'count', 'traceReviews { nodes { id } totalCount sourceErrors { code } }'],
    [
      'datadog',
      /model-lab-api/,
      'meta.page.total',
      'modelLabProjects { nodes { id } totalCount sourceErrors { code } }',
    ],
    [
      'datadog',
      /model-lab-api/,
      'meta.page.number',
      'modelLabProjects { page { number } sourceErrors { code } }',
    ],
    [
      'humanloop',
      /datasets\?/,
      'total',
      'datasets(filter: { vendors: [HUMANLOOP] }) { nodes { id } sourceErrors { code } }',
    ],
    [
      'humanloop',
      /datasets\?/,
      'records[0].datapoints_count',
      'datasets(filter: { vendors: [HUMANLOOP] }) { nodes { itemCount } sourceErrors { code } }',
    ],
    [
      'posthog',
      /llm_prompts/,
      'results[0].version_count',
      'prompts(filter: { vendors: [POSTHOG] }) { nodes { versionCount } sourceErrors { code } }',
    ],
  ] as const)(
    'of %s with a number beyond what can be told is a broken contract: %s %s',
    async (vendor, request, path, field) => {
      const document = `{ list: ${field} }`;
      const ask = () => gateway.query<{ list: { sourceErrors: Told[] } }, object>(document);
      await spoil(gateway, vendor, request, ask, (json) => replaceAt(json, path, 9_000_000_000));
      const { data, errors } = await ask();
      expect(errors).toBeUndefined();
      expect(data.list.sourceErrors).toEqual([{ code: 'SOURCE_CONTRACT_VIOLATION' }]);
    },
  );

  it('whose list goes in a circle ends, and says so', async () => {
    const body = JSON.stringify({ data: [], meta: { after: 'again' } });
    gateway.sandbox.datadog.server.faults.add({
      path: '/projects\\?',
      effect: { type: 'answer', status: 200, body },
    });
    type Data = { datasets: { nodes: object[]; sourceErrors: Told[] } };
    const { data } = await gateway.query<Data, object>(
      '{ datasets(first: 5) { nodes { id } sourceErrors { code message } } }',
    );
    expect(data.datasets.nodes).toHaveLength(5);
    expect(data.datasets.sourceErrors).toMatchObject([{ code: 'SOURCE_CONTRACT_VIOLATION' }]);
    expect(gateway.received('datadog').length).toBeLessThan(5);
  });
});

describe('one project of Datadog that fails', () => {
  it('costs its datasets alone and is named, on every page', async () => {
    type Data = {
      datasets: {
        nodes: { vendor: string; project: { id: string; vendorId: string } | null }[];
        pageInfo: { endCursor: string };
        sourceErrors: (Told & { resource: string; vendor: string })[];
      };
    };
    const document = `query ($after: String) {
      datasets(first: 60, after: $after) {
        nodes { vendor project { id vendorId } } pageInfo { endCursor } sourceErrors { vendor code resource message }
      }
    }`;
    const projects = await gateway.query<{ projects: { nodes: { vendorId: string }[] } }, object>(
      '{ projects { nodes { vendorId } } }',
    );
    const { vendorId } = at(projects.data.projects.nodes, 1);
    const healthy = await gateway.query<Data, object>(document);
    expect(healthy.data.datasets.nodes.filter(({ project }) => project?.vendorId === vendorId)).not.toEqual(
      [],
    );
    gateway.sandbox.datadog.server.faults.add({
      path: `/${vendorId}/datasets`,
      effect: { type: 'answer', status: 500 },
    });

    let after: string | null = null;
    for (let page = 0; page < 2; page += 1) {
      const answer: Answer<Data> = await gateway.query<Data, object>(document, { after });
      expect(answer.errors).toBeUndefined();
      const { nodes, pageInfo, sourceErrors } = answer.data.datasets;
      expect(sourceErrors).toMatchObject([
        { vendor: 'DATADOG', code: 'SOURCE_UNAVAILABLE', resource: `project ${vendorId}` },
      ]);
      expect(nodes).toHaveLength(60);
      expect(nodes.some(({ project }) => project?.vendorId === vendorId)).toBe(false);
      expect(nodes.some(({ vendor }) => vendor === 'DATADOG')).toBe(true);
      after = pageInfo.endCursor;
    }
  });
});

describe('an operation that takes longer than it may', () => {
  it('gives what it has, and says which part is missing', async () => {
    const own = await startTestGateway({ environment: { OPERATION_TIMEOUT: '3000' } });
    try {
      const document = `{
        datasets(first: 5, filter: { vendors: [HUMANLOOP, POSTHOG] }) { nodes { id } sourceErrors { vendor code message } }
        traceReviews(first: 1) { nodes { id } sourceErrors { vendor code } }
      }`;
      expect((await own.query(document)).errors).toBeUndefined();
      own.sandbox.posthog.server.faults.add({ effect: { type: 'hang' } });
      type Data = Record<string, { nodes: object[]; sourceErrors: Told[] }>;
      const { status, data, errors } = await own.query<Data, object>(document);
      expect(status).toBe(200);
      expect(errors).toBeUndefined();
      expect(data['datasets']?.nodes).toHaveLength(5);
      expect(data['datasets']?.sourceErrors).toMatchObject([{ vendor: 'POSTHOG', code: 'SOURCE_TIMEOUT' }]);
      expect(data['datasets']?.sourceErrors[0]?.message).toContain("operation's time was over");
      expect(data['traceReviews']).toMatchObject({ nodes: [], sourceErrors: [{ code: 'SOURCE_TIMEOUT' }] });
      await own.sandbox.posthog.server.requests.waitFor((all) =>
        all.every(({ aborted, status }) => aborted || status === 200),
      );
    } finally {
      await own.dispose();
    }
  });
});
