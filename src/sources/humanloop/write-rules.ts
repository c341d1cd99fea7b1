import type { WriteRule } from '../../http/write-rule.ts';

const noIdempotency =
  'The vendor has no idempotency keys, no conditional requests and no check of the base (fact sheet, section 10: none seen).';

function never(why: string, source: string): WriteRule {
  return { repeat: 'never', why, source };
}

/**
 * Every write of this vendor by the name of its operation. All of them are `never`: what would make a repeat safe
 * (ids that come from content, deletions that stay) is implied by the vendor's documents and nowhere said.
 */
export const writeRules = {
  upsertDataset: never(
    'A second `set` may find that somebody wrote in between and make its content the newest again; whether equal content gives the version back is implied, not said.',
    `Fact sheet, section 4: content-addressed re-use is "strongly implied". ${noIdempotency}`,
  ),
  moveDataset: never(
    'A repeat would undo a move that somebody else made in between.',
    `OpenAPI: \`path\` is the new full path, whatever it was before. ${noIdempotency}`,
  ),
  deleteDataset: never(
    'What a deletion leaves behind is not known: a dataset brought back in between would be deleted again.',
    'Fact sheet, section 4: undelete is unpublished, and a status `deleted` suggests that it is possible.',
  ),
  uploadCsv: never(
    'As for an upsert that adds; with a version name the second would also be refused for the name of the first.',
    `Fact sheet, sections 2.3 and 4. ${noIdempotency}`,
  ),
  updateDatasetVersion: never(
    'A repeat would undo a name or description that somebody else gave in between.',
    `OpenAPI: the given members replace what is there. ${noIdempotency}`,
  ),
  deleteDatasetVersion: never(
    'A version of the same content, made again in between, may have the same id and would be deleted.',
    'Fact sheet, section 4: versions are defined by their datapoints; deletion effects are unpublished.',
  ),
  deployDataset: never(
    'A repeat would take down what somebody else deployed there in between.',
    'Fact sheet, section 4: one version per environment and file; deploying replaces.',
  ),
  removeDatasetDeployment: never(
    'A repeat would take down what somebody else deployed there in between.',
    'Fact sheet, section 2: the request names the environment and not the version that stands there.',
  ),
  upsertPrompt: never(
    'A second one may find that somebody published in between and make its content the newest again.',
    `Fact sheet, sections 3 and 4: the same pattern as datasets. ${noIdempotency}`,
  ),
  deletePrompt: never(
    'As for a dataset: a prompt brought back in between would be deleted again.',
    'Fact sheet, section 4: undelete is unpublished.',
  ),
} as const satisfies Record<string, WriteRule>;
