import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeId } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { apiKeys, asCaller } from './drafts.ts';
import { type Ids, idIn, resultIn, sendWrite, titleOf, type VendorWrites } from './every-write.ts';
import { dataOf, present } from './reading.ts';
import { writesOfDatadog } from './writes-of-datadog.ts';
import { writesOfHumanloop } from './writes-of-humanloop.ts';
import { writesOfPostHog } from './writes-of-posthog.ts';
import { mutationNames, refused, takeWrites } from './writing.ts';

const vendors = [writesOfDatadog, writesOfHumanloop, writesOfPostHog];

/** Which capability a mutation is there by; those that every vendor has, or that are not of datasets, need none. */
const capabilityOf: Readonly<Record<string, string>> = {
  lockDatasetDraft: 'DRAFT_LOCK',
  unlockDatasetDraft: 'DRAFT_LOCK',
  restoreDatasetVersion: 'RESTORE',
  updateDatasetVersion: 'RENAME_VERSION',
  deleteDatasetVersion: 'DELETE_VERSION',
  deployDatasetVersion: 'DEPLOY',
  removeDatasetDeployment: 'DEPLOY',
  editDatasetItems: 'EDIT_ITEMS',
  moveDataset: 'MOVE',
  cloneDataset: 'CLONE',
  uploadDatasetCsv: 'CSV_UPLOAD',
};
/** Mutations of one vendor alone, which name no vendor, or are of what only that one has. */
const ofPostHogAlone = ['createTraceReview', 'updateTraceReview', 'deleteTraceReview', 'translateText'];

interface Sources {
  readonly sources: readonly { readonly vendor: string; readonly datasetCapabilities: readonly string[] }[];
}

let gateway: TestGateway;
const idsOf = new Map<VendorWrites, Ids>();
/** Capabilities by vendor. */
let sources: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  gateway = await startTestGateway();
  for (const vendor of vendors) idsOf.set(vendor, await vendor.readIds(gateway));
  const answer = await gateway.query<Sources, object>('{ sources { vendor datasetCapabilities } }');
  sources = new Map(
    dataOf(answer).sources.map(({ vendor, datasetCapabilities }) => [vendor, datasetCapabilities]),
  );
});
afterAll(() => gateway.dispose());

function ofVendor({ key }: VendorWrites): string {
  return key.toUpperCase();
}

/** An id of a kind at a vendor that has none of it. */
function idAt({ key }: VendorWrites, kind: 'ENVIRONMENT' | 'TRACE_REVIEW'): string {
  return encodeId({ source: sourceKey(key), kind, parts: ['none'] });
}

/** What a mutation of something is asked with at a vendor that does not have it. */
function inputOf(vendor: VendorWrites, mutation: string): object {
  const traceReviewId = idAt(vendor, 'TRACE_REVIEW');
  if (mutation === 'deleteTraceReview') return { traceReviewId };
  if (mutation === 'updateTraceReview') return { traceReviewId, comment: 'Seen' };
  const datasetId = idIn(present(idsOf.get(vendor)), 'dataset');
  const environmentId = idAt(vendor, 'ENVIRONMENT');
  switch (mutation) {
    case 'restoreDatasetVersion':
    case 'deleteDatasetVersion':
      return { datasetId, versionRef: '1' };
    case 'updateDatasetVersion':
      return { datasetId, versionRef: '1', name: 'First' };
    case 'deployDatasetVersion':
      return { datasetId, versionRef: '1', environmentId };
    case 'removeDatasetDeployment':
      return { datasetId, environmentId };
    case 'moveDataset':
      return { datasetId, directoryPath: 'Elsewhere' };
    case 'cloneDataset':
      return { datasetId, name: 'A copy' };
    default:
      return { datasetId };
  }
}

