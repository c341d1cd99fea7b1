import type { WriteRule } from '../../http/write-rule.ts';

const judgement = 'our judgement of what the spec says of the operation';
const neverTwice =
  'No operation of Datadog takes an idempotency key, and the spec promises nothing of a repeat.';

/** Every write to Datadog, by the vendor's name of the operation, and whether it may be sent again. */
export const writeRules = {
  CreateLLMObsDataset: {
    repeat: 'never',
    why: 'It is get-or-create by name: a repeat answers as if the dataset had been there before, or makes it again after somebody deleted it.',
    source: 'Datadog spec, CreateLLMObsDataset: 200 returns the existing dataset unmodified',
  },
  UpdateLLMObsDataset: {
    repeat: 'never',
    why: 'A repeat undoes what somebody else has changed of it in between.',
    source: judgement,
  },
  DeleteLLMObsDatasets: {
    repeat: 'safe',
    notFoundIsDone: true,
    why: 'It names datasets by ids that Datadog made and never gives again, and nothing brings a deleted one back: a repeat finds nothing to delete.',
    source: 'Datadog spec: no operation undeletes; ids are UUIDs made by the vendor',
  },
  CloneLLMObsDataset: {
    repeat: 'never',
    why: `A repeat may make a second clone. ${neverTwice}`,
    source: judgement,
  },
  BatchUpdateLLMObsDataset: {
    repeat: 'never',
    why: 'Each one makes a version, and sets records to what they were sent as, whatever somebody else has made of them since.',
    source: 'Datadog spec, BatchUpdateLLMObsDataset: a new version is created when the batch is applied',
  },
  RestoreLLMObsDatasetVersion: {
    repeat: 'never',
    why: 'Each one makes a version, and puts away what somebody else has written since.',
    source: 'Datadog spec, RestoreLLMObsDatasetVersion',
  },
  LockLLMObsDatasetDraftState: {
    repeat: 'safe',
    why: 'The lock belongs to a user: taken again by its holder nothing changes, and what another holds is not taken away.',
    source: 'Datadog spec, LockLLMObsDatasetDraftState: a lock is held by the calling user',
  },
  UnlockLLMObsDatasetDraftState: {
    repeat: 'safe',
    why: 'It releases a lock that the calling user holds and no other; without one there is nothing to release.',
    source: 'Datadog spec, UnlockLLMObsDatasetDraftState: releases a lock held by the caller',
  },
  CreateLLMObsPrompt: {
    repeat: 'never',
    why: 'A repeat is refused for the name that the first has taken, or makes a prompt again that somebody has deleted.',
    source: 'Datadog spec, CreateLLMObsPrompt: 409',
  },
  CreateLLMObsPromptVersion: {
    repeat: 'never',
    why: `Each one makes a version: there is no base to compare with. ${neverTwice}`,
    source: 'Datadog spec, CreateLLMObsPromptVersion',
  },
  DeleteLLMObsPrompt: {
    repeat: 'never',
    why: 'It names a prompt by the text that its author chose, which may be that of another prompt by the time of a repeat.',
    source: judgement,
  },
} as const satisfies Readonly<Record<string, WriteRule>>;
