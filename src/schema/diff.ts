import { costOfEntries, costOfVersion } from '../resolvers/costs/fields.ts';
import { type DiffEntry, diffKinds } from '../resolvers/diffs/compare-items.ts';
import { changedPaths, type DatasetDiff } from '../resolvers/diffs/dataset-diff.ts';
import { listDiffEntries } from '../resolvers/diffs/diff-entries.ts';
import type { PromptDiff } from '../resolvers/diffs/prompt-diff.ts';
import { builder } from './builder.ts';
import { connectionType, pageArguments } from './connection.ts';
import { costs } from './cost.ts';
import { DatasetItemType } from './dataset-item.ts';
import { DatasetVersionType } from './dataset-version.ts';
import { describe } from './enums.ts';
import { PromptVersionType } from './prompt-version.ts';

export const DatasetVersionInput = builder.inputType('DatasetVersionInput', {
  description: 'Names a version of a dataset.',
  fields: (t) => ({
    datasetId: t.id({ required: true, description: 'The dataset that it is a version of.' }),
    versionRef: t.string({
      description:
        "The version's `ref`. Left out: the current one, the newest where none is deployed. A vendor without dataset versions (PostHog) takes none.",
    }),
  }),
});

export const PromptVersionInput = builder.inputType('PromptVersionInput', {
  description: 'Names a version of a prompt.',
  fields: (t) => ({
    promptId: t.id({ required: true, description: 'The prompt that it is a version of.' }),
    versionRef: t.string({
      description: "The version's `ref`. Left out: the current one, the newest where none is deployed.",
    }),
  }),
});

const DiffKindEnum = builder.enumType('DiffKind', {
  description: 'What became of an item from the base to the head.',
  values: describe(diffKinds, {
    ADDED: 'It is in the head only.',
    REMOVED: 'It is in the base only.',
    CHANGED: 'It is in both, and says something else.',
  }),
});

const DatasetDiffEntryType = builder.objectRef<DiffEntry>('DatasetDiffEntry').implement({
  description: 'An item that is not the same in both versions.',
  fields: (t) => ({
    kind: t.expose('kind', { type: DiffKindEnum, nullable: false, description: 'What became of it.' }),
    before: t.expose('before', {
      type: DatasetItemType,
      description: 'The item as it is in the base; null when it was added.',
    }),
    after: t.expose('after', {
      type: DatasetItemType,
      description: 'The item as it is in the head; null when it was removed.',
    }),
    paths: t.stringList({
      nullable: false,
      description:
        'Where a changed item differs: JSON pointers (RFC 6901) into the item, such as `/input/question` or `/tags/0`. Of an item that differs in more than 500 places, the fields. Empty when it was added or removed.',
      resolve: changedPaths,
    }),
  }),
});

const DatasetDiffEntryConnection = connectionType({
  name: 'DatasetDiffEntry',
  plural: 'differences',
  node: DatasetDiffEntryType,
  totalCount: 'How many there are in all, of the `kinds` that are asked for.',
});

export const DatasetDiffType = builder.objectRef<DatasetDiff>('DatasetDiff').implement({
  description:
    'What changed in the items from one version to another. An item is the same one where its `stableId` is, else its id; of what is left, items with equal content are the same one too.',
  fields: (t) => ({
    base: t.field({
      extensions: costs(costOfVersion),
      type: DatasetVersionType,
      description: 'The version that was compared with; null for a dataset without versions (PostHog).',
      resolve: ({ base }) => base.version(),
    }),
    head: t.field({
      extensions: costs(costOfVersion),
      type: DatasetVersionType,
      description: 'The version that was compared; null for a dataset without versions (PostHog).',
      resolve: ({ head }) => head.version(),
    }),
    addedCount: t.int({
      nullable: false,
      description: 'How many items are in the head only.',
      resolve: ({ counts }) => counts.ADDED,
    }),
    removedCount: t.int({
      nullable: false,
      description: 'How many items are in the base only.',
      resolve: ({ counts }) => counts.REMOVED,
    }),
    changedCount: t.int({
      nullable: false,
      description: 'How many items are in both, and say something else.',
      resolve: ({ counts }) => counts.CHANGED,
    }),
    unchangedCount: t.exposeInt('unchangedCount', {
      nullable: false,
      description: 'How many items say the same in both.',
    }),
    entries: t.field({
      extensions: costs(costOfEntries),
      type: DatasetDiffEntryConnection,
      args: {
        ...pageArguments,
        kinds: t.arg({
          type: [DiffKindEnum],
          description: 'Only these kinds; all when left out. An empty list finds nothing.',
        }),
      },
      description:
        'What differs: what was added and changed, in the order of the head, then what was removed, in the order of the base. A cursor is good for the same two versions only.',
      resolve: (diff, args) => listDiffEntries(diff, args),
    }),
  }),
});

export const PromptDiffType = builder.objectRef<PromptDiff>('PromptDiff').implement({
  description: 'What changed from one version of a prompt to another, in its content and its settings.',
  fields: (t) => ({
    base: t.expose('base', { type: PromptVersionType, description: 'The version that was compared with.' }),
    head: t.expose('head', { type: PromptVersionType, description: 'The version that was compared.' }),
    identical: t.exposeBoolean('identical', {
      nullable: false,
      description: 'Whether neither content nor settings differ.',
    }),
    unified: t.exposeString('unified', {
      nullable: false,
      description:
        'The unified diff of the content as text, with three lines of context; empty when the content is the same. A chat is written message by message, under the role of each; JSON is indented, its members sorted.',
    }),
    configPaths: t.exposeStringList('configPaths', {
      nullable: false,
      description:
        'The settings that differ, as JSON pointers (RFC 6901) into `config`. Of settings that differ in more than 500 places, the topmost.',
    }),
  }),
});
