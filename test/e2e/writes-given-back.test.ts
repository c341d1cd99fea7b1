import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetFile } from '../../sandbox/humanloop/index.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import type { Ids } from './every-write.ts';
import { dataOf, present } from './reading.ts';
import { humanloopDataset, writesOfHumanloop } from './writes-of-humanloop.ts';
import { refused, succeed } from './writing.ts';

let gateway: TestGateway;
let ids: Ids;
let id: string;
let file: DatasetFile;
let refs: readonly string[];

// One for each test: what was given back is remembered by the gateway, not by the sandbox.
beforeEach(async () => {
  gateway = await startTestGateway();
  ids = await writesOfHumanloop.readIds(gateway);
  id = present(ids['dataset']);
  file = gateway.sandbox.humanloop.state.dataset(humanloopDataset);
  refs = file.versions.map((version) => version.id);
});
afterEach(() => gateway.dispose());

function ref(place: number): string {
  return present(refs.at(place));
}

interface Written {
  readonly versionRef: string;
  readonly concurrentRef: string | null;
}
const written = 'versionRef concurrentRef';

interface PromptShown {
  readonly latestVersion: {
    readonly ref: string;
    readonly isLatest: boolean | null;
    readonly content: object;
  };
  readonly versions: {
    readonly nodes: readonly { readonly ref: string; readonly isLatest: boolean | null }[];
  };
}

function itemOf(transcript: string) {
  return { input: { transcript, audience: 'all' } };
}

function behind(transcript: string): string {
  const datapoints = [{ inputs: { transcript, audience: 'all' } }];
  return gateway.sandbox.humanloop.state.createDatasetVersion(file.id, { datapoints }).id;
}

/** Has something happen once the given count of requests has come after the first write. */
async function afterWrite(requests: number, what: () => void): Promise<void> {
  const { requests: received } = gateway.sandbox.humanloop.server;
  await received.waitFor((all) => {
    const first = all.findIndex(({ method }) => method !== 'GET');
    if (first < 0 || all.length - first <= requests) return false;
    what();
    return true;
  });
}

async function latest(): Promise<string | undefined> {
  const document = 'query ($id: ID!) { dataset(id: $id) { latestVersion { ref } } }';
  const answer = await gateway.query<{ dataset: { latestVersion: { ref: string } } | null }, object>(
    document,
    {
      id,
    },
  );
  return dataOf(answer).dataset?.latestVersion.ref;
}

function restore(versionRef: string): Promise<Written> {
  return succeed<Written>(gateway, 'restoreDatasetVersion', { datasetId: id, versionRef }, written);
}

