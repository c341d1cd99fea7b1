import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { replaceAt, spoil } from '../support/spoil.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { vendorsUnderTest } from '../support/vendor-failures.ts';

let gateway: TestGateway;
let ids: KnownIds;

forbidUnhandledRejections();
beforeAll(async () => {
  gateway = await startTestGateway();
  ids = await readKnownIds(gateway);
});
afterAll(() => gateway.dispose());
afterEach(() => {
  for (const { key } of vendorsUnderTest) gateway.sandbox[key].server.faults.clear();
});

/** A value that no member of a vendor's answer may have, and that no answer of ours may show. */
const canary = 'do-not-show-4711';
const bad = { [canary]: [canary] };

describe('one bad row', () => {
  it('is named once where it stands at the end of a page and the page is filled up', async () => {
    type Row = { id: string; ref_timestamp: unknown };
    let spoilt = '';
    const change = (json: unknown): void => {
      const { results } = json as { results: Row[] }; // The vendor's documented shape of the list.
      spoilt ||= at(results, 5).id;
      for (const row of results) if (row.id === spoilt) row.ref_timestamp = bad;
    };
    const document = `query ($first: Int) {
      datasetItems(first: $first) { nodes { id } sourceErrors { code resource } }
    }`;
    type Data = { datasetItems: { nodes: { id: string }[]; sourceErrors: { resource: string }[] } };
    const ask = (first: number) => gateway.query<Data, object>(document, { first });
    const whole = (await ask(8)).data.datasetItems.nodes;
    await spoil(gateway, 'posthog', /dataset_items.*limit=6/, () => ask(6), change);
    await spoil(gateway, 'posthog', /offset=/, () => ask(6), change);
    const { nodes, sourceErrors } = (await ask(6)).data.datasetItems;
    expect(nodes).toEqual([...whole.slice(0, 5), at(whole, 6)]);
    expect(sourceErrors).toHaveLength(1);
    expect(at(sourceErrors, 0).resource).toContain(spoilt);
  });

  it('costs no other trace where reviews are asked for by trace', async () => {
    type Reviews = { traceReviews: { nodes: { id: string; traceId: string }[]; sourceErrors: object[] } };
    const first = await gateway.query<Reviews, object>(
      '{ traceReviews(first: 5) { nodes { id traceId } sourceErrors { code } } }',
    );
    const traceIds = first.data.traceReviews.nodes.map(({ traceId }) => traceId);
    const document = `query ($traceIds: [String!]) {
      traceReviews(filter: { traceIds: $traceIds }) { nodes { id traceId } sourceErrors { code message } }
    }`;
    const ask = () => gateway.query<Reviews, object>(document, { traceIds });
    await spoil(gateway, 'posthog', /trace_id__in/, ask, (json) => replaceAt(json, 'results[2].scores', bad));
    const { data, errors } = await ask();
    expect(errors).toBeUndefined();
    expect(data.traceReviews.nodes).toHaveLength(4);
    expect(data.traceReviews.sourceErrors).toEqual([
      { code: 'SOURCE_CONTRACT_VIOLATION', message: expect.stringContaining('[2].scores: ') },
    ]);
  });

  it.each([
    ['datadogDataset', 'datadog', /filter%5Bid%5D/, 'data[0].attributes.name'],
    ['humanloopDataset', 'humanloop', /\/datasets\/ds_/, 'name'],
    ['posthogDataset', 'posthog', /\/datasets\/\?id__in/, 'results[0].name'],
    ['traceReview', 'posthog', /\/trace_reviews\//, 'scores'],
    ['scoreDefinition', 'posthog', /\/score_definitions\//, 'kind'],
    ['modelLabProject', 'datadog', /\/model-lab-api\//, 'data.attributes.name'],
  ] as const)('is an error where it is the one asked for: %s', async (of, vendor, request, path) => {
    const ask = () => gateway.query(`query ($id: ID!) { node(id: $id) { id } }`, { id: ids[of] });
    await spoil(gateway, vendor, request, ask, (json) => replaceAt(json, path, bad));
    const { data, errors, text } = await ask();
    expect(data).toEqual({ node: null });
    expect(at(errors, 0)).toMatchObject({
      path: ['node'],
      extensions: { code: 'SOURCE_CONTRACT_VIOLATION' },
    });
    expect(at(errors, 0).message).toContain(path.replace('data[0]', '[0]').replace('results[0]', '[0]'));
    expect(text).not.toContain(canary);
  });

  it('of the projects keeps their datasets in the merged list', async () => {
    const document =
      '{ datasets(first: 100, filter: { vendors: [DATADOG] }) { nodes { id } sourceErrors { code } } }';
    type Data = { datasets: { nodes: object[]; sourceErrors: object[] } };
    const whole = await gateway.query<Data, object>(document);
    await spoil(
      gateway,
      'datadog',
      /\/projects\?/,
      () => gateway.query(document),
      (json) => replaceAt(json, 'data[1].attributes.name', bad),
    );
    expect((await gateway.query<Data, object>(document)).data).toEqual(whole.data);
  });
});
