import { describe, expect, it } from 'vitest';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';
import { InvalidInputError, SourceError, TooExpensiveError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import {
  acme,
  failureOf,
  firstOf,
  key,
  only,
  posthog,
  projectId,
  readAll,
  usePostHog,
} from './posthog-harness.ts';

const posthogTest = usePostHog();
const newestFirst = { field: 'CREATED_AT', direction: 'DESC' } as const;

function headers(sent: Readonly<Record<string, string>>): (name: string) => string | undefined {
  return (name) => sent[name];
}

describe('credentials', () => {
  it('are the gateway’s own when a caller sends none, and none when it has none', () => {
    const account = posthogTest.define().accountFor(headers({}));
    expect(account).toMatchObject({
      origin: posthogTest.sandbox.baseUrl,
      project: String(projectId),
      headers: { authorization: `Bearer ${acme.owner.apiKey}` },
      secrets: [acme.owner.apiKey],
      ofCaller: false,
    });
    expect(posthogTest.define({ personalApiKey: undefined }).accountFor(headers({}))).toBeUndefined();
    expect(posthogTest.define({ projectId: undefined }).accountFor(headers({}))).toBeUndefined();
  });

  it('are the caller’s own, key and project, at the gateway’s host', () => {
    const definition = posthogTest.define();
    const { owner, projectId: globex } = posthogCredentials.globex;
    const account = definition.accountFor(
      headers({ 'x-posthog-api-key': ` ${owner.apiKey} `, 'x-posthog-project-id': String(globex) }),
    );
    expect(account).toMatchObject({
      origin: posthogTest.sandbox.baseUrl,
      project: String(globex),
      headers: { authorization: `Bearer ${owner.apiKey}` },
      ofCaller: true,
    });
    expect(account?.scope).not.toBe(definition.accountFor(headers({}))?.scope);
    expect(definition.credentialHeaders).toEqual(['x-posthog-api-key', 'x-posthog-project-id']);
  });

  it('that are half sent, or of the wrong sort, are refused without telling them', () => {
    const { accountFor } = posthogTest.define();
    const refused = [
      { 'x-posthog-api-key': 'phx_secret' },
      { 'x-posthog-project-id': '7' },
      { 'x-posthog-api-key': 'phx_secret', 'x-posthog-project-id': '@current' },
      { 'x-posthog-api-key': 'phx_secret', 'x-posthog-project-id': '7/../8' },
      { 'x-posthog-api-key': 'phc_secret', 'x-posthog-project-id': '7' },
      { 'x-posthog-api-key': 'phx secret', 'x-posthog-project-id': '7' },
    ];
    for (const sent of refused) {
      expect(() => accountFor(headers(sent))).toThrow(InvalidInputError);
      expect(() => accountFor(headers(sent))).not.toThrow(/secret/);
    }
    expect(() => posthogTest.define({ projectId: 'acme' })).toThrow(TypeError);
  });

  it('never show one tenant the other’s data', async () => {
    const { owner, projectId: globex } = posthogCredentials.globex;
    const { datasets, prompts } = posthogTest.connect({
      personalApiKey: owner.apiKey,
      projectId: String(globex),
    });
    const listed = await readAll(only(await datasets.listDatasets({}, newestFirst)));
    expect(listed.every(({ name }) => name.startsWith('Globex'))).toBe(true);
    const foreign = firstOf(posthogTest.sandbox.state.project(projectId).datasets);
    expect((await datasets.getDatasets([key.dataset(foreign.id)])).size).toBe(0);
    expect((await prompts.getPrompts([key.prompt('support-system')])).size).toBe(0);
  });
});

describe('the source', () => {
  it('says what it is', () => {
    const definition = posthogTest.define();
    const { source } = posthogTest.connect();
    expect(definition).toMatchObject({ key: 'posthog', vendor: 'POSTHOG', sandbox: true });
    expect(definition.howToConfigure).toContain('personal API key');
    expect(definition.datasetCapabilities).toEqual(['EDIT_ITEMS', 'CSV_UPLOAD']);
    expect(source).toMatchObject({
      key: 'posthog',
      vendor: 'POSTHOG',
      projects: undefined,
      modelLab: undefined,
    });
    expect(source.publishedRateLimit).toEqual({ limit: 480, remaining: null, resetsAt: null });
    expect(posthogTest.define({ key: sourceKey('posthog-eu') }).key).toBe('posthog-eu');
  });

  it('is probed by the cheapest list', async () => {
    await posthogTest.connect().source.probe();
    expect(posthogTest.asked()).toEqual([`/api/environments/${projectId}/llm_prompts/?content=none&limit=1`]);
  });

  it('goes out under one prefix when told to', async () => {
    for (const pathPrefix of ['projects', 'environments'] as const) {
      const { source, datasets, reviews } = posthogTest.connect({ pathPrefix });
      await source.probe();
      await only(await datasets.listDatasets({}, newestFirst)).fetch(undefined, 1);
      await reviews.listReviews({}, { field: 'UPDATED_AT', direction: 'DESC' }).fetch(undefined, 1);
      const asked = posthogTest.asked();
      expect(asked).toHaveLength(3);
      expect(asked.every((url) => url.startsWith(`/api/${pathPrefix}/${projectId}/`))).toBe(true);
    }
  });

  it('makes keys of vendor ids without a call', async () => {
    const { source } = posthogTest.connect();
    const id = '946DA351-512a-4319-9d2d-ddbda47a119e';
    expect(await source.resolve('DATASET', id, undefined)).toEqual(key.dataset(id.toLowerCase()));
    expect(await source.resolve('DATASET_ITEM', id, 'ignored')).toEqual(key.item(id.toLowerCase()));
    expect(await source.resolve('TRACE_REVIEW', id, undefined)).toEqual(key.review(id.toLowerCase()));
    expect(await source.resolve('SCORE_DEFINITION', id, undefined)).toEqual(key.definition(id.toLowerCase()));
    expect(await source.resolve('PROMPT', 'Support', undefined)).toEqual(key.prompt('Support'));
    expect(await source.resolve('PROMPT_VERSION', id, 'Support')).toEqual(
      key.version('Support', id.toLowerCase()),
    );
    expect(await failureOf(source.resolve('PROMPT_VERSION', id, undefined))).toBeInstanceOf(
      InvalidInputError,
    );
    for (const kind of ['DATASET_VERSION', 'PROJECT', 'MODEL_LAB_PROJECT'] as const) {
      expect(await source.resolve(kind, id, id)).toBeUndefined();
    }
    expect(posthogTest.asked()).toEqual([]);
  });

  it('refuses forged ids of each kind, one by one', async () => {
    const { datasets, prompts, reviews } = posthogTest.connect();
    const results = await Promise.all([
      datasets.getItems([keyOf(posthog, 'DATASET_ITEM', 'a', 'b')]),
      prompts.getVersions([keyOf(posthog, 'PROMPT_VERSION', 'a')]),
      reviews.getReviews([keyOf(posthog, 'TRACE_REVIEW', 'a', 'b')]),
      reviews.getScoreDefinitions([keyOf(posthog, 'SCORE_DEFINITION', 'a', 'b')]),
    ]);
    for (const result of results) expect([...result.values()][0]).toBeInstanceOf(InvalidInputError);
    expect(() => datasets.listItems(keyOf(posthog, 'DATASET', 'a', 'b'), undefined)).toThrow(
      InvalidInputError,
    );
    expect(posthogTest.asked()).toEqual([]);
  });
});

describe('what PostHog refuses', () => {
  it.each([
    [400, 'INVALID_INPUT'],
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [429, 'RATE_LIMITED'],
    [500, 'SOURCE_UNAVAILABLE'],
    [503, 'SOURCE_UNAVAILABLE'],
  ])('%i is told as %s', async (status, code) => {
    const body = JSON.stringify({ type: 'server_error', code: 'error', detail: 'It broke.', attr: 'limit' });
    posthogTest.sandbox.server.faults.add({
      effect: { type: 'answer', status, headers: { 'retry-after': '3', 'x-request-id': 'req-1' }, body },
    });
    const failure = await failureOf(posthogTest.connect().source.probe());
    expect(failure).toBeInstanceOf(SourceError);
    expect(failure).toMatchObject({
      code,
      vendor: 'POSTHOG',
      httpStatus: status,
      vendorRequestId: 'req-1',
      vendorErrors: [{ title: 'server_error', detail: 'It broke.', code: 'error', source: 'limit' }],
    });
  });

  it('names the scope that a key lacks', async () => {
    const body = JSON.stringify({
      type: 'authentication_error',
      code: 'permission_denied',
      detail: "API key missing required scope 'llm_prompt:read'",
      attr: null,
    });
    posthogTest.sandbox.server.faults.add({ effect: { type: 'answer', status: 403, body } });
    const failure = await failureOf(posthogTest.connect().source.probe());
    expect(failure).toMatchObject({
      vendorErrors: [{ detail: expect.stringContaining("'llm_prompt:read'") }],
    });
  });

  it('is read from bodies that carry no code, and from none at all', async () => {
    const { faults } = posthogTest.sandbox.server;
    faults.add({ times: 1, effect: { type: 'answer', status: 404, body: '{"detail":"Prompt not found."}' } });
    faults.add({ times: 1, effect: { type: 'answer', status: 502, body: '<html>Bad gateway</html>' } });
    const bare = await failureOf(posthogTest.connect().source.probe());
    const html = await failureOf(posthogTest.connect().source.probe());
    expect(bare).toMatchObject({ vendorErrors: [{ detail: 'Prompt not found.', code: undefined }] });
    expect(html).toMatchObject({ code: 'SOURCE_UNAVAILABLE', vendorErrors: [] });
  });

  it('is a key of another project, or a wrong one', async () => {
    const foreign = posthogTest.connect({ projectId: '2002' }).source.probe();
    const wrong = posthogTest.connect({ personalApiKey: 'phx_wrong' }).source.probe();
    expect(await failureOf(foreign)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await failureOf(wrong)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('carries how long to wait when the rate is used up', async () => {
    Object.assign(posthogTest.sandbox.switches, { throttle: true, requestsPerMinute: 1 });
    await posthogTest.connect().source.probe();
    const failure = await failureOf(posthogTest.connect().source.probe());
    expect(failure).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) });
  });
});

describe('broken answers', () => {
  it.each(['cut-json', 'half', 'reset-after'] as const)(
    '%s fails the list and nothing else',
    async (type) => {
      posthogTest.sandbox.server.faults.add({ path: 'llm_prompts', effect: { type } });
      const { source, datasets } = posthogTest.connect();
      expect(await failureOf(source.probe())).toBeInstanceOf(SourceError);
      expect(
        (await only(await datasets.listDatasets({}, newestFirst)).fetch(undefined, 1)).items,
      ).toHaveLength(1);
    },
  );

  it('of another shape are a contract violation', async () => {
    posthogTest.sandbox.server.faults.add({ effect: { type: 'replace-body', body: '{"results":{}}' } });
    expect(await failureOf(posthogTest.connect().source.probe())).toMatchObject({
      code: 'SOURCE_CONTRACT_VIOLATION',
    });
  });

  it('are not waited for beyond the calls that an operation may cause', async () => {
    const ids = posthogTest.sandbox.state
      .project(projectId)
      .items.slice(0, 3)
      .map(({ id }) => id);
    const { datasets } = posthogTest.connect({}, 2);
    const found = await datasets.getItems(ids.map(key.item));
    expect([...found.values()].filter((one) => one instanceof TooExpensiveError)).toHaveLength(1);
    expect(posthogTest.asked()).toHaveLength(2);
  });
});
