import type { ResourceKey } from '../../domain/identity.ts';
import {
  cloneDataset,
  createDataset,
  deleteDataset,
  moveDataset,
  updateDataset,
} from '../../resolvers/writes/datasets.ts';
import { builder } from '../builder.ts';
import { VendorEnum } from '../enums.ts';
import { DatasetItemInput } from './item-inputs.ts';
import { mutationField } from './mutation-field.ts';
import { datasetFields } from './success-fields.ts';

interface OfDataset {
  readonly dataset: ResourceKey<'DATASET'>;
}

const common = [
  'NotFoundError',
  'UnsupportedError',
  'InvalidInputError',
  'SourceFailure',
  'OutcomeUnknownError',
] as const;

mutationField({
  name: 'createDataset',
  description: 'Make a dataset, with items if they are given.',
  input: builder.inputType('CreateDatasetInput', {
    description: 'A new dataset.',
    fields: (t) => ({
      vendor: t.field({ type: VendorEnum, required: true, description: 'Where to make it.' }),
      name: t.string({ required: true, description: 'Its name.' }),
      projectId: t.id({ description: 'Datadog: the project it goes into.' }),
      directoryPath: t.string({ description: 'Humanloop: the directory path it goes under.' }),
      description: t.string({ description: 'What it is (Datadog, PostHog).' }),
      metadata: t.field({ type: 'JSON', description: 'Free metadata (Datadog, PostHog).' }),
      items: t.field({ type: [DatasetItemInput], description: 'Its first items.' }),
    }),
  }),
  success: builder.objectRef<OfDataset & { created: boolean | null }>('CreateDatasetSuccess').implement({
    description: 'There is such a dataset now.',
    fields: (t) => ({
      ...datasetFields(t),
      created: t.exposeBoolean('created', {
        description:
          'False: one of that name was there already and is what you get. Null: the vendor does not tell.',
      }),
    }),
  }),
  errors: ['PartialWriteError', 'AlreadyExistsError', ...common],
  toFindOut: 'look for its name in `datasets`',
  resolve: createDataset,
});

mutationField({
  name: 'updateDataset',
  description: 'Change the name, description or metadata of a dataset. Left out: as it is; null: cleared.',
  input: builder.inputType('UpdateDatasetInput', {
    description: 'What to change.',
    fields: (t) => ({
      datasetId: t.id({ required: true, description: 'The dataset.' }),
      name: t.string({ description: 'A new name.' }),
      description: t.string({ description: 'What it is (Datadog, PostHog).' }),
      metadata: t.field({ type: 'JSON', description: 'Free metadata, as a whole (Datadog, PostHog).' }),
      expectedRef: t.string({ description: 'The newest version as you know it.' }),
    }),
  }),
  success: builder
    .objectRef<OfDataset>('UpdateDatasetSuccess')
    .implement({ description: 'The dataset is changed.', fields: (t) => datasetFields(t) }),
  errors: ['DraftLockedError', 'VersionConflictError', 'AlreadyExistsError', ...common],
  toFindOut: 'read the dataset',
  resolve: updateDataset,
});

mutationField({
  name: 'moveDataset',
  description: 'Move a dataset to another directory, or rename it there (Humanloop). Its id stays.',
  input: builder.inputType('MoveDatasetInput', {
    description: 'Where to move it.',
    fields: (t) => ({
      datasetId: t.id({ required: true, description: 'The dataset.' }),
      directoryPath: t.string({ description: 'The directory path to move it under; empty for the top.' }),
      name: t.string({ description: 'A new name.' }),
    }),
  }),
  success: builder
    .objectRef<OfDataset>('MoveDatasetSuccess')
    .implement({ description: 'The dataset is there.', fields: (t) => datasetFields(t) }),
  errors: ['AlreadyExistsError', ...common],
  toFindOut: 'read the dataset',
  resolve: moveDataset,
});

mutationField({
  name: 'cloneDataset',
  description: 'Make a copy of the newest version of a dataset under another name.',
  input: builder.inputType('CloneDatasetInput', {
    description: 'What to copy.',
    fields: (t) => ({
      datasetId: t.id({ required: true, description: 'The dataset to copy.' }),
      name: t.string({ required: true, description: 'The name of the copy.' }),
      description: t.string({ description: 'What the copy is (Datadog).' }),
    }),
  }),
  success: builder
    .objectRef<OfDataset>('CloneDatasetSuccess')
    .implement({ description: 'The copy.', fields: (t) => datasetFields(t) }),
  errors: ['PartialWriteError', 'AlreadyExistsError', ...common],
  toFindOut: 'look for the name of the copy in `datasets`',
  resolve: cloneDataset,
});

mutationField({
  name: 'deleteDataset',
  description: 'Delete a dataset.',
  input: builder.inputType('DeleteDatasetInput', {
    description: 'What to delete.',
    fields: (t) => ({
      datasetId: t.id({ required: true, description: 'The dataset.' }),
      expectedRef: t.string({ description: 'The newest version as you know it.' }),
    }),
  }),
  success: builder.objectRef<OfDataset>('DeleteDatasetSuccess').implement({
    description: 'The dataset is gone.',
    fields: (t) => ({ datasetId: datasetFields(t).datasetId }),
  }),
  errors: ['DraftLockedError', 'VersionConflictError', ...common],
  toFindOut: 'read the dataset',
  resolve: deleteDataset,
});
