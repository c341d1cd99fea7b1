import { SourceError } from '../../domain/errors.ts';
import { isNotFound } from './batch.ts';
import type { PostHogClient } from './client.ts';
import { itemsAPage, itemsOneByOne } from './limits.ts';
import { sideBySide } from './run-steps.ts';
import type { DatasetItem, Listing } from './schema.ts';
import type { PostHogWriteClient } from './write-client.ts';

/** What an edit has to know of an item; its content is not kept. */
export interface ItemPlace {
  readonly isDeleted: boolean;
  /** What the later dialect compares a change with. */
  readonly version: number | undefined;
}

export interface ItemSearch {
  readonly client: PostHogClient;
  readonly writes: PostHogWriteClient;
  /** The dataset that the items have to be in. */
  readonly dataset: string;
  readonly isLater: boolean;
  /** Of the ids: those that may be deleted. */
  readonly restored: ReadonlySet<string>;
}

/** A deleted item of the older dialect is reached by updates alone: an empty one tells what it is. */
async function touch(writes: PostHogWriteClient, id: string): Promise<DatasetItem> {
  try {
    return await writes.touchItem(id);
  } catch (error) {
    // Nothing could have been changed by it, whatever became of it.
    const isHarmless = error instanceof SourceError && error.code === 'OUTCOME_UNKNOWN';
    throw isHarmless && error.cause instanceof SourceError ? error.cause : error;
  }
}

/**
 * Where items of a dataset stand, by id; one that is not in it is not in the result. Pages of the dataset are read
 * while they take fewer requests than asking for each item, and only what they do not show is asked for by itself.
 */
export async function findItems(
  search: ItemSearch,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ItemPlace>> {
  const { client, writes, dataset, isLater, restored } = search;
  const found = new Map<string, ItemPlace>();
  const missing = new Set(ids);
  const lanes = sideBySide();

  function take(row: DatasetItem): void {
    if (!missing.delete(row.id) || row.dataset !== dataset) return;
    found.set(row.id, {
      isDeleted: row.deleted === true || row.archived === true,
      version: row.version ?? undefined,
    });
  }

  async function takePage(offset: number, limit: number): Promise<Listing<DatasetItem> | undefined> {
    try {
      const page = await client.items({ dataset, limit, offset });
      for (const { value } of page.results.good) take(value);
      return page;
    } catch (error) {
      // A page that is too large to be read leaves its items to be asked for one by one.
      if (error instanceof SourceError && error.code === 'SOURCE_CONTRACT_VIOLATION') return undefined;
      throw error;
    }
  }

  async function takeOne(id: string): Promise<void> {
    try {
      take(!isLater && restored.has(id) ? await touch(writes, id) : await client.item(id));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  if (missing.size > itemsOneByOne) {
    const first = await takePage(0, itemsAPage);
    const given = first?.results.count ?? 0;
    const starts: number[] = [];
    if (given > 0) for (let start = given; start < (first?.count ?? 0); start += given) starts.push(start);
    if (starts.length < missing.size) {
      await Promise.all(starts.map((start) => lanes.execute(() => takePage(start, given))));
    }
  }
  await Promise.all(Array.from(missing, (id) => lanes.execute(() => takeOne(id))));
  return found;
}
