import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { present } from './reading.ts';
import { pathsOf, refused, succeed, takeWrites } from './writing.ts';
import {
  datasetVendors,
  itemOf,
  itemWith,
  makeDataset,
  type ReadItem,
  readItems,
  textsOf,
} from './written-datasets.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

interface Edited {
  readonly versionRef: string | null;
  readonly concurrentRef: string | null;
  readonly addedCount: number;
  readonly updatedCount: number;
  readonly removedCount: number;
  readonly added: readonly { readonly id: string; readonly input: unknown }[] | null;
  readonly version: { readonly ref: string; readonly itemCount: number | null } | null;
  readonly dataset: { readonly latestVersion: { readonly ref: string } | null } | null;
}
const selection =
  'versionRef concurrentRef addedCount updatedCount removedCount added { id input } version { ref itemCount } dataset { latestVersion { ref } }';

function edit(datasetId: string, changes: object): Promise<Edited> {
  return succeed<Edited>(gateway, 'editDatasetItems', { datasetId, ...changes }, selection);
}

/** What one edit of one of each kind is at each vendor: by how many writes, and of what path. */
const writesOfOneEdit = {
  DATADOG: [/^POST \/api\/v2\/llm-obs\/v1\/[\w-]+\/datasets\/[\w-]+\/batch_update$/],
  HUMANLOOP: [/^POST \/v5\/datasets$/],
  POSTHOG: [
    /^POST \/api\/\w+\/\d+\/dataset_items\/$/,
    /^PATCH \/api\/\w+\/\d+\/dataset_items\/[\w-]+\/$/,
    /^PATCH \/api\/\w+\/\d+\/dataset_items\/[\w-]+\/$/,
  ],
} as const;

