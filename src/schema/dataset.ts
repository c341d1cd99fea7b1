import type { DraftLock } from '../domain/dataset.ts';
import {
  costOfCurrentVersion,
  costOfDraftLock,
  costOfLatestVersion,
  costOfProject,
  costOfVersion,
} from '../resolvers/costs/fields.ts';
import { costOfDatasetVersions, costOfItems } from '../resolvers/costs/lists.ts';
import { free } from '../resolvers/costs/weight.ts';
import {
  currentVersion,
  datasetProject,
  datasetVersion,
  draftLock,
  latestVersion,
  listVersions,
} from '../resolvers/dataset-fields.ts';
import { listItems } from '../resolvers/datasets.ts';
import { ActorType } from './actor.ts';
import { builder } from './builder.ts';
import { connectionType, pageArguments } from './connection.ts';
import { costs } from './cost.ts';
import { DatasetDetailsUnion } from './dataset-details.ts';
import { DatasetItemConnection } from './dataset-item.ts';
import { DatasetVersionConnection, DatasetVersionType } from './dataset-version.ts';
import { DatasetCapabilityEnum, DraftLockKindEnum } from './enums.ts';
import { NodeInterface, VendorResourceInterface } from './interfaces.ts';
import { DatasetType, ProjectType } from './references.ts';

export const DraftLockType = builder.objectRef<DraftLock>('DraftLock').implement({
  description: "Who is editing a dataset's draft.",
  fields: (t) => ({
    holder: t.expose('holder', { type: ActorType, nullable: false, description: 'Who holds it.' }),
    since: t.expose('since', { type: 'DateTime', description: 'Since when.' }),
    heldByCaller: t.exposeBoolean('heldByCaller', {
      description: 'Whether that is you; null where your own identity at the vendor is not known.',
    }),
    kind: t.expose('kind', { type: DraftLockKindEnum, nullable: false, description: 'Whose lock it is.' }),
  }),
});

DatasetType.implement({
  description: 'A set of examples that LLM applications are evaluated with.',
  interfaces: [NodeInterface, VendorResourceInterface],
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false, description: 'The id in this API.' }),
    name: t.exposeString('name', { nullable: false, description: 'Its name.' }),
    description: t.exposeString('description', { description: 'What somebody wrote about it.' }),
    project: t.field({
      extensions: costs(costOfProject),
      type: ProjectType,
      description: 'The project that it is in (Datadog); null elsewhere.',
      resolve: (dataset, _args, context) => datasetProject(context, dataset),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    createdBy: t.expose('createdBy', {
      type: ActorType,
      description: 'Who made it, where the vendor tells.',
    }),
    itemCount: t.exposeInt('itemCount', {
      description: 'How many items it has; null where only a full read would tell (Datadog, PostHog).',
    }),
    metadata: t.expose('metadata', { type: 'JSON', description: 'Free metadata (Datadog, PostHog).' }),
    capabilities: t.field({
      extensions: costs(free),
      type: [DatasetCapabilityEnum],
      nullable: false,
      description: 'What can be done with it, which is what its vendor can do.',
      resolve: (dataset, _args, context) =>
        context.slots.find((slot) => slot.key === dataset.address.source)?.datasetCapabilities ?? [],
    }),
    draftLock: t.field({
      extensions: costs(costOfDraftLock),
      type: DraftLockType,
      description:
        'Who is editing the draft now. Null: nobody, or the vendor has no draft lock (see `capabilities`), or an error says why it is not known. One call a dataset.',
      resolve: (dataset, _args, context) => draftLock(context, dataset),
    }),
    currentVersion: t.field({
      extensions: costs(costOfCurrentVersion),
      type: DatasetVersionType,
      description:
        'The version that a plain read gives: the newest (Datadog), what stands on the default environment (Humanloop). Null where there are no versions (PostHog) or nothing is deployed.',
      resolve: (dataset, _args, context) => currentVersion(context, dataset),
    }),
    latestVersion: t.field({
      extensions: costs(costOfLatestVersion),
      type: DatasetVersionType,
      description:
        'The newest version, which an edit is based on. Other than the current one where the vendor deploys.',
      resolve: (dataset, _args, context) => latestVersion(context, dataset),
    }),
    version: t.field({
      extensions: costs(costOfVersion),
      type: DatasetVersionType,
      args: {
        ref: t.arg.string({
          required: true,
          description: "The vendor's own reference: a number (Datadog), an id (Humanloop).",
        }),
      },
      description: 'One version. An unknown one is a NOT_FOUND error.',
      resolve: (dataset, { ref }, context) => datasetVersion(context, dataset, ref),
    }),
    versions: t.field({
      extensions: costs(costOfDatasetVersions),
      type: DatasetVersionConnection,
      args: { ...pageArguments },
      description: 'All versions, newest first. Numbers may have gaps (Datadog retires unused versions).',
      resolve: (dataset, args, context) => listVersions(context, dataset, args),
    }),
    items: t.field({
      extensions: costs(costOfItems),
      type: DatasetItemConnection,
      args: {
        ...pageArguments,
        versionRef: t.arg.string({ description: 'The version to read; the current one when left out.' }),
      },
      description: 'The items of a version, without restoring it.',
      resolve: (dataset, args, context) => listItems(context, dataset, args.versionRef ?? undefined, args),
    }),
    details: t.expose('details', {
      type: DatasetDetailsUnion,
      nullable: false,
      description: 'What only this vendor has.',
    }),
  }),
});

export const DatasetConnection = connectionType({ name: 'Dataset', plural: 'datasets', node: DatasetType });
