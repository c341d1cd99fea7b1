import { describe, expect, it } from 'vitest';
import { datadogSeed } from '../../sandbox/datadog/index.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { at, foundIn, newestFirst, only, readAll, source, startHarness } from './datadog-harness.ts';

const codes = [
  [400, 'INVALID_INPUT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'FORBIDDEN'],
  [404, 'NOT_FOUND'],
  [409, 'CONFLICT'],
  [429, 'RATE_LIMITED'],
  [500, 'SOURCE_UNAVAILABLE'],
] as const;

describe('a failure of Datadog', () => {
  it.each(codes)('%d is %s, in the words of the spec', async (status, code) => {
    const { sandbox, connect } = await startHarness();
    const error = { title: 'No', detail: 'not so', status: '418', source: { parameter: 'page[limit]' } };
    const body = JSON.stringify({ errors: [error] });
    const headers = { 'x-datadog-request-id': 'r-1', 'x-ratelimit-reset': '7' };
    sandbox.server.faults.add({ effect: { type: 'answer', status, headers, body } });
    await expect(connect().probe()).rejects.toMatchObject({
      code,
      httpStatus: status,
      vendor: 'DATADOG',
      vendorRequestId: 'r-1',
      retryAfterSeconds: status === 429 || status === 500 ? 7 : undefined,
      vendorErrors: [{ title: 'No', detail: 'not so', source: 'page[limit]' }],
      message: expect.stringContaining('ListLLMObsProjects'),
    });
  });

  it.each([
    ['texts', '{"errors":["Too many"]}', [{ detail: 'Too many' }]],
    [
      'a status and a title alone',
      '{"errors":[{"status":"404","title":"Not Found"}]}',
      [{ title: 'Not Found' }],
    ],
    [
      'a pointer',
      '{"errors":[{"detail":"x","source":{"pointer":"/data"}}]}',
      [{ detail: 'x', source: '/data' }],
    ],
    ['what says nothing', '{"errors":[{}, null, 5]}', []],
    ['another shape', '{"errors":"no"}', []],
    ['no JSON', '<html>', []],
  ])('is read from %s', async (_name, body, vendorErrors) => {
    const { sandbox, connect } = await startHarness();
    sandbox.server.faults.add({ effect: { type: 'answer', status: 403, body } });
    await expect(connect().probe()).rejects.toMatchObject({ code: 'FORBIDDEN', vendorErrors });
  });

  it('is a broken contract where the answer has another shape', async () => {
    const { sandbox, connect } = await startHarness();
    for (const body of ['{"data":{}}', '{}', '[]', 'null', 'no JSON']) {
      sandbox.server.faults.clear();
      sandbox.server.faults.add({ effect: { type: 'answer', status: 200, body } });
      await expect(connect().probe()).rejects.toMatchObject({ code: 'SOURCE_CONTRACT_VIOLATION' });
    }
  });

  it('of one project costs its datasets alone', async () => {
    const { sandbox, connect, keyOf: keyOfDataset } = await startHarness();
    const [broken, ...others] = [...sandbox.state.tenant('acme').projects.values()];
    if (broken === undefined) throw new Error('projects are seeded');
    sandbox.server.faults.add({ path: `/${broken.id}/datasets`, effect: { type: 'answer', status: 503 } });
    const keysOf = (project: typeof broken) => [...project.datasets.values()].slice(0, 2).map(keyOfDataset);
    const result = await connect().datasets.getDatasets([broken, ...others].flatMap(keysOf));
    for (const { id } of keysOf(broken)) expect(result.get(id)).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    for (const { id } of others.flatMap(keysOf)) expect(foundIn(result, id).id).toBe(id);

    const streams = await connect().datasets.listDatasets({}, newestFirst);
    const read = await Promise.allSettled(streams.map((stream) => stream.fetch(undefined, 5)));
    expect(read.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  });

  it('of the list of projects is one of all datasets', async () => {
    const { sandbox, connect } = await startHarness();
    sandbox.server.faults.add({ path: '/projects', effect: { type: 'answer', status: 500 } });
    const streams = connect().datasets.listDatasets({}, newestFirst);
    await expect(streams).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });

  it('is told of a list whose cursors go in a circle', async () => {
    const { sandbox, connect } = await startHarness();
    const body = JSON.stringify({ data: [], meta: { after: 'again' } });
    sandbox.server.faults.add({ path: '/projects', effect: { type: 'answer', status: 200, body } });
    const streams = connect().datasets.listDatasets({}, newestFirst);
    await expect(streams).rejects.toMatchObject({ code: 'SOURCE_CONTRACT_VIOLATION' });
  });
});

describe('a bad row', () => {
  it('is told and costs no other dataset', async () => {
    const { sandbox, connect, spoil, keyOf: keyOfDataset } = await startHarness();
    const { id, datasets } = sandbox.state.project('acme', datadogSeed.largestProject);
    const base = `/api/v2/llm-obs/v1/${id}/datasets?`;
    const break1 = (body: string) => {
      const json = JSON.parse(body);
      json.data[1].attributes.name = 5;
      json.data[3].attributes.created_at = 'lately';
      return JSON.stringify(json);
    };
    await spoil(`${base}page%5Blimit%5D=10`, break1);
    const filter = { projects: [keyOf(source, 'PROJECT', id)] };
    const stream = only(await connect().datasets.listDatasets(filter, newestFirst));
    const { items, pages } = await readAll(stream, 10);
    expect(items).toHaveLength(64);
    const [first, second] = pages[0]?.faults ?? [];
    const bad = [...datasets.values()].toSorted((left, right) => right.createdAt - left.createdAt);
    expect(first).toMatchObject({ code: 'SOURCE_CONTRACT_VIOLATION', vendor: 'DATADOG' });
    expect(first?.message).toContain('[1].attributes.name');
    expect(first?.resource).toContain(at(bad, 1).id);
    expect(second?.message).toContain('[3].attributes.created_at');

    await spoil(`${base}page%5Blimit%5D=100`, break1);
    const keys = bad.slice(0, 3).map(keyOfDataset);
    const result = await connect().datasets.getDatasets(keys);
    expect(keys.map((key) => result.get(key.id) instanceof Error)).toEqual([false, true, false]);
  });

  it('of the projects leaves their datasets in the list, or says that they are missing', async () => {
    const { sandbox, connect, spoil } = await startHarness();
    const { size } = sandbox.state.tenant('acme').projects;
    await spoil('/api/v2/llm-obs/v1/projects?page%5Blimit%5D=100', (body) => {
      const json = JSON.parse(body);
      json.data[0].attributes.name = null;
      json.data[1] = 'not a project';
      return JSON.stringify(json);
    });
    const streams = await connect().datasets.listDatasets({}, newestFirst);
    expect(streams).toHaveLength(size);
    const page = await at(streams, -1).fetch(undefined, 5);
    expect(page).toMatchObject({ items: [], done: true, faults: [{ code: 'SOURCE_CONTRACT_VIOLATION' }] });
  });

  it('of items is told, wrapped or flat', async () => {
    for (const dialect of ['spec', 'recorded'] as const) {
      const { sandbox, connect, spoil, keyOf: keyOfDataset } = await startHarness({ dialect });
      const seeded = sandbox.state.dataset('acme', datadogSeed.largestDataset);
      const path = `/api/v2/llm-obs/v1/${seeded.projectId}/datasets/${seeded.id}/records?page%5Blimit%5D=`;
      const breakRow = (body: string) => {
        const json = JSON.parse(body);
        delete (dialect === 'spec' ? json.data[0] : json.data[0].attributes).input;
        return JSON.stringify(json);
      };
      await spoil(`${path}5`, breakRow);
      await spoil(`${path}1000`, breakRow);
      const key = keyOfDataset(seeded);
      const page = await connect().datasets.listItems(key, undefined).fetch(undefined, 5);
      expect(page.items).toHaveLength(4);
      expect(page.faults[0]?.message).toContain('[0].input');
      const ids = (seeded.versions.get(7)?.records ?? []).slice(0, 2).map(({ id }) => id);
      const keys = ids.map((id) => keyOf(source, 'DATASET_ITEM', ...key.address.parts, id));
      const result = await connect().datasets.getItems(keys);
      expect(keys.map(({ id }) => result.get(id) instanceof Error)).toEqual([true, false]);
    }
  });

  it('of prompts may be any that is missing, so that each is asked for by itself', async () => {
    const { connect, spoil, asked } = await startHarness();
    await spoil('/api/v2/llm-obs/v1/prompts', (body) => body.replaceAll('"refund-judge"', '5'));
    const spoilt = '/api/v2/llm-obs/v1/prompts?filter%5Bprompt_id%5D=refund-judge';
    await spoil(spoilt, (body) => body.replaceAll('"refund-judge"', '5'));
    const ids = ['refund-judge', 'refund-reply', 'no-such'];
    const keys = ids.map((id) => keyOf(source, 'PROMPT', id));
    const result = await connect().prompts.getPrompts(keys);
    expect(result.get(at(keys, 0).id)).toMatchObject({ code: 'SOURCE_CONTRACT_VIOLATION' });
    expect(foundIn(result, at(keys, 1).id).vendorId).toBe('refund-reply');
    expect(result.size).toBe(2);
    expect(asked()).toHaveLength(3);
  });
});
