import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../support/first-of.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { followWs } from '../support/stream-client.ts';
import { freeDataset, idOfDraft } from './drafts.ts';
import { sendWrite, titleOf, type VendorWrites, writesIn } from './every-write.ts';
import { writesOfDatadog } from './writes-of-datadog.ts';
import { writesOfHumanloop } from './writes-of-humanloop.ts';
import { writesOfPostHog } from './writes-of-posthog.ts';

const vendors = ['datadog', 'humanloop', 'posthog'] as const;
type Name = (typeof vendors)[number];

const scopesOf = {
  everything: ['read', 'write'],
  onlyDatadog: ['read:datadog'],
  onlyPosthog: ['read:posthog', 'write:posthog'],
  // Reads everywhere, and writes everywhere but at one vendor.
  notDatadog: ['read', 'write:humanloop', 'write:posthog'],
  notHumanloop: ['read', 'write:datadog', 'write:posthog'],
  notPosthog: ['read', 'write:datadog', 'write:humanloop'],
  // Writes at one vendor and reads nowhere.
  writesDatadog: ['write:datadog'],
} as const satisfies Record<string, readonly string[]>;
type CallerName = keyof typeof scopesOf;

const as = (name: CallerName) => ({ authorization: `Bearer key-of-${name}-0123456789` });
const apiKeys = JSON.stringify(
  Object.entries(scopesOf).map(([name, scopes]) => ({ name, key: `key-of-${name}-0123456789`, scopes })),
);

let gateway: TestGateway;
let ids: KnownIds;
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { API_KEYS: apiKeys } });
  ids = await readKnownIds(gateway, as('everything'));
});
afterAll(() => gateway?.dispose());

function calls(): readonly number[] {
  return vendors.map((vendor) => gateway.received(vendor).length);
}

interface Listed {
  readonly datasets: {
    readonly nodes: readonly { readonly vendor: string }[];
    readonly sourceErrors: readonly { readonly vendor: string; readonly code: string }[];
  };
}
const list = `query ($vendors: [Vendor!]) { datasets(first: 9, filter: { vendors: $vendors }) {
  nodes { vendor } sourceErrors { vendor code message } } }`;

describe('a caller with scopes for one vendor', () => {
  it('sees that vendor in lists, and no call goes to the others', async () => {
    const { data } = await gateway.query<Listed, object>(list, {}, as('onlyDatadog'));
    expect(new Set(data.datasets.nodes.map(({ vendor }) => vendor))).toEqual(new Set(['DATADOG']));
    expect(data.datasets.sourceErrors).toEqual([]);
    const [datadog, humanloop, posthog] = calls();
    expect(datadog).toBeGreaterThan(0);
    expect([humanloop, posthog]).toEqual([0, 0]);
  });

  it('is told of a vendor that it names and may not read', async () => {
    const { data } = await gateway.query<Listed, object>(
      list,
      { vendors: ['DATADOG', 'HUMANLOOP'] },
      as('onlyDatadog'),
    );
    expect(data.datasets.nodes.length).toBeGreaterThan(0);
    expect(data.datasets.sourceErrors).toMatchObject([{ vendor: 'HUMANLOOP', code: 'FORBIDDEN' }]);
    expect(calls()[1]).toBe(0);
  });

  it('is told of each thing by id that it may not read, and gets the others', async () => {
    const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const asked = [ids.datadogDataset, ids.humanloopDataset, ids.posthogPrompt, ids.traceReview];
    const { data, errors } = await gateway.query<{ nodes: readonly unknown[] }, object>(
      document,
      { ids: asked },
      as('onlyDatadog'),
    );
    expect(data.nodes).toEqual([{ id: ids.datadogDataset }, null, null, null]);
    const refusals = errors?.map(({ extensions }) => [extensions.code, extensions['vendor']]) ?? [];
    expect(refusals.sort()).toEqual([
      ['FORBIDDEN', 'HUMANLOOP'],
      ['FORBIDDEN', 'POSTHOG'],
      ['FORBIDDEN', 'POSTHOG'],
    ]);
    expect(calls().slice(1)).toEqual([0, 0]);
  });

  it('sees in `sources` which vendors it may not ask, and why', async () => {
    const document = '{ sources { vendor status statusReason } }';
    const { data } = await gateway.query<
      {
        sources: readonly { vendor: string; status: string; statusReason: string | null }[];
      },
      object
    >(document, {}, as('onlyPosthog'));
    expect(data.sources).toMatchObject([
      { vendor: 'DATADOG', status: 'UNCONFIGURED', statusReason: expect.stringContaining('`read:datadog`') },
      {
        vendor: 'HUMANLOOP',
        status: 'UNCONFIGURED',
        statusReason: expect.stringContaining('`read:humanloop`'),
      },
      { vendor: 'POSTHOG', status: 'UP', statusReason: null },
    ]);
    calls();
  });

  it('may not follow what it may not read', async () => {
    const follower = followWs(
      gateway.url,
      {
        query: 'subscription ($ids: [ID!]!) { changes(resourceIds: $ids) { __typename } }',
        variables: { ids: [ids.datadogDataset] },
      },
      { connectionParams: as('onlyPosthog') },
    );
    expect(JSON.stringify(await follower.ended)).toContain('FORBIDDEN');
    await follower.close();
    expect(calls()).toEqual([0, 0, 0]);
  });

  it('may not download what it may not read', async () => {
    const address = `${gateway.origin}/export/datasets/${ids.humanloopDataset}.csv`;
    const refused = await fetch(address, { headers: as('onlyDatadog') });
    expect(refused.status).not.toBe(200);
    expect(await refused.text()).toContain('FORBIDDEN');
    expect(calls()).toEqual([0, 0, 0]);
  });
});

