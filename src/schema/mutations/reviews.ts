import type { ResourceKey } from '../../domain/identity.ts';
import { costOfThing } from '../../resolvers/costs/things.ts';
import { createReview, deleteReview, translateText, updateReview } from '../../resolvers/writes/reviews.ts';
import type { Translation } from '../../sources/source.ts';
import { builder, type SchemaTypes } from '../builder.ts';
import { costs } from '../cost.ts';
import { TraceReviewType } from '../trace-review.ts';
import { mutationField } from './mutation-field.ts';

interface OfReview {
  readonly review: ResourceKey<'TRACE_REVIEW'>;
}

const common = [
  'NotFoundError',
  'UnsupportedError',
  'InvalidInputError',
  'SourceFailure',
  'OutcomeUnknownError',
] as const;

function reviewFields(t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, OfReview>) {
  return {
    traceReviewId: t.id({
      nullable: false,
      description: 'The review.',
      resolve: (parent) => parent.review.id,
    }),
    traceReview: t.field({
      extensions: costs(costOfThing('TRACE_REVIEW')),
      type: TraceReviewType,
      description: 'The review as it is now; null with an error beside it when it cannot be read back.',
      resolve: (parent, _args, context) => context.loaders.traceReview.load(parent.review),
    }),
  };
}

const ReviewScoreValueInput = builder.inputType('ReviewScoreValueInput', {
  description: 'The value of a score: the one that fits the kind of its definition.',
  isOneOf: true,
  fields: (t) => ({
    categorical: t.stringList({ description: 'The keys of the chosen options.' }),
    numeric: t.field({ type: 'Decimal', description: 'A number, as decimal text.' }),
    boolean: t.boolean({ description: 'Yes or no.' }),
  }),
});

const ReviewScoreInput = builder.inputType('ReviewScoreInput', {
  description: 'One score. A review has at most one by each definition.',
  fields: (t) => ({
    definitionId: t.id({ required: true, description: 'What to score by.' }),
    definitionVersionId: t.id({
      description: 'The version of the definition; the current one when left out.',
    }),
    value: t.field({ type: ReviewScoreValueInput, required: true, description: 'The value.' }),
  }),
});

mutationField({
  name: 'createTraceReview',
  description: 'Review a trace (PostHog). A trace has one review at most.',
  input: builder.inputType('CreateTraceReviewInput', {
    description: 'A new review.',
    fields: (t) => ({
      traceId: t.string({ required: true, description: 'The trace.' }),
      comment: t.string({ description: 'What you think of it.' }),
      scores: t.field({ type: [ReviewScoreInput], description: 'Scores.' }),
      queueId: t.id({ description: 'The review queue whose pending item this settles; any when left out.' }),
    }),
  }),
  success: builder
    .objectRef<OfReview>('CreateTraceReviewSuccess')
    .implement({ description: 'The trace is reviewed.', fields: reviewFields }),
  errors: ['AlreadyExistsError', ...common],
  toFindOut: 'read `traceReviews` of the trace',
  resolve: createReview,
});

mutationField({
  name: 'updateTraceReview',
  description:
    'Change a review (PostHog). Left out: as it is; null: cleared. `scores` replaces all scores; left out, they keep the versions of the definitions that they were given on.',
  input: builder.inputType('UpdateTraceReviewInput', {
    description: 'What to change.',
    fields: (t) => ({
      traceReviewId: t.id({ required: true, description: 'The review.' }),
      traceId: t.string({ description: 'May be given, and must be the trace that it has.' }),
      comment: t.string({ description: 'What you think of it.' }),
      scores: t.field({ type: [ReviewScoreInput], description: 'All scores; an empty list clears them.' }),
      queueId: t.id({ description: 'The review queue whose pending item this settles; any when left out.' }),
      expectedUpdatedAt: t.field({
        type: 'DateTime',
        description: 'The `updatedAt` of the state you edited; a newer one is a VersionConflictError.',
      }),
    }),
  }),
  success: builder
    .objectRef<OfReview>('UpdateTraceReviewSuccess')
    .implement({ description: 'The review is changed.', fields: reviewFields }),
  errors: ['VersionConflictError', ...common],
  toFindOut: 'read the review',
  resolve: updateReview,
});

mutationField({
  name: 'deleteTraceReview',
  description: 'Delete a review (PostHog).',
  input: builder.inputType('DeleteTraceReviewInput', {
    description: 'Which review.',
    fields: (t) => ({ traceReviewId: t.id({ required: true, description: 'The review.' }) }),
  }),
  success: builder.objectRef<OfReview>('DeleteTraceReviewSuccess').implement({
    description: 'The review is gone.',
    fields: (t) => ({ traceReviewId: reviewFields(t).traceReviewId }),
  }),
  errors: common,
  toFindOut: 'read the review',
  resolve: deleteReview,
});

mutationField({
  name: 'translateText',
  description:
    'Translate a text (PostHog). Costs the organisation money each time, and needs its consent to AI data processing.',
  input: builder.inputType('TranslateTextInput', {
    description: 'What to translate.',
    fields: (t) => ({
      text: t.string({ required: true, description: 'At most 10,000 characters.' }),
      targetLanguage: t.string({ description: 'A language tag; English if left out.' }),
    }),
  }),
  success: builder.objectRef<Translation>('TranslateTextSuccess').implement({
    description: 'The translation.',
    fields: (t) => ({
      translation: t.exposeString('translation', { nullable: false, description: 'The translated text.' }),
      detectedLanguage: t.exposeString('detectedLanguage', {
        description: 'The language it was in, where told.',
      }),
      provider: t.exposeString('provider', { description: 'Who translated it, where told.' }),
    }),
  }),
  errors: ['UnsupportedError', 'InvalidInputError', 'SourceFailure', 'OutcomeUnknownError'],
  toFindOut: 'there is nothing to read: no translation is kept, and asking again may cost a second time',
  resolve: translateText,
});
