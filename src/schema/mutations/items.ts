import type { ResourceKey } from '../../domain/identity.ts';
import type { ItemFailure } from '../../domain/write-errors.ts';
import { costOfAddedItems } from '../../resolvers/costs/fields.ts';
import { addedItems, editItems } from '../../resolvers/writes/items.ts';
import { uploadCsv } from '../../resolvers/writes/upload-csv.ts';
import type { ItemsWritten } from '../../sources/source.ts';
import { builder } from '../builder.ts';
import { costs } from '../cost.ts';
import { DatasetItemType } from '../dataset-item.ts';
import { ItemFailureType } from '../user-errors.ts';
import { DatasetItemInput, DatasetItemPatchInput } from './item-inputs.ts';
import { mutationField } from './mutation-field.ts';
import { writtenVersionFields } from './success-fields.ts';

interface OfDataset {
  readonly dataset: ResourceKey<'DATASET'>;
}

const errors = [
  'PartialWriteError',
  'DraftLockedError',
  'VersionConflictError',
  'NotFoundError',
  'UnsupportedError',
  'InvalidInputError',
  'SourceFailure',
  'OutcomeUnknownError',
] as const;

mutationField({
  name: 'editDatasetItems',
  description:
    'Add, update and remove items. All three lists are applied together or not at all where the vendor can (Datadog up to 1,000 at a time, Humanloop); otherwise the result says what was applied.',
  input: builder.inputType('EditDatasetItemsInput', {
    description: 'What to change of the items.',
    fields: (t) => ({
      datasetId: t.id({ required: true, description: 'The dataset.' }),
      add: t.field({ type: [DatasetItemInput], description: 'Items to add.' }),
      update: t.field({ type: [DatasetItemPatchInput], description: 'Items to change.' }),
      remove: t.idList({ description: 'Items to remove.' }),
      expectedRef: t.string({
        description:
          'The newest version as you know it; a mismatch is a VersionConflictError and writes nothing.',
      }),
    }),
  }),
  success: builder.objectRef<OfDataset & ItemsWritten>('EditDatasetItemsSuccess').implement({
    description: 'All of it is applied.',
    fields: (t) => ({
      ...writtenVersionFields(t),
      addedCount: t.exposeInt('addedCount', { nullable: false, description: 'Items that were added.' }),
      updatedCount: t.exposeInt('updatedCount', { nullable: false, description: 'Items that were updated.' }),
      removedCount: t.exposeInt('removedCount', { nullable: false, description: 'Items that were removed.' }),
      added: t.field({
        extensions: costs(costOfAddedItems),
        type: [DatasetItemType],
        description: 'The items that were added, where the vendor tells them.',
        resolve: (written, _args, context) => addedItems(context, written.dataset, written.added),
      }),
    }),
  }),
  errors,
  toFindOut: 'read `latestVersion` and `items` of the dataset',
  resolve: editItems,
});

mutationField({
  name: 'uploadDatasetCsv',
  description:
    'Add items from a CSV file. Humanloop takes its own form: a column for each input, `target` and `messages`. Elsewhere the columns are those of the export; cells that read as JSON are JSON. A row that cannot be read is named by its line, and nothing is written unless `acceptPartial` asks for the good rows.',
  input: builder.inputType('UploadDatasetCsvInput', {
    description: 'A file of items.',
    fields: (t) => ({
      datasetId: t.id({ required: true, description: 'The dataset.' }),
      file: t.field({ type: 'File', required: true, description: 'CSV in UTF-8 with a header line.' }),
      expectedRef: t.string({ description: 'The newest version as you know it.' }),
      versionName: t.string({ description: 'A name for the version that this makes (Humanloop).' }),
      versionDescription: t.string({ description: 'What the version is (Humanloop).' }),
      acceptPartial: t.boolean({
        defaultValue: false,
        description: 'Write the good rows although some are bad.',
      }),
    }),
  }),
  success: builder
    .objectRef<
      OfDataset & {
        readonly versionRef: string | null;
        readonly concurrentRef: string | null;
        readonly addedCount: number;
        readonly rejected: readonly ItemFailure[];
      }
    >('UploadDatasetCsvSuccess')
    .implement({
      description: 'The rows are added.',
      fields: (t) => ({
        ...writtenVersionFields(t),
        addedCount: t.exposeInt('addedCount', { nullable: false, description: 'Items that were added.' }),
        rejected: t.field({
          type: [ItemFailureType],
          nullable: false,
          description: 'Rows that were left out, by line.',
          resolve: (uploaded) => uploaded.rejected,
        }),
      }),
    }),
  errors,
  toFindOut: 'read `latestVersion` and `items` of the dataset',
  resolve: uploadCsv,
});
