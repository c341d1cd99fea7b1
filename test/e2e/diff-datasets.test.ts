import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vendor } from '../generated/graphql.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { type DiffPage, diff, type ShownDiff, type VersionInput } from './diffing.ts';
import { dataOf, present, readPages } from './reading.ts';
import { succeed } from './writing.ts';
import { datasetVendors, itemOf, itemWith, makeDataset, readItems } from './written-datasets.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

async function compared(base: VersionInput, head: VersionInput): Promise<ShownDiff> {
  return present(dataOf(await diff(gateway, base, head, { first: 100 })).datasetDiff);
}

async function edit(datasetId: string, changes: object): Promise<string | null> {
  const { versionRef } = await succeed<{ readonly versionRef: string | null }>(
    gateway,
    'editDatasetItems',
    { datasetId, ...changes },
    'versionRef',
  );
  return versionRef;
}

function countsOf({ addedCount, removedCount, changedCount, unchangedCount }: ShownDiff): readonly number[] {
  return [addedCount, removedCount, changedCount, unchangedCount];
}

/** What became of which text. */
function told({ entries }: ShownDiff): readonly string[] {
  return present(entries).nodes.map(({ kind, before, after }) => {
    // The input of `itemOf`.
    const input = present(after ?? before).input as { question: string };
    return `${kind} ${input.question}`;
  });
}

/** A dataset with two versions, the second of which has one item each added, changed and removed. */
async function twoVersions(vendor: Vendor): Promise<{ id: string; base: string; head: string }> {
  const { id, latestRef } = await makeDataset(gateway, vendor, ['keep', 'change', 'drop']);
  const items = await readItems(gateway, id);
  const head = await edit(id, {
    add: [itemOf('new')],
    update: [{ id: itemWith(items, 'change').id, expectedOutput: { answer: 'changed' } }],
    remove: [itemWith(items, 'drop').id],
  });
  return { id, base: present(latestRef), head: present(head) };
}

const vendorKeys = { DATADOG: 'datadog', HUMANLOOP: 'humanloop', POSTHOG: 'posthog' } as const;

describe('datasetDiff', () => {
  it('matches the records of two Datadog versions by what stays the same through changes', async () => {
    const { id, base, head } = await twoVersions('DATADOG');
    const shown = await compared({ datasetId: id, versionRef: base }, { datasetId: id, versionRef: head });
    expect(countsOf(shown)).toEqual([1, 1, 1, 1]);
    expect([shown.base, shown.head]).toEqual([{ ref: base }, { ref: head }]);
    expect([...told(shown)].sort()).toEqual(['ADDED new', 'CHANGED change', 'REMOVED drop']);
    for (const { kind, before, after, paths } of present(shown.entries).nodes) {
      expect([before === null, after === null]).toEqual([kind === 'ADDED', kind === 'REMOVED']);
      expect(paths).toEqual(kind === 'CHANGED' ? ['/expectedOutput/answer'] : []);
      if (kind !== 'CHANGED') continue;
      expect(before?.expectedOutput).toEqual({ answer: 'about change' });
      expect(after?.expectedOutput).toEqual({ answer: 'changed' });
    }
    // The other way round it is undone.
    const back = await compared({ datasetId: id, versionRef: head }, { datasetId: id, versionRef: base });
    expect([...told(back)].sort()).toEqual(['ADDED drop', 'CHANGED change', 'REMOVED new']);
  });

  it('shows a changed datapoint of Humanloop as another one, since its id comes of its content', async () => {
    const { id, base, head } = await twoVersions('HUMANLOOP');
    const shown = await compared({ datasetId: id, versionRef: base }, { datasetId: id, versionRef: head });
    expect(countsOf(shown)).toEqual([2, 2, 0, 1]);
    expect([...told(shown)].sort()).toEqual(['ADDED change', 'ADDED new', 'REMOVED change', 'REMOVED drop']);
  });

  it.each(datasetVendors)(
    'finds nothing between a state of %s and itself, and reads it once',
    async (vendor) => {
      const { id, latestRef } = await makeDataset(gateway, vendor, ['one', 'two', 'three']);
      const key = vendorKeys[vendor];
      gateway.received(key);
      const answer = await diff(gateway, { datasetId: id }, { datasetId: id });
      const shown = present(dataOf(answer).datasetDiff);
      expect(countsOf(shown)).toEqual([0, 0, 0, 3]);
      expect(shown.entries).toMatchObject({ nodes: [], totalCount: 0, pageInfo: { endCursor: null } });
      const version = latestRef === null ? null : { ref: latestRef };
      expect([shown.base, shown.head]).toEqual([version, version]);
      const reads = gateway.received(key).filter((one) => /records|datapoints|dataset_items/.test(one));
      expect(reads).toHaveLength(1);
    },
  );

  it.each([
    ['DATADOG', 'HUMANLOOP'],
    ['HUMANLOOP', 'POSTHOG'],
    ['POSTHOG', 'DATADOG'],
    ['DATADOG', 'DATADOG'],
    ['HUMANLOOP', 'HUMANLOOP'],
    ['POSTHOG', 'POSTHOG'],
  ] as const)('matches the items of two datasets, of %s and %s, by what they say', async (one, other) => {
    const base = await makeDataset(gateway, one, ['both', 'first', 'also']);
    const head = await makeDataset(gateway, other, ['also', 'second', 'both', 'third']);
    const shown = await compared({ datasetId: base.id }, { datasetId: head.id });
    expect(countsOf(shown)).toEqual([2, 1, 0, 2]);
    expect([...told(shown)].sort()).toEqual(['ADDED second', 'ADDED third', 'REMOVED first']);
    expect(shown.base).toEqual(base.latestRef === null ? null : { ref: base.latestRef });
    expect(shown.head).toEqual(head.latestRef === null ? null : { ref: head.latestRef });
  });

  it('takes the current version where none is named, as it stood when the diff was made', async () => {
    const { id, base, head } = await twoVersions('DATADOG');
    const shown = await compared({ datasetId: id, versionRef: base }, { datasetId: id });
    expect(shown.head).toEqual({ ref: head });
    expect(countsOf(shown)).toEqual([1, 1, 1, 1]);
  });

  it('takes the newest version where none is deployed', async () => {
    const { id, base, head } = await twoVersions('HUMANLOOP');
    const { state } = gateway.sandbox.humanloop;
    const file = present(
      [...state.acme.datasets.values()].find(({ versions }) => versions.at(-1)?.id === head),
    );
    state.undeploy(file.id, 'production');
    const document = 'query ($id: ID!) { dataset(id: $id) { currentVersion { ref } } }';
    expect(dataOf(await gateway.query(document, { id }))).toEqual({ dataset: { currentVersion: null } });
    const shown = await compared({ datasetId: id, versionRef: base }, { datasetId: id });
    expect(shown.head).toEqual({ ref: head });
    expect(countsOf(shown)).toEqual([2, 2, 0, 1]);
  });

  it('tells kinds apart, and counts what was asked for', async () => {
    const { id, base, head } = await twoVersions('DATADOG');
    const sides = [
      { datasetId: id, versionRef: base },
      { datasetId: id, versionRef: head },
    ] as const;
    for (const kinds of [['ADDED'], ['REMOVED', 'ADDED'], ['CHANGED'], []]) {
      const shown = present(dataOf(await diff(gateway, ...sides, { kinds })).datasetDiff);
      const { nodes, totalCount } = present(shown.entries);
      expect(new Set(nodes.map(({ kind }) => kind))).toEqual(new Set(kinds));
      expect(totalCount).toBe(kinds.length);
      expect(countsOf(shown)).toEqual([1, 1, 1, 1]);
    }
  });
});

