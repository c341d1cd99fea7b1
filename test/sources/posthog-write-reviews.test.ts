import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFoundError } from '../../src/domain/errors.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { AlreadyExistsError } from '../../src/domain/write-errors.ts';
import type { NewScore } from '../../src/sources/source.ts';
import { failureOf, firstOf, key, only, posthog, projectId } from './posthog-harness.ts';
import { reviewRoot, usePostHogWrites } from './posthog-write-harness.ts';

const test = usePostHogWrites();

const seeded = () => test.sandbox.state.project(projectId);
const newest = () => seeded().reviews.at(-1);
const living = () => firstOf(seeded().reviews.filter(({ deleted, scores }) => !deleted && scores.length > 0));

function scorer(name: string) {
  return firstOf(seeded().definitions.filter((one) => one.name.includes(name) && !one.archived));
}

function versionKey(definition: string, version: string) {
  return keyOf(posthog, 'SCORE_DEFINITION_VERSION', definition, version);
}

const yes = { kind: 'BOOLEAN', value: true } as const;
const number = (value: string) => ({ kind: 'NUMERIC', value }) as const;
const choice = (...values: string[]) => ({ kind: 'CATEGORICAL', values }) as const;

function score(name: string, value: NewScore['value'], version?: string): NewScore {
  const { id } = scorer(name);
  return {
    definition: key.definition(id),
    definitionVersion: version === undefined ? undefined : versionKey(id, version),
    value,
  };
}

describe('creating a review', () => {
  it('sends a trimmed trace id and checked scores, decimals as text', async () => {
    const { reviewWriter, reviews } = test.write();
    const scores = [
      score('verdict', choice(' GOOD ')),
      score('helpfulness', number('4.50000000')),
      score('escalated', { kind: 'BOOLEAN', value: false }),
    ];
    const made = await reviewWriter.create(' trace-new ', { comment: 'fine', scores });
    expect(made).toEqual(key.review(newest()?.id ?? ''));
    expect(test.read()).toEqual([`${reviewRoot}/score_definitions/?limit=500`]);
    expect(test.sent()).toEqual([
      {
        method: 'POST',
        path: `${reviewRoot}/trace_reviews/`,
        body: {
          trace_id: 'trace-new',
          comment: 'fine',
          scores: [
            { definition_id: scorer('verdict').id, categorical_values: ['good'] },
            { definition_id: scorer('helpfulness').id, numeric_value: '4.5' },
            { definition_id: scorer('escalated').id, boolean_value: false },
          ],
        },
      },
    ]);
    const read = (await reviews.getReviews([made])).get(made.id);
    expect(read).toMatchObject({ traceId: 'trace-new', comment: 'fine' });
    expect(newest()?.scores.map(({ numericValue }) => numericValue)).toContain('4.500000');
  });

  it('sends nothing that is not given and reads nothing for it', async () => {
    await test.write().reviewWriter.create('trace-bare', {});
    expect(test.read()).toEqual([]);
    expect(only(test.sent()).body).toEqual({ trace_id: 'trace-bare' });
  });

  it('tells the review that the trace has', async () => {
    const { traceId, id } = living();
    const error = await failureOf(test.write().reviewWriter.create(traceId, { comment: 'second' }));
    expect(error).toBeInstanceOf(AlreadyExistsError);
    expect(error).toMatchObject({ existing: key.review(id) });
    expect(test.sandbox.state.review(projectId, id).comment).not.toBe('second');
  });

  it('does not call a refusal a second review when none is there', async () => {
    test.sandbox.server.faults.add({
      method: 'POST',
      effect: {
        type: 'answer',
        status: 400,
        body: '{"type":"validation_error","code":"invalid_input","detail":"odd","attr":"trace_id"}',
      },
    });
    const error = await failureOf(test.write().reviewWriter.create('trace-odd', {}));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ issues: [{ path: ['traceId'], message: 'odd', code: 'invalid_input' }] });
  });

  it('takes the trace out of the queue that is named, which has to be there', async () => {
    const waiting = firstOf(seeded().queueItems);
    const other = firstOf(seeded().queues.filter((queue) => queue !== waiting.queue));
    const { reviewWriter } = test.write();
    const queue = (id: string) => keyOf(posthog, 'REVIEW_QUEUE', id);
    const made = await reviewWriter.create(waiting.traceId, { queue: queue(other.id) });
    expect(waiting.deleted).toBe(false);
    await reviewWriter.update(made, { queue: queue(waiting.queue.id) });
    expect(waiting.deleted).toBe(true);
    expect(test.sent().map(({ body }) => body)).toEqual([
      { trace_id: waiting.traceId, queue_id: other.id },
      { queue_id: waiting.queue.id },
    ]);
    for (const id of [randomUUID(), 'x']) {
      const error = await failureOf(reviewWriter.create('trace-queue', { queue: queue(id) }));
      expect(error).toMatchObject({ issues: [{ path: ['queueId'], code: 'NOT_FOUND' }] });
    }
    expect(test.sent()).toEqual([]);
  });

  it.each(['', '   ', 'x'.repeat(256)])('refuses the trace id %j', async (traceId) => {
    const error = await failureOf(test.write().reviewWriter.create(traceId, {}));
    expect(error).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['traceId'] }] });
    expect(test.sent()).toEqual([]);
  });
});

