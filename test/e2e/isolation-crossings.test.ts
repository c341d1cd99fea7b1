import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../sandbox/core/random.ts';
import { type Dataset, datadogCredentials } from '../../sandbox/datadog/index.ts';
import { type Asker, createAsker, type Way } from '../support/ask-any-way.ts';
import {
  allParties,
  crossingsIn,
  type Party,
  parties,
  showsOwn,
  startForTwo,
} from '../support/callers-of-two.ts';
import { at } from '../support/first-of.ts';
import type { TestGateway } from '../support/gateway.ts';
import { readKnownIds } from '../support/ids-of-each-vendor.ts';
import { type Follower, followSse, followWs } from '../support/stream-client.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { vendorsUnderTest } from '../support/vendor-failures.ts';
import type { ShownEvent } from './changes-following.ts';
import { idOfDraft } from './drafts.ts';

/** `npm test` sends a quarter of what `npm run test:isolation` does: all of it takes a minute of computing. */
const operations = process.env['ISOLATION'] === 'all' ? 10_000 : 2_500;
const people = { acme: datadogCredentials.acme.ada.user, globex: datadogCredentials.globex.gia.user };

let gateway: TestGateway;
/** Datadog's datasets, and their ids in the API: the same at both organisations. */
let twins: readonly { readonly acme: Dataset; readonly globex: Dataset; readonly id: string }[];
let ids: readonly string[];
/** What can be followed. */
let followed: readonly string[];
const askers = new Map<Party, Asker>();
const followers: { readonly party: Party; readonly events: Follower<Record<string, ShownEvent>> }[] = [];

forbidUnhandledRejections();
beforeAll(async () => {
  gateway = await startForTwo({ WATCH_INTERVAL: '1000', WATCH_MAX_INTERVAL: '1000', DRAFT_LEASE: '5000' });
  const { state } = gateway.sandbox.datadog;
  const [project] = state.tenant('acme').projects.values();
  const few = [...(project?.datasets.values() ?? [])].filter(({ lock }) => lock === undefined).slice(0, 5);
  twins = await Promise.all(
    few.map(async (dataset) => ({
      acme: dataset,
      globex: state.dataset('globex', dataset.id),
      id: await idOfDraft(gateway, dataset, parties.own.headers),
    })),
  );
  const known = await readKnownIds(gateway, parties.own.headers);
  followed = [
    ...twins.map(({ id }) => id),
    known.humanloopDataset,
    known.humanloopPrompt,
    known.posthogPrompt,
  ];
  ids = [...twins.map(({ id }) => id), ...Object.values(known)];
  for (const party of allParties) askers.set(party, createAsker(gateway.url, party.headers));
});
afterAll(async () => {
  for (const { events } of followers) await events.close();
  for (const asker of askers.values()) await asker.dispose();
  await gateway?.dispose();
});

interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly isMutation?: boolean;
}

const byIds = `query ($ids: [ID!]!) { nodes(ids: $ids) {
  __typename id
  ... on Dataset { name description createdBy { email } }
  ... on Prompt { name description createdBy { email } }
  ... on TraceReview { comment reviewedBy { email } }
  ... on Project { name } ... on ModelLabProject { name } ... on ScoreDefinition { name }
} }`;
const one: readonly [string, ...string[]] = [
  'query ($id: ID!) { dataset(id: $id) { name description } }',
  'query ($id: ID!) { dataset(id: $id) { name draftLock { kind holder { name } } } }',
];
const lists: readonly [string, ...string[]] = [
  '{ datasets(first: 1, filter: { vendors: [HUMANLOOP] }) { nodes { name createdBy { email } } } }',
  '{ datasets(first: 1, filter: { vendors: [POSTHOG] }) { nodes { name items(first: 1) { nodes { input } } } } }',
  '{ prompts(first: 1, filter: { vendors: [DATADOG] }) { nodes { name latestVersion { ref } } } }',
  '{ prompts(first: 1, filter: { vendors: [POSTHOG] }) { nodes { name createdBy { email } } } }',
  '{ projects(first: 1) { nodes { name datasets(first: 1) { nodes { name } } } } }',
  '{ traceReviews(first: 2) { nodes { comment reviewedBy { email } } } }',
  '{ scoreDefinitions(first: 1) { nodes { name } } modelLabProjects(first: 1) { nodes { name } } }',
  '{ datasets(first: 2) { nodes { name } } sources { status statusReason } }',
];
const shownLock = '__typename ... on DraftLockedError { message lock { kind holder { name handle } } }';

function draftOf(field: 'lock' | 'unlock', datasetId: string): Asked {
  const type = `${field}DatasetDraft`;
  const input = `${type.charAt(0).toUpperCase()}${type.slice(1)}Input`;
  return {
    query: `mutation ($input: ${input}!) { ${type}(input: $input) { ${shownLock} } }`,
    variables: { input: { datasetId } },
    isMutation: true,
  };
}

function editOf(datasetId: string, { tenant }: Party): Asked {
  const input = { datasetId, add: [{ input: { question: `${tenant} asks` } }] };
  return {
    query: `mutation ($input: EditDatasetItemsInput!) { editDatasetItems(input: $input) {
      __typename ... on UserError { message } ... on EditDatasetItemsSuccess { added { input } dataset { name } }
    } }`,
    variables: { input },
    isMutation: true,
  };
}

