import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datadogCredentials } from '../../sandbox/datadog/index.ts';
import { readConfig } from '../../src/config.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { acmeCaller, globexCaller } from '../support/tenants.ts';
import { asBen, freeDataset, idOfDraft, lockDraft, readLock, unlockDraft } from './drafts.ts';

const names = ['own', 'globex', 'half', 'ann', 'cat'] as const;
const as = (name: (typeof names)[number]) => ({ authorization: `Bearer key-of-${name}-0123456789` });
const apiKeys = JSON.stringify(
  names.map((name) => ({ name, key: `key-of-${name}-0123456789`, scopes: ['read', 'write'] })),
);
const { 'x-humanloop-api-key': humanloopOfGlobex = '' } = globexCaller;
const callerCredentials = {
  'key:globex': globexCaller,
  // One vendor's alone: the others are asked as for everybody.
  'key:half': { 'x-humanloop-api-key': humanloopOfGlobex },
  // Two callers who are one user at the vendor.
  'key:ann': asBen,
  'key:cat': asBen,
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    environment: {
      API_KEYS: apiKeys,
      CALLER_CREDENTIALS: JSON.stringify(callerCredentials),
      DRAFT_LEASE: '3000',
    },
  });
});
afterAll(() => gateway?.dispose());

type Nodes = { readonly nodes: readonly { readonly name: string }[] };
const few = (vendor: string) =>
  `${vendor}: datasets(first: 5, filter: { vendors: [${vendor}] }) { nodes { name } }`;
const document = `{ ${['DATADOG', 'HUMANLOOP', 'POSTHOG'].map(few).join(' ')} }`;

/** Whose each vendor's datasets are, by their names. */
async function tenants(headers: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const { data } = await gateway.query<Readonly<Record<string, Nodes>>, object>(document, {}, headers);
  return Object.fromEntries(
    Object.entries(data).map(([vendor, { nodes }]) => {
      const owners = new Set(nodes.map(({ name }) => (name.startsWith('Globex') ? 'globex' : 'acme')));
      return [vendor, [...owners].join(' and ')];
    }),
  );
}
const all = (tenant: string) => ({ DATADOG: tenant, HUMANLOOP: tenant, POSTHOG: tenant });

describe('the credentials that a vendor is asked with', () => {
  it("are the gateway's own for a caller for whom there are no others", async () => {
    expect(await tenants(as('own'))).toEqual(all('acme'));
  });

  it('are those that the configuration has for the caller, for each vendor by itself', async () => {
    expect(await tenants(as('globex'))).toEqual(all('globex'));
    expect(await tenants(as('half'))).toEqual({ ...all('acme'), HUMANLOOP: 'globex' });
  });

  it('are those that the caller sends before all others, for each vendor by itself', async () => {
    expect(await tenants({ ...as('own'), ...globexCaller })).toEqual(all('globex'));
    expect(await tenants({ ...as('globex'), ...acmeCaller })).toEqual(all('acme'));
    const { 'x-humanloop-api-key': humanloop = '' } = acmeCaller;
    expect(await tenants({ ...as('globex'), 'x-humanloop-api-key': humanloop })).toEqual({
      ...all('globex'),
      HUMANLOOP: 'acme',
    });
  });

  it('are never made of both: half a pair is refused whatever the configuration has', async () => {
    const { errors } = await gateway.query(
      '{ datasets(first: 1) { nodes { name } } }',
      {},
      { ...as('globex'), 'x-datadog-api-key': datadogCredentials.acme.ben.apiKey },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
  });
});

describe('two callers for whom the configuration has the same credentials', () => {
  it('are kept apart by a lease, which is released at the vendor with those when it ends', async () => {
    const dataset = freeDataset(gateway);
    const id = await idOfDraft(gateway, dataset, as('ann'));
    expect((await lockDraft(gateway, id, as('ann'))).__typename).toBe('LockDatasetDraftSuccess');
    expect(await lockDraft(gateway, id, as('cat'))).toMatchObject({ __typename: 'DraftLockedError' });
    expect(await unlockDraft(gateway, id, as('cat'))).toMatchObject({ __typename: 'DraftLockedError' });
    expect(await readLock(gateway, id, as('ann'))).toMatchObject({ kind: 'GATEWAY', heldByCaller: true });
    expect(await readLock(gateway, id, as('cat'))).toMatchObject({ kind: 'GATEWAY', heldByCaller: false });
    await expect.poll(() => readLock(gateway, id, as('cat')), { timeout: 20_000 }).toBeNull();
  });
});

describe('credentials in the configuration', () => {
  it.each<readonly [RegExp, object]>([
    [/x-other-key is no header of a vendor/, { 'jwt:a': { 'x-other-key': 'c4n4ry' } }],
    [/application key together/, { 'jwt:a': { 'x-datadog-api-key': 'c4n4ry' } }],
    [/x-posthog-project-id/, { 'jwt:a': { 'x-posthog-api-key': 'c4n4ry' } }],
    [/API_KEYS has no key of that name/, { 'key:nobody': { 'x-humanloop-api-key': 'c4n4ry' } }],
  ])('that could not be used are refused at start: %s', (message, credentials) => {
    const read = () => readConfig({ CALLER_CREDENTIALS: JSON.stringify(credentials) });
    expect(read).toThrow(message);
    expect(read).not.toThrow(/c4n4ry/);
  });
});
