import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { posthogCredentials } from '../../sandbox/posthog/index.ts';
import { keyOf } from '../../src/domain/identity.ts';
import { sourceKey } from '../../src/domain/vendor.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { posthogProject, present } from './reading.ts';
import { mutate, refused, succeed, takeWrites } from './writing.ts';
import {
  createReview,
  freshTrace,
  type ReadReview,
  readReview,
  readScorers,
  reviewFields,
  reviewProject,
  type ScorerIds,
  scoreValue,
} from './written-reviews.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
let scorer: ScorerIds;
beforeAll(async () => {
  gateway = await startTestGateway();
  scorer = await readScorers(gateway);
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

function update(review: ReadReview, change: object): Promise<ReadReview> {
  return succeed<{ traceReview: ReadReview | null }>(
    gateway,
    'updateTraceReview',
    { traceReviewId: review.id, ...change },
    `traceReviewId traceReview { ${reviewFields} }`,
  ).then(({ traceReview }) => present(traceReview));
}

const three = (): readonly object[] => [
  { definitionId: scorer.modes, value: { categorical: ['wrong-tone', 'incomplete'] } },
  { definitionId: scorer.helpfulness, value: { numeric: '3.5' } },
  { definitionId: scorer.policy, value: { boolean: false } },
];

describe('createTraceReview', () => {
  it('keeps a comment and scores of the three kinds, in one write', async () => {
    const traceId = freshTrace();
    const review = await createReview(
      gateway,
      { comment: 'Too curt.\n"Sorry" was due.', scores: three() },
      traceId,
    );
    expect(takeWrites(gateway)).toEqual([expect.stringMatching(/^POST .*\/trace_reviews\/$/)]);
    expect(review).toMatchObject({ traceId, comment: 'Too curt.\n"Sorry" was due.' });
    expect(review.scores).toHaveLength(3);
    expect(scoreValue(review, scorer.modes)).toEqual({ values: ['wrong-tone', 'incomplete'] });
    expect(scoreValue(review, scorer.helpfulness)).toEqual({ number: '3.500000' });
    expect(scoreValue(review, scorer.policy)).toEqual({ boolean: false });
    expect(await readReview(gateway, review.id)).toEqual(review);
    const { data } = await gateway.query<{ traceReviews: { nodes: { id: string }[] } }, object>(
      'query ($traceIds: [String!]) { traceReviews(first: 5, filter: { traceIds: $traceIds }) { nodes { id } } }',
      { traceIds: [traceId] },
    );
    expect(data.traceReviews.nodes).toEqual([{ id: review.id }]);
  });

  it.each([{}, { comment: null }, { comment: null, scores: null }, { scores: [] }])(
    'may say nothing yet: %j',
    async (content) => {
      expect(await createReview(gateway, content)).toMatchObject({ comment: null, scores: [] });
    },
  );

  it.each(['0.000001', '123456.123456', '999999.999999', '0.1', '7'])(
    'keeps %s to its last digit',
    async (numeric) => {
      const review = await createReview(gateway, {
        scores: [{ definitionId: scorer.cost, value: { numeric } }],
      });
      const { number } = present(scoreValue(review, scorer.cost));
      const [whole = '', fraction = ''] = numeric.split('.');
      expect(number).toBe(`${whole}.${fraction.padEnd(6, '0')}`);
      const kept = present(posthogProject(gateway.sandbox).reviews.find(({ id }) => id === review.vendorId));
      expect(kept.scores[0]?.numericValue).toBe(number);
    },
  );

  it('takes a whole number of JSON as a decimal, and no other number, of which a digit may be lost', async () => {
    const score = (numeric: unknown): object => ({
      traceId: freshTrace(),
      scores: [{ definitionId: scorer.cost, value: { numeric } }],
    });
    expect((await mutate(gateway, 'createTraceReview', score(7))).errors).toBeUndefined();
    takeWrites(gateway);
    for (const numeric of [0.1, 2 ** 53, '1e3', '1,5', '', 'NaN', true, {}]) {
      const { errors } = await mutate(gateway, 'createTraceReview', score(numeric));
      expect(errors, String(numeric)).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
    }
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('refuses a second review of a trace, and gives the first to read', async () => {
    const traceId = freshTrace();
    const review = await createReview(gateway, { comment: 'First', scores: three() }, traceId);
    const document = `mutation ($input: CreateTraceReviewInput!) { createTraceReview(input: $input) {
      __typename
      ... on AlreadyExistsError { code message existing { id ... on TraceReview { ${reviewFields} } } }
    } }`;
    const { data, errors } = await gateway.query<{ createTraceReview: object }, object>(document, {
      input: { traceId, comment: 'Second' },
    });
    expect(errors).toBeUndefined();
    expect(data.createTraceReview).toMatchObject({
      __typename: 'AlreadyExistsError',
      code: 'ALREADY_EXISTS',
      existing: review,
    });
    expect(await readReview(gateway, review.id)).toEqual(review);
  });

  it('makes one review of two for a trace that come at once', async () => {
    const traceId = freshTrace();
    const run = (comment: string): Promise<string> =>
      createReview(gateway, { comment }, traceId).then(
        ({ id }) => id,
        (error: unknown) => String(error),
      );
    const results = await Promise.all([run('left'), run('right')]);
    expect(results.filter((result) => result.includes('AlreadyExistsError'))).toHaveLength(1);
    const there = posthogProject(gateway.sandbox).reviews.filter((review) => review.traceId === traceId);
    expect(there).toHaveLength(1);
  });

  it('settles the pending item of the queue that is named, and of no other', async () => {
    const { queueItems } = posthogProject(gateway.sandbox);
    const pending = present(
      queueItems.find(({ deleted, traceId }) => {
        const { reviews } = posthogProject(gateway.sandbox);
        return !deleted && !reviews.some((review) => review.traceId === traceId && !review.deleted);
      }),
    );
    const queueId = keyOf(sourceKey('posthog'), 'REVIEW_QUEUE', pending.queue.id).id;
    await createReview(gateway, { queueId }, pending.traceId);
    expect(pending.deleted).toBe(true);
    const nowhere = keyOf(sourceKey('posthog'), 'REVIEW_QUEUE', '0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e9999').id;
    takeWrites(gateway);
    const told = await refused(gateway, 'createTraceReview', { traceId: freshTrace(), queueId: nowhere });
    expect(told).toMatchObject({ issues: [{ path: ['input', 'queueId'], code: 'NOT_FOUND' }] });
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('updateTraceReview', () => {
  it('leaves what is left out, clears what is null, and replaces all scores', async () => {
    const review = await createReview(gateway, { comment: 'Kept', scores: three() });
    const scores = [{ definitionId: scorer.verdict, value: { categorical: ['bad'] } }];
    const rescored = await update(review, { scores });
    expect(rescored.comment).toBe('Kept');
    expect(rescored.scores.map(({ definitionName, value }) => [definitionName, value])).toEqual([
      ['Support bot verdict', { values: ['bad'] }],
    ]);
    expect((await update(review, { comment: 'Other' })).scores).toEqual(rescored.scores);
    expect(await update(review, { comment: null })).toMatchObject({ comment: null, scores: rescored.scores });
    expect(await update(review, { scores: [] })).toMatchObject({ comment: null, scores: [] });
  });

  it('keeps scores that are left out on the version of their definition that they were given on', async () => {
    const { reviews } = posthogProject(gateway.sandbox);
    const old = present(
      reviews.find(({ deleted, scores }) => {
        return !deleted && scores.some(({ definition, version }) => definition.versions.at(-1) !== version);
      }),
    );
    const before = old.scores;
    const id = keyOf(sourceKey('posthog'), 'TRACE_REVIEW', old.id).id;
    const review = await readReview(gateway, id);
    const updated = await update(review, { comment: 'Read again.' });
    expect(updated.scores).toEqual(review.scores);
    expect(old.scores).toBe(before);
    // Sent back with their versions, they stay on them as well.
    const sent = review.scores.map(({ definitionId, definitionVersionId, value }) => ({
      definitionId,
      definitionVersionId,
      value: {
        categorical: value?.['values'],
        numeric: value?.['number'],
        boolean: value?.['boolean'],
      },
    }));
    const versions = (one: ReadReview) =>
      one.scores.map((score) => [score.definitionName, score.definitionVersion, score.value]);
    expect(versions(await update(review, { scores: sent }))).toEqual(versions(review));
    // Without a version, they move to the newest.
    const moved = await update(review, { scores: sent.map(({ definitionVersionId: _, ...score }) => score) });
    expect(versions(moved)).not.toEqual(versions(review));
  });

  it('writes on the state that was edited, and tells when it is now another', async () => {
    const review = await createReview(gateway, { comment: 'One' });
    gateway.sandbox.posthog.state.editReview(reviewProject, review.vendorId, { comment: 'A colleague’s' });
    takeWrites(gateway);
    const expectedUpdatedAt = review.updatedAt;
    const told = await refused(gateway, 'updateTraceReview', {
      traceReviewId: review.id,
      comment: 'Mine',
      expectedUpdatedAt,
    });
    const now = await readReview(gateway, review.id);
    expect(told).toMatchObject({
      __typename: 'VersionConflictError',
      expectedRef: review.updatedAt,
      currentRef: now.updatedAt,
    });
    expect(takeWrites(gateway)).toEqual([]);
    expect(now.comment).toBe('A colleague’s');
    const zoned = now.updatedAt.replace('Z', '000+00:00');
    expect((await update(review, { comment: 'Mine', expectedUpdatedAt: zoned })).comment).toBe('Mine');
  });

  it('lets one of two writers win who edited one state', async () => {
    const review = await createReview(gateway, { comment: 'Start' });
    const run = (comment: string): Promise<string> =>
      update(review, { comment, expectedUpdatedAt: review.updatedAt }).then(
        () => comment,
        (error: unknown) => String(error),
      );
    const results = await Promise.all(['left', 'right'].map(run));
    expect(results.filter((result) => result.includes('VersionConflictError'))).toHaveLength(1);
    expect(results).toContain((await readReview(gateway, review.id)).comment);
  });

  it('takes the trace that the review has, and no other', async () => {
    const review = await createReview(gateway, { comment: 'One' });
    expect((await update(review, { traceId: review.traceId, comment: 'Two' })).comment).toBe('Two');
    takeWrites(gateway);
    const told = await refused(gateway, 'updateTraceReview', {
      traceReviewId: review.id,
      traceId: 'other',
      comment: 'x',
    });
    expect(told).toMatchObject({ issues: [{ path: ['input', 'traceId'] }] });
    expect(takeWrites(gateway)).toEqual([]);
  });
});

describe('deleteTraceReview', () => {
  it('takes the review away, frees the trace, and says then that there is none', async () => {
    const review = await createReview(gateway, { comment: 'Gone' });
    const { traceReviewId } = await succeed<{ traceReviewId: string }>(
      gateway,
      'deleteTraceReview',
      { traceReviewId: review.id },
      'traceReviewId',
    );
    expect(traceReviewId).toBe(review.id);
    for (const [name, input] of [
      ['deleteTraceReview', {}],
      ['updateTraceReview', { comment: 'x' }],
    ] as const) {
      const told = await refused(gateway, name, { traceReviewId: review.id, ...input });
      expect(told).toMatchObject({ __typename: 'NotFoundError' });
    }
    expect((await createReview(gateway, {}, review.traceId)).id).not.toBe(review.id);
  });

  it('is done with the caller’s own key, whose rights count', async () => {
    const review = await createReview(gateway, { comment: 'Mine' });
    const own = {
      'x-posthog-api-key': posthogCredentials.acme.reader.apiKey,
      'x-posthog-project-id': String(reviewProject),
    };
    const told = await refused(gateway, 'deleteTraceReview', { traceReviewId: review.id }, own);
    expect(told).toMatchObject({
      __typename: 'SourceFailure',
      code: 'FORBIDDEN',
      vendor: 'POSTHOG',
      httpStatus: 403,
    });
    expect((await readReview(gateway, review.id)).comment).toBe('Mine');
  });
});
