import { InvalidInputError } from '../../domain/errors.ts';
import { keyOf, type ResourceKey } from '../../domain/identity.ts';
import type { SourceKey } from '../../domain/vendor.ts';
import { AlreadyExistsError } from '../../domain/write-errors.ts';
import type { ReviewContent, ReviewWriter } from '../source.ts';
import { queueIdOf, uuidOf } from './addresses.ts';
import { isNotFound, isRefusalOf, lockstepErrorOf } from './batch.ts';
import { checkScores, type KnownConfigs } from './check-scores.ts';
import type { PostHogClient } from './client.ts';
import { maximumTraceId } from './limits.ts';
import { inputErrorOf, isInputRefusal, lengthOf, noSuch } from './refusals.ts';
import type { ScoreDefinition } from './schema.ts';
import type { Body, PostHogWriteClient } from './write-client.ts';

const reviewFields = {
  trace_id: 'traceId',
  comment: 'comment',
  scores: 'scores',
  queue_id: 'queueId',
} as const;

type Configs = ReadonlyMap<string, ScoreDefinition['config']>;

function readTraceId(text: string): string {
  const traceId = text.trim();
  const length = lengthOf(traceId);
  if (length >= 1 && length <= maximumTraceId) return traceId;
  throw new InvalidInputError(`PostHog keeps trace ids of 1 to ${maximumTraceId} characters.`, [
    { path: ['traceId'], message: `must have 1 to ${maximumTraceId} characters`, code: 'INVALID_FORMAT' },
  ]);
}

/** PostHog's trace reviews, written as the owner of the credentials. */
export function createReviewWriter(
  source: SourceKey,
  client: PostHogClient,
  writes: PostHogWriteClient,
): ReviewWriter {
  /** The id of a queue that is there: an unknown one would leave the trace in its queue without a word. */
  async function readQueue(queue: ReviewContent['queue']): Promise<string | undefined> {
    if (queue === undefined) return undefined;
    const id = queueIdOf(queue);
    try {
      if (id !== undefined) return (await client.queue(id)).id;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    throw new InvalidInputError('PostHog has no such review queue. Nothing was sent.', [
      { path: ['queueId'], message: 'PostHog has no such review queue', code: 'NOT_FOUND' },
    ]);
  }

  async function bodyOf(content: ReviewContent, knownConfigs: KnownConfigs): Promise<Body> {
    const { comment, scores, queue } = content;
    const [checked, queueId] = await Promise.all([
      scores === undefined ? undefined : checkScores(client, scores, knownConfigs),
      readQueue(queue),
    ]);
    return { comment, scores: checked, queue_id: queueId };
  }

  /** The review of a trace; undefined when none is seen. */
  async function findReview(traceId: string): Promise<ResourceKey<'TRACE_REVIEW'> | undefined> {
    try {
      const { results } = await client.reviews({ traceId, limit: 1 });
      const row = results.good.find(({ value }) => value.trace_id === traceId)?.value;
      return row === undefined ? undefined : keyOf(source, 'TRACE_REVIEW', row.id);
    } catch (error) {
      lockstepErrorOf(error);
      return undefined;
    }
  }

  /** The configs that a review's scores were given on. When it cannot be read, PostHog alone checks. */
  async function readConfigs(id: string): Promise<Configs> {
    const configs = new Map<string, ScoreDefinition['config']>();
    try {
      for (const score of (await client.review(id)).scores) {
        if (typeof score.definition_version_id !== 'string') continue;
        configs.set(score.definition_version_id, score.definition_config);
      }
    } catch (error) {
      lockstepErrorOf(error);
    }
    return configs;
  }

  return {
    async create(text, content) {
      const traceId = readTraceId(text);
      const body = await bodyOf(content, async () => new Map());
      try {
        const { id } = await writes.createReview({ trace_id: traceId, ...body });
        return keyOf(source, 'TRACE_REVIEW', id);
      } catch (error) {
        // The refusal of a second review has no code of its own: whether there is one is looked up.
        const isAboutTrace = isInputRefusal(error) && isRefusalOf(error, 'trace_id');
        const existing = isAboutTrace ? await findReview(traceId) : undefined;
        if (existing === undefined) throw inputErrorOf(error, reviewFields);
        throw new AlreadyExistsError(
          'This trace has a review. Update that one, or delete it first.',
          existing,
        );
      }
    },

    async update(review, content) {
      const id = uuidOf(review);
      if (id === undefined) throw noSuch('review');
      try {
        await writes.updateReview(id, await bodyOf(content, () => readConfigs(id)));
      } catch (error) {
        throw isNotFound(error) ? noSuch('review') : inputErrorOf(error, reviewFields);
      }
    },

    async delete(review) {
      const id = uuidOf(review);
      if (id === undefined) throw noSuch('review');
      try {
        await writes.deleteReview(id);
      } catch (error) {
        throw isNotFound(error) ? noSuch('review') : inputErrorOf(error, reviewFields);
      }
    },
  };
}
