import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Contest, contests, newestOf } from './contests.ts';
import { type Ids, resultIn, sendWrite, writesIn } from './every-write.ts';
import { present } from './reading.ts';
import { mutate, type Told, takeWrites } from './writing.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

interface Written {
  readonly versionRef: string | null;
  readonly concurrentRef: string | null;
}
type Outcome = Told & Partial<Written>;

async function write(contest: Contest, ids: Ids, base: string): Promise<Outcome> {
  const input = contest.input(ids, base, 'the first');
  const answer = await mutate<Written>(gateway, contest.mutation, input, 'versionRef concurrentRef');
  return present(answer.data?.[contest.mutation], answer.text);
}

describe.each(contests)('a writer behind the gateway’s back: $name', (contest) => {
  const { key } = contest.vendor;
  let ids: Ids;
  let base: string;
  beforeEach(async () => {
    gateway.sandbox[key].reset();
    ids = await contest.vendor.readIds(gateway);
    base = newestOf(contest, gateway.sandbox);
    takeWrites(gateway);
  });

  /** Has somebody outside make a version once so many requests have come; gives its ref. */
  function behindAt(count: (requests: number) => boolean): Promise<string> {
    const { requests } = gateway.sandbox[key].server;
    let ref: string | undefined;
    return requests
      .waitFor((all) => {
        if (ref === undefined && count(all.length)) ref = contest.behind(gateway.sandbox, 'somebody outside');
        return ref !== undefined;
      })
      .then(() => present(ref));
  }

  const isWriting = (): boolean => writesIn(gateway, key).length > 0;

  it('before the base is read has the write refused with both', async () => {
    const theirs = contest.behind(gateway.sandbox, 'somebody outside');
    expect(await write(contest, ids, base)).toMatchObject({
      __typename: 'VersionConflictError',
      expectedRef: base,
      currentRef: theirs,
    });
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('between the last look and the write is never covered by a plain success', async () => {
    const before = contest.versions(gateway.sandbox);
    // The request is there, and the vendor has not acted on it.
    const theirs = behindAt(isWriting);
    const outcome = await write(contest, ids, base);
    const versions = contest.versions(gateway.sandbox);
    if (key === 'posthog') {
      // It compares by itself.
      expect(outcome).toMatchObject({
        __typename: 'VersionConflictError',
        expectedRef: base,
        currentRef: await theirs,
      });
      expect(versions).toEqual([...before, await theirs]);
      return;
    }
    const ours = versions.at(-1);
    expect(versions).toEqual([...before, await theirs, ours]);
    expect(outcome.__typename).toMatch(/Success$/);
    if (key === 'datadog' && contest.mutation !== 'publishPromptVersion') {
      // Its answer tells no number (the spec's shapes): which of the two is ours is not known.
      expect(outcome).toMatchObject({ versionRef: null, concurrentRef: ours });
    } else {
      expect(outcome).toMatchObject({ versionRef: ours, concurrentRef: await theirs });
    }
  });

  it('at any moment of it is noticed, or comes after it', async () => {
    await write(contest, ids, base);
    const total = gateway.sandbox[key].server.requests.all.length;
    expect(total).toBeGreaterThan(1);
    for (let place = 1; place <= total; place += 1) {
      gateway.sandbox[key].reset();
      const before = contest.versions(gateway.sandbox);
      const theirs = behindAt((received) => received >= place);
      const outcome = await write(contest, ids, base);
      const ref = await theirs;
      const versions = contest.versions(gateway.sandbox);
      const what = `request ${place} of ${total}: ${JSON.stringify(outcome)}`;
      const isPlain = outcome.__typename.endsWith('Success') && outcome.concurrentRef === null;
      // A plain success is right only where ours came first: then theirs was made knowing it.
      if (isPlain) expect(versions, what).toEqual([...before, outcome.versionRef, ref]);
      else if (outcome.__typename === 'VersionConflictError') {
        expect(outcome.currentRef, what).toBe(ref);
        expect(versions, what).toEqual([...before, ref]);
      } else expect(versions, what).toContain(outcome.concurrentRef);
    }
  });

  it('is looked for anew, though a read from before is under way', async () => {
    const { faults, requests } = gateway.sandbox[key].server;
    const effect = { type: 'drip', milliseconds: 1_000 } as const;
    const lift = faults.add({ method: 'GET', path: contest.looksAt, effect });
    const held = () => requests.all.find(({ url }) => new RegExp(contest.looksAt).test(url));
    const leaving = new AbortController();
    const reading = `query ($id: ID!) { node(id: $id) {
      ... on Dataset { draftLock { kind } currentVersion { ref } latestVersion { ref } versions { nodes { ref } } }
      ... on Prompt { latestVersion { ref content { __typename } } versions { nodes { ref } } }
    } }`;
    const id = contest.mutation === 'publishPromptVersion' ? ids['prompt'] : ids['dataset'];
    const body = JSON.stringify({ query: reading, variables: { id } });
    const headers = { 'content-type': 'application/json' };
    const early = fetch(gateway.url, { method: 'POST', headers, body, signal: leaving.signal });
    const left = expect(early).rejects.toThrow();
    await requests.waitFor(() => held() !== undefined);
    lift();
    const theirs = contest.behind(gateway.sandbox, 'somebody outside');
    expect(await write(contest, ids, base)).toMatchObject({
      __typename: 'VersionConflictError',
      currentRef: theirs,
    });
    // It has asked for the same thing itself.
    expect(requests.all.filter(({ url }) => url === held()?.url).length).toBeGreaterThan(1);
    expect(held()).toMatchObject({ status: undefined, aborted: false });
    leaving.abort();
    await left;
  });
});

it('is told from ours where Datadog’s answer tells the number, as it was recorded', async () => {
  const contest = present(contests.find(({ name }) => name === 'an edit of items at Datadog'));
  const { datadog } = gateway.sandbox;
  datadog.reset();
  datadog.switches.dialect = 'recorded';
  const ids = await contest.vendor.readIds(gateway);
  const base = newestOf(contest, gateway.sandbox);
  takeWrites(gateway);
  const behind = datadog.server.requests.waitFor(() => {
    const isWriting = writesIn(gateway, 'datadog').length > 0;
    if (isWriting) contest.behind(gateway.sandbox, 'somebody outside');
    return isWriting;
  });
  const outcome = await write(contest, ids, base);
  await behind;
  const [theirs, ours] = contest.versions(gateway.sandbox).slice(-2);
  expect(outcome).toMatchObject({ versionRef: ours, concurrentRef: theirs });
});

it.each(contests.filter(({ mutation }) => mutation === 'editDatasetItems'))(
  'is named by an upload of CSV as well: $vendor.name',
  async (contest) => {
    const { key, writes, readIds } = contest.vendor;
    gateway.sandbox[key].reset();
    if (key === 'datadog') gateway.sandbox.datadog.switches.dialect = 'recorded';
    const ids = await readIds(gateway);
    const upload = present(writes.find(({ mutation }) => mutation === 'uploadDatasetCsv'));
    const expectedRef = newestOf(contest, gateway.sandbox);
    takeWrites(gateway);
    const behind = gateway.sandbox[key].server.requests.waitFor(() => {
      const isWriting = writesIn(gateway, key).length > 0;
      if (isWriting) contest.behind(gateway.sandbox, 'somebody outside');
      return isWriting;
    });
    const based = { ...upload, input: (known: Ids) => ({ ...upload.input(known), expectedRef }) };
    const result = resultIn(
      await sendWrite(gateway, based, ids, { success: 'versionRef concurrentRef' }),
      based,
    );
    await behind;
    const [theirs, ours] = contest.versions(gateway.sandbox).slice(-2);
    expect(result).toMatchObject({ versionRef: ours, concurrentRef: theirs });
  },
);
