import type { WriteRequest } from '../../http/operation.ts';
import type { WriteRule } from '../../http/write-rule.ts';

/** A write of PostHog's: its own name of the operation (OpenAPI operation id), its method, and its rule. */
export interface Write extends WriteRule {
  readonly endpoint: string;
  readonly method: WriteRequest['method'];
}

const datasetSource = 'PostHog/posthog datasets.py, docs page "Llm"';
const laterDatasetSource = 'PostHog/posthog ai_observability datasets.py (later servers)';
const promptSource = 'PostHog/posthog llm_prompt.py and its tests';
const reviewSource = 'PostHog/posthog trace_reviews.py';

const undoesOthers = 'It has no precondition: a repeat would undo what somebody else wrote meanwhile.';
const comparedButUnclear =
  'It compares the version it is based on, so a repeat cannot apply twice; but the refusal of the repeat could not be told from that of a write which lost to somebody else.';

/** Every write there is, and whether it may be sent again when its answer did not come. */
export const writeRules = {
  createDataset: {
    endpoint: 'datasets_create',
    method: 'POST',
    repeat: 'never',
    why: 'Names may repeat and no key makes it idempotent: a repeat makes a second dataset.',
    source: datasetSource,
  },
  updateDataset: {
    endpoint: 'datasets_partial_update',
    method: 'PATCH',
    repeat: 'never',
    why: undoesOthers,
    source: datasetSource,
  },
  deleteDataset: {
    endpoint: 'datasets_partial_update',
    method: 'PATCH',
    repeat: 'never',
    why: 'It is an update: a repeat would delete again what somebody brought back meanwhile.',
    source: datasetSource,
  },
  archiveDataset: {
    endpoint: 'datasets_archive',
    method: 'POST',
    repeat: 'never',
    why: 'A repeat would archive again what somebody restored meanwhile.',
    source: laterDatasetSource,
  },
  createItem: {
    endpoint: 'dataset_items_create',
    method: 'POST',
    repeat: 'never',
    why: 'No idempotency and no unique key: a repeat makes a second item.',
    source: datasetSource,
  },
  updateItem: {
    endpoint: 'dataset_items_partial_update',
    method: 'PATCH',
    repeat: 'never',
    why: `${undoesOthers} Later servers compare a base version, and refuse the repeat as they would a conflict.`,
    source: datasetSource,
  },
  removeItem: {
    endpoint: 'dataset_items_partial_update',
    method: 'PATCH',
    repeat: 'never',
    why: 'It is an update: a repeat would delete again what somebody brought back meanwhile.',
    source: datasetSource,
  },
  archiveItem: {
    endpoint: 'dataset_items_archive',
    method: 'POST',
    repeat: 'never',
    why: comparedButUnclear,
    source: laterDatasetSource,
  },
  restoreItem: {
    endpoint: 'dataset_items_restore',
    method: 'POST',
    repeat: 'never',
    why: comparedButUnclear,
    source: laterDatasetSource,
  },
  createPrompt: {
    endpoint: 'llm_prompts_create',
    method: 'POST',
    repeat: 'never',
    why: "The name is unique, so a repeat cannot make a second; but its refusal would look like somebody else's prompt, and after an archive it would make one anew.",
    source: promptSource,
  },
  publishPrompt: {
    endpoint: 'llm_prompts_name_partial_update',
    method: 'PATCH',
    repeat: 'never',
    why: comparedButUnclear,
    source: promptSource,
  },
  archivePrompt: {
    endpoint: 'llm_prompts_name_archive_create',
    method: 'POST',
    repeat: 'never',
    why: 'It frees the name: a repeat would archive a prompt that somebody made under it meanwhile.',
    source: promptSource,
  },
  duplicatePrompt: {
    endpoint: 'llm_prompts_name_duplicate_create',
    method: 'POST',
    repeat: 'never',
    why: 'As with creation; and a repeat after an archive would copy what is the latest then.',
    source: promptSource,
  },
  setLabel: {
    endpoint: 'llm_prompts_name_labels_update',
    method: 'PUT',
    repeat: 'never',
    why: 'A label is a movable pointer: a repeat would undo a move that somebody made meanwhile.',
    source: `${promptSource} (later servers)`,
  },
  createReview: {
    endpoint: 'llm_analytics_trace_reviews_create',
    method: 'POST',
    repeat: 'never',
    why: "A trace has one review; but the refusal of the repeat would look like somebody else's, and after a deletion it would make one anew.",
    source: reviewSource,
  },
  updateReview: {
    endpoint: 'llm_analytics_trace_reviews_partial_update',
    method: 'PATCH',
    repeat: 'never',
    why: undoesOthers,
    source: reviewSource,
  },
  deleteReview: {
    endpoint: 'llm_analytics_trace_reviews_destroy',
    method: 'DELETE',
    repeat: 'safe',
    notFoundIsDone: true,
    why: 'A deleted review never comes back and its id is not given again: all that a repeat can meet is 404, which then means that it is done.',
    source: reviewSource,
  },
  translate: {
    endpoint: 'llm_analytics_translate_create',
    method: 'POST',
    repeat: 'never',
    why: 'It writes nothing, but each translation is paid for, and the same text gives another one.',
    source: 'PostHog/posthog ai_observability translate.py',
  },
} as const satisfies Readonly<Record<string, Write>>;
