import type { DatasetItem } from '../domain/dataset.ts';
import { costOfOwner } from '../resolvers/costs/things.ts';
import { ActorType } from './actor.ts';
import { builder } from './builder.ts';
import { connectionType } from './connection.ts';
import { costs } from './cost.ts';
import { NodeInterface, VendorResourceInterface } from './interfaces.ts';
import { DatasetType } from './references.ts';

export const DatasetItemType = builder.objectRef<DatasetItem>('DatasetItem').implement({
  description: 'One example in a dataset: a record (Datadog), a datapoint (Humanloop), an item (PostHog).',
  interfaces: [NodeInterface, VendorResourceInterface],
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: false,
      description:
        'The id in this API. An item read through a version carries that version in its id; one of the current state does not.',
    }),
    stableId: t.exposeString('stableId', {
      description: 'The same through all versions, where the vendor has such a thing.',
    }),
    datasetId: t.id({
      nullable: false,
      description: 'The dataset that it is in.',
      resolve: (item) => item.dataset.id,
    }),
    dataset: t.field({
      extensions: costs(costOfOwner('DATASET')),
      type: DatasetType,
      description: 'The dataset that it is in.',
      resolve: (item, _args, context) => context.loaders.dataset.load(item.dataset),
    }),
    input: t.expose('input', {
      type: 'JSON',
      description: 'What goes into the application under evaluation.',
    }),
    expectedOutput: t.expose('expectedOutput', {
      type: 'JSON',
      description: 'What should come out: expected output (Datadog), target (Humanloop), output (PostHog).',
    }),
    messages: t.expose('messages', {
      type: 'JSON',
      description: 'Chat messages, where the vendor keeps them apart from the input (Humanloop).',
    }),
    metadata: t.expose('metadata', { type: 'JSON', description: 'Free metadata.' }),
    tags: t.exposeStringList('tags', { description: 'Tags (Datadog); null where there are no such things.' }),
    sourceTraceId: t.exposeString('sourceTraceId', {
      description: 'The trace that it was made from (PostHog).',
    }),
    sourceId: t.exposeString('sourceId', {
      description: 'What within the trace it was made from (PostHog).',
    }),
    sourceTimestamp: t.expose('sourceTimestamp', {
      type: 'DateTime',
      description: 'When that happened (PostHog).',
    }),
    deleted: t.exposeBoolean('deleted', {
      description: 'Whether it is deleted and can be brought back (PostHog); null elsewhere.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    createdBy: t.expose('createdBy', {
      type: ActorType,
      description: 'Who made it, where the vendor tells.',
    }),
  }),
});

export const DatasetItemConnection = connectionType({
  name: 'DatasetItem',
  plural: 'dataset items',
  node: DatasetItemType,
  totalCount: 'How many there are in all; null where the vendor does not tell (Datadog).',
});
