import type { LockstepError } from '../../domain/errors.ts';
import type { DatadogClient } from './client.ts';
import { failureOf } from './failures.ts';
import type { VendorPrompt, VendorRows } from './schema.ts';

/** The rows of prompts, as one operation reads them: their list is not paged. */
export class PromptRows {
  readonly #client: DatadogClient;
  /** Whether this operation has asked for the whole list: what is in it costs no further request. */
  #listed = false;

  constructor(client: DatadogClient) {
    this.#client = client;
  }

  all(): Promise<VendorRows<VendorPrompt>> {
    this.#listed = true;
    return this.#client.listPrompts();
  }

  /** One by its id, several out of the list; one that is not there does not exist. */
  async find(ids: Iterable<string>): Promise<ReadonlyMap<string, VendorPrompt | LockstepError>> {
    const missing = new Set(ids);
    const found = new Map<string, VendorPrompt | LockstepError>();

    function take({ good }: VendorRows<VendorPrompt>): void {
      for (const { value } of good) {
        const { prompt_id: id } = value.attributes;
        if (missing.delete(id)) found.set(id, value);
      }
    }

    async function readOne(client: DatadogClient, id: string): Promise<void> {
      try {
        const rows = await client.listPrompts(id);
        take(rows);
        const [fault] = rows.faults;
        if (missing.has(id) && fault !== undefined) found.set(id, fault);
      } catch (error) {
        found.set(id, failureOf(error));
      }
    }

    if (missing.size > 1 || (this.#listed && missing.size > 0)) {
      try {
        const rows = await this.all();
        take(rows);
        // A row that cannot be read may be any of them.
        if (rows.bad.length === 0) return found;
      } catch (error) {
        const failure = failureOf(error);
        for (const id of missing) found.set(id, failure);
        return found;
      }
    }
    await Promise.all(Array.from(missing, (id) => readOne(this.#client, id)));
    return found;
  }

  /** The row of one prompt; undefined where there is none. */
  async get(promptId: string): Promise<VendorPrompt | undefined> {
    const row = (await this.find([promptId])).get(promptId);
    if (row === undefined || 'attributes' in row) return row;
    throw row;
  }
}
