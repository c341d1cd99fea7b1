import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../sandbox/core/random.ts';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { at } from '../support/first-of.ts';
import { type Answer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type KnownIds, readKnownIds } from '../support/ids-of-each-vendor.ts';
import { acmeCaller, type CallerHeaders, globexCaller, valuesOf } from '../support/tenants.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { vendorsUnderTest } from '../support/vendor-failures.ts';

let gateway: TestGateway;
let acmeIds: KnownIds;
let globexIds: KnownIds;

forbidUnhandledRejections();
beforeAll(async () => {
  gateway = await startTestGateway();
  acmeIds = await readKnownIds(gateway);
  globexIds = await readKnownIds(gateway, globexCaller);
});
afterAll(() => gateway.dispose());

interface Party {
  readonly name: string;
  readonly headers: CallerHeaders;
  readonly tenant: 'acme' | 'globex';
}

const globex: Party = { name: 'a caller of Globex', headers: globexCaller, tenant: 'globex' };
const ofAcme: readonly [Party, ...Party[]] = [
  { name: "the gateway's own credentials", headers: {}, tenant: 'acme' },
  { name: 'a caller of Acme', headers: acmeCaller, tenant: 'acme' },
];

/** What is named here is a name of the tenant's own things, or a person of it. */
const documents: readonly [string, ...string[]] = [
  '{ datasets(first: 4) { nodes { vendor name createdBy { email } } sourceErrors { code } } }',
  '{ datasets(first: 3, filter: { vendors: [DATADOG] }) { nodes { name draftLock { holder { email } } } } }',
  '{ prompts(first: 4) { nodes { name latestVersion { createdBy { email } } } sourceErrors { code } } }',
  '{ projects(first: 2) { nodes { name datasets(first: 2) { nodes { name } } } } }',
  '{ modelLabProjects(first: 3) { nodes { name } } }',
  '{ traceReviews(first: 3) { nodes { reviewedBy { email } scores { definitionName } } } }',
  '{ scoreDefinitions(first: 5) { nodes { name } } }',
  '{ datasets(first: 2, filter: { vendors: [HUMANLOOP] }) { nodes { name versions(first: 1) { nodes { createdBy { email } } } } } }',
];
const byId =
  'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Dataset { name } ... on Prompt { name } } }';

function expectTenant(answer: Answer<unknown>, { tenant, name }: Party): void {
  expect(answer.status, name).toBe(200);
  const names = valuesOf(answer.data, new Set(['name', 'definitionName']));
  const mails = valuesOf(answer.data, new Set(['email']));
  expect(names.length + mails.length, answer.text).toBeGreaterThan(0);
  for (const seen of names) {
    expect(String(seen).startsWith('Globex'), `${name} sees ${String(seen)}`).toBe(tenant === 'globex');
  }
  for (const mail of mails) expect(String(mail), name).toMatch(new RegExp(`@${tenant}\\.example$`));
}

/** Ids of both tenants: each sees its own and is told of the others as if they were not there. */
function expectOwnNodes(answer: Answer<{ nodes: unknown[] }>, party: Party): void {
  expectTenant(answer, party);
  const own = party.tenant === 'acme' ? acmeIds : globexIds;
  expect(answer.data.nodes.filter((node) => node !== null)).toHaveLength(idsOf(own).length);
  for (const { extensions } of answer.errors ?? []) expect(extensions.code).toBe('NOT_FOUND');
}

function idsOf(ids: KnownIds): readonly string[] {
  return [
    ids.datadogDataset,
    ids.humanloopDataset,
    ids.posthogDataset,
    ids.humanloopPrompt,
    ids.posthogPrompt,
    ids.project,
  ];
}

async function runOnce(party: Party, document: string): Promise<void> {
  if (document !== byId) {
    expectTenant(await gateway.query(document, {}, party.headers), party);
    return;
  }
  const ids = [...idsOf(acmeIds), ...idsOf(globexIds)];
  expectOwnNodes(await gateway.query<{ nodes: unknown[] }, object>(byId, { ids }, party.headers), party);
}

