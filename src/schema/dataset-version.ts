import type { DatasetVersion } from '../domain/dataset.ts';
import { costOfLastUsedAt } from '../resolvers/costs/fields.ts';
import { costOfItems } from '../resolvers/costs/lists.ts';
import { costOfOwner, costOfOwnerFact } from '../resolvers/costs/things.ts';
import { versionIsCurrent, versionLastUsedAt } from '../resolvers/dataset-fields.ts';
import { listItems } from '../resolvers/datasets.ts';
import { ActorType } from './actor.ts';
import { builder } from './builder.ts';
import { connectionType, pageArguments } from './connection.ts';
import { costs } from './cost.ts';
import { DatasetItemConnection } from './dataset-item.ts';
import { DeploymentType } from './deployment.ts';
import { NodeInterface } from './interfaces.ts';
import { DatasetType } from './references.ts';

export const DatasetVersionType = builder.objectRef<DatasetVersion>('DatasetVersion').implement({
  description: 'One state of a dataset. Readable without restoring it.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false, description: 'The id in this API.' }),
    datasetId: t.id({
      nullable: false,
      description: 'The dataset that it is a version of.',
      resolve: (version) => version.dataset.id,
    }),
    dataset: t.field({
      extensions: costs(costOfOwner('DATASET')),
      type: DatasetType,
      description: 'The dataset that it is a version of.',
      resolve: (version, _args, context) => context.loaders.dataset.load(version.dataset),
    }),
    ref: t.exposeString('ref', {
      nullable: false,
      description:
        "The vendor's own reference: a number (Datadog) or an id (Humanloop). Give it where a `versionRef` is asked.",
    }),
    number: t.exposeInt('number', {
      description: 'Its number, where versions are numbered (Datadog, from 0).',
    }),
    name: t.exposeString('name', { description: 'Its name, where versions have names (Humanloop).' }),
    description: t.exposeString('description', { description: 'What somebody wrote about it (Humanloop).' }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When it was made, where the vendor tells.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      description: 'When its name or description last changed, where the vendor tells.',
    }),
    createdBy: t.expose('createdBy', {
      type: ActorType,
      description: 'Who made it, where the vendor tells.',
    }),
    lastUsedAt: t.field({
      extensions: costs(costOfLastUsedAt),
      type: 'DateTime',
      description: 'When it was last used, by an experiment or an evaluation. May cost a call (Datadog).',
      resolve: (version, _args, context) => versionLastUsedAt(context, version),
    }),
    itemCount: t.exposeInt('itemCount', {
      description: 'How many items it has, where the vendor tells (Humanloop).',
    }),
    isCurrent: t.boolean({
      extensions: costs(costOfOwnerFact('DATASET', 'isCurrent')),
      description: 'Whether a plain read of the dataset gives this version.',
      resolve: (version, _args, context) => versionIsCurrent(context, version),
    }),
    readme: t.exposeString('readme', { description: 'The readme as it was with this version (Humanloop).' }),
    tags: t.exposeStringList('tags', {
      description: 'Tags (Humanloop); null where there are no such things.',
    }),
    attributes: t.expose('attributes', { type: 'JSON', description: 'Free attributes (Humanloop).' }),
    schema: t.expose('schema', { type: 'JSON', description: 'The JSON schema of the items (Humanloop).' }),
    deployments: t.expose('deployments', {
      type: [DeploymentType],
      description: 'The environments that it stands on; null where the vendor does not deploy.',
    }),
    items: t.field({
      extensions: costs(costOfItems),
      type: DatasetItemConnection,
      args: { ...pageArguments },
      description: 'The items of this version.',
      resolve: (version, args, context) => listItems(context, version.dataset, version.ref, args),
    }),
  }),
});

export const DatasetVersionConnection = connectionType({
  name: 'DatasetVersion',
  plural: 'dataset versions',
  node: DatasetVersionType,
});
