import type { ErrorCode } from '../../domain/error-code.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import { type ItemFailure, type PartialWrite, PartialWriteError } from '../../domain/write-errors.ts';
import type { Change, Chunk } from './edit-chunks.ts';
import type { VendorBatchAnswer } from './write-schema.ts';

/** What of an edit is done, as far as Datadog tells. */
export class EditProgress {
  readonly #dataset: ResourceKey<'DATASET'>;
  readonly #added: 'add' | 'items';
  readonly #counts: Record<Change['kind'], number> = { add: 0, update: 0, remove: 0 };
  readonly #failures: ItemFailure[] = [];
  readonly #steps: string[] = [];
  #addsTold = true;
  /** Updates and removals, taken for done, of which Datadog's answers say nothing. */
  readonly untold: Change[] = [];

  constructor(dataset: ResourceKey<'DATASET'>, added: 'add' | 'items') {
    this.#dataset = dataset;
    this.#added = added;
  }

  /** Whether nothing was answered as done yet. */
  get isEmpty(): boolean {
    return this.#steps.length === 0;
  }

  get hasFailures(): boolean {
    return this.#failures.length > 0;
  }

  get counts(): {
    readonly addedCount: number;
    readonly updatedCount: number;
    readonly removedCount: number;
  } {
    const { add, update, remove } = this.#counts;
    return { addedCount: add, updatedCount: update, removedCount: remove };
  }

  pathOf({ kind, index }: Change): readonly string[] {
    return [kind === 'add' ? this.#added : kind, String(index)];
  }

  /** Takes in a batch that was answered: what is left out of an answer that names the like is not done. */
  record({ changes }: Chunk, { written, deleted, version }: VendorBatchAnswer): void {
    for (const change of changes) {
      const { kind, recordId } = change;
      if (kind === 'add') this.#addsTold &&= written.has(recordId);
      const isNamed = written.has(recordId) || deleted.has(recordId);
      // An answer that names some names all of them.
      const isTold = (kind === 'remove' ? deleted : written).size > 0;
      if (kind !== 'add' && !isNamed && isTold) {
        this.fail([change], 'NOT_FOUND', 'Datadog has no such record in this dataset');
        continue;
      }
      this.#counts[kind] += 1;
      if (kind !== 'add' && !isNamed) this.untold.push(change);
    }
    const where = version === undefined ? '' : ` in version ${version}`;
    this.#steps.push(`sent a batch of ${changes.length} changes, which Datadog applied${where}`);
  }

  /** Changes that were taken for done, of records that were not there. */
  wereMissing(changes: readonly Change[]): void {
    for (const { kind } of changes) this.#counts[kind] -= 1;
    this.fail(changes, 'NOT_FOUND', 'Datadog had no such record in this dataset');
  }

  fail(changes: Iterable<Change>, code: ErrorCode, message: string): void {
    for (const change of changes) this.#failures.push({ path: this.pathOf(change), code, message });
  }

  /** Where the items that fail are, in words. */
  describeFailures(): string {
    const named = this.#failures.slice(0, 5).map(({ path }) => path.join('.'));
    const more =
      this.#failures.length > named.length ? ` and ${this.#failures.length - named.length} more` : '';
    return named.join(', ') + more;
  }

  partial(message: string, unknownCount: number): PartialWriteError {
    const partial: PartialWrite = {
      message,
      dataset: this.#dataset,
      completedSteps: this.#steps,
      ...this.counts,
      unknownCount,
      failures: this.#failures,
    };
    return new PartialWriteError(partial);
  }

  /** Keys of what was added, in the order given; null where Datadog did not take the ids that it was sent. */
  addedKeys(all: readonly Change[]): readonly ResourceKey<'DATASET_ITEM'>[] | null {
    if (!this.#addsTold) return null;
    const { source, parts } = this.#dataset.address;
    return all
      .filter(({ kind }) => kind === 'add')
      .map(({ recordId }) => keyOf(source, 'DATASET_ITEM', ...parts, recordId));
  }
}