/** What is asked next, by one party or by several at the same moment. */
function next(random: Random): (party: Party) => Asked {
  const { id } = at(twins, random.below(twins.length));
  const kind = random.below(100);
  if (kind < 50) {
    const some = Array.from({ length: 1 + random.below(3) }, () => at(ids, random.below(ids.length)));
    return () => ({ query: byIds, variables: { ids: [...new Set(some)] } });
  }
  if (kind < 85) {
    const query = random.pick(one);
    return () => ({ query, variables: { id } });
  }
  if (kind < 94) {
    const query = random.pick(lists);
    return () => ({ query });
  }
  if (kind < 99) {
    const field = random.pick<'lock' | 'unlock'>(['lock', 'lock', 'unlock']);
    return () => draftOf(field, id);
  }
  return (party) => editOf(id, party);
}

function wayOf({ isMutation }: Asked, random: Random): Way {
  return random.pick(
    isMutation === true ? ['post', 'events', 'websocket'] : ['post', 'get', 'events', 'websocket'],
  );
}

/** What somebody does in the pages of the vendors meanwhile. */
function disturb(random: Random): void {
  const { key } = at(vendorsUnderTest, random.below(3));
  const milliseconds = random.below(12);
  gateway.sandbox[key].server.faults.add({ effect: { type: 'latency', milliseconds }, times: 1 });
  if (random.below(20) > 0) return;
  const { state } = gateway.sandbox.datadog;
  const tenant = random.pick<'acme' | 'globex'>(['acme', 'globex']);
  const dataset = at(twins, 2 + random.below(twins.length - 2))[tenant];
  if (dataset.lock === undefined) state.lock(dataset, people[tenant]);
  else state.unlock(dataset);
}

function follow(): void {
  // What events show by themselves: what would be read for them is asked for all the time anyway.
  const query = `subscription ($ids: [ID!]!) { changes(resourceIds: $ids) {
    __typename
    ... on DraftLockChange { datasetId current { holder { name handle } } previous { holder { name } } }
    ... on DatasetVersionChange { datasetId versionRef previousRef }
    ... on ChangeGap { message resourceIds }
    ... on SourceStatusChange { statusReason }
  } }`;
  const variables = { ids: followed };
  for (const party of allParties) {
    const { headers } = party;
    followers.push({ party, events: followSse(gateway.url, { query, variables }, headers) });
    const params = { connectionParams: { ...headers } };
    followers.push({ party, events: followWs(gateway.url, { query, variables }, params) });
  }
}

/** The credentials that vendors were asked with, whatever for. */
function credentialsSeen(): readonly string[] {
  const seen = new Set<string>();
  for (const { key } of vendorsUnderTest) {
    for (const { headers } of gateway.sandbox[key].server.requests.all) {
      seen.add(
        [
          key,
          headers['dd-application-key'],
          headers['x-api-key'],
          key === 'posthog' ? headers['authorization'] : '',
        ].join(' '),
      );
    }
  }
  return [...seen];
}

describe('callers of two organisations whose things have the same ids', () => {
  it(`are never told anything of each other, in ${operations} operations of random timing`, async () => {
    const random = new Random(20_261_125);
    follow();
    const running = new Set<Promise<void>>();
    let [asked, own] = [0, 0];
    const run = async (party: Party, way: Way, { query, variables }: Asked): Promise<void> => {
      const text = await askers.get(party)?.ask(way, query, variables);
      expect(crossingsIn(text ?? '', party), `${party.name} by ${way}: ${query}`).toEqual([]);
      if (showsOwn(text ?? '', party)) own += 1;
    };
    while (asked < operations) {
      if (random.below(3) === 0) disturb(random);
      const what = next(random);
      for (let count = Math.min(1 + random.below(6), operations - asked); count > 0; count -= 1) {
        const party = random.pick(allParties);
        const request = what(party);
        for (let turns = random.below(3); turns > 0; turns -= 1) await turn();
        const one = run(party, wayOf(request, random), request).finally(() => running.delete(one));
        running.add(one);
        asked += 1;
      }
      while (running.size > 10 + random.below(20)) await Promise.race(running);
    }
    await Promise.all(running);
    // Most is about things that say whose they are, and is answered.
    expect(own).toBeGreaterThan(operations * 0.75);

    // What happens to the one at either organisation last is told to all of its own, and to nobody else.
    const [last, other] = [at(twins, 0), at(twins, 1)];
    const { state } = gateway.sandbox.datadog;
    const refs = {
      acme: [last.id, state.addVersion(last.acme, people.acme)],
      globex: [other.id, state.addVersion(other.globex, people.globex)],
    } as const;
    for (const { party, events } of followers) {
      const [id, number] = refs[party.tenant];
      for (;;) {
        const event = (await events.next()).data?.['changes'];
        if (event?.datasetId === id && event.versionRef === String(number)) break;
      }
      expect(crossingsIn(JSON.stringify(events.answers), party), party.name).toEqual([]);
      expect(events.answers.some(({ data }) => data?.['changes']?.__typename === 'DraftLockChange')).toBe(
        true,
      );
    }
    expect(credentialsSeen()).toHaveLength(3 + 3 + 3);
  }, 600_000);
});
