import type { LockstepError } from '../../domain/errors.ts';
import { type DatasetAddress, isUuid } from './addresses.ts';
import type { DatadogClient, DatasetQuery } from './client.ts';
import { unlessNotFound } from './failures.ts';
import { pageSizes } from './limits.ts';
import { lookUp } from './lookup.ts';
import type { VendorCursorPage, VendorDataset } from './schema.ts';

const nothing: VendorCursorPage<VendorDataset> = {
  good: [],
  bad: [],
  count: 0,
  faults: [],
  after: undefined,
};

/** The rows of datasets, as one operation reads them. */
export class DatasetRows {
  readonly #client: DatadogClient;
  /** The list in which a dataset was last seen, by its id. */
  readonly #seenIn = new Map<string, DatasetQuery>();

  constructor(client: DatadogClient) {
    this.#client = client;
  }

  async list(projectId: string, query: DatasetQuery): Promise<VendorCursorPage<VendorDataset>> {
    const page = await this.#client.listDatasets(projectId, query);
    for (const { value } of page.good) this.#seenIn.set(value.id, query);
    return page;
  }

  /** Those of one project, by id; one that is not there does not exist. */
  find(
    projectId: string,
    ids: Iterable<string>,
  ): Promise<ReadonlyMap<string, VendorDataset | LockstepError>> {
    return lookUp({
      ids,
      one: async (id) => (await unlessNotFound(this.list(projectId, { id }))) ?? nothing,
      page: async (cursor) =>
        (await unlessNotFound(this.list(projectId, { cursor, limit: pageSizes.lookup }))) ?? nothing,
    });
  }

  /** The row of one dataset; undefined where there is none. */
  async get({ projectId, datasetId }: DatasetAddress): Promise<VendorDataset | undefined> {
    if (!isUuid(projectId) || !isUuid(datasetId)) return undefined;
    const row = (await this.find(projectId, [datasetId])).get(datasetId);
    if (row === undefined || 'attributes' in row) return row;
    throw row;
  }

  /**
   * Whether there is such a dataset. Where this operation has it from a list, that list is asked again: an answer
   * that still stands costs no request, and one that was dropped after a write is not relied on.
   */
  async exists(address: DatasetAddress): Promise<boolean> {
    const { projectId, datasetId } = address;
    const query = this.#seenIn.get(datasetId);
    if (query !== undefined) {
      const { good } = await this.list(projectId, query);
      if (good.some(({ value }) => value.id === datasetId)) return true;
    }
    return (await this.get(address)) !== undefined;
  }
}
