import type { Context } from '../../context.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { parseIdOf, type ResourceKey } from '../../domain/identity.ts';
import { compareInstants, type Instant } from '../../domain/instant.ts';
import type { ReviewScoreValue, TraceReview } from '../../domain/review.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { VersionConflictError } from '../../domain/write-errors.ts';
import type { NewScore, ReviewContent, ReviewWriter, Source } from '../../sources/source.ts';
import { connected, found, partOf, readText, slotsOfVendor, unsupported } from '../vendor-call.ts';
import { inTurn, relatedId, write } from './write.ts';

/** Exactly one member is given: the input type is `@oneOf`. */
export interface ReviewScoreValueInput {
  readonly categorical?: readonly string[] | null | undefined;
  readonly numeric?: string | null | undefined;
  readonly boolean?: boolean | null | undefined;
}

export interface ReviewScoreInput {
  readonly definitionId: string;
  readonly definitionVersionId?: string | null | undefined;
  readonly value: ReviewScoreValueInput;
}

interface ReviewContentInput {
  readonly comment?: string | null | undefined;
  readonly scores?: readonly ReviewScoreInput[] | null | undefined;
  readonly queueId?: string | null | undefined;
}

function readValue({ categorical, numeric, boolean }: ReviewScoreValueInput): ReviewScoreValue {
  if (Array.isArray(categorical)) return { kind: 'CATEGORICAL', values: categorical };
  if (typeof numeric === 'string') return { kind: 'NUMERIC', value: numeric };
  return { kind: 'BOOLEAN', value: boolean === true };
}

function readScore(score: ReviewScoreInput, index: number, source: SourceKey): NewScore {
  const path = ['input', 'scores', String(index)];
  const version = score.definitionVersionId ?? undefined;
  return {
    definition: relatedId('SCORE_DEFINITION', score.definitionId, [...path, 'definitionId'], source),
    definitionVersion:
      version === undefined
        ? undefined
        : relatedId('SCORE_DEFINITION_VERSION', version, [...path, 'definitionVersionId'], source),
    value: readValue(score.value),
  };
}

function readContent(input: ReviewContentInput, source: SourceKey): ReviewContent {
  if (input.scores === null) {
    throw new InvalidInputError('Send an empty list of `scores` to clear them.', [
      { path: ['input', 'scores'], message: 'cannot be null' },
    ]);
  }
  const queueId = input.queueId ?? undefined;
  return {
    comment: input.comment,
    scores: input.scores?.map((score, index) => readScore(score, index, source)),
    queue:
      queueId === undefined ? undefined : relatedId('REVIEW_QUEUE', queueId, ['input', 'queueId'], source),
  };
}

/** Where new reviews are made, and texts translated: the one vendor that can. */
export function sourceThatCan<Part>(
  context: Context,
  what: string,
  pick: (source: Source) => Part | undefined,
): { readonly source: Source; readonly part: Part } {
  for (const { source } of context.slots) {
    const part = source === undefined ? undefined : pick(source);
    if (source !== undefined && part !== undefined) return { source, part };
  }
  // Of today's vendors only this one has them; without credentials for it that is what has to be said.
  const [slot] = slotsOfVendor(context, 'POSTHOG');
  throw unsupported(context, connected(slot).vendor, what, pick);
}

export function createReview(context: Context, input: ReviewContentInput & { readonly traceId: string }) {
  return write(context, async () => {
    const traceId = readText(input.traceId, ['input', 'traceId'], 255);
    const { source, part } = sourceThatCan(context, 'reviews', (other) => other.reviews?.writer);
    // A new review has no scores that null could clear.
    const content = readContent({ ...input, scores: input.scores ?? undefined }, source.key);
    return inTurn(context, { id: `${source.key} trace ${traceId}` }, async () => ({
      review: await part.create(traceId, content),
    }));
  });
}

function reviewKey(id: string): ResourceKey<'TRACE_REVIEW'> {
  return parseIdOf('TRACE_REVIEW', id, ['input', 'traceReviewId']);
}

function reviewWriter(context: Context, review: ResourceKey<'TRACE_REVIEW'>): ReviewWriter {
  return partOf(context, review, 'reviews', (source) => source.reviews?.writer);
}

function checkTrace(review: TraceReview, traceId: string | null | undefined): void {
  if (traceId === null || traceId === undefined || traceId === review.traceId) return;
  throw new InvalidInputError('A review stays with its trace: `traceId` must be the one that it has.', [
    { path: ['input', 'traceId'], message: `is not ${review.traceId}` },
  ]);
}

function checkUnchanged(review: TraceReview, expected: Instant | null | undefined): void {
  if (expected === null || expected === undefined) return;
  const same = review.updatedAt !== null && compareInstants(review.updatedAt, expected) === 0;
  if (!same) throw new VersionConflictError(expected, review.updatedAt);
}

/** `scores` replaces all scores; left out, they stay. */
export function updateReview(
  context: Context,
  input: ReviewContentInput & {
    readonly traceReviewId: string;
    readonly traceId?: string | null | undefined;
    readonly expectedUpdatedAt?: Instant | null | undefined;
  },
) {
  return write(context, async () => {
    const review = reviewKey(input.traceReviewId);
    const content = readContent(input, review.address.source);
    if (content.comment === undefined && content.scores === undefined && content.queue === undefined) {
      throw new InvalidInputError('Give a `comment`, `scores` or a `queueId`.', [
        { path: ['input'], message: 'nothing to change is given' },
      ]);
    }
    const writer = reviewWriter(context, review);
    return inTurn(context, review, async () => {
      const current = found(await context.loaders.traceReview.load(review), review);
      checkTrace(current, input.traceId);
      checkUnchanged(current, input.expectedUpdatedAt);
      await writer.update(review, content);
      return { review };
    });
  });
}

export function deleteReview(context: Context, input: { readonly traceReviewId: string }) {
  return write(context, async () => {
    const review = reviewKey(input.traceReviewId);
    const writer = reviewWriter(context, review);
    return inTurn(context, review, async () => {
      await writer.delete(review);
      return { review };
    });
  });
}

export function translateText(
  context: Context,
  input: { readonly text: string; readonly targetLanguage?: string | null | undefined },
) {
  return write(context, async () => {
    const text = readText(input.text, ['input', 'text'], 10_000);
    const { part } = sourceThatCan(context, 'translation', (source) => source.translate);
    return part(text, input.targetLanguage ?? undefined);
  });
}
