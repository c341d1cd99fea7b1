import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import type { DatadogClient } from './client.ts';
import { cursorPages } from './cursor-pages.ts';
import { pageSizes } from './limits.ts';
import type { VendorDataset } from './schema.ts';

/** The dataset of a project with exactly this name. Whether the vendor's filter is exact is not documented. */
export async function findDatasetByName(
  client: DatadogClient,
  projectId: string,
  name: string,
): Promise<VendorDataset | undefined> {
  const read = (cursor: string | undefined) =>
    client.listDatasets(projectId, { name, cursor, limit: pageSizes.lookup });
  for await (const { good } of cursorPages(read)) {
    const found = good.find(({ value }) => value.attributes.name === name);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

export function datasetKeyOf(
  source: SourceKey,
  projectId: string,
  { id }: VendorDataset,
): ResourceKey<'DATASET'> {
  return keyOf(source, 'DATASET', projectId, id);
}
