import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datadogSeed } from '../../sandbox/datadog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { acmeCaller } from '../support/tenants.ts';
import type { Ids } from './every-write.ts';
import { type Gate, startGate } from './gate.ts';
import { dataOf } from './reading.ts';
import { writesOfDatadog } from './writes-of-datadog.ts';
import { writesOfHumanloop } from './writes-of-humanloop.ts';
import { writesOfPostHog } from './writes-of-posthog.ts';
import { succeed } from './writing.ts';

/** Restores at Datadog wait here until a test lets them through. */
let gate: Gate;
let gateway: TestGateway;
let ids: Ids;
beforeEach(async () => {
  gate = await startGate(/\/restore$/);
  gateway = await startTestGateway({ environment: { DATADOG_BASE_URL: gate.origin } });
  gate.leadTo(gateway.sandbox.datadog.baseUrl);
  ids = await writesOfDatadog.readIds(gateway);
});
afterEach(async () => {
  await gateway.dispose();
  await gate.dispose();
});

interface Named {
  readonly dataset: { readonly name: string } | null;
}

describe('writes of one operation', () => {
  it.each([writesOfDatadog, writesOfHumanloop, writesOfPostHog])(
    'are made one after the other, and each is answered from after it: $name',
    async (vendor) => {
      const id = (await vendor.readIds(gateway))['dataset'];
      const fields = ['first', 'second', 'third'].map(
        (name) =>
          `${name}: updateDataset(input: { datasetId: $id, name: "${name}" }) { ... on UpdateDatasetSuccess { dataset { name } } }`,
      );
      const document = `mutation ($id: ID!) { ${fields.join(' ')} }`;
      const { data } = await gateway.query<Readonly<Record<string, Named>>, object>(document, { id });
      expect(data).toEqual({
        first: { dataset: { name: 'first' } },
        second: { dataset: { name: 'second' } },
        third: { dataset: { name: 'third' } },
      });
    },
  );

  it('see each other’s versions, and what is based on one that is gone is refused', async () => {
    const document = `mutation ($id: ID!) {
      edit: editDatasetItems(input: { datasetId: $id, expectedRef: "7", add: [{ input: "a" }] }) {
        ... on EditDatasetItemsSuccess { versionRef dataset { latestVersion { ref } } }
      }
      late: editDatasetItems(input: { datasetId: $id, expectedRef: "7", add: [{ input: "b" }] }) {
        ... on VersionConflictError { expectedRef currentRef }
      }
      next: editDatasetItems(input: { datasetId: $id, expectedRef: "8", add: [{ input: "c" }] }) {
        ... on EditDatasetItemsSuccess { versionRef dataset { latestVersion { ref } } }
      }
    }`;
    const answer = await gateway.query<unknown, object>(document, { id: ids['dataset'] });
    expect(dataOf(answer)).toEqual({
      edit: { versionRef: '8', dataset: { latestVersion: { ref: '8' } } },
      late: { expectedRef: '7', currentRef: '8' },
      next: { versionRef: '9', dataset: { latestVersion: { ref: '9' } } },
    });
  });
});

interface Latest {
  readonly dataset: { readonly latestVersion: { readonly ref: string } };
}
const latestDocument = 'query ($id: ID!) { dataset(id: $id) { latestVersion { ref } } }';

async function readLatest(headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = await gateway.query<Latest, object>(latestDocument, { id: ids['dataset'] }, headers);
  return dataOf(answer).dataset.latestVersion.ref;
}

/** Starts a read of the newest version that has left the vendor and takes its time to arrive. */
async function startLateRead(signal: AbortSignal): Promise<void> {
  const { faults, requests } = gateway.sandbox.datadog.server;
  const lift = faults.add({ method: 'GET', effect: { type: 'drip', milliseconds: 1_000 } });
  requests.clear();
  const body = JSON.stringify({ query: latestDocument, variables: { id: ids['dataset'] } });
  const headers = { 'content-type': 'application/json' };
  fetch(gateway.url, { method: 'POST', headers, body, signal }).catch(() => undefined);
  await requests.waitFor((all) => all.length > 0);
  lift();
}

function restore(headers: Readonly<Record<string, string>> = {}): Promise<{ versionRef: string | null }> {
  const input = { datasetId: ids['dataset'], versionRef: '3' };
  return succeed(gateway, 'restoreDatasetVersion', input, 'versionRef', headers);
}

describe('a read that is under way', () => {
  it('is shared while nobody writes', async () => {
    const leaving = new AbortController();
    await startLateRead(leaving.signal);
    const { requests } = gateway.sandbox.datadog.server;
    const sharing = new AbortController();
    const body = JSON.stringify({ query: latestDocument, variables: { id: ids['dataset'] } });
    const headers = { 'content-type': 'application/json' };
    const second = fetch(gateway.url, { method: 'POST', headers, body, signal: sharing.signal });
    const left = expect(second).rejects.toThrow();
    // Whoever comes with another key asks for themselves; by then the second one would have asked, too.
    expect(await readLatest(acmeCaller)).toBe('7');
    expect(requests.all).toHaveLength(2);
    sharing.abort();
    leaving.abort();
    await left;
  });

  it('and began while a write was is not given to whoever comes after the write', async () => {
    const leaving = new AbortController();
    const writing = restore();
    await gate.waitFor(1);
    await startLateRead(leaving.signal);
    gate.open();
    expect((await writing).versionRef).toBe('8');
    expect(await readLatest()).toBe('8');
    leaving.abort();
  });

  it('is not given to whoever comes after somebody else wrote with a key of their own', async () => {
    const leaving = new AbortController();
    gate.open();
    await startLateRead(leaving.signal);
    expect((await restore(acmeCaller)).versionRef).toBe('8');
    expect(await readLatest()).toBe('8');
    leaving.abort();
  });

  it('is not given to whoever comes after a write that failed, or of which nobody knows', async () => {
    gate.open();
    for (const effect of [{ type: 'answer', status: 400 }, { type: 'reset-after' }] as const) {
      const leaving = new AbortController();
      await startLateRead(leaving.signal);
      const lift = gateway.sandbox.datadog.server.faults.add({ method: 'POST', effect });
      await expect(restore()).rejects.toThrow(/failed/);
      lift();
      const { currentVersion } = gateway.sandbox.datadog.state.dataset('acme', datadogSeed.largestDataset);
      expect(await readLatest()).toBe(String(currentVersion));
      leaving.abort();
    }
    expect(await readLatest()).toBe('8');
  });
});
