import { LockstepError, NotFoundError, SourceError } from '../../domain/errors.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import type { ItemEdit, ItemsWritten } from '../writes.ts';
import { type DatasetAddress, readDatasetAddress, readVersionNumber } from './addresses.ts';
import type { DatadogClient } from './client.ts';
import { cursorPages } from './cursor-pages.ts';
import { type Change, type Chunk, EditChunks } from './edit-chunks.ts';
import { inputPathIn, isTooLarge, tooLarge, withWords } from './edit-failures.ts';
import { EditProgress } from './edit-progress.ts';
import { checkEdit } from './item-records.ts';
import { pageSizes } from './limits.ts';
import type { NewestVersions } from './newest-versions.ts';
import { VersionTrack } from './version-track.ts';
import type { DatadogWriteClient } from './write-client.ts';
import type { DatasetRefusals } from './write-failures.ts';
import type { VendorBatchAnswer } from './write-schema.ts';

/** Edits of a dataset's records, by as few batches as they fit into. */
export class ItemEdits {
  readonly #client: DatadogClient;
  readonly #writes: DatadogWriteClient;
  readonly #newest: NewestVersions;
  readonly #refusals: DatasetRefusals;

  constructor(
    client: DatadogClient,
    writes: DatadogWriteClient,
    newest: NewestVersions,
    refusals: DatasetRefusals,
  ) {
    this.#client = client;
    this.#writes = writes;
    this.#newest = newest;
    this.#refusals = refusals;
  }

  /** Added items stand in the input at `added`. */
  async apply(
    dataset: ResourceKey<'DATASET'>,
    edit: ItemEdit,
    base: string | null,
    added: 'add' | 'items',
  ): Promise<ItemsWritten> {
    const address = readDatasetAddress(dataset);
    checkEdit(address, edit, added);
    const baseNumber = readVersionNumber(base ?? '') ?? (await this.#newest.read(address));
    const chunks = new EditChunks(edit);
    const progress = new EditProgress(dataset, added);
    const track = new VersionTrack(baseNumber);
    await this.#sendAll(address, chunks, progress, track);
    if (progress.untold.length > 0) {
      progress.wereMissing(await this.#findMissing(address, baseNumber, progress.untold));
    }
    if (progress.hasFailures) throw this.#unmatched(progress, address);
    return {
      ...progress.counts,
      added: progress.addedKeys(chunks.all),
      versionRef: track.versionRef,
      concurrentRef: track.concurrentRef,
    };
  }

  async #sendAll(
    address: DatasetAddress,
    chunks: EditChunks,
    progress: EditProgress,
    track: VersionTrack,
  ): Promise<void> {
    // The base was read just before.
    let isFresh = true;
    for (let chunk = chunks.next(); chunk !== undefined; chunk = chunks.next()) {
      if (!isFresh) track.looked(await this.#newest.find(address));
      isFresh = true;
      const asNew = track.needsNew;
      let answer: VendorBatchAnswer;
      try {
        answer = await this.#writes.batchUpdate(address, chunk, asNew);
      } catch (error) {
        // Refused as too large, so nothing of it was written.
        if (isTooLarge(error) && chunks.shrink(chunk)) continue;
        throw await this.#stopped(error, address, chunk, chunks.rest, progress);
      }
      progress.record(chunk, answer);
      isFresh = answer.version === undefined;
      const seen = isFresh ? await this.#newest.find(address) : undefined;
      const makesVersion = chunk.changes.some((change) => change.makesVersion);
      track.wrote({ asNew, makesVersion, told: answer.version, seen });
    }
  }

  /** What is thrown when a batch fails: the failure itself where nothing was written, else what was and what was not. */
  async #stopped(
    error: unknown,
    address: DatasetAddress,
    chunk: Chunk,
    rest: readonly Change[],
    progress: EditProgress,
  ): Promise<unknown> {
    const failure = isTooLarge(error)
      ? tooLarge(error, chunk, progress)
      : await this.#refusals.explain(error, address, inputPathIn(chunk, progress));
    if (!(failure instanceof LockstepError)) return failure;
    const isUnknown = failure.code === 'OUTCOME_UNKNOWN';
    if (progress.isEmpty) {
      if (!isUnknown || rest.length === 0 || !(failure instanceof SourceError)) return failure;
      return withWords(
        failure,
        `Only the first ${chunk.changes.length} of ${chunk.changes.length + rest.length} changes were sent.`,
      );
    }
    progress.fail(chunk.changes, failure.code, failure.message);
    progress.fail(rest, 'SOURCE_UNAVAILABLE', 'was not sent, as a batch before it failed');
    const rests = rest.length === 0 ? '' : ` The ${rest.length} after them were not sent.`;
    return progress.partial(
      `Some changes are written. Of the next ${chunk.changes.length}: ${failure.message}${rests}`,
      isUnknown ? chunk.changes.length : 0,
    );
  }

  /** Those whose record was not in the version that they were based on; none where it cannot be read. */
  async #findMissing(
    address: DatasetAddress,
    base: number,
    changes: readonly Change[],
  ): Promise<readonly Change[]> {
    const missing = new Map(changes.map((change) => [change.recordId, change]));
    const query = { version: base, limit: pageSizes.itemLookup };
    try {
      for await (const page of cursorPages((cursor) =>
        this.#client.listDatasetRecords(address, { ...query, cursor }),
      )) {
        for (const { value } of page.good) missing.delete(value.id);
        for (const { id } of page.bad) {
          // A row without an id may be any of them.
          if (id === undefined) return [];
          missing.delete(id);
        }
        if (missing.size === 0) break;
        // An operation keeps what it reads: of this nothing is needed again.
        this.#writes.forget();
      }
      return [...missing.values()];
    } catch (error) {
      if (error instanceof LockstepError) return [];
      throw error;
    }
  }

  #unmatched(progress: EditProgress, { datasetId }: DatasetAddress): LockstepError {
    const { addedCount, updatedCount, removedCount } = progress.counts;
    const what = `Datadog dataset ${datasetId} has no record for ${progress.describeFailures()}`;
    if (addedCount + updatedCount + removedCount === 0) {
      return new NotFoundError(`${what}. Nothing was written.`);
    }
    return progress.partial(`${what}. All else of the edit is written.`, 0);
  }
}
