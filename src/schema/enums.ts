import { datasetCapabilities, datasetOrderFields, draftLockKinds } from '../domain/dataset.ts';
import { errorCodes } from '../domain/error-code.ts';
import { resourceKinds } from '../domain/identity.ts';
import { modelLabProjectOrderFields } from '../domain/project.ts';
import { scoreKinds, traceReviewOrderFields } from '../domain/review.ts';
import { sourceStatuses } from '../domain/source-status.ts';
import { vendors } from '../domain/vendor.ts';
import { builder } from './builder.ts';

/** The values of an enum with a description each; the table is complete or it does not compile. */
export function describe<Name extends string>(
  names: readonly Name[],
  descriptions: Readonly<Record<Name, string>>,
): Record<Name, { description: string }> {
  const entries = names.map((name) => [name, { description: descriptions[name] }]);
  return Object.fromEntries(entries); // Object.fromEntries types its keys as string; they are the names.
}

export const VendorEnum = builder.enumType('Vendor', {
  description: 'The vendors whose data this API gives.',
  values: describe(vendors, {
    DATADOG: 'Datadog LLM Observability, and its Model Lab.',
    HUMANLOOP: 'Humanloop.',
    POSTHOG: 'PostHog LLM analytics.',
  }),
});

export const ResourceKindEnum = builder.enumType('ResourceKind', {
  description: "The kinds of thing that can be named by their vendor's own id.",
  values: describe(resourceKinds, {
    DATASET: 'A dataset. At Datadog `parentVendorId` is its project.',
    DATASET_VERSION: 'A version of the dataset in `parentVendorId`, by its number or id.',
    DATASET_ITEM: 'A record, datapoint or dataset item; `parentVendorId` is its dataset where it needs one.',
    PROMPT: 'A prompt: at PostHog by name.',
    PROMPT_VERSION: 'A version of the prompt in `parentVendorId`.',
    TRACE_REVIEW: 'A human review of a trace (PostHog).',
    SCORE_DEFINITION: 'What a review is scored by (PostHog).',
    PROJECT: 'A Datadog LLM Observability project.',
    MODEL_LAB_PROJECT: 'A Datadog Model Lab project.',
  }),
});

export const SourceStatusEnum = builder.enumType('SourceStatus', {
  description: 'How a vendor does, seen with the credentials of this caller.',
  values: describe(sourceStatuses, {
    UP: 'It answers.',
    DEGRADED: 'It is there, but refuses these credentials or limits them.',
    DOWN: 'It does not answer, or answers with errors.',
    UNCONFIGURED: 'There are no credentials for it.',
  }),
});

export const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description:
    'What kind of error it is: `extensions.code` of every error, and `code` of errors that are data.',
  values: describe(errorCodes, {
    INVALID_INPUT: 'The request cannot be used as it stands. Do not repeat it unchanged.',
    UNAUTHENTICATED: 'Who asks is not known, or the vendor does not accept the credentials.',
    FORBIDDEN: 'Who asks is known and may not do this.',
    NOT_FOUND: 'There is no such thing, or the credentials may not see it.',
    UNSUPPORTED: 'The vendor has no such thing or operation.',
    VERSION_CONFLICT: 'The resource moved on since it was read. Nothing was written.',
    DRAFT_LOCKED: 'Somebody else holds the draft.',
    ALREADY_EXISTS: 'A name, or the one review of a trace, is taken.',
    CONFLICT: 'The state of the thing does not allow it.',
    PARTIAL_WRITE: 'A write of several steps stopped in the middle.',
    RATE_LIMITED: 'A limit is used up. Try again after `retryAfterSeconds`.',
    SOURCE_UNAVAILABLE: 'The vendor cannot be reached or is in trouble. Try again later.',
    SOURCE_TIMEOUT: 'The vendor did not answer in time. Try again.',
    SOURCE_CONTRACT_VIOLATION: 'The vendor answered something that it does not document.',
    OUTCOME_UNKNOWN: 'A write was sent and its answer never came. Read before you repeat it.',
    CURSOR_EXPIRED: 'The cursor is too old to go on from.',
    QUERY_TOO_EXPENSIVE: 'The operation needs more than one operation may. Ask for less at a time.',
    INTERNAL: 'A fault of this gateway; its log has it under the request id.',
  }),
});

export const DatasetCapabilityEnum = builder.enumType('DatasetCapability', {
  description: 'What the vendor of a dataset can do with it.',
  values: describe(datasetCapabilities, {
    DRAFT_LOCK: 'Lock the draft, so that one person edits at a time.',
    VERSIONS: 'Keep earlier versions, readable by their ref.',
    RESTORE: 'Make an earlier version current again.',
    RENAME_VERSION: 'Name and describe a version.',
    DELETE_VERSION: 'Delete a single version.',
    DEPLOY: 'Put a version on an environment.',
    EDIT_ITEMS: 'Add, update and remove items.',
    MOVE: 'Move the dataset to another directory.',
    CLONE: 'Make a copy under another name.',
    CSV_UPLOAD: 'Add items from a CSV file.',
  }),
});

export const DraftLockKindEnum = builder.enumType('DraftLockKind', {
  description: 'Whose lock it is.',
  values: describe(draftLockKinds, {
    VENDOR: "The vendor's own lock.",
    GATEWAY: "This gateway's, between its own callers.",
  }),
});

export const OrderDirectionEnum = builder.enumType('OrderDirection', {
  description: 'Which end comes first.',
  values: {
    ASC: { description: 'Smallest or oldest first.' },
    DESC: { description: 'Largest or newest first.' },
  } as const,
});

export const DatasetOrderFieldEnum = builder.enumType('DatasetOrderField', {
  description: 'What datasets can be ordered by; not every vendor can every one.',
  values: describe(datasetOrderFields, {
    NAME: 'By name (Humanloop).',
    CREATED_AT: 'By creation: newest first everywhere, oldest first at Humanloop and PostHog.',
    UPDATED_AT: 'By last change (Humanloop, PostHog).',
  }),
});

export const TraceReviewOrderFieldEnum = builder.enumType('TraceReviewOrderField', {
  description: 'What reviews can be ordered by.',
  values: describe(traceReviewOrderFields, {
    CREATED_AT: 'By creation.',
    UPDATED_AT: 'By last change.',
  }),
});

export const ModelLabProjectOrderFieldEnum = builder.enumType('ModelLabProjectOrderField', {
  description: 'What Model Lab projects can be ordered by.',
  values: describe(modelLabProjectOrderFields, {
    NAME: 'By name.',
    CREATED_AT: 'By creation.',
    UPDATED_AT: 'By last change.',
  }),
});

export const ScoreKindEnum = builder.enumType('ScoreKind', {
  description: 'The kind of value that a score has.',
  values: describe(scoreKinds, {
    CATEGORICAL: 'One or several of the options in the config.',
    NUMERIC: 'A decimal number within the bounds in the config.',
    BOOLEAN: 'Yes or no.',
    OTHER: 'A kind that this API does not know yet.',
  }),
});
