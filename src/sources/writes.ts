import type { DraftLock } from '../domain/dataset.ts';
import type { ResourceKey } from '../domain/identity.ts';
import type { Instant } from '../domain/instant.ts';
import type { Json } from '../domain/json.ts';
import type { PromptContent, PromptVersion } from '../domain/prompt.ts';
import type { ReviewScoreValue } from '../domain/review.ts';
import type { UploadedFile } from '../domain/uploaded-file.ts';

/*
 * The writing half of the port. What a vendor cannot do is absent; a method that is there does it, natively or
 * composed. Errors, all typed, all meaning that nothing was written unless said otherwise: InvalidInputError (with
 * the path in the input), NotFoundError, AlreadyExistsError, VersionConflictError, DraftLockedError, SourceError (the
 * vendor refused it or it was never sent), SourceError OUTCOME_UNKNOWN (sent, not answered), PartialWriteError (some
 * of it is written; it says what). A writer does not retry and does not serialise: its caller holds the resource.
 */

/** What an edit of items may hold. Undefined: as it is (in a patch) or not given; null: cleared. */
export interface ItemContent {
  readonly input?: Json | undefined;
  readonly expectedOutput?: Json | undefined;
  readonly messages?: Json | undefined;
  readonly metadata?: Json | undefined;
  readonly tags?: readonly string[] | null | undefined;
  readonly sourceTraceId?: string | null | undefined;
  readonly sourceId?: string | null | undefined;
  readonly sourceTimestamp?: Instant | null | undefined;
}

export interface ItemPatch extends ItemContent {
  readonly item: ResourceKey<'DATASET_ITEM'>;
  readonly deleted?: boolean | undefined;
  /** Moves it there, where the vendor can. */
  readonly dataset?: ResourceKey<'DATASET'> | undefined;
}

export interface ItemEdit {
  readonly add: readonly ItemContent[];
  readonly update: readonly ItemPatch[];
  readonly remove: readonly ResourceKey<'DATASET_ITEM'>[];
}

export interface VersionWritten {
  /** The version that this made; null when the vendor does not tell and it could not be read back. */
  readonly versionRef: string | null;
  /** A version that somebody outside made between the base and this write, where versions show it. */
  readonly concurrentRef: string | null;
  /** True where equal content gave back a version that was there before the write. */
  readonly isOlder?: boolean | undefined;
}

export interface ItemsWritten extends VersionWritten {
  readonly addedCount: number;
  readonly updatedCount: number;
  readonly removedCount: number;
  /** Keys of the added items in the order given, where the vendor tells them; else null. */
  readonly added: readonly ResourceKey<'DATASET_ITEM'>[] | null;
}

export interface NewDataset {
  readonly name: string;
  readonly project?: ResourceKey<'PROJECT'> | undefined;
  readonly directoryPath?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Json | undefined;
  readonly items: readonly ItemContent[];
}

export interface DatasetPatch {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly metadata?: Json | undefined;
}

