import { z } from 'zod';
import { parserOf } from '../parsing.ts';
import { Dataset, DraftState, flatten, Prompt, PromptVersion, text } from './schema.ts';

/** What Datadog answers to writes, as far as it is used. The spec and recordings differ; both are accepted. */

/** Recorded rows tell more than those of the spec: the version just written, and which records are deleted. */
const WrittenRecord = z.preprocess(
  flatten,
  z.object({ id: text, version: z.int32().nonnegative().nullish(), deleted_at: z.string().nullish() }),
);

/** What the answer to a batch tells; each part may be missing. */
export interface VendorBatchAnswer {
  /** Records that were inserted or updated. */
  readonly written: ReadonlySet<string>;
  readonly deleted: ReadonlySet<string>;
  /** The version that they were written to. */
  readonly version: number | undefined;
}

/** Spec: rows within `records`, one level deeper. */
function rowsIn(item: unknown): readonly unknown[] {
  if (typeof item !== 'object' || item === null || !('records' in item)) return [item];
  return Array.isArray(item.records) ? item.records : [];
}

const BatchAnswer = z
  .object({ data: z.array(z.unknown()).nullish() })
  .transform((body): VendorBatchAnswer => {
    const written = new Set<string>();
    const deleted = new Set<string>();
    let version: number | undefined;
    for (const item of body.data ?? []) {
      for (const row of rowsIn(item)) {
        const { success, data } = WrittenRecord.safeParse(row);
        // The batch is applied whatever a row looks like: what cannot be read is told by none.
        if (!success) continue;
        (data.deleted_at ? deleted : written).add(data.id);
        if (data.version !== undefined && data.version !== null) {
          version = Math.max(version ?? 0, data.version);
        }
      }
    }
    return { written, deleted, version };
  });

const nothing = (): undefined => undefined;

/** The parse functions of the answers to writes, by the vendor's name of the operation. */
export const writeParsers = {
  CreateLLMObsDataset: parserOf(z.object({ data: Dataset })),
  UpdateLLMObsDataset: parserOf(z.object({ data: Dataset })),
  DeleteLLMObsDatasets: nothing,
  CloneLLMObsDataset: parserOf(z.object({ data: Dataset })),
  BatchUpdateLLMObsDataset: parserOf(BatchAnswer),
  RestoreLLMObsDatasetVersion: nothing,
  LockLLMObsDatasetDraftState: parserOf(DraftState),
  UnlockLLMObsDatasetDraftState: nothing,
  CreateLLMObsPrompt: parserOf(z.object({ data: Prompt })),
  CreateLLMObsPromptVersion: parserOf(z.object({ data: PromptVersion })),
  DeleteLLMObsPrompt: nothing,
} as const;
