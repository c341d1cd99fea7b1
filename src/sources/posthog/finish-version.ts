import type { ItemFailure } from '../../domain/write-errors.ts';
import { PartialWriteError } from '../../domain/write-errors.ts';
import { droppedExtras, type PromptExtras } from './prompt-extras.ts';
import { inputErrorOf } from './refusals.ts';
import { itemFailureOf, runSteps, type Step, unknownCountOf } from './run-steps.ts';
import type { WrittenPrompt } from './schema.ts';
import type { PostHogWriteClient } from './write-client.ts';

/**
 * Points the labels at a version that was just made, and sees that nothing else was dropped of it. Throws
 * PartialWriteError: the version itself is written.
 */
export async function finishVersion(
  writes: PostHogWriteClient,
  row: WrittenPrompt,
  extras: PromptExtras,
  firstStep: string,
): Promise<void> {
  const completedSteps = [firstStep];
  const failures: ItemFailure[] = droppedExtras(extras, row).map(({ path, message }) => ({
    path,
    code: 'UNSUPPORTED',
    message: `PostHog did not keep it: ${message}.`,
  }));
  let unknownCount = 0;
  if (row.labels !== undefined && extras.labels.length > 0) {
    const steps = extras.labels.map((label, index): Step => {
      const path = ['labels', String(index)];
      const send = async (): Promise<void> => {
        try {
          await writes.setLabel(row.name, label, row.version);
        } catch (error) {
          throw inputErrorOf(error, {}, path);
        }
        completedSteps.push(`label ${label} set`);
      };
      return { path, send };
    });
    const outcome = await runSteps(steps);
    unknownCount = unknownCountOf(outcome);
    failures.push(...outcome.failures.map(itemFailureOf));
  }
  if (failures.length === 0) return;
  const unknown =
    unknownCount === 0
      ? ''
      : ` Of ${unknownCount} it is not known: read \`labels\` of the versions before you repeat it.`;
  throw new PartialWriteError({
    message: `Done: ${completedSteps.join(', ')}. Not everything that should go with it is; \`failures\` says what.${unknown}`,
    dataset: null,
    completedSteps,
    addedCount: 0,
    updatedCount: 0,
    removedCount: 0,
    unknownCount,
    failures,
  });
}
