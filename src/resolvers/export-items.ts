import type { Context } from '../context.ts';
import type { DatasetItem } from '../domain/dataset.ts';
import type { ResourceKey } from '../domain/identity.ts';
import { currentVersion } from './dataset-fields.ts';
import { found, partOf } from './vendor-call.ts';
import { type CsvColumn, csvColumns, writeCell, writeRows } from './writes/csv-items.ts';

/** Rows that are asked for at a time; a vendor may give fewer. */
const pageSize = 1_000;

function rowOf(item: DatasetItem): readonly string[] {
  const cells: Readonly<Record<CsvColumn, string>> = {
    id: item.vendorId,
    // Every row of an upload needs one: an empty cell is none.
    input: item.input === null ? 'null' : writeCell(item.input),
    expected_output: writeCell(item.expectedOutput),
    messages: writeCell(item.messages),
    metadata: writeCell(item.metadata),
    tags: item.tags === null || item.tags.length === 0 ? '' : JSON.stringify(item.tags),
    source_trace_id: item.sourceTraceId ?? '',
    source_id: item.sourceId ?? '',
    source_timestamp: item.sourceTimestamp ?? '',
  };
  return csvColumns.map((column) => cells[column]);
}

/**
 * The items of a version as CSV, piece by piece. Without a ref the current version is taken, and kept to: what is
 * written meanwhile is not in it. Throws where a vendor fails, and for a row that cannot be read: a file that
 * lacks something must not look whole.
 */
export async function* exportItems(
  context: Context,
  key: ResourceKey<'DATASET'>,
  versionRef: string | undefined,
): AsyncGenerator<string> {
  const datasets = partOf(context, key, 'datasets', (source) => source.datasets);
  const dataset = found(await context.loaders.dataset.load(key), key);
  const ref = versionRef ?? (await currentVersion(context, dataset))?.ref;
  const stream = datasets.listItems(key, ref);
  let from: string | undefined;
  let isFirst = true;
  do {
    const page = await stream.fetch(from, pageSize);
    const [fault] = page.faults;
    if (fault !== undefined) throw fault;
    yield writeRows([...(isFirst ? [csvColumns] : []), ...page.items.map(rowOf)]);
    isFirst = false;
    from = page.next;
    // What one operation reads it keeps; a whole dataset need not be.
    context.forget();
  } while (from !== undefined);
}
