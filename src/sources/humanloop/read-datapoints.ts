import { bulkhead } from 'cockatiel';
import { SourceError } from '../../domain/errors.ts';
import { faultsOf } from '../parsing.ts';
import { endpoints, type HumanloopClient, type PageAnswer } from './client.ts';
import type { DatapointContent } from './datapoint-content.ts';
import { limits } from './limits.ts';
import type { DatapointRow, DatasetRow } from './schema.ts';

function incomplete(versionId: string, what: string): SourceError {
  return new SourceError({
    code: 'SOURCE_CONTRACT_VIOLATION',
    vendor: 'HUMANLOOP',
    message: `Humanloop did not give the whole of version ${versionId}: ${what}. A write based on it would lose items, so nothing was written. Try again.`,
  });
}

/**
 * All datapoints of a version, by id, in the vendor's order: pages side by side. Throws SourceError rather than
 * give a part: what is written from it would lose the rest.
 */
export async function readDatapoints(
  client: HumanloopClient,
  datasetId: string,
  versionId: string,
): Promise<ReadonlyMap<string, DatapointRow>> {
  const read = (page: number, size: number): Promise<PageAnswer<DatapointRow>> =>
    client.listDatapoints(datasetId, versionId, { page, size });
  const first = await read(limits.firstPage, limits.datapointsPage);
  // No maximum of `size` is published: where the vendor gives less than was asked for, that is the page.
  const size = Math.min(first.size, limits.datapointsPage);
  const pages = size === 0 ? 1 : Math.ceil(first.total / size);
  const atOnce = bulkhead(limits.pagesAtOnce, Number.POSITIVE_INFINITY);
  const others = await Promise.all(
    Array.from({ length: Math.max(0, pages - 1) }, (_, index) =>
      atOnce.execute(() => read(limits.firstPage + 1 + index, size)),
    ),
  );

  const rows = new Map<string, DatapointRow>();
  for (const { records } of [first, ...others]) {
    const [fault] = faultsOf('HUMANLOOP', endpoints.listDatapoints, records.bad);
    if (fault !== undefined) throw fault;
    for (const { value } of records.good) rows.set(value.id, value);
  }
  if (rows.size !== first.total) throw incomplete(versionId, `${rows.size} of ${first.total} items`);
  return rows;
}

/** A datapoint as it is sent back to the vendor. */
export function contentOfRow({ inputs, messages, target }: DatapointRow): DatapointContent {
  return { inputs: inputs ?? undefined, messages: messages ?? undefined, target: target ?? undefined };
}

/** How many datapoints a version has: its row says so, else a page of one. */
export async function countOf(client: HumanloopClient, row: DatasetRow): Promise<number> {
  const { datapoints_count: count } = row;
  if (count !== null && count !== undefined) return count;
  const { total } = await client.listDatapoints(row.id, row.version_id, { page: limits.firstPage, size: 1 });
  return total;
}
