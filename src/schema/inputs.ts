import { builder } from './builder.ts';
import {
  DatasetOrderFieldEnum,
  ModelLabProjectOrderFieldEnum,
  OrderDirectionEnum,
  ResourceKindEnum,
  ScoreKindEnum,
  TraceReviewOrderFieldEnum,
  VendorEnum,
} from './enums.ts';

export const VendorRefInput = builder.inputType('VendorRef', {
  description: "A thing by its vendor's own name: to come from a vendor's page or log to here.",
  fields: (t) => ({
    vendor: t.field({ type: VendorEnum, required: true, description: 'Where it lives.' }),
    kind: t.field({ type: ResourceKindEnum, required: true, description: 'What it is.' }),
    vendorId: t.string({ required: true, description: "The vendor's own id (a prompt's name at PostHog)." }),
    parentVendorId: t.string({
      description:
        'The project (Datadog dataset), the dataset (version, item), the prompt (version). For what is in a Datadog dataset, `project/dataset` spares a search.',
    }),
  }),
});

export const DatasetFilterInput = builder.inputType('DatasetFilter', {
  description: 'Narrows a list of datasets. An empty list finds nothing.',
  fields: (t) => ({
    vendors: t.field({ type: [VendorEnum], description: 'Only these vendors.' }),
    search: t.string({
      description:
        'What each vendor means by it: the name (Datadog, Humanloop); name, description and metadata (PostHog).',
    }),
    projectIds: t.idList({ description: 'Only datasets in these projects (Datadog).' }),
  }),
});

export const DatasetOrderInput = builder.inputType('DatasetOrder', {
  description:
    'Left out: newest first, a true merge over all vendors. A field that some vendor in play cannot sort by is refused (UNSUPPORTED), never faked.',
  fields: (t) => ({
    field: t.field({ type: DatasetOrderFieldEnum, required: true, description: 'What to order by.' }),
    direction: t.field({ type: OrderDirectionEnum, required: true, description: 'Which end comes first.' }),
  }),
});

export const DatasetItemFilterInput = builder.inputType('DatasetItemFilter', {
  description: 'Narrows a list of dataset items.',
  fields: (t) => ({
    datasetId: t.id({ description: 'Only items of this dataset, of any vendor.' }),
  }),
});

export const PromptFilterInput = builder.inputType('PromptFilter', {
  description: 'Narrows a list of prompts. An empty list finds nothing.',
  fields: (t) => ({
    vendors: t.field({ type: [VendorEnum], description: 'Only these vendors.' }),
    search: t.string({
      description:
        'What each vendor means by it: the name (Humanloop); name or content (PostHog); id, title and description (Datadog).',
    }),
    createdByVendorId: t.string({
      description: "The vendor's id of the newest version's author (PostHog: a number).",
    }),
  }),
});

export const TraceReviewFilterInput = builder.inputType('TraceReviewFilter', {
  description: 'Narrows a list of reviews. An empty list finds nothing.',
  fields: (t) => ({
    traceIds: t.stringList({ description: 'Only reviews of these traces: many are one request.' }),
    definitionIds: t.idList({ description: 'Only reviews with a score by any of these definitions.' }),
    search: t.string({ description: 'What the vendor finds by this text.' }),
  }),
});

export const TraceReviewOrderInput = builder.inputType('TraceReviewOrder', {
  description: 'Left out: last changed first.',
  fields: (t) => ({
    field: t.field({ type: TraceReviewOrderFieldEnum, required: true, description: 'What to order by.' }),
    direction: t.field({ type: OrderDirectionEnum, required: true, description: 'Which end comes first.' }),
  }),
});

export const ScoreDefinitionFilterInput = builder.inputType('ScoreDefinitionFilter', {
  description: 'Narrows a list of score definitions.',
  fields: (t) => ({
    search: t.string({ description: 'What the vendor finds by this text.' }),
    kind: t.field({ type: ScoreKindEnum, description: 'Only definitions of this kind.' }),
    archived: t.boolean({ description: 'Only archived ones, or only those in use.' }),
  }),
});

const TagInput = builder.inputType('TagInput', {
  description: 'A tag of a key and a value.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'What it says something about. No comma and no colon.' }),
    value: t.string({ required: true, description: 'What it says. No comma and no colon.' }),
  }),
});

export const ModelLabProjectFilterInput = builder.inputType('ModelLabProjectFilter', {
  description: 'Narrows a list of Model Lab projects.',
  fields: (t) => ({
    search: t.string({ description: 'What the vendor finds by this text.' }),
    ownerId: t.string({ description: "Only projects of this owner, by the vendor's id." }),
    tags: t.field({ type: [TagInput], description: 'Only projects with these tags.' }),
  }),
});

export const ModelLabProjectOrderInput = builder.inputType('ModelLabProjectOrder', {
  description: 'Left out: last changed first.',
  fields: (t) => ({
    field: t.field({ type: ModelLabProjectOrderFieldEnum, required: true, description: 'What to order by.' }),
    direction: t.field({ type: OrderDirectionEnum, required: true, description: 'Which end comes first.' }),
  }),
});
