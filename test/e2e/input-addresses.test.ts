import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeId, type IdKind, resourceKinds } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { type AnswerError, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { replaceAt, spoil } from '../support/spoil.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type VendorKey, vendorsUnderTest } from '../support/vendor-failures.ts';

let gateway: TestGateway;
let ids: KnownIds;

forbidUnhandledRejections();
beforeAll(async () => {
  gateway = await startTestGateway();
  ids = await readKnownIds(gateway);
});
afterAll(() => gateway.dispose());
beforeEach(forget);
afterEach(() => {
  for (const { key } of vendorsUnderTest) gateway.sandbox[key].server.faults.clear();
});

function forget(): void {
  for (const { key } of vendorsUnderTest) gateway.received(key);
}

const segment = '(?!(?:\\.|%2[eE]){1,2}(?:/|\\?|$))[^/?#]+';

/** The shapes of every address that is read from, with any ids in them. */
const shapes: Readonly<Record<VendorKey, RegExp>> = {
  datadog: new RegExp(
    `^/api/v2/(?:llm-obs/v1/(?:projects|prompts(?:/${segment}/versions(?:/\\d+)?)?|${segment}/datasets(?:/${segment}/(?:records|versions|draft_state))?)|model-lab-api/projects(?:/\\d+)?)(?:\\?[^?#]*)?$`,
  ),
  humanloop: new RegExp(
    `^/v5/(?:datasets|prompts)(?:/${segment}(?:/(?:versions|datapoints|environments))?)?(?:\\?[^?#]*)?$`,
  ),
  posthog: new RegExp(
    `^/api/(?:projects|environments)/1001/(?:datasets|dataset_items|llm_prompts(?:/resolve/name)?|llm_analytics/(?:trace_reviews|score_definitions))/(?:${segment}/)?(?:\\?[^?#]*)?$`,
  ),
};

/** The parameters that any of the reads has. */
const parameters = new Set([
  ...[
    'filter[id]',
    'filter[name]',
    'filter[version]',
    'filter[prompt_id]',
    'filter[owner_id]',
    'filter[tags]',
    'filter',
  ],
  ...[
    'page[limit]',
    'page[cursor]',
    'page[size]',
    'page[number]',
    'sort',
    'version_id',
    'page',
    'size',
    'name',
    'sort_by',
    'order',
  ],
  ...[
    'id__in',
    'search',
    'order_by',
    'limit',
    'offset',
    'dataset',
    'trace_id',
    'trace_id__in',
    'definition_id__in',
  ],
  ...['kind', 'archived', 'content', 'created_by_id', 'version'],
]);

/** Whatever was sent went to an address of the vendor's own, as a GET, with nothing added to it. */
function expectOwnAddresses(what: string): void {
  for (const { key } of vendorsUnderTest) {
    const { server } = gateway.sandbox[key];
    for (const { method, url, headers } of server.requests.all) {
      expect(method).toBe('GET');
      expect(url, what).toMatch(shapes[key]);
      expect(url, what).toMatch(/^[\x21-\x7e]+$/);
      expect(headers['host'], what).toBe(new URL(server.origin).host);
      const { searchParams } = new URL(url, server.origin);
      for (const name of searchParams.keys()) expect(parameters, `${what}: ${url}`).toContain(name);
      expect(new Set(searchParams.keys()).size, url).toBe([...searchParams.keys()].length);
    }
  }
  forget();
}

const mayBe = ['INVALID_INPUT', 'NOT_FOUND', 'UNSUPPORTED'];

function expectTyped(errors: readonly AnswerError[] | undefined, what: string): void {
  for (const { extensions, message } of errors ?? []) {
    expect(mayBe, `${what}: ${message}`).toContain(extensions.code);
    expect(message.length).toBeLessThan(2_500);
  }
}

/** Vendor ids that want to be more than one. */
const nasty: readonly string[] = [
  '.',
  '..',
  '../..',
  '../../../admin',
  '..;/admin',
  '%2e%2e',
  '%2E%2E%2Fadmin',
  '%252e%252e',
  'a/b',
  'a%2fb',
  'a%2Fb',
  '/',
  '//evil.example/x',
  'http://evil.example/x',
  '\\..\\..',
  'a\\b',
  'a?page=2',
  '?filter[id]=x',
  'a&version_id=b',
  'a=b',
  'a#b',
  '#',
  'a;b',
  'a b',
  'a+b',
  '@evil.example',
  'user:pass@evil.example',
  'a:b',
  'a%',
  'a,b',
  'line\nbreak',
  'a\r\nhost: evil.example\r\n\r\n',
  '\u0000',
  '\u007f',
  '\ud800',
  'a\udc00b',
  'é',
  '🙂',
  '\u202e',
  '$' + '{jndi:ldap://evil.example}',
  '{{7*7}}',
  "'; drop table datasets; --",
  'constructor',
  '__proto__',
  'x'.repeat(1_000),
];

describe('a vendor id that wants to be more than one', () => {
  it.each(nasty)('stays one, or is refused, by `resource`: %j', async (vendorId) => {
    const uuid = '0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501';
    const pairs = [
      [vendorId, null],
      [vendorId, uuid],
      ['a', vendorId],
      [vendorId, vendorId],
      [uuid, `${uuid}/${vendorId}`],
    ] as const;
    const names = pairs.map((_pair, index) => `ref${index}`);
    const document = `query (${names.map((name) => `$${name}: VendorRef!`).join(' ')}) {
      ${names.map((name) => `${name}: resource(ref: $${name}) { id }`).join(' ')}
    }`;
    for (const { vendor } of vendorsUnderTest) {
      for (const kind of resourceKinds) {
        const what = `${vendor} ${kind} ${vendorId.slice(0, 40)}`;
        const refs = pairs.map(([id, parentVendorId]) => ({ vendor, kind, vendorId: id, parentVendorId }));
        const variables = Object.fromEntries(names.map((name, index) => [name, refs[index]]));
        const { status, data, errors } = await gateway.query(document, variables);
        expect([status, data], what).toEqual([200, Object.fromEntries(names.map((name) => [name, null]))]);
        expect(errors, what).toHaveLength(names.length);
        expectTyped(errors, what);
        expectOwnAddresses(what);
      }
    }
  });

  it.each(nasty)('stays one, or is refused, in an id that somebody made up: %j', async (part) => {
    const made = (source: string, kind: IdKind, ...parts: readonly string[]) =>
      encodeId({ source: sourceKey(source), kind, parts });
    const uuid = '0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e0501';
    const nodes = vendorsUnderTest.flatMap(({ key }) =>
      (
        [
          'DATASET',
          'DATASET_VERSION',
          'DATASET_ITEM',
          'PROMPT',
          'PROMPT_VERSION',
          'TRACE_REVIEW',
          'SCORE_DEFINITION',
          'PROJECT',
          'MODEL_LAB_PROJECT',
        ] as const
      ).flatMap((kind) => [
        made(key, kind, part),
        made(key, kind, part, part),
        made(key, kind, uuid, part),
        made(key, kind, uuid, uuid, part),
        made(key, kind, part, part, part, part),
      ]),
    );
    const { status, data, errors } = await gateway.query<{ nodes: (object | null)[] }, object>(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids: nodes },
    );
    expect(status).toBe(200);
    expect(data.nodes.filter((node) => node !== null)).toEqual([]);
    expectTyped(errors, part);
    expectOwnAddresses(part);

    for (const { key } of vendorsUnderTest) {
      for (const id of [made(key, 'DATASET', part), made(key, 'DATASET', part, part)]) {
        const answer = await gateway.query(
          'query ($id: ID!) { datasetItems(filter: { datasetId: $id }) { nodes { id } } }',
          { id },
        );
        expect(answer.data).toEqual({ datasetItems: null });
        expectTyped(answer.errors, part);
        expectOwnAddresses(part);
      }
    }
    const lists = await gateway.query<
      { datasets: { sourceErrors: { code: string }[] } | null; traceReviews: object | null },
      object
    >(
      `query ($project: ID!, $definition: ID!) {
        datasets(filter: { projectIds: [$project] }) { nodes { id } sourceErrors { code } }
        traceReviews(filter: { definitionIds: [$definition] }) { nodes { id } }
      }`,
      { project: made('datadog', 'PROJECT', part), definition: made('posthog', 'SCORE_DEFINITION', part) },
    );
    expectTyped(lists.errors, part);
    for (const { code } of lists.data.datasets?.sourceErrors ?? []) expect(mayBe).toContain(code);
    expectOwnAddresses(part);
  });

  it.each(nasty)('stays a value in references, filters and searches: %j', async (text) => {
    const document = `query ($text: String!, $traces: [String!], $dd: ID!, $hl: ID!, $ddPrompt: ID!, $hlPrompt: ID!, $phPrompt: ID!) {
      datasets(first: 2, filter: { search: $text }) { nodes { id } sourceErrors { code } }
      prompts(first: 2, filter: { search: $text }) { nodes { id } sourceErrors { code } }
      traceReviews(first: 2, filter: { search: $text }) { nodes { id } sourceErrors { code } }
      byTrace: traceReviews(filter: { traceIds: $traces }) { nodes { id } sourceErrors { code } }
      scoreDefinitions(first: 2, filter: { search: $text }) { nodes { id } sourceErrors { code } }
      modelLabProjects(first: 2, filter: { search: $text, ownerId: $text }) { nodes { id } sourceErrors { code } }
      dd: dataset(id: $dd) { version(ref: $text) { ref } items(first: 1, versionRef: $text) { nodes { id } } }
      hl: dataset(id: $hl) { version(ref: $text) { ref } items(first: 1, versionRef: $text) { nodes { id } } }
      ddPrompt: prompt(id: $ddPrompt) { version(ref: $text) { ref } }
      hlPrompt: prompt(id: $hlPrompt) { version(ref: $text) { ref } }
      phPrompt: prompt(id: $phPrompt) { version(ref: $text) { ref } }
    }`;
    const { status, data, errors } = await gateway.query<Readonly<Record<string, object | null>>, object>(
      document,
      {
        text,
        traces: [text, `${text},${text}`, 'x'],
        dd: ids.datadogDataset,
        hl: ids.humanloopDataset,
        ddPrompt: ids.datadogPrompt,
        hlPrompt: ids.humanloopPrompt,
        phPrompt: ids.posthogPrompt,
      },
    );
    expect(status).toBe(200);
    expectTyped(errors, text);
    for (const [name, value] of Object.entries(data)) {
      expect(value, name).not.toBeNull();
      if (value === null || !('sourceErrors' in value)) continue;
      // A text that a vendor cannot search by (PostHog: a null byte) is its own refusal, and costs its part alone.
      expect(text === '\u0000' ? [] : value.sourceErrors, name).toEqual([]);
    }
    expectOwnAddresses(text);
  });
});

describe('an id that a vendor itself gives and that is none', () => {
  it.each(['..', '../../prompts', 'a/b', '?x=1', '\ud800'])('leads nowhere else: %j', async (id) => {
    const document = `{ datasets(first: 3, filter: { vendors: [HUMANLOOP] }) {
      nodes { vendorId name items(first: 1) { nodes { id } } versions(first: 1) { nodes { ref } } latestVersion { ref } }
    } }`;
    const ask = () => gateway.query<{ datasets: { nodes: object[] } }, object>(document);
    await spoil(gateway, 'humanloop', /\/datasets\?/, ask, (json) => replaceAt(json, 'records[1].id', id));
    const { status, data } = await ask();
    expect(status).toBe(200);
    expect(data.datasets.nodes).toHaveLength(3);
    expectOwnAddresses(id);
  });
});
