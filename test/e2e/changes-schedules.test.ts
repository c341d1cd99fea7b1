import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datadogCredentials, datadogSeed } from '../../sandbox/datadog/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Follower, follow, type ShownEvent, watchFast } from './changes-following.ts';
import { lockDraft, unlockDraft } from './drafts.ts';
import { dataOf, idOf, present } from './reading.ts';
import { humanloopDataset, writesOfHumanloop } from './writes-of-humanloop.ts';

/*
 * The same promise as that of the property over a vendor in memory, over sockets and with all three vendors: a client
 * that reads with a cursor, follows, leaves and comes back ends up knowing what is so.
 */

const { ben } = datadogCredentials.acme;
const { projectId } = posthogCredentials.acme;
const promptName = 'followed-over-sockets';

const acts = [
  'lock behind',
  'unlock behind',
  'lock',
  'unlock',
  'datadog version',
  'humanloop version',
  'posthog version',
  'leave',
  'return',
] as const;
type Act = (typeof acts)[number];

interface Ids {
  readonly datadog: string;
  readonly humanloop: string;
  readonly posthog: string;
}

function partsOf({ datadog, humanloop }: Sandbox) {
  return {
    dataset: datadog.state.dataset('acme', datadogSeed.largestDataset),
    file: humanloop.state.dataset(humanloopDataset),
  };
}

/** A lock that the gateway has for its own callers names none of the vendor's users. */
const ofGateway = 'the gateway';

function holderOf(lock: { readonly holder: { readonly vendorId: string | null } } | null): string | null {
  return lock === null ? null : (lock.holder.vendorId ?? ofGateway);
}

let made = 0;

async function perform(gateway: TestGateway, ids: Ids, act: Act): Promise<void> {
  const { sandbox } = gateway;
  const { dataset, file } = partsOf(sandbox);
  made += 1;
  switch (act) {
    case 'lock behind':
      sandbox.datadog.state.lock(dataset, ben.user);
      break;
    case 'unlock behind':
      sandbox.datadog.state.unlock(dataset);
      break;
    case 'lock':
      await lockDraft(gateway, ids.datadog);
      break;
    case 'unlock':
      await unlockDraft(gateway, ids.datadog);
      break;
    case 'datadog version':
      sandbox.datadog.state.addVersion(dataset, ben.user);
      break;
    case 'humanloop version':
      sandbox.humanloop.state.createDatasetVersion(file.id, {
        datapoints: [{ inputs: { question: `${made}` } }],
      });
      break;
    case 'posthog version':
      sandbox.posthog.state.publishPrompt(projectId, promptName, `${made}`);
      break;
    default:
  }
}

/** What is so at the vendors, as a client can know it. */
function truthOf(sandbox: Sandbox): Knowledge {
  const { dataset, file } = partsOf(sandbox);
  return {
    lock: dataset.lock === undefined ? null : dataset.lock.userId === ben.user.id ? ben.user.id : ofGateway,
    datadog: String(dataset.currentVersion),
    humanloop: present(file.versions.at(-1)).id,
    posthog: present(sandbox.posthog.state.prompt(projectId, promptName).versions.at(-1)).id,
  };
}

interface Knowledge {
  readonly lock: string | null;
  readonly datadog: string | null;
  readonly humanloop: string | null;
  readonly posthog: string | null;
}

interface Shown {
  readonly changeCursor: string;
  readonly datadog: {
    readonly draftLock: { readonly holder: { readonly vendorId: string | null } } | null;
    readonly latestVersion: { readonly ref: string };
  };
  readonly humanloop: { readonly latestVersion: { readonly ref: string } };
  readonly posthog: { readonly latestVersion: { readonly ref: string } };
}

class Client {
  knows: Knowledge = { lock: null, datadog: null, humanloop: null, posthog: null };
  readonly #gateway: TestGateway;
  readonly #ids: Ids;
  #cursor: string | undefined;
  #follower: Follower | undefined;
  #told = new Set<string>();

