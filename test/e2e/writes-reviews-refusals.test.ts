import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { posthogProject, present } from './reading.ts';
import { mutate, pathsOf, refused, takeWrites } from './writing.ts';
import { makeDataset } from './written-datasets.ts';
import {
  createReview,
  freshTrace,
  type ReadReview,
  readReview,
  readScorers,
  type Scorer,
  type ScorerIds,
} from './written-reviews.ts';

forbidUnhandledRejections();

let gateway: TestGateway;
let scorer: ScorerIds;
let review: ReadReview;
let dataset: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  scorer = await readScorers(gateway);
  review = await createReview(gateway, { comment: 'As it was' });
  dataset = (await makeDataset(gateway, 'DATADOG', [])).id;
});
afterAll(() => gateway.dispose());
beforeEach(() => {
  takeWrites(gateway);
});

/** A score, as it is written in the table below. */
type Score = readonly [Scorer | 'nowhere' | 'dataset' | 'garbage', object, string?];

function scoresOf(scores: readonly Score[]): readonly object[] {
  const nowhere = Buffer.from('posthog:sd:0a51f0f2-6d6c-4c0e-9c1d-3f1f6f0e9999').toString('base64url');
  const others = { nowhere, dataset, garbage: 'garbage' } as const;
  return scores.map(([by, value, definitionVersionId]) => ({
    definitionId: by === 'nowhere' || by === 'dataset' || by === 'garbage' ? others[by] : scorer[by],
    definitionVersionId,
    value,
  }));
}

const wrongScores: readonly [string, readonly Score[], readonly string[], RegExp][] = [
  ['of another kind', [['verdict', { boolean: true }]], ['0.value.boolean'], /takes `categorical`/],
  ['a number for a yes or no', [['policy', { numeric: '1' }]], ['0.value.numeric'], /takes `boolean`/],
  [
    'a choice for a number',
    [['cost', { categorical: ['good'] }]],
    ['0.value.categorical'],
    /takes `numeric`/,
  ],
  [
    'an option that is not there',
    [['verdict', { categorical: ['great'] }]],
    ['0.value.categorical.0'],
    /good, acceptable, bad/,
  ],
  [
    'no key of an option',
    [['verdict', { categorical: ['Not a key!'] }]],
    ['0.value.categorical.0'],
    /lower-case/,
  ],
  ['an empty key', [['verdict', { categorical: [''] }]], ['0.value.categorical.0'], /lower-case/],
  [
    'two choices where one is to be made',
    [['verdict', { categorical: ['good', 'bad'] }]],
    ['0.value.categorical'],
    /exactly one/,
  ],
  ['no choice', [['modes', { categorical: [] }]], ['0.value.categorical'], /at least one/],
  ['a choice twice', [['modes', { categorical: ['none', 'none'] }]], ['0.value.categorical.1'], /twice/],
  [
    'four choices of at most three',
    [['modes', { categorical: ['hallucination', 'wrong-tone', 'incomplete', 'none'] }]],
    ['0.value.categorical'],
    /at most 3/,
  ],
  ['below the least', [['helpfulness', { numeric: '-0.5' }]], ['0.value.numeric'], /at least 0/],
  ['above the most', [['helpfulness', { numeric: '5.5' }]], ['0.value.numeric'], /at most 5/],
  ['a little above the most', [['helpfulness', { numeric: '5.000001' }]], ['0.value.numeric'], /at most 5/],
  ['between two steps', [['helpfulness', { numeric: '3.4' }]], ['0.value.numeric'], /steps of 0.5/],
  ['a seventh digit', [['cost', { numeric: '0.0000001' }]], ['0.value.numeric'], /at most 6 digits/],
  ['a million', [['cost', { numeric: '1000000' }]], ['0.value.numeric'], /at most 6 digits/],
  [
    'by a scorer twice',
    [
      ['policy', { boolean: true }],
      ['policy', { boolean: false }],
    ],
    ['1.definitionId'],
    /used before/,
  ],
  ['by a scorer that is not there', [['nowhere', { boolean: true }]], ['0.definitionId'], /no such scorer/],
  [
    'by a thing of another kind',
    [['dataset', { boolean: true }]],
    ['0.definitionId'],
    /not of a SCORE_DEFINITION/,
  ],
  ['by garbage', [['garbage', { boolean: true }]], ['0.definitionId'], /not an id/],
  [
    'on garbage for a version',
    [['policy', { boolean: true }, 'garbage']],
    ['0.definitionVersionId'],
    /not an id/,
  ],
  [
    'all at once, each with its place',
    [
      ['verdict', { categorical: ['great'] }],
      ['policy', { boolean: true }],
      ['helpfulness', { numeric: '9' }],
      ['nowhere', { boolean: true }],
    ],
    ['0.value.categorical.0', '2.value.numeric', '3.definitionId'],
    /./,
  ],
];

