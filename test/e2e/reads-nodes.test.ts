import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datadogSeed } from '../../sandbox/datadog/index.ts';
import {
  ListItemsOfDatasetDocument,
  ReadNodeDocument,
  ReadNodesDocument,
  ReadResourceDocument,
  type VendorRef,
} from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { dataOf, idOf, posthogProject, present } from './reading.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

interface Known {
  readonly ref: VendorRef;
  /** What a read of it as a node shows. */
  readonly shows: object;
}

/** One thing of each kind that each vendor has. */
function everything(): readonly Known[] {
  const { datadog, humanloop } = gateway.sandbox;
  const dataset = datadog.state.dataset('acme', datadogSeed.largestDataset);
  const record = present(present(dataset.versions.get(7)).records[70]);
  const datadogPrompt = present([...datadog.state.tenant('acme').prompts.values()].find((p) => p.inRegistry));
  const lab = present([...datadog.state.tenant('acme').modelLabProjects.keys()][3]);
  const file = present([...humanloop.state.acme.datasets.values()].find((f) => f.deployments.size > 0));
  const onDefault = present(file.versions.find(({ id }) => [...file.deployments.values()].includes(id)));
  const promptFile = present([...humanloop.state.acme.prompts.values()][1]);
  const posthog = posthogProject(gateway.sandbox);
  const family = present(posthog.prompts.get('support-triage'));
  const posthogDataset = present(posthog.datasets[0]);
  const item = present(posthog.items[1]);
  const inDataset = `${dataset.projectId}/${dataset.id}`;

  const of = (ref: VendorRef, __typename: string, more: object = {}): Known => {
    return { ref, shows: { __typename, vendor: ref.vendor, vendorId: ref.vendorId, ...more } };
  };
  const versionOf = (ref: VendorRef, __typename: string): Known => {
    return { ref, shows: { __typename, ref: ref.vendorId } };
  };
  const dd = { vendor: 'DATADOG' } as const;
  const hl = { vendor: 'HUMANLOOP' } as const;
  const ph = { vendor: 'POSTHOG' } as const;
  return [
    of({ ...dd, kind: 'DATASET', vendorId: dataset.id, parentVendorId: dataset.projectId }, 'Dataset'),
    versionOf({ ...dd, kind: 'DATASET_VERSION', vendorId: '3', parentVendorId: inDataset }, 'DatasetVersion'),
    versionOf(
      { ...dd, kind: 'DATASET_VERSION', vendorId: '4', parentVendorId: dataset.id },
      'DatasetVersion',
    ),
    of({ ...dd, kind: 'DATASET_ITEM', vendorId: record.id, parentVendorId: inDataset }, 'DatasetItem', {
      input: record.input,
    }),
    of({ ...dd, kind: 'DATASET_ITEM', vendorId: record.id, parentVendorId: dataset.id }, 'DatasetItem'),
    of({ ...dd, kind: 'PROJECT', vendorId: dataset.projectId }, 'Project'),
    of({ ...dd, kind: 'PROMPT', vendorId: datadogPrompt.promptId }, 'Prompt'),
    versionOf(
      { ...dd, kind: 'PROMPT_VERSION', vendorId: '1', parentVendorId: datadogPrompt.promptId },
      'PromptVersion',
    ),
    of({ ...dd, kind: 'MODEL_LAB_PROJECT', vendorId: String(lab) }, 'ModelLabProject'),
    of({ ...hl, kind: 'DATASET', vendorId: file.id }, 'Dataset'),
    versionOf(
      { ...hl, kind: 'DATASET_VERSION', vendorId: present(file.versions[0]).id, parentVendorId: file.id },
      'DatasetVersion',
    ),
    of(
      {
        ...hl,
        kind: 'DATASET_ITEM',
        vendorId: present(onDefault.content.datapoints.at(-1)).id,
        parentVendorId: file.id,
      },
      'DatasetItem',
    ),
    of({ ...hl, kind: 'PROMPT', vendorId: promptFile.id }, 'Prompt'),
    versionOf(
      {
        ...hl,
        kind: 'PROMPT_VERSION',
        vendorId: present(promptFile.versions[0]).id,
        parentVendorId: promptFile.id,
      },
      'PromptVersion',
    ),
    of({ ...ph, kind: 'DATASET', vendorId: posthogDataset.id }, 'Dataset'),
    of({ ...ph, kind: 'DATASET_ITEM', vendorId: item.id }, 'DatasetItem', {
      input: present(item.versions.at(-1)).input,
    }),
    of({ ...ph, kind: 'PROMPT', vendorId: family.name }, 'Prompt'),
    versionOf(
      {
        ...ph,
        kind: 'PROMPT_VERSION',
        vendorId: present(family.versions[8]).id,
        parentVendorId: family.name,
      },
      'PromptVersion',
    ),
    of({ ...ph, kind: 'TRACE_REVIEW', vendorId: present(posthog.reviews[4]).id }, 'TraceReview'),
    of({ ...ph, kind: 'SCORE_DEFINITION', vendorId: present(posthog.definitions[4]).id }, 'ScoreDefinition'),
  ];
}