describe.each(vendors)('$name', (vendor) => {
  const supported = new Set(vendor.writes.map(({ mutation }) => mutation));
  const unsupported = mutationNames.filter((mutation) => !supported.has(mutation));
  // Without a vendor or an id there is nothing to ask another vendor with.
  const asked = unsupported.filter((mutation) => !/^createTrace|^translate/.test(mutation));

  beforeEach(() => {
    gateway.sandbox[vendor.key].reset();
  });

  it('has the mutations that its capabilities promise, and no others', () => {
    const capabilities = present(sources.get(ofVendor(vendor)));
    const expected = mutationNames.filter((mutation) => {
      if (ofPostHogAlone.includes(mutation)) return vendor.key === 'posthog';
      const capability = capabilityOf[mutation];
      return capability === undefined || capabilities.includes(capability);
    });
    expect([...supported].sort()).toEqual([...expected].sort());
  });

  it('tells the same capabilities of each dataset', async () => {
    const id = idIn(present(idsOf.get(vendor)), 'dataset');
    const answer = await gateway.query<{ dataset: { capabilities: readonly string[] } }, object>(
      'query ($id: ID!) { dataset(id: $id) { capabilities } }',
      { id },
    );
    expect(dataOf(answer).dataset.capabilities).toEqual(sources.get(ofVendor(vendor)));
  });

  it('shows versions exactly where it says that it has them', async () => {
    const id = idIn(present(idsOf.get(vendor)), 'dataset');
    const { data, errors } = await gateway.query<{ dataset: { versions: object | null } }, object>(
      'query ($id: ID!) { dataset(id: $id) { versions(first: 1) { nodes { ref } } } }',
      { id },
    );
    if (present(sources.get(ofVendor(vendor))).includes('VERSIONS')) {
      expect(errors).toBeUndefined();
      expect(data.dataset.versions).toMatchObject({ nodes: [{ ref: expect.any(String) }] });
    } else {
      expect(errors).toMatchObject([{ path: ['dataset', 'versions'], extensions: { code: 'UNSUPPORTED' } }]);
    }
  });

  it.each(vendor.writes.map((write) => ({ write, title: titleOf(write) })))(
    'does $title',
    async ({ write }) => {
      write.before?.(gateway.sandbox);
      const result = resultIn(await sendWrite(gateway, write, present(idsOf.get(vendor))), write);
      expect(result.__typename, JSON.stringify(result)).toMatch(/Success$/);
    },
  );

  it.each(asked)('has no %s, and who has it is told', async (mutation) => {
    takeWrites(gateway);
    const told = await refused(gateway, mutation, inputOf(vendor, mutation));
    expect(told).toMatchObject({
      __typename: 'UnsupportedError',
      code: 'UNSUPPORTED',
      vendor: ofVendor(vendor),
    });
    const [what = '', who = ''] = present(told.message).split(/(?<=\.) /);
    expect(what).toMatch(new RegExp(`^${vendor.name} has no `));
    const able = vendors.filter(({ writes }) => writes.some((write) => write.mutation === mutation));
    expect(able.length).toBeGreaterThan(0);
    for (const other of vendors) expect(who.includes(other.name), who).toBe(able.includes(other));
    expect(who).toMatch(/ can\.$/);
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('every mutation', () => {
  it('is had by a vendor', () => {
    const had = new Set(vendors.flatMap(({ writes }) => writes.map(({ mutation }) => mutation)));
    expect([...had].sort()).toEqual([...mutationNames].sort());
  });
});

describe('a caller who may only read', () => {
  it('is forbidden every mutation, and no vendor hears of it', async () => {
    const strict = await startTestGateway({ environment: { API_KEYS: apiKeys } });
    try {
      for (const vendor of vendors) {
        for (const write of vendor.writes) {
          const headers = asCaller('reader');
          const answer = await sendWrite(strict, write, present(idsOf.get(vendor)), { headers });
          expect(answer.data).toEqual({ [write.mutation]: null });
          expect(answer.errors).toMatchObject([
            { path: [write.mutation], extensions: { code: 'FORBIDDEN' } },
          ]);
        }
        expect(strict.received(vendor.key)).toEqual([]);
      }
    } finally {
      await strict.dispose();
    }
  });
});

describe('a vendor without credentials', () => {
  it('is not named among those that can', async () => {
    const environment = {
      HUMANLOOP_API_KEY: undefined,
      POSTHOG_PERSONAL_API_KEY: undefined,
      POSTHOG_PROJECT_ID: undefined,
    };
    const alone = await startTestGateway({ environment });
    try {
      const { dataset = '' } = await writesOfDatadog.readIds(alone);
      const version = { datasetId: dataset, versionRef: '1', name: 'First' };
      expect((await refused(alone, 'updateDatasetVersion', version)).message).toBe(
        'Datadog has no names of versions. No configured vendor has.',
      );
      for (const [mutation, input] of [
        ['createTraceReview', { traceId: 'a-trace' }],
        ['translateText', { text: 'Guten Tag' }],
        ['createPrompt', { vendor: 'POSTHOG', name: 'x', content: { text: 'Hello' } }],
        ['createDataset', { vendor: 'HUMANLOOP', name: 'x' }],
      ] as const) {
        const told = await refused(alone, mutation, input);
        expect(told).toMatchObject({ __typename: 'SourceFailure', code: 'UNAUTHENTICATED' });
        expect(told.message).toMatch(/^There are no credentials for (PostHog|Humanloop)\. /);
      }
    } finally {
      await alone.dispose();
    }
  });
});

describe('a vendor whose datasets have no versions', () => {
  it.each([
    ['editDatasetItems', { add: [{ input: 'x' }] }],
    ['updateDataset', { name: 'Named anew' }],
    ['deleteDataset', {}],
  ])('refuses to compare one in %s', async (mutation, input) => {
    gateway.sandbox.posthog.reset();
    takeWrites(gateway);
    const datasetId = idIn(present(idsOf.get(writesOfPostHog)), 'dataset');
    expect(await refused(gateway, mutation, { datasetId, expectedRef: '1', ...input })).toMatchObject({
      __typename: 'InvalidInputError',
      message: expect.stringContaining('have no versions'),
      issues: [{ path: ['input', 'expectedRef'] }],
    });
    expect(takeWrites(gateway)).toEqual([]);
  });
});