/** Writes datasets. `base` is the newest ref as it was read just before, null where there is none. */
export interface DatasetWriter {
  /**
   * Makes a dataset. `created` is false when one of that name was there already and is given as it is (only when
   * nothing of the input would be lost by that, else AlreadyExistsError), null when the vendor does not tell.
   */
  create(input: NewDataset): Promise<{ dataset: ResourceKey<'DATASET'>; created: boolean | null }>;
  /** Throws InvalidInputError for a field that the vendor cannot change. */
  update(dataset: ResourceKey<'DATASET'>, patch: DatasetPatch): Promise<void>;
  readonly move?: (
    dataset: ResourceKey<'DATASET'>,
    to: { readonly directoryPath?: string | undefined; readonly name?: string | undefined },
  ) => Promise<void>;
  readonly clone?: (
    dataset: ResourceKey<'DATASET'>,
    to: {
      readonly name: string;
      readonly description?: string | undefined;
      /** What to copy where it is not the newest by date; given only to a source that is content-addressed. */
      readonly versionRef?: string | undefined;
    },
  ) => Promise<ResourceKey<'DATASET'>>;
  delete(dataset: ResourceKey<'DATASET'>): Promise<void>;
  /** The newest ref, null when there is none yet; absent where there are no versions. One cheap read. */
  readonly latestRef?: (dataset: ResourceKey<'DATASET'>) => Promise<string | null>;
  editItems(dataset: ResourceKey<'DATASET'>, edit: ItemEdit, base: string | null): Promise<ItemsWritten>;
  /** The vendor's own CSV upload; absent where items are added one by one from the parsed file. */
  readonly uploadCsv?: (
    dataset: ResourceKey<'DATASET'>,
    file: UploadedFile,
    base: string | null,
    version: { readonly name?: string | undefined; readonly description?: string | undefined },
  ) => Promise<VersionWritten & { readonly addedCount: number }>;
  readonly restore?: (
    dataset: ResourceKey<'DATASET'>,
    ref: string,
    base: string | null,
  ) => Promise<VersionWritten>;
  readonly updateVersion?: (
    dataset: ResourceKey<'DATASET'>,
    ref: string,
    patch: { readonly name?: string | null | undefined; readonly description?: string | null | undefined },
  ) => Promise<void>;
  readonly deleteVersion?: (dataset: ResourceKey<'DATASET'>, ref: string) => Promise<void>;
  readonly deploy?: (
    dataset: ResourceKey<'DATASET'>,
    ref: string,
    environment: ResourceKey<'ENVIRONMENT'>,
  ) => Promise<void>;
  /** What stands on an environment now, null when nothing does. */
  readonly deployedRef?: (
    dataset: ResourceKey<'DATASET'>,
    environment: ResourceKey<'ENVIRONMENT'>,
  ) => Promise<string | null>;
  readonly undeploy?: (
    dataset: ResourceKey<'DATASET'>,
    environment: ResourceKey<'ENVIRONMENT'>,
  ) => Promise<void>;
  /**
   * Takes the draft lock. `self` is the caller's own id at the vendor where it is known. Throws DraftLockedError
   * when somebody else holds it, or when it cannot be told whether the holder is the caller.
   */
  readonly lock?: (dataset: ResourceKey<'DATASET'>, self: string | undefined) => Promise<DraftLock>;
  /** Releases it. Already released is success; held by somebody else is DraftLockedError. */
  readonly unlock?: (dataset: ResourceKey<'DATASET'>, self: string | undefined) => Promise<void>;
}

export interface NewPrompt {
  readonly name: string;
  readonly content: PromptContent;
  readonly config?: Json | undefined;
  readonly directoryPath?: string | undefined;
  readonly description?: string | undefined;
  readonly labels?: readonly string[] | undefined;
}

export interface NewPromptVersion {
  readonly content: PromptContent;
  /** Whole: what was not given is carried over from the base already. */
  readonly config: Json;
  readonly description?: string | undefined;
  readonly labels?: readonly string[] | undefined;
}

export interface PromptWriter {
  /** Throws AlreadyExistsError when the name is taken. */
  create(input: NewPrompt): Promise<ResourceKey<'PROMPT'>>;
  /**
   * Writes the version after `base`, which was read just before, with content and config. Throws VersionConflictError
   * where the vendor compares.
   */
  publish(
    prompt: ResourceKey<'PROMPT'>,
    version: NewPromptVersion,
    base: PromptVersion,
  ): Promise<VersionWritten>;
  archive(prompt: ResourceKey<'PROMPT'>): Promise<void>;
  /**
   * Copies the newest content to a new prompt; that of `ref` where it is given, which is only to a source that is
   * content-addressed. Throws AlreadyExistsError when the name is taken.
   */
  duplicate(prompt: ResourceKey<'PROMPT'>, newName: string, ref?: string): Promise<ResourceKey<'PROMPT'>>;
}

export interface NewScore {
  readonly definition: ResourceKey<'SCORE_DEFINITION'>;
  readonly definitionVersion?: ResourceKey<'SCORE_DEFINITION_VERSION'> | undefined;
  readonly value: ReviewScoreValue;
}

export interface ReviewContent {
  /** Undefined: as it is; null: cleared. */
  readonly comment?: string | null | undefined;
  /** Replaces all scores. */
  readonly scores?: readonly NewScore[] | undefined;
  readonly queue?: ResourceKey<'REVIEW_QUEUE'> | undefined;
}

/** Scores are checked against their definition's config before anything is sent: InvalidInputError with a path each. */
export interface ReviewWriter {
  /** Throws AlreadyExistsError, with the review that is there, when the trace has one. */
  create(traceId: string, content: ReviewContent): Promise<ResourceKey<'TRACE_REVIEW'>>;
  update(review: ResourceKey<'TRACE_REVIEW'>, content: ReviewContent): Promise<void>;
  delete(review: ResourceKey<'TRACE_REVIEW'>): Promise<void>;
}

export interface Translation {
  readonly translation: string;
  readonly detectedLanguage: string | null;
  readonly provider: string | null;
}

export type Translate = (text: string, targetLanguage: string | undefined) => Promise<Translation>;