  constructor(gateway: TestGateway, ids: Ids) {
    this.#gateway = gateway;
    this.#ids = ids;
  }

  async read(): Promise<void> {
    const document = `query ($datadog: ID!, $humanloop: ID!, $posthog: ID!) {
      changeCursor
      datadog: dataset(id: $datadog) { draftLock { holder { vendorId } } latestVersion { ref } }
      humanloop: dataset(id: $humanloop) { latestVersion { ref } }
      posthog: prompt(id: $posthog) { latestVersion { ref } }
    }`;
    const { changeCursor, datadog, humanloop, posthog } = dataOf(
      await this.#gateway.query<Shown, Ids>(document, this.#ids),
    );
    this.#cursor ??= changeCursor;
    this.knows = {
      lock: holderOf(datadog.draftLock),
      datadog: datadog.latestVersion.ref,
      humanloop: humanloop.latestVersion.ref,
      posthog: posthog.latestVersion.ref,
    };
  }

  async leave(): Promise<void> {
    await this.#follower?.stop();
    this.#follower = undefined;
  }

  async return(): Promise<void> {
    if (this.#follower !== undefined) return;
    this.#told = new Set();
    this.#follower = await follow(this.#gateway, {
      field: 'changes',
      ids: Object.values(this.#ids),
      after: this.#cursor,
    });
  }

  async takeOne(): Promise<void> {
    if (this.#follower !== undefined) await this.#take(await this.#follower.next());
  }

  async #take(event: ShownEvent): Promise<void> {
    const { cursor, __typename, datasetId, promptId, versionRef, action, current } = event;
    expect(this.#told.has(cursor) && __typename !== 'ChangeGap', 'told twice').toBe(false);
    this.#told.add(cursor);
    const vendor = Object.entries(this.#ids).find(([, id]) => id === (datasetId ?? promptId))?.[0];
    if (__typename === 'ChangeGap') await this.read();
    else if (__typename === 'DraftLockChange')
      this.knows = { ...this.knows, lock: holderOf(current ?? null) };
    else {
      expect(action).toBe('CREATED');
      this.knows = { ...this.knows, [present(vendor)]: versionRef };
    }
    this.#cursor = cursor;
  }
}

async function run(schedule: readonly Act[]): Promise<void> {
  const gateway = await startTestGateway({ environment: watchFast });
  const { sandbox } = gateway;
  sandbox.posthog.state.createPrompt(projectId, promptName, 'One');
  const { dataset } = partsOf(sandbox);
  const ids: Ids = {
    datadog: await idOf(gateway, {
      vendor: 'DATADOG',
      kind: 'DATASET',
      vendorId: dataset.id,
      parentVendorId: dataset.projectId,
    }),
    humanloop: present((await writesOfHumanloop.readIds(gateway))['dataset']),
    posthog: await idOf(gateway, { vendor: 'POSTHOG', kind: 'PROMPT', vendorId: promptName }),
  };
  const client = new Client(gateway, ids);
  try {
    await client.read();
    for (const act of schedule) {
      if (act === 'leave') await client.leave();
      else if (act === 'return') await client.return();
      else await perform(gateway, ids, act);
    }
    await client.return();
    // Ends by itself only if nothing is lost.
    const truth = truthOf(sandbox);
    while (JSON.stringify(client.knows) !== JSON.stringify(truth)) {
      const late = AbortSignal.timeout(20_000);
      const waited = new Promise((_, reject) => {
        late.addEventListener('abort', () =>
          reject(new Error(JSON.stringify({ knows: client.knows, truth }))),
        );
      });
      await Promise.race([client.takeOne(), waited]);
    }
  } finally {
    await client.leave();
    await gateway.dispose();
  }
}

describe('a client over sockets', () => {
  it('knows what is so in the end', { timeout: 120_000 }, async () => {
    const schedules = fc.array(fc.constantFrom(...acts), { minLength: 3, maxLength: 14 });
    await fc.assert(fc.asyncProperty(schedules, run), { numRuns: 25 });
  });
});
