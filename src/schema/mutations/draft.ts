import type { DraftLock } from '../../domain/dataset.ts';
import type { ResourceKey } from '../../domain/identity.ts';
import { lockDraft, unlockDraft } from '../../resolvers/writes/draft.ts';
import { builder } from '../builder.ts';
import { DraftLockType } from '../dataset.ts';
import { mutationField } from './mutation-field.ts';
import { datasetFields } from './success-fields.ts';

interface Locked {
  readonly dataset: ResourceKey<'DATASET'>;
  readonly lock: DraftLock;
}

const errors = [
  'DraftLockedError',
  'NotFoundError',
  'UnsupportedError',
  'InvalidInputError',
  'SourceFailure',
  'OutcomeUnknownError',
] as const;

mutationField({
  name: 'lockDatasetDraft',
  description:
    "Take the draft lock of a dataset, so that nobody else edits it (Datadog). Locking what you hold already renews it. Callers who share the gateway's own credentials are kept apart by the gateway.",
  input: builder.inputType('LockDatasetDraftInput', {
    description: 'Which draft to lock.',
    fields: (t) => ({ datasetId: t.id({ required: true, description: 'The dataset.' }) }),
  }),
  success: builder.objectRef<Locked>('LockDatasetDraftSuccess').implement({
    description: 'The draft is locked by you.',
    fields: (t) => ({
      ...datasetFields(t),
      lock: t.expose('lock', { type: DraftLockType, nullable: false, description: 'The lock as it stands.' }),
    }),
  }),
  errors,
  toFindOut: 'read `draftLock` of the dataset',
  resolve: lockDraft,
});

mutationField({
  name: 'unlockDatasetDraft',
  description: 'Release the draft lock that you hold (Datadog). One that nobody holds is released already.',
  input: builder.inputType('UnlockDatasetDraftInput', {
    description: 'Which draft to release.',
    fields: (t) => ({ datasetId: t.id({ required: true, description: 'The dataset.' }) }),
  }),
  success: builder
    .objectRef<{ readonly dataset: ResourceKey<'DATASET'> }>('UnlockDatasetDraftSuccess')
    .implement({ description: 'Nobody holds the draft.', fields: (t) => datasetFields(t) }),
  errors,
  toFindOut: 'read `draftLock` of the dataset',
  resolve: unlockDraft,
});
