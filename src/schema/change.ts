import {
  type ChangesMissed,
  changeGapReasons,
  changeOrigins,
  type DatasetVersionChanged,
  type DraftLockChanged,
  type FeedEvent,
  type FeedStatusChanged,
  type PromptVersionChanged,
  type SourceStatusChanged,
  type VersionChanged,
  versionActions,
} from '../domain/change.ts';
import type { Instant } from '../domain/instant.ts';
import { costOfPromptVersion, costOfVersion } from '../resolvers/costs/fields.ts';
import { costOfThing } from '../resolvers/costs/things.ts';
import { free } from '../resolvers/costs/weight.ts';
import {
  changedDataset,
  changedDatasetVersion,
  changedPrompt,
  changedPromptVersion,
  lockInEvent,
  sourceOfStatus,
} from '../resolvers/subscriptions.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { costs } from './cost.ts';
import { DraftLockType } from './dataset.ts';
import { DatasetVersionType } from './dataset-version.ts';
import { describe, SourceStatusEnum, VendorEnum } from './enums.ts';
import { PromptVersionType } from './prompt-version.ts';
import { DatasetType, PromptType } from './references.ts';
import { SourceType } from './source.ts';

/** An event whose change is of one kind. */
interface EventOf<Change> {
  readonly cursor: string;
  readonly observedAt: Instant;
  readonly change: Change;
}

const typeNames = {
  DRAFT_LOCK: 'DraftLockChange',
  DATASET_VERSION: 'DatasetVersionChange',
  PROMPT_VERSION: 'PromptVersionChange',
  GAP: 'ChangeGap',
  SOURCE_STATUS: 'SourceStatusChange',
  FEED_STATUS: 'FeedStatusChange',
} as const satisfies Record<FeedEvent['change']['kind'], string>;

function typeNameOf({ change }: FeedEvent): string {
  return typeNames[change.kind];
}

const ChangeOriginEnum = builder.enumType('ChangeOrigin', {
  description: 'Where a change was made, as far as this gateway knows.',
  values: describe(changeOrigins, {
    GATEWAY: 'Made through this gateway.',
    VENDOR: 'Seen at the vendor.',
  }),
});

const VersionActionEnum = builder.enumType('VersionAction', {
  description:
    'What happened to a version. RESTORED is known of restores made through this gateway; a vendor shows its own as CREATED. ARCHIVED and LABELED are of prompts.',
  values: describe(versionActions, {
    CREATED: 'A version was made. `previousRef` was the newest until then.',
    RESTORED: 'An earlier state was made current again. `previousRef` was the newest until then.',
    UPDATED: 'It has another name or description.',
    DEPLOYED: 'It stands on an environment now. `previousRef` stood there before.',
    UNDEPLOYED: 'Nothing stands on an environment any more. `previousRef` stood there before.',
    DELETED: 'A version is gone (`previousRef`), or the whole dataset: then `dataset` is null too.',
    ARCHIVED: 'The prompt is gone. `previousRef` was its newest version.',
    LABELED: 'It has other labels.',
  }),
});

const ChangeGapReasonEnum = builder.enumType('ChangeGapReason', {
  description: 'Why events cannot be shown.',
  values: describe(changeGapReasons, {
    TRIMMED: 'The log no longer holds them.',
    RESTARTED: 'The log was lost with its process.',
    SLOW_CONSUMER: 'You read too slowly.',
    UNOBSERVED: 'Nobody was watching then.',
  }),
});

export const ChangeInterface = builder.interfaceRef<FeedEvent>('Change').implement({
  description:
    'An event of the feed. Its cursor resumes the feed right after it, on any instance, over WebSocket or SSE.',
  resolveType: typeNameOf,
  fields: (t) => ({
    cursor: t.exposeString('cursor', {
      nullable: false,
      description: 'Give it as `after` to go on right after this event.',
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      nullable: false,
      description: 'When this gateway made or saw the change.',
    }),
  }),
});