describe('a caller that may write at one vendor and read nowhere', () => {
  it('sees what it has written', async () => {
    const document = `mutation ($input: UpdateDatasetInput!) { updateDataset(input: $input) {
      __typename ... on UpdateDatasetSuccess { dataset { id description } } } }`;
    const datasetId = await idOfDraft(gateway, freeDataset(gateway), as('everything'));
    const input = { datasetId, description: 'Written without reading.' };
    const { data, errors } = await gateway.query<{ updateDataset: object }, object>(
      document,
      { input },
      as('writesDatadog'),
    );
    expect(errors).toBeUndefined();
    expect(data.updateDataset).toEqual({
      __typename: 'UpdateDatasetSuccess',
      dataset: { id: datasetId, description: input.description },
    });
    const { status, errors: refusals } = await gateway.query(
      '{ sources { vendor } }',
      {},
      as('writesDatadog'),
    );
    expect(status).toBe(403);
    expect(at(refusals, 0).extensions.code).toBe('FORBIDDEN');
    calls();
  });
});

const cases: readonly (readonly [Name, VendorWrites, CallerName])[] = [
  ['datadog', writesOfDatadog, 'notDatadog'],
  ['humanloop', writesOfHumanloop, 'notHumanloop'],
  ['posthog', writesOfPostHog, 'notPosthog'],
];

describe.each(cases)('a caller that may write everywhere but at %s', (name, vendor, caller) => {
  it.each(vendor.writes.map((write) => [titleOf(write), write] as const))(
    'is refused %s, and nothing is written',
    async (_title, write) => {
      gateway.sandbox[name].reset();
      write.before?.(gateway.sandbox);
      const open = await startTestGateway({ environment: { ...gateway.sandbox.environment } });
      const known = await vendor.readIds(open).finally(() => open.dispose());
      gateway.received(name);
      const { data, errors } = await sendWrite(gateway, write, known, { headers: as(caller) });
      expect(data).toEqual({ [write.mutation]: null });
      expect(errors).toMatchObject([{ path: [write.mutation], extensions: { code: 'FORBIDDEN' } }]);
      expect(writesIn(gateway, name)).toEqual([]);
    },
  );
});