describe('resource, node and nodes', () => {
  it('find every kind of thing of every vendor, and give it the same id', async () => {
    const ids: string[] = [];
    for (const { ref, shows } of everything()) {
      const { resource } = dataOf(await gateway.query(ReadResourceDocument, { ref }));
      expect(resource, JSON.stringify(ref)).toMatchObject(shows);
      const id = present(resource).id;
      expect(id).toMatch(/^[\w-]+$/);
      const { node } = dataOf(await gateway.query(ReadNodeDocument, { id }));
      expect(node).toEqual(resource);
      ids.push(id);
    }
    const { nodes } = dataOf(await gateway.query(ReadNodesDocument, { ids }));
    expect(nodes).toMatchObject(everything().map(({ shows }) => shows));
    expect(nodes.map((node) => node?.id)).toEqual(ids);
  });

  it('give many things in the order of their ids, with holes for what cannot be given', async () => {
    const all = everything();
    const good = await Promise.all(all.slice(0, 3).map(({ ref }) => idOf(gateway, ref)));
    const one = present(good[0]);
    const text = Buffer.from(one, 'base64url').toString();
    const changed = (from: string | RegExp, to: string) =>
      Buffer.from(text.replace(from, to)).toString('base64url');
    const unknown = changed(/[\da-f]{4}$/, '0000');
    const ofNoSource = changed('datadog:', 'datadog-eu:');
    const ids = [one, 'garbage', unknown, present(good[1]), '', ofNoSource, one, present(good[2])];

    const answer = await gateway.query(ReadNodesDocument, { ids });
    expect(answer.data.nodes.map((node) => node?.id)).toEqual([
      one,
      undefined,
      undefined,
      good[1],
      undefined,
      undefined,
      one,
      good[2],
    ]);
    const codes = (answer.errors ?? []).map(({ path, extensions }) => [path?.join('.'), extensions.code]);
    expect(codes.toSorted()).toEqual([
      ['nodes.1', 'INVALID_INPUT'],
      ['nodes.2', 'NOT_FOUND'],
      ['nodes.4', 'INVALID_INPUT'],
      ['nodes.5', 'NOT_FOUND'],
    ]);
  });

  it('take 1,000 ids and refuse one more, without a call', async () => {
    const [first] = everything();
    const id = await idOf(gateway, present(first).ref);
    gateway.received('datadog');
    const thousand = await gateway.query(ReadNodesDocument, { ids: Array.from({ length: 1000 }, () => id) });
    expect(dataOf(thousand).nodes.every((node) => node?.id === id)).toBe(true);
    expect(gateway.received('datadog')).toHaveLength(1);
    const more = await gateway.query(ReadNodesDocument, { ids: Array.from({ length: 1001 }, () => id) });
    expect(more.errors).toMatchObject([{ path: ['nodes'], extensions: { code: 'INVALID_INPUT' } }]);
    expect(gateway.received('datadog')).toEqual([]);
  });

  it('give nothing for no ids', async () => {
    const answer = await gateway.query(ReadNodesDocument, { ids: [] });
    expect(answer.text).toBe(
      '{"data":{"nodes":[]},"extensions":{"upstream":{},"cost":{"estimate":0,"limit":1000}}}',
    );
  });

  it('keep an item of a version apart from the item of now', async () => {
    const dataset = gateway.sandbox.datadog.state.dataset('acme', datadogSeed.largestDataset);
    const id = await idOf(gateway, {
      vendor: 'DATADOG',
      kind: 'DATASET',
      vendorId: dataset.id,
      parentVendorId: dataset.projectId,
    });
    const variables = { id, first: 100, versionRef: '4' };
    const listed = dataOf(await gateway.query(ListItemsOfDatasetDocument, variables)).dataset?.items?.nodes;
    const ids = present(listed).map((item) => item.id);
    const { nodes } = dataOf(await gateway.query(ReadNodesDocument, { ids }));
    const records = present(dataset.versions.get(4)).records;
    expect(nodes).toMatchObject(records.map(({ id: vendorId, input }) => ({ vendorId, input })));
  });
});