const DraftLockChangeType = builder.objectRef<EventOf<DraftLockChanged>>('DraftLockChange').implement({
  description: 'A draft was taken, handed over or released.',
  interfaces: [ChangeInterface],
  fields: (t) => ({
    origin: t.field({
      type: ChangeOriginEnum,
      nullable: false,
      description: 'Where it was made.',
      resolve: ({ change }) => change.origin,
    }),
    datasetId: t.id({
      nullable: false,
      description: 'The dataset whose draft it is.',
      resolve: ({ change }) => change.dataset.id,
    }),
    dataset: t.field({
      extensions: costs(costOfThing('DATASET')),
      type: DatasetType,
      description:
        'Null when it cannot be read now (deleted, or its vendor is down): the event is delivered all the same.',
      resolve: ({ change }, _args, context) => changedDataset(context, change.dataset),
    }),
    previous: t.field({
      extensions: costs(free),
      type: DraftLockType,
      description: 'Who held it before; null: nobody.',
      resolve: ({ change }, _args, context) => lockInEvent(context, change, change.previous),
    }),
    current: t.field({
      extensions: costs(free),
      type: DraftLockType,
      description: 'Who holds it now; null: nobody.',
      resolve: ({ change }, _args, context) => lockInEvent(context, change, change.current),
    }),
  }),
});

/** Fields that events of both kinds of versions have. */
function versionEventFields(t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, VersionEvent>) {
  return {
    origin: t.field({
      type: ChangeOriginEnum,
      nullable: false,
      description: 'Where it was made.',
      resolve: ({ change }) => change.origin,
    }),
    action: t.field({
      type: VersionActionEnum,
      nullable: false,
      description: 'What happened.',
      resolve: ({ change }) => change.action,
    }),
    previousRef: t.string({
      description: 'The version that stood there before; see the action.',
      resolve: ({ change }) => change.previousRef,
    }),
    versionRef: t.string({
      description: 'The version that stands there now; null when none does.',
      resolve: ({ change }) => change.versionRef,
    }),
    environmentId: t.id({
      description:
        'For DEPLOYED and UNDEPLOYED. Moving a deployment is one DEPLOYED, with what stood there in `previousRef`.',
      resolve: ({ change }) => change.environment?.id ?? null,
    }),
    environmentName: t.string({
      description: 'For DEPLOYED and UNDEPLOYED: the environment by name.',
      resolve: ({ change }) => change.environment?.name ?? null,
    }),
  };
}

type VersionEvent = EventOf<VersionChanged<'DATASET' | 'PROMPT'>>;

const DatasetVersionChangeType = builder
  .objectRef<EventOf<DatasetVersionChanged>>('DatasetVersionChange')
  .implement({
    description: 'Something happened to a version of a dataset.',
    interfaces: [ChangeInterface],
    fields: (t) => ({
      ...versionEventFields(t),
      datasetId: t.id({
        nullable: false,
        description: 'The dataset that it is a version of.',
        resolve: ({ change }) => change.resource.id,
      }),
      dataset: t.field({
        extensions: costs(costOfThing('DATASET')),
        type: DatasetType,
        description:
          'Null when it cannot be read now (deleted, or its vendor is down): the event is delivered all the same.',
        resolve: ({ change }, _args, context) => changedDataset(context, change.resource),
      }),
      version: t.field({
        extensions: costs(costOfVersion),
        type: DatasetVersionType,
        description: 'The version that `versionRef` names, as it is now; null when it cannot be read.',
        resolve: ({ change }, _args, context) => changedDatasetVersion(context, change),
      }),
    }),
  });

