import { describe, expect, test } from 'vitest';
import { SourceError } from '../../src/domain/errors.ts';
import {
  acmeKey,
  datasetKey,
  firstStream,
  foundIn,
  type Harness,
  promptKey,
  readAll,
  startHarness,
} from './humanloop-harness.ts';

const newestFirst = { field: 'CREATED_AT', direction: 'DESC' } as const;

function someDataset({ sandbox }: Harness) {
  const [file] = [...sandbox.state.acme.datasets.values()].filter(({ versions }) => versions.length > 2);
  if (file === undefined) throw new Error('seeded');
  return file;
}

async function failureOf(reading: Promise<unknown>): Promise<SourceError> {
  const error: unknown = await reading.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SourceError)) throw error;
  return error;
}

describe('what the vendor refuses', () => {
  const codes = [
    [400, 'INVALID_INPUT'],
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [409, 'CONFLICT'],
    [422, 'INVALID_INPUT'],
    [429, 'RATE_LIMITED'],
    [500, 'SOURCE_UNAVAILABLE'],
    [503, 'SOURCE_UNAVAILABLE'],
    [529, 'SOURCE_UNAVAILABLE'],
  ] as const;
  for (const [status, code] of codes) {
    test(`${status} is ${code}`, async () => {
      const harness = await startHarness();
      const body = JSON.stringify({ detail: `no, ${acmeKey} may not` });
      harness.sandbox.server.faults.add({ effect: { type: 'answer', status, body } });
      const error = await failureOf(harness.connect().probe());
      expect(error).toMatchObject({
        ...{ code, httpStatus: status, vendor: 'HUMANLOOP' },
        vendorErrors: [{ detail: 'no, [secret] may not' }],
      });
      expect(JSON.stringify(error.details) + error.message).not.toContain(acmeKey);
    });
  }

  test('is told in the words of the vendor, in each of the forms that it has', async () => {
    const forms: readonly [unknown, unknown][] = [
      [
        { detail: [{ loc: ['query', 'page', 0], msg: 'too small', type: 'value_error' }] },
        [{ detail: 'too small', code: 'value_error', source: 'query.page.0' }],
      ],
      [
        { detail: { type: 'provider', message: 'overloaded', code: 529, origin: 'openai' } },
        [{ detail: 'overloaded', code: '529', source: 'openai' }],
      ],
      [{ detail: { reason: 'new' } }, [{ detail: '{"reason":"new"}' }]],
      [{ error: 'other' }, [{ detail: '{"error":"other"}' }]],
      [{ detail: null }, []],
    ];
    const harness = await startHarness();
    for (const [body, expected] of forms) {
      const effect = { type: 'answer', status: 422, body: JSON.stringify(body) } as const;
      const lift = harness.sandbox.server.faults.add({ effect });
      expect((await failureOf(harness.connect().probe())).vendorErrors).toMatchObject(expected as object[]);
      lift();
    }
    harness.sandbox.server.faults.add({
      effect: { type: 'answer', status: 502, body: '<h1>Bad gateway</h1>' },
    });
    // The page of a proxy in between is nobody's words.
    expect((await failureOf(harness.connect().probe())).vendorErrors).toEqual([]);
  });

  test('a wrong key is UNAUTHENTICATED, and quota that is used up says when to come back', async () => {
    const harness = await startHarness({ requestLimit: { requests: 1, seconds: 60 } });
    const stranger = harness.connect((name) => (name === 'x-humanloop-api-key' ? 'hl_sk_wrong' : undefined));
    expect(await failureOf(stranger.probe())).toMatchObject({ code: 'UNAUTHENTICATED' });
    await harness.connect().probe();
    const error = await failureOf(harness.connect().probe());
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
  });

  test('costs the dataset alone whose request it was', async () => {
    const harness = await startHarness();
    const [first, second] = [...harness.sandbox.state.acme.datasets.keys()].map(datasetKey);
    if (first === undefined || second === undefined) throw new Error('seeded');
    harness.sandbox.server.faults.add({ path: first.address.parts[0], effect: { type: 'cut-json' } });
    const found = await harness.connect().datasets.getDatasets([first, second]);
    expect(found.get(first.id)).toMatchObject({ code: 'SOURCE_CONTRACT_VIOLATION' });
    expect(foundIn(found, second.id).vendorId).toBe(second.address.parts[0]);
  });
});

describe('the probe', () => {
  test('is the smallest list there is', async () => {
    const harness = await startHarness();
    await harness.connect().probe();
    expect(harness.asked()).toEqual(['GET /datasets?page=1&size=1&sort_by=created_at&order=desc']);
    expect(harness.connect().publishedRateLimit).toBeNull();
  });
});

