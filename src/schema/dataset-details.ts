import type {
  DatadogDatasetDetails,
  DatasetEnvironment,
  HumanloopDatasetDetails,
  PostHogDatasetDetails,
} from '../domain/dataset.ts';
import { costOfEnvironments } from '../resolvers/costs/fields.ts';
import { datasetEnvironments } from '../resolvers/dataset-fields.ts';
import { builder } from './builder.ts';
import { costs } from './cost.ts';
import { DatasetVersionType } from './dataset-version.ts';

const DatasetEnvironmentType = builder.objectRef<DatasetEnvironment>('DatasetEnvironment').implement({
  description: 'One environment as one dataset sees it.',
  fields: (t) => ({
    environmentId: t.exposeID('environmentId', { nullable: false, description: 'The environment.' }),
    environmentName: t.exposeString('environmentName', {
      nullable: false,
      description: 'Its name, such as `production`.',
    }),
    isDefault: t.exposeBoolean('isDefault', {
      nullable: false,
      description: 'Whether it is the environment that a plain read follows.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the environment was made.' }),
    version: t.expose('version', {
      type: DatasetVersionType,
      description: 'What is deployed there; null when nothing is.',
    }),
  }),
});

const DatadogDetailsType = builder.objectRef<DatadogDatasetDetails>('DatadogDatasetDetails').implement({
  description: 'What only Datadog has.',
  fields: (t) => ({
    projectId: t.exposeID('projectId', {
      nullable: false,
      description: 'The project that the dataset is in.',
    }),
  }),
});

const HumanloopDetailsType = builder.objectRef<HumanloopDatasetDetails>('HumanloopDatasetDetails').implement({
  description: 'What only Humanloop has.',
  fields: (t) => ({
    path: t.exposeString('path', { nullable: false, description: 'Directories and name: `folder/name`.' }),
    directoryId: t.exposeString('directoryId', { description: "The vendor's id of the directory." }),
    readme: t.exposeString('readme', { description: 'The readme.' }),
    tags: t.exposeStringList('tags', { nullable: false, description: 'The tags of the file.' }),
    attributes: t.expose('attributes', {
      type: 'JSON',
      description: 'Free attributes of the version shown.',
    }),
    schema: t.expose('schema', { type: 'JSON', description: 'The JSON schema of the items.' }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', description: 'When it was last used.' }),
    environments: t.field({
      extensions: costs(costOfEnvironments),
      type: [DatasetEnvironmentType],
      description: 'Every environment, and the version that stands there. One call a dataset.',
      resolve: (details, _args, context) => datasetEnvironments(context, details.dataset),
    }),
  }),
});

const PostHogDetailsType = builder.objectRef<PostHogDatasetDetails>('PostHogDatasetDetails').implement({
  description: 'What only PostHog has.',
  fields: (t) => ({
    teamId: t.exposeInt('teamId', { description: "The vendor's id of the project (team)." }),
  }),
});

const typeNames = {
  DATADOG: 'DatadogDatasetDetails',
  HUMANLOOP: 'HumanloopDatasetDetails',
  POSTHOG: 'PostHogDatasetDetails',
} as const;

export const DatasetDetailsUnion = builder.unionType('DatasetDetails', {
  description: 'What only one vendor has of a dataset.',
  types: [DatadogDetailsType, HumanloopDetailsType, PostHogDetailsType],
  resolveType: (details) => typeNames[details.kind],
});