describe('scores', () => {
  it('are refused all together, each with its place, before anything is written', async () => {
    const other = scorer('cost');
    const scores = [
      score('verdict', choice('good', 'bad')),
      score('failure modes', choice('none', 'nonsense', 'none')),
      score('helpfulness', number('4.7')),
      score('cost', yes),
      score('cost', number('1')),
      { definition: key.definition(randomUUID()), value: yes },
      {
        ...score('escalated', yes),
        definitionVersion: versionKey(other.id, firstOf(other.versions).id),
      },
    ];
    const error = await failureOf(test.write().reviewWriter.create('trace-bad', { scores }));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error instanceof InvalidInputError ? error.issues.map(({ path }) => path.join('.')) : []).toEqual([
      'scores.0.value.categorical',
      'scores.1.value.categorical.1',
      'scores.1.value.categorical.2',
      'scores.2.value.numeric',
      'scores.3.value.boolean',
      'scores.4.definitionId',
      'scores.5.definitionId',
      'scores.6.definitionVersionId',
    ]);
    expect(test.sent()).toEqual([]);
  });

  it('of one scorer take one read of it; archived ones are taken', async () => {
    const archived = firstOf(seeded().definitions.filter((one) => one.archived && one.kind === 'boolean'));
    const scores = [{ definition: key.definition(archived.id), value: yes }];
    await test.write().reviewWriter.create('trace-archived', { scores });
    expect(test.read()).toEqual([`${reviewRoot}/score_definitions/${archived.id}/`]);
    expect(newest()?.scores).toHaveLength(1);
  });

  it('on a version whose config cannot be known are left to PostHog', async () => {
    const { versions } = scorer('helpfulness');
    const first = firstOf(versions);
    const write = (value: string) =>
      test
        .write()
        .reviewWriter.create(`trace-${value}`, { scores: [score('helpfulness', number(value), first.id)] });
    await write('4');
    expect(newest()?.scores[0]?.version).toBe(first);
    expect(await failureOf(write('4.5'))).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['scores'] }],
    });
    expect(await failureOf(write('1234567'))).toMatchObject({
      issues: [{ path: ['scores', '0', 'value', 'numeric'] }],
    });
    const wrongKind = { scores: [score('helpfulness', yes, first.id)] };
    expect(await failureOf(test.write().reviewWriter.create('trace-kind', wrongKind))).toMatchObject({
      issues: [{ path: ['scores', '0', 'value', 'boolean'] }],
    });
  });

  it('that keep the version of the review are checked against the config that they were given on', async () => {
    const first = firstOf(scorer('helpfulness').versions);
    const { reviewWriter } = test.write();
    const scores = [score('helpfulness', number('4'), first.id)];
    const made = await reviewWriter.create('trace-kept', { scores });
    const error = await failureOf(
      reviewWriter.update(made, { scores: [score('helpfulness', number('2.5'), first.id)] }),
    );
    expect(error).toMatchObject({ issues: [{ path: ['scores', '0', 'value', 'numeric'] }] });
    await reviewWriter.update(made, { scores: [score('helpfulness', number('2'), first.id)] });
    expect(newest()?.scores).toMatchObject([{ version: first, numericValue: '2.000000' }]);
  });

  it('on the newest version of a later server are checked against its config', async () => {
    test.sandbox.switches.laterScorers = true;
    const latest = scorer('helpfulness').versions.at(-1);
    const scores = [score('helpfulness', number('4.7'), latest?.id)];
    const error = await failureOf(test.write().reviewWriter.create('trace-later', { scores }));
    expect(error).toMatchObject({ issues: [{ path: ['scores', '0', 'value', 'numeric'] }] });
  });

  it('cannot be written when a scorer cannot be read', async () => {
    test.sandbox.server.faults.add({ method: 'GET', effect: { type: 'answer', status: 503 } });
    const error = await failureOf(
      test.write().reviewWriter.create('trace-down', { scores: [score('cost', number('1'))] }),
    );
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(test.sent()).toEqual([]);
  });
});