describe('a score that is', () => {
  it.each(wrongScores)('%s is refused before anything is sent', async (_what, scores, places, message) => {
    const content = { scores: scoresOf(scores) };
    const paths = places.map((place) => `input.scores.${place}`);
    for (const told of [
      await refused(gateway, 'createTraceReview', { traceId: freshTrace(), ...content }),
      await refused(gateway, 'updateTraceReview', { traceReviewId: review.id, ...content }),
    ]) {
      expect(told).toMatchObject({ __typename: 'InvalidInputError', code: 'INVALID_INPUT' });
      expect(pathsOf(told)).toEqual(paths);
      expect(present(told.issues)[0]?.message).toMatch(message);
    }
    expect(takeWrites(gateway)).toEqual([]);
    expect(await readReview(gateway, review.id)).toEqual(review);
  });

  it('of a version of another scorer is refused with its place', async () => {
    const { reviews } = posthogProject(gateway.sandbox);
    const scored = present(reviews.find(({ deleted, scores }) => !deleted && scores.length > 0));
    const { data } = await gateway.query<{ resource: ReadReview }, object>(
      'query ($ref: VendorRef!) { resource(ref: $ref) { ... on TraceReview { scores { definitionVersionId } } } }',
      { ref: { vendor: 'POSTHOG', kind: 'TRACE_REVIEW', vendorId: scored.id } },
    );
    const { definitionVersionId } = present(data.resource.scores[0]);
    const scores = [{ definitionId: scorer.cost, definitionVersionId, value: { numeric: '1' } }];
    const told = await refused(gateway, 'createTraceReview', { traceId: freshTrace(), scores });
    expect(pathsOf(told)).toEqual(['input.scores.0.definitionVersionId']);
    expect(takeWrites(gateway)).toEqual([]);
  });

  it.each([
    ['no value', {}],
    ['two values', { numeric: '1', boolean: true }],
    ['a value that is null', { numeric: null }],
    ['a list of numbers', { categorical: [1] }],
    ['a text for a yes or no', { boolean: 'yes' }],
    ['a value of its own making', { stars: 5 }],
  ])('%s does not fit the schema, and is not executed', async (_what, value) => {
    const input = { traceId: freshTrace(), scores: [{ definitionId: scorer.cost, value }] };
    const { data, errors } = await mutate(gateway, 'createTraceReview', input);
    expect(data?.['createTraceReview'] ?? null).toBeNull();
    expect(present(errors).length).toBeGreaterThan(0);
    for (const { extensions } of present(errors)) expect(extensions.code).toBe('INVALID_INPUT');
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('null for all is refused, since an empty list clears them', async () => {
    const told = await refused(gateway, 'updateTraceReview', { traceReviewId: review.id, scores: null });
    expect(pathsOf(told)).toEqual(['input.scores']);
    expect(told.message).toContain('empty list');
  });
});

describe('a trace id', () => {
  it.each([
    ['empty', ''],
    ['blank', ' \n'],
    ['256 characters', 't'.repeat(256)],
  ])('that is %s is refused with its place', async (_what, traceId) => {
    const told = await refused(gateway, 'createTraceReview', { traceId });
    expect(told.__typename).toBe('InvalidInputError');
    expect(pathsOf(told)).toEqual(['input.traceId']);
    expect(takeWrites(gateway)).toEqual([]);
  });

  it('may have 255 characters', async () => {
    const traceId = `${freshTrace()}-${'t'.repeat(255)}`.slice(0, 255);
    expect((await createReview(gateway, {}, traceId)).traceId).toBe(traceId);
  });
});

describe('reviews', () => {
  it('are refused by a PostHog whose feature is off, in its own words', async () => {
    const { switches } = gateway.sandbox.posthog.state;
    switches.reviewsFeature = false;
    try {
      const told = await refused(gateway, 'createTraceReview', { traceId: freshTrace(), comment: 'x' });
      expect(told).toMatchObject({
        __typename: 'SourceFailure',
        code: 'FORBIDDEN',
        vendor: 'POSTHOG',
        httpStatus: 403,
      });
    } finally {
      switches.reviewsFeature = true;
    }
  });

  it('are of PostHog alone: without its credentials that is what is said', async () => {
    const without = await startTestGateway({
      environment: { POSTHOG_PERSONAL_API_KEY: undefined, POSTHOG_PROJECT_ID: undefined },
    });
    try {
      for (const [name, input] of [
        ['createTraceReview', { traceId: 'x' }],
        ['translateText', { text: 'x' }],
      ] as const) {
        const told = await refused(without, name, input);
        expect(told).toMatchObject({ __typename: 'SourceFailure', vendor: 'POSTHOG' });
        expect(told.message).toContain('POSTHOG_PERSONAL_API_KEY');
      }
    } finally {
      await without.dispose();
    }
  });

  it('whose answer never comes are told as unknown, sent once, and found by their trace', async () => {
    const { faults } = gateway.sandbox.posthog.server;
    const traceId = freshTrace();
    faults.add({ method: 'POST', path: 'trace_reviews', effect: { type: 'reset-after' } });
    const told = await refused(gateway, 'createTraceReview', { traceId, comment: 'Did it?' });
    faults.clear();
    expect(told).toMatchObject({ __typename: 'OutcomeUnknownError', vendor: 'POSTHOG' });
    expect(takeWrites(gateway)).toHaveLength(1);
    const again = await refused(gateway, 'createTraceReview', { traceId, comment: 'Did it?' });
    expect(again).toMatchObject({
      __typename: 'AlreadyExistsError',
      existing: { __typename: 'TraceReview' },
    });
    expect((await readReview(gateway, present(again.existing).id)).comment).toBe('Did it?');
  });
});