const PromptVersionChangeType = builder
  .objectRef<EventOf<PromptVersionChanged>>('PromptVersionChange')
  .implement({
    description: 'Something happened to a version of a prompt.',
    interfaces: [ChangeInterface],
    fields: (t) => ({
      ...versionEventFields(t),
      promptId: t.id({
        nullable: false,
        description: 'The prompt that it is a version of.',
        resolve: ({ change }) => change.resource.id,
      }),
      prompt: t.field({
        extensions: costs(costOfThing('PROMPT')),
        type: PromptType,
        description: 'Null once archived.',
        resolve: ({ change }, _args, context) => changedPrompt(context, change.resource),
      }),
      version: t.field({
        extensions: costs(costOfPromptVersion),
        type: PromptVersionType,
        description: 'The version that `versionRef` names, as it is now; null when it cannot be read.',
        resolve: ({ change }, _args, context) => changedPromptVersion(context, change),
      }),
    }),
  });

const ChangeGapType = builder.objectRef<EventOf<ChangesMissed>>('ChangeGap').implement({
  description:
    'Events before this point cannot be shown. Read the data anew, then go on: the stream continues.',
  interfaces: [ChangeInterface],
  fields: (t) => ({
    reason: t.field({
      type: ChangeGapReasonEnum,
      nullable: false,
      description: 'Why.',
      resolve: ({ change }) => change.reason,
    }),
    message: t.string({
      nullable: false,
      description: 'Why, and what to do.',
      resolve: ({ change }) => change.message,
    }),
    resourceIds: t.idList({
      nullable: { list: true, items: false },
      description: 'What to read anew; null: all that you subscribe to.',
      resolve: ({ change }) => change.resourceIds,
    }),
  }),
});

const SourceStatusChangeType = builder
  .objectRef<EventOf<SourceStatusChanged>>('SourceStatusChange')
  .implement({
    description:
      'A vendor stopped or started answering: until it is UP again, its changes come late, never silently. Status as it was then.',
    interfaces: [ChangeInterface],
    fields: (t) => ({
      vendor: t.field({
        type: VendorEnum,
        nullable: false,
        description: 'Which vendor.',
        resolve: ({ change }) => change.vendor,
      }),
      status: t.field({
        type: SourceStatusEnum,
        nullable: false,
        description: 'How it did.',
        resolve: ({ change }) => change.status,
      }),
      statusReason: t.string({
        description: 'Why it was not UP.',
        resolve: ({ change }) => change.statusReason,
      }),
      source: t.field({
        extensions: costs(free),
        type: SourceType,
        description: 'The vendor as it is now.',
        resolve: ({ change }, _args, context) => sourceOfStatus(context, change.source),
      }),
    }),
  });

const FeedStatusChangeType = builder.objectRef<EventOf<FeedStatusChanged>>('FeedStatusChange').implement({
  description:
    'The feed itself stopped or started: while it is down nothing can be told of changes. What happened meanwhile is told when it is up again, or as a `ChangeGap`.',
  interfaces: [ChangeInterface],
  fields: (t) => ({
    status: t.field({
      type: SourceStatusEnum,
      nullable: false,
      description: 'UP or DOWN.',
      resolve: ({ change }) => (change.isUp ? 'UP' : 'DOWN'),
    }),
    statusReason: t.string({
      description: 'Why it was not UP.',
      resolve: ({ change }) => change.reason,
    }),
  }),
});

export const DraftLockEventUnion = builder.unionType('DraftLockEvent', {
  description: 'What `draftLockChanged` tells.',
  types: [DraftLockChangeType, ChangeGapType, SourceStatusChangeType, FeedStatusChangeType],
  resolveType: typeNameOfAny,
});
export const DatasetVersionEventUnion = builder.unionType('DatasetVersionEvent', {
  description: 'What `datasetVersionChanged` tells.',
  types: [DatasetVersionChangeType, ChangeGapType, SourceStatusChangeType, FeedStatusChangeType],
  resolveType: typeNameOfAny,
});
export const PromptVersionEventUnion = builder.unionType('PromptVersionEvent', {
  description: 'What `promptVersionChanged` tells.',
  types: [PromptVersionChangeType, ChangeGapType, SourceStatusChangeType, FeedStatusChangeType],
  resolveType: typeNameOfAny,
});

function typeNameOfAny(event: EventOf<FeedEvent['change']>): (typeof typeNames)[keyof typeof typeNames] {
  return typeNames[event.change.kind];
}
