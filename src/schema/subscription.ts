import type { FeedEvent } from '../domain/change.ts';
import { costOfEvents } from '../resolvers/costs/fields.ts';
import {
  allChanges,
  datasetVersionChanged,
  draftLockChanged,
  promptVersionChanged,
} from '../resolvers/subscriptions.ts';
import { builder } from './builder.ts';
import {
  ChangeInterface,
  DatasetVersionEventUnion,
  DraftLockEventUnion,
  PromptVersionEventUnion,
} from './change.ts';
import { costs } from './cost.ts';

/** What a subscription follows decides which kinds of event it gives: those of its union. */
function eventOfField(event: FeedEvent): never {
  return event as never; // The union's types cannot say that of a value.
}

const afterDescription =
  'Where to go on: `changeCursor`, or the `cursor` of the last event. Left out: from now on.';

builder.subscriptionType({
  description: 'What changes, as it happens: made through this gateway, or seen at the vendor.',
  fields: (t) => ({
    draftLockChanged: t.field({
      extensions: costs(costOfEvents('datasetIds')),
      type: DraftLockEventUnion,
      nullable: false,
      args: {
        datasetIds: t.arg.idList({ required: true, description: 'The datasets to watch.' }),
        after: t.arg.string({ description: afterDescription }),
      },
      description: 'Locks taken, handed over and released on these datasets.',
      subscribe: (_root, args, context) => draftLockChanged(context, args),
      resolve: eventOfField,
    }),
    datasetVersionChanged: t.field({
      extensions: costs(costOfEvents('datasetIds')),
      type: DatasetVersionEventUnion,
      nullable: false,
      args: {
        datasetIds: t.arg.idList({ required: true, description: 'The datasets to watch.' }),
        after: t.arg.string({ description: afterDescription }),
      },
      description: 'Versions created, restored, renamed, deployed, undeployed and deleted on these datasets.',
      subscribe: (_root, args, context) => datasetVersionChanged(context, args),
      resolve: eventOfField,
    }),
    promptVersionChanged: t.field({
      extensions: costs(costOfEvents('promptIds')),
      type: PromptVersionEventUnion,
      nullable: false,
      args: {
        promptIds: t.arg.idList({ required: true, description: 'The prompts to watch.' }),
        after: t.arg.string({ description: afterDescription }),
      },
      description:
        'Versions created, renamed, labeled, deployed and undeployed of these prompts, and their archiving.',
      subscribe: (_root, args, context) => promptVersionChanged(context, args),
      resolve: eventOfField,
    }),
    changes: t.field({
      extensions: costs(costOfEvents('resourceIds')),
      type: ChangeInterface,
      nullable: false,
      args: {
        resourceIds: t.arg.idList({ required: true, description: 'Datasets and prompts to watch.' }),
        after: t.arg.string({ description: afterDescription }),
      },
      description: 'Everything at once, for the resources named.',
      subscribe: (_root, args, context) => allChanges(context, args),
      resolve: (event) => event,
    }),
  }),
});