describe.each(datasetVendors)('editDatasetItems at %s', (vendor) => {
  it('adds, updates and removes in one mutation, by as few writes as the vendor allows', async () => {
    const { id, latestRef } = await makeDataset(gateway, vendor, ['keep', 'change', 'drop']);
    const items = await readItems(gateway, id);
    takeWrites(gateway);
    const edited = await edit(id, {
      add: [itemOf('new')],
      update: [{ id: itemWith(items, 'change').id, expectedOutput: { answer: 'changed' } }],
      remove: [itemWith(items, 'drop').id],
      expectedRef: latestRef,
    });
    const writes = takeWrites(gateway);
    expect(writes).toHaveLength(writesOfOneEdit[vendor].length);
    for (const [index, pattern] of writesOfOneEdit[vendor].entries()) expect(writes[index]).toMatch(pattern);

    expect(edited).toMatchObject({ addedCount: 1, updatedCount: 1, removedCount: 1, concurrentRef: null });
    const after = await readItems(gateway, id, edited.versionRef);
    expect(textsOf(after)).toEqual(['change', 'keep', 'new']);
    expect(itemWith(after, 'change')).toMatchObject({ expectedOutput: { answer: 'changed' } });
    expect(itemWith(after, 'keep')).toMatchObject({ expectedOutput: { answer: 'about keep' } });
    if (vendor === 'POSTHOG') expect(edited).toMatchObject({ versionRef: null, version: null });
    else {
      expect(edited.versionRef).not.toBe(latestRef);
      expect(edited.version).toEqual({ ref: edited.versionRef, itemCount: expect.toBeOneOf([3, null]) });
      expect(edited.dataset?.latestVersion).toEqual({ ref: edited.versionRef });
      // History is kept.
      expect(textsOf(await readItems(gateway, id, latestRef))).toEqual(['change', 'drop', 'keep']);
    }
    if (vendor === 'HUMANLOOP') expect(edited.added).toBeNull();
    else expect(edited.added).toEqual([{ id: expect.any(String), input: { question: 'new' } }]);
  });

  it('takes items by ids that were read through a version and by ids that were not', async () => {
    const { id, latestRef } = await makeDataset(gateway, vendor, ['plain', 'versioned', 'other']);
    const plain = await readItems(gateway, id);
    const versioned = vendor === 'POSTHOG' ? plain : await readItems(gateway, id, latestRef);
    if (vendor !== 'POSTHOG') expect(itemWith(versioned, 'plain').id).not.toBe(itemWith(plain, 'plain').id);
    const edited = await edit(id, {
      update: [
        { id: itemWith(plain, 'plain').id, expectedOutput: { answer: 'p' } },
        { id: itemWith(versioned, 'versioned').id, expectedOutput: { answer: 'v' } },
      ],
    });
    expect(edited.updatedCount).toBe(2);
    const after = await readItems(gateway, id, edited.versionRef);
    expect(itemWith(after, 'plain').expectedOutput).toEqual({ answer: 'p' });
    expect(itemWith(after, 'versioned').expectedOutput).toEqual({ answer: 'v' });
    expect(itemWith(after, 'other').expectedOutput).toEqual({ answer: 'about other' });
  });

  it('refuses an edit that names an item twice, by whichever ids', async () => {
    const { id, latestRef } = await makeDataset(gateway, vendor, ['a', 'b']);
    const plain = itemWith(await readItems(gateway, id), 'a').id;
    const versioned = itemWith(await readItems(gateway, id, latestRef), 'a').id;
    takeWrites(gateway);
    const twice: readonly [object, string][] = [
      [
        { update: [plain, plain].map((item) => ({ id: item, expectedOutput: { a: 1 } })) },
        'input.update.1.id',
      ],
      [{ update: [{ id: plain, expectedOutput: { a: 1 } }], remove: [plain] }, 'input.remove.0'],
      [{ remove: [plain, plain] }, 'input.remove.1'],
      [{ remove: [versioned, plain] }, 'input.remove.1'],
      [{ update: [{ id: versioned, expectedOutput: { a: 1 } }], remove: [plain] }, 'input.remove.0'],
    ];
    for (const [changes, path] of twice) {
      const told = await refused(gateway, 'editDatasetItems', { datasetId: id, ...changes });
      expect(told).toMatchObject({ __typename: 'InvalidInputError', issues: [{ code: 'DUPLICATE' }] });
      expect(pathsOf(told)).toEqual([path]);
    }
    expect(takeWrites(gateway)).toEqual([]);
    expect(textsOf(await readItems(gateway, id, latestRef))).toEqual(['a', 'b']);
  });

  it('refuses items of another dataset, of another vendor and of nowhere, and writes nothing of the rest', async () => {
    const { id, latestRef } = await makeDataset(gateway, vendor, ['mine']);
    const other = await makeDataset(gateway, vendor, ['theirs']);
    const theirs = itemWith(await readItems(gateway, other.id), 'theirs').id;
    const foreignVendor = vendor === 'POSTHOG' ? 'DATADOG' : 'POSTHOG';
    const foreign = present(
      (await readItems(gateway, (await makeDataset(gateway, foreignVendor, ['f'])).id))[0],
    ).id;
    takeWrites(gateway);
    const add = [itemOf('never')];
    const cases: readonly [object, readonly string[]][] = [
      [{ add, remove: [theirs] }, ['InvalidInputError', 'NotFoundError']],
      [{ add, update: [{ id: theirs, expectedOutput: { a: 1 } }] }, ['InvalidInputError', 'NotFoundError']],
      [{ add, remove: [foreign] }, ['InvalidInputError']],
      [{ add, update: [{ id: foreign, expectedOutput: { a: 1 } }] }, ['InvalidInputError']],
      [{ add, remove: ['bm90IGFuIGlk'] }, ['InvalidInputError']],
      [{ add, remove: [id] }, ['InvalidInputError']],
    ];
    for (const [changes, types] of cases) {
      const told = await refused(gateway, 'editDatasetItems', { datasetId: id, ...changes });
      expect(types, JSON.stringify([changes, told])).toContain(told.__typename);
    }
    expect(takeWrites(gateway)).toEqual([]);
    expect(textsOf(await readItems(gateway, id, latestRef))).toEqual(['mine']);
    expect(textsOf(await readItems(gateway, other.id))).toEqual(['theirs']);
  });

  it('refuses an edit of nothing', async () => {
    const { id } = await makeDataset(gateway, vendor, ['a']);
    takeWrites(gateway);
    for (const changes of [{}, { add: [] }, { add: null, update: [], remove: null }]) {
      const told = await refused(gateway, 'editDatasetItems', { datasetId: id, ...changes });
      expect(pathsOf(told)).toEqual(['input']);
    }
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('refuses a change that changes nothing of its item', async () => {
    const { id } = await makeDataset(gateway, vendor, ['a', 'b']);
    const [first, second] = await readItems(gateway, id);
    takeWrites(gateway);
    for (const nothing of [{}, { deleted: null }]) {
      const update = [
        { id: present(first).id, expectedOutput: { a: 1 } },
        { id: present(second).id, ...nothing },
      ];
      const told = await refused(gateway, 'editDatasetItems', { datasetId: id, update });
      expect(pathsOf(told)).toEqual(['input.update.1']);
    }
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('says of an item that is gone that there is none', async () => {
    const { id } = await makeDataset(gateway, vendor, ['a', 'b']);
    const gone = itemWith(await readItems(gateway, id), 'a').id;
    await edit(id, { remove: [gone] });
    for (const changes of [{ remove: [gone] }, { update: [{ id: gone, expectedOutput: { a: 1 } }] }]) {
      const told = await refused(gateway, 'editDatasetItems', { datasetId: id, ...changes });
      expect(told, JSON.stringify(told)).toMatchObject({ __typename: 'NotFoundError' });
    }
  });

  it('removes everything, and goes on from there', async () => {
    const { id } = await makeDataset(gateway, vendor, ['a', 'b']);
    const emptied = await edit(id, { remove: (await readItems(gateway, id)).map((item) => item.id) });
    expect(emptied.removedCount).toBe(2);
    expect(await readItems(gateway, id, emptied.versionRef)).toEqual([]);
    const filled = await edit(id, { add: [itemOf('c')] });
    expect(textsOf(await readItems(gateway, id, filled.versionRef))).toEqual(['c']);
  });
});

describe('a field that is left out, and one that is null', () => {
  const whole = { input: { q: '1' }, expectedOutput: { a: '1' } };

  async function patched(
    vendor: (typeof datasetVendors)[number],
    content: object,
    patch: object,
  ): Promise<ReadItem | undefined> {
    const { id } = await makeDataset(gateway, vendor, []);
    const { versionRef } = await edit(id, { add: [content] });
    const [made] = await readItems(gateway, id, versionRef);
    const edited = await edit(id, { update: [{ id: present(made).id, ...patch }] });
    return (await readItems(gateway, id, edited.versionRef))[0];
  }

  it('are two things at Datadog', async () => {
    // Only the answers that were recorded show tags.
    gateway.sandbox.datadog.switches.dialect = 'recorded';
    try {
      const content = { ...whole, metadata: { m: 1 }, tags: ['t:1', 't:2'] };
      expect(await patched('DATADOG', content, { input: { q: '2' } })).toMatchObject({
        ...content,
        input: { q: '2' },
      });
      // A list leaves out tags where there are none.
      const bare = await patched('DATADOG', content, { tags: null, metadata: null });
      expect(bare).toMatchObject({ ...whole, tags: null, metadata: {} });
    } finally {
      gateway.sandbox.datadog.switches.dialect = 'spec';
    }
  });

  it('are two things at Humanloop', async () => {
    const content = { ...whole, messages: [{ role: 'user', content: 'hi' }] };
    expect(await patched('HUMANLOOP', content, { input: { q: '2' } })).toMatchObject({
      ...content,
      input: { q: '2' },
    });
    expect(await patched('HUMANLOOP', content, { messages: null, expectedOutput: null })).toMatchObject({
      input: { q: '1' },
      messages: null,
      expectedOutput: null,
    });
  });

  it('are two things at PostHog', async () => {
    const content = {
      ...whole,
      metadata: { m: 1 },
      sourceTraceId: 'trace-1',
      sourceId: 'span-1',
      sourceTimestamp: '2026-03-01T10:00:00.123456Z',
    };
    expect(await patched('POSTHOG', content, { metadata: [] })).toMatchObject({ ...content, metadata: [] });
    const cleared = {
      expectedOutput: null,
      metadata: null,
      sourceTraceId: null,
      sourceId: null,
      sourceTimestamp: null,
    };
    expect(await patched('POSTHOG', content, cleared)).toMatchObject({ input: { q: '1' }, ...cleared });
  });

  it.each([
    ['DATADOG', { input: null }, 'input.update.0.input'],
    ['DATADOG', { expectedOutput: null }, 'input.update.0.expectedOutput'],
    ['DATADOG', { messages: [] }, 'input.update.0.messages'],
    ['DATADOG', { deleted: true }, 'input.update.0.deleted'],
    ['HUMANLOOP', { tags: ['x'] }, 'input.update.0.tags'],
    ['HUMANLOOP', { metadata: {} }, 'input.update.0.metadata'],
    ['HUMANLOOP', { deleted: false }, 'input.update.0.deleted'],
    ['POSTHOG', { tags: ['x'] }, 'input.update.0.tags'],
    ['POSTHOG', { datasetId: null }, 'input.update.0.datasetId'],
  ] as const)('are refused at %s where it cannot keep them: %j', async (vendor, patch, path) => {
    const { id } = await makeDataset(gateway, vendor, ['a']);
    const item = present((await readItems(gateway, id))[0]).id;
    takeWrites(gateway);
    const told = await refused(gateway, 'editDatasetItems', {
      datasetId: id,
      update: [{ id: item, ...patch }],
    });
    expect(told.__typename).toBe('InvalidInputError');
    expect(pathsOf(told)).toEqual([path]);
    expect(takeWrites(gateway)).toEqual([]);
  });
});
