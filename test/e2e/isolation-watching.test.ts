import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Dataset, datadogCredentials } from '../../sandbox/datadog/index.ts';
import { createAsker, ways } from '../support/ask-any-way.ts';
import { allParties, crossingsIn, type Party, parties, startForTwo } from '../support/callers-of-two.ts';
import type { TestGateway } from '../support/gateway.ts';
import { type Follower, followSse, followWs } from '../support/stream-client.ts';
import { followDocument, readWithCursor, type ShownEvent, watchFast } from './changes-following.ts';
import { idOfDraft } from './drafts.ts';
import { present } from './reading.ts';

const { acme, globex } = datadogCredentials;

let gateway: TestGateway;
/** Datadog's, and its id: the same at both. */
let dataset: Dataset;
let twin: Dataset;
let id: string;
const followers: Follower<Readonly<Record<string, ShownEvent>>>[] = [];

beforeEach(async () => {
  gateway = await startForTwo(watchFast);
  dataset = gateway.sandbox.datadog.state.dataset('acme', freeId());
  twin = gateway.sandbox.datadog.state.dataset('globex', dataset.id);
  id = await idOfDraft(gateway, dataset, parties.own.headers);
});
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.close();
  await gateway.dispose();
});

function freeId(): string {
  const [project] = gateway.sandbox.datadog.state.tenant('acme').projects.values();
  const free = [...(project?.datasets.values() ?? [])].find(({ lock }) => lock === undefined);
  return present(free).id;
}

type Transport = 'events' | 'websocket';

function following({ headers }: Party, transport: Transport, after?: string) {
  const request = { query: followDocument('changes'), variables: { ids: [id], after } };
  const follower =
    transport === 'events'
      ? followSse<Readonly<Record<string, ShownEvent>>>(gateway.url, request, headers)
      : followWs<Readonly<Record<string, ShownEvent>>>(gateway.url, request, {
          connectionParams: { ...headers },
        });
  followers.push(follower);
  return {
    next: async () => present((await follower.next()).data?.['changes']),
    text: () => JSON.stringify(follower.answers),
  };
}

function cursorOf({ headers }: Party): Promise<string> {
  return readWithCursor(gateway, 'dataset', id, headers);
}

/** Follows for everybody, each from a cursor of its own, so that nothing is missed. */
async function everybody(transport: Transport) {
  const cursors: (readonly [Party, string])[] = [];
  // One after the other: two reads at once by the same credentials leave open what was there first.
  for (const party of allParties) cursors.push([party, await cursorOf(party)]);
  return cursors.map(([party, after]) => ({ party, ...following(party, transport, after) }));
}

describe.each(['events', 'websocket'] as const)(
  'what changes at one of two organisations, by %s',
  (transport) => {
    it('is told to its own followers alone, though the other has something of that id', async () => {
      const all = await everybody(transport);
      const { state } = gateway.sandbox.datadog;
      const first = state.addVersion(dataset, acme.ada.user);
      for (const { party, next } of all) {
        if (party.tenant === 'acme') {
          expect(await next()).toMatchObject({ versionRef: String(first), dataset: { name: dataset.name } });
        }
      }
      // Who follows the other's would have been told of that by now: this comes after it.
      state.lock(twin, globex.gia.user);
      state.unlock(dataset);
      for (const { party, next, text } of all) {
        if (party.tenant === 'globex') {
          expect(await next()).toMatchObject({ current: { holder: { name: globex.gia.user.name } } });
        }
        expect(crossingsIn(text(), party), party.name).toEqual([]);
      }
      state.unlock(twin);
    });

    it('through this gateway is told to nobody of the other', async () => {
      const all = await everybody(transport);
      const edit = `mutation ($input: EditDatasetItemsInput!) { editDatasetItems(input: $input) { __typename } }`;
      const input = { datasetId: id, add: [{ input: { question: 'Acme or not?' } }] };
      const edited = await gateway.query(edit, { input }, parties.acmeMapped.headers);
      expect(edited.text).toContain('EditDatasetItemsSuccess');
      const version = gateway.sandbox.datadog.state.addVersion(twin, globex.gia.user);
      for (const { party, next, text } of all) {
        const event = await next();
        if (party.tenant === 'globex') {
          expect(event).toMatchObject({ versionRef: String(version), origin: 'VENDOR' });
        } else expect(event.versionRef).toBe(String(dataset.currentVersion));
        expect(crossingsIn(text(), party), party.name).toEqual([]);
      }
    });

    it('is not told to the other who goes on with a cursor of its followers', async () => {
      const { own, globexSent, globexMapped } = parties;
      const mine = following(own, transport, await cursorOf(own));
      const theirs = following(globexSent, transport, await cursorOf(globexSent));
      const { state } = gateway.sandbox.datadog;
      const version = state.addVersion(twin, globex.gia.user);
      expect(await theirs.next()).toMatchObject({ versionRef: String(version) });
      state.addVersion(dataset, acme.ada.user);
      const { cursor } = await mine.next();
      state.addVersion(dataset, acme.ada.user);
      await mine.next();

      // From there on nothing has come about at Globex, and what is told next is what comes about now.
      const stolen = following(globexMapped, transport, cursor);
      const again = state.addVersion(twin, globex.gia.user);
      expect(await stolen.next()).toMatchObject({ versionRef: String(again) });
      expect(crossingsIn(stolen.text(), globexMapped)).toEqual([]);
    });
  },
);

describe('the same read by everybody at the same moment', () => {
  it.each(ways)('is sent once for each set of credentials, and answered by it: %s', async (way) => {
    const { server } = gateway.sandbox.datadog;
    const askers = allParties.map((party) => ({ party, ...createAsker(gateway.url, party.headers) }));
    // A socket is open before it is asked over.
    if (way === 'websocket') await Promise.all(askers.map(({ ask }) => ask(way, '{ __typename }')));
    server.faults.add({ effect: { type: 'latency', milliseconds: 800 } });
    server.requests.clear();
    const query = 'query ($id: ID!) { dataset(id: $id) { name description } }';
    const answers = await Promise.all(
      askers.map(async ({ party, ask }) => ({ party, text: await ask(way, query, { id }) })),
    );
    for (const { party, text } of answers) {
      expect(text, party.name).toContain(party.tenant === 'acme' ? dataset.name : twin.name);
      expect(crossingsIn(text, party), party.name).toEqual([]);
    }
    const keys = server.requests.all.map(({ headers }) => headers['dd-application-key']);
    const { ada, ben } = acme;
    expect(keys.toSorted()).toEqual([ada, ben, globex.gia].map((one) => one.applicationKey).toSorted());
    await Promise.all(askers.map(({ dispose }) => dispose()));
  });
});