describe('updating a review', () => {
  it('sends only what is given: scores stay, or are all replaced', async () => {
    const review = living();
    const kept = review.scores;
    const { reviewWriter } = test.write();
    await reviewWriter.update(key.review(review.id), { comment: null });
    expect(test.sent()).toEqual([
      { method: 'PATCH', path: `${reviewRoot}/trace_reviews/${review.id}/`, body: { comment: null } },
    ]);
    expect(review).toMatchObject({ comment: null });
    expect(review.scores).toBe(kept);
    await reviewWriter.update(key.review(review.id), { scores: [score('cost', number('0.000001'))] });
    expect(review.scores).toMatchObject([{ numericValue: '0.000001' }]);
    await reviewWriter.update(key.review(review.id), { scores: [] });
    expect(review.scores).toEqual([]);
    expect(test.sent().at(-1)?.body).toEqual({ scores: [] });
  });

  it('of one that is not there is not found', async () => {
    const { reviewWriter } = test.write();
    for (const id of [randomUUID(), 'x']) {
      expect(await failureOf(reviewWriter.update(key.review(id), { comment: 'x' }))).toBeInstanceOf(
        NotFoundError,
      );
    }
  });
});

describe('deleting a review', () => {
  it('is told when it is not there, the first time already', async () => {
    const review = living();
    const { reviewWriter, reviews } = test.write();
    await reviewWriter.delete(key.review(review.id));
    expect(test.sent()).toEqual([
      { method: 'DELETE', path: `${reviewRoot}/trace_reviews/${review.id}/`, body: undefined },
    ]);
    expect(review.deleted).toBe(true);
    expect((await reviews.getReviews([key.review(review.id)])).size).toBe(0);
    expect(await failureOf(reviewWriter.delete(key.review(review.id)))).toBeInstanceOf(NotFoundError);
    expect(await failureOf(reviewWriter.delete(key.review('x')))).toBeInstanceOf(NotFoundError);
  });

  it('is forbidden where reviews are switched off', async () => {
    test.sandbox.switches.reviewsFeature = false;
    const { reviewWriter } = test.write();
    expect(await failureOf(reviewWriter.delete(key.review(living().id)))).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await failureOf(reviewWriter.create('trace-off', {}))).toMatchObject({ code: 'FORBIDDEN' });
  });
});
