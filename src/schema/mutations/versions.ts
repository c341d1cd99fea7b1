import type { ResourceKey } from '../../domain/identity.ts';
import {
  deleteVersion,
  deployVersion,
  removeDeployment,
  restoreVersion,
  updateVersion,
} from '../../resolvers/writes/versions.ts';
import { builder } from '../builder.ts';
import { mutationField } from './mutation-field.ts';
import { datasetFields, versionFields, writtenVersionFields } from './success-fields.ts';

interface OfDataset {
  readonly dataset: ResourceKey<'DATASET'>;
}
interface OfVersion extends OfDataset {
  readonly versionRef: string;
}

const common = [
  'NotFoundError',
  'UnsupportedError',
  'InvalidInputError',
  'SourceFailure',
  'OutcomeUnknownError',
] as const;

const datasetDescription = 'The dataset.';
const refDescription = "The version, by the vendor's own reference.";

mutationField({
  name: 'restoreDatasetVersion',
  description:
    "Make an earlier version's items current again; history is kept. A new version is made; where a plain read follows a deployment (Humanloop) it is deployed there.",
  input: builder.inputType('RestoreDatasetVersionInput', {
    description: 'Which version to restore.',
    fields: (t) => ({
      datasetId: t.id({ required: true, description: datasetDescription }),
      versionRef: t.string({ required: true, description: refDescription }),
      expectedRef: t.string({
        description:
          'The newest version as you know it; a mismatch is a VersionConflictError and writes nothing.',
      }),
    }),
  }),
  success: builder
    .objectRef<OfDataset & { versionRef: string | null; concurrentRef: string | null }>(
      'RestoreDatasetVersionSuccess',
    )
    .implement({ description: 'The items are current again.', fields: (t) => writtenVersionFields(t) }),
  errors: ['PartialWriteError', 'DraftLockedError', 'VersionConflictError', ...common],
  toFindOut: 'read `latestVersion` and `currentVersion` of the dataset',
  resolve: restoreVersion,
});

mutationField({
  name: 'updateDatasetVersion',
  description: 'Name or describe a version (Humanloop). Left out: as it is; null: cleared.',
  input: builder.inputType('UpdateDatasetVersionInput', {
    description: 'What to call a version.',
    fields: (t) => ({
      datasetId: t.id({ required: true, description: datasetDescription }),
      versionRef: t.string({ required: true, description: refDescription }),
      name: t.string({ description: 'Its name; names of versions are unique in a dataset.' }),
      description: t.string({ description: 'What it is.' }),
    }),
  }),
  success: builder.objectRef<OfVersion>('UpdateDatasetVersionSuccess').implement({
    description: 'The version has the name and description.',
    fields: (t) => ({ datasetId: datasetFields(t).datasetId, ...versionFields(t) }),
  }),
  errors: ['AlreadyExistsError', ...common],
  toFindOut: 'read the version',
  resolve: updateVersion,
});

mutationField({
  name: 'deleteDatasetVersion',
  description: 'Delete one version of a dataset (Humanloop).',
  input: builder.inputType('DeleteDatasetVersionInput', {
    description: 'Which version to delete.',
    fields: (t) => ({
      datasetId: t.id({ required: true, description: datasetDescription }),
      versionRef: t.string({ required: true, description: refDescription }),
    }),
  }),
  success: builder.objectRef<OfVersion>('DeleteDatasetVersionSuccess').implement({
    description: 'The version is gone.',
    fields: (t) => ({
      ...datasetFields(t),
      versionRef: t.exposeString('versionRef', { nullable: false, description: 'The version that is gone.' }),
    }),
  }),
  errors: ['DraftLockedError', 'VersionConflictError', ...common],
  toFindOut: 'read `versions` of the dataset',
  resolve: deleteVersion,
});

mutationField({
  name: 'deployDatasetVersion',
  description: 'Put a version on an environment, in place of what stands there (Humanloop).',
  input: builder.inputType('DeployDatasetVersionInput', {
    description: 'Which version to deploy, and where.',
    fields: (t) => ({
      datasetId: t.id({ required: true, description: datasetDescription }),
      versionRef: t.string({ required: true, description: refDescription }),
      environmentId: t.id({ required: true, description: 'The environment.' }),
      expectedRef: t.string({
        description: 'What you believe to be deployed there now; left out: whatever it is.',
      }),
    }),
  }),
  success: builder.objectRef<OfVersion>('DeployDatasetVersionSuccess').implement({
    description: 'The version stands on the environment.',
    fields: (t) => ({ datasetId: datasetFields(t).datasetId, ...versionFields(t) }),
  }),
  errors: ['VersionConflictError', ...common],
  toFindOut: 'read `deployments` of the version',
  resolve: deployVersion,
});

mutationField({
  name: 'removeDatasetDeployment',
  description: 'Take what stands on an environment off it (Humanloop).',
  input: builder.inputType('RemoveDatasetDeploymentInput', {
    description: 'Where to take a version off.',
    fields: (t) => ({
      datasetId: t.id({ required: true, description: datasetDescription }),
      environmentId: t.id({ required: true, description: 'The environment.' }),
    }),
  }),
  success: builder.objectRef<OfDataset>('RemoveDatasetDeploymentSuccess').implement({
    description: 'Nothing of the dataset stands on the environment.',
    fields: (t) => datasetFields(t),
  }),
  errors: common,
  toFindOut: 'read `details { environments }` of the dataset',
  resolve: removeDeployment,
});