describe('pages of a diff', () => {
  const texts = (word: string): readonly string[] =>
    Array.from({ length: 7 }, (_, index) => `${word} ${index}`);

  it('joined are the whole', async () => {
    const base = await makeDataset(gateway, 'HUMANLOOP', ['same', ...texts('old')]);
    const head = await makeDataset(gateway, 'DATADOG', [...texts('new'), 'same']);
    const sides = [{ datasetId: base.id }, { datasetId: head.id }] as const;
    const whole = present((await compared(...sides)).entries).nodes;
    expect(whole).toHaveLength(14);
    for (const first of [1, 4, 7, 14]) {
      const pages = await readPages(async (after) => {
        const answer = await diff(gateway, ...sides, { first, after });
        const { edges, nodes, pageInfo, sourceErrors } = present(present(dataOf(answer).datasetDiff).entries);
        expect(edges.map(({ node }) => node.kind)).toEqual(nodes.map(({ kind }) => kind));
        expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor, edges.at(-1)?.cursor]);
        expect(sourceErrors).toEqual([]);
        return { nodes, pageInfo };
      });
      expect(pages.flatMap(({ nodes }) => nodes)).toEqual(whole);
      expect(pages).toHaveLength(Math.ceil(14 / first));
    }
  });

  it('take no cursor of another diff, nor of a dataset without versions that was changed since', async () => {
    const base = await makeDataset(gateway, 'POSTHOG', ['same']);
    const head = await makeDataset(gateway, 'POSTHOG', texts('new'));
    const [one, other] = [{ datasetId: base.id }, { datasetId: head.id }];
    const first = present(dataOf(await diff(gateway, one, other, { first: 2 })).datasetDiff);
    const after = present(first.entries?.pageInfo.endCursor);
    const second = present(dataOf(await diff(gateway, one, other, { first: 2, after })).datasetDiff);
    expect([...told(first), ...told(second)]).toHaveLength(4);

    const expectRefused = async (
      ...sides: readonly [VersionInput, VersionInput, DiffPage?]
    ): Promise<void> => {
      const [from, to, page] = sides;
      const { data, errors } = await diff(gateway, from, to, { first: 2, after, ...page });
      // The counts of it are there all the same.
      expect(data.datasetDiff).toMatchObject({ entries: null, unchangedCount: 0 });
      expect(errors).toMatchObject([
        {
          path: ['datasetDiff', 'entries'],
          message: expect.stringMatching(/cursor belongs to another diff.*`versionRef`/),
          extensions: { code: 'INVALID_INPUT', issues: [{ path: ['after'], code: 'FOREIGN_CURSOR' }] },
        },
      ]);
    };
    await expectRefused(other, one);
    await expectRefused(one, other, { kinds: ['ADDED'] });
    await edit(head.id, { add: [itemOf('late')] });
    await expectRefused(one, other);
  });

  it('of versions that are named go on although the dataset was changed since', async () => {
    const { id, latestRef } = await makeDataset(gateway, 'DATADOG', ['same']);
    const versionRef = await edit(id, { add: texts('new').map(itemOf) });
    const sides = [
      { datasetId: id, versionRef: latestRef },
      { datasetId: id, versionRef },
    ] as const;
    const first = present(dataOf(await diff(gateway, ...sides, { first: 4 })).datasetDiff);
    await edit(id, { add: [itemOf('late')] });
    const after = present(first.entries?.pageInfo.endCursor);
    const second = present(dataOf(await diff(gateway, ...sides, { first: 4, after })).datasetDiff);
    const names = [...told(first), ...told(second)].map((name) => name.replace('ADDED ', ''));
    expect(names.sort()).toEqual(texts('new'));
  });
});
