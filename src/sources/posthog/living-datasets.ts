import { faultsOf } from '../parsing.ts';
import { endpoints, type PostHogClient } from './client.ts';
import { maximumIdsARequestLater } from './limits.ts';
import type { Dataset } from './schema.ts';

/** The rows of these datasets that are there and not deleted, by id. Throws when one cannot be read. */
export async function readLivingDatasets(
  client: PostHogClient,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, Dataset>> {
  const wanted = [...new Set(ids)];
  const starts: number[] = [];
  for (let start = 0; start < wanted.length; start += maximumIdsARequestLater) starts.push(start);
  const listings = await Promise.all(
    starts.map((start) => {
      const chunk = wanted.slice(start, start + maximumIdsARequestLater);
      return client.datasets({ idIn: chunk.join(','), limit: chunk.length });
    }),
  );
  const living = new Map<string, Dataset>();
  for (const { results } of listings) {
    // A row that cannot be read is not a dataset that does not exist.
    const [fault] = faultsOf('POSTHOG', endpoints.datasets, results.bad);
    if (fault !== undefined) throw fault;
    for (const { value } of results.good) {
      if (value.deleted !== true && value.archived !== true) living.set(value.id, value);
    }
  }
  return living;
}

/**
 * Whether its server speaks the later dialect, which archives where the older one deletes. When in doubt it does
 * not: the later one refuses the older's members, but the older ignores the later's without a word.
 */
export function isOfLaterServer({ archived }: { readonly archived?: boolean | null | undefined }): boolean {
  return typeof archived === 'boolean';
}