describe('an older version that Humanloop gives back', () => {
  it('to an edit is what the next one is based on', async () => {
    // An item comes and goes again: what is left is what there was before.
    const added = await succeed<Written>(
      gateway,
      'editDatasetItems',
      { datasetId: id, add: [itemOf('added')], expectedRef: ref(-1) },
      written,
    );
    const document = `query ($id: ID!, $ref: String!) { dataset(id: $id) {
      items(versionRef: $ref, first: 100) { nodes { id input } }
    } }`;
    const answer = await gateway.query<
      { dataset: { items: { nodes: readonly { id: string; input: object }[] } } },
      object
    >(document, { id, ref: added.versionRef });
    const item = dataOf(answer).dataset.items.nodes.find(
      ({ input }) => 'transcript' in input && input.transcript === 'added',
    );
    const undone = await succeed<Written>(
      gateway,
      'editDatasetItems',
      { datasetId: id, remove: [present(item).id], expectedRef: added.versionRef },
      written,
    );
    expect(undone).toMatchObject({ versionRef: ref(-1), concurrentRef: null });
    expect(await latest()).toBe(ref(-1));
    const stale = { datasetId: id, add: [itemOf('next')], expectedRef: added.versionRef };
    expect(await refused(gateway, 'editDatasetItems', stale)).toMatchObject({
      __typename: 'VersionConflictError',
      currentRef: ref(-1),
    });
  });

  it('to a restore stays the latest when the restored ones change, one after another', async () => {
    expect(await restore(ref(0))).toMatchObject({ versionRef: ref(0), concurrentRef: null });
    expect(await restore(ref(1))).toMatchObject({ versionRef: ref(1), concurrentRef: null });
    expect(await latest()).toBe(ref(1));
    // The newest by date needs no memory.
    expect(await restore(ref(-1))).toMatchObject({ versionRef: ref(-1), concurrentRef: null });
    expect(await latest()).toBe(ref(-1));
  });

  it('is not the latest where somebody outside made another while it was restored', async () => {
    let theirs: string | undefined;
    const happening = afterWrite(0, () => {
      theirs = behind('outside');
    });
    const restored = await restore(ref(0));
    await happening;
    expect(restored).toMatchObject({ versionRef: ref(0), concurrentRef: theirs });
    expect(await latest()).toBe(theirs);
  });

  it('to a new version of a prompt is its latest, and goes to a copy of it', async () => {
    const promptId = present(ids['prompt']);
    const publish = (text: string, expectedRef: string) =>
      succeed<Written>(
        gateway,
        'publishPromptVersion',
        { promptId, content: { text }, config: { model: 'gpt-4o' }, expectedRef },
        written,
      );
    const read = async (promptOf: string) => {
      const document = `query ($id: ID!) { prompt(id: $id) {
        latestVersion { ref isLatest content { ... on TextPrompt { text } } }
        versions(first: 100) { nodes { ref isLatest } }
      } }`;
      const answer = await gateway.query<{ prompt: PromptShown }, object>(document, { id: promptOf });
      return dataOf(answer).prompt;
    };
    const { latestVersion: seeded } = await read(promptId);
    const first = await publish('The first.', seeded.ref);
    const second = await publish('The second.', first.versionRef);
    expect(await publish('The first.', second.versionRef)).toMatchObject({
      versionRef: first.versionRef,
      concurrentRef: null,
    });
    const shown = await read(promptId);
    expect(shown.latestVersion).toMatchObject({ ref: first.versionRef, isLatest: true });
    expect(shown.versions.nodes.filter(({ isLatest }) => isLatest)).toEqual([
      { ref: first.versionRef, isLatest: true },
    ]);
    const { promptId: copy } = await succeed<{ promptId: string }>(
      gateway,
      'duplicatePrompt',
      { promptId, newName: 'A copy of the first' },
      'promptId',
    );
    expect((await read(copy)).latestVersion.content).toEqual({ text: 'The first.' });
  });

  it('goes to a copy of the dataset', async () => {
    await restore(ref(0));
    const { datasetId } = await succeed<{ datasetId: string }>(
      gateway,
      'cloneDataset',
      { datasetId: id, name: 'A copy of what was restored' },
      'datasetId',
    );
    expect(datasetId).not.toBe(id);
    const copy = gateway.sandbox.humanloop.state.dataset('Writing/Summaries/A copy of what was restored');
    const contents = ({ content }: DatasetFile['versions'][number]) =>
      content.datapoints.map(({ inputs }) => inputs);
    expect(contents(present(copy.versions.at(-1)))).toEqual(contents(present(file.versions.at(0))));
  });
});

it.each([1, 2, 3])(
  'a version made outside after ours is the latest, seen by request %i after the write',
  async (place) => {
    let theirs: string | undefined;
    const happening = afterWrite(place, () => {
      theirs = behind('outside');
    });
    const edit = { datasetId: id, add: [itemOf('ours')], expectedRef: ref(-1) };
    const edited = await succeed<Written>(gateway, 'editDatasetItems', edit, written);
    // Reading it now is a request that it may be waiting for.
    await latest();
    await happening;
    expect([null, theirs]).toContain(edited.concurrentRef);
    expect(await latest()).toBe(theirs);
  },
);
