import { LockstepError, NotFoundError } from '../../domain/errors.ts';
import type { DatasetAddress } from './addresses.ts';
import type { DatasetRows } from './dataset-rows.ts';
import type { DatadogWriteClient } from './write-client.ts';
import { missingDataset } from './write-failures.ts';

/** The newest version of a dataset, read anew each time: what was read before may be older than a write. */
export class NewestVersions {
  readonly #writes: DatadogWriteClient;
  readonly #rows: DatasetRows;

  constructor(writes: DatadogWriteClient, rows: DatasetRows) {
    this.#writes = writes;
    this.#rows = rows;
  }

  /** Throws NotFoundError where there is no such dataset. Every dataset has a version: a new one has 0. */
  async read(address: DatasetAddress): Promise<number> {
    this.#writes.forget();
    const row = await this.#rows.get(address);
    if (row === undefined) throw new NotFoundError(missingDataset(address));
    return row.attributes.current_version;
  }

  /** Undefined where it cannot be read: what was written before stands all the same. */
  async find(address: DatasetAddress): Promise<number | undefined> {
    try {
      return await this.read(address);
    } catch (error) {
      if (error instanceof LockstepError) return undefined;
      throw error;
    }
  }
}
