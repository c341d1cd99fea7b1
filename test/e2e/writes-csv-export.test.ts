import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { present } from './reading.ts';
import { upload } from './uploading.ts';
import { succeed, takeWrites } from './writing.ts';
import { datasetVendors, itemOf, makeDataset, type ReadItem, readItems } from './written-datasets.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

const header = 'id,input,expected_output,messages,metadata,tags,source_trace_id,source_id,source_timestamp';

function exported(id: string, versionRef?: string): Promise<Response> {
  const query = versionRef === undefined ? '' : `?versionRef=${encodeURIComponent(versionRef)}`;
  return fetch(`${gateway.origin}/export/datasets/${id}.csv${query}`);
}

async function csvOf(id: string, versionRef?: string): Promise<string> {
  const response = await exported(id, versionRef);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="[^"]+\.csv"$/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('x-request-id')).not.toBeNull();
  return response.text();
}

/** Rows of cells, by RFC 4180. Written out here, so that nothing checks itself. */
function rowsOf(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/y;
  for (let match = cell.exec(csv); match !== null; match = cell.exec(csv)) {
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] !== '\n') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

function cell(value: unknown): string {
  if (value === null) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  try {
    JSON.parse(value);
    return JSON.stringify(value);
  } catch {
    return value === '' ? '""' : value;
  }
}

function rowOf(item: ReadItem): readonly string[] {
  return [
    item.vendorId,
    item.input === null ? 'null' : cell(item.input),
    cell(item.expectedOutput),
    cell(item.messages),
    cell(item.metadata),
    item.tags === null || item.tags.length === 0 ? '' : JSON.stringify(item.tags),
    item.sourceTraceId ?? '',
    item.sourceId ?? '',
    item.sourceTimestamp ?? '',
  ];
}

/** What of an item an upload brings back; new items have new ids. */
function contentOf({ id, vendorId, ...content }: ReadItem): string {
  return JSON.stringify(content);
}

describe('GET /export/datasets/<id>.csv', () => {
  it.each(datasetVendors)(
    'gives what `items` gives, in its order, for the current state at %s',
    async (vendor) => {
      const list = await gateway.query<
        { datasets: { nodes: { id: string; currentVersion: unknown }[] } },
        object
      >(
        'query ($filter: DatasetFilter) { datasets(first: 5, filter: $filter) { nodes { id currentVersion { ref } } } }',
        { filter: { vendors: [vendor] } },
      );
      // Of some datasets of Humanloop nothing is deployed: those have no current state.
      const current = list.data.datasets.nodes.filter(
        ({ currentVersion }) => vendor === 'POSTHOG' || currentVersion !== null,
      );
      expect(current.length).toBeGreaterThan(1);
      for (const { id } of current) {
        const rows = rowsOf(await csvOf(id));
        expect(rows[0]).toEqual(header.split(','));
        const items = await readItems(gateway, id);
        expect(items.length).toBeGreaterThan(0);
        expect(rows.slice(1)).toEqual(items.map(rowOf));
      }
    },
  );

  it.each(['DATADOG', 'HUMANLOOP'] as const)(
    'gives an old version at %s, whatever was written since',
    async (vendor) => {
      const { id, latestRef } = await makeDataset(gateway, vendor, ['a', 'b']);
      const { versionRef } = await succeed<{ versionRef: string }>(
        gateway,
        'editDatasetItems',
        { datasetId: id, add: [itemOf('c')], remove: [present((await readItems(gateway, id))[0]).id] },
        'versionRef',
      );
      for (const ref of [present(latestRef), versionRef]) {
        const rows = rowsOf(await csvOf(id, ref));
        expect(rows.slice(1)).toEqual((await readItems(gateway, id, ref)).map(rowOf));
      }
      expect(await csvOf(id, present(latestRef))).not.toBe(await csvOf(id, versionRef));
    },
  );

  it.each(datasetVendors)('gives the header alone for a dataset of %s without items', async (vendor) => {
    const { id } = await makeDataset(gateway, vendor, []);
    expect(await csvOf(id)).toBe(`${header}\n`);
  });

  const awkward: readonly Readonly<Record<string, unknown>>[] = [
    { input: 'text, with "quotes" and\nlines', expectedOutput: 'plain' },
    { input: '42', expectedOutput: 'true' },
    { input: '', expectedOutput: 'null' },
    { input: '12345678901234567890', expectedOutput: '1e400' },
    { input: { a: [1, 'x', { b: false }], '': 'empty name' }, expectedOutput: { nested: { deep: 'ü 🎉' } } },
    { input: ['a', 'b'], expectedOutput: 0.1 },
    { input: 7, expectedOutput: false },
    { input: '{"looks": "like JSON"}', expectedOutput: '[1' },
    { input: ' blanks around ', expectedOutput: '\ttab' },
    { input: 'no output' },
    { input: '=1+1', expectedOutput: '-0', metadata: { team: 'x', list: [1, 2] } },
    { input: '\r\n', expectedOutput: '\ufeffmark' },
    { input: '"quoted"', expectedOutput: '"' },
    { input: 'a\rb', expectedOutput: '\r' },
  ];
  it.each(['DATADOG', 'POSTHOG'] as const)(
    'can be uploaded into a new dataset of %s, which has equal items then',
    async (vendor) => {
      const first = await makeDataset(gateway, vendor, []);
      const more = {
        DATADOG: [],
        POSTHOG: [
          { input: null, expectedOutput: null, metadata: [] },
          {
            input: [[null]],
            metadata: 'text',
            sourceTraceId: 't',
            sourceId: 's',
            sourceTimestamp: '2026-03-01T10:00:00.5Z',
          },
        ],
      };
      await succeed(gateway, 'editDatasetItems', { datasetId: first.id, add: [...awkward, ...more[vendor]] });
      const csv = await csvOf(first.id);
      const second = await makeDataset(gateway, vendor, []);
      const done = await upload(gateway, { datasetId: second.id }, csv);
      const items = await readItems(gateway, first.id);
      expect(items).toHaveLength(awkward.length + more[vendor].length);
      expect(done).toMatchObject({
        __typename: 'UploadDatasetCsvSuccess',
        addedCount: items.length,
        rejected: [],
      });
      const copies = await readItems(gateway, second.id);
      expect(copies.map(contentOf).sort()).toEqual(items.map(contentOf).sort());
      // And what is exported of the copy is the same file, but for ids and the order.
      const withoutIds = (text: string): readonly string[] =>
        rowsOf(text)
          .map((row) => row.slice(1).join())
          .sort();
      expect(withoutIds(await csvOf(second.id))).toEqual(withoutIds(csv));
    },
  );

  it('takes the rows of one vendor to another that can keep them', async () => {
    const { id } = await makeDataset(gateway, 'DATADOG', ['a', 'b', 'c']);
    const other = await makeDataset(gateway, 'POSTHOG', []);
    const done = await upload(gateway, { datasetId: other.id }, await csvOf(id));
    expect(done).toMatchObject({ addedCount: 3 });
  });
});
