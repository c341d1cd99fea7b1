import type { Dataset } from '../../domain/dataset.ts';
import { type LockstepError, SourceError } from '../../domain/errors.ts';
import type { GlobalId, ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { faultsOf } from '../parsing.ts';
import type { BatchResult } from '../source.ts';
import { uuidOf } from './addresses.ts';
import { lockstepErrorOf } from './batch.ts';
import { endpoints, type PostHogClient } from './client.ts';
import { maximumIdsARequest, maximumIdsARequestLater } from './limits.ts';
import { mapDataset } from './mapping.ts';
import type { Dataset as DatasetRow, Listing } from './schema.ts';

/** A key whose id PostHog can have. */
interface Wanted {
  readonly key: ResourceKey<'DATASET'>;
  readonly vendorId: string;
}

type Found = Map<GlobalId, Dataset | LockstepError>;

function chunksOf(wanted: readonly Wanted[], size: number): readonly (readonly Wanted[])[] {
  const chunks: (readonly Wanted[])[] = [];
  for (let start = 0; start < wanted.length; start += size) chunks.push(wanted.slice(start, start + size));
  return chunks;
}

function isTooMany(error: unknown): boolean {
  return error instanceof SourceError && error.code === 'INVALID_INPUT';
}

function addRows(
  source: SourceKey,
  wanted: readonly Wanted[],
  listing: Listing<DatasetRow>,
  found: Found,
): void {
  for (const { value } of listing.results.good) {
    const dataset = mapDataset(source, value);
    found.set(dataset.id, dataset);
  }
  if (listing.results.bad.length === 0) return;
  // A row that cannot be read is not a dataset that does not exist; one without an id may be any of the missing.
  for (const bad of listing.results.bad) {
    const [fault] = faultsOf('POSTHOG', endpoints.datasets, [bad]);
    const named = wanted.filter(({ vendorId }) => vendorId === bad.id);
    for (const { key } of named.length > 0 ? named : wanted) {
      if (fault !== undefined && !found.has(key.id)) found.set(key.id, fault);
    }
  }
}

async function readChunk(
  source: SourceKey,
  client: PostHogClient,
  wanted: readonly Wanted[],
  found: Found,
): Promise<void> {
  const isSplittable = wanted.length > maximumIdsARequestLater;
  try {
    const idIn = wanted.map(({ vendorId }) => vendorId).join(',');
    const listing = await client.datasets({ idIn, limit: wanted.length });
    const isCut = listing.count > listing.results.count;
    if (!isCut || !isSplittable) return addRows(source, wanted, listing, found);
  } catch (error) {
    if (!isSplittable || !isTooMany(error)) {
      const failure = lockstepErrorOf(error);
      for (const { key } of wanted) found.set(key.id, failure);
      return;
    }
  }
  // Servers of the later generation take, and give, fewer at once.
  const parts = chunksOf(wanted, maximumIdsARequestLater);
  await Promise.all(parts.map((part) => readChunk(source, client, part, found)));
}

/** Datasets by id: up to 200 in one request, and the requests side by side. */
export async function getDatasets(
  source: SourceKey,
  client: PostHogClient,
  keys: readonly ResourceKey<'DATASET'>[],
): Promise<BatchResult<Dataset>> {
  const found: Found = new Map();
  const wanted: Wanted[] = [];
  for (const key of keys) {
    try {
      const vendorId = uuidOf(key);
      if (vendorId !== undefined) wanted.push({ key, vendorId });
    } catch (error) {
      found.set(key.id, lockstepErrorOf(error));
    }
  }
  const chunks = chunksOf(wanted, maximumIdsARequest);
  await Promise.all(chunks.map((chunk) => readChunk(source, client, chunk, found)));
  return found;
}