describe('resource', () => {
  const missing = '00000000-0000-4000-8000-000000000000';

  it.each<[VendorRef, string]>([
    [{ vendor: 'DATADOG', kind: 'DATASET', vendorId: missing, parentVendorId: missing }, 'NOT_FOUND'],
    [{ vendor: 'DATADOG', kind: 'DATASET_VERSION', vendorId: '1', parentVendorId: missing }, 'NOT_FOUND'],
    [{ vendor: 'DATADOG', kind: 'PROJECT', vendorId: missing }, 'NOT_FOUND'],
    [{ vendor: 'DATADOG', kind: 'PROMPT', vendorId: 'no-such-prompt' }, 'NOT_FOUND'],
    [{ vendor: 'DATADOG', kind: 'MODEL_LAB_PROJECT', vendorId: '1' }, 'NOT_FOUND'],
    [{ vendor: 'DATADOG', kind: 'MODEL_LAB_PROJECT', vendorId: 'first' }, 'NOT_FOUND'],
    [{ vendor: 'HUMANLOOP', kind: 'DATASET', vendorId: 'ds_none' }, 'NOT_FOUND'],
    [{ vendor: 'HUMANLOOP', kind: 'PROMPT_VERSION', vendorId: 'prv_x', parentVendorId: 'pr_x' }, 'NOT_FOUND'],
    [{ vendor: 'POSTHOG', kind: 'DATASET', vendorId: missing }, 'NOT_FOUND'],
    [{ vendor: 'POSTHOG', kind: 'DATASET_ITEM', vendorId: 'not-a-uuid' }, 'NOT_FOUND'],
    [{ vendor: 'POSTHOG', kind: 'PROMPT', vendorId: 'holiday-campaign' }, 'NOT_FOUND'],
    [{ vendor: 'POSTHOG', kind: 'PROMPT', vendorId: '../../users/@me' }, 'NOT_FOUND'],
    [{ vendor: 'POSTHOG', kind: 'TRACE_REVIEW', vendorId: missing }, 'NOT_FOUND'],
    [{ vendor: 'POSTHOG', kind: 'SCORE_DEFINITION', vendorId: missing }, 'NOT_FOUND'],
    [{ vendor: 'DATADOG', kind: 'DATASET', vendorId: missing }, 'INVALID_INPUT'],
    [{ vendor: 'DATADOG', kind: 'DATASET_ITEM', vendorId: 'rec' }, 'INVALID_INPUT'],
    [{ vendor: 'DATADOG', kind: 'TRACE_REVIEW', vendorId: missing }, 'INVALID_INPUT'],
    [{ vendor: 'HUMANLOOP', kind: 'DATASET_VERSION', vendorId: 'dsv_x' }, 'INVALID_INPUT'],
    [{ vendor: 'HUMANLOOP', kind: 'PROJECT', vendorId: 'x' }, 'INVALID_INPUT'],
    [{ vendor: 'POSTHOG', kind: 'DATASET_VERSION', vendorId: '1', parentVendorId: missing }, 'INVALID_INPUT'],
    [{ vendor: 'POSTHOG', kind: 'PROMPT_VERSION', vendorId: missing }, 'INVALID_INPUT'],
    [{ vendor: 'POSTHOG', kind: 'PROMPT', vendorId: ' ' }, 'INVALID_INPUT'],
    [{ vendor: 'POSTHOG', kind: 'PROMPT', vendorId: 'x'.repeat(1001) }, 'INVALID_INPUT'],
  ])('answers %j with an error of its own', async (ref, code) => {
    const answer = await gateway.query(ReadResourceDocument, { ref });
    expect(answer.data).toEqual({ resource: null });
    expect(answer.errors).toMatchObject([{ path: ['resource'], extensions: { code } }]);
  });

  it('takes the ids of PostHog in either case as the same thing', async () => {
    const vendorId = present(posthogProject(gateway.sandbox).datasets[0]).id;
    const ref = { vendor: 'POSTHOG', kind: 'DATASET' } as const;
    expect(await idOf(gateway, { ...ref, vendorId: vendorId.toUpperCase() })).toBe(
      await idOf(gateway, { ...ref, vendorId }),
    );
  });
});