/** The credential that each request carried, as text; the vendor's path where it names what the credential is of. */
function credentialsSeen(): Readonly<Record<string, ReadonlySet<string>>> {
  const { datadog, humanloop, posthog } = gateway.sandbox;
  return {
    datadog: new Set(
      datadog.server.requests.all.map(
        ({ headers }) => `${headers['dd-api-key']} ${headers['dd-application-key']}`,
      ),
    ),
    humanloop: new Set(humanloop.server.requests.all.map(({ headers }) => `${headers['x-api-key']}`)),
    posthog: new Set(
      posthog.server.requests.all.map(
        ({ headers, url }) => `${headers['authorization']} ${/^\/api\/\w+\/(\d+)\//.exec(url)?.[1]}`,
      ),
    ),
  };
}

function pairOf({ apiKey, applicationKey }: { apiKey: string; applicationKey: string }): string {
  return `${apiKey} ${applicationKey}`;
}

describe('callers with credentials of different tenants, side by side', () => {
  it('never see what is of another, in a thousand rounds of random timing', async () => {
    const random = new Random(20_260_301);
    const running = new Set<Promise<void>>();
    let answered = 0;
    for (let round = 0; round < 1_000; round += 1) {
      if (random.below(3) === 0) {
        const { key } = at(vendorsUnderTest, random.below(3));
        const milliseconds = random.below(15);
        gateway.sandbox[key].server.faults.add({ effect: { type: 'latency', milliseconds }, times: 1 });
      }
      const document = random.below(25) === 0 ? byId : random.pick(documents);
      const pair = [globex, random.pick(ofAcme)];
      // In either order, with some turns of the event loop between them.
      for (const party of random.below(2) === 0 ? pair : pair.reverse()) {
        for (let turns = random.below(4); turns > 0; turns -= 1) await turn();
        const run = runOnce(party, document).finally(() => {
          running.delete(run);
          answered += 1;
        });
        running.add(run);
      }
      while (running.size > 8 + random.below(16)) await Promise.race(running);
    }
    await Promise.all(running);
    expect(answered).toBe(2_000);

    const { acme, globex: other } = datadogCredentials;
    const seen = credentialsSeen();
    expect(seen['datadog']).toEqual(new Set([acme.ada, acme.ben, other.gia].map(pairOf)));
    expect(seen['humanloop']?.size).toBe(3);
    expect(
      [...(seen['posthog'] ?? [])]
        .map((text) => text.replace(/^Bearer phx_sandbox/, '').replace(/0+ /, ' '))
        .toSorted(),
    ).toEqual(['AcmeOwner 1001', 'AcmeReader 1001', 'GlobexOwner 2002']);
  }, 180_000);

  it("give a caller that brings the key of one vendor the gateway's own view of the others", async () => {
    const { 'x-humanloop-api-key': key = '' } = globexCaller;
    const document = '{ datasets(first: 60) { nodes { vendor name } } }';
    type Data = { datasets: { nodes: { vendor: string; name: string }[] } };
    const { data } = await gateway.query<Data, object>(document, {}, { 'x-humanloop-api-key': key });
    for (const { vendor, name } of data.datasets.nodes) {
      expect(name.startsWith('Globex'), `${vendor} ${name}`).toBe(vendor === 'HUMANLOOP');
    }
  });

  it("refuse a tenant's cursor or page over to nothing of it with another's credentials", async () => {
    const document =
      'query ($after: String) { datasets(first: 5, after: $after) { nodes { name } pageInfo { endCursor } } }';
    type Data = { datasets: { nodes: { name: string }[]; pageInfo: { endCursor: string } } };
    const first = await gateway.query<Data, object>(document);
    const after = first.data.datasets.pageInfo.endCursor;
    const next = await gateway.query<Data, object>(document, { after }, globexCaller);
    expect(next.errors).toBeUndefined();
    for (const { name } of next.data.datasets.nodes) expect(name.startsWith('Globex')).toBe(true);
  });
});