describe('what the vendor answers in another way', () => {
  test('a time without a zone is UTC', async () => {
    const read = async (zonelessTimestamps: boolean) => {
      const harness = await startHarness({ zonelessTimestamps });
      const stream = await firstStream(harness.connect().datasets.listDatasets({}, newestFirst));
      return (await stream.fetch(undefined, 5)).items;
    };
    const [without, withZone] = await Promise.all([read(true), read(false)]);
    expect(without).toEqual(withZone);
    expect(without[0]?.createdAt).toMatch(/Z$/);
  });

  test('the older generation, which has a status and a commit message instead of names', async () => {
    const harness = await startHarness();
    const file = someDataset(harness);
    await harness.spoil(`/datasets/${file.id}/versions`, ({ records }) => ({
      records: records.map((row) => {
        const { version_name: _, version_description: __, ...older } = row ?? {};
        return { ...older, status: 'committed', commit_message: 'first' };
      }),
    }));
    const { items } = await readAll(harness.connect().datasets.listVersions(datasetKey(file.id)), 100);
    expect(items).toHaveLength(file.versions.length);
    expect(items[0]).toMatchObject({ name: null, description: null });
  });

  test('members that may be missing are null, and people of another shape are nobody', async () => {
    const harness = await startHarness();
    const file = someDataset(harness);
    await harness.spoil(`/datasets/${file.id}`, (real) => {
      const { id, path, name, version_id, created_at, updated_at } = real;
      return { id, path, name, version_id, created_at, updated_at, created_by: 'usr_1' };
    });
    const key = datasetKey(file.id);
    const dataset = foundIn(await harness.connect().datasets.getDatasets([key]), key.id);
    expect(dataset).toMatchObject({
      ...{ description: null, createdBy: null, itemCount: null },
      currentVersion: { isCurrent: true, deployments: null, tags: null, lastUsedAt: null, itemCount: null },
      details: {
        directoryId: null,
        readme: null,
        tags: [],
        attributes: null,
        schema: null,
        lastUsedAt: null,
      },
    });
  });

  test('times that are of the file, not of the version, leave the order of versions to the vendor', async () => {
    const harness = await startHarness({ timesOf: 'file' });
    const file = someDataset(harness);
    const { items } = await readAll(harness.connect().datasets.listVersions(datasetKey(file.id)), 100);
    expect(items.map(({ ref }) => ref)).toEqual(file.versions.map(({ id }) => id).toReversed());
  });
});

describe('rows of an unexpected shape', () => {
  test('are left out of a list of datasets, named once, and cost no other row', async () => {
    const harness = await startHarness();
    const query = 'page=1&size=10&sort_by=created_at&order=desc';
    const names: unknown[] = [];
    await harness.spoil(`/datasets?${query}`, (body) => {
      names.push(...body.records.map((row) => row?.['id']));
      Object.assign(body.records[2] ?? {}, { created_at: 'yesterday' });
      body.records[5] = null;
      return body;
    });
    const stream = await firstStream(harness.connect().datasets.listDatasets({}, newestFirst));
    const page = await stream.fetch(undefined, 10);
    expect(page.items.map(({ vendorId }) => vendorId)).toEqual(
      names.filter((_, index) => index !== 2 && index !== 5),
    );
    expect(page.faults.map(({ code, resource }) => [code, resource])).toEqual([
      ['SOURCE_CONTRACT_VIOLATION', `listDatasets row 2 (${names[2]})`],
      ['SOURCE_CONTRACT_VIOLATION', 'listDatasets row 5'],
    ]);
    expect(page.faults[0]?.message).toContain('created_at');
    expect(page.faults[0]?.message).not.toContain('yesterday');
  });

  test('of versions are left out of the list, and leave open which version is the latest', async () => {
    const harness = await startHarness();
    const [file] = [...harness.sandbox.state.acme.prompts.values()].filter(
      ({ versions }) => versions.length > 2,
    );
    if (file === undefined) throw new Error('seeded');
    await harness.spoil(`/prompts/${file.id}/versions`, (body) => {
      Object.assign(body.records[0] ?? {}, { version_id: null });
      return body;
    });
    const { prompts } = harness.connect();
    const { items, pages } = await readAll(prompts.listVersions(promptKey(file.id), true), 100);
    expect(items).toHaveLength(file.versions.length - 1);
    expect(items.map(({ isLatest }) => isLatest)).toEqual(
      items.map((_, index) => (index === 0 ? null : false)),
    );
    expect(pages[0]?.faults).toHaveLength(1);
    const error = await failureOf(prompts.latestVersion(promptKey(file.id), true));
    expect(error.code).toBe('SOURCE_CONTRACT_VIOLATION');
  });

  test('a page without its total is no page', async () => {
    const harness = await startHarness();
    await harness.spoil('/datasets?page=1&size=1&sort_by=created_at&order=desc', ({ records }) => ({
      records,
    }));
    expect(await failureOf(harness.connect().probe())).toMatchObject({ code: 'SOURCE_CONTRACT_VIOLATION' });
  });
});
