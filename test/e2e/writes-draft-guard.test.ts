import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import {
  apiKeys,
  asAda,
  asBen,
  asCaller,
  ben,
  freeDataset,
  type Headers,
  idOfDraft,
  lockDraft,
} from './drafts.ts';
import { mutationDocument, type Told, takeWrites } from './writing.ts';

let gateway: TestGateway;
let dataset: Dataset;
let id: string;

beforeAll(async () => {
  gateway = await startTestGateway({ environment: { API_KEYS: apiKeys } });
});
afterAll(() => gateway.dispose());
beforeEach(async () => {
  gateway.sandbox.datadog.reset();
  dataset = freeDataset(gateway);
  id = await idOfDraft(gateway, dataset, asCaller('alice'));
});

/** Every write of a Datadog dataset that changes what its draft is of. */
const guarded = [
  { name: 'editDatasetItems', input: { add: [{ input: { question: 'Who edits this?' } }] } },
  { name: 'restoreDatasetVersion', input: { versionRef: '0' } },
  { name: 'updateDataset', input: { description: 'Said by somebody' } },
  { name: 'deleteDataset', input: {} },
] as const;

type Results = Readonly<Record<string, Told>>;

async function write(name: string, input: object, headers: Headers): Promise<Told> {
  const variables = { input: { datasetId: id, ...input } };
  const { data, text } = await gateway.query<Results, object>(mutationDocument(name), variables, headers);
  const result = data[name];
  if (result === undefined) throw new Error(text);
  return result;
}

async function upload(headers: Headers): Promise<Told> {
  const form = new FormData();
  const variables = { input: { datasetId: id, file: null } };
  form.set('operations', JSON.stringify({ query: mutationDocument('uploadDatasetCsv'), variables }));
  form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  form.set('0', new Blob(['input\nWho edits this?\n']), 'items.csv');
  const csrf = { 'graphql-require-preflight': '1' };
  const response = await fetch(gateway.url, { method: 'POST', headers: { ...headers, ...csrf }, body: form });
  // What the gateway sends is a GraphQL response, or the test that reads it fails.
  const { data } = (await response.json()) as { data: { uploadDatasetCsv: Told } };
  return data.uploadDatasetCsv;
}

const writes = [
  ...guarded.map(({ name, input }) => ({
    name,
    send: (headers: Headers): Promise<Told> => write(name, input, headers),
  })),
  { name: 'uploadDatasetCsv', send: upload },
] as const;

describe.each(writes)('$name of a dataset', ({ send }) => {
  it('whose draft another caller of the gateway holds is refused with the holder, and nothing is sent', async () => {
    await lockDraft(gateway, id, asCaller('alice'));
    takeWrites(gateway);
    expect(await send(asCaller('bob'))).toMatchObject({
      __typename: 'DraftLockedError',
      code: 'DRAFT_LOCKED',
      message: expect.stringMatching(/^alice is editing the draft since .*Nothing was written\.$/),
      heldBy: { kind: 'GATEWAY', holder: { name: 'alice' } },
    });
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('whose draft somebody holds at the vendor is refused with the holder, and nothing is sent', async () => {
    gateway.sandbox.datadog.state.lock(dataset, ben.user);
    for (const headers of [asCaller('alice'), asCaller('alice', asAda)]) {
      expect(await send(headers)).toMatchObject({
        __typename: 'DraftLockedError',
        message: expect.stringContaining(ben.user.name),
        heldBy: { kind: 'VENDOR', holder: { name: ben.user.name } },
      });
    }
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('whose draft cannot be looked at is not sent', async () => {
    const effect = { type: 'answer', status: 500 } as const;
    gateway.sandbox.datadog.server.faults.add({ path: '/draft_state$', effect });
    expect(await send(asCaller('alice'))).toMatchObject({
      __typename: 'SourceFailure',
      code: 'SOURCE_UNAVAILABLE',
    });
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('works for the caller of the gateway who holds the draft', async () => {
    await lockDraft(gateway, id, asCaller('alice'));
    expect((await send(asCaller('alice'))).__typename).toMatch(/Success$/);
  });

  it('works for the person who holds the draft at the vendor', async () => {
    await lockDraft(gateway, id, asCaller('bob', asBen));
    gateway.sandbox.datadog.switches.lockBlocksWrites = true;
    expect((await send(asCaller('bob', asBen))).__typename).toMatch(/Success$/);
  });

  it('that Datadog refuses because somebody took the draft just then says who', async () => {
    const { server, state, switches } = gateway.sandbox.datadog;
    switches.lockBlocksWrites = true;
    server.requests.clear();
    const taken = server.requests.waitFor((all) => {
      const isWrite = all.some(({ method }) => method !== 'GET');
      if (isWrite) state.lock(dataset, ben.user);
      return isWrite;
    });
    expect(await send(asCaller('alice'))).toMatchObject({
      __typename: 'DraftLockedError',
      message: expect.stringMatching(/Ben Okafor.*holds the draft, and Datadog refused the write/),
      heldBy: { kind: 'VENDOR', holder: { name: ben.user.name } },
    });
    await taken;
  });
});
