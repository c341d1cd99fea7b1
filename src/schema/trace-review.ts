import type { ReviewScore, ReviewScoreValue, ScoreDefinition, TraceReview } from '../domain/review.ts';
import { ActorType } from './actor.ts';
import { builder } from './builder.ts';
import { connectionType } from './connection.ts';
import { ScoreKindEnum } from './enums.ts';
import { NodeInterface, VendorResourceInterface } from './interfaces.ts';

const CategoricalScoreType = builder
  .objectRef<ReviewScoreValue & { kind: 'CATEGORICAL' }>('CategoricalScore')
  .implement({
    description: 'A score that is one or several of the options of its definition.',
    fields: (t) => ({
      values: t.exposeStringList('values', {
        nullable: false,
        description: 'The keys of the chosen options.',
      }),
    }),
  });

const NumericScoreType = builder.objectRef<ReviewScoreValue & { kind: 'NUMERIC' }>('NumericScore').implement({
  description: 'A score that is a number.',
  fields: (t) => ({
    value: t.expose('value', {
      type: 'Decimal',
      nullable: false,
      description: 'The number as decimal text, exactly as the vendor keeps it.',
    }),
  }),
});

const BooleanScoreType = builder.objectRef<ReviewScoreValue & { kind: 'BOOLEAN' }>('BooleanScore').implement({
  description: 'A score that is yes or no.',
  fields: (t) => ({
    value: t.exposeBoolean('value', { nullable: false, description: 'Yes or no.' }),
  }),
});

const valueTypeNames = {
  CATEGORICAL: 'CategoricalScore',
  NUMERIC: 'NumericScore',
  BOOLEAN: 'BooleanScore',
} as const;

const ReviewScoreValueUnion = builder.unionType('ReviewScoreValue', {
  description: 'The value of a score, by its kind.',
  types: [CategoricalScoreType, NumericScoreType, BooleanScoreType],
  resolveType: (value) => valueTypeNames[value.kind],
});

const ReviewScoreType = builder.objectRef<ReviewScore>('ReviewScore').implement({
  description: 'One score of a review.',
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: false,
      description: 'The id in this API. Scores are written anew when a review is: it changes then.',
    }),
    vendorId: t.exposeString('vendorId', { nullable: false, description: "The vendor's own id." }),
    definitionId: t.exposeID('definitionId', { nullable: false, description: 'What it scores by.' }),
    definitionName: t.exposeString('definitionName', { description: 'Its name as it is now.' }),
    definitionKind: t.expose('definitionKind', { type: ScoreKindEnum, description: 'The kind of value.' }),
    definitionArchived: t.exposeBoolean('definitionArchived', {
      description: 'Whether the definition has been archived.',
    }),
    definitionVersionId: t.exposeID('definitionVersionId', {
      description: 'The version of the definition that the score was given on.',
    }),
    definitionVersion: t.exposeInt('definitionVersion', { description: 'The number of that version.' }),
    definitionConfig: t.expose('definitionConfig', {
      type: 'JSON',
      description: 'Options or bounds as they were when the score was given.',
    }),
    value: t.expose('value', {
      type: ReviewScoreValueUnion,
      description: 'The value; null for a kind that this API does not know.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was given.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

export const TraceReviewType = builder.objectRef<TraceReview>('TraceReview').implement({
  description: 'A human review of an LLM trace: a comment and scores. A trace has at most one.',
  interfaces: [NodeInterface, VendorResourceInterface],
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false, description: 'The id in this API.' }),
    traceId: t.exposeString('traceId', { nullable: false, description: 'The trace that was reviewed.' }),
    comment: t.exposeString('comment', { description: 'What the reviewer wrote.' }),
    scores: t.field({
      type: [ReviewScoreType],
      nullable: false,
      description: 'The scores, ordered by the name of what they score by.',
      resolve: (review) => review.scores,
    }),
    teamId: t.exposeInt('teamId', { description: "The vendor's id of the project (team)." }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was first saved.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last saved.' }),
    createdBy: t.expose('createdBy', { type: ActorType, description: 'Who saved it first.' }),
    reviewedBy: t.expose('reviewedBy', { type: ActorType, description: 'Who saved it last.' }),
  }),
});

export const ScoreDefinitionType = builder.objectRef<ScoreDefinition>('ScoreDefinition').implement({
  description: 'What reviews are scored by; enough to build a form from.',
  interfaces: [NodeInterface, VendorResourceInterface],
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false, description: 'The id in this API.' }),
    name: t.exposeString('name', { nullable: false, description: 'Its name. Not unique.' }),
    description: t.exposeString('description', { description: 'What a reviewer should look at.' }),
    kind: t.expose('kind', { type: ScoreKindEnum, nullable: false, description: 'The kind of value.' }),
    archived: t.exposeBoolean('archived', {
      nullable: false,
      description: 'Whether it is no longer in use.',
    }),
    currentVersion: t.exposeInt('currentVersion', { description: 'The number of its current version.' }),
    config: t.expose('config', { type: 'JSON', description: 'Options or bounds of the current version.' }),
  }),
});

export const TraceReviewConnection = connectionType({
  name: 'TraceReview',
  plural: 'trace reviews',
  node: TraceReviewType,
  totalCount: 'How many there are in all.',
});

export const ScoreDefinitionConnection = connectionType({
  name: 'ScoreDefinition',
  plural: 'score definitions',
  node: ScoreDefinitionType,
});
